package cli

import (
	"context"
	"time"
)

// patience is how long work that was interrupted may take to end by itself. A
// read that hangs, from a pipe or a network drive, never does.
const patience = 2 * time.Second

// attempt does work that can be interrupted, and turns its panics into errors.
// After an interruption it returns context.Canceled, whatever the work says.
func attempt[T any](ctx context.Context, work func(context.Context) (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	var none T
	finished := make(chan answer, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				finished <- answer{none, caught(v)}
			}
		}()
		v, err := work(ctx)
		finished <- answer{v, err}
	}()
	select {
	case got := <-finished:
		if ctx.Err() != nil {
			return none, context.Canceled
		}
		return got.value, got.err
	case <-ctx.Done():
	}
	select {
	case <-finished:
	case <-time.After(patience):
	}
	return none, context.Canceled
}
