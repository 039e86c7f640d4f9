package detectors

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// scores is how the numbers of one group of rows are distributed.
type scores struct {
	all                stat.Sample // every row with a finite number
	positive, negative stat.Sample // of them, those with a label that can be used
	rest               stat.Sample // and those without
	sum, squares       float64     // over all
	bucketed           bool        // the samples hold middles of buckets
	missing, nan, inf  int64       // copies without a finite number
	shard              int         // of a cell of a table with shards of subjects, counted from 1
	people             *people     // of what was pooled from such cells

	// What several numbers follow from, once asked for.
	area   *stat.AUC // of positive against negative
	brier  *brier
	spread *stat.Moments // of all
}

// brier is the Brier score, or why there is none.
type brier struct {
	stat.Brier
	err error
}

// brierScore is that of the positive and negative labels.
func (s *scores) brierScore() (stat.Brier, error) {
	if s.brier == nil {
		b, err := stat.BrierScore(s.positive, s.negative)
		s.brier = &brier{b, err}
	}
	return s.brier.Brier, s.brier.err
}

// n is the number of copies with a finite number.
func (s *scores) n() int64 { return s.all.Count() }

// rows is the number of copies, with a finite number or without.
func (s *scores) rows() int64 { return s.n() + s.missing + s.nan + s.inf }

// numbers are the scores of a group; a group without rows has none.
func (g group) numbers() *scores {
	if g.scores == nil {
		return &scores{}
	}
	return g.scores
}

// plus pools two groups.
func (s *scores) plus(o *scores) *scores {
	switch {
	case s == nil:
		return o
	case o == nil:
		return s
	}
	return poolAll([]*scores{s, o})
}

// moments are size, mean and variance; of numbers in buckets they follow from
// the exact sums, otherwise from the numbers, where nothing cancels.
func (s *scores) moments() stat.Moments {
	if s.spread != nil {
		return *s.spread
	}
	m := s.all.Moments()
	if s.bucketed && m.N > 1 {
		m.Mean = s.sum / m.N
		m.Variance = max(0, s.squares-float64(s.sum*m.Mean)) / (m.N - 1)
	}
	s.spread = &m
	return m
}

// labeled are the scores of the rows whose label can be used.
func (s *scores) labeled() stat.Sample { return stat.Pool(s.positive, s.negative) }

// excluded says in a note which rows have no number that can be used.
func (s *scores) excluded(what string) []string {
	var parts []string
	for _, p := range []struct {
		n    int64
		text string
	}{{s.missing, "have no " + what}, {s.nan, "have one that is not a number"}, {s.inf, "have an infinite one"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.text))
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("of %d audited rows %s; they are left out of the %s's distribution", s.rows(), strings.Join(parts, ", "), what)}
}

// sampleOf copies a distribution. A number of which there are no copies, because
// every row that has it has weight 0, is none.
func sampleOf(d *table.Distribution) stat.Sample {
	out := make(stat.Sample, 0, len(d.Points))
	for _, p := range d.Points {
		if p.N > 0 {
			out = append(out, stat.Point{X: p.X, N: p.N})
		}
	}
	return out
}

// numbersOf reads one cell of a table; label is its category, if the table has
// labels, and shard its shard of subjects, counted from 1, if it has those.
func numbersOf(d *table.Distribution, label string, shard int, bucketed bool) *scores {
	s := &scores{
		shard: shard, all: sampleOf(d), sum: d.Sum, squares: d.SumSquares, bucketed: bucketed,
		missing: d.Missing.N, nan: d.NaN.N, inf: d.Inf.N,
	}
	switch label {
	case table.Positive:
		s.positive = s.all
	case table.Negative:
		s.negative = s.all
	default:
		s.rest = s.all
	}
	return s
}

// poolAll pools many cells at once.
func poolAll(parts []*scores) *scores { return poolFrom(parts, parts) }

// poolFrom pools many cells at once, their numbers from samples of the same rows that
// may be fewer.
func poolFrom(parts, samples []*scores) *scores {
	out := &scores{}
	for _, p := range parts {
		out.sum, out.squares, out.bucketed = out.sum+p.sum, out.squares+p.squares, out.bucketed || p.bucketed
		out.missing, out.nan, out.inf = out.missing+p.missing, out.nan+p.nan, out.inf+p.inf
	}
	var others, positive, negative []stat.Sample
	for _, p := range samples {
		positive, negative, others = append(positive, p.positive), append(negative, p.negative), append(others, p.rest)
	}
	out.positive, out.negative, out.rest = stat.Pool(positive...), stat.Pool(negative...), stat.Pool(others...)
	out.all = stat.Pool(out.positive, out.negative, out.rest)
	out.people = poolPeople(parts)
	return out
}

