package published

import (
	"strings"
	"testing"
)

// Names that are broken over lines, as PDFs and spreadsheets do with the long names
// of the rule of NYC Local Law 144 (6 RCNY 5-301): the parts before, after and
// around the line with the numbers.
func TestWrappedNames(t *testing.T) {
	head := "Race/Ethnicity,Applicants,Selected,Selection Rate,Impact Ratio\n"
	spaced := "Race/Ethnicity                       Applicants   Selected   Selection Rate   Impact Ratio\n"
	for name, c := range map[string]struct {
		text   string
		groups string // of the last table
		want   []string
	}{
		"before": {head + "White,797,412,52%,1.00\nNative Hawaiian or Pacific Islander (Not,,,,\nHispanic or Latino),119,52,44%,0.85\nAsian,616,302,49%,0.95\n",
			"White; Native Hawaiian or Pacific Islander (Not Hispanic or Latino); Asian", nil},
		"before, all": {head + "White (not,,,,\nHispanic),797,412,52%,1.00\nBlack (not,,,,\nHispanic),390,170,44%,0.84\nAsian (not,,,,\nHispanic),616,302,49%,0.95\nHispanic,408,204,50%,0.97\n",
			"White (not Hispanic); Black (not Hispanic); Asian (not Hispanic); Hispanic", nil},
		"before, over three lines": {head + "White,797,412,52%,1.00\nNative Hawaiian,,,,\nor Pacific Islander,,,,\n(Not Hispanic or Latino),119,52,44%,0.85\n",
			"White; Native Hawaiian or Pacific Islander (Not Hispanic or Latino)", nil},
		"after": {spaced + "White                                   797          412         52%              1.00\nBlack or African                        390          170         44%              0.84\nAmerican\n" +
			"Asian                                   616          302         49%              0.95\nTotal                                 1,803          884         49%\n", "White; Black or African American; Asian", nil},
		"after, in parentheses": {spaced + "White                                   797          412         52%              1.00\n(Not Hispanic or Latino)\nBlack                                   390          170         44%              0.84\n(Not Hispanic or Latino)\n" +
			"Two or More                             213           96         45%              0.87\nRaces\n", "White (Not Hispanic or Latino); Black (Not Hispanic or Latino); Two or More Races", nil},
		"around": {spaced + "White                                   797          412         52%              1.00\nNative Hawaiian or\n                                        119           52         47%              0.85\nPacific Islander\n" +
			"Asian                                   616          302         49%              0.95\n", "White; Native Hawaiian or Pacific Islander; Asian", []string{"rate: Native Hawaiian or Pacific Islander"}},
		"around, all":               {head + "Middle Eastern,,,,\n,797,412,52%,1.00\nor North African,,,,\nBlack or,,,,\n,390,170,44%,0.84\nAfrican American,,,,\n", "Middle Eastern or North African; Black or African American", nil},
		"above the numbers":         {head + "White,,,,\n,797,412,52%,1.00\nBlack,,,,\n,390,170,44%,0.84\nAsian,,,,\n,616,302,49%,0.95\n", "White; Black; Asian", nil},
		"sections stay":             {head + "Male,,,,\nWhite,400,200,50%,1.00\nBlack,300,120,40%,0.80\nFemale,,,,\nWhite,390,180,46%,0.92\nBlack,310,120,39%,0.77\n", "White; Black; White; Black", nil},
		"names that nobody knows":   {strings.Replace(head, "Race/Ethnicity", "Department", 1) + "Sales,797,412,52%,1.00\nResearch,,,,\nDevelopment,390,170,44%,0.84\nLegal,616,302,49%,0.95\nTotal,1803,884,49%,\n", "Sales; Research Development; Legal", nil},
		"a text that may be either": {strings.Replace(head, "Race/Ethnicity", "Department", 1) + "Sales,797,412,52%,1.00\nAcme Corporation internal,,,,\nDevelopment,390,170,44%,0.84\nLegal,616,302,49%,0.95\n", "Sales; Acme Corporation internal Development; Legal", nil},
		"Markdown":                  {"| Sex | Applicants | Selected | Selection rate | Impact ratio |\n|-----|-----------:|:--------:|---:|---|\n| **Male** | 1,390 | 667 | 48% | **1.00** |\n| Female | 1,181 | 555 | 47% | 0.979 |\n", "Male; Female", nil},
		"a page number":             {spaced + "White                                   797          412         52%              1.00\n                                     Page 3 of 7\n" + spaced + "Asian                                   616          302         49%              0.95\n", "White; Asian", nil},
	} {
		t.Run(name, func(t *testing.T) {
			r, lines, tables, err := read(c.text, nil)
			if err != nil || len(tables) == 0 {
				t.Fatal(err, lines)
			}
			report := r.check(tables)
			equal(t, problems(report), c.want)
			var groups []string
			for _, g := range tables[len(tables)-1].groups {
				groups = append(groups, g.label)
			}
			equal(t, groups, strings.Split(c.groups, "; "))
			if len(tables) != 1 || report.Count(Unread) > 0 {
				t.Errorf("%d tables, %+v", len(tables), report.Findings)
			}
		})
	}
}
