// Command explain measures what plumbline's explanations cost beside XGBoost and
// shap, on 500 trees of depth 6 and 30 inputs, and writes bench/EXPLAIN.md.
//
//	go run ./bench/explain
//
// It makes rows, installs the peers of requirements.txt into a virtual
// environment, trains the model, and lets both do the same work in turn, on one
// thread, by the processor's time. It fails if they do not give the same
// numbers. The first time takes some minutes more, for what --data keeps.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

// options are the command line.
type options struct {
	data, python, out string
	turns             int
}

func main() {
	if len(os.Args) > 2 && os.Args[1] == memoryCommand {
		if err := memoryOf(os.Args[2:]); err != nil {
			fail(err)
		}
		return
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	var o options
	flag.StringVar(&o.data, "data", filepath.Join(cache, "plumbline-bench", "explain"), "folder for rows, the model and the virtual environment")
	flag.StringVar(&o.python, "python", "", "a Python that has the packages of requirements.txt; default: a virtual environment is made")
	flag.StringVar(&o.out, "out", filepath.Join("bench", "EXPLAIN.md"), "file for the page; empty: print it only")
	flag.IntVar(&o.turns, "turns", 5, "how often each work is done")
	flag.Parse()
	if flag.NArg() > 0 || o.turns < 1 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "explain:", err)
	os.Exit(1)
}

// run prepares, measures and reports.
func run(ctx context.Context, o options) error {
	b, err := prepare(ctx, o)
	if err != nil {
		return err
	}
	defer b.peer.close()
	var found []measured
	for _, measure := range []func(context.Context) (measured, error){b.scoring, b.importance, b.interventional, b.command} {
		m, err := measure(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%s: %s, %s\n", m.work, m.reached, m.verdict())
		found = append(found, m)
	}
	memory, err := b.memory(ctx)
	if err != nil {
		return err
	}
	page := b.page(found, memory)
	fmt.Print(page)
	if o.out == "" {
		return nil
	}
	return os.WriteFile(o.out, []byte(page), 0o644)
}
