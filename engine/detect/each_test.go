package detect

import (
	"sync/atomic"
	"testing"
)

// several are tables of which nothing but the number of workers is asked.
type several struct {
	Tables
	workers int
}

func (s several) Workers() int { return s.workers }

func TestEachDoesEveryPartOnce(t *testing.T) {
	for _, workers := range []int{0, 1, 3, 50} {
		done := make([]atomic.Int64, 20)
		Each(several{workers: workers}, len(done), func(i int) { done[i].Add(1) })
		for i := range done {
			if n := done[i].Load(); n != 1 {
				t.Errorf("%d workers: part %d was done %d times", workers, i, n)
			}
		}
	}
	Each(nil, 0, func(int) { t.Error("there is no part") })
}

// A panic in a part reaches the caller with its own stack.
func TestEachHandsPanicsOn(t *testing.T) {
	defer func() {
		p, ok := recover().(*Panic)
		if !ok || p.Value != "no such shard" || len(p.Stack) == 0 {
			t.Errorf("the caller got %v", p)
		}
	}()
	Each(several{workers: 2}, 4, func(i int) {
		if i == 3 {
			panic("no such shard")
		}
	})
}
