package svg

import (
	"fmt"
	"regexp"
	"strconv"
	"testing"
)

// The names of cuts do not run into each other, however long they are: their middles
// lie at least a name apart, of letters 6 wide.
func TestCutNamesApart(t *testing.T) {
	place := regexp.MustCompile(`<text class="(?:tick|mark)" x="([0-9.]+)" y="[0-9.]+" text-anchor="middle">([^<]*)<`)
	for n := 1; n <= 101; n += 10 {
		for _, used := range []int{-1, 0, n / 2, n - 1} {
			v := Cuts{Scale: Logarithmic(.5, 2), Format: func(float64) string { return "" }, Zone: [2]float64{.8, 1.25}, Used: used}
			for i := range n {
				v.Points = append(v.Points, Cut{Name: fmt.Sprintf("0.%06d", i), Value: &[]float64{1}[0]})
			}
			last := -1e9
			for _, m := range place.FindAllStringSubmatch(v.String(), -1) {
				x, err := strconv.ParseFloat(m[1], 64)
				if err != nil || x-last < 6*8 {
					t.Fatalf("%d cuts, %d used: %q at %v, the one before at %v", n, used, m[2], x, last)
				}
				last = x
			}
			if last < 0 {
				t.Errorf("%d cuts have no names", n)
			}
		}
	}
}
