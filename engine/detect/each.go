package detect

import (
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Panic is what reaches a caller of a panic in another goroutine: its value, and
// where it was.
type Panic struct {
	Value any
	Stack []byte
}

// Caught makes a Panic of a recovered value, unless it is one.
func Caught(value any) *Panic {
	if p, ok := value.(*Panic); ok {
		return p
	}
	return &Panic{value, debug.Stack()}
}

// Each calls do for every number below n, as many at a time as the tables say
// that there are workers; one at a time with nil. A detector whose parts do not hear of each other may
// measure them so; each part draws from generators of its own.
func Each(t Tables, n int, do func(i int)) {
	workers := 1
	if w, ok := t.(interface{ Workers() int }); ok {
		workers = min(w.Workers(), n)
	}
	if workers <= 1 {
		for i := range n {
			do(i)
		}
		return
	}
	var next atomic.Int64
	var group sync.WaitGroup
	panics := make([]*Panic, workers)
	for w := range workers {
		group.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					panics[w] = Caught(v)
				}
			}()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	group.Wait()
	for _, p := range panics {
		if p != nil {
			panic(p) // in the caller's goroutine, where it can be caught
		}
	}
}
