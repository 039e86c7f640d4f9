package engine

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/scan"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// fewNeed is the table of who is in each group and window, of an audit that hides
// small cells and whose rows are not people.
func (j *Job) fewNeed(a detect.Attribute) table.Need {
	dims := slices.Clone(a.Dims())
	if j.spec.HasTime && (j.spec.Windows.Every != "" || len(j.spec.Windows.Ranges) > 0) {
		dims = append(dims, table.Window)
	}
	return table.Need{Dims: append(dims, table.Subject)}
}

// peopled are the attributes whose groups are counted by person, and everybody;
// none where nothing is suppressed or rows stand for themselves.
func (j *Job) peopled() []detect.Attribute {
	if j.audit.Privacy == nil || !j.spec.HasSubject {
		return nil
	}
	return append([]detect.Attribute{{}}, detect.Attributes(j.spec)...)
}

// few lists the groups and windows of fewer than min_cell people. Where a person is
// not told apart, the shards that people fill are counted, which are never more.
func (j *Job) few(o *scan.Outcome) ([]audit.FewPeople, error) {
	var out []audit.FewPeople
	for _, a := range j.peopled() {
		c, err := o.Counts(j.fewNeed(a))
		if err != nil {
			return nil, err
		}
		out = append(out, fewIn(a, c, int(j.audit.Privacy.MinCell))...)
	}
	return out, nil
}

// fewIn lists the groups of one table, over all windows and in each.
func fewIn(a detect.Attribute, c *table.Counts, least int) []audit.FewPeople {
	grouping, windows, people := a.Group(c), c.Categories(table.Window), c.Categories(table.Subject)
	if !table.EachSubject(people) { // who fill all shards are at least as many, and most likely many more
		least = min(least, table.Shards)
	}
	window, subject := slices.Index(c.Dims(), table.Window), slices.Index(c.Dims(), table.Subject)
	groups := len(grouping.Names) + 1 // the last is missing
	seen := make([][]bool, groups*(len(windows)+1))
	c.Each(func(codes []int, _ table.Cell) {
		g := grouping.Of(codes)
		if g < 0 {
			g = groups - 1
		}
		at := []int{len(windows)} // everything
		if window >= 0 {
			at = append(at, codes[window])
		}
		for _, w := range at {
			if k := w*groups + g; seen[k] == nil {
				seen[k] = make([]bool, len(people))
			}
			seen[w*groups+g][codes[subject]] = true
		}
	})
	var out []audit.FewPeople
	for k, met := range seen {
		n := 0
		for _, is := range met {
			if is {
				n++
			}
		}
		if n == 0 || n >= least {
			continue
		}
		f := audit.FewPeople{Attribute: a.Name, Window: audit.AllWindows}
		if w := k / groups; w < len(windows) {
			f.Window = windows[w].Name
		}
		if g := k % groups; g < len(grouping.Names) {
			f.Group = &grouping.Names[g]
		}
		out = append(out, f)
	}
	return out
}

// sparse lists the tables with a small cell that measurements are functions of, in the
// order of the result.
func sparse(p *audit.Privacy, ms []audit.Measurement) (out []audit.SparseTable) {
	for i := range ms {
		m := &ms[i]
		if m.LeastCell == 0 || m.LeastCell >= p.MinCell || m.Column == nil {
			continue
		}
		if t := (audit.SparseTable{Detector: m.Detector, Attribute: m.Attribute, Column: *m.Column}); !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}
