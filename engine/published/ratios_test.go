package published

import (
	"slices"
	"testing"
)

// A group of less than 2 % that was left out sets no maximum (6 RCNY 5-301): with A
// at 40 %, B at 30 % and C, left out, at 90 %, the ratio of B is 0.75 and not 0.33.
// What is said of C agrees with that.
func TestLeftOut(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string // problems
		note string   // kind of the only note
	}{
		"sets the maximum":             {"Race,Applicants,Selected,Rate,Impact ratio\nA,5000,2000,40%,0.44\nB,4900,1470,30%,0.33\nC*,100,90,90%,N/A (under 2%)\n", []string{"highest without ratio: C*"}, ""},
		"sets none":                    {"Race,Applicants,Selected,Rate,Impact ratio\nA,5000,2000,40%,1.00\nB,4900,1470,30%,0.75\nC*,100,90,90%,N/A (under 2%)\n", nil, "highest left out"},
		"sets none, from rounded":      {"Race,Applicants,Selected,Rate,Impact ratio\nA,5000,2010,40%,1.00\nB,4900,1480,30%,0.7500\nC*,100,90,90%,N/A\n", nil, "highest left out"},
		"a dash for the one":           {"Race,Applicants,Selected,Rate,Impact ratio\nA,5000,2000,40%,0.44\nB,4900,1470,30%,0.33\nC,100,90,90%,–\n", nil, "highest without ratio"},
		"a dash for a large group":     {"Race,Applicants,Selected,Rate,Impact ratio\nA,5000,2000,40%,–\nB,4900,1470,30%,0.75\n", nil, "no ratio"},
		"against another than the top": {"Race,Applicants,Selected,Rate,Impact ratio\nA,5000,2000,40%,1.33\nB,4900,1470,30%,1.00\nC*,100,90,90%,N/A\n", []string{"reference: B"}, "highest left out"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Verify([]byte(c.text), nil)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, problems(r), c.want)
			says := func(kind string) bool {
				return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Kind == kind })
			}
			if c.note != "" && !says(c.note) || says("highest left out") && says("highest without ratio") {
				t.Errorf("%+v", r.Findings)
			}
		})
	}
}
