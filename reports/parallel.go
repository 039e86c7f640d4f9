package reports

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// onAll calls work for every number below n, on all processors; begin makes what one
// of them works with. A panic reaches the caller's goroutine, where it can be caught.
func onAll[T any](n int, begin func() T, work func(t T, i int)) {
	var next atomic.Int64
	var group sync.WaitGroup
	panics := make([]any, min(runtime.GOMAXPROCS(0), n))
	for w := range panics {
		group.Go(func() {
			defer func() { panics[w] = recover() }()
			t := begin()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				work(t, i)
			}
		})
	}
	group.Wait()
	for _, p := range panics {
		if p != nil {
			panic(p)
		}
	}
}
