package published

import "testing"

// A percentage beside the number selected is the group's rate or its part of all
// selected, whichever the counts say; either is checked. By hand: 667 and 555 are
// 54.6 % and 45.4 % of 1,222.
func TestPartsOfTheSelected(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		want   []string
		unread bool
	}{
		"parts beside a rate":          {"Sex,Applicants,Selected,Selection rate,Impact ratio\nMale,\"1,390 (54%)\",667 (55%),48.0%,1.000\nFemale,\"1,181 (46%)\",555 (45%),47.0%,0.979\n", nil, false},
		"parts without a rate":         {"Sex,Applicants n (%),Selected n (%),Impact ratio\nMale,\"1,390 (54.1%)\",667 (54.6%),1.000\nFemale,\"1,181 (45.9%)\",555 (45.4%),0.979\n", nil, false},
		"headed in percent":            {"Group,Applicants (%),Selected (%),Selection Rate,IR\nMale,\"1,390 (54.1%)\",667 (54.6%),0.480,1.000\nFemale,\"1,181 (45.9%)\",555 (45.4%),0.470,0.979\n", nil, false},
		"headed in percent, a wrong n": {"Group,Applicants (%),Selected (%),Selection Rate,IR\nMale,\"1,390 (54.1%)\",667 (54.6%),0.480,1.000\nFemale,\"1,181 (45.9%)\",655 (45.4%),0.470,0.979\n", []string{"rate: Female"}, true},
		"a column of its own":          {"Sex,Applicants,% of applicants,Selected,% of selected,Selection rate,Impact ratio\nMale,1390,54.1%,667,54.6%,48.0%,1.000\nFemale,1181,45.9%,555,45.4%,47.0%,0.979\nTotal,2571,100%,1222,100%,47.5%,\n", nil, false},
		"a wrong part of its own":      {"Sex,Applicants,% of applicants,Selected,% of selected,Selection rate,Impact ratio\nMale,1390,54.1%,667,54.6%,48.0%,1.000\nFemale,1181,45.9%,555,48.4%,47.0%,0.979\nTotal,2571,100%,1222,100%,47.5%,\n", []string{"part: Female"}, false},
		"a wrong part in brackets":     {"Sex,Applicants,Selected,Selection rate\nMale,1390,667 (55%),48.0%\nFemale,1181,555 (41%),47.0%\n", []string{"part: Female"}, false},
		"a wrong rate beside parts":    {"Sex,Applicants,Selected,Selection rate\nMale,1390,667 (55%),48.0%\nFemale,1181,555 (45%),41.0%\n", []string{"rate: Female"}, false},
		"a wrong rate in brackets":     {"Sex,Applicants,Selected\nMale,1390,667 (48%)\nFemale,1181,555 (41%)\n", []string{"rate: Female"}, false},
		"rates of groups of one size":  {"Sex,Applicants,Selected\nMale,100,60 (60%)\nFemale,100,40 (40%)\n", nil, false},
		"parts with a total":           {"Sex,Applicants,Selected\nMale,1390,667 (54.6%)\nFemale,1181,555 (45.4%)\nTotal,2571,1222 (100%)\n", nil, false},
		"parts, a total with its rate": {"Sex,Applicants,Selected\nMale,1390,667 (54.6%)\nFemale,1181,555 (45.4%)\nTotal,2571,1222 (47.5%)\n", nil, false},
		"parts with unknown people":    {"Sex,Applicants,Selected\nMale,1390,667 (52.5%)\nFemale,1181,555 (43.7%)\nUnknown,100,48 (3.8%)\n", nil, false},
		"parts of more than is shown":  {"Race,Applicants,Selected,Selection rate\nWhite,797,412 (40.0%),51.7%\nBlack,390,170 (16.5%),43.6%\nAsian,616,302 (29.3%),49.0%\n", nil, false},
		"two attributes":               {"Category,Applicants,Selected\nMale,1390,667 (54.6%)\nFemale,1181,555 (45.4%)\nWhite,1500,732 (59.9%)\nBlack,1071,490 (40.1%)\n", nil, false},
		"of nothing that is there":     {"Sex,Applicants,Selected,Selection rate\nMale,1390,667 (30%),48.0%\nFemale,1181,555 (20%),47.0%\n", nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Verify([]byte(c.text), nil)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, problems(r), c.want)
			if (r.Count(Unread) > 0) != c.unread {
				t.Errorf("%+v", r)
			}
		})
	}
}
