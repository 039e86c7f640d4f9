package published

import "testing"

// Words on the four-fifths rule (29 CFR 1607.4 D) are held against the ratios. By
// hand: 70 of 200 is 35.0 %, over 412 of 797 that is 0.68; 170 of 390 is 0.84 of it.
func TestVerdicts(t *testing.T) {
	head := "Race,Total,Hired,Rate,Impact ratio,"
	rows := func(white, black, asian string) string {
		return "\nWhite,797,412,51.7%,1.00," + white + "\nBlack,200,70,35.0%,0.68," + black + "\nAsian,390,170,43.6%,0.84," + asian + "\n"
	}
	for name, c := range map[string]struct {
		text string
		want []string
		note string
	}{
		"pass where it fails":            {head + "4/5ths rule" + rows("Pass", "Pass", "Pass"), []string{"verdict: Black"}, ""},
		"fail where it passes":           {head + "Four-fifths rule" + rows("PASS", "FAIL", "Fail"), []string{"verdict: Asian"}, ""},
		"all right":                      {head + "4/5ths rule" + rows("Pass", "Fail", "Pass"), nil, ""},
		"yes, it passes":                 {head + "Pass 80% rule?" + rows("Yes", "Yes", "Yes"), []string{"verdict: Black"}, ""},
		"no, nothing is below":           {head + "Below 80%?" + rows("No", "No", "No"), []string{"verdict: Black"}, ""},
		"yes, it is below":               {head + "Below 0.8?" + rows("No", "Yes", "No"), nil, ""},
		"adverse impact, and by what":    {head + "Adverse impact (< 0.80)" + rows("N", "Y", "Y"), []string{"verdict: Asian"}, ""},
		"yes, which may mean either":     {head + "80% rule" + rows("No", "Yes", "No"), nil, ""},
		"yes, which may mean the other":  {head + "80% rule" + rows("Yes", "No", "Yes"), nil, ""},
		"yes for everybody":              {head + "80% rule" + rows("Yes", "Yes", "Yes"), []string{"verdict: Black"}, ""},
		"no adverse impact is kept":      {head + "No adverse impact (>= 80%)" + rows("Yes", "No", "Yes"), nil, ""},
		"free of it, wrongly":            {head + "Free of adverse impact (4/5)" + rows("Yes", "Yes", "Yes"), []string{"verdict: Black"}, ""},
		"no adverse impact, of two":      {"Race,Total,Hired,No adverse impact (80%)\nWhite,797,412,Yes\nBlack,200,70,Yes\n", []string{"verdict: Black"}, ""},
		"a heading misunderstood":        {head + "Under review by the 80% rule" + rows("Yes", "No", "Yes"), nil, ""},
		"OK":                             {head + "80% test" + rows("OK", "OK", "OK"), []string{"verdict: Black"}, ""},
		"words beside the heading":       {head + "Rule of 4/5" + rows("Reference", "Adverse impact", "No adverse impact"), nil, ""},
		"a verdict that is not there":    {head + "4/5ths rule" + rows("n/a", "Pass*", "Pass"), nil, "is no verdict that is understood"},
		"no limit":                       {head + "Result" + rows("Pass", "Pass", "Pass"), nil, "holds verdicts and does not say by which limit"},
		"adverse impact, by nobody says": {head + "Adverse impact" + rows("No", "No", "No"), nil, "holds verdicts and does not say by which limit"},
		"remarks":                        {head + "Remarks" + rows("largest group", "small group", "as before"), nil, "holds words and was not used"},
		"without ratios":                 {"Race,Total,Hired,4/5ths rule\nWhite,797,412,Pass\nBlack,200,70,Pass\n", []string{"verdict: Black"}, ""},
		"rounded up to the limit":        {"Race,Total,Hired,Impact ratio,4/5ths rule\nWhite,1000,500,1.00,Pass\nBlack,1000,398,0.80,Pass\nAsian,1000,399,0.80,Fail\n", nil, ""},
		"at the limit":                   {"Race,Total,Hired,Impact ratio,4/5ths rule\nWhite,1000,500,1.00,Pass\nBlack,1000,400,0.80,Pass\nAsian,1000,400,0.80,Fail\n", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Verify([]byte(c.text), nil)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, problems(r), c.want)
			if r.Count(Unread) > 0 || c.note != "" && !has(r, Note, c.note) || c.note == "" && has(r, Note, "not used") {
				t.Errorf("%+v", r.Findings)
			}
		})
	}
}
