package cli

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// collectorRoom is the memory below which garbage is hardly ever collected. An
// audit of a large log stays about there, because its buffers are used again.
const (
	collectorRoom = 96 << 20
	collectorStep = 36 << 20
)

// tuneCollector lets the heap grow freely up to collectorRoom, and by collectorStep,
// or a third of what is in use, where that is more. The defaults would collect a
// small heap too often and let a large one double. Who sets GOGC or GOMEMLIMIT
// is left alone.
func (a *app) tuneCollector() {
	if a.getenv("GOGC") != "" || a.getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(collectorRoom)
	afterCollection(collectorRoom)
}

// afterCollection sets the limit anew after each collection.
func afterCollection(limit int64) {
	type sentinel struct{ _ [16]byte }
	runtime.AddCleanup(&sentinel{}, func(limit int64) {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		used := int64(live[0].Value.Uint64())
		want := max(collectorRoom, used+max(collectorStep, used/3))
		if want > limit || want < limit*3/4 {
			limit = want
			debug.SetMemoryLimit(limit)
		}
		afterCollection(limit)
	}, limit)
}
