package config

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
)

func (l *lint) columns() {
	c := &l.a.Columns
	if c.Decision != nil {
		l.rule("columns.decision", c.Decision.Rule)
	}
	if c.Label != nil {
		l.rule("columns.label", c.Label.Rule)
		if c.Label.MaturesAfter != 0 {
			l.needsTime("columns.label.matures_after", "matures_after")
		}
	}
	if c.Score != nil {
		l.source("columns.score", c.Score.Role, c.Score.When)
	}
	if c.ID != nil && c.ID.Duplicates == "last_by_time" {
		l.needsTime("columns.id.duplicates", "last_by_time")
	}
	l.time()
	l.distinct("columns.strata", c.Strata)
	l.distinct("columns.features", c.Features)
}

func (l *lint) needsTime(path, what string) {
	if l.a.Columns.Time == nil && l.clean("columns.time") {
		l.bad(path, what+" needs columns.time", "say which column dates a row")
	}
}

// source checks that a role has a column or an expression, not both.
func (l *lint) source(path string, role Role, when string) {
	hasColumn := l.given(path + ".column")
	if p := l.d.text.places[path]; p.scalar != nil {
		hasColumn = true // the bare name of a column
	}
	hasWhen := l.given(path + ".when")
	if len(l.a.Columns.Predictions) > 0 && (path == "columns.decision" || path == "columns.score" && l.a.Columns.Predictions[0].Score != "") {
		hasColumn = hasColumn || !hasWhen // it is that of predictions
	}
	switch {
	case !l.clean(path+".column") || !l.clean(path+".when"):
	case hasWhen && strings.TrimSpace(when) == "":
		l.bad(path+".when", `"when" is empty`, "write a CEL expression or name a column")
	case hasColumn && hasWhen:
		l.bad(path+".when", `"when" stands instead of a column`, "remove column or when")
	case !hasColumn && !hasWhen:
		l.bad(path, "required key \"column\" is missing", "name a column, or give a CEL expression as when")
	case hasWhen && len(role.Missing) > 0:
		l.bad(path+".missing", `"missing" goes with a column, not with "when"`, "say it in the expression")
	}
}

// rule checks that a decision or label is defined in exactly one way.
func (l *lint) rule(path string, r Rule) {
	l.source(path, r.Role, r.When)
	ways := []string{"positive", "at_least", "above", "when"}
	var used []string
	for _, way := range ways {
		if l.given(path+"."+way) || !l.clean(path+"."+way) {
			used = append(used, way)
		}
	}
	if len(used) == 0 {
		l.bad(path, "no rule says what is positive", "give positive: [values], at_least: number, above: number, or when: expression")
	}
	if len(used) > 1 && l.given(path+"."+used[1]) {
		l.bad(path+"."+used[1], fmt.Sprintf("only one of %s may be given, not %s", either(ways), strings.Join(used, " and ")), "")
	}
	l.values(path, r)
}

// values checks the lists of a rule against each other.
func (l *lint) values(path string, r Rule) {
	l.twice(path+".positive", r.Positive)
	l.twice(path+".negative", r.Negative)
	l.overlap(path+".negative", r.Negative, "positive", r.Positive)
	l.overlap(path+".missing", r.Missing, "positive", r.Positive)
	l.overlap(path+".missing", r.Missing, "negative", r.Negative)
	if l.given(path+".negative") && !l.given(path+".positive") && l.clean(path+".positive") {
		l.bad(path+".negative", `"negative" goes with "positive"`, "list the positive values too")
	}
	if r.Unlisted == "error" && !l.given(path+".negative") && l.clean(path+".negative") {
		l.bad(path+".unlisted", `"unlisted: error" needs "negative"`, "without it every value that is not positive is negative")
	}
}

func (l *lint) twice(path string, values []string) {
	seen := map[string]bool{}
	for i, v := range values {
		if at := fmt.Sprintf("%s.%d", path, i); seen[v] && l.clean(at) {
			l.bad(at, fmt.Sprintf("value %s is listed twice", quote(v)), "")
		}
		seen[v] = true
	}
}

func (l *lint) overlap(path string, values []string, otherName string, other []string) {
	seen := map[string]bool{}
	for _, v := range other {
		seen[v] = true
	}
	for i, v := range values {
		if at := fmt.Sprintf("%s.%d", path, i); seen[v] && l.clean(at) {
			l.bad(at, fmt.Sprintf("value %s is also listed under %s", quote(v), quote(otherName)), "")
		}
	}
}

