package engine_test

import (
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/plumbline-audit/plumbline/engine"
)

// Memory depends on the tables and the batch, never on the rows (DESIGN §6):
// ten times the rows take about the same.
func TestMemoryIsIndependentOfRows(t *testing.T) {
	if testing.Short() {
		t.Skip("writes two million rows")
	}
	few, many := peak(t, 200_000), peak(t, 2_000_000)
	t.Logf("peak heap: %d KiB for 200,000 rows, %d KiB for 2,000,000", few>>10, many>>10)
	if many > few*3/2+8<<20 {
		t.Errorf("peak heap grew from %d KiB to %d KiB", few>>10, many>>10)
	}
}

// peak is the largest heap while a log of n rows is audited.
func peak(t *testing.T, n int) uint64 {
	t.Helper()
	dir := t.TempDir()
	writeRepeated(t, filepath.Join(dir, "log.parquet"), n)
	a := configure(t, dir, "{log: log.parquet}", columns)
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	runtime.GC()
	var highest atomic.Uint64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for tick := time.NewTicker(5 * time.Millisecond); ; {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			highest.Store(max(highest.Load(), m.HeapInuse))
			select {
			case <-stop:
				tick.Stop()
				return
			case <-tick.C:
			}
		}
	}()
	r := run(t, a, engine.Options{Workers: 2})
	close(stop)
	<-done
	if r.Data.RowsRead != int64(n) {
		t.Fatalf("%d rows read", r.Data.RowsRead)
	}
	return highest.Load()
}

// writeRepeated writes the same rows again and again, 100,000 to a row group.
func writeRepeated(t *testing.T, path string, n int) {
	t.Helper()
	rows := decisions(20_000)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := parquet.NewGenericWriter[decision](f, parquet.Compression(&parquet.Snappy), parquet.MaxRowsPerRowGroup(100_000))
	for written := 0; written < n; written += len(rows) {
		if _, err := w.Write(rows); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
