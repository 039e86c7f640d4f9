package stat

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// Reference values: mpmath 1.4.1 with 40 digits.
func TestDistributions(t *testing.T) {
	near(t, "sf(37)", NormalSF(37), 5.7255712225245768e-300, 1e-12)
	near(t, "sf(1.5)", NormalSF(1.5), 0.066807201268858066, 1e-14)
	for q, z := range map[float64]float64{
		0.025: 1.9599639845400542, 0.005: 2.5758293035489008, 0.25: 0.67448975019608174,
		0.975: -1.9599639845400542, 1e-20: 9.2623400897984076, 1e-300: 37.047096299361199,
	} {
		near(t, fmt.Sprintf("z(%v)", q), NormalUpper(q), z, 1e-14)
	}
	near(t, "chi2 5 df", ChiSquareSF(539.5577272334275, 5), 2.3004688543544623e-114, 1e-12)
	near(t, "chi2 3 df", ChiSquareSF(2.631925253, 3), 0.45192010692367686, 1e-12)
	near(t, "chi2 20 df", ChiSquareSF(1300, 20), 2.9586240562147432e-263, 1e-12)
	near(t, "chi2 1 df", ChiSquareSF(3.841458820694124, 1), 0.05, 1e-12)
	near(t, "chi2 2 df", ChiSquareSF(1400, 2), math.Exp(-700), 1e-12)
	for _, c := range []struct{ t, df, sf float64 }{
		{2, 1, 0.14758361765043327}, {1.5, 7, 0.088649243494985017},
		{12, 63, 3.1739837718395363e-18}, {300, 3, 4.0837543929893382e-8},
	} {
		near(t, fmt.Sprint("t sf ", c), StudentSF(c.t, c.df), c.sf, 1e-12)
		near(t, fmt.Sprint("t cdf ", c), StudentSF(-c.t, c.df), 1-c.sf, 1e-12)
	}
	for _, c := range []struct{ q, df, t float64 }{
		{0.025, 1, 12.706204736174705}, {0.025, 19, 2.0930240544083098}, {0.025, 63, 1.9983405425207416},
		{0.0005, 5, 6.8688266258811102}, {0.025, 2.5, 3.5746548420036832},
	} {
		near(t, fmt.Sprint("t ", c), StudentUpper(c.q, c.df), c.t, 1e-12)
	}
}

func TestStudentInverse(t *testing.T) {
	for _, df := range []float64{0.7, 1, 2, 5, 63, 1e4, 1e8} {
		for _, q := range []float64{0.4999, 0.3, 0.025, 1e-4, 1e-12, 1e-100} {
			near(t, fmt.Sprintf("sf of t(%v, %v)", q, df), StudentSF(StudentUpper(q, df), df), q, 1e-9)
		}
	}
}

// P(X > k) + P(X = k)/2 in rational arithmetic.
func exactMid(k, n int64, num, den int64) float64 {
	p, q := big.NewInt(num), big.NewInt(den-num)
	sum := new(big.Int)
	for x := k; x <= n; x++ {
		w := new(big.Int).Binomial(n, x)
		w.Mul(w, new(big.Int).Exp(p, big.NewInt(x), nil))
		w.Mul(w, new(big.Int).Exp(q, big.NewInt(n-x), nil))
		if x > k {
			w.Lsh(w, 1)
		}
		sum.Add(sum, w)
	}
	all := new(big.Int).Exp(big.NewInt(den), big.NewInt(n), nil)
	f, _ := new(big.Rat).SetFrac(sum, all.Lsh(all, 1)).Float64()
	return f
}

func TestBinomialMidPExactly(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.Int64Range(1, 200).Draw(r, "n")
		k := rapid.Int64Range(0, n).Draw(r, "k")
		num := rapid.Int64Range(0, 1000).Draw(r, "thousandths")
		limit, err := ParseDecimal(fmt.Sprintf("%d.%03d", num/1000, num%1000))
		if err != nil {
			t.Fatal(err)
		}
		above, _ := BinomialMidP(k, n, limit, Greater)
		below, _ := BinomialMidP(k, n, limit, Less)
		near(t, fmt.Sprintf("%d/%d above %v", k, n, limit), above.P, exactMid(k, n, num, 1000), 1e-11)
		near(t, fmt.Sprintf("%d/%d below %v", k, n, limit), below.P, exactMid(n-k, n, 1000-num, 1000), 1e-11)
		if math.Abs(above.P+below.P-1) > 1e-12 {
			t.Fatalf("%v + %v is not 1", above.P, below.P)
		}
	})
}

// mpmath 1.4.1, 40 digits.
func TestBinomialMidPLarge(t *testing.T) {
	for _, c := range []struct {
		k, n  int64
		limit string
		want  float64
	}{
		{30, 100, "0.2", 0.0086541571010173066}, {300, 1000, "0.1", 4.2917994158246755e-69},
		{100050000, 1e9, "0.1", 6.8179744201896962e-8}, {12, 1e9, "0.000000001", 4.4760423282736325e-10},
		{999, 1000, "0.5", 4.6756507287011266e-299}, {3, 3, "0.8", 0.256}, {5289, 45211, "0.113", 0.0038543400239236069},
	} {
		limit, err := ParseDecimal(c.limit)
		if err != nil {
			t.Fatal(err)
		}
		got, err := BinomialMidP(c.k, c.n, limit, Greater)
		if err != nil || got.Method != MethodBinomialMidP {
			t.Fatal(got, err)
		}
		near(t, fmt.Sprint(c), got.P, c.want, 1e-10)
	}
}

// Just above the edge of the rule the normal and the exact tail agree to three
// digits.
func TestBinomialSwitchAgrees(t *testing.T) {
	for _, text := range []string{"0.001", "0.1", "0.5", "0.93"} {
		limit, _ := ParseDecimal(text)
		p, q := limit.Float64(), limit.oneMinus()
		for _, z := range []float64{0, 0.5, 1, 1.7, 2.3, 3} {
			n := math.Ceil(1.05 * asymptoticCount * max(1, math.Pow(z, 6)) / p / q)
			k := math.Round(n*p + z*math.Sqrt(n*p*q))
			got, err := BinomialMidPEffective(k, n, limit, Greater)
			if err != nil || got.Method != MethodBinomialZ {
				t.Fatalf("%v at z = %v: %v %v", text, z, got, err)
			}
			near(t, fmt.Sprintf("limit %v z %v", text, z), got.P, binomialMid(k, n-k, p, q), 5e-4)
		}
	}
}