func (l *lint) time() {
	t := l.a.Columns.Time
	if t == nil {
		return
	}
	if t.Unit != "" && l.given("columns.time.format") {
		l.bad("columns.time.format", `"unit" and "format" exclude each other`, "unit is for numbers since 1970, format for text and yyyymmdd numbers")
	}
	if t.Format != "" {
		if _, err := TimeLayout(t.Format); err != nil {
			l.badError("columns.time.format", err)
		}
	}
	if l.given("columns.time.zone") && l.clean("columns.time.zone") {
		l.zone("columns.time.zone", t.Zone)
	}
}

func (l *lint) zone(path, name string) {
	if _, err := LoadZone(name); err != nil {
		l.badError(path, err)
	}
}

// distinct refuses a column that is listed twice.
func (l *lint) distinct(path string, roles []Role) {
	seen := map[string]bool{}
	for i, r := range roles {
		if at := fmt.Sprintf("%s.%d", path, i); seen[r.Column.Name] && l.clean(at) {
			l.bad(at, fmt.Sprintf("column %s is listed twice", quote(r.Column.Name)), "")
		}
		seen[r.Column.Name] = true
	}
}

func (l *lint) groups() {
	for _, g := range l.a.Columns.Groups {
		path := "columns.groups." + g.Name
		if strings.TrimSpace(g.Name) == "" || strings.ContainsAny(g.Name, "*\\\n\r\t") {
			l.bad(path, fmt.Sprintf("group name %s is empty or has one of * \\ or a control character in it", quote(g.Name)), "race*sex is how an intersection is called")
		}
		l.probabilities(path, g)
		if len(g.Bins) > 0 {
			l.bins(path, g)
		} else if g.Closed == "right" {
			l.bad(path+".closed", `"closed: right" needs "bins"`, "")
		}
		if l.clean(path) {
			l.reference(path, g)
			l.expected(path, g)
		}
		for from, to := range g.Map {
			if to == "" && l.clean(path+".map."+from) {
				l.bad(path+".map."+from, fmt.Sprintf("map gives %s an empty name", quote(from)), "list it under missing to take it as missing")
			}
		}
		l.twice(path+".missing", g.Missing)
	}
}

// bins checks that the edges rise; they are compared exactly as written.
func (l *lint) bins(path string, g Group) {
	if l.given(path + ".map") {
		l.bad(path+".map", `"map" and "bins" exclude each other`, "bins are for numbers, map for names")
	}
	var last *big.Rat
	for i, text := range g.Bins {
		at := fmt.Sprintf("%s.bins.%d", path, i)
		edge, ok := new(big.Rat).SetString(text)
		if !ok || !l.clean(at) {
			continue
		}
		if last != nil && edge.Cmp(last) <= 0 {
			l.bad(at, fmt.Sprintf("bin edges must rise: %s comes after %s", text, g.Bins[i-1]), "")
		}
		last = edge
	}
}

// Bands lists the bands that the bins of a group cut numbers into, by the
// names that reports give them.
func (g *Group) Bands() []string {
	if len(g.Bins) == 0 {
		return nil
	}
	open, shut := "[", ")"
	if g.Closed == "right" {
		open, shut = "(", "]"
	}
	out := []string{"(-inf," + g.Bins[0] + shut}
	for i := 1; i < len(g.Bins); i++ {
		out = append(out, open+g.Bins[i-1]+","+g.Bins[i]+shut)
	}
	return append(out, open+g.Bins[len(g.Bins)-1]+",inf)")
}

// reference checks a named reference against what the configuration alone says
// about the values.
func (l *lint) reference(path string, g Group) {
	if g.Reference.Policy != "value" {
		return
	}
	at, name := path+".reference", g.Reference.Value
	if l.given(at + ".value") {
		at += ".value"
	}
	_, rest := g.Map["*"]
	switch {
	case len(g.Bins) > 0 && !slices.Contains(g.Bands(), name):
		hint := didYouMean(name, g.Bands())
		if hint == "" {
			hint = "the bands are " + strings.Join(g.Bands(), " ")
		}
		l.bad(at, fmt.Sprintf("reference %s is not one of the bands", quote(name)), hint)
	case rest && !slices.Contains(mapped(g), name):
		l.bad(at, fmt.Sprintf("reference %s is not among the names that map gives", quote(name)), orHint(didYouMean(name, mapped(g)), "they are "+either(mapped(g))))
	case len(g.Map) == 0 && slices.Contains(g.Missing, name):
		l.bad(at, fmt.Sprintf("reference %s is listed under missing", quote(name)), "the missing group is never a reference")
	}
}

// mapped lists the names that a group's map gives, in order.
func mapped(g Group) []string {
	return slices.Compact(slices.Sorted(maps.Values(g.Map)))
}

func orHint(hint, other string) string {
	if hint != "" {
		return hint
	}
	return other
}
