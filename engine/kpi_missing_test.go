package engine_test

import (
	"strings"
	"testing"
)

// Six rows of revenue and cost: 2 for 1 and 4 for 1 have both, the others a cost of 0
// or none, or no revenue. By hand: of the rows with a quotient one of two is above 3,
// with a mean of 3; the sums of the rows with both are 2+4+6 = 12 and 1+1+0 = 2, and a
// count counts all six.
func TestMissingAndZeroOfKPIs(t *testing.T) {
	rows := "at,sex,yes,revenue,cost\n" + strings.Join([]string{
		"2024-01-05,m,1,2,1", "2024-01-05,f,1,4,1", "2024-01-05,m,1,6,0", "2024-01-05,f,1,8,", "2024-01-05,f,1,10,", "2024-01-05,m,1,,1",
	}, "\n") + "\n"
	r := mustLog(t, rows, `  define:
    - {name: above, kind: rate, numerator: revenue / cost > 3.0}
    - {name: quotient, kind: mean, numerator: revenue / cost}
    - {name: roas, kind: ratio, numerator: sum(revenue), denominator: sum(cost)}
    - {name: each, kind: ratio, numerator: sum(revenue), denominator: count(true)}
`)
	for _, c := range []struct {
		name       string
		value      float64
		n, unknown int64
	}{{"above", 0.5, 2, 4}, {"quotient", 3, 2, 4}, {"roas", 6, 3, 3}, {"each", 5, 6, 1}} {
		p := pointOf(t, r, c.name, "", "", "all")
		if p.Value == nil || *p.Value != c.value || p.N != c.n || p.Unknown != c.unknown {
			t.Errorf("%s: %v of %d rows, %d unknown; want %v of %d, %d", c.name, value(p), p.N, p.Unknown, c.value, c.n, c.unknown)
		}
	}
}
