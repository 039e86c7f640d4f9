package reports

import (
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// A group that has rows in all windows from some on, or up to some, came or left. One
// that is seen now and then is just small.
const (
	leastAbsent  = 2 // windows without it
	leastPresent = 3 // windows with it, one after the other
)

// passage is a group that came or left.
type passage struct {
	attribute, group string
	came, left       string // windows: the first with it, the first without
}

// passages lists them, by what the indicators count of each group.
func passages(r *audit.Result, list []*kpi) []passage {
	type who struct{ attribute, group string }
	var order []who
	seen, any := map[who]map[string]bool{}, map[string]map[string]bool{}
	for _, x := range list {
		for _, c := range x.cohorts {
			if c.group.Group == nil {
				continue
			}
			w := who{c.attribute, *c.group.Group}
			if seen[w] == nil {
				order, seen[w] = append(order, w), map[string]bool{}
			}
			if any[c.attribute] == nil {
				any[c.attribute] = map[string]bool{}
			}
			for id, p := range c.at {
				if p.N != 0 { // also a hidden one
					seen[w][id], any[c.attribute][id] = true, true
				}
			}
		}
	}
	var out []passage
	for _, w := range order {
		var windows []string
		for _, x := range r.Windows {
			if any[w.attribute][x.ID] {
				windows = append(windows, x.ID)
			}
		}
		if p, ok := passageOf(windows, seen[w]); ok {
			p.attribute, p.group = w.attribute, w.group
			out = append(out, p)
		}
	}
	return out
}

// passageOf tells whether a group is in one run of windows, and not in others.
func passageOf(windows []string, seen map[string]bool) (p passage, ok bool) {
	here := func(id string) bool { return seen[id] }
	first := slices.IndexFunc(windows, here)
	if first < 0 {
		return p, false
	}
	last := first
	for i, id := range windows {
		if here(id) {
			last = i
		}
	}
	if slices.ContainsFunc(windows[first:last+1], func(id string) bool { return !here(id) }) || last-first+1 < leastPresent {
		return p, false
	}
	if first >= leastAbsent {
		p.came = windows[first]
	}
	if len(windows)-1-last >= leastAbsent {
		p.left = windows[last+1]
	}
	return p, p.came != "" || p.left != ""
}

// said is a sentence.
func (p passage) said() string {
	name := attributeName(p.attribute) + " " + valueName(clean(p.group))
	switch {
	case p.came != "" && p.left != "":
		return fmt.Sprintf("%s has rows from %s to before %s alone", name, windowTick(p.came), windowTick(p.left))
	case p.came != "":
		return fmt.Sprintf("%s has rows from %s on, and none before", name, windowTick(p.came))
	}
	return fmt.Sprintf("%s has no rows from %s on", name, windowTick(p.left))
}

// passagesNote says who came and left, and what to make of it.
func passagesNote(r *audit.Result, list []*kpi) string {
	all := passages(r, list)
	if len(all) == 0 {
		return ""
	}
	said := ""
	for i, p := range all {
		if i == mostPassages {
			said += fmt.Sprintf("; and %d more", len(all)-i)
			break
		}
		said = join("; ", said, p.said())
	}
	return sentenceCase(said) + ": before and after, the numbers of everybody, and gaps, are about other groups."
}

const mostPassages = 5

// passages are said on the first screen.
func (s *screen) passages(list []*kpi) {
	if text := passagesNote(s.r, list); text != "" {
		s.wrap("  | ", "    ", text, 2)
	}
}
