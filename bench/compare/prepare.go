package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// bench is what the works need: programs, logs and a folder for what they write.
type bench struct {
	options
	root     string // of the checkout
	scratch  string
	versions map[string]string // of the peers
	revision string
}

// prepare builds the programs and installs the peers.
func prepare(ctx context.Context, o options) (*bench, error) {
	mod, err := output(ctx, "", "go", "env", "GOMOD")
	if err != nil {
		return nil, err
	}
	b := &bench{options: o, root: filepath.Dir(mod)}
	if b.data, err = filepath.Abs(o.data); err != nil {
		return nil, err
	}
	b.scratch = filepath.Join(b.data, "scratch")
	if err := os.MkdirAll(b.scratch, 0o755); err != nil {
		return nil, err
	}
	for name, folder := range map[string]string{
		"plumbline": "cmd/plumbline", "count": "bench/compare/count", "decode": "bench/compare/decode", "generate": "bench/generate",
	} {
		if _, err := output(ctx, b.root, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", b.program(name), "./"+folder); err != nil {
			return nil, err
		}
	}
	if err := b.install(ctx); err != nil {
		return nil, err
	}
	if b.revision, err = output(ctx, b.root, "git", "describe", "--always", "--dirty"); err != nil {
		b.revision = "unknown"
	}
	return b, nil
}

func (b *bench) program(name string) string { return filepath.Join(b.data, "bin", name) }

func (b *bench) python() string { return filepath.Join(b.data, "venv", "bin", "python") }

// install makes the virtual environment as requirements.txt has it, and asks it
// for the versions.
func (b *bench) install(ctx context.Context) error {
	if _, err := os.Stat(b.python()); err != nil {
		if _, err := output(ctx, "", "python3", "-m", "venv", filepath.Join(b.data, "venv")); err != nil {
			return err
		}
	}
	_, err := output(ctx, "", b.python(), "-m", "pip", "install", "-q", "--disable-pip-version-check",
		"-r", filepath.Join(b.root, "bench", "compare", "requirements.txt"))
	if err != nil {
		return err
	}
	list, err := output(ctx, "", b.python(), "-m", "pip", "freeze", "--disable-pip-version-check")
	if err != nil {
		return err
	}
	b.versions = map[string]string{}
	for line := range strings.Lines(list) {
		if name, version, ok := strings.Cut(strings.TrimSpace(line), "=="); ok {
			b.versions[name] = version
		}
	}
	return nil
}

// log makes a log if it is not there, and returns its folder. The name says how
// it was made; after a change of the generator the folder --data has to go.
func (b *bench) log(ctx context.Context, rows int64, flags ...string) (string, error) {
	name := fmt.Sprintf("log-%d%s", rows, strings.ReplaceAll(strings.Join(flags, ""), "--", "-"))
	dir := filepath.Join(b.data, "logs", name)
	for _, audit := range []string{"audit.yaml", "slates.yaml"} { // which are written last
		if _, err := os.Stat(filepath.Join(dir, audit)); err == nil {
			return dir, nil
		}
	}
	fmt.Fprintf(os.Stderr, "generating %s\n", dir)
	_, err := output(ctx, "", append([]string{b.program("generate"), "--rows", strconv.FormatInt(rows, 10), "--out", dir}, flags...)...)
	return dir, err
}

// output runs a command and returns what it printed.
func output(ctx context.Context, dir string, command ...string) (string, error) {
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	c.Dir = dir
	var messages strings.Builder
	c.Stderr = &messages
	text, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(command, " "), err, messages.String())
	}
	return strings.TrimSpace(string(text)), nil
}
