package detectors

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// InferredGroups measures selection rates of groups that are known by
// probabilities alone.
func InferredGroups() detect.Detector {
	return detect.Detector{
		Name:  "inferred_groups",
		Title: "Groups known by probabilities",
		Doc: `Selection rates and their gaps where each row has a probability per group (BISG, BIFSG and the like) and nobody's
group is known, by several estimators side by side, because each is biased in its own way. threshold takes a row for
a group from a probability on, and tends to overstate gaps; weighted counts every row in proportion, and is biased by
the covariance of decision and group among rows of equal probability, as a rule toward no gap (Chen, Kallus, Mao,
Svacha and Udell 2019). Against everybody else, the probabilistic and the linear estimator lie on either side of the
true gap if decision and group, given the probability, and decision and probability, given the group, go the same
way (Elzayn et al., Measuring and Mitigating Racial Disparities in Tax Audits). The combination bounds assume nothing but that
the probabilities are right (Kallus, Mao and Zhou 2022). All of it is inferred, and none is about any one person. No
limit is held to any of it: no interval covers a bias that nobody knows. To judge such groups all the same, give a column
that puts each row into one, with provenance: inferred.`,
		Needs:   []detect.Role{detect.RoleDecision, detect.RoleInferred},
		Metrics: inferredMetrics(),
		Plan: func(spec *audit.Spec, _ any) (detect.Plan, error) {
			d := inferredGroups{spec: spec, in: inference{alpha: spec.Alpha, seed: spec.Seed}}
			return detect.Plan{Needs: d.needs(), Detect: d.detect}, nil
		},
	}
}

func inferredMetrics() []detect.Metric {
	m := func(name, title, doc, convention, source string) detect.Metric {
		version := 1
		if strings.HasPrefix(name, "selection_rate_difference") || name == "selection_rate_ratio_weighted" {
			version = 2
		}
		return detect.Metric{Name: name, Title: title, Doc: doc, Convention: convention, Source: source, Null: detect.NullNone, Scale: detect.ScaleNumber, Version: version, Shown: true}
	}
	const chen = "Chen, Kallus, Mao, Svacha and Udell 2019, Fairness Under Unawareness"
	const elzayn = "Elzayn et al., Measuring and Mitigating Racial Disparities in Tax Audits"
	return []detect.Metric{
		m("assigned_share", "Rows taken for the group", "Share of the rows with probabilities that the threshold takes for the group.", "rows with p ≥ threshold / rows", chen),
		m("selection_rate_threshold", "Selection rate, threshold", "Share of the rows taken for the group whose decision is positive.", "positive decisions / rows, of rows with p ≥ threshold", chen+". Interval: Wilson, of the rows taken"),
		m("selection_rate_ratio_threshold", "Selection rate ratio, threshold", "How many times the threshold's rate of the reference a group has.", "threshold rate of the group / of the reference", chen+". Interval: Koopman, of the rows taken"),
		m("selection_rate_weighted", "Selection rate, weighted", "Positive decisions in proportion to the probability of the group.", "Σ p·y / Σ p", chen+"; the weighted estimator is called BISG continuous in fair lending. Interval: delta method"),
		m("selection_rate_ratio_weighted", "Selection rate ratio, weighted", "How many times the weighted rate of the reference a group has.", "weighted rate of the group / of the reference", chen+". Interval: delta method on the logarithm; of more than two values with the largest standard error that their own allow"),
		m("selection_rate_combination", "Selection rate, bounds if the probabilities are right", "Weighted rate; the interval spans all rates that fit the probabilities.", "Σ max(0, Σp − n0) / Σ p to Σ min(Σp, n1) / Σ p, over at least 100 rows of near p at a time", "Kallus, Mao and Zhou 2022, Assessing Algorithmic Fairness with Unobserved Protected Class Using Data Combination"),
		m("selection_rate_difference_probabilistic", "Gap to everybody else, probabilistic", "Weighted rate of the group less that of everybody else.", "Cov(y, p) / (p̄ (1 − p̄))", elzayn+". Interval: delta method"),
		m("selection_rate_difference_linear", "Gap to everybody else, linear", "Slope of the decision on the probability of the group.", "Cov(y, p) / Var(p)", elzayn+". Interval: White 1980, HC0"),
	}
}

