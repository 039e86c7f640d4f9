package config

import (
	"fmt"
	"slices"
	"strings"
)

// expected checks the expected values of a group against what the configuration
// alone says about its values.
func (l *lint) expected(path string, g Group) {
	l.twice(path+".expected", g.Expected)
	known, noun := g.Bands(), "bands"
	if _, rest := g.Map["*"]; rest && len(g.Bins) == 0 {
		known, noun = mapped(g), "names that map gives"
	}
	for i, name := range g.Expected {
		at := fmt.Sprintf("%s.expected.%d", path, i)
		switch {
		case len(known) > 0 && !slices.Contains(known, name):
			l.bad(at, fmt.Sprintf("expected value %s is not one of the %s", quote(name), noun),
				orHint(didYouMean(name, known), "they are "+strings.Join(known, " ")))
		case len(g.Map) == 0 && slices.Contains(g.Missing, name):
			l.bad(at, fmt.Sprintf("expected value %s is listed under missing", quote(name)), "rows without a value are no group")
		}
	}
}

// populations checks what can be said about population tables before they are
// read.
func (l *lint) populations() {
	paths := l.a.Intersections.Population
	l.twice("intersections.population", paths)
	l.twice("columns.expected_attributes", l.a.Columns.ExpectedAttributes)
	if len(paths) > 0 && l.a.Intersections.Depth < 2 && l.clean("intersections.depth") {
		l.bad("intersections.population", "nothing is crossed, so there are no intersections to compare", "set intersections.depth: 2, or give the table to a group")
	}
}
