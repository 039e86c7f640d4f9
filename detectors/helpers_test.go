package detectors

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// row is some copies of one combination of values.
type row struct {
	group    []string // one per attribute; "" is missing
	window   string
	version  string
	decision string // default positive
	label    string
	shard    int
	n        int64
	nums     map[string]float64 // by role: score, feature:age; without an entry it is missing
	texts    map[string]string
}

// outcomes are the rows of one group by true and false positives, false and
// true negatives.
func outcomes(group []string, tp, fp, fn, tn int64) []row {
	const p, n = table.Positive, table.Negative
	return []row{
		{group: group, decision: p, label: p, n: tp}, {group: group, decision: p, label: n, n: fp},
		{group: group, decision: n, label: p, n: fn}, {group: group, decision: n, label: n, n: tn},
	}
}

// decisions are the rows of one group by positive and negative decisions.
func decisions(group string, positive, negative int64) []row {
	return []row{{group: []string{group}, decision: table.Positive, n: positive}, {group: []string{group}, decision: table.Negative, n: negative}}
}

// memory answers needs from rows.
type memory struct {
	t        testing.TB
	spec     *audit.Spec
	rows     []row
	accounts table.Accounts
}

func (m memory) Scan() *table.Accounts { return &m.accounts }

func (m memory) Counts(n table.Need) *table.Counts {
	m.t.Helper()
	cats := make([][]table.Category, len(n.Dims))
	codes := make([][]int, len(m.rows))
	for i, r := range m.rows {
		for d, dim := range n.Dims {
			cats[d] = append(cats[d], m.category(dim, r))
			codes[i] = append(codes[i], len(cats[d])-1)
		}
	}
	b, err := table.NewBuilder(n.Dims, cats)
	if err != nil {
		m.t.Fatal(err)
	}
	for i, r := range m.rows {
		if r.n > 0 {
			b.Add(codes[i], table.Cell{N: r.n, Rows: r.n})
		}
	}
	return b.Counts()
}

func (memory) Sample(table.SampleNeed) *table.Sample { return nil }

func (m memory) Values(n table.Need) *table.Values {
	if n.Within != (table.Stretch{}) {
		return table.Unread()
	}
	m.t.Helper()
	cats := make([][]table.Category, len(n.Dims))
	codes := make([][]int, len(m.rows))
	for i, r := range m.rows {
		for d, dim := range n.Dims {
			cats[d] = append(cats[d], m.category(dim, r))
			codes[i] = append(codes[i], len(cats[d])-1)
		}
	}
	b, err := table.NewValuesBuilder(n.Dims, cats)
	if err != nil {
		m.t.Fatal(err)
	}
	for i, r := range m.rows {
		if x, ok := r.nums[n.Value]; ok {
			b.Add(codes[i], x, table.Cell{N: r.n, Rows: r.n})
		} else {
			b.AddMissing(codes[i], table.Cell{N: r.n, Rows: r.n})
		}
	}
	return b.Values()
}

func (m memory) category(d table.Dim, r row) table.Category {
	value := func(s string) table.Category { return table.Category{Name: s, Missing: s == ""} }
	switch d {
	case table.Decision:
		return table.Category{Name: r.decision}
	case table.Label:
		return table.Category{Name: r.label}
	case table.Window:
		at, _ := time.Parse("2006-01", r.window)
		return table.Category{Name: r.window, Order: at.UnixMicro()}
	case table.Version:
		return value(r.version)
	case table.Rank: // selected is ranked first, others are offered and not ranked
		if r.decision == table.Positive {
			return table.Category{Name: "1", Order: 1}
		}
		return table.Category{Missing: true}
	case table.Subject:
		return table.SubjectCategory(uint64(r.shard))
	case table.Shard:
		return table.Category{Order: int64(r.shard)}
	}
	if role, ok := strings.CutPrefix(string(d), "column-hash:"); ok {
		return value(r.texts[role])
	}
	if role, ok := strings.CutPrefix(string(d), "column:"); ok {
		return value(r.texts[role])
	}
	if column, ok := table.DistinctColumn(d); ok {
		return value(r.texts[column])
	}
	if _, ok := table.TextColumn(d); ok {
		return value(r.texts[string(d)])
	}
	if text, ok := table.WhenExpression(d); ok {
		return m.fact(text, r)
	}
	if strings.HasPrefix(string(d), "stratum:") || d == table.File {
		return value(r.texts[string(d)])
	}
	for i, g := range m.spec.Groups {
		if table.Group(g.Name) == d {
			return value(r.group[i])
		}
	}
	m.t.Fatalf("no dimension %s in the test", d)
	return table.Category{}
}