// inferredGroups reads, per value, how its probability is distributed among
// positive and negative decisions.
type inferredGroups struct {
	spec *audit.Spec
	in   inference
	out  []audit.Measurement
	note []string
}

func inferredNeed(g audit.InferredGroup, value string) table.Need {
	return table.Need{Dims: []table.Dim{table.Decision}, Value: table.Probability(g.Name, value)}
}

func (d *inferredGroups) needs() []table.Need {
	var out []table.Need
	for _, g := range d.spec.Inferred {
		for _, value := range g.Values {
			out = append(out, inferredNeed(g, value))
		}
	}
	return out
}

// detect fills a copy: a plan may be carried out more than once.
func (d *inferredGroups) detect(tables detect.Tables) (detect.Output, error) {
	run := inferredGroups{spec: d.spec, in: d.in}
	for _, g := range d.spec.Inferred {
		likely := make([]likelihood, len(g.Values))
		for i, value := range g.Values {
			likely[i] = newLikelihood(tables.Values(inferredNeed(g, value)), g.Threshold)
		}
		run.attribute(g, likely)
	}
	if len(d.spec.Gates) > 0 {
		for _, g := range d.spec.Inferred {
			run.note = append(run.note, "no limit judges "+g.Name+": its groups are known by probabilities alone, and each estimate is biased in its own way")
		}
	}
	return detect.Output{Measurements: run.out, Notes: run.note}, nil
}

// likelihood is the probability of one value over positive and negative
// decisions.
type likelihood struct {
	sum, squares [2]float64 // of p and p², by decision: negative, positive
	n            [2]int64   // rows with a probability
	missing      int64
	taken        [2]int64 // rows from the threshold on
	low, high    float64  // least and most positives that the group can have
	exact        bool
	cells        []weighed // ascending
}

func newLikelihood(v *table.Values, threshold string) likelihood {
	l := likelihood{exact: v.Exact()}
	from := thresholdOf(threshold)
	at := map[float64]*[2]int64{}
	var points []float64
	v.Each(func(codes []int, dist *table.Distribution) {
		side := 0
		if v.Categories(table.Decision)[codes[0]].Name == table.Positive {
			side = 1
		}
		l.sum[side], l.squares[side], l.n[side] = dist.Sum, dist.SumSquares, dist.N
		l.missing += dist.Missing.N
		for _, p := range dist.Points {
			if p.X >= from {
				l.taken[side] += p.N
			}
			if at[p.X] == nil {
				at[p.X] = &[2]int64{}
				points = append(points, p.X)
			}
			at[p.X][side] += p.N
		}
	})
	slices.Sort(points)
	for _, p := range points {
		l.cells = append(l.cells, weighed{p, [2]float64{float64(at[p][0]), float64(at[p][1])}})
	}
	l.combine()
	return l
}

// pooledRows is how many rows stand together, at least, where the probabilities
// bound a rate. Few rows of a probability of their own would seem to leave no
// doubt: one selected row is its own whole share. Pooling rows of near
// probability widens the bounds, and so errs to the safe side.
const pooledRows = 100

// combine bounds the selected members: of rows with the same, or nearly the
// same, probability, as many members as it says are among them, all selected or
// none, as far as there are such rows.
func (l *likelihood) combine() {
	var members, negative, positive float64
	rest := float64(l.n[0] + l.n[1])
	for i, c := range l.cells {
		members += float64(c.p * (c.n[0] + c.n[1]))
		negative, positive = negative+c.n[0], positive+c.n[1]
		rest -= c.n[0] + c.n[1]
		if last := i == len(l.cells)-1; last || negative+positive >= pooledRows && rest >= pooledRows {
			l.low += max(0, members-negative)
			l.high += min(members, positive)
			members, negative, positive = 0, 0, 0
		}
	}
}

