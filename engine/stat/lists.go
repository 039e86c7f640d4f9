package stat

import "slices"

// Listed is one list: the group of every item that was shown, in the order of
// their places, and how many items of each group were offered. Groups are numbered
// from 0. What was offered is the target: a group that is offered twice as often
// should be shown twice as often.
type Listed struct {
	Shown   []int32
	Places  []int64 // beside Shown: rising, from 1
	Offered []int64 // by group
	Logs    *Logs   // nil for none that are remembered
}

// Logs remembers the logarithms of small whole numbers. It is not safe for concurrent
// use.
type Logs struct{ known []float64 }

// of is the natural logarithm of n.
func (l *Logs) of(n int64) float64 {
	const most = 1 << 10
	if l == nil || n < 0 || n >= most {
		return portableLog(float64(n))
	}
	for len(l.known) < most {
		l.known = append(l.known, portableLog(float64(len(l.known))))
	}
	return l.known[n]
}

// discount is 1/log2(i+1).
func (l *Logs) discount(i int64) float64 { return l.of(2) / l.of(i+1) }

// times is n ln n.
func (l *Logs) times(n int64) float64 {
	if n < 2 {
		return 0
	}
	return float64(n) * l.of(n)
}

func (l Listed) offered() (all int64) {
	for _, n := range l.Offered {
		all += n
	}
	return all
}

// NDKL is the normalized discounted cumulative Kullback-Leibler divergence of the
// prefixes of a list from the shares that were offered (Geyik, Ambler and
// Kenthapadi 2019): Σ KL(D_i‖t)/log2(i+1) / Σ 1/log2(i+1), natural logarithms. Of the
// counts c of prefix i, KL is Σ c ln c/i - Σ ln t of its items/i - ln i.
func (l Listed) NDKL() float64 {
	ln := make([]float64, len(l.Offered))
	all := l.Logs.of(l.offered())
	for g, n := range l.Offered {
		if n > 0 {
			ln[g] = l.Logs.of(n) - all
		}
	}
	counts := make([]int64, len(l.Offered))
	entropy, target := 0.0, 0.0
	var sum, z float64
	for i, g := range l.Shown {
		counts[g]++
		entropy += l.Logs.times(counts[g]) - l.Logs.times(counts[g]-1)
		target += ln[g]
		n := int64(i + 1)
		w := l.Logs.discount(n)
		sum += float64(w * max(0, (entropy-target)/float64(n)-l.Logs.of(n)))
		z += w
	}
	return sum / z
}

// Infeasible is in how many prefixes some group has fewer items than its share of
// the offers asks for, rounded down, and how often one has, over prefixes and
// groups (Geyik et al. 2019: InfeasibleIndex, InfeasibleCount).
func (l Listed) Infeasible() (index, count int) {
	all, counts := l.offered(), make([]int64, len(l.Offered))
	for i, g := range l.Shown {
		counts[g]++
		before := count
		for h, n := range l.Offered {
			if counts[h] < n*int64(i+1)/all {
				count++
			}
		}
		if count > before {
			index++
		}
	}
	return index, count
}

// AWRF is attention-weighted rank fairness (TREC 2022 Fair Ranking, wptrec): 1 less
// the Jensen-Shannon divergence, in natural logarithms, of the groups' shares of
// attention in the list from their shares of the offers. Place j gets
// 1/log2(max(j, 2)); places behind last get nothing, unless last is 0.
func (l Listed) AWRF(last int) float64 {
	share, all := make([]float64, len(l.Offered)), 0.0
	for i, g := range l.Shown {
		if last > 0 && l.Places[i] > int64(last) {
			break
		}
		w := 1.0
		if j := l.Places[i]; j > 2 {
			w = l.Logs.of(2) / l.Logs.of(j)
		}
		share[g] += w
		all += w
	}
	offered, jsd := float64(l.offered()), 0.0
	for g, n := range l.Offered {
		p, t := share[g]/all, float64(n)/offered
		m := (p + t) / 2
		for _, x := range [...]float64{p, t} {
			if x > 0 {
				jsd += float64(x*portableLog(x/m)) / 2
			}
		}
	}
	return min(1, 1-jsd)
}

// MaxChance is the length of the longest pool of which ListChance knows what
// chance makes of it.
const MaxChance = 1 << 10

// ListChance says what numbers of lists are on average over all orders of what was
// offered, each as likely. It remembers parts of them: not safe for concurrent use.
type ListChance struct {
	known map[[3]int64]float64
	logs  Logs
}

// NDKL is the mean of Listed.NDKL over all orders; ok is false for pools of more
// than MaxChance. A prefix of i items has x of a group by the hypergeometric
// distribution, and its divergence is a sum over groups, so that the mean is exact.
func (c *ListChance) NDKL(offered []int64, shown int) (mean float64, ok bool) {
	counts := slices.Sorted(slices.Values(offered)) // so that the sum does not depend on their order
	l := Listed{Offered: counts}
	all := l.offered()
	if all > MaxChance || shown < 1 {
		return 0, false
	}
	var sum, own, z float64
	for _, n := range counts {
		if n > 0 {
			sum += c.group(all, n, int64(shown))
			own += c.logs.times(n)
		}
	}
	for i := range shown {
		z += c.logs.discount(int64(i + 1))
	}
	return max(0, sum/z-(own/float64(all)-c.logs.of(all))), true
}

// group is a group's part: the discounted sum over prefixes of the mean of
// (x/i) ln(x/i), where n of all items are of the group.
func (c *ListChance) group(all, n, shown int64) float64 {
	key := [3]int64{all, n, shown}
	if v, ok := c.known[key]; ok {
		return v
	}
	const most = 1 << 16
	if c.known == nil || len(c.known) >= most {
		c.known = map[[3]int64]float64{}
	}
	share, sum := float64(n)/float64(all), 0.0
	p := make([]float64, n+1) // of x items of the group among the first i
	p[0] = 1
	for i := int64(1); i <= shown; i++ {
		left, mean := float64(all-i+1), 0.0
		for x := min(i, n); x >= 0; x-- {
			v := float64(p[x] * max(0, float64(all-n-(i-1-x))) / left)
			if x == i {
				v = 0
			}
			if x > 0 {
				v += float64(p[x-1] * float64(n-x+1) / left)
			}
			p[x] = v
			mean += float64(v * c.logs.times(x))
		}
		sum += float64(c.logs.discount(i) * (mean/float64(i) - float64(share*c.logs.of(i))))
	}
	c.known[key] = sum
	return sum
}
