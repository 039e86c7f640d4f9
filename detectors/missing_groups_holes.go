package detectors

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// holes is the rows of an attribute, those with a hole in it apart.
type holes struct {
	names  []string // groups that occur, in canonical order
	parts  [][]int  // of each, the code of every part
	pools  [][]int  // rows that lack a part: the codes, -1 where it is missing
	strata int
	known  [][]tally // by stratum, then group
	lost   [][]tally // by stratum, then pool
}

// newHoles reads a table of an attribute's dimensions and the outcome, and of
// one stratifying dimension unless within is "".
func newHoles(a detect.Attribute, in *table.Counts, within table.Dim) holes {
	grouping, p := a.Group(in), newPivot(in)
	h := holes{names: grouping.Names, parts: make([][]int, len(grouping.Names)), strata: 1}
	stratum := -1
	if within != "" {
		stratum, h.strata = slices.Index(in.Dims(), within), max(1, len(in.Categories(within)))
	}
	h.known, h.lost = make([][]tally, h.strata), make([][]tally, h.strata)
	for s := range h.known {
		h.known[s] = make([]tally, len(h.names))
	}
	in.Each(func(codes []int, cell table.Cell) {
		s := 0
		if stratum >= 0 {
			s = codes[stratum]
		}
		_, t := p.tally(codes, cell.N)
		cut := partCodes(a, in, codes)
		if g := grouping.Of(codes); g >= 0 {
			h.parts[g] = cut
			h.known[s][g] = h.known[s][g].add(t)
			return
		}
		at := slices.IndexFunc(h.pools, func(pool []int) bool { return slices.Equal(pool, cut) })
		if at < 0 {
			at, h.pools = len(h.pools), append(h.pools, cut)
		}
		for len(h.lost[s]) <= at {
			h.lost[s] = append(h.lost[s], tally{})
		}
		h.lost[s][at] = h.lost[s][at].add(t)
	})
	return h
}

// partCodes are the codes of an attribute's parts, -1 for one that is missing.
func partCodes(a detect.Attribute, in *table.Counts, codes []int) []int {
	out := make([]int, 0, len(a.Parts))
	for _, dim := range a.Dims() {
		at := slices.Index(in.Dims(), dim)
		code := codes[at]
		if in.Categories(dim)[code].Missing {
			code = -1
		}
		out = append(out, code)
	}
	return out
}

// fits says whether rows of a pool may belong to a group.
func (h holes) fits(pool, group int) bool {
	for i, code := range h.pools[pool] {
		if code >= 0 && code != h.parts[group][i] {
			return false
		}
	}
	return true
}

// total is a group over all strata.
func (h holes) total(group int) (t tally) {
	for s := range h.known {
		t = t.add(h.known[s][group])
	}
	return t
}

// all are the rows of every group, and those without one.
func (h holes) all() (t tally) {
	for i := range h.names {
		t = t.add(h.total(i))
	}
	for s := range h.lost {
		for _, lost := range h.lost[s] {
			t = t.add(lost)
		}
	}
	return t
}

// groups are the known rows by group.
func (h holes) groups() []group {
	var out []group
	for i, name := range h.names {
		out = append(out, group{name: name, kind: audit.KindValue, tally: h.total(i)})
	}
	return out
}

func (h holes) fraction(r rate, group int) stat.Fraction {
	k, n := r.count(h.total(group))
	return stat.Fraction{K: k, N: n}
}

// unassigned counts the rows of those pools that fit. Rows that the rate is not
// about are not among them.
func (h holes) unassigned(r rate, unknown bool, fits func(pool int) bool) stat.Unassigned {
	var out stat.Unassigned
	for s := range h.lost {
		for pool, t := range h.lost[s] {
			if !fits(pool) {
				continue
			}
			if k, n := r.count(t); unknown {
				out.Either += n
			} else {
				out.Success, out.Failure = out.Success+k, out.Failure+n-k
			}
		}
	}
	return out
}

// side is one of two that are compared: a group, or everybody else.
type side struct {
	name      string
	known     stat.Fraction
	fits      func(pool int) bool // whether rows of a pool may belong to it
	everybody bool                // everybody else: every row that is not of the group
}

func (h holes) side(r rate, group int) side {
	if group < 0 {
		return side{}
	}
	return side{name: h.names[group], known: h.fraction(r, group), fits: func(pool int) bool { return h.fits(pool, group) }}
}

