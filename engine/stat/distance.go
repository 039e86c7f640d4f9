package stat

import "math"

// Distances says how far two tables of counts over the same categories or bins
// lie apart: reference shares p, current shares q. Logarithms are natural but
// for Jensen-Shannon. An infinite distance is +Inf.
type Distances struct {
	// PSI is the population stability index Σ(q-p)·log(q/p), with shares of 0
	// set to the fill and nothing renormalized; a category empty on both sides
	// adds nothing. Without a fill an empty category makes it infinite.
	PSI float64
	// KL is the Kullback-Leibler divergence Σp·log(p/q) of the current table
	// from the reference: infinite where a category of the reference is gone.
	KL float64
	// JensenShannon is the divergence in bits, 0 to 1: the mean of the
	// divergences of p and of q from their average (Lin 1991, IEEE Transactions
	// on Information Theory 37, 145-151). The distance is its square root.
	JensenShannon float64
	// ChiSquare is Pearson's statistic of the two-row contingency table, without
	// continuity correction; categories empty on both sides do not count in DF.
	ChiSquare float64
	DF        int
	// TotalVariation is Σ|p-q|/2, the share of rows that would have to change.
	TotalVariation float64
	// Hellinger is √(Σ(√p-√q)²/2), 0 to 1.
	Hellinger float64
	// LInfinity is the largest change of a share, max|p-q|.
	LInfinity float64
}

// Compare computes the distances of the current counts from the reference.
func Compare(ref, cur []int64, fill float64) (Distances, error) {
	n, m := total(ref), total(cur)
	if n == 0 || m == 0 {
		return Distances{}, ErrNoRows
	}
	var psi, kl, js, chi, tv, root sum
	out := Distances{DF: -1}
	cur = cur[:len(ref)]
	for i, a := range ref {
		b := cur[i]
		if a|b == 0 {
			continue
		}
		p, q := float64(a)/n, float64(b)/m
		d, both := q-p, p+q
		out.DF++
		out.LInfinity = max(out.LInfinity, math.Abs(d))
		tv.add(math.Abs(d))
		chi.add(float64(d*d) / float64(a+b))
		z := d / both
		z2 := float64(z * z)
		square := float64(d * z)                 // (q-p)²/(q+p)
		root.add(square / (1 + math.Sqrt(1-z2))) // (√q-√p)²
		// The terms of KL are p·log(p/q) + (q-p), which are not negative; the
		// q-p add up to 0.
		switch {
		case a == 0:
			psi.add(stability(fill, q))
			kl.add(q)
			js.add(float64(q * math.Ln2))
		case b == 0:
			psi.add(stability(p, fill))
			kl.add(math.Inf(1))
			js.add(float64(p * math.Ln2))
		case z2 > nearShares:
			log := math.Log(q / p)
			psi.add(float64(d * log))
			kl.add(d - float64(p*log))
			js.add(float64(p*math.Log(2*p/both)) + float64(q*math.Log(2*q/both)))
		default:
			odd, even := logSeries(z2)
			psi.add(float64(2 * square * (1 + float64(z2*odd))))
			kl.add(float64(square * (1 - float64((1-z)*float64(z*odd)))))
			js.add(float64(square / 2 * even))
		}
	}
	out.PSI, out.KL = positive(psi), positive(kl)
	out.JensenShannon = clamp(js.value()/(2*math.Ln2), 0, 1)
	out.ChiSquare = float64(float64(n*m) * chi.value())
	out.TotalVariation = min(1, tv.value()/2)
	out.Hellinger = min(1, math.Sqrt(root.value()/2))
	return out, nil
}

// nearShares is the square of z = (q-p)/(q+p) up to which series take the place
// of logarithms: in tables of many rows drawn from one, nearly always. They take
// a fraction of the time, and nothing cancels.
const nearShares = 1.0 / 64

// logSeries is (atanh(z)/z - 1)/z², of which log(q/p) is 2·atanh(z), and
// ((1+z)·log(1+z) + (1-z)·log(1-z))/z², which is how far p and q are from their
// mean, to half a unit in the last place of what they are added to.
func logSeries(z2 float64) (odd, even float64) {
	odd = float64(z2*(1.0/17)) + 1.0/15
	odd = float64(z2*odd) + 1.0/13
	odd = float64(z2*odd) + 1.0/11
	odd = float64(z2*odd) + 1.0/9
	odd = float64(z2*odd) + 1.0/7
	odd = float64(z2*odd) + 1.0/5
	odd = float64(z2*odd) + 1.0/3
	even = float64(z2*(1.0/153)) + 1.0/120
	even = float64(z2*even) + 1.0/91
	even = float64(z2*even) + 1.0/66
	even = float64(z2*even) + 1.0/45
	even = float64(z2*even) + 1.0/28
	even = float64(z2*even) + 1.0/15
	even = float64(z2*even) + 1.0/6
	even = float64(z2*even) + 1
	return odd, even
}

// stability is one term of the population stability index.
func stability(p, q float64) float64 {
	if p == 0 || q == 0 {
		return math.Inf(1)
	}
	return float64((q - p) * math.Log(q/p))
}

// positive is a sum that rounding may have left below 0; compensation of an
// infinite sum is not a number.
func positive(s sum) float64 {
	if math.IsInf(s.total, 1) {
		return s.total
	}
	return max(0, s.value())
}

func total(counts []int64) float64 {
	var n int64
	for _, c := range counts {
		n += c
	}
	return float64(n)
}

// Test is the chi-square test of the contingency table.
func (d Distances) Test() Test {
	return Test{d.ChiSquare, ChiSquareSF(d.ChiSquare, d.DF), MethodChiSquare}
}
