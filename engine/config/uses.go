package config

import (
	"fmt"
	"strings"
)

// use is a column that the audit reads, and for what.
type use struct {
	path  string // in the configuration, for messages: columns.groups.race
	label string // in messages: group race
	part  string // by which tables and audit.Spec know it; "" if it has no missing values to count
	role  Role
	vital bool // an audit without it would be another audit, so missing_column: null does not cover it
	serve purpose
}

// purpose is what a column's values must be fit for.
type purpose uint8

const (
	asValue  purpose = iota // anything that can be compared
	asNumber                // a threshold or bins are applied to it
	asScore
	asTime
	asWeight
)

// uses lists the columns that the audit reads, in the order of declaration.
func (a *Audit) uses() []use {
	c := &a.Columns
	var out []use
	if c.Time != nil {
		out = append(out, use{"columns.time", "time", "time", c.Time.Role, false, asTime})
	}
	if c.ID != nil {
		out = append(out, use{"columns.id", "id", "", c.ID.Role, false, asValue})
	}
	if c.Subject != nil {
		out = append(out, use{"columns.subject", "subject", "subject", *c.Subject, false, asValue})
	}
	if c.Decision != nil && c.Decision.When == "" {
		out = append(out, use{"columns.decision", "decision", "decision", c.Decision.Role, true, c.Decision.purpose()})
	}
	if c.Score != nil && c.Score.When == "" {
		out = append(out, use{"columns.score", "score", "score", c.Score.Role, true, asScore})
	}
	if c.Label != nil && c.Label.When == "" {
		out = append(out, use{"columns.label", "label", "label", c.Label.Role, true, c.Label.purpose()})
	}
	if c.Weight != nil {
		out = append(out, use{"columns.weight", "weight", "", *c.Weight, false, asWeight})
	}
	for _, g := range c.Inferred() {
		for _, value := range g.Values() {
			path := "columns.groups." + g.Name + ".probabilities." + value
			out = append(out, use{path, fmt.Sprintf("probability of %s %s", g.Name, value), "", g.Probability(value), true, asNumber})
		}
	}
	for _, g := range c.Known() {
		u := use{"columns.groups." + g.Name, "group " + quote(g.Name), "group:" + g.Name, g.Role, false, asValue}
		if len(g.Bins) > 0 {
			u.serve = asNumber
		}
		out = append(out, u)
	}
	out = append(out, listed("strata", "stratum", c.Strata)...)
	out = append(out, listed("features", "feature", c.Features)...)
	if rank := c.Slate.RankColumn(); rank != "" && !c.Slate.Exploded() {
		out = append(out, use{"columns.slate.rank", "rank", "", Role{Column: Ref{Name: rank}}, true, asNumber})
	}
	if c.Version != nil {
		out = append(out, use{"columns.version", "version", "version", *c.Version, false, asValue})
	}
	for _, m := range a.ModelColumns {
		out = append(out, use{m.Path, "model's input " + quote(m.Name), m.Part(), m.Role, true, asValue})
	}
	return out
}

// ofModel tells whether only the audited model takes the column: detectors are
// not told of it.
func (u use) ofModel() bool { return strings.HasPrefix(u.part, "input:") }

// Names lists the columns that roles name.
func (a *Audit) Names() []string {
	var out []string
	for _, u := range a.uses() {
		out = append(out, u.role.Column.Name)
	}
	return out
}

func listed(key, noun string, roles []Role) []use {
	var out []use
	for i, r := range roles {
		out = append(out, use{fmt.Sprintf("columns.%s.%d", key, i), noun, noun + ":" + r.Column.Name, r, false, asValue})
	}
	return out
}

func (r Rule) purpose() purpose {
	if r.AtLeast != "" || r.Above != "" {
		return asNumber
	}
	return asValue
}
