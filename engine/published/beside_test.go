package published

import "testing"

// Tables beside each other, each with names of its own, under a line that says what
// each is about. By hand: 555 of 1,181 over 667 of 1,390 is 0.98, 490 of 1,171 over
// 732 of 1,500 is 0.86.
func TestBesideUnderTitles(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		first string // attribute of the first table
		by    string // and of the second
		want  []string
	}{
		"short headings": {"Sex,,,,,Race,,,,\nCategory,Applicants,Selected,Rate,IR,Category,Applicants,Selected,Rate,IR\n" +
			"Male,1390,667,48%,1.00,White,1500,732,49%,1.00\nFemale,1181,555,47%,0.48,Black,1171,490,42%,0.33\n",
			"sex", "race/ethnicity", []string{"totals by attribute", "impact ratio: Female", "impact ratio: Black"}},
		"no error": {"Sex,,,,,Race,,,,\nCategory,Applicants,Selected,Rate,IR,Category,Applicants,Selected,Rate,IR\n" +
			"Male,1390,667,48%,1.00,White,1500,732,49%,1.00\nFemale,1181,555,47%,0.98,Black,1071,490,46%,0.94\n",
			"sex", "race/ethnicity", nil},
		"long headings": {"Sex,,,,,Race,,,,\nCategory,Applicants,Selected,Rate,Impact ratio,Category,Applicants,Selected,Rate,Impact ratio\n" +
			"Male,1390,667,48%,1.00,White,1500,732,49%,1.00\nFemale,1181,555,47%,0.98,Black,1171,490,42%,0.86\n",
			"sex", "race/ethnicity", []string{"totals by attribute"}},
		"no heading above the names": {"Sex,,,,,Race,,,,\n,Applicants,Selected,Rate,IR,,Applicants,Selected,Rate,IR\n" +
			"Male,1390,667,48%,1.00,White,1500,732,49%,1.00\nFemale,1181,555,47%,0.48,Black,1071,490,46%,0.94\n",
			"sex", "race/ethnicity", []string{"impact ratio: Female"}},
		"titles over the middle": {",,By sex,,,,,By race,,\nGroup,Applicants,Selected,Rate,IR,Group,Applicants,Selected,Rate,IR\n" +
			"Male,1390,667,48%,1.00,White,1500,732,49%,1.00\nFemale,1181,555,47%,0.98,Black,1171,490,42%,0.33\n",
			"sex", "race/ethnicity", []string{"totals by attribute", "impact ratio: Black"}},
		"two tools": {"Résumé screen,,,,,Video interview,,,,\nSex,Applicants,Selected,Rate,IR,Sex,Applicants,Selected,Rate,IR\n" +
			"Male,1390,667,48%,1.00,Female,555,250,45%,0.92\nFemale,1181,555,47%,0.48,Male,667,327,49%,1.00\n",
			"sex", "sex", []string{"impact ratio: Female"}},
		"an attribute that nobody knows": {"Sex,,,,,Office,,,,\nCategory,Applicants,Selected,Rate,IR,Category,Applicants,Selected,Rate,IR\n" +
			"Male,1390,667,48%,1.00,North,1500,732,49%,1.00\nFemale,1181,555,47%,0.98,South,1071,490,46%,0.44\n",
			"sex", "", []string{"impact ratio: South"}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Verify([]byte(c.text), nil)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, problems(r), c.want)
			if len(r.Tables) != 2 || r.Tables[0].Attribute != c.first || c.by != "" && r.Tables[1].Attribute != c.by || r.Count(Unread) > 0 {
				t.Errorf("%+v", r)
			}
		})
	}
}
