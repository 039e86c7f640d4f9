package table

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// step is a point of either of two cells, with the share of each at it.
type step struct{ x, a, b float64 }

func steps(a, b *Distribution) []step {
	var out []step
	i, k := 0, 0
	for i < len(a.Points) || k < len(b.Points) {
		s := step{x: math.Inf(1)}
		if i < len(a.Points) {
			s.x = a.Points[i].X
		}
		if k < len(b.Points) {
			s.x = min(s.x, b.Points[k].X)
		}
		if i < len(a.Points) && a.Points[i].X == s.x {
			s.a = float64(a.Points[i].N) / float64(a.N)
			i++
		}
		if k < len(b.Points) && b.Points[k].X == s.x {
			s.b = float64(b.Points[k].N) / float64(b.N)
			k++
		}
		out = append(out, s)
	}
	return out
}

// ks and auc, with what a bucket can hide: in ks no more than the larger share
// of one bucket, in auc half of the pairs that share a bucket.
func ks(list []step) (d, hidden float64) {
	below := 0.0
	for _, s := range list {
		below += s.a - s.b
		d, hidden = max(d, math.Abs(below)), max(hidden, s.a, s.b)
	}
	return d, hidden
}

func auc(list []step) (p, hidden float64) {
	below := 0.0
	for _, s := range list {
		p += s.b * (below + s.a/2)
		hidden += s.a * s.b / 2
		below += s.a
	}
	return p, hidden
}

func quantile(d *Distribution, p float64) float64 {
	seen := 0.0
	for _, x := range d.Points {
		if seen += float64(x.N); seen >= p*float64(d.N) {
			return x.X
		}
	}
	return d.Points[len(d.Points)-1].X
}

// TestBucketBound holds what is said about tables in buckets against the
// numbers themselves: KS and AUC differ by no more than the mass that buckets
// share, order statistics by no more than half a bucket, sums not at all.
func TestBucketBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scale := rapid.SampledFrom([]float64{1e-3, 1, 1e6}).Draw(t, "scale")
		number := rapid.Map(rapid.Float64Range(-1, 1), func(x float64) float64 { return scale * (1 + x*0.02) })
		make2 := func(bucketed bool, xs [2][]float64) *Values {
			b, err := NewValuesBuilder([]Dim{Window}, [][]Category{{{Name: "a"}, {Name: "b"}}})
			if err != nil {
				t.Fatal(err)
			}
			for g := range xs {
				for _, x := range xs[g] {
					b.Add([]int{g}, x, Cell{1, 1})
				}
			}
			v := b.Values()
			if bucketed {
				empty := &Values{counts: &Counts{dims: v.counts.dims, cats: [][]Category{nil}}}
				v = merge(t, v, empty)
			}
			return v
		}
		xs := [2][]float64{rapid.SliceOfN(number, 1, 60).Draw(t, "a"), rapid.SliceOfN(number, 1, 60).Draw(t, "b")}
		exact, rough := make2(false, xs), make2(true, xs)
		if !exact.Exact() || rough.Exact() {
			t.Fatal("forms")
		}
		e, r := exact.cells, rough.cells
		d, _ := ks(steps(&e[0], &e[1]))
		dr, hidden := ks(steps(&r[0], &r[1]))
		if dr > d+1e-12 || d > dr+hidden+1e-12 {
			t.Fatalf("KS %v, from buckets %v, bound %v", d, dr, hidden)
		}
		p, _ := auc(steps(&e[0], &e[1]))
		pr, hidden := auc(steps(&r[0], &r[1]))
		if math.Abs(p-pr) > hidden+1e-12 {
			t.Fatalf("AUC %v, from buckets %v, bound %v", p, pr, hidden)
		}
		for g := range e {
			if e[g].Sum != r[g].Sum || e[g].SumSquares != r[g].SumSquares {
				t.Fatal("sums differ")
			}
			for _, q := range []float64{0.1, 0.5, 0.9} {
				x, y := quantile(&e[g], q), quantile(&r[g], q)
				if math.Abs(x-y) > BucketWidth/2*math.Abs(x)*(1+1e-9) {
					t.Fatalf("quantile %v: %v, from buckets %v", q, x, y)
				}
			}
		}
	})
}
