package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/plumbline-audit/plumbline/explain/model"
)

// bench is what the works need.
type bench struct {
	options
	values, labels []float32
	forest         *model.Forest
	peer           *peer
	versions       map[string]string
}

func (b *bench) path(name string) string { return filepath.Join(b.data, name) }

// source is the folder of the Python programs.
func source(name string) string { return filepath.Join("bench", "explain", name) }

// prepare makes rows, environment and model, where they are not there.
func prepare(ctx context.Context, o options) (*bench, error) {
	b := &bench{options: o}
	var err error
	if _, err := os.Stat(source("peer.py")); err != nil {
		return nil, fmt.Errorf("%w: run this in the root of the repository", err)
	}
	if b.data, err = filepath.Abs(o.data); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(b.data, 0o755); err != nil {
		return nil, err
	}
	if err := b.install(ctx); err != nil {
		return nil, err
	}
	b.values, b.labels = makeRows(rows)
	for name, values := range map[string][]float32{"rows.f32": b.values, "labels.f32": b.labels} {
		data, err := bytesOf(values)
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(b.path(name), data, 0o644); err != nil {
			return nil, err
		}
	}
	if b.peer, err = startPeer(ctx, b.python, source("peer.py"), b.data, fmt.Sprint(rows), fmt.Sprint(inputs)); err != nil {
		return nil, err
	}
	if _, err := os.Stat(b.path("model.json")); err != nil {
		fmt.Fprintln(os.Stderr, "training the model")
		if _, err := b.peer.ask(map[string]any{"do": "train", "trees": trees, "depth": depth, "train_rows": trainRows}); err != nil {
			return nil, err
		}
	}
	file, err := os.ReadFile(b.path("model.json"))
	if err != nil {
		return nil, err
	}
	b.forest, err = readForest(file)
	return b, err
}

func readForest(file []byte) (*model.Forest, error) {
	scorer, err := model.ReadXGBoost(file, model.XGBoostOptions{})
	if err != nil {
		return nil, err
	}
	forest, ok := scorer.(*model.Forest)
	if !ok {
		return nil, errors.New("the model has no trees")
	}
	return forest, nil
}

// install makes the virtual environment, and asks it for its versions.
func (b *bench) install(ctx context.Context) error {
	if b.python == "" {
		b.python = b.path("venv/bin/python")
		if _, err := os.Stat(b.python); err != nil {
			if _, err := output(ctx, "python3", "-m", "venv", b.path("venv")); err != nil {
				return err
			}
		}
		if _, err := output(ctx, b.python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", source("requirements.txt")); err != nil {
			return err
		}
	}
	list, err := output(ctx, b.python, "-m", "pip", "freeze", "--disable-pip-version-check")
	b.versions = map[string]string{}
	for line := range strings.Lines(list) {
		if name, version, ok := strings.Cut(strings.TrimSpace(line), "=="); ok {
			b.versions[strings.TrimSuffix(name, "-cpu")] = version
		}
	}
	return err
}

// output runs a command and returns what it printed.
func output(ctx context.Context, command ...string) (string, error) {
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	var messages strings.Builder
	c.Stderr = &messages
	text, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(command, " "), err, messages.String())
	}
	return strings.TrimSpace(string(text)), nil
}

// peer is the process of peer.py.
type peer struct {
	command *exec.Cmd
	ask     func(work map[string]any) (cost, error)
	close   func()
}

func startPeer(ctx context.Context, command ...string) (*peer, error) {
	p := &peer{command: exec.CommandContext(ctx, command[0], command[1:]...)}
	var messages strings.Builder
	p.command.Stderr = &messages
	p.command.Env = append(os.Environ(), "OMP_NUM_THREADS=1", "PYTHONWARNINGS=ignore")
	in, err := p.command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	answers, works := json.NewDecoder(out), json.NewEncoder(in)
	p.ask = func(work map[string]any) (c cost, err error) {
		if err := works.Encode(work); err != nil {
			return c, err
		}
		var answer struct{ CPU, Wall float64 }
		if err := answers.Decode(&answer); err != nil {
			return c, errors.Join(fmt.Errorf("%s: %w", command[1], err), p.command.Wait(), errors.New(messages.String()))
		}
		return cost{answer.CPU, answer.Wall}, nil
	}
	p.close = func() {
		in.Close()
		_ = p.command.Wait() // what it had to say is known
	}
	return p, nil
}