func (l likelihood) members() float64 { return l.sum[0] + l.sum[1] }

// rate is the weighted rate.
func (l likelihood) rate() *float64 {
	if l.members() == 0 {
		return nil
	}
	r := l.sum[1] / l.members()
	return &r
}

// variance is that of the weighted rate by the delta method, Σ p²(y - r)² / (Σ p)².
func (l likelihood) variance(r float64) float64 {
	m := l.members()
	return (float64((1-r)*(1-r)*l.squares[1]) + float64(r*r*l.squares[0])) / (m * m)
}

// moments are the mean of the probability, its variance, and its covariance with
// the decision.
func (l likelihood) moments() (mean, variance, covariance float64) {
	n := float64(l.n[0] + l.n[1])
	mean = l.members() / n
	variance = (l.squares[0]+l.squares[1])/n - float64(mean*mean)
	covariance = l.sum[1]/n - float64(mean*(float64(l.n[1])/n))
	return mean, variance, covariance
}

// attribute emits every estimator for every value.
func (d *inferredGroups) attribute(g audit.InferredGroup, likely []likelihood) {
	reference := d.reference(g, likely)
	var taken, rows int64
	for i, value := range g.Values {
		l := likely[i]
		n := l.n[0] + l.n[1]
		taken, rows = taken+l.taken[0]+l.taken[1], n
		d.weighted(g, value, l)
		d.threshold(g, value, l)
		d.against(g, value, l)
		if reference >= 0 && reference != i {
			d.ratios(g, value, g.Values[reference], l, likely[reference])
		}
		if !l.exact && i == 0 {
			d.note = append(d.note, "the probabilities of "+g.Name+" have too many different values to count one by one: the threshold and the combination bounds are those of values rounded to a thousandth of their size")
		}
	}
	if rows > 0 && taken < rows {
		d.note = append(d.note, fmt.Sprintf("%d of %d rows reach the threshold of %s for no value of %s; the threshold estimator leaves them out", rows-taken, rows, g.Threshold, g.Name))
	}
	if len(likely) > 0 && likely[0].missing > 0 {
		d.note = append(d.note, fmt.Sprintf("%d rows have no probabilities of %s", likely[0].missing, g.Name))
	}
}

// reference is the named value, or the one with the most expected members.
func (d *inferredGroups) reference(g audit.InferredGroup, likely []likelihood) int {
	best := -1
	for i, value := range g.Values {
		switch {
		case g.Reference.Policy == "value":
			if value == g.Reference.Value {
				best = i
			}
		case g.Reference.Named() || g.Reference.Policy == "none":
		case best < 0 || likely[i].members() > likely[best].members():
			best = i
		}
	}
	return best
}

func (d *inferredGroups) threshold(g audit.InferredGroup, value string, l likelihood) {
	n, k, all := l.taken[0]+l.taken[1], l.taken[1], l.n[0]+l.n[1]
	share := proportion{k: n, n: all}
	m := audit.Measurement{Metric: "assigned_share", Value: float(share.value()), N: n, Numerator: &n, Denominator: &all}
	if all == 0 {
		m.Note = "undefined: no row has probabilities"
	}
	d.add(g, value, m, "threshold")
	p := proportion{k: k, n: n}
	m = audit.Measurement{Metric: "selection_rate_threshold", Value: float(p.value()), N: n, Numerator: &k, Denominator: &n}
	if n == 0 {
		m.Note = "undefined: no row reaches the threshold"
	} else if m.Note = rowsOfPeople; !d.spec.HasSubject {
		m.Interval, m.Note = d.in.rate(p)
	}
	d.add(g, value, m, "threshold")
}

