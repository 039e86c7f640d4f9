package stat

import "slices"

// MethodFriedman names the test of Friedman.
const MethodFriedman = "friedman"

// ErrNoCases is why answers that were given to no case cannot be compared.
const ErrNoCases Reason = "there is no case to which all answers were given"

// RankedCases is what k answers to each of n cases say of their order.
type RankedCases struct {
	Test               // of no order at all, chi-square with DF degrees of freedom
	DF       int       // answers - 1
	W        float64   // Kendall's coefficient of concordance, 0 to 1
	MeanRank []float64 // by answer, 1 is the lowest
	Differ   int64     // cases whose answers are not all alike
}

// Friedman tests that k answers to the same cases are in no order that cases share
// (Friedman 1937, JASA 32, 675-701). With R the sums over cases of the ranks within
// a case, ties at their middle, and t the sizes of ties
// (Hollander and Wolfe 1999, 7.1),
//
//	χ² = (12 Σ R² / (n k (k+1)) - 3 n (k+1)) / (1 - Σ (t³ - t) / (n k (k² - 1)))
//
// and W = χ² / (n (k - 1)) (Kendall and Babington Smith 1939). Every case has as many
// numbers as the first. ErrNoDiscordant when all answers to each case are the same.
func Friedman(cases [][]float64) (RankedCases, error) {
	if len(cases) == 0 || len(cases[0]) < 2 {
		return RankedCases{}, ErrNoCases
	}
	n, k := int64(len(cases)), int64(len(cases[0]))
	doubled, ties, differ := make([]int64, k), int64(0), int64(0) // twice the ranks, which are whole
	for _, x := range cases {
		sorted := slices.Sorted(slices.Values(x))
		for i := range x {
			low, _ := slices.BinarySearch(sorted, x[i])
			high := low
			for high < len(sorted) && sorted[high] == x[i] {
				high++
			}
			doubled[i] += int64(low + high + 1)
			t := int64(high - low) // each of t alike adds t² - 1
			ties += t*t - 1
		}
		if sorted[0] != sorted[k-1] {
			differ++
		}
	}
	out := RankedCases{DF: int(k - 1), Differ: differ}
	squares := int64(0) // of twice the sums, about their mean n (k + 1)
	for _, r := range doubled {
		out.MeanRank = append(out.MeanRank, float64(r)/float64(2*n))
		squares += (r - n*(k+1)) * (r - n*(k+1))
	}
	if differ == 0 {
		return out, ErrNoDiscordant
	}
	// The formula above with numerator and denominator times n k (k² - 1).
	out.Statistic = float64(3*squares) * float64(k-1) / float64(n*k*(k*k-1)-ties)
	out.P, out.Method = ChiSquareSF(out.Statistic, out.DF), MethodFriedman
	out.W = out.Statistic / float64(n*(k-1))
	return out, nil
}
