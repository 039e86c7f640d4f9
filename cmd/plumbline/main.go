// Command plumbline audits automated decisions: it reads decision logs,
// measures how far the decisions lean against groups of people, and writes a
// report.
package main

import (
	"os"

	"github.com/plumbline-audit/plumbline/cmd/plumbline/cli"
	"github.com/plumbline-audit/plumbline/detectors"
)

func main() {
	os.Exit(cli.Main(detectors.All()))
}
