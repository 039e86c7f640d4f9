package parquet

import (
	"fmt"
	"sync"
	"sync/atomic"
)

// fillAll decodes the next rows of every column that has none left, several columns
// at a time, and returns the first of them that failed and why. Columns do not hear of
// each other, so that it does not matter which goroutine takes which.
func (r *reader) fillAll(want int) (at int, err error) {
	r.empty, r.faults = r.empty[:0], r.faults[:0]
	for i, c := range r.columns {
		if c.have == 0 {
			r.empty, r.faults = append(r.empty, i), append(r.faults, nil)
		}
	}
	if len(r.empty) < 2 {
		return -1, nil // what there is to do is done where it is needed
	}
	var next atomic.Int64
	work := func(own *codecs) {
		for k := int(next.Add(1)) - 1; k < len(r.empty); k = int(next.Add(1)) - 1 {
			c := r.columns[r.empty[k]]
			c.codecs = own
			r.faults[k] = c.tryFill(want)
		}
	}
	var helpers sync.WaitGroup
	for i := range min(len(r.memory.helpers), len(r.empty)-1) {
		helpers.Go(func() { work(&r.memory.helpers[i]) })
	}
	work(&r.memory.codecs)
	helpers.Wait()
	for k, err := range r.faults {
		if err != nil {
			return r.empty[k], err
		}
	}
	return -1, nil
}

// tryFill is fill that returns a panic as Next does.
func (c *column) tryFill(want int) (err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("internal error: %v", x)
		}
	}()
	return c.fill(want)
}
