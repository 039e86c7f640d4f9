package explain

import (
	"context"
	"reflect"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// widest notes the most rows that were asked for at a time.
type widest struct {
	function
	rows int
}

func (w *widest) Score(ctx context.Context, b model.Batch, output model.Output, scores []float64) error {
	w.rows = max(w.rows, b.Rows)
	return w.function.Score(ctx, b, output, scores)
}

// How many rows are scored together changes no number, and bounds what is asked
// at a time however large the background is.
func TestPermuterBatch(t *testing.T) {
	random := stat.Generator(1, "test")
	draw := func(rows int) model.Batch {
		b := model.Batch{Rows: rows, Columns: make([][]float64, 5)}
		for i := range b.Columns {
			for range rows {
				b.Columns[i] = append(b.Columns[i], random.Float64())
			}
		}
		return b
	}
	rows, background := draw(3), draw(40)
	for name, p := range map[string]Permuter{"drawn": {Rounds: 2}, "to a target": {Target: .05}, "all sets": {Exact: true}} {
		var want *Attributions
		for _, size := range []int{0, 7, 64} {
			w := &widest{function: function{make([]model.Input, 5), func(x []float64) float64 { return x[0]*x[1]*x[2] + max(x[3], x[4]) }}}
			p.Scorer, p.Background, p.Value, p.Batch = w, background, same, size
			got, err := p.Of(context.Background(), rows)
			if err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = got
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s, %d rows at a time: %+v, want %+v", name, size, got, want)
			}
			if size > 0 && w.rows > size {
				t.Errorf("%s: %d rows at a time, where %d are wanted", name, w.rows, size)
			}
		}
	}
}
