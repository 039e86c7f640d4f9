package detectortest

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// row is one row of a log. nil and "" differ: a group may be called "".
type row struct {
	ID     string    `parquet:"id"`
	Person string    `parquet:"person"`
	G      *string   `parquet:"g,optional"` // the attribute that worlds break
	H      *string   `parquet:"h,optional"` // another, which stays as it is
	Offer  *string   `parquet:"offer,optional"`
	Repaid *string   `parquet:"repaid,optional"`
	Score  *float64  `parquet:"score,optional"`
	At     time.Time `parquet:"at,timestamp(microsecond)"`
	Copies int64     `parquet:"copies"`
	Age    *float64  `parquet:"age,optional"`
	Job    *string   `parquet:"job,optional"`
	Model  string    `parquet:"model"`
}

// world is a log, and what is known about it beforehand.
type world struct {
	name    string
	rows    []row
	healthy bool
	twin    bool // whatever is broken, attribute h still has what every metric takes
	full    bool // no count is 0 that is not 0 in the healthy log, or only where all are: one variant will do
	counted map[slice]breakdown
}

func pointer[T any](x T) *T { return &x }

// perGroup is the size of a group: above min_rows also in each of three windows.
const perGroup = 96

// healthy are rows of three groups of g and two of h, that fill every cell of
// decision, label, month and model, with scores that are chances at unequal
// steps.
func healthy() []row {
	scores := []float64{.06, .25, .47, .66, .93}
	jobs := []string{"clerk", "driver", "nurse"}
	var out []row
	for g := range 3 {
		for i := range perGroup {
			r := row{
				ID: fmt.Sprintf("%d-%d", g, i), Person: fmt.Sprintf("p%d", (g*perGroup+i)/2),
				G: pointer(string(rune('a' + g))), H: pointer([]string{"x", "y"}[i/3%2]),
				Offer: pointer("no"), Repaid: pointer("no"), Copies: 1, Model: []string{"v1", "v2"}[i/2%2],
				At: time.Date(2024, time.Month(1+i%3), 1+i%28, i%24, 0, 0, 0, time.UTC),
			}
			mixed := uint32(i*3+g+1) * 2654435761 >> 8 // spreads the rest over the cells (Knuth's multiplicative hash)
			r.Score = pointer(scores[mixed/97%uint32(len(scores))])
			if mixed%uint32(3+g) == 0 {
				r.Offer = pointer("yes")
			}
			if mixed/11%7 < 3 {
				r.Repaid = pointer("yes")
			}
			r.Age, r.Job = pointer(float64(20+mixed/601%45)), pointer(jobs[mixed/31%3])
			out = append(out, r)
		}
	}
	return out
}

// broken changes the rows of the healthy log.
func broken(change func(r *row)) []row {
	out := healthy()
	for i := range out {
		change(&out[i])
	}
	return out
}

// in says that a row is of a group of g.
func (r *row) in(group string) bool { return r.G != nil && *r.G == group }

// renamed gives a group of g another name.
func renamed(from, to string) []row {
	return broken(func(r *row) {
		if r.in(from) {
			r.G = &to
		}
	})
}

// worlds are the logs, the healthy one first.
func worlds() []world {
	yes, no := pointer("yes"), pointer("no")
	return append([]world{
		{name: "healthy", rows: healthy(), healthy: true},
		{name: "no rows"},
		{name: "one group", full: true, rows: broken(func(r *row) { r.G = pointer("a") }), twin: true},
		{name: "no group is known", full: true, rows: broken(func(r *row) { r.G = nil }), twin: true},
		{name: "one row per group", rows: onePerGroup()},
		{name: "no positive labels", rows: broken(func(r *row) { r.Repaid = no })},
		{name: "only positive labels", full: true, rows: broken(func(r *row) { r.Repaid = yes })},
		{name: "decisions missing in one group", twin: true, rows: broken(func(r *row) {
			if r.in("c") {
				r.Offer = nil
			}
		})},
		{name: "scores missing in one group", twin: true, rows: broken(func(r *row) {
			if r.in("c") {
				r.Score = nil
			}
		})},
		{name: "labels missing in part", twin: true, rows: missingLabels()},
		{name: "every label missing", rows: broken(func(r *row) { r.Repaid = nil })},
		{name: "constant score", rows: broken(func(r *row) { r.Score = pointer(0.25) })},
		{name: "NaN and Inf scores", twin: true, rows: strangeScores()},
		{name: "everyone rejected", rows: broken(func(r *row) { r.Offer = no })},
		{name: "everyone selected", full: true, rows: broken(func(r *row) { r.Offer = yes })},
		{name: `a group called "nan"`, full: true, rows: renamed("b", "nan"), twin: true},
		{name: `a group called "None"`, full: true, rows: renamed("b", "None"), twin: true},
		{name: `a group called ""`, full: true, rows: renamed("b", ""), twin: true},
		{name: "duplicate ids", full: true, twin: true, rows: broken(func(r *row) { r.ID = "same" })},
		{name: "windows with gaps", twin: true, rows: gaps()},
	}, weighted()...)
}

// weighted are worlds of copies and of people.
func weighted() []world {
	return []world{
		{name: "zero weights in one group", twin: true, rows: broken(func(r *row) {
			if r.in("c") {
				r.Copies = 0
			}
		})},
		{name: "only zero weights", rows: broken(func(r *row) { r.Copies = 0 })},
		{name: "two subjects", full: true, rows: broken(func(r *row) { r.Person = []string{"p", "q"}[len(r.ID)%2] })},
		{name: "no decision at all", rows: broken(func(r *row) { r.Offer = nil })},
	}
}

// onePerGroup keeps the first row of each group: one with and one without a
// positive decision.
func onePerGroup() []row {
	var out []row
	all := healthy()
	for _, g := range []string{"a", "b"} {
		at := slices.IndexFunc(all, func(r row) bool { return r.in(g) })
		out = append(out, all[at])
	}
	out[0].Offer, out[1].Offer, out[0].H, out[1].H = pointer("yes"), pointer("no"), pointer("x"), pointer("y")
	return out
}

// missingLabels leaves no label in group c, and few in group b, some of which
// are in neither list.
func missingLabels() []row {
	n := 0
	return broken(func(r *row) {
		n++
		switch {
		case r.in("c") || r.in("b") && n%3 > 0:
			r.Repaid = nil
		case r.in("b") && n%2 == 0:
			r.Repaid = pointer("open")
		}
	})
}

// strangeScores leaves no finite score in group c, and some in group b.
func strangeScores() []row {
	n := 0
	return broken(func(r *row) {
		n++
		switch {
		case r.in("c") || r.in("b") && n%4 == 0:
			r.Score = pointer([]float64{math.NaN(), math.Inf(1), math.Inf(-1)}[n%3])
		}
	})
}

// gaps leaves months without a row, and one group out of all but the first month.
func gaps() []row {
	var out []row
	for _, r := range healthy() {
		if m := r.At.Month(); m > time.January {
			r.At = r.At.AddDate(0, int(m)*2, 0) // February to June, March to September
			if r.in("c") {
				continue
			}
		}
		out = append(out, r)
	}
	return out
}
