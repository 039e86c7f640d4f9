package stat

import "math/bits"

// CompareRate compares a/n with t exactly: -1, 0 or 1 as it is below, equal or
// above.
func CompareRate(a, n int64, t Decimal) (int, error) {
	if err := checkWhole(a, n); err != nil {
		return 0, err
	}
	if t.negative {
		return 1, nil
	}
	return compare(product(uint64(a), t.power(), 1), product(uint64(n), t.num, 1)), nil
}

// CompareRatio compares (a/n)/(b/m) with t exactly, as a·m·10^s against
// num·b·n in 192 bits. A ratio a:0 is above every t; 0:0 is ErrUndefined.
func CompareRatio(a, n, b, m int64, t Decimal) (int, error) {
	if err := checkWholeRatio(a, n, b, m); err != nil {
		return 0, err
	}
	if t.negative {
		return 1, nil
	}
	left := product(uint64(a), uint64(m), t.power())
	return compare(left, product(uint64(b), uint64(n), t.num)), nil
}

// CompareRatioInverse compares (a/n)/(b/m) with 1/t exactly, the other side of
// a two-sided limit t <= ratio <= 1/t. ErrLimit when t is not positive.
func CompareRatioInverse(a, n, b, m int64, t Decimal) (int, error) {
	if err := checkWholeRatio(a, n, b, m); err != nil {
		return 0, err
	}
	if t.Sign() <= 0 {
		return 0, ErrLimit
	}
	left := product(uint64(a), uint64(m), t.num)
	return compare(left, product(uint64(b), uint64(n), t.power())), nil
}

// CompareDifference compares |a/n - b/m| with t exactly, as |a·m - b·n|·10^s
// against num·n·m.
func CompareDifference(a, n, b, m int64, t Decimal) (int, error) {
	if err := checkWhole(a, n); err != nil {
		return 0, err
	}
	if err := checkWhole(b, m); err != nil {
		return 0, err
	}
	if t.negative {
		return 1, nil
	}
	return compareApart(a, n, b, m, t), nil
}

// compareApart compares |a/n - b/m| with t, which is not negative.
func compareApart(a, n, b, m int64, t Decimal) int {
	x, y := product(uint64(a), uint64(m), 1), product(uint64(b), uint64(n), 1)
	if compare(x, y) < 0 {
		x, y = y, x
	}
	low, borrow := bits.Sub64(x[0], y[0], 0)
	high, _ := bits.Sub64(x[1], y[1], borrow)
	return compare(scale(high, low, t.power()), product(uint64(n), uint64(m), t.num))
}

// wide is an unsigned 192-bit integer, lowest word first. Counts and decimals
// are below 2^63, so a product of three of them always fits.
type wide [3]uint64

// product is a·b·c.
func product(a, b, c uint64) wide {
	high, low := bits.Mul64(a, b)
	return scale(high, low, c)
}

// scale is (high·2^64 + low)·c.
func scale(high, low, c uint64) wide {
	carry, w0 := bits.Mul64(low, c)
	w2, w1 := bits.Mul64(high, c)
	w1, over := bits.Add64(w1, carry, 0)
	return wide{w0, w1, w2 + over}
}

func compare(x, y wide) int {
	for i := 2; i >= 0; i-- {
		switch {
		case x[i] < y[i]:
			return -1
		case x[i] > y[i]:
			return 1
		}
	}
	return 0
}

func checkWhole(k, n int64) error {
	switch {
	case n == 0:
		return ErrNoRows
	case k < 0 || k > n:
		return ErrCounts
	}
	return nil
}

func checkWholeRatio(a, n, b, m int64) error {
	if err := checkWhole(a, n); err != nil {
		return err
	}
	if err := checkWhole(b, m); err != nil {
		return err
	}
	if a == 0 && b == 0 {
		return ErrUndefined
	}
	return nil
}
