// Command compare measures plumbline beside its peers on the same machine and
// the same files, and writes the table of bench/RESULTS.md.
//
//	go run ./bench/compare
//
// builds plumbline, installs the peers of requirements.txt into a virtual
// environment, generates the logs (about 7 GB, kept in --data) and runs every
// contender as a process, several times in turn. It fails if they do not all
// give the same counts. With --check it runs each contender once, compares what
// they counted and measures nothing.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// options are the command line.
type options struct {
	data    string
	rows    int64
	repeat  int
	check   bool
	only    string
	results string
	threads int
	budget  time.Duration
}

// defaultBudget bounds the measuring on a quiet machine; generating and
// installing come on top the first time.
const defaultBudget = 15 * time.Minute

func main() {
	if len(os.Args) > 1 && os.Args[1] == launchCommand {
		launch(os.Args[2:])
		return
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	var o options
	flag.StringVar(&o.data, "data", filepath.Join(cache, "plumbline-bench"), "folder for logs, programs and the virtual environment")
	flag.Int64Var(&o.rows, "rows", 20_000_000, "rows of the log; the largest has ten times as many")
	flag.IntVar(&o.repeat, "repeat", 7, "runs of each contender; of a work that takes minutes, three")
	flag.BoolVar(&o.check, "check", false, "compare the counts alone")
	flag.StringVar(&o.only, "only", "", "the works to run, separated by commas; default: all")
	flag.StringVar(&o.results, "results", filepath.Join("bench", "RESULTS.md"), "file for the table; empty: print it only")
	flag.IntVar(&o.threads, "threads", runtime.NumCPU(), "threads of every contender")
	flag.DurationVar(&o.budget, "budget", defaultBudget, "time for measuring; when it runs short, contenders run less often, but each at least once")
	flag.Parse()
	if flag.NArg() > 0 || o.rows < 1 || o.repeat < 1 || o.threads < 1 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := compare(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

// compare prepares, measures and reports.
func compare(ctx context.Context, o options) error {
	b, err := prepare(ctx, o)
	if err != nil {
		return err
	}
	var done []measured
	var chosen []work
	for _, w := range works(b) {
		if (o.only == "" || slices.Contains(strings.Split(o.only, ","), w.id)) && (!o.check || w.compares()) {
			chosen = append(chosen, w)
		}
	}
	left := o.budget
	for _, w := range chosen {
		m, err := b.measure(ctx, w, left/3) // so that something is left for those that follow
		left = max(0, left-m.took)
		if err != nil {
			return fmt.Errorf("%s: %w", w.id, err)
		}
		done = append(done, m)
	}
	if o.check {
		return nil
	}
	text := report(b, done)
	fmt.Print(text)
	if o.results == "" {
		return nil
	}
	return os.WriteFile(o.results, []byte(text), 0o644)
}