// fact is what a condition says of a row: those called decision and label hold where
// these are positive, any other where the row says so.
func (m memory) fact(text string, r row) table.Category {
	said := r.texts[text]
	switch d := table.Dim(text); d {
	case table.Decision, table.Label:
		switch m.category(d, r).Name {
		case table.Positive:
			said = table.Holds
		case table.Negative:
			said = table.Fails
		}
	}
	return table.Category{Name: said, Missing: said == ""}
}

// newSpec is an audit of the attributes, all with one reference policy.
func newSpec(ref audit.Reference, attributes ...string) *audit.Spec {
	s := &audit.Spec{
		Alpha: 0.05, Favorable: true, HasDecision: true, HasLabel: true,
		Words:         audit.Words{Positive: "selected", Unit: "people"},
		Intersections: audit.Intersections{Depth: 1, MinRows: 30},
	}
	for _, a := range attributes {
		s.Groups = append(s.Groups, audit.GroupSpec{Name: a, Column: a, Reference: ref, MinRows: 30})
	}
	return s
}

// run carries detectors out on rows.
func run(t testing.TB, spec *audit.Spec, rows []row, detectors ...detect.Detector) []audit.Measurement {
	t.Helper()
	detectors = completed(detectors)
	var out []audit.Measurement
	for _, d := range detectors {
		if spec.Slate == nil && slices.Contains(d.Needs, detect.RoleSlate) && len(d.Unasked) > 0 {
			continue
		}
		params := d.Params
		if _, ok := params.(FunnelParams); ok { // selected, and then labeled positive
			params = FunnelParams{Stages: []FunnelStage{{"first", string(table.Decision)}, {"second", string(table.Label)}}}
		}
		p, err := d.Plan(spec, params)
		if err != nil {
			t.Fatal(err)
		}
		o, err := p.Detect(memory{t: t, spec: spec, rows: rows, accounts: table.Accounts{Duplicates: -1}})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, o.Measurements...)
	}
	return out
}

// get finds the one measurement of a metric.
func get(t testing.TB, ms []audit.Measurement, metric, group, reference string) *audit.Measurement {
	t.Helper()
	for i := range ms {
		m := &ms[i]
		if m.Metric == metric && m.Window == audit.AllWindows && m.GroupKind == audit.KindValue && m.Version == nil && same(m.Group, group) && same(m.Reference, reference) {
			return m
		}
	}
	t.Fatalf("no %s of %q against %q", metric, group, reference)
	return nil
}

func same(p *string, s string) bool { return p == nil && s == "" || p != nil && *p == s }

var ( // fixed references of the tests
	none    = audit.Reference{Policy: "none"}
	largest = audit.Reference{Policy: "largest"}
	best    = audit.Reference{Policy: "best"}
	rest    = audit.Reference{Policy: "rest"}
)

func named(v string) audit.Reference { return audit.Reference{Policy: "value", Value: v} }

// completed are detectors with parameters where they cannot do without.
func completed(detectors []detect.Detector) []detect.Detector {
	out := slices.Clone(detectors)
	for i, d := range out {
		switch d.Name {
		case "funnel":
			out[i].Params = FunnelParams{Stages: []FunnelStage{{"one", "a"}, {"two", "b"}}, Overrides: true}
		case "delivery":
			out[i].Params = DeliveryParams{Stages: []FunnelStage{{"one", "a"}, {"two", "b"}}, Ad: "ad", Person: "case", Threshold: 0.1, Least: 1}
		case "price":
			out[i].Params = PriceParams{Price: "score", List: "list", Factors: []string{"case"}, Indicated: "risk", Current: "before"}
		case "off_policy":
			out[i].Params = OffPolicyParams{Reward: "score", Propensity: "chance", Target: "other", Model: "model", ModelTarget: "expected"}
		case "targeting":
			out[i].Params = TargetingParams{Segment: "case"}
		case "data_rights":
			out[i].Params = DataRightsParams{OutsideConsent: "a", OutsidePurpose: "b", PreTicked: "c", RequestDays: "score", Answered: "a", Due: 30, Person: "case", Contact: "b"}
		case "outcomes":
			out[i].Params = OutcomesParams{Categories: []OutcomeCategory{{"one", "a"}, {"two", "b"}}, Ordered: true, Error: "score - 1.0", Reasons: "case", Unfavorable: "a"}
		case "conversation":
			out[i].Params = ConversationParams{Refused: "b", Unsafe: "a", HandoverGranted: "b", FirstResponse: "score", Quantiles: []float64{0.5}}
		case "paired":
			out[i].Params = PairedParams{By: "case", When: "a", Number: "score"}
		case "stereotype":
			out[i].Params = StereotypeParams{"a", "b", "c", "d"}
		}
	}
	return out
}
