package explain

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/stat"
)

// A ranking is what one explanation gives each feature.
type ranking struct {
	features []string
	values   []float64
	se       []float64 // 0 where there is none
}

// order lists the features by the size of their values, names on ties.
func (r ranking) order() []string {
	at := indices(len(r.features))
	slices.SortFunc(at, func(a, b int) int {
		return cmp.Or(cmp.Compare(math.Abs(r.values[b]), math.Abs(r.values[a])), cmp.Compare(r.features[a], r.features[b]))
	})
	out := make([]string, len(at))
	for i, k := range at {
		out[i] = r.features[k]
	}
	return out
}

// persistence is how much a reader goes on to the next rank: the first ten
// ranks have 86 in 100 of the weight (Webber and others, section 4.3).
const persistence = .9

// An agreement is how far two rankings are one.
type agreement struct {
	jaccard float64 // of the sets of the first features: shared ones among all of them
	overlap float64 // rank-biased
	kendall float64 // tau-b of the sizes of the values of shared features
}

func agree(a, b ranking, top int) agreement {
	first, second := a.order(), b.order()
	return agreement{
		jaccard: jaccard(first[:min(top, len(first))], second[:min(top, len(second))]),
		overlap: rankBiasedOverlap(first, second),
		kendall: kendall(shared(a, b)),
	}
}

func jaccard(a, b []string) float64 {
	both := 0
	for _, x := range a {
		if slices.Contains(b, x) {
			both++
		}
	}
	if len(a)+len(b) == 0 {
		return math.NaN()
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

// rankBiasedOverlap goes down two lists, and extrapolates from where the
// shorter ends (Webber, Moffat and Zobel, ACM TOIS 28 (2010) 20, equation 30):
//
//	X_k/k · p^k + (1-p)/p · Σ X_d/d · p^d
func rankBiasedOverlap(a, b []string) float64 {
	depth := min(len(a), len(b))
	if depth == 0 {
		return math.NaN()
	}
	sum, weight, share := 0.0, 1.0, 0.0
	in := map[string]int{}
	both := 0
	for d := range depth {
		for _, x := range []string{a[d], b[d]} {
			if in[x]++; in[x] == 2 {
				both++
			}
		}
		weight *= persistence
		share = float64(both) / float64(d+1)
		sum += float64(share * weight)
	}
	return float64(share*weight) + float64((1-persistence)/persistence*sum)
}

// shared are the sizes of the values of features that both have.
func shared(a, b ranking) (x, y []float64) {
	for i, f := range a.features {
		if k := slices.Index(b.features, f); k >= 0 {
			x, y = append(x, math.Abs(a.values[i])), append(y, math.Abs(b.values[k]))
		}
	}
	return x, y
}

// kendall is tau-b (Kendall, Biometrika 33 (1945) 239-251): ties count in
// neither list.
func kendall(x, y []float64) float64 {
	var concordant, inX, inY float64
	for i := range x {
		for j := range i {
			dx, dy := cmp.Compare(x[i], x[j]), cmp.Compare(y[i], y[j])
			concordant += float64(dx * dy)
			inX += float64(dx * dx)
			inY += float64(dy * dy)
		}
	}
	if inX == 0 || inY == 0 {
		return math.NaN()
	}
	return concordant / math.Sqrt(inX*inY)
}

// agreementDraws is how often two rankings are drawn around the same values.
const agreementDraws = 999

// byChance draws what the two rankings would agree if nothing but the sampling
// of rows made them differ: both around the mean of their values, with their
// own errors.
func byChance(random *rand.Rand, a, b ranking, top int) []agreement {
	var x, y ranking
	for i, f := range a.features {
		if k := slices.Index(b.features, f); k >= 0 {
			x.features, x.values, x.se = append(x.features, f), append(x.values, (a.values[i]+b.values[k])/2), append(x.se, a.se[i])
			y.se = append(y.se, b.se[k])
		}
	}
	middle := x.values
	y.features = x.features
	x.values, y.values = make([]float64, len(middle)), make([]float64, len(middle))
	out := make([]agreement, agreementDraws)
	for d := range out {
		for i, m := range middle {
			x.values[i] = m + float64(x.se[i]*normal(random))
			y.values[i] = m + float64(y.se[i]*normal(random))
		}
		out[d] = agree(x, y, top)
	}
	return out
}

// normal draws a standard normal number, the same on every processor.
func normal(random *rand.Rand) float64 {
	return stat.NormalUpper((float64(random.Uint64()>>11) + .5) / (1 << 53))
}
