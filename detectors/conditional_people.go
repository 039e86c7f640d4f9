package detectors

import "github.com/plumbline-audit/plumbline/engine/stat"

// crowd is what all groups together say about how much the rows of one person are
// alike, over all strata: the test of the pooled gap goes by it (stat.CrowdOf). nil
// where rows are independent. The tests within strata need none: their jackknife holds
// its error by itself (TestAlarmsByPerson).
func (l layers) crowd() *stat.Crowd {
	if l.sharded == 0 {
		return nil
	}
	var table []stat.People
	for _, cells := range l.cells[:len(l.cells)-1] {
		var all proportion
		for _, p := range cells {
			all = all.plus(p)
		}
		if all.n > 0 {
			table = append(table, all.people(l.sharded))
		}
	}
	c := stat.CrowdOf(table)
	return &c
}

// testPooled is the test that two groups are alike, by person where the audit has a
// subject.
func (c *conditional) testPooled(a, b proportion) (method string, p *float64) {
	n := clusters(a, b)
	if n == 0 || c.crowd == nil {
		return c.in.test(a, b)
	}
	t, err := c.crowd.ScoreTest(a.people(n), b.people(n), stat.TwoSided)
	if err != nil {
		return "", nil
	}
	return t.Method, &t.P
}
