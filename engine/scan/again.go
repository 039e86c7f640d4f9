package scan

import (
	"fmt"
	"slices"
	"time"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// Again plans to read the log once more, for parts of tables that the first
// reading, whose outcome is given, found in buckets.
func (p *Plan) Again(needs []table.Need, first *Outcome) (*Plan, error) {
	return p.again(p.req, needs, first)
}

// ToDate plans to read, besides the period that was asked for, all of the log before
// it, for other tables. The outcome of the first reading is given.
func (p *Plan) ToDate(needs []table.Need, first *Outcome) (*Plan, error) {
	req := p.req
	req.Period = &Span{End: p.req.Period.End}
	return p.again(req, needs, first)
}

func (p *Plan) again(req Request, needs []table.Need, first *Outcome) (*Plan, error) {
	req.Needs, req.Samples, req.Progress, req.Now = needs, nil, nil, nil
	if first.HasAsOf {
		asOf := time.UnixMicro(first.AsOf)
		req.AsOf = &asOf
	}
	again, err := NewPlan(req)
	if err != nil {
		return nil, err
	}
	// Joined tables hold what the first plan uses.
	for i := range again.columns.joins {
		join, held := &again.columns.joins[i], p.columns.joins[i].take
		for k, column := range join.take {
			if join.from[k] = slices.Index(held, column); join.from[k] < 0 {
				return nil, fmt.Errorf("column %s was not read before", req.Joins[i].Columns[column].Name)
			}
		}
	}
	return again, nil
}
