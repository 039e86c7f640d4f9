package config

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Spec is what the audit asks, without where the rows come from. The
// configuration must be free of mistakes.
func (a *Audit) Spec() *audit.Spec {
	c := &a.Columns
	s := &audit.Spec{
		Name: a.Name, Title: a.Title, Kind: a.Kind,
		Words: audit.Words{Positive: a.Words.Positive, Unit: a.Words.Unit},
		Alpha: a.Alpha, Seed: a.Seed,
		Favorable:     true,
		HasDecision:   c.Decision != nil,
		HasLabel:      c.Label != nil,
		HasScore:      c.Score != nil,
		HasTime:       c.Time != nil,
		HasWeight:     c.Weight != nil,
		HasVersion:    c.Version != nil,
		HasSubject:    c.Subject != nil,
		HasID:         c.ID != nil,
		Intersections: audit.Intersections{Depth: a.Intersections.Depth, MinRows: a.Intersections.MinRows},
		Windows:       a.Windows.spec(),
		Roles:         a.roleColumns(),
		ModelColumns:  a.modelColumns(),

		ExpectedAttributes: c.ExpectedAttributes,
	}
	if c.Marginals {
		s.Intersections.Depth = 1
	}
	s.Adjust = a.Gates.Adjust
	for _, d := range a.Detectors {
		for _, g := range d.Gates {
			g.Policy = cmp.Or(g.Policy, audit.Policy(a.Gates.Policy))
			s.Gates = append(s.Gates, g)
		}
	}
	if c.Decision != nil {
		s.Favorable, s.DecisionText = c.Decision.Favorable, c.Decision.Text()
	}
	s.Model, s.Explain = a.modelSpec(s.Favorable), a.explainSpec()
	if c.Label != nil {
		s.LabelText = c.Label.Text()
	}
	if c.Slate != nil {
		s.Slate = &audit.Slate{Offered: c.Slate.Offered != "", Whole: c.Slate.Exploded() || c.Slate.Whole() && !slices.Contains(a.Data.Log, "-"), Users: c.Slate.Users,
			Person: c.Subject != nil && c.Subject.Column.Name != c.Slate.ListColumn(),
			Item:   c.Slate.ItemColumn(), Rank: c.Slate.RankColumn(), First: c.Slate.First()}
	}
	for _, g := range c.Inferred() {
		s.Inferred = append(s.Inferred, audit.InferredGroup{Name: g.Name, Values: g.Values(), Threshold: cmp.Or(g.Threshold, "0.8"), Reference: audit.Reference(g.Reference)})
	}
	for _, g := range c.Known() {
		s.Groups = append(s.Groups, audit.GroupSpec{
			Name: g.Name, Column: g.Column.Name, Provenance: g.Provenance,
			Reference: audit.Reference(g.Reference), MinRows: g.MinRows,
			Expected: g.Expected,
		})
	}
	return s
}

// roleColumns lists the columns that play a part and may have missing values,
// by the names that tables give the parts. A part that an expression plays has
// no column.
func (a *Audit) roleColumns() []audit.RoleColumn {
	var out []audit.RoleColumn
	for _, u := range a.uses() {
		if u.part != "" && !u.ofModel() {
			out = append(out, audit.RoleColumn{Role: u.part, Column: u.role.Column.Name})
		}
	}
	return out
}

// modelColumns lists the columns that the audited model takes.
func (a *Audit) modelColumns() []audit.RoleColumn {
	var out []audit.RoleColumn
	for _, m := range a.ModelColumns {
		out = append(out, audit.RoleColumn{Role: m.Part(), Column: m.Column})
	}
	return out
}

// Text says what counts as positive: y = yes, decile_score ≥ 5, or the
// expression.
func (r Rule) Text() string {
	switch {
	case r.When != "":
		return strings.TrimSpace(r.When)
	case r.AtLeast != "":
		return r.Column.Name + " ≥ " + r.AtLeast
	case r.Above != "":
		return r.Column.Name + " > " + r.Above
	}
	return r.Column.Name + " = " + either(r.Positive)
}

// Zone is the zone that windows are cut in.
func (w *Windows) Zone() *time.Location {
	loc, err := LoadZone(w.Timezone)
	if err != nil {
		return time.UTC // a configuration with a mistake
	}
	return loc
}

func (w *Windows) spec() audit.WindowSpec {
	zone := w.Zone()
	out := audit.WindowSpec{Every: w.Every, Zone: zone, Reference: w.Reference.Windows, ReferenceFile: w.Reference.File}
	for _, s := range w.Ranges {
		if start, end, err := ParseSpan(s.Text, zone); err == nil {
			out.Ranges = append(out.Ranges, audit.Range{Name: s.Name, Start: start, End: end})
		}
	}
	switch {
	case len(out.Ranges) > 0:
		out.Every = "ranges"
	case w.Every != "" && out.Reference != "" && out.Reference != FirstWindow:
		out.Reference = wholeWindows(w.Every, out.Reference, zone)
	}
	return out
}

// wholeWindows writes a reference in windows of the audit's own length: 2008
// of monthly windows is 2008-01..2008-12.
func wholeWindows(every, span string, zone *time.Location) string {
	start, end, err := ParseSpan(span, zone)
	if err != nil {
		return span
	}
	first, _, _ := WindowOf(every, zone, start)
	last, _, _ := WindowOf(every, zone, end.Add(-1))
	if first == last {
		return first
	}
	return first + ".." + last
}
