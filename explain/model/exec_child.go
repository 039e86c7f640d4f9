package model

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
)

// child is one running scorer.
type child struct {
	cmd     *exec.Cmd
	send    chan Batch
	answers chan answer
	stderr  *tail
	ended   chan struct{} // closed when the process has been waited for
	left    chan struct{} // closed when nobody waits for answers any more
	leave   sync.Once
}

// answer is a batch of scores, row after row, or why there is none.
type answer struct {
	scores [][]float64 // of each class
	err    error
}

// endedError says that the process ended where an answer was due.
type endedError struct{ text string }

func (e *endedError) Error() string { return e.text }

func startChild(command Command) (*child, error) {
	c := &child{
		cmd: exec.Command(command.Argv[0], command.Argv[1:]...), stderr: &tail{},
		send: make(chan Batch, inFlight), answers: make(chan answer, inFlight), ended: make(chan struct{}), left: make(chan struct{}),
	}
	c.cmd.Dir, c.cmd.Stderr = command.Dir, c.stderr
	c.cmd.WaitDelay = time.Second // grandchildren may hold the pipes
	ownGroup(c.cmd)
	in, err := c.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("the scorer cannot be started: %w", err)
	}
	go func() {
		defer in.Close()
		// A child that reads no more is found by the one who waits for its answer.
		_ = writeBatches(in, command.Inputs, c.send)
		for range c.send { // nobody may wait to send
		}
	}()
	go c.read(out, command.Classes)
	return c, nil
}

// read hands on the answers, then waits for the process.
func (c *child) read(out io.Reader, classes int) {
	defer close(c.ended)
	err := readScores(out, classes, func(scores [][]float64) { c.answer(answer{scores: scores}) })
	if errors.Is(err, errStreamEnded) {
		if waited := c.cmd.Wait(); waited != nil {
			err = &endedError{"it ended with " + waited.Error() + c.stderr.quote()}
		}
		c.answer(answer{err: err})
		return
	}
	killGroup(c.cmd)
	_ = c.cmd.Wait() // its fault is err
	c.answer(answer{err: err})
}

// answer hands on an answer if somebody waits for it.
func (c *child) answer(a answer) {
	select {
	case c.answers <- a:
	case <-c.left:
	}
}

// receive waits for the scores of a chunk.
func (c *child) receive(ctx context.Context, want chunk, timeout time.Duration) error {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return fmt.Errorf("the scorer did not answer batch %d of %d rows within %s%s", want.number, want.rows.Rows, timeout, c.stderr.quote())
	case got := <-c.answers:
		if errors.Is(got.err, errStreamEnded) {
			return &endedError{fmt.Sprintf("the scorer ended before it answered batch %d%s", want.number, c.stderr.quote())}
		}
		if got.err != nil {
			return fmt.Errorf("the scorer, batch %d: %w", want.number, got.err)
		}
		if err := got.into(want); err != nil {
			return fmt.Errorf("the scorer, batch %d: %w%s", want.number, err, c.stderr.quote())
		}
		return nil
	}
}

// into writes the answer as the scores of a chunk.
func (a answer) into(want chunk) error {
	classes := len(a.scores)
	for class, scores := range a.scores {
		if len(scores) != want.rows.Rows {
			return fmt.Errorf("%d scores came back for %d rows", len(scores), want.rows.Rows)
		}
		for row, x := range scores {
			if x != x {
				return fmt.Errorf("row %d has no score (NaN or null)", row)
			}
			want.scores[row*classes+class] = x
		}
	}
	return nil
}

// kill ends the process and all that it started.
func (c *child) kill() {
	c.leave.Do(func() {
		close(c.send)
		close(c.left)
	})
	killGroup(c.cmd)
	<-c.ended
}

// close ends the input and waits for the process.
func (c *child) close(timeout time.Duration) error {
	c.leave.Do(func() { close(c.send) })
	defer close(c.left)
	var err error
	select {
	case last := <-c.answers:
		switch {
		case last.err == nil:
			err = errors.New("it answered more batches than it was sent")
		case !errors.Is(last.err, errStreamEnded):
			err = last.err
		}
	case <-time.After(timeout):
		err = fmt.Errorf("it did not end within %s of the last batch", timeout)
	}
	if err != nil {
		killGroup(c.cmd)
	}
	return err
}

// tail keeps the end of what a child says on standard error.
type tail struct {
	mutex sync.Mutex
	text  []byte
}

const tailBytes = 2000

func (t *tail) Write(p []byte) (int, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.text = append(t.text, p...)
	if n := len(t.text); n > tailBytes {
		t.text = append(t.text[:0], t.text[n-tailBytes:]...)
	}
	return len(p), nil
}

// quote gives the last lines in a form that is harmless on a terminal.
func (t *tail) quote() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	lines := bytes.Split(bytes.TrimSpace(t.text), []byte("\n"))
	if len(lines) > 5 {
		lines = lines[len(lines)-5:]
	}
	text := string(bytes.Join(lines, []byte(" | ")))
	if text == "" {
		return ""
	}
	if strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
		text = strconv.Quote(text)
	}
	return "; it said: " + text
}
