// Command drift measures plumbline beside Evidently: the drift of ten columns,
// 500,000 rows against 500,000, each as a whole process from the start of the
// program to its result on disk. It writes the log, a folder for each month, makes a Python environment
// with the pinned versions of requirements.txt, runs both in turn several times,
// holds their numbers against each other, and writes what it saw.
//
//	go run ./bench/drift -dir /tmp/drift
//
// With -prepare it makes the log, the environment and the audits, and runs
// nothing: bench/compare takes them from there.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

func main() {
	dir := flag.String("dir", filepath.Join(os.TempDir(), "plumbline-drift"), "folder for the log, the Python environment and results")
	times := flag.Int("times", 5, "runs of Evidently; plumbline runs as often, five times over")
	python := flag.String("python", "python3", "the Python that makes the environment")
	only := flag.Bool("prepare", false, "make what the runs need, and stop")
	out := flag.String("out", filepath.Join("bench", "DRIFT.md"), "where the page is written")
	flag.Parse()
	if err := run(*dir, *python, *out, *times, *only); err != nil {
		fmt.Fprintln(os.Stderr, "drift:", err)
		os.Exit(1)
	}
}

func run(dir, python, out string, times int, only bool) error {
	if times < 1 {
		return errors.New("-times must be at least 1")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	b := bench{dir: dir, source: filepath.Join("bench", "drift")}
	if _, err := os.Stat(b.source); err != nil {
		return fmt.Errorf("%w: run this in the root of the repository", err)
	}
	if err := b.prepare(python); err != nil || only {
		return err
	}
	evidently, plumbline, err := b.measure(times)
	if err != nil {
		return err
	}
	agreed, err := b.agree()
	if err != nil {
		return err
	}
	page := b.page(evidently, plumbline, agreed)
	fmt.Print(page)
	return os.WriteFile(out, []byte(page), 0o644)
}

// bench is the place of everything.
type bench struct {
	dir    string // log, environment, results
	source string // this folder
}

func (b bench) path(name string) string { return filepath.Join(b.dir, name) }

func (b bench) python() string { return b.path(filepath.Join("venv", "bin", "python")) }

// prepare makes what the runs need and is not there yet; plumbline is built
// anew.
func (b bench) prepare(python string) error {
	if _, err := os.Stat(b.path("log")); err != nil {
		fmt.Fprintln(os.Stderr, "writing the log")
		if err := writeLog(b.path("log")); err != nil {
			return errors.Join(err, os.RemoveAll(b.path("log")))
		}
	}
	steps := [][]string{{"go", "build", "-trimpath", "-o", b.path("plumbline"), "./cmd/plumbline"}}
	if _, err := os.Stat(b.path("installed")); err != nil {
		fmt.Fprintln(os.Stderr, "installing Evidently")
		steps = append(steps, []string{python, "-m", "venv", b.path("venv")},
			[]string{b.python(), "-m", "pip", "install", "--quiet", "-r", filepath.Join(b.source, "requirements.txt")})
	}
	for _, s := range steps {
		c := exec.Command(s[0], s[1:]...)
		c.Stdout, c.Stderr = os.Stderr, os.Stderr
		if err := c.Run(); err != nil {
			return fmt.Errorf("%v: %w", s, err)
		}
	}
	if err := os.WriteFile(b.path("installed"), nil, 0o644); err != nil {
		return err
	}
	return b.configure()
}

// configure writes the audit, one that reads every row's time, and one that gives
// Evidently's numbers as well.
func (b bench) configure() error {
	text, err := os.ReadFile(filepath.Join(b.source, "audit.yaml"))
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile(b.path("audit.yaml"), text, 0o644),
		os.WriteFile(b.path("times.yaml"), withTimes(text), 0o644),
		os.WriteFile(b.path("compat.yaml"), withCompat(text), 0o644))
}