// weighted emits the weighted rate, with the interval of chance and with the
// bounds that the probabilities leave.
func (d *inferredGroups) weighted(g audit.InferredGroup, value string, l likelihood) {
	m := audit.Measurement{Metric: "selection_rate_weighted", Value: l.rate(), N: l.n[0] + l.n[1]}
	bounded := audit.Measurement{Metric: "selection_rate_combination", Value: l.rate(), N: m.N}
	if m.Value == nil {
		m.Note = "undefined: the probabilities add up to 0"
		bounded.Note = m.Note
	} else {
		m.Note = rowsOfPeople
		if half := stat.NormalUpper(d.spec.Alpha/2) * math.Sqrt(l.variance(*m.Value)); !d.spec.HasSubject {
			m.Note = ""
			m.Interval = bounds(max(0, *m.Value-half), min(1, *m.Value+half), d.spec.Alpha, stat.MethodDelta)
		}
		bounded.Interval = bounds(l.low/l.members(), l.high/l.members(), 0, "data-combination")
	}
	d.add(g, value, m, "weighted")
	d.add(g, value, bounded, "combination")
}

// against emits the two estimators of the gap to everybody else.
func (d *inferredGroups) against(g audit.InferredGroup, value string, l likelihood) {
	rest := detect.Rest
	mean, variance, covariance := l.moments()
	for _, e := range []struct {
		name     string
		scale    float64
		variance func() float64
	}{{"probabilistic", mean * (1 - mean), l.apart}, {"linear", variance, l.steep}} {
		m := audit.Measurement{Metric: "selection_rate_difference_" + e.name, Reference: &rest, N: l.n[0] + l.n[1]}
		if e.scale > 1e-15 {
			v := covariance / e.scale
			m.Value = &v
			m.Interval, m.Note = d.within(v, e.variance())
		} else {
			m.Note = "undefined: every row has the same probability"
		}
		d.add(g, value, m, e.name)
	}
}

func (d *inferredGroups) ratios(g audit.InferredGroup, value, reference string, l, ref likelihood) {
	m := audit.Measurement{Metric: "selection_rate_ratio_weighted", Reference: &reference, N: l.n[0] + l.n[1], Value: compared(l.rate(), ref.rate(), true)}
	if m.Value == nil {
		m.Note = "undefined: the weighted rate of the reference is 0 or undefined"
	} else {
		m.Interval, m.Note = d.quotient(*m.Value, l, ref, len(g.Values) == 2)
	}
	d.add(g, value, m, "weighted")
	a, b := proportion{k: l.taken[1], n: l.taken[0] + l.taken[1]}, proportion{k: ref.taken[1], n: ref.taken[0] + ref.taken[1]}
	m = audit.Measurement{Metric: "selection_rate_ratio_threshold", Reference: &reference, N: a.n, Numerator: &a.k, Denominator: &a.n, RefNum: &b.k, RefDen: &b.n,
		Value: float(over(a.value(), b.value()))}
	switch {
	case m.Value == nil:
		m.Note = "undefined: no row reaches the threshold, or the rate of the reference is 0"
	case d.spec.HasSubject:
		m.Note = rowsOfPeople
	default:
		m.Interval, m.Note = d.in.ratio(a, b)
	}
	d.add(g, value, m, "threshold")
}

func (d *inferredGroups) add(g audit.InferredGroup, value string, m audit.Measurement, estimator string) {
	m.Detector, m.Window = "inferred_groups", audit.AllWindows
	m.Attribute, m.Group, m.GroupKind = g.Name, &value, audit.KindValue
	m.Parameters = map[string]string{"provenance": "inferred", "estimator": estimator}
	if strings.HasSuffix(m.Metric, "threshold") || m.Metric == "assigned_share" {
		m.Parameters["threshold"] = g.Threshold
	}
	for _, metric := range inferredMetrics() {
		if metric.Name == m.Metric {
			m.Convention, m.MethodVersion = metric.Convention, metric.Version
		}
	}
	d.out = append(d.out, m)
}
