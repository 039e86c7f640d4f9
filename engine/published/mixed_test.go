package published

import "testing"

// Tables as people publish them, with what does not follow from each by hand.
func TestMixedNotation(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"a share of the selected is no rate": {"Race,Applicants,% of applicants,Selected,% of selected,Selection rate,Impact ratio\n" +
			"White,600,60%,300,66.7%,50%,1\nBlack,400,40%,150,33.3%,37.5%,0.75\n", nil},
		"percent of applicants selected is one": {"Sex,Applicants,% of applicants selected\nMale,200,50%\nFemale,100,40.5%\n", []string{"rate of whole people: Female"}},
		"a fraction among percentages":          {"Sex,Applicants,Selected,Selection rate\nMale,30111,20100,0.67\nFemale,61117,43621,71.4%\n", nil},
		"a wrong fraction among percentages":    {"Sex,Applicants,Selected,Selection rate\nMale,30111,20100,66.8%\nFemale,61117,43621,0.65\n", []string{"rate: Female"}},
		"half a percent among percentages":      {"Sex,Applicants,Selected,Selection rate\nMale,200,100,50%\nFemale,200,1,0.50\n", nil},
		"years below merged headers":            {",Applicants,,Hired,\nGroup,2023,2024,2023,2024\nMale,100,120,50,60\nFemale,100,120,40,55\n", nil},
		"scientific numbers":                    {"Sex,Applicants,Selected,Selection rate,Impact ratio\nMale,1.39E+03,667.0,0.479856,1\nFemale,1.181E+03,555.0,0.469941,0.979337\nOther,2E+01,5,25%,0.52\n", nil},
		"wrong scientific numbers":              {"Sex,Applicants,Selected,Selection rate,Impact ratio\nMale,1.39E+03,667.0,4.79856E-01,1\nFemale,1.181E+03,755.0,4.69941E-01,0.979337\n", []string{"rate: Female"}},
		"a column of verdicts":                  {"Gender,Total Applicants,Total Selected,Selection Rate (%),Impact Ratio vs. Highest,Four-Fifths Rule\nMale,1390,667,48.0,1.00,Pass\nFemale,1181,555,42.0,0.98,Fail\n", []string{"rate: Female", "verdict: Female"}},
		"numbers below 0":                       {"Sex,Applicants,Selected,Selection rate\nMale,-5,1,20%\nFemale,100,20,−20%\n", []string{"negative: Male", "negative: Female"}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Verify([]byte(c.text), nil)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, problems(r), c.want)
		})
	}
}
