package scan

import (
	"strings"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// marginal keeps, where every row is about one attribute, those of a table that are
// about its attributes: elsewhere they have no group, and are not missing one.
func (o *Outcome) marginal(c *table.Counts, err error) (*table.Counts, error) {
	if err != nil || !o.plan.req.Audit.Columns.Marginals || c.Over() {
		return c, err
	}
	for _, d := range c.Dims() {
		if isGroup(d) && err == nil {
			c, err = c.Only(d, known)
		}
	}
	return c, err
}

// marginalValues is marginal of a table of numbers.
func (o *Outcome) marginalValues(v *table.Values, err error) (*table.Values, error) {
	if err != nil || !o.plan.req.Audit.Columns.Marginals {
		return v, err
	}
	for _, d := range v.Dims() {
		if isGroup(d) && err == nil {
			v, err = v.Only(d, known)
		}
	}
	return v, err
}

func known(c table.Category) bool { return !c.Missing }

func isGroup(d table.Dim) bool { return strings.HasPrefix(string(d), string(table.Group(""))) }
