package stat

import (
	"encoding/json"
	"math"
	"math/big"
	"testing"
)

// numbersOrOne is a list of numbers or a single one.
type numbersOrOne []number

func (n *numbersOrOne) UnmarshalJSON(b []byte) error {
	if b[0] == '[' {
		return json.Unmarshal(b, (*[]number)(n))
	}
	*n = make(numbersOrOne, 1)
	return json.Unmarshal(b, &(*n)[0])
}

// finite compares distances that may be infinite.
func finite(t *testing.T, name string, got float64, want number) {
	t.Helper()
	if math.IsInf(float64(want), 1) && math.IsInf(got, 1) {
		return
	}
	if math.Abs(got-float64(want)) < 1e-15 { // differences of sums near 1
		return
	}
	near(t, name, got, float64(want), 1e-11)
}

// pNear compares p-values: 1e-10, and 1e-6 below 1e-15.
func pNear(t *testing.T, name string, got, want float64) {
	t.Helper()
	tolerance := 1e-10
	if want < 1e-15 {
		tolerance = 1e-6
	}
	near(t, name, got, want, tolerance)
}

// Near shares, where series take the place of logarithms, against the textbook
// formulas in 200 bits, whose logarithm is an integral of series of its own:
// log x = 2·atanh((x-1)/(x+1)), term by term.
func TestNearSharesAgainstLongArithmetic(t *testing.T) {
	const bits = 200
	long := func(x float64) *big.Float { return new(big.Float).SetPrec(bits).SetFloat64(x) }
	make2 := func() *big.Float { return new(big.Float).SetPrec(bits) }
	log := func(x *big.Float) *big.Float {
		one := long(1)
		z := make2().Quo(make2().Sub(x, one), make2().Add(x, one))
		z2, power, sum := make2().Mul(z, z), make2().Set(z), make2()
		for k := 1; k < 200; k += 2 {
			sum.Add(sum, make2().Quo(power, long(float64(k))))
			power.Mul(power, z2)
		}
		return sum.Mul(sum, long(2))
	}
	for _, c := range [][2][]int64{
		{{500, 500}, {501, 499}}, {{100_000, 300_000, 200_000}, {100_300, 299_600, 200_100}},
		{{90, 110, 100}, {110, 90, 100}}, {{1000, 1000}, {1283, 717}},
	} {
		n, m := long(total(c[0])), long(total(c[1]))
		psi, kl, js, root := make2(), make2(), make2(), make2()
		for i := range c[0] {
			p, q := make2().Quo(long(float64(c[0][i])), n), make2().Quo(long(float64(c[1][i])), m)
			mid := make2().Quo(make2().Add(p, q), long(2))
			ratio := log(make2().Quo(q, p))
			psi.Add(psi, make2().Mul(make2().Sub(q, p), ratio))
			kl.Sub(kl, make2().Mul(p, ratio))
			js.Add(js, make2().Mul(p, log(make2().Quo(p, mid))))
			js.Add(js, make2().Mul(q, log(make2().Quo(q, mid))))
			apart := make2().Sub(make2().Sqrt(q), make2().Sqrt(p))
			root.Add(root, make2().Mul(apart, apart))
		}
		got, err := Compare(c[0], c[1], 1e-4)
		if err != nil {
			t.Fatal(err)
		}
		for name, x := range map[string][2]float64{
			"psi": {got.PSI, in64(psi)}, "kl": {got.KL, in64(kl)}, "js": {got.JensenShannon, in64(js) / (2 * math.Ln2)}, "hellinger": {got.Hellinger, math.Sqrt(in64(root) / 2)},
		} {
			// The shares themselves are rounded, by 1e-16 each.
			largest := got.LInfinity
			if math.Abs(x[0]-x[1]) > 4e-16*largest+4e-15*math.Abs(x[1]) {
				t.Errorf("%v: %s is %v, want %v", c, name, x[0], x[1])
			}
		}
	}
}

func in64(x *big.Float) float64 { y, _ := x.Float64(); return y }
