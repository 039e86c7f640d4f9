package stat

import (
	"testing"

	"pgregory.net/rapid"
)

func limit(t interface{ Fatal(...any) }, text string) Decimal {
	d, err := ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// COMPAS, favorable = decile below 5, African-American beside Caucasian: 406
// flips up, 337 reference flips down, 356 relabels (counts of ProPublica's table;
// counted by trying every split of k moves in Python).
func TestVergeCOMPAS(t *testing.T) {
	v := Verge{A: 1522, N: 3696, B: 1600, M: 2454, Limit: limit(t, "0.8")}
	if v.Inside() {
		t.Error("inside")
	}
	for _, c := range []struct {
		of   func() (Turn, error)
		want Turn
	}{{v.FlipsOfGroup, Turn{406, true}}, {v.FlipsOfReference, Turn{337, false}}, {v.Relabels, Turn{356, true}}} {
		if got, err := c.of(); err != nil || got != c.want {
			t.Errorf("%+v, %v, want %+v", got, err, c.want)
		}
	}
	// From the other side.
	w := Verge{A: 1600, N: 2454, B: 1522, M: 3696, Limit: v.Limit}
	if got, err := w.Relabels(); err != nil || got != (Turn{356, false}) {
		t.Errorf("%+v, %v", got, err)
	}
}

// fewest tries every table that few enough changes lead to: each row may get
// another decision (of one group), or another group, one after the other.
func fewest(v Verge, next func(Verge) []Verge) (int64, bool) {
	key := func(v Verge) [4]int64 { return [4]int64{v.A, v.N, v.B, v.M} }
	seen, border := map[[4]int64]bool{key(v): true}, []Verge{v}
	for k := int64(0); len(border) > 0; k++ {
		var further []Verge
		for _, w := range border {
			if w.N > 0 && w.M > 0 && (w.B > 0 || w.Difference) && w.Inside() != v.Inside() {
				return k, true
			}
			for _, x := range next(w) {
				if x.A >= 0 && x.A <= x.N && x.B >= 0 && x.B <= x.M && !seen[key(x)] {
					seen[key(x)] = true
					further = append(further, x)
				}
			}
		}
		border = further
	}
	return 0, false
}

// All tables of two groups of up to 12 rows: equal to trying everything.
func TestVergeBruteForce(t *testing.T) {
	tables := 0
	for _, text := range []string{"0.8", "0.333", "1"} {
		for n := range int64(12) {
			for m := range int64(12) {
				for a := range n + 2 {
					for b := range m + 2 {
						for _, other := range []bool{false, true} {
							v := Verge{A: a, N: n + 1, B: b, M: m + 1, Limit: limit(t, text), Low: other}
							bruteForce(t, v)
							v.Difference, v.Low, v.Strict = true, false, other
							if text == "1" { // of which no difference can be further
								v.Limit = limit(t, "0.1")
							}
							bruteForce(t, v)
							tables++
						}
					}
				}
			}
		}
	}
	if tables != 3*2*90*90 {
		t.Errorf("%d tables", tables)
	}
}

func bruteForce(t *testing.T, v Verge) {
	t.Helper()
	for name, c := range map[string]struct {
		of   func() (Turn, error)
		next func(Verge) []Verge
	}{
		"group": {v.FlipsOfGroup, func(v Verge) []Verge { return []Verge{v.flipped(1, 0), v.flipped(-1, 0)} }},
		"ref":   {v.FlipsOfReference, func(v Verge) []Verge { return []Verge{v.flipped(0, 1), v.flipped(0, -1)} }},
		"relabels": {v.Relabels, func(v Verge) []Verge {
			return []Verge{v.relabeled(1, 0), v.relabeled(-1, 0), v.relabeled(0, 1), v.relabeled(0, -1)}
		}},
	} {
		want, ok := fewest(v, c.next)
		ok = ok && (v.B > 0 || v.Difference) // a ratio to 0 has no side to turn from
		got, err := c.of()
		if (err == nil) != ok || got.Changes != want && ok {
			t.Fatalf("%s of %+v: %+v, %v; want %d, %v", name, v, got, err, want, ok)
		}
	}
}

func (v Verge) flipped(a, b int64) Verge { v.A, v.B = v.A+a, v.B+b; return v }

// The shortcut for large tables agrees with trying everything where both are
// possible and the inside is wide enough not to be jumped over.
func TestVergeLargeTables(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, m := rapid.Int64Range(60, 250).Draw(t, "n"), rapid.Int64Range(60, 250).Draw(t, "m")
		v := Verge{A: rapid.Int64Range(n/10, n-n/10).Draw(t, "a"), N: n, B: rapid.Int64Range(m/10, m-m/10).Draw(t, "b"), M: m,
			Limit: limit(t, rapid.SampledFrom([]string{"0.8", "0.5", "0.9"}).Draw(t, "limit")), Low: rapid.Bool().Draw(t, "low")}
		if rapid.Bool().Draw(t, "difference") {
			v.Difference, v.Low, v.Strict = true, false, v.Low
			v.Limit = limit(t, rapid.SampledFrom([]string{"0.05", "0.1", "0.3"}).Draw(t, "difference's limit"))
		}
		want, err := v.searchAll()
		got, errLarge := v.oneWay()
		if (err == nil) != (errLarge == nil) || want.Changes != got.Changes {
			t.Fatalf("%+v: %+v, %v; want %+v, %v", v, got, errLarge, want, err)
		}
	})
}

// A ratio to a rate of 0 has no side, by either count of decisions; and the fewest
// decisions of both groups are never more than those of one alone.
func TestVergeAndFlipflopHaveOneRule(t *testing.T) {
	d := limit(t, "0.8")
	for n := int64(1); n <= 7; n++ {
		for m := int64(1); m <= 7; m++ {
			for a := range n + 1 {
				for b := range m + 1 {
					v := Verge{A: a, N: n, B: b, M: m, Limit: d}
					both, err := FlipflopThreshold(a, n, b, m, d, false)
					one, errGroup := v.FlipsOfGroup()
					other, errRef := v.FlipsOfReference()
					if b == 0 {
						if err != ErrUndefined || errGroup != ErrUndefined || errRef != ErrUndefined || v.Inside() {
							t.Fatalf("%+v: %v %v %v", v, err, errGroup, errRef)
						}
						continue
					}
					if errGroup == nil && (err != nil || both > one.Changes) || errRef == nil && (err != nil || both > other.Changes) {
						t.Fatalf("%+v: %d %v, %+v %v, %+v %v", v, both, err, one, errGroup, other, errRef)
					}
				}
			}
		}
	}
}
