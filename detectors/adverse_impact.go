package detectors

import (
	"math"
	"math/big"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// AdverseImpact gives the statistics that the practice of the Uniform Guidelines
// puts beside an impact ratio.
func AdverseImpact() detect.Detector {
	return detect.Detector{
		Name:  "adverse_impact",
		Title: "Evidence beside an impact ratio",
		Doc: `What courts, agencies and auditors of selection procedures look at beside an impact ratio: how many standard
deviations a gap is, how many selections are short of equal chances, whether one different selection would turn it, and
effect sizes. Each group is held against the named reference, else against the group with the highest favorable rate
among those with min_rows. Where a positive decision is bad for the person, the favorable ones are counted. Numbers here
are shown and not judged, and no p of this detector is adjusted: parity judges, and tests all pairs. Two or three standard deviations were a
court's rule of thumb (Castaneda 1977, Hazelwood 1977). The chi-square with Yates's correction is not given: it hides
small gaps. Runs where it is listed or a pack asks for it.`,
		How: `impact_ratio has the interval of Katz et al. (1978) and Fisher's exact two-sided p, odds_ratio Fisher's mid-p (Lancaster
1961), standard_deviations the p of the pooled z. All count rows, also with a subject.`,
		Needs:   []detect.Role{detect.RoleDecision, detect.RoleGroups},
		Unasked: []detect.Role{detect.RoleAsked},
		Metrics: adverseMetrics(),
		Plan: func(spec *audit.Spec, _ any) (detect.Plan, error) {
			a := adverse{spec: spec}
			return detect.Plan{Needs: a.needs(), Detect: a.detect}, nil
		},
	}
}

func adverseMetrics() []detect.Metric {
	metric := func(name, title, doc, convention, source string, scale detect.Scale) detect.Metric {
		return detect.Metric{Name: name, Title: title, Doc: doc, Convention: convention, Source: source, Null: detect.NullNone, Scale: scale, Version: 1, Shown: true}
	}
	return []detect.Metric{
		metric("impact_ratio", "Impact ratio", "How many times the rate of the group with the highest rate a group has.", "rate of the group / rate of the reference", "29 CFR 1607.4 (D). Interval: Katz et al. 1978. Test: Fisher, two-sided", detect.ScaleRatio),
		metric("standard_deviations", "Standard deviations", "How many standard deviations the gap is from none, if both groups had one chance.", "(a/n − b/m) / √(p(1−p)(1/n+1/m)), p pooled", "Hazelwood 433 US 299 (1977), note 14; OFCCP. Test: pooled z", detect.ScaleNumber),
		metric("standard_deviations_fixed", "Standard deviations, fixed margins", "The same with the number of selections taken as fixed.", "(a − nK/N) / √(nmK(N−K)/(N²(N−1)))", "hypergeometric; preferred for small N", detect.ScaleNumber),
		metric("odds_ratio", "Odds ratio", "How many times the odds of the reference a group has.", "a(m−b) / b(n−a)", "OFCCP practical significance. Test: Fisher mid-p", detect.ScaleRatio),
		metric("cohens_h", "Cohen's h", "The gap on a scale on which equal steps are equally easy to see.", "2·asin√(a/n) − 2·asin√(b/m)", "Cohen 1988: 0.2 small, 0.5 medium, 0.8 large", detect.ScaleNumber),
		metric("shortfall", "Shortfall", "How many more of the group would have been selected if both groups had one chance.", "nK/N − a, of both groups pooled", "OFCCP practical significance", detect.ScaleNumber),
		metric("shortfall_to_reference", "Shortfall to the reference's rate", "How many more of the group would have been selected at the rate of the reference.", "n·b/m − a", "OFCCP practical significance", detect.ScaleNumber),
		metric("flip_flop", "Flip-flop", "How many selections, moved from the reference to the group, make the rates equal or turn them.", "least k with (a+k)/n ≥ (b−k)/m", "Uniform Guidelines, questions and answers 21", detect.ScaleNumber),
		metric("availability_standard_deviations", "Standard deviations from availability", "How many standard deviations a group's number lies from its share of the population.", "(x − Nπ) / √(Nπ(1−π))", "Castaneda 430 US 482 (1977), note 17", detect.ScaleNumber),
	}
}

type adverse struct{ spec *audit.Spec }

func (a adverse) needs() []table.Need {
	var out []table.Need
	for _, x := range sections(a.spec) {
		out = append(out, a.need(x))
	}
	return out
}

func (a adverse) need(x detect.Attribute) table.Need {
	return table.Need{Dims: append(x.Dims(), table.Decision)}
}

func (a adverse) detect(t detect.Tables) (detect.Output, error) {
	e := newEmitter("adverse_impact", a.spec)
	for _, x := range detect.Attributes(a.spec) {
		in := cut(x, t.Counts(a.need(x)), table.Window, true)[0]
		s := section{attribute: x}
		count := favorable()
		if a.spec.Favorable {
			count = selection()
		}
		if ref, ok := a.reference(x, in, count); ok {
			for _, g := range in.values {
				if g.name != ref.name {
					a.pair(e, s, in, count.of(g), count.of(ref), g.name, ref.name)
				}
			}
		}
		a.availability(e, s, in)
	}
	canonical(e.out, adverseMetrics())
	return detect.Output{Measurements: e.out}, nil
}

// reference is the named group, else the one with the highest rate.
func (a adverse) reference(x detect.Attribute, in slice, count rate) (group, bool) {
	policy := x.Reference
	if policy.Policy != "value" {
		policy = audit.Reference{Policy: "best"}
	}
	var candidates []detect.Candidate
	for _, g := range in.values {
		p := count.of(g)
		candidates = append(candidates, detect.Candidate{Name: g.name, N: p.n, Favorable: p.k})
	}
	chosen := detect.Choose(policy, x.MinRows, candidates)
	if chosen == nil {
		return group{}, false
	}
	return in.find(*chosen), true
}

// pair emits every number about two groups: a of n against b of m.
func (a adverse) pair(e *emitter, s section, in slice, p, q proportion, name, reference string) {
	if p.n == 0 || q.n == 0 {
		return
	}
	put := func(metric string, value *float64, note string, more func(*audit.Measurement)) {
		m := audit.Measurement{Group: &name, GroupKind: audit.KindValue, Reference: &reference, N: p.n, Value: value}
		if metric == "impact_ratio" { // which is what these counts give
			m.Numerator, m.Denominator, m.RefNum, m.RefDen = &p.k, &p.n, &q.k, &q.n
		}
		if value == nil {
			m.Note = "undefined: " + note
		} else if more != nil {
			more(&m)
		}
		e.add(s, in, metric, e.metrics[metric].Convention, m)
	}
	test := func(t stat.Test, err error) func(*audit.Measurement) {
		return func(m *audit.Measurement) {
			if err == nil {
				m.Test, m.P = t.Method, &t.P
			}
		}
	}
	k, n := p.k+q.k, p.n+q.n
	same := "every row has the same outcome"
	put("impact_ratio", float(over(p.value(), q.value())), "the rate of the reference is 0", func(m *audit.Measurement) {
		test(stat.Fisher(p.k, p.n, q.k, q.n, stat.TwoSided))(m)
		m.Interval, m.Note = e.in.interval(stat.Katz(p.k, p.n, q.k, q.n, e.spec.Alpha))
	})
	gap := minus(p.value(), q.value())
	put("standard_deviations", deviations(gap, pooledVariance(k, n, p.n, q.n)), same, test(stat.PooledZ(p.k, p.n, q.k, q.n, stat.TwoSided)))
	short := new(big.Rat).Sub(frac(p.n, k, n), big.NewRat(p.k, 1))
	put("standard_deviations_fixed", deviations(new(big.Rat).Neg(short), fixedVariance(k, n, p.n, q.n)), same, nil)
	odds := new(big.Rat)
	if den := frac(q.k, p.n-p.k, 1); den.Sign() > 0 {
		odds = new(big.Rat).Quo(frac(p.k, q.n-q.k, 1), den)
	} else {
		odds = nil
	}
	put("odds_ratio", float(odds), "an odds is 0 or without bound", test(stat.FisherMidP(p.k, p.n, q.k, q.n)))
	h := 2*math.Asin(math.Sqrt(share(p))) - 2*math.Asin(math.Sqrt(share(q)))
	put("cohens_h", &h, "", nil)
	put("shortfall", float(short), "", nil)
	put("shortfall_to_reference", float(new(big.Rat).Sub(frac(p.n, q.k, q.n), big.NewRat(p.k, 1))), "", nil)
	flips := flipsToParity(short)
	put("flip_flop", &flips, "", nil)
}

// frac is a·b/c.
func frac(a, b, c int64) *big.Rat { return new(big.Rat).Mul(big.NewRat(a, 1), big.NewRat(b, c)) }

func pooledVariance(k, n, n1, n2 int64) *big.Rat {
	p := big.NewRat(k, n)
	q := new(big.Rat).Sub(big.NewRat(1, 1), p)
	sizes := new(big.Rat).Add(big.NewRat(1, n1), big.NewRat(1, n2))
	return sizes.Mul(sizes, p.Mul(p, q))
}

func fixedVariance(k, n, n1, n2 int64) *big.Rat {
	if n < 2 {
		return new(big.Rat)
	}
	v := new(big.Rat).Mul(frac(n1, n2, n), frac(k, n-k, n))
	return v.Quo(v, big.NewRat(n-1, 1))
}

// deviations is a gap in standard deviations; nil where there is no variance.
func deviations(gap, variance *big.Rat) *float64 {
	if variance.Sign() <= 0 {
		return nil
	}
	v, _ := variance.Float64()
	g, _ := gap.Float64()
	x := g / math.Sqrt(v)
	return &x
}

// flipsToParity is the shortfall rounded up: selections that, moved to the group,
// make its rate at least that of the other.
func flipsToParity(short *big.Rat) float64 {
	if short.Sign() <= 0 {
		return 0
	}
	whole := new(big.Int).Quo(short.Num(), short.Denom())
	if !short.IsInt() {
		whole.Add(whole, big.NewInt(1))
	}
	x, _ := new(big.Float).SetInt(whole).Float64()
	return x
}

// availability holds each group's number against its share of a population.
func (a adverse) availability(e *emitter, s section, in slice) {
	r := representation{spec: a.spec}
	population, ok := r.population(s.attribute)
	if !ok {
		return
	}
	var total int64
	for _, g := range in.values {
		total += g.tally.n()
	}
	for _, share := range population.Shares {
		name := detect.Cross(share.Values...)
		x := in.find(name).tally.n()
		m := audit.Measurement{Group: &name, GroupKind: audit.KindValue, N: x}
		if share.Total > 0 && total > 0 {
			pi := big.NewRat(share.Count, share.Total)
			mean := new(big.Rat).Mul(big.NewRat(total, 1), pi)
			variance := new(big.Rat).Mul(mean, new(big.Rat).Sub(big.NewRat(1, 1), pi))
			m.Value = deviations(new(big.Rat).Sub(big.NewRat(x, 1), mean), variance)
		}
		if m.Value == nil {
			m.Note = "undefined: the population has nobody of the group, or nobody else"
		}
		e.add(s, in, "availability_standard_deviations", e.metrics["availability_standard_deviations"].Convention, m)
	}
}
