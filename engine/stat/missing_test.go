package stat

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// Applicants by sex of the rule text of NYC Local Law 144, with 250 of unknown
// sex whose outcome is not published; bounds by the replication code of the
// FAccT 2025 study of its audits (reference/regulation.md O-6).
func TestUnknownSex(t *testing.T) {
	men, women, unknown := Fraction{667, 1390}, Fraction{555, 1181}, Unassigned{Either: 250}
	for _, c := range []struct {
		name            string
		g               Fraction
		want, wantOther string
	}{
		{"men", men, "0.406707", "0.559146"}, {"women", women, "0.387841", "0.562544"},
	} {
		low, high, ok := WorstRate(c.g, unknown)
		if !ok || low.Rat().FloatString(6) != c.want || high.Rat().FloatString(6) != c.wantOther {
			t.Errorf("%s: %v %v", c.name, low, high)
		}
	}
	a, b := LeastGap(women, men, Unassigned{}, Unassigned{}, unknown, Ratio)
	if (a != Fraction{555, 1181 + 212} || b != Fraction{667 + 38, 1390 + 38}) || Ratio(a, b).FloatString(6) != "0.807014" {
		t.Errorf("women against men: %v %v %s", a, b, Ratio(a, b).FloatString(6))
	}
	a, b = LeastGap(men, women, Unassigned{}, Unassigned{}, unknown, Ratio)
	if (a != Fraction{667, 1390 + 102} || b != Fraction{555 + 148, 1181 + 148}) || Ratio(a, b).FloatString(6) != "0.845136" {
		t.Errorf("men against women: %v %v %s", a, b, Ratio(a, b).FloatString(6))
	}
	// all of them rejected women, and all of them selected men
	if r := Ratio(Fraction{555, 1431}, men).FloatString(6); r != "0.808244" {
		t.Error(r)
	}
	if r := Ratio(women, Fraction{917, 1640}).FloatString(6); r != "0.840461" {
		t.Error(r)
	}
}

// The bounds are those of a search over every dealing of every row.
func TestLeastGapBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count := func(name string, least, most int64) int64 { return rapid.Int64Range(least, most).Draw(t, name) }
		group := func(name string) Fraction {
			n := count(name+" n", 1, 5)
			return Fraction{count(name+" k", 0, n), n}
		}
		pool := func(name string) Unassigned {
			return Unassigned{count(name+" success", 0, 1), count(name+" failure", 0, 1), count(name+" either", 0, 3)}
		}
		a, b := group("a"), group("b")
		onlyA, onlyB, shared := pool("only a"), pool("only b"), pool("shared")
		dealt := map[[2]Fraction]bool{{a, b}: true}
		dealt = dealOne(dealt, onlyA, true, false)
		dealt = dealOne(dealt, onlyB, false, true)
		dealt = dealOne(dealt, shared, true, true)
		for name, c := range map[string]Contrast{"difference": Difference, "ratio": Ratio} {
			var want *big.Rat
			for ab := range dealt {
				if x := c(ab[0], ab[1]); x != nil && (want == nil || x.Cmp(want) < 0) {
					want = x
				}
			}
			got := c(LeastGap(a, b, onlyA, onlyB, shared, c))
			if (got == nil) != (want == nil) || got != nil && got.Cmp(want) != 0 {
				t.Fatalf("%s: %v, want %v", name, got, want)
			}
		}
	})
}

// dealOne deals a pool's rows, one by one, to the groups that each may belong to,
// or to neither, and returns every outcome.
func dealOne(from map[[2]Fraction]bool, p Unassigned, toA, toB bool) map[[2]Fraction]bool {
	for _, row := range []struct {
		n     int64
		gives []int64 // the outcomes that it may have
	}{{p.Success, []int64{1}}, {p.Failure, []int64{0}}, {p.Either, []int64{0, 1}}} {
		for range row.n {
			to := map[[2]Fraction]bool{}
			for ab := range from {
				to[ab] = true
				for _, k := range row.gives {
					a, b := ab[0], ab[1]
					if toA {
						to[[2]Fraction{{a.K + k, a.N + 1}, b}] = true
					}
					if toB {
						to[[2]Fraction{a, {b.K + k, b.N + 1}}] = true
					}
				}
			}
			from = to
		}
	}
	return from
}
