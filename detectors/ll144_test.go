package detectors

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// ll144Spec is an audit with sex and race.
func ll144Spec() *audit.Spec {
	s := newSpec(none, "sex", "race")
	s.HasLabel = false
	return s
}

// selected are the rows of one category: n applicants, k of them selected.
func selectedOf(sex, race string, n, k int64) []row {
	who := []string{sex, race}
	return []row{{group: who, decision: table.Positive, n: k}, {group: who, decision: table.Negative, n: n - k}}
}

func runLL144(t testing.TB, spec *audit.Spec, rows []row, p LL144Params) detect.Output {
	t.Helper()
	plan, err := LL144().Plan(spec, p)
	if err != nil {
		t.Fatal(err)
	}
	out, err := plan.Detect(memory{t: t, spec: spec, rows: rows, accounts: table.Accounts{Duplicates: -1}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// ratiosOf lists the impact ratios of an attribute.
func ratiosOf(out detect.Output, metric, attribute string) map[string]*audit.Measurement {
	found := map[string]*audit.Measurement{}
	for i := range out.Measurements {
		if m := &out.Measurements[i]; m.Metric == metric && m.Attribute == attribute {
			found[*m.Group] = m
		}
	}
	return found
}

// The categories of the rule's example that lie below 2 % of their table are these
// and no other (regulation.md, O-1b, from the text of 6 RCNY 5-301): Native American or
// Alaska Native by race; both sexes of that category, and Native Hawaiian or Pacific
// Islander women, among the intersections, but not the men, at 3.38 %.
func TestLL144LeavesOutBelowTwoPercent(t *testing.T) {
	cells := []struct {
		sex, race string
		n, k      int64
	}{
		{"Male", "Hispanic or Latino", 205, 90}, {"Female", "Hispanic or Latino", 190, 82}, {"Male", "White", 412, 215}, {"Male", "Black or African American", 226, 95},
		{"Male", "Native Hawaiian or Pacific Islander", 87, 37}, {"Male", "Asian", 321, 167}, {"Male", "Native American or Alaska Native", 24, 11}, {"Male", "Two or More Races", 115, 52},
		{"Female", "White", 385, 197}, {"Female", "Black or African American", 164, 75}, {"Female", "Native Hawaiian or Pacific Islander", 32, 15}, {"Female", "Asian", 295, 135},
		{"Female", "Native American or Alaska Native", 17, 7}, {"Female", "Two or More Races", 98, 44},
	}
	var rows []row
	for _, c := range cells {
		rows = append(rows, selectedOf(c.sex, c.race, c.n, c.k)...)
	}
	out := runLL144(t, ll144Spec(), rows, LL144Params{Exclude: map[string]string{"*": "too few to tell"}})
	left := func(attribute string) (names []string) {
		for name, m := range ratiosOf(out, "impact_ratio", attribute) {
			if m.Value == nil {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		return names
	}
	for attribute, want := range map[string][]string{
		"sex": nil, "race": {"Native American or Alaska Native"},
		"sex*race": {"Female*Native American or Alaska Native", "Female*Native Hawaiian or Pacific Islander", "Male*Native American or Alaska Native"},
	} {
		if got := left(attribute); !slices.Equal(got, want) {
			t.Errorf("%s: left out %v, want %v", attribute, got, want)
		}
	}
	// Their number and rate stay.
	rate := ratiosOf(out, "selection_rate", "race")["Native American or Alaska Native"]
	if *rate.Numerator != 18 || *rate.Denominator != 41 {
		t.Errorf("rate of an excluded category: %+v", rate)
	}
	race := out.Tables[1]
	if last := race.Rows[5]; last[4] != "left out" || last[3] != "43.9%" || last[1] != int64(41) {
		t.Errorf("row of an excluded category: %v", last)
	}
	if !slices.ContainsFunc(race.Notes, func(s string) bool {
		return strings.Contains(s, "represents 1.59% of the data of this table (fewer than 2 %)") && strings.Contains(s, "too few to tell")
	}) {
		t.Errorf("no justification below the table: %q", race.Notes)
	}
}

// An excluded category sets no highest rate: with A at 40 %, B at 30 % and C, excluded,
// at 90 %, the ratio of B is .75 and not .33.
func TestLL144ExcludedSetsNoMaximum(t *testing.T) {
	spec := newSpec(none, "race")
	spec.HasLabel = false
	rows := slices.Concat(decisions("A", 400, 600), decisions("B", 300, 700), decisions("C", 18, 2))
	p := LL144Params{Exclude: map[string]string{"C": "20 of 2,020"}}
	ratios := ratiosOf(runLL144(t, spec, rows, p), "impact_ratio", "race")
	if b := ratios["B"]; b.Value == nil || *b.Value != 0.75 || *b.Reference != "A" {
		t.Errorf("B: %+v", b)
	}
	if c := ratios["C"]; c.Value != nil || c.Note != "left out: 20 of 2,020" {
		t.Errorf("C: %+v", c)
	}
	if b := ratiosOf(runLL144(t, spec, rows, LL144Params{}), "impact_ratio", "race")["B"]; math.Abs(*b.Value-1.0/3) > 1e-15 || *b.Reference != "C" {
		t.Errorf("B with C: %+v", b)
	}
}

// Exactly 2 % is not fewer than 2 %: such a category stays, and the result says so.
func TestLL144KeepsWhatIsLargeEnough(t *testing.T) {
	spec := newSpec(none, "race")
	spec.HasLabel = false
	rows := slices.Concat(decisions("A", 490, 490), decisions("C", 18, 2))
	out := runLL144(t, spec, rows, LL144Params{Exclude: map[string]string{"C": "small", "Z": "unheard of"}})
	if c := ratiosOf(out, "impact_ratio", "race")["C"]; c.Value == nil || *c.Value != 1 {
		t.Errorf("C: %+v", c)
	}
	for _, m := range out.Measurements {
		if m.Metric == "excluded_categories" && (*m.Value != 0 || m.Parameters["status"] != "finding" ||
			m.Note != `C is 2.00% of the data of its table, not below 2 %, so it was not left out; "Z", which is to be left out, is no category of any table`) {
			t.Errorf("%v %v %q", *m.Value, m.Parameters, m.Note)
		}
	}
}

func TestLL144Refuses(t *testing.T) {
	for _, c := range []struct {
		p    LL144Params
		want string
	}{
		{LL144Params{Exclude: map[string]string{"C": " "}}, "without a justification"},
		{LL144Params{Data: "test"}, "data: test needs a reason"},
		{LL144Params{ExcludeBelow: "0.6"}, "must be a share of at most 0.02, not 0.6"},
		{LL144Params{ExcludeBelow: "0.0201"}, "must be a share of at most 0.02"},
		{LL144Params{SelectionRounding: LL144Rounding{SexRate: 13}}, "more than 12 decimals"},
	} {
		if err := c.p.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c.p, err)
		}
	}
	if err := (LL144Params{ExcludeBelow: "0.01"}).Check(); err != nil { // stricter than the rule
		t.Error(err)
	}
	if err := (LL144Params{Data: "test", Reason: "no applicants yet; drawn from a panel"}).Check(); err != nil {
		t.Error(err)
	}
	inferred := ll144Spec()
	inferred.Groups[1].Provenance = "inferred"
	byProbability := newSpec(none, "sex")
	byProbability.Inferred = []audit.InferredGroup{{Name: "race"}}
	for name, c := range map[string]struct {
		spec *audit.Spec
		p    LL144Params
		want string
	}{
		"inferred":      {inferred, LL144Params{}, "cannot use imputed or inferred"},
		"probabilities": {byProbability, LL144Params{}, "cannot use imputed or inferred"},
		"no attribute":  {ll144Spec(), LL144Params{Sex: "geschlecht"}, `no attribute "geschlecht"`},
		"same":          {ll144Spec(), LL144Params{Sex: "race"}, "the same attribute"},
		"no feature":    {ll144Spec(), LL144Params{Outputs: []string{"style"}}, "not among columns.features"},
	} {
		if _, err := LL144().Plan(c.spec, c.p); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Ties at the median, from regulation.md O-2: who lies strictly above it. Where all
// scores are the same nobody does, and the ratio is undefined, not 1.
func TestLL144Median(t *testing.T) {
	for _, c := range []struct {
		scores []float64
		median float64
		above  int64
	}{
		{[]float64{1, 2, 2, 2, 3}, 2, 1},
		{[]float64{1, 2, 3, 4}, 2.5, 2},
		{[]float64{5, 5, 5, 5}, 5, 0},
		{[]float64{0.1, 0.2, 0.2, 0.9, 1, 1}, 0.55, 3},
	} {
		spec := newSpec(none, "sex")
		spec.HasLabel, spec.HasDecision, spec.HasScore = false, false, true
		var rows []row
		for _, x := range c.scores {
			rows = append(rows, row{group: []string{"Female"}, n: 1, nums: map[string]float64{"score": x}})
		}
		out := runLL144(t, spec, rows, LL144Params{})
		rate := ratiosOf(out, "scoring_rate", "sex")["Female"]
		if *rate.Numerator != c.above || rate.N != int64(len(c.scores)) {
			t.Errorf("%v: %d above, want %d", c.scores, *rate.Numerator, c.above)
		}
		ratio := ratiosOf(out, "scoring_impact_ratio", "sex")["Female"]
		if c.above == 0 && (ratio.Value != nil || ratio.Note != "undefined: the highest rate is 0") {
			t.Errorf("%v: ratio %+v", c.scores, ratio)
		}
		for _, m := range out.Measurements {
			if m.Metric == "median_score" && *m.Value != c.median {
				t.Errorf("%v: median %v, want %v", c.scores, *m.Value, c.median)
			}
		}
	}
}

// The median is over everyone scored, also people of unknown sex, unless the pack says
// otherwise; it decides who lies above it.
func TestLL144MedianOver(t *testing.T) {
	spec := newSpec(none, "sex")
	spec.HasLabel, spec.HasDecision, spec.HasScore = false, false, true
	score := func(sex string, x float64, n int64) row {
		return row{group: []string{sex}, n: n, nums: map[string]float64{"score": x}}
	}
	rows := []row{score("Female", 1, 2), score("Female", 2, 2), score("", 9, 6), {group: []string{"Female"}, n: 3}, {group: []string{""}, n: 2}}
	for over, want := range map[string]int64{"everyone": 0, "known": 2} {
		out := runLL144(t, spec, rows, LL144Params{MedianOver: over})
		if m := ratiosOf(out, "scoring_rate", "sex")["Female"]; *m.Numerator != want || *m.Denominator != 4 {
			t.Errorf("%s: %d of %d above, want %d of 4", over, *m.Numerator, *m.Denominator, want)
		}
		if note := out.Tables[0].Notes[0]; over == "everyone" && note != "Median score: 9, over everyone scored (10), of them 6 of an unknown category; a rate counts scores strictly above it. 6 scored exactly the median. 5 have no score and are in no scoring table." {
			t.Errorf("%q", note)
		}
		for _, m := range out.Measurements {
			if m.Metric == "unknown_category" && *m.Value != 6 {
				t.Errorf("%v of unknown category, want the 6 who were scored", *m.Value)
			}
		}
	}
}

// A tool that classifies people into several groups has a table for each of them
// (6 RCNY 5-301 (b) (4)).
func TestLL144Outputs(t *testing.T) {
	spec := newSpec(none, "sex")
	spec.HasDecision, spec.HasLabel = false, false
	spec.Roles = []audit.RoleColumn{{Role: "feature:style"}, {Role: "feature:fit", Numeric: true}}
	who := func(sex, style string, fit float64, n int64) row {
		return row{group: []string{sex}, texts: map[string]string{"feature:style": style}, nums: map[string]float64{"feature:fit": fit}, n: n}
	}
	rows := []row{who("Male", "leader", 3, 10), who("Male", "expert", 2, 30), who("Female", "leader", 3, 20), who("Female", "expert", 1, 20), who("Female", "", 1, 5)}
	out := runLL144(t, spec, rows, LL144Params{Outputs: []string{"style", "fit"}})
	var ids []string
	for _, b := range out.Tables {
		ids = append(ids, b.ID)
	}
	if want := []string{"ll144/selection/sex/style/expert", "ll144/selection/sex/style/leader", "ll144/scoring/sex/fit"}; !slices.Equal(ids, want) {
		t.Errorf("tables %v, want %v", ids, want)
	}
	for _, m := range out.Measurements {
		if m.Metric == "impact_ratio" && m.Parameters["class"] == "leader" && *m.Group == "Male" && *m.Value != 0.5 {
			t.Errorf("leaders: %+v", m)
		}
	}
}

// Renaming categories renames them in the result and changes no number; ratios lie
// between 0 and 1 and the highest is 1.
func TestLL144Relabeling(t *testing.T) {
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 5).Draw(t, "categories")
		var rows, renamed []row
		to := rapid.Permutation([]string{"v", "w", "x", "y", "z"}).Draw(t, "names")
		for i := range n {
			yes, no := rapid.Int64Range(0, 30).Draw(t, "yes"), rapid.Int64Range(1, 30).Draw(t, "no")
			rows = append(rows, decisions(fmt.Sprint(i), yes, no)...)
			renamed = append(renamed, decisions(to[i], yes, no)...)
		}
		spec := newSpec(none, "race")
		spec.HasLabel = false
		p := LL144Params{RaceCategories: []string{"none of them"}}
		a, b := ratiosOf(runLL144(outer, spec, rows, p), "impact_ratio", "race"), ratiosOf(runLL144(outer, spec, renamed, p), "impact_ratio", "race")
		highest := -1.0
		for i := range n {
			x, y := a[fmt.Sprint(i)].Value, b[to[i]].Value
			if (x == nil) != (y == nil) || x != nil && *x != *y {
				t.Fatalf("category %d: %v, renamed %v", i, x, y)
			}
			if x != nil {
				highest = max(highest, *x)
				if *x < 0 || *x > 1 {
					t.Fatalf("ratio %v", *x)
				}
			}
		}
		if highest >= 0 && highest != 1 {
			t.Fatalf("the highest ratio is %v", highest)
		}
	})
}

// The median must be exact: of scores that are only known by buckets, because the log
// could not be read again, there is no table, and the audit says why.
func TestLL144NoMedianOfBuckets(t *testing.T) {
	spec := newSpec(none, "sex")
	spec.HasLabel, spec.HasDecision, spec.HasScore = false, false, true
	rows := make([]row, table.MaxDistinct+1)
	for i := range rows {
		rows[i] = row{group: []string{"Female"}, n: 1, nums: map[string]float64{"score": float64(i)}}
	}
	out := runLL144(t, spec, rows, LL144Params{})
	if len(out.Tables) != 0 || len(out.Notes) != 1 || !strings.Contains(out.Notes[0], "standard input can be read only once") {
		t.Errorf("%d tables, notes %q", len(out.Tables), out.Notes)
	}
}
