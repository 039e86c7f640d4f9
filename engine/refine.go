package engine

import (
	"context"
	"errors"
	"maps"

	"github.com/plumbline-audit/plumbline/engine/scan"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// refine reads the log again for parts of tables that detectors need closely, as
// long as one asks. A bucket has 2^43 floats, and every reading looks 2^9 times as
// closely or tells the floats apart, so that there are five readings at most.
func (j *Job) refine(ctx context.Context, first *scan.Outcome) (closer []*scan.Outcome, err error) {
	asked := map[string]bool{}
	for !j.log.source.Once() {
		needs := j.asksCloser(first, closer, asked)
		if len(needs) == 0 {
			break
		}
		plan, err := j.plan.Again(needs, first)
		if err != nil {
			return nil, err
		}
		o, err := plan.Run(ctx)
		if err != nil {
			return nil, err
		}
		if a, b := &o.Accounts, &first.Accounts; a.Read != b.Read || a.Audited != b.Audited || a.Copies != b.Copies || !maps.Equal(a.Excluded, b.Excluded) {
			return nil, errors.New("the log changed while it was read: it had to be read twice, for an exact median, and was not the same; audit a copy that nobody writes to")
		}
		closer = append(closer, o)
	}
	return closer, nil
}

// asksCloser are the needs that detectors have now and that were not asked before.
func (j *Job) asksCloser(first *scan.Outcome, closer []*scan.Outcome, asked map[string]bool) []table.Need {
	var out []table.Need
	for _, d := range j.enabled {
		if d.plan.Refine == nil {
			continue
		}
		for _, n := range d.plan.Refine(&tables{outcome: first, closer: closer, workers: j.options.Workers, faults: &lacks{}}) {
			if !asked[n.Key()] {
				asked[n.Key()] = true
				out = append(out, n)
			}
		}
	}
	return out
}
