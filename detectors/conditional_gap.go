package detectors

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/stat"
)

// methodStandardized is the interval of a directly standardized difference:
// estimate ± z·√Σ w²(p₁q₁/n + p₂q₂/m).
const methodStandardized = "wald-standardized"

func ratio(k, n int64) float64 { return float64(k) / float64(n) }

// parts is Kitagawa's decomposition of the pooled gap (1955, Journal of the
// American Statistical Association 50, 1168-1194): with the groups' shares w of
// strata and rates p, Σ (w₁+w₂)/2·(p₁-p₂) from rates and Σ (w₁-w₂)·(p₁+p₂)/2
// from composition. They add up to the difference of the pooled rates.
func parts(s stat.Strata) (rates, composition float64) {
	var n, m int64
	for _, t := range s {
		n, m = n+t.N1, m+t.N2
	}
	for _, t := range s {
		w1, w2, p1, p2 := ratio(t.N1, n), ratio(t.N2, m), ratio(t.K1, t.N1), ratio(t.K2, t.N2)
		rates += float64((w1 + w2) / 2 * (p1 - p2))
		composition += float64((w1 - w2) * ((p1 + p2) / 2))
	}
	return rates, composition
}

// onStandard are the rates of both groups spread over strata as the standard
// population is, and the variance of their difference, over strata of both.
func onStandard(s stat.Strata, standard []float64) (a, b, variance float64) {
	total := 0.0
	for i, t := range s {
		if t.N1 > 0 && t.N2 > 0 {
			total += standard[i]
		}
	}
	for i, t := range s {
		if t.N1 == 0 || t.N2 == 0 {
			continue
		}
		w, p1, p2 := standard[i]/total, ratio(t.K1, t.N1), ratio(t.K2, t.N2)
		a += float64(w * p1)
		b += float64(w * p2)
		variance += float64(w * w * (p1*(1-p1)/float64(t.N1) + p2*(1-p2)/float64(t.N2)))
	}
	return a, b, variance
}

// disparity is the conditional demographic disparity of Wachter, Mittelstadt and
// Russell (2020) as Clarify computes it: the share of the group among
// unfavorable minus that among favorable decisions, averaged over strata by
// their rows. A share of nobody is 0.
func disparity(s stat.Strata) (float64, error) {
	share := func(a, b int64) float64 {
		if a+b == 0 {
			return 0
		}
		return ratio(a, a+b)
	}
	var sum float64
	var rows int64
	for _, t := range s {
		n := t.N1 + t.N2
		rows += n
		sum += float64(float64(n) * (share(t.N1-t.K1, t.N2-t.K2) - share(t.K1, t.K2)))
	}
	if rows == 0 {
		return 0, stat.ErrNoRows
	}
	return sum / float64(rows), nil
}

// jackknifed is an estimate with its delete-a-group jackknife variance over
// shards of people: v = (G-1)/G · Σ (θ₍₋g₎ - θ)² (Kott 2001). Shards without rows
// shift nothing.
func jackknifed(m matched, estimate func(stat.Strata) (float64, error)) (stat.Clustered, error) {
	all, err := estimate(m.counts(-1))
	if err != nil {
		return stat.Clustered{}, err
	}
	used, squares := 0, 0.0
	for g := range m.shards() {
		if !m.occupied(g) {
			continue
		}
		used++
		x, err := estimate(m.counts(g))
		if err != nil {
			return stat.Clustered{}, err
		}
		squares += float64((x - all) * (x - all))
	}
	if used < 2 {
		return stat.Clustered{}, stat.ErrFewShards
	}
	g := float64(used)
	return stat.Clustered{Estimate: all, Variance: (g - 1) / g * squares, Shards: used, DF: g - 1}, nil
}

func (m matched) occupied(shard int) bool {
	for s := range m.strata {
		for _, p := range []proportion{m.a[s], m.b[s]} {
			if shard < len(p.shards) && p.shards[shard].N > 0 {
				return true
			}
		}
	}
	return false
}

// around is the interval of Student's t around a clustered estimate.
func around(c stat.Clustered, alpha float64) (stat.Interval, error) {
	if !(c.Variance > 0) {
		return stat.Interval{}, stat.ErrNoVariation
	}
	half := float64(stat.StudentUpper(alpha/2, c.DF) * math.Sqrt(c.Variance))
	return stat.Interval{Low: c.Estimate - half, High: c.Estimate + half, Method: stat.MethodClusteredT}, nil
}