// planScores builds the plan of a detector that reads the score's distribution
// per attribute. apart says that what differs in its parameters alone stands apart
// in the result, not side by side for each group.
func planScores(detector string, metrics []detect.Metric, spec *audit.Spec, label, apart bool, begin func(*emitter, section) scoreMeasure) detect.Plan {
	attributes := sections(spec)
	var p detect.Plan
	for _, a := range attributes {
		p.Needs = append(p.Needs, scoreNeeds(spec, a, label)...)
		p.Needs = append(p.Needs, detect.GroupNeed(spec, a))
	}
	p.Detect = func(tables detect.Tables) (detect.Output, error) {
		e := newEmitter(detector, spec)
		parts, outputs := make([]*emitter, len(attributes)), make([]detect.Output, len(attributes))
		atOnce := tables
		if spec.HasSubject { // one attribute at a time: the distributions of people are large
			atOnce = nil
		}
		detect.Each(atOnce, len(parts), func(i int) {
			parts[i] = e.again()
			outputs[i] = measureScores(parts[i], attributes[i], label, tables, i == 0, begin)
		})
		var out detect.Output
		out.Measurements = together(parts)
		for i, part := range parts {
			out.Tables = append(out.Tables, outputs[i].Tables...)
			out.Notes = append(out.Notes, outputs[i].Notes...)
			for _, n := range part.notes {
				e.note(n)
			}
		}
		out.Notes = append(out.Notes, e.notes...)
		if apart {
			byParameters(out.Measurements)
		}
		canonical(out.Measurements, metrics)
		return out, nil
	}
	return p
}

// scoreMeasure measures one attribute, slice by slice: tables are of the gate window,
// which comes first.
type scoreMeasure interface {
	measure(section)
	tables(section) []audit.Table
}

// measureScores measures one attribute. A slice is read when it is measured and
// then forgotten, because the distributions of people may be large.
func measureScores(e *emitter, a detect.Attribute, label bool, tables detect.Tables, first bool, begin func(*emitter, section) scoreMeasure) (out detect.Output) {
	s, next := readScores(e.spec, a, label, tables)
	if s.absent != "" {
		out.Notes = append(out.Notes, "attribute "+a.Name+": "+s.absent)
	}
	var d scoreMeasure
	for in := range next {
		s.slices = []slice{in}
		if d == nil {
			if first {
				out.Notes = slices.Concat(scoreNotes(e.spec, s, label), out.Notes)
			}
			d = begin(e, s)
			out.Tables = d.tables(s)
		}
		d.measure(s)
	}
	return out
}

// byParameters puts measurements that differ in their parameters apart, in the
// order in which the parameters first occur.
func byParameters(ms []audit.Measurement) {
	key := func(m audit.Measurement) string { return m.Attribute + "\x00" + m.Metric + fmt.Sprint(m.Parameters) }
	rank := map[string]int{}
	for _, m := range ms {
		if _, ok := rank[key(m)]; !ok {
			rank[key(m)] = len(rank)
		}
	}
	slices.SortStableFunc(ms, func(a, b audit.Measurement) int { return cmp.Compare(rank[key(a)], rank[key(b)]) })
}

// scoreNeeds are the tables of one attribute: by window, and by version.
func scoreNeeds(spec *audit.Spec, a detect.Attribute, label bool) []table.Need {
	by := func(d ...table.Dim) table.Need {
		dims := slices.Concat(a.Dims(), d)
		if label {
			dims = append(dims, table.Label)
		}
		if spec.HasSubject {
			dims = append(dims, table.Shard)
		}
		return table.Need{Dims: dims, Value: "score"}
	}
	out := []table.Need{by()}
	if windowed(spec) {
		out[0] = by(table.Window)
	}
	if spec.HasVersion {
		out = append(out, by(table.Version))
	}
	return out
}

