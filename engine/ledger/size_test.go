package ledger

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Ten years of months with fifty metrics of twenty groups each: the
// ledger stays small, and all numbers are read in no time.
func TestTenYears(t *testing.T) {
	const months, metrics, groups = 120, 50, 20
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := open(t, path)
	var values []Value
	for month := range months {
		window := fmt.Sprintf("%d-%02d", 2016+month/12, 1+month%12)
		for m := range metrics {
			for g := range groups {
				key := fmt.Sprintf(`["parity","metric_%d","region","value","group %d","reference",null,null,null]`, m, g)
				x := float64(1+(month*7919+m*104729+g*1299709)%99991) / 99991
				values = append(values, Value{Kind: KindMeasurement, Scope: "all", Key: key, Definition: "1 selected / rows", Window: window,
					Value: f(x), Low: f(x * 0.9), High: f(x * 1.1), Numerator: f(float64(int(x * 1e6))), Denominator: f(1e6), N: n(1e6)})
			}
		}
		if month%40 < 39 { // that many runs take too long for a test; each adds what is new
			continue
		}
		r := january()
		r.Values, r.RowsRead = values, int64(month)
		record(t, l, r)
	}
	began := time.Now()
	all, err := l.Versions(ctx, Query{Audit: "bank"})
	if err != nil || len(all) != months*metrics*groups {
		t.Fatal(len(all), err)
	}
	took := time.Since(began)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d numbers: %d kB, read in %v", len(all), info.Size()/1000, took)
	if info.Size() > 50e6 {
		t.Errorf("the ledger takes %d bytes", info.Size())
	}
}
