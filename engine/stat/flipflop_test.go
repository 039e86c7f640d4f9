package stat

import (
	"errors"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// Worked numbers of reference/regulation.md, O-3 and O-4 (computed there as the
// rounded-up shortfall), and the example of the Uniform Guidelines' question 21.
func TestFlipflopParityPublished(t *testing.T) {
	for _, c := range []struct{ a, n, b, m, want int64 }{
		{555, 1181, 667, 1390, 7},
		{170, 390, 412, 797, 22},
		{95, 226, 215, 412, 15},
		{82, 190, 215, 412, 12},
		{7, 17, 215, 412, 2},
		{1, 10, 3, 20, 1},
		{3, 20, 1, 10, 1}, // whichever way round
		{14, 24, 21, 24, 4},
		{2, 10, 4, 20, 0},
		{0, 1_000_000_000, 1_000_000_000, 1_000_000_000, 500_000_000},
	} {
		if got, err := FlipflopParity(c.a, c.n, c.b, c.m); got != c.want || err != nil {
			t.Errorf("%+v: %d, %v", c, got, err)
		}
	}
	if _, err := FlipflopParity(0, 0, 1, 2); !errors.Is(err, ErrNoRows) {
		t.Error(err)
	}
}

// The definition, tried out.
func TestFlipflopParityIsLeast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, m := rapid.Int64Range(1, 40).Draw(t, "n"), rapid.Int64Range(1, 40).Draw(t, "m")
		a, b := rapid.Int64Range(0, n).Draw(t, "a"), rapid.Int64Range(0, m).Draw(t, "b")
		got, err := FlipflopParity(a, n, b, m)
		if a*m > b*n {
			a, n, b, m = b, m, a, n
		}
		want := int64(0)
		for (a+want)*m < (b-want)*n {
			want++
		}
		if got != want || err != nil || a+got > n || b < got {
			t.Fatalf("%d, want %d, %v", got, want, err)
		}
	})
}

// Equal to trying out every table of the same sizes, for every table up to 12 by
// 12, both sides and one.
func TestFlipflopThresholdIsLeast(t *testing.T) {
	for _, text := range []string{"0.8", "0.9", "0.25", "1", "0.333"} {
		limit, err := ParseDecimal(text)
		if err != nil {
			t.Fatal(err)
		}
		ratio, _ := new(big.Rat).SetString(text)
		num, den := ratio.Num().Int64(), ratio.Denom().Int64()
		for n := int64(1); n <= 12; n++ {
			for m := int64(1); m <= n; m++ {
				everyTable(t, limit, num, den, n, m)
				everyTable(t, limit, num, den, m, n)
			}
		}
	}
}

func everyTable(t *testing.T, limit Decimal, num, den, n, m int64) {
	t.Helper()
	for _, low := range []bool{false, true} { // a second rate of 0 makes no ratio
		inside := make([]bool, (n+1)*(m+1))
		for a := range n + 1 {
			for b := range m + 1 {
				inside[a*(m+1)+b] = a*m*den >= num*b*n && (low || num*a*m <= den*b*n)
			}
		}
		for a := range n + 1 {
			for b := range m + 1 {
				want := int64(-1)
				for x := range n + 1 {
					for y := range m + 1 {
						c := max(x-a, a-x) + max(y-b, b-y)
						if b > 0 && y > 0 && inside[x*(m+1)+y] != inside[a*(m+1)+b] && (want < 0 || c < want) {
							want = c
						}
					}
				}
				got, err := FlipflopThreshold(a, n, b, m, limit, low)
				if err != nil {
					got = -1
				}
				if got != want {
					t.Fatalf("%d/%d against %d/%d, limit %s, low %v: %d (%v), want %d", a, n, b, m, limit, low, got, err, want)
				}
			}
		}
	}
}

func TestFlipflopThresholdLarge(t *testing.T) {
	limit, _ := ParseDecimal("0.8")
	const big = 1_000_000_000
	for _, c := range []struct {
		a, b, want int64
		limit      string
	}{
		{big*4/10 - 1, big / 2, 1, "0.8"}, // one decision below four fifths
		{big * 4 / 10, big / 2, 1, "0.8"}, // exactly four fifths
		{big * 3 / 10, big / 2, 100_000_000, "0.8"},
		{big / 2, big / 2, 100_000_001, "0.8"}, // strictly beyond
	} {
		got, err := FlipflopThreshold(c.a, big, c.b, big, limit, false)
		if got != c.want || err != nil {
			t.Errorf("%+v: %d %v", c, got, err)
		}
	}
	for _, text := range []string{"0", "-0.5", "1.1"} {
		bad, _ := ParseDecimal(text)
		if _, err := FlipflopThreshold(1, 2, 1, 2, bad, false); !errors.Is(err, ErrLimit) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// With one case against 200 the way inside is long: 0 of 1 has to become 1 of 1,
// and 2 of 200 at least 160 of 200, which is 1/t of it: 1 + 158 changes.
func TestFlipflopFarInside(t *testing.T) {
	limit, err := ParseDecimal("0.8")
	if err != nil {
		t.Fatal(err)
	}
	if k, err := FlipflopThreshold(0, 1, 2, 200, limit, false); err != nil || k != 159 {
		t.Errorf("%d, %v", k, err)
	}
}
