package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/plumbline-audit/plumbline/cmd/plumbline/cli"
	"github.com/plumbline-audit/plumbline/detectors"
)

// TestMain installs the program as a command of the scripts, and the program of
// a team that has detectors of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"plumbline": main,
		"teamline":  func() { os.Exit(cli.Main(append(detectors.All(), stuck(), broken()))) },
	})
}

// TestScripts runs the command line as users do. Each file of testdata/script
// is a folder with a script on top.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":       exits,
			"only":        only,
			"samecells":   sameMeasurements,
			"parquet":     toParquet,
			"cut":         cut,
			"damage":      damage,
			"csvline":     csvLine,
			"matchschema": matchSchema,
		},
		Setup: func(e *testscript.Env) error {
			data, err := filepath.Abs(filepath.Join("..", "..", "testdata"))
			e.Setenv("DATA", data)
			e.Setenv("LC_ALL", "C.UTF-8")
			return err
		},
	})
}

// exits CODE COMMAND...: the command must end with this exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// only DIR NAME...: the folder holds these entries and no other, hidden or not.
func only(ts *testscript.TestScript, neg bool, args []string) {
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	var have []string
	for _, e := range entries {
		have = append(have, e.Name())
	}
	if fmt.Sprint(have) != fmt.Sprint(args[1:]) {
		ts.Fatalf("%s holds %v, want %v", args[0], have, args[1:])
	}
}

// cut FILE BYTES: keeps the first bytes of a file.
func cut(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}

// damage FILE: overwrites the first page of a Parquet file; its footer stays.
func damage(ts *testscript.TestScript, neg bool, args []string) {
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_RDWR, 0)
	ts.Check(err)
	defer f.Close()
	_, err = f.WriteAt(bytes.Repeat([]byte{0xff}, 24), 4)
	ts.Check(err)
}
