package detectors

import (
	"slices"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

// The rule's own spellings, with what its tables print behind six of the races, those
// of the EEO-1 form, and any capitals are the rule's categories; short forms are not.
func TestLL144CategoryNames(t *testing.T) {
	races := LL144Params{}.defaulted().RaceCategories
	for value, want := range map[string]string{
		"White (Not Hispanic or Latino)":                              "White",
		"WHITE":                                                       "White",
		"black or african-american":                                   "Black or African American",
		"Black or African American (Not Hispanic)":                    "Black or African American",
		"Hispanic/Latino":                                             "Hispanic or Latino",
		"Native Hawaiian or Other Pacific Islander":                   "Native Hawaiian or Pacific Islander",
		"American Indian or Alaska Native":                            "Native American or Alaska Native",
		"American Indian and Alaskan Native (not Hispanic or Latino)": "Native American or Alaska Native",
		"two  or more races":                                          "Two or More Races",
		"Black":                                                       "Black", "Other": "Other", "Asiatic": "Asiatic",
		"Unknown": "", "N/A": "", "Prefer not to say": "", "Not disclosed": "", "I do not wish to answer": "", "Declined to self-identify": "", "-": "",
	} {
		if got := categoryOf(value, races); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
	if got := categoryOf("Unknown", []string{"Unknown"}); got != "Unknown" {
		t.Errorf("a category that is asked for by its name: %q", got)
	}
}

func valueOf(out detect.Output, metric string) *audit.Measurement {
	for i := range out.Measurements {
		if out.Measurements[i].Metric == metric {
			return &out.Measurements[i]
		}
	}
	return nil
}

// People whose sex says that it is not known are counted as unknown and set no
// maximum; the result says what to write.
func TestLL144UnknownWords(t *testing.T) {
	spec := newSpec(none, "sex")
	spec.HasLabel = false
	rows := slices.Concat(decisions("male", 50, 50), decisions("Female", 40, 60), decisions("Unknown", 9, 1))
	out := runLL144(t, spec, rows, LL144Params{})
	ratios := ratiosOf(out, "impact_ratio", "sex")
	if m := ratios["Female"]; len(ratios) != 2 || m.Value == nil || *m.Value != 0.8 || *m.Reference != "Male" {
		t.Errorf("%v", ratios)
	}
	u := valueOf(out, "unknown_category")
	if *u.Value != 10 || u.Parameters["status"] != "finding" || !strings.Contains(u.Note, `write missing: [Unknown] under columns.groups.sex`) {
		t.Errorf("%v %v %q", *u.Value, u.Parameters, u.Note)
	}
	if len(out.Notes) != 1 || !strings.Contains(out.Notes[0], `"Unknown"`) {
		t.Errorf("notes %q", out.Notes)
	}
	if notes := strings.Join(out.Tables[0].Notes, " "); !strings.Contains(notes, `Counted under another spelling: "male" as Male.`) {
		t.Errorf("%q", notes)
	}
}

// A value that is no category of the rule has a number and a rate, but no ratio, and
// sets no maximum where there are people of the rule's categories.
func TestLL144UnlistedSetNoMaximum(t *testing.T) {
	spec := newSpec(none, "race")
	spec.HasLabel = false
	rows := slices.Concat(decisions("White", 40, 60), decisions("Asian", 30, 70), decisions("Black", 90, 10))
	out := runLL144(t, spec, rows, LL144Params{})
	ratios := ratiosOf(out, "impact_ratio", "race")
	if m := ratios["Asian"]; *m.Value != 0.75 || *m.Reference != "White" {
		t.Errorf("%+v", m)
	}
	if m := ratios["Black"]; m.Value != nil || m.Note != "undefined: no category of the rule" {
		t.Errorf("%+v", m)
	}
	if u := valueOf(out, "unknown_category"); u.Parameters["status"] != "finding" || !strings.Contains(u.Note, "map: {Black: Black or African American}") {
		t.Errorf("%q", u.Note)
	}
}

// Whom the log has without a decision is said below the tables and among the notes.
func TestLL144WithoutDecision(t *testing.T) {
	spec := newSpec(none, "sex")
	spec.HasDecision, spec.HasLabel = false, false
	spec.Roles = []audit.RoleColumn{{Role: "feature:team"}}
	var rows []row
	for team, n := range map[string]int64{"1": 5, "2": 7, "": 3} {
		rows = append(rows, row{group: []string{"Male"}, texts: map[string]string{"feature:team": team}, n: n})
	}
	out := runLL144(t, spec, rows, LL144Params{Outputs: []string{"team"}})
	const want = "3 people have no output team that was counted, and are in no selection table."
	if len(out.Notes) != 1 || out.Notes[0] != "tables of Local Law 144: "+want {
		t.Errorf("notes %q", out.Notes)
	}
	for _, b := range out.Tables {
		if !slices.Contains(b.Notes, want) {
			t.Errorf("%s: %q", b.ID, b.Notes)
		}
		if !slices.Contains(b.Notes, "The AEDT was also used to assess 0 individuals with an unknown sex category.") {
			t.Errorf("%s: no number of unknown in %q", b.ID, b.Notes)
		}
	}
}

// A race that is left out of its own table stays among the intersections until it is
// named there, and the table says that it sets the maximum, and how to leave it out.
func TestLL144KeptIntersections(t *testing.T) {
	rows := slices.Concat(selectedOf("Male", "White", 500, 200), selectedOf("Female", "White", 490, 147), selectedOf("Male", "Asian", 10, 9))
	note := func(p LL144Params) string {
		out := runLL144(t, ll144Spec(), rows, p)
		for _, m := range out.Measurements { // which the page of a rule pack shows
			if strings.Contains(m.Note, "exclude: {") {
				t.Errorf("%q", m.Note)
			}
		}
		// How to leave one out is said to whoever runs the audit.
		if said := strings.Contains(strings.Join(out.Notes, "\n"), `exclude: {"Male*Asian": …}`); said != (p.Exclude["Asian"] != "") {
			t.Errorf("%q", out.Notes)
		}
		for _, b := range out.Tables {
			if b.ID == "ll144/selection/crossed" {
				return strings.Join(b.Notes, " ")
			}
		}
		return ""
	}
	kept := note(LL144Params{Exclude: map[string]string{"Asian": "few"}})
	if !strings.Contains(kept, `and kept: Asian, Male (1.00%), which sets the highest rate. `) || strings.Contains(kept, "exclude: {") {
		t.Errorf("%q", kept)
	}
	if left := note(LL144Params{Exclude: map[string]string{"Male*Asian": "few"}}); strings.Contains(left, "and kept") {
		t.Errorf("%q", left)
	}
}

// The reason for the kind of data is a sentence, however it is given.
func TestLL144Reason(t *testing.T) {
	for reason, want := range map[string]string{
		"there were no hires yet; drawn from a panel": "The log holds test data. There were no hires yet; drawn from a panel.",
		"eRecruiter is new.":                          "The log holds test data. eRecruiter is new.",
		"élus seulement":                              "The log holds test data. Élus seulement.",
	} {
		out := runLL144(t, ll144Spec(), selectedOf("Male", "White", 50, 20), LL144Params{Data: "test", Reason: reason})
		if len(out.Tables) == 0 || !slices.Contains(out.Tables[0].Notes, want) {
			t.Errorf("%q: %+v", want, out.Tables)
		}
	}
}

// TestLL144Beside holds what stands in and below the published tables: the reason for test
// data, and no ethnicity of somebody whose race is none of the rule's.
func TestLL144Beside(t *testing.T) {
	rows := slices.Concat(selectedOf("Male", "White", 50, 20), selectedOf("Female", "White", 50, 15), selectedOf("Male", "Hispanic", 20, 9))
	out := runLL144(t, ll144Spec(), rows, LL144Params{Data: "test", Reason: "The tool is new."})
	for _, b := range out.Tables {
		if !slices.Contains(b.Notes, "The log holds test data. The tool is new.") {
			t.Errorf("%s: %q", b.ID, b.Notes)
		}
		for _, line := range b.Rows {
			if b.ID == "ll144/selection/crossed" && line[2] == "Hispanic" && line[0] != notPrinted {
				t.Errorf("%v", line)
			}
		}
	}
}
