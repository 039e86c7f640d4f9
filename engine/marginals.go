package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/scan"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// aboutNeed counts the rows by which attributes they are about.
func (j *Job) aboutNeed() table.Need {
	var n table.Need
	for _, g := range j.spec.Groups {
		n.Dims = append(n.Dims, table.Missing("group:"+g.Name))
	}
	return n
}

// marginals makes sure that every row is about one attribute, where the audit says
// so, and tells what that means.
func (j *Job) marginals(o *scan.Outcome) ([]string, error) {
	if !j.audit.Columns.Marginals {
		return nil, nil
	}
	c, err := o.Counts(j.aboutNeed())
	if err != nil {
		return nil, err
	}
	var several, none int64
	c.Each(func(codes []int, cell table.Cell) {
		about := 0
		for i, d := range c.Dims() {
			if c.Categories(d)[codes[i]].Name != table.IsMissing {
				about++
			}
		}
		switch {
		case about > 1:
			several += cell.Rows
		case about == 0:
			none += cell.Rows
		}
	})
	var names []string
	for _, g := range j.spec.Groups {
		names = append(names, g.Name)
	}
	all := strings.Join(names, ", ")
	if several > 0 {
		return nil, fmt.Errorf("%s rows are about several of %s, and columns.marginals says that each is about one; remove marginals: the log has intersections, or name the values that stand for all under missing",
			thousands(several), all)
	}
	notes := []string{fmt.Sprintf("Intersections of %s are not available: every row is about one of them (columns.marginals), and a product of marginals would be a guess. "+
		"Rows audited add up those about each, so that the same people are among them several times.", all)}
	if none > 0 {
		notes = append(notes, fmt.Sprintf("%s rows are about none of %s, and are in no group.", thousands(none), all))
	}
	return notes, nil
}

// forgetMissing takes group columns from those in which values may be missing, where
// every row is about one of them.
func (j *Job) forgetMissing() {
	if j.audit.Columns.Marginals {
		j.spec.Roles = slices.DeleteFunc(j.spec.Roles, func(r audit.RoleColumn) bool { return strings.HasPrefix(r.Role, "group:") })
	}
}

// noIntersections refuses what only intersections could answer.
func (j *Job) noIntersections() error {
	if !j.audit.Columns.Marginals || len(j.audit.Intersections.Population) == 0 {
		return nil
	}
	return config.Errors{j.audit.Mistake("intersections.population", "intersections are not available where every row is about one attribute (columns.marginals)", "")}
}
