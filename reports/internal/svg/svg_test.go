package svg

import (
	"encoding/xml"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestLinear(t *testing.T) {
	s := Linear(0, 0.149, 4)
	if s.Min != 0 || s.Max < 0.149 || len(s.Ticks) < 3 || len(s.Ticks) > 7 {
		t.Errorf("the scale is %+v", s)
	}
	if s.At(-1) != 0 || s.At(9) != 1 || s.At(s.Max/2) != 0.5 {
		t.Error("places must stay on the axis")
	}
	for _, c := range [][2]float64{{0, 0}, {1, 1}, {5, 3}, {0, 1e-300}, {0, 1e300}, {-3, 4}, {1e300, 1.1e300}, {1, 1 + 1e-15}} {
		if got := Linear(c[0], c[1], 4); len(got.Ticks) < 2 || len(got.Ticks) > 12 {
			t.Errorf("%v has ticks %v", c, got.Ticks)
		}
	}
}

func TestLogarithmic(t *testing.T) {
	for _, c := range [][2]float64{{0.5, 0.8}, {0.02, 50}, {3, 8}, {1, 1}} {
		s := Logarithmic(c[0], c[1])
		if !slices.Contains(s.Ticks, 1) || len(s.Ticks) > 6 || s.Outside(c[0]) || s.Outside(c[1]) {
			t.Errorf("%v has the scale %+v", c, s)
		}
	}
	if s := Logarithmic(0.5, 2); s.At(0) != 0 || s.At(1) < 0.49 || s.At(1) > 0.51 {
		t.Error("one must stand in the middle of 0.5 and 2")
	}
}

func TestPictures(t *testing.T) {
	v, lo, hi := 0.5, 0.4, 0.6
	hostile := `<b>"x"&`
	format := func(float64) string { return hostile }
	dots := Dots{ID: "a", Title: hostile, Desc: hostile, Scale: Linear(0, 1, 4), Format: format, Line: &v, Band: &[2]float64{lo, hi}, Zone: &[2]float64{lo, hi},
		Rows: []Dot{{Value: &v, Low: &lo, High: &hi, Tip: hostile}, {Reason: hostile}}}
	lines := Lines{ID: "b", Title: hostile, Desc: hostile, Scale: Logarithmic(0.45, 2), Format: format, Zero: &v, Limits: []float64{0.8, 99}, Ticks: []Tick{{0, hostile}, {1, "z"}},
		Points: []Point{{At: 0, Value: &v, Low: &lo, High: &hi}, {At: 0.2}, {At: 0.4, Value: &v, Low: &lo, High: &hi}, {At: 0.6, Value: &hi, Breach: true, Label: hostile}, {At: 1, Value: &lo, Break: true}}}
	cuts := Cuts{ID: "c", Title: hostile, Desc: hostile, Scale: Logarithmic(0.45, 2), Format: format, Zone: [2]float64{0.8, 1.25}, Used: 1,
		Points: []Cut{{Name: hostile, Value: &v, Tip: hostile}, {Name: hostile, Value: &hi, Within: true}, {Name: hostile}}}
	overlay := Overlay{ID: "d", Title: hostile, Desc: hostile, Y: Linear(0, 1, 4), Format: format, Zero: &v, Ticks: []Tick{{0, hostile}, {1, "z"}}, Rug: []float64{0, 1},
		Curves: []Strand{{Name: hostile, Points: []Stop{{At: 0, Value: v, Low: &lo, High: &hi}, {At: 1, Value: hi, Low: &lo, High: &hi}}}, {Name: hostile, Points: []Stop{{At: 1, Value: hi}}}}}
	apart := overlay
	apart.Apart = true
	swarm := Swarm{ID: "e", Title: hostile, Desc: hostile, Scale: Linear(-1, 1, 4), Format: format, Lanes: []Lane{{Name: hostile, Dots: []float64{0, 0, .5}, Tip: hostile}}}
	for _, s := range []string{dots.String(), lines.String(), cuts.String(), overlay.String(), apart.String(), swarm.String()} {
		dec := xml.NewDecoder(strings.NewReader(s))
		for {
			if _, err := dec.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%v in %s", err, s)
			}
		}
		if strings.Contains(s, "<b>") || !strings.Contains(s, "<title id=") || !strings.Contains(s, "<desc id=") {
			t.Errorf("not escaped or not described: %s", s)
		}
	}
	if runs := lines.runs(); len(runs) != 3 {
		t.Errorf("%d runs, want 3: a hole and a break cut the line", len(runs))
	}
}

// Dots of one place are moved apart as long as there is room, and stay in their
// lane.
func TestSwarmPiles(t *testing.T) {
	s := Swarm{Scale: Linear(-1, 1, 4)}
	at := s.piled([]float64{0, 0, 0, 0, 0, .9})
	for i, a := range at {
		if math.Abs(a[1]) > swarmReach {
			t.Errorf("dot %d stands at %v", i, a)
		}
		for _, b := range at[:i] {
			if math.Hypot(a[0]-b[0], a[1]-b[1]) < 1.9*swarmRadius {
				t.Errorf("dots meet at %v and %v", a, b)
			}
		}
	}
	for _, a := range s.piled(make([]float64, 99)) {
		if math.Abs(a[1]) > swarmReach {
			t.Errorf("a dot stands at %v", a)
		}
	}
}