// rest is everybody whose group is known to be another.
func (h holes) rest(r rate, group int) side {
	s := side{name: detect.Rest, fits: func(int) bool { return true }, everybody: true}
	for g := range h.names {
		if f := h.fraction(r, g); g != group {
			s.known.K, s.known.N = s.known.K+f.K, s.known.N+f.N
		}
	}
	return s
}

// reference is the group that others are compared with, -1 for everybody else;
// compare is false where there is none.
func (h holes) reference(spec *audit.Spec, a detect.Attribute) (group int, compare bool) {
	candidates := make([]detect.Candidate, len(h.names))
	for i, name := range h.names {
		t := h.total(i)
		good := t.Positive
		if !spec.Favorable {
			good = t.Negative
		}
		candidates[i] = detect.Candidate{Name: name, N: t.n(), Favorable: good}
	}
	chosen := detect.Choose(a.Reference, a.MinRows, candidates)
	if chosen == nil {
		return -1, a.Reference.Policy == "rest"
	}
	return slices.Index(h.names, *chosen), true
}

// imputation is expected counts per group.
type imputation struct {
	names  []string
	groups []expectation
	left   int64 // rows that fit no group of their stratum and outcome
}

// expectation is the expected successes and rows of a group, and the rows whose
// outcome is unknown.
type expectation struct{ k, n, either, known float64 }

func (e expectation) value() *float64 {
	if e.n == 0 || e.n+e.either == 0 {
		return nil
	}
	v := e.k / e.n
	return &v
}

func (s imputation) of(name string) expectation {
	if g := slices.Index(s.names, name); g >= 0 {
		return s.groups[g]
	}
	return expectation{}
}

// without is everybody but one group.
func (s imputation) without(name string) (e expectation) {
	for g, x := range s.groups {
		if s.names[g] != name {
			e.k, e.n, e.either, e.known = e.k+x.k, e.n+x.n, e.either+x.either, e.known+x.known
		}
	}
	return e
}

// spread adds to each group the rows it can expect of those without a group:
// within a stratum, successes like the known successes of the groups that they
// fit, failures like the failures. Where outcomes are unknown, rows go by the
// sizes of the groups, and stay of either outcome.
func (h holes) spread(r rate, unknown bool) imputation {
	out := imputation{names: h.names, groups: make([]expectation, len(h.names))}
	for g := range h.names {
		f := h.fraction(r, g)
		out.groups[g] = expectation{k: float64(f.K), n: float64(f.N), known: float64(f.N)}
	}
	for s := range h.lost {
		for pool, t := range h.lost[s] {
			k, n := r.count(t)
			weights := func(of func(k, n int64) int64) []int64 { return h.weights(r, s, pool, of) }
			if unknown {
				out.left += deal(n, weights(func(_, n int64) int64 { return n }), func(g int, x float64) { out.groups[g].either += x })
				continue
			}
			out.left += deal(k, weights(func(k, _ int64) int64 { return k }), func(g int, x float64) { out.groups[g].k += x; out.groups[g].n += x })
			out.left += deal(n-k, weights(func(k, n int64) int64 { return n - k }), func(g int, x float64) { out.groups[g].n += x })
		}
	}
	return out
}

// weights counts, in one stratum, the rows of every group that a pool fits.
func (h holes) weights(r rate, stratum, pool int, of func(k, n int64) int64) []int64 {
	out := make([]int64, len(h.names))
	for g := range h.names {
		if h.fits(pool, g) {
			out[g] = of(r.count(h.known[stratum][g]))
		}
	}
	return out
}

// deal spreads rows by weights, and returns those that no weight takes.
func deal(rows int64, weights []int64, to func(group int, x float64)) (left int64) {
	var all int64
	for _, w := range weights {
		all += w
	}
	if all == 0 {
		return rows
	}
	for g, w := range weights {
		to(g, float64(float64(rows)*(float64(w)/float64(all))))
	}
	return 0
}

// compared is the difference or the ratio of two values, nil where undefined.
func compared(a, b *float64, ratio bool) *float64 {
	if a == nil || b == nil || ratio && *b == 0 {
		return nil
	}
	v := *a - *b
	if ratio {
		v = *a / *b
	}
	return &v
}