// readScores turns the tables into a section and the slices to measure, whose groups
// carry scores. The reference is chosen as for decisions, from the counts of all
// windows.
func readScores(spec *audit.Spec, a detect.Attribute, label bool, tables detect.Tables) (section, iter.Seq[slice]) {
	needs := scoreNeeds(spec, a, label)
	s := describedSection(spec, a, tables)
	return s, func(yield func(slice) bool) {
		for in := range cutScores(a, tables.Values(needs[0]), table.Window, true) {
			if !yield(in) {
				return
			}
		}
		if !spec.HasVersion {
			return
		}
		for in := range cutScores(a, tables.Values(needs[1]), table.Version, false) {
			if !yield(in) {
				return
			}
		}
	}
}

// scoreCell is a cell of a table of scores.
type scoreCell struct {
	*table.Distribution
	group, by int // by is a category of the dimension that slices are cut by
	label     string
	shard     int
}

// cutScores reads a table into one slice over everything, if all is set, and one
// per category of the dimension by, if the table has it.
func cutScores(a detect.Attribute, v *table.Values, by table.Dim, all bool) iter.Seq[slice] {
	grouping, cats := a.Group(v.Counts()), v.Categories(by)
	at, labels := slices.Index(v.Dims(), by), v.Categories(table.Label)
	labelAt, shard := slices.Index(v.Dims(), table.Label), shardOf(v.Dims(), v.Categories(table.Shard))
	var cells []scoreCell
	v.Each(func(codes []int, d *table.Distribution) {
		c := scoreCell{Distribution: d, group: grouping.Of(codes), shard: shard(codes)}
		if c.group < 0 {
			c.group = len(grouping.Names)
		}
		if labelAt >= 0 {
			c.label = labels[codes[labelAt]].Name
		}
		if at >= 0 {
			c.by = codes[at]
		}
		cells = append(cells, c)
	})
	cut := func(in func(scoreCell) bool) slice {
		parts := make([][]*scores, len(grouping.Names)+1)
		for _, c := range cells {
			if in(c) {
				parts[c.group] = append(parts[c.group], numbersOf(c.Distribution, c.label, c.shard, !v.Exact()))
			}
		}
		return sliceOf(a, grouping.Names, parts)
	}
	return func(yield func(slice) bool) {
		if all {
			s := cut(func(scoreCell) bool { return true })
			s.window, s.gate = detect.GateWindow, true
			if !yield(s) {
				return
			}
		}
		for i, cat := range cats {
			s := cut(func(c scoreCell) bool { return c.by == i })
			s.window = cat.Name
			if by == table.Version {
				name := versionName(cat)
				s.window, s.version = audit.AllWindows, &name
			}
			if !yield(s) {
				return
			}
		}
	}
}

// sliceOf turns cells by group, the missing group last, into groups.
func sliceOf(a detect.Attribute, names []string, cells [][]*scores) slice {
	s := slice{overall: group{kind: audit.KindOverall}}
	var everybody, pooled []*scores
	for i, parts := range cells {
		if parts == nil {
			continue
		}
		x := group{kind: audit.KindMissing, scores: poolAll(parts)}
		everybody, pooled = append(everybody, parts...), append(pooled, x.scores)
		if i < len(names) {
			x.name, x.kind = names[i], audit.KindValue
		}
		switch {
		case len(a.Parts) == 0: // everybody, no groups
		case x.kind == audit.KindMissing:
			s.missing = &x
		default:
			s.values = append(s.values, x)
		}
	}
	s.overall.scores = poolFrom(everybody, pooled)
	return s
}

// scoreNotes say what the distributions leave out.
func scoreNotes(spec *audit.Spec, s section, label bool) []string {
	x := s.slices[0].overall.scores
	out := x.excluded("score")
	if used := x.positive.Count() + x.negative.Count(); label && used < x.n() {
		out = append(out, fmt.Sprintf("%d of %d scored rows have no label that can be used; metrics that need a label leave them out", x.n()-used, x.n()))
	}
	if len(x.all) == 1 && x.n() > 1 {
		out = append(out, fmt.Sprintf("every score is %s, so nobody is ranked above anybody: AUC is one half, distances are 0, and a curve has one point", plain(x.all[0].X)))
	}
	if x.bucketed {
		out = append(out, "the score has too many distinct values to be counted exactly; its distributions are counted in buckets of relative width 1/512")
	}
	return out
}
