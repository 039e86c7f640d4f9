package detectors

import (
	"fmt"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// Completeness measures what an audit could not see.
func Completeness() detect.Detector {
	return detect.Detector{
		Name:  "completeness",
		Title: "Completeness",
		Doc: `What the audit could not see: rows left out, by reason; missing values in every column that plays a part, over
all, per window and per group; labels that are not yet mature or in neither list; windows without a row; repeated
ids. A number is only as good as the rows behind it, and what is missing is seldom missing at random: look for
groups that lack more than others.`,
		Main:    "missing_share",
		Metrics: completenessMetrics(),
		Plan: func(spec *audit.Spec, _ any) (detect.Plan, error) {
			c := completeness{spec: spec, in: inference{alpha: spec.Alpha, seed: spec.Seed}}
			return detect.Plan{Needs: c.needs(), Detect: c.detect}, nil
		},
	}
}

func completenessMetrics() []detect.Metric {
	const wilson = "Interval: Wilson"
	share := detect.Metric{Source: wilson, Null: detect.NullLimit, Scale: detect.ScaleRate, Version: 1}
	fact := detect.Metric{Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1}
	declare := func(m detect.Metric, name, title, doc, convention string) detect.Metric {
		m.Name, m.Title, m.Doc, m.Convention = name, title, doc, convention
		return m
	}
	return []detect.Metric{
		declare(share, "audited_share", "Rows audited", "Share of the rows read that the audit is about.", "rows audited / rows read"),
		declare(share, "excluded_share", "Rows left out", "Share of the rows read that were left out for the reason in parameters; a row counts for the first reason that applies.", "rows excluded for this reason / rows read"),
		declare(share, "missing_share", "Missing values", "Share of the rows in scope that have no value in the column. Rows without a decision are in scope; rows outside the period are not.", "rows without a value / rows in scope"),
		declare(share, "immature_label_share", "Labels not yet mature", "Share of the audited rows that are too young for their label to be final.", "immature labels / rows audited"),
		declare(share, "unlisted_label_share", "Labels in neither list", "Share of the audited rows whose label is neither listed as positive nor as negative.", "unlisted labels / rows audited"),
		declare(fact, "empty_windows", "Windows without a row", "Number of windows between the first and the last in which no row was audited.", "windows without a row"),
		declare(fact, "duplicate_ids", "Repeated ids", "Number of rows whose id had occurred in a row before.", "rows with an id seen before"),
	}
}

// completeness reads the accounts of a scan and small tables of what is missing.
type completeness struct {
	spec *audit.Spec
	in   inference
	out  []audit.Measurement
	note []string
}

// needs are, for every role, a table by window and one per attribute, and the
// same for the states of the label.
func (c *completeness) needs() []table.Need {
	var out []table.Need
	for _, r := range c.roles() {
		out = append(out, c.needAll(table.Missing(r.Role), true))
		for _, g := range c.crossed(r) {
			out = append(out, needBy(g, table.Missing(r.Role), true))
		}
	}
	if c.spec.HasLabel {
		out = append(out, c.needAll(table.Label, false))
		for _, g := range c.spec.Groups {
			out = append(out, needBy(g, table.Label, false))
		}
	}
	if windowed(c.spec) && !c.spec.HasLabel {
		out = append(out, table.Need{Dims: []table.Dim{table.Window}})
	}
	return out
}

// roles lists the columns whose missing values are counted in scope. Rows
// without a time have no period and hence no scope: they are an exclusion.
func (c *completeness) roles() []audit.RoleColumn {
	var out []audit.RoleColumn
	for _, r := range c.spec.Roles {
		if r.Role != string(detect.RoleTime) {
			out = append(out, r)
		}
	}
	return out
}

// crossed lists the attributes by which a role's missing values are broken
// down: all but itself.
func (c *completeness) crossed(r audit.RoleColumn) []audit.GroupSpec {
	var out []audit.GroupSpec
	for _, g := range c.spec.Groups {
		if string(table.Group(g.Name)) != r.Role {
			out = append(out, g)
		}
	}
	return out
}

func (c *completeness) needAll(d table.Dim, inScope bool) table.Need {
	if windowed(c.spec) {
		return table.Need{Dims: []table.Dim{table.Window, d}, InScope: inScope}
	}
	return table.Need{Dims: []table.Dim{d}, InScope: inScope}
}

func needBy(g audit.GroupSpec, d table.Dim, inScope bool) table.Need {
	return table.Need{Dims: []table.Dim{table.Group(g.Name), d}, InScope: inScope}
}

// detect fills a copy: a plan may be carried out more than once.
func (c *completeness) detect(tables detect.Tables) (detect.Output, error) {
	run := completeness{spec: c.spec, in: c.in}
	run.accounts(tables.Scan())
	for _, r := range run.roles() {
		run.missing(r, tables)
	}
	for _, state := range []struct{ metric, category string }{
		{"immature_label_share", table.Immature}, {"unlisted_label_share", table.Unlisted},
	} {
		run.labels(state.metric, state.category, tables)
	}
	if windowed(run.spec) {
		run.windows(tables)
	}
	if n := tables.Scan().Duplicates; n >= 0 {
		run.fact("duplicate_ids", n, "")
	}
	return detect.Output{Measurements: run.out, Notes: run.note}, nil
}

// accounts emits the exclusions, to the row.
func (c *completeness) accounts(a *table.Accounts) {
	c.share("audited_share", audit.Measurement{Window: audit.AllWindows}, a.Audited, a.Read, "no row was read")
	for _, reason := range table.Exclusions {
		m := audit.Measurement{Window: audit.AllWindows, Parameters: map[string]string{"reason": string(reason)}}
		c.share("excluded_share", m, a.Excluded[reason], a.Read, "no row was read")
	}
	if a.Read > 0 && a.Audited == 0 {
		c.note = append(c.note, fmt.Sprintf("none of the %d rows read is audited", a.Read))
	}
	if a.Read == 0 {
		c.note = append(c.note, "the log has no rows")
	}
}

// missing emits the missing share of one role: over all and per window, then
// per group over all.
func (c *completeness) missing(r audit.RoleColumn, tables detect.Tables) {
	about := audit.Measurement{Column: &r.Column, Parameters: map[string]string{"role": r.Role}}
	in := tables.Counts(c.needAll(table.Missing(r.Role), true))
	c.states("missing_share", about, table.IsMissing, table.Missing(r.Role), in)
	for _, g := range c.crossed(r) {
		in := tables.Counts(needBy(g, table.Missing(r.Role), true))
		c.byGroup("missing_share", about, table.IsMissing, table.Missing(r.Role), g, in)
	}
}

// labels emits the share of labels in a state, if the audit has labels.
func (c *completeness) labels(metric, state string, tables detect.Tables) {
	if !c.spec.HasLabel {
		return
	}
	c.states(metric, audit.Measurement{}, state, table.Label, tables.Counts(c.needAll(table.Label, false)))
	for _, g := range c.spec.Groups {
		c.byGroup(metric, audit.Measurement{}, state, table.Label, g, tables.Counts(needBy(g, table.Label, false)))
	}
}

// states emits the share of one category of a dimension over all and per window.
func (c *completeness) states(metric string, about audit.Measurement, state string, d table.Dim, in *table.Counts) {
	all, byWindow := stateCounts(in, state, d, table.Window)
	about.Window = audit.AllWindows
	c.share(metric, about, all.k, all.n, "no row")
	for i, w := range in.Categories(table.Window) {
		about.Window = w.Name
		c.share(metric, about, byWindow[i].k, byWindow[i].n, "no row")
	}
}

// byGroup emits the share of one category of a dimension per group over all.
func (c *completeness) byGroup(metric string, about audit.Measurement, state string, d table.Dim, g audit.GroupSpec, in *table.Counts) {
	_, counts := stateCounts(in, state, d, table.Group(g.Name))
	about.Window, about.Attribute = audit.AllWindows, g.Name
	for i, cat := range in.Categories(table.Group(g.Name)) {
		about.Group, about.GroupKind = &cat.Name, audit.KindValue
		if cat.Missing {
			about.Group, about.GroupKind = nil, audit.KindMissing
		}
		c.share(metric, about, counts[i].k, counts[i].n, "no row")
	}
}

// stateCounts counts the copies of one category of d, and all, over everything
// and per category of another dimension.
func stateCounts(in *table.Counts, state string, d, by table.Dim) (all proportion, each []proportion) {
	at, other := -1, -1
	for i, dim := range in.Dims() {
		switch dim {
		case d:
			at = i
		case by:
			other = i
		}
	}
	each = make([]proportion, len(in.Categories(by)))
	states := in.Categories(d)
	in.Each(func(codes []int, cell table.Cell) {
		p := proportion{n: cell.N}
		if cat := states[codes[at]]; cat.Name == state || cat.Missing && state == table.IsMissing {
			p.k = cell.N
		}
		all.k, all.n = all.k+p.k, all.n+p.n
		if other >= 0 {
			each[codes[other]].k += p.k
			each[codes[other]].n += p.n
		}
	})
	return all, each
}

// share emits k of n. m says what it is about.
func (c *completeness) share(metric string, m audit.Measurement, k, n int64, empty string) {
	p := proportion{k: k, n: n}
	m.N, m.Numerator, m.Denominator, m.Value = n, &p.k, &p.n, float(p.value())
	if m.Value == nil {
		m.Note = "undefined: " + empty
	} else {
		m.Interval, m.Note = c.in.rate(p)
	}
	c.add(metric, m)
}

// fact emits a plain count about everything.
func (c *completeness) fact(metric string, n int64, note string) {
	x := float64(n)
	c.add(metric, audit.Measurement{Window: audit.AllWindows, Value: &x, N: n, Note: note})
}

func (c *completeness) add(metric string, m audit.Measurement) {
	if m.GroupKind == "" {
		m.GroupKind = audit.KindOverall
	}
	m.Detector, m.Metric, m.MethodVersion = "completeness", metric, 1
	for _, d := range completenessMetrics() {
		if d.Name == metric {
			m.Convention = d.Convention
		}
	}
	c.out = append(c.out, m)
}
