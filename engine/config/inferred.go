package config

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
)

// Known lists the groups that a column tells.
func (c *Columns) Known() []Group {
	return slices.DeleteFunc(slices.Clone(c.Groups), func(g Group) bool { return len(g.Probabilities) > 0 })
}

// Inferred lists the groups that are known by probabilities alone.
func (c *Columns) Inferred() []Group {
	return slices.DeleteFunc(slices.Clone(c.Groups), func(g Group) bool { return len(g.Probabilities) == 0 })
}

// Values lists the values that have a probability, in alphabetical order.
func (g *Group) Values() []string { return slices.Sorted(maps.Keys(g.Probabilities)) }

// Probability is the column with the probability of a value.
func (g *Group) Probability(value string) Role {
	return Role{Column: Ref{Name: g.Probabilities[value]}, Missing: g.Missing}
}

// probabilities checks that a group has a column or probabilities, and nothing
// beside the latter that needs values.
func (l *lint) probabilities(path string, g Group) {
	column := l.given(path + ".column")
	if p := l.d.text.places[path]; p.scalar != nil {
		column = true
	}
	if slate := l.a.Columns.Slate; slate != nil && slate.ItemGroup == g.Name {
		column = true
	}
	if len(g.Probabilities) == 0 {
		switch {
		case !l.clean(path) || column:
		case l.given(path + ".probabilities"):
			l.bad(path+".probabilities", "probabilities name no value", "write value: column for each")
		default:
			l.bad(path, `required key "column" is missing`, "name a column, or give probabilities")
		}
		if l.given(path + ".threshold") {
			l.bad(path+".threshold", `"threshold" needs "probabilities"`, "")
		}
		return
	}
	for _, key := range []string{"column", "bins", "map", "expected", "population", "min_rows"} {
		if l.given(path + "." + key) {
			l.bad(path+"."+key, fmt.Sprintf("%s and \"probabilities\" exclude each other", quote(key)), "nobody's value is known for certain")
		}
	}
	if len(g.Probabilities) < 2 {
		l.bad(path+".probabilities", "one value alone has a probability", "list every value, so that the probabilities of a row add up to 1")
	}
	if g.Provenance != "" && g.Provenance != "inferred" {
		l.bad(path+".provenance", "probabilities are inferred", "write provenance: inferred, or leave it out")
	}
	if t, ok := new(big.Rat).SetString(g.Threshold); ok && (t.Cmp(big.NewRat(1, 2)) <= 0 || t.Cmp(big.NewRat(1, 1)) > 0) {
		l.bad(path+".threshold", fmt.Sprintf("threshold must lie above 0.5 and at most at 1, not %s", g.Threshold), "below it a row could be taken for two groups")
	}
	switch g.Reference.Policy {
	case "value":
		if _, ok := g.Probabilities[g.Reference.Value]; !ok && l.clean(path) {
			l.bad(path+".reference", fmt.Sprintf("reference %s has no probability", quote(g.Reference.Value)), didYouMean(g.Reference.Value, g.Values()))
		}
	}
	columns := map[string]bool{}
	for _, value := range g.Values() {
		if c := g.Probabilities[value]; columns[c] {
			l.bad(path+".probabilities."+value, fmt.Sprintf("column %s is listed twice", quote(c)), "")
		} else {
			columns[c] = true
		}
	}
}
