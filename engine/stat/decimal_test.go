package stat

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func decimal(t testing.TB, text string) Decimal {
	t.Helper()
	d, err := ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestParseDecimal(t *testing.T) {
	for text, want := range map[string]string{
		"0.8": "0.8", "0.80": "0.8", ".8": "0.8", "+1": "1", "-0.05": "-0.05", "0": "0", "-0.0": "0", "1e-3": "0.001",
		"12E2": "1200", "000.1250": "0.125", "5.": "5", "0.000000000000000001": "0.000000000000000001", "100000000000000000e-17": "1",
		"999999999999999999": "999999999999999999", "0e999": "0",
	} {
		if d := decimal(t, text); d.String() != want {
			t.Errorf("%q = %v, want %v", text, d, want)
		}
	}
	for _, text := range []string{"", ".", "-", "0,8", "80%", "1/3", "NaN", "Inf", "0x1", "1e", "1e99", "1e-19", "--1", "-+1", "+-1", "1_0", "1.2.3", " 1", "0.1234567890123456789", "1e1000"} {
		if d, err := ParseDecimal(text); err == nil {
			t.Errorf("%q = %v, want an error", text, d)
		}
	}
	if d := decimal(t, "0.8"); d.Float64() != 0.8 || d.oneMinus() != 0.2 {
		t.Errorf("0.8 = %v, 1 - 0.8 = %v", d.Float64(), d.oneMinus())
	}
}

// In float64 these ratios of exactly 4/5 are 0.7999999999999999.
func TestFourFifthsExactly(t *testing.T) {
	limit := decimal(t, "0.8")
	for _, c := range [][4]int64{{2, 3, 5, 6}, {1, 3, 5, 12}, {2, 3, 10, 12}, {48, 100, 60, 100}} {
		if got, err := CompareRatio(c[0], c[1], c[2], c[3], limit); got != 0 || err != nil {
			t.Errorf("%v against 0.8: %d %v", c, got, err)
		}
		if got, err := CompareRatioInverse(c[2], c[3], c[0], c[1], limit); got != 0 || err != nil {
			t.Errorf("%v inverted against 1/0.8: %d %v", c, got, err)
		}
	}
	if got, _ := CompareRatio(7, 17, 215, 412, limit); got != -1 {
		t.Errorf("7/17 : 215/412 is %d of 0.8", got)
	}
	if got, err := CompareRatio(1, 5, 0, 5, limit); got != 1 || err != nil {
		t.Errorf("1:0 is %d %v", got, err)
	}
	if _, err := CompareRatio(0, 5, 0, 5, limit); !errors.Is(err, ErrUndefined) {
		t.Errorf("0:0 is %v", err)
	}
	if _, err := CompareRate(0, 0, limit); !errors.Is(err, ErrNoRows) {
		t.Errorf("no rows: %v", err)
	}
	if _, err := CompareRatioInverse(1, 2, 1, 2, Decimal{}); !errors.Is(err, ErrLimit) {
		t.Errorf("1/0: %v", err)
	}
}

// All comparisons against big rationals, with counts up to the largest int64
// and near ties.
func TestComparisonsExactly(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		size := rapid.SampledFrom([]int64{10, 1000, 1e9, math.MaxInt64})
		n := rapid.Int64Range(1, size.Draw(r, "size")).Draw(r, "n")
		m := rapid.Int64Range(1, size.Draw(r, "size")).Draw(r, "m")
		a, b := rapid.Int64Range(0, n).Draw(r, "a"), rapid.Int64Range(0, m).Draw(r, "b")
		d := decimal(t, rapid.StringMatching(`-?[0-3]\.[0-9]{1,17}|0\.[0-9]`).Draw(r, "t"))
		limit, _ := new(big.Rat).SetString(d.String())
		p, q := big.NewRat(a, n), big.NewRat(b, m)

		got, err := CompareRate(a, n, d)
		if want := p.Cmp(limit); err != nil || got != want {
			r.Fatalf("rate %d/%d against %v: %d %v, want %d", a, n, d, got, err, want)
		}
		gap := new(big.Rat).Sub(p, q)
		got, err = CompareDifference(a, n, b, m, d)
		if want := gap.Abs(gap).Cmp(limit); err != nil || got != want {
			r.Fatalf("difference %d/%d %d/%d against %v: %d %v, want %d", a, n, b, m, d, got, err, want)
		}
		if b == 0 {
			return
		}
		ratio := new(big.Rat).Quo(p, q)
		got, err = CompareRatio(a, n, b, m, d)
		if want := ratio.Cmp(limit); err != nil || got != want {
			r.Fatalf("ratio %d/%d %d/%d against %v: %d %v, want %d", a, n, b, m, d, got, err, want)
		}
		if d.Sign() > 0 {
			got, err = CompareRatioInverse(a, n, b, m, d)
			if want := ratio.Cmp(new(big.Rat).Inv(limit)); err != nil || got != want {
				r.Fatalf("ratio %d/%d %d/%d against 1/%v: %d %v, want %d", a, n, b, m, d, got, err, want)
			}
		}
	})
}
