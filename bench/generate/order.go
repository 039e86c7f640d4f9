package main

import "golang.org/x/sync/errgroup"

// part is a run of rows.
type part struct{ first, rows int64 }

// split cuts the run into runs of so many rows.
func (p part) split(rows int64) []part {
	var list []part
	end := p.first + p.rows
	for first := p.first; first < end; first += rows {
		list = append(list, part{first, min(rows, end-first)})
	}
	return list
}

// inOrder makes something of every part, so many at a time, and hands the
// results on in the order of the parts. A maker is told which of those at a
// time it is, so that it can use a buffer of its own.
func inOrder[T any](atATime int, parts []part, maker func(slot int, p part) (T, error), emit func(T) error) error {
	made := make([]T, atATime)
	for len(parts) > 0 {
		now := parts[:min(atATime, len(parts))]
		parts = parts[len(now):]
		var makers errgroup.Group
		for slot, p := range now {
			makers.Go(func() (err error) {
				made[slot], err = maker(slot, p)
				return err
			})
		}
		if err := makers.Wait(); err != nil {
			return err
		}
		for _, m := range made[:len(now)] {
			if err := emit(m); err != nil {
				return err
			}
		}
	}
	return nil
}
