// Command monitor simulates what watching indicators promises: how often an audit
// that nothing changes in says that something did, and how long a change stays
// unseen. Whole audits are followed by the product itself (engine/kpi), from tables
// of counts that are drawn instead of scanned.
//
//	go run ./bench/monitor
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	audits := flag.Int("audits", 400, "audits of 20 series that nothing changes in")
	paths := flag.Int("paths", 4000, "series for each delay")
	out := flag.String("out", filepath.Join("bench", "MONITOR.md"), "where the page is written")
	flag.Parse()
	if err := run(*audits, *paths, *out); err != nil {
		fmt.Fprintln(os.Stderr, "monitor:", err)
		os.Exit(1)
	}
}

func run(audits, paths int, out string) error {
	quiet, err := simulateAudits(audits)
	if err != nil {
		return err
	}
	page := page(quiet, delays(paths), audits, paths)
	fmt.Print(page)
	return os.WriteFile(out, []byte(page), 0o644)
}
