package explain

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// sexed is a study of a model with the attribute among its inputs: 100 rows,
// of which what changes can be counted by hand.
func sexed(t *testing.T, of func(x []float64) float64) *Study {
	t.Helper()
	s := study(t, 100)
	sex := make([]float64, 100)
	for row, g := range s.Rows.Attributes[0].Of {
		sex[row] = float64(g)
	}
	s.Rows.Columns = append(s.Rows.Columns, sex)
	s.Columns = append(s.Columns, "sex")
	s.Inputs = append(s.Inputs, model.Input{Name: "sex"})
	s.Spec.Groups = []audit.GroupSpec{{Name: "sex", Column: "sex"}, {Name: "age", Column: "age"}}
	s.Model = audited(function{s.Inputs, of})
	s.Model.Decision = &Decision{Cut: .5}
	return s
}

// A model that adds .2 for one group: those of the others with a score in
// [.3, .5) become positive, those of this one in [.5, .7) negative.
func TestFlipIsCounted(t *testing.T) {
	s := sexed(t, func(x []float64) float64 { return x[0]/100 + .2*x[6] })
	list := explained(t, s, Flip())
	var up, down, women, men float64
	for row, g := range s.Rows.Attributes[0].Of {
		age := s.Rows.Columns[0][row] / 100
		if g == 0 {
			women++
			if age < .5 && age+.2 >= .5 {
				up++
			}
		} else {
			men++
			if age+.2 >= .5 && age < .5 {
				down++
			}
		}
	}
	if up == 0 || down == 0 {
		t.Fatal("the rows show nothing")
	}
	want := map[string]float64{
		"flip_rate":               (up + down) / 100,
		"flip_rate f":             up / women,
		"flip_to_positive_rate f": up / women,
		"flip_to_negative_rate f": 0,
		"score_shift f":           .2,
		"absolute_score_shift f":  .2,
		"flip_rate m":             down / men,
		"flip_to_positive_rate m": 0,
		"flip_to_negative_rate m": down / men,
		"score_shift m":           -.2,
		"absolute_score_shift m":  .2,
	}
	for _, x := range list {
		key := x.Metric
		if x.Group != nil {
			key += " " + *x.Group
		}
		if w, ok := want[key]; !ok || math.Abs(*x.Value-w) > 1e-12 || x.ModelRows != 300 {
			t.Errorf("%s: %v from %d rows, want %v", key, *x.Value, x.ModelRows, w)
		}
		delete(want, key)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}

// Without the attribute among the inputs nothing can change, and that is said.
func TestFlipIsZeroWithoutTheAttribute(t *testing.T) {
	list := explained(t, study(t, 100), Flip())
	if len(list) != 1 || *list[0].Value != 0 || list[0].Note == "" || list[0].ModelRows != 0 {
		t.Errorf("%+v", list)
	}
}

// Bands of a number have no one value to change to.
func TestFlipOfBands(t *testing.T) {
	s := sexed(t, func(x []float64) float64 { return x[0] / 100 })
	band := Attribute{Name: "age", Groups: []string{"young", "old"}}
	for _, age := range s.Rows.Columns[0] {
		g := int32(0)
		if age > 45 {
			g = 1
		}
		band.Of = append(band.Of, g)
	}
	s.Rows.Attributes = []Attribute{band}
	if list := explained(t, s, Flip()); len(list) != 0 || len(s.notes) != 1 {
		t.Errorf("%v, notes %v", list, s.notes)
	}
}

// A one-hot code is changed as a whole; with three groups a row counts with
// the share of the other groups that change its decision.
func TestFlipOfOneHot(t *testing.T) {
	s := study(t, 90)
	random := rand.New(rand.NewPCG(1, 2))
	a := Attribute{Name: "race", Groups: []string{"a", "b", "c"}}
	codes := make([][]float64, 3)
	for range s.Rows.Rows {
		g := random.IntN(3)
		a.Of = append(a.Of, int32(g))
		for i := range codes {
			codes[i] = append(codes[i], map[bool]float64{true: 1}[i == g])
		}
	}
	s.Rows.Attributes = []Attribute{a}
	s.Rows.Columns, s.Columns = codes, []string{"is_a", "is_b", "is_c"}
	s.Inputs = make([]model.Input, 3)
	s.Model = audited(function{s.Inputs, func(x []float64) float64 {
		if x[0]+x[1]+x[2] != 1 {
			t.Errorf("%v is no code", x)
		}
		return x[2]
	}})
	s.Model.Decision = &Decision{Cut: .5}
	list := explained(t, s, Flip())
	var c float64
	for _, g := range a.Of {
		if g == 2 {
			c++
		}
	}
	// Those of c always change; the others half the times.
	if want := (c + (90-c)/2) / 90; math.Abs(*list[0].Value-want) > 1e-12 || list[0].Part != audit.PartTotal {
		t.Errorf("%v, want %v", *list[0].Value, want)
	}
}
