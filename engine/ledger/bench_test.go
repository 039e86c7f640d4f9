package ledger

import (
	"fmt"
	"path/filepath"
	"testing"
)

// BenchmarkRecord writes the first run of a small audit: 2,250 numbers.
func BenchmarkRecord(b *testing.B) {
	r := january()
	r.Values = nil
	for i := range 2250 {
		r.Values = append(r.Values, Value{Kind: KindMeasurement, Scope: "all", Key: fmt.Sprintf(`["error_rates","true_positive_rate_difference","race*sex","value","group %d","Caucasian",null,null,null]`, i),
			Definition: "1 selected / rows", Window: "all", Value: f(float64(i) / 7), Low: f(0.1), High: f(0.9), Numerator: f(float64(i)), Denominator: f(7000), N: n(7000)})
	}
	for i := range b.N {
		l, err := Open(ctx, filepath.Join(b.TempDir(), fmt.Sprint(i)), Options{Create: true})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := l.Record(ctx, r); err != nil {
			b.Fatal(err)
		}
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
