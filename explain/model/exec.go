package model

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Exec scores rows with a command of the user's: one Arrow IPC stream of
// inputs to its standard input, one of scores from its standard output, a
// batch of scores for each batch of rows, in order. A batch of scores has the
// column score, or score_0, score_1, ... for several classes; other columns
// are not read.
//
// The command says what its numbers are, so both outputs are the same.
type Exec struct {
	command Command
	idle    chan *child
	mutex   sync.Mutex
	restart int
}

// A Command is how a scorer is started.
type Command struct {
	Argv   []string
	Dir    string
	Inputs []Input
	// Classes is how many numbers a row gets; 0 is one.
	Classes int
	// Batch is how many rows go in one batch, Parallel how many children run,
	// Timeout how long one batch may take.
	Batch, Parallel int
	Timeout         time.Duration
}

// maxRestarts is how often a command that ends too early is started again.
const maxRestarts = 1

// inFlight is how many batches a child has at a time: it scores one while the
// next is on its way.
const inFlight = 2

// NewExec prepares a command; its children are started when they are needed.
func NewExec(command Command) (*Exec, error) {
	if len(command.Argv) == 0 {
		return nil, errors.New("model: exec needs a command")
	}
	command.Classes = max(1, command.Classes)
	if command.Batch <= 0 {
		command.Batch = 4096
	}
	if command.Parallel <= 0 {
		command.Parallel = 1
	}
	if command.Timeout <= 0 {
		command.Timeout = 30 * time.Second
	}
	return &Exec{command: command, idle: make(chan *child, command.Parallel)}, nil
}

// Inputs implements [Scorer].
func (e *Exec) Inputs() []Input { return e.command.Inputs }

// Classes implements [Scorer].
func (e *Exec) Classes() int { return e.command.Classes }

// chunk is one batch of rows and the place of its scores.
type chunk struct {
	number int
	rows   Batch
	scores []float64
}

// Score implements [Scorer].
func (e *Exec) Score(ctx context.Context, batch Batch, _ Output, scores []float64) error {
	if err := check(batch, e.command.Inputs, e.command.Classes, scores); err != nil {
		return err
	}
	chunks := make(chan chunk, batch.Rows/e.command.Batch+1)
	for from := 0; from < batch.Rows; from += e.command.Batch {
		to := min(from+e.command.Batch, batch.Rows)
		chunks <- chunk{len(chunks), batch.slice(from, to), scores[from*e.command.Classes : to*e.command.Classes]}
	}
	close(chunks)

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var workers sync.WaitGroup
	for range min(e.command.Parallel, len(chunks)) {
		workers.Go(func() {
			if err := e.work(ctx, chunks); err != nil {
				cancel(err)
			}
		})
	}
	workers.Wait()
	return context.Cause(ctx)
}

// slice gives some rows of a batch.
func (b Batch) slice(from, to int) Batch {
	part := Batch{Rows: to - from, Columns: make([][]float64, len(b.Columns))}
	for i, column := range b.Columns {
		part.Columns[i] = column[from:to]
	}
	return part
}

// work lets one child score chunks until there are none. A child that ends
// too early is replaced, once, and what it had not answered is sent again.
func (e *Exec) work(ctx context.Context, chunks <-chan chunk) error {
	c, err := e.child()
	if err != nil {
		return err
	}
	var pending []chunk
	for {
		for len(pending) < inFlight {
			next, ok := <-chunks
			if !ok {
				break
			}
			pending = append(pending, next)
			c.send <- next.rows
		}
		if len(pending) == 0 {
			e.idle <- c
			return nil
		}
		err := c.receive(ctx, pending[0], e.command.Timeout)
		if err == nil {
			pending = pending[1:]
			continue
		}
		c.kill()
		var ended *endedError
		if !errors.As(err, &ended) || !e.mayRestart() {
			return err
		}
		if c, err = startChild(e.command); err != nil {
			return err
		}
		for _, p := range pending {
			c.send <- p.rows
		}
	}
}

// child takes an idle child or starts one.
func (e *Exec) child() (*child, error) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	select {
	case c := <-e.idle:
		return c, nil
	default:
		return startChild(e.command)
	}
}

func (e *Exec) mayRestart() bool {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.restart++
	return e.restart <= maxRestarts
}

// Close ends the children: each has the timeout of a batch to end by itself,
// and may not answer more than it was asked.
func (e *Exec) Close() error {
	var errs []error
	for {
		select {
		case c := <-e.idle:
			if err := c.close(e.command.Timeout); err != nil {
				errs = append(errs, fmt.Errorf("the scorer %s: %w", e.command.Argv[0], err))
			}
		default:
			return errors.Join(errs...)
		}
	}
}
