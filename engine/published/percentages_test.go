package published

import "testing"

// Columns in percent are taken for what their numbers are: the selected of each
// group, its part of all applicants, or its part of all selected.
func TestPercentages(t *testing.T) {
	for name, c := range map[string]struct {
		text        string
		rate, share string // headings of the columns that were taken for them
		want        []string
		unread      bool
		note        string
	}{
		"a percentage beside hired":      {"Gender,Applicants,Hired,Percentage,Impact ratio\nMale,1390,667,48.0%,1.00\nFemale,1181,555,47.0%,0.98\n", "Percentage", "", nil, false, ""},
		"a percent sign beside hired":    {"Gender,Applicants,Hired,%,Impact ratio\nMale,1390,667,48.0%,1.00\nFemale,1181,555,47.0%,0.98\n", "%", "", nil, false, ""},
		"a wrong one":                    {"Gender,Applicants,Hired,%,Impact ratio\nMale,1390,667,48.0%,1.00\nFemale,1181,555,41.0%,0.98\n", "%", "", []string{"rate: Female"}, false, ""},
		"a wrong total beside it":        {"Groep;Sollicitanten;Aangenomen;Percentage;Ratio\nMan;1.390;667;48,0%;1,00\nVrouw;1.181;555;47,0%;0,98\nTotaal;2.571;1.232;47,5%;\n", "Percentage", "", []string{"rate: total", "total: total"}, false, ""},
		"two, of applicants and hired":   {"Gender,Applicants,%,Hired,%,Impact ratio\nMale,1390,54.1%,667,48.0%,1.00\nFemale,1181,45.9%,555,47.0%,0.98\n", "%", "%", nil, false, ""},
		"two, of all and of all hired":   {"Gender,Applicants,%,Hired,%,Impact ratio\nMale,1390,54.1%,667,54.6%,1.00\nFemale,1181,45.9%,555,45.4%,0.98\n", "", "%", nil, false, "seems to be each group's part of all selected"},
		"two shares":                     {"Gender,Applicants,Share,Selected,Share,Impact ratio\nMale,1390,54.1%,667,54.6%,1.00\nFemale,1181,45.9%,555,45.4%,0.98\n", "", "Share", nil, false, "seems to be each group's part of all selected"},
		"shares that say of what":        {"Gender,Applied,% of applied,Hired,% of hired,Hire rate,AIR\nMale,1390,54.1%,667,54.6%,48.0%,1.00\nFemale,1181,45.9%,555,45.4%,47.0%,0.98\n", "Hire rate", "% of applied", nil, false, ""},
		"a wrong share that says so":     {"Gender,Applied,% of applied,Hired,Hire rate\nMale,1390,54.1%,667,48.0%\nFemale,1181,47.9%,555,47.0%\n", "Hire rate", "% of applied", []string{"share: Female"}, false, ""},
		"of all hired, called selected":  {"Gender,Applicants,Hired,Hired %,Impact ratio\nMale,1390,667,54.6%,1.00\nFemale,1181,555,45.4%,0.98\n", "", "", nil, false, "seems to be each group's part of all selected"},
		"of nothing that is there":       {"Gender,Applicants,Hired,%,Impact ratio\nMale,1390,667,31.0%,1.00\nFemale,1181,555,12.0%,0.98\n", "", "", nil, true, ""},
		"the rate once more, in percent": {"Gender,Applicants,Hired,%,Selection rate\nMale,1390,667,48.0,0.480\nFemale,1181,555,47.0,0.470\n", "Selection rate", "", nil, false, "repeats the column \"Selection rate\""},
		"rates without the selected":     {"Gender,Applicants,%,Impact ratio\nMale,1390,48.0%,1.00\nFemale,1181,47.0%,0.98\n", "%", "", nil, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Verify([]byte(c.text), nil)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, problems(r), c.want)
			columns := r.Tables[0].Columns
			if columns[Rate] != c.rate || columns[Share] != c.share || (r.Count(Unread) > 0) != c.unread || c.note != "" && !has(r, Note, c.note) {
				t.Errorf("%+v", r)
			}
		})
	}
}
