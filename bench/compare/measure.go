package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// long is how long a work may take with all its runs; one that takes longer is
// run three times.
const long = 2 * time.Minute

// measured are the runs of a work's contenders.
type measured struct {
	work
	samples map[string][]sample
	cells   int // lines that all contenders agree on; 0 if nothing is compared
	took    time.Duration
}

// measure runs every contender once to warm the page cache and to compare what
// they counted, and then all of them in turn, as often as asked and as the time
// for this work allows.
func (b *bench) measure(ctx context.Context, w work, allowed time.Duration) (measured, error) {
	m := measured{work: w, samples: map[string][]sample{}}
	if w.prepare != nil {
		if err := w.prepare(ctx); err != nil {
			return m, err
		}
	}
	var first []string
	var turn time.Duration // of those that run again
	for _, c := range w.contenders {
		printed := filepath.Join(b.scratch, "printed.txt")
		s, err := run(ctx, b.scratch, printed, c.command())
		if err != nil {
			return m, fmt.Errorf("%s: %w", c.name, err)
		}
		m.took += s.Wall
		if c.once {
			m.samples[c.name] = append(m.samples[c.name], s)
		} else {
			turn += s.Wall
		}
		if c.cells == nil {
			continue
		}
		lines, err := c.cells(printed)
		if err != nil {
			return m, fmt.Errorf("%s: %w", c.name, err)
		}
		if first == nil {
			first = lines
		}
		if err := same(first, lines); err != nil {
			return m, fmt.Errorf("%s and %s counted differently: %w", w.contenders[0].name, c.name, err)
		}
		m.cells = len(lines)
	}
	fmt.Fprintf(os.Stderr, "%s: one turn takes %s; %d lines alike\n", w.title, seconds(m.took), m.cells)
	if b.check {
		return m, nil
	}
	for range turns(b.repeat, turn, allowed-m.took) {
		for _, c := range w.contenders {
			if c.once {
				continue
			}
			s, err := run(ctx, b.scratch, filepath.Join(b.scratch, "printed.txt"), c.command())
			if err != nil {
				return m, fmt.Errorf("%s: %w", c.name, err)
			}
			m.samples[c.name] = append(m.samples[c.name], s)
			m.took += s.Wall
		}
	}
	return m, nil
}

// turns is how often all contenders run.
func turns(repeat int, turn, left time.Duration) int {
	times := repeat
	if turn > long/time.Duration(times) {
		times = min(times, 3)
	}
	if turn > 0 {
		times = min(times, int(left/turn))
	}
	return max(times, 1)
}

// summary are the medians of a contender's runs, and the spread of its time.
type summary struct {
	wall, low, high, cpu, inside time.Duration
	memory                       int64
	runs                         int
}

func summarize(list []sample) summary {
	wall := column(list, func(s sample) time.Duration { return s.Wall })
	memory := column(list, func(s sample) int64 { return s.Memory })
	return summary{
		wall: middle(wall), low: wall[0], high: wall[len(wall)-1], runs: len(list),
		cpu:    middle(column(list, func(s sample) time.Duration { return s.CPU })),
		inside: middle(column(list, func(s sample) time.Duration { return s.Inside })),
		memory: memory[len(memory)-1],
	}
}

// column is one number of every sample, in rising order.
func column[T time.Duration | int64](list []sample, of func(sample) T) []T {
	out := make([]T, len(list))
	for i, s := range list {
		out[i] = of(s)
	}
	slices.Sort(out)
	return out
}

// middle is the median, of an even number the mean of both.
func middle[T time.Duration | int64](sorted []T) T {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
