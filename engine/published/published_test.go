package published

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// verify checks a file of testdata.
func verify(t *testing.T, name string) *Report {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Verify(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// problems prints line, kind and group of every problem.
func problems(r *Report) []string {
	var out []string
	for _, f := range r.Findings {
		if f.Severity == Problem {
			out = append(out, strings.TrimSuffix(f.Kind+": "+f.Group, ": "))
		}
	}
	return out
}

func has(r *Report, severity Severity, part string) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Severity == severity && strings.Contains(f.Text, part) })
}

func equal(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The selection example of the rule text (6 RCNY 5-301) contradicts itself: its
// race table counts 2,584 people, the two others 2,571, and the 13 more Hispanic
// people cannot be the 32 more selected. The 250 people of unknown sex or race could
// be the difference of 13. All else follows.
func TestRuleSelection(t *testing.T) {
	r := verify(t, "rule-selection.csv")
	equal(t, problems(r), []string{"sum of parts: Hispanic or Latino"})
	if !has(r, Note, "by sex 2,571 people are counted, by race/ethnicity 2,584") ||
		!has(r, Problem, "204 of this group were selected, but by race/ethnicity and sex its parts add up to 172; the 13 people whose place among the parts is unknown cannot make up for it") {
		t.Errorf("%+v", r.Findings)
	}
	if r.Count(Note) != 1 || r.Count(Unread) > 0 || len(r.Tables) != 3 || r.Tables[2].Groups != 14 || r.Tables[2].Unknown != "250" {
		t.Errorf("%+v", r)
	}
}

// The scoring example of the rule text prints 64.2 % for 18 of 28, which is
// 64.29 %; all else follows.
func TestRuleScoring(t *testing.T) {
	r := verify(t, "rule-scoring.csv")
	equal(t, problems(r), nil)
	if r.Count(Note) != 1 || !has(r, Note, "no number of people out of 28 gives a scoring rate of 64.2%: 17 give 60.71 %, one more 64.29 %") {
		t.Errorf("%+v", r.Findings)
	}
}

// NYU Langone's audit of 2023 (perma.cc/83UA-BVJ9), of which these are excerpts:
// 43,621 of 61,117 women is not 0.65, and 249 of 315 is not 0.70. The impact ratios
// by sex and race come from rounded rates, and the group with the highest rate,
// below 2 % of all, has none.
func TestNYULangone(t *testing.T) {
	sex := verify(t, "nyu-langone-sex.csv")
	equal(t, problems(sex), []string{"rate: Female"})
	race := verify(t, "nyu-langone-race.csv")
	equal(t, problems(race), []string{"rate: American Indian or Alaska Native"})
	both := verify(t, "nyu-langone-both.csv")
	equal(t, problems(both), nil)
	if !has(sex, Problem, "printed as 0.65, but 43,621 of 61,117 is 0.7137") || !has(race, Problem, "printed as 0.70, but 249 of 315 is 0.7905") {
		t.Errorf("%+v %+v", sex.Findings, race.Findings)
	}
	if !has(both, Note, "0.86 printed, 0.8525 from the counts") || !has(both, Note, "highest rate of the table (0.73)") {
		t.Errorf("%+v", both.Findings)
	}
}

// Tables as people save them are read, and all of these follow.
func TestOddTables(t *testing.T) {
	for name, text := range map[string]string{
		"percent signs and a total":   "Group,Applicants,Selected,Selection rate,Impact ratio\nMen,\"1,390\",667,48 %,100 %\nWomen,\"1,181\",555,47.0 %,98%\nTotal,\"2,571\",\"1,222\",47.5%,\n",
		"semicolons, points, commas":  "\ufeffGruppe (sex);Applicants;Selected;Selection rate;Impact ratio\nMale;1.390;667;0,48;1,00\nFemale;1.181;555;0,47;0,979\n",
		"spaces and tabs":             "Sex\tn\t# selected\trate\tAIR\nM\t1 390\t667\t48.0\t1.000\nF\t1\u202f181\t555\t47.0\t.979\n",
		"a header over two lines":     "Category,Applicants,,Selected,,Impact\n,Number,Share,Number,Rate,ratio\nMale,1390,54.1%,667,48%,1.00\nFemale,1181,45.9%,555,47%,0.979\n",
		"words parted over two lines": "Sex,Number of,Number,Selection,Impact\n,applicants,selected,rate,ratio\nMale,1390,667,48%,1.00\nFemale,1181,555,47%,0.979\n",
		"footnotes and dashes":        "Sex,Applicants,Selected,Selection rate,Impact ratio\nMale*,1390†,667,48%*,1.00 [1]\nFemale,1181,555,≈47%,0.98(a)\nNon-binary,8,–,–,N/A\n",
		"suppressed cells":            "Race,Applicants,Selected,Selection rate,Impact ratio\nWhite,400,200,50%,1.00\nBlack,300,120,40%,0.80\nAsian,17,<5,<30%,*\nTotal,717,321–324,45%,\n",
		"merged names":                "Sex,Race,Applicants,Selected,Rate\nMale,White,400,200,50%\n,Black,300,120,40%\nFemale,White,390,180,46.2%\n,Black,310,120,38.7%\n",
		"sections":                    "Category,Applicants,Selected,Rate\nMale,,,\nWhite,400,200,50%\nBlack,300,120,40%\nFemale,,,\nWhite,390,180,46.2%\nBlack,310,120,38.7%\n\nSex\nMale,700,320,45.7%\nFemale,700,300,42.9%\n",
		"two attributes in one list":  "Category,Applicants,Selected,Selection rate,Impact ratio\nMale,700,320,45.7%,1.00\nFemale,700,300,42.9%,0.94\nWhite,790,380,48.1%,1.00\nBlack,610,240,39.3%,0.82\n",
		"Windows-1252":                "Sex,Applicants,Selected,Rate\nM,1390,667,48%\nF,1181,555,47%\nNot stated \x96,5,\x97,\x97\n",
		"words for the reference":     "Sex,Applicants,Selected,Selection rate,Impact ratio\nM,1390,667,48%,Reference\nF,1181,555,47%,98%\n",
		"a remark on the reference":   "Race,Applicants,Selected,Selection rate,Impact ratio\nWhite,797,412,52%,1.00 (reference)\nBlack,390,170,44%,0.84\n",
		"a group left out of both":    "Category,Applicants,Selected,Rate\nMale,700,320,45.7%\nFemale,700,300,42.9%\nNon-binary,10,4,40%\nWhite,796,383,48.1%\nBlack,614,241,39.3%\nWhite Male,400,200,50%\nBlack Male,300,120,40%\nWhite Female,390,180,46.2%\nBlack Female,310,120,38.7%\n",
		"a cut digit":                 "Sex,Applicants,Selected,Selection rate,Impact ratio\nM,30,20,66.6%,1.00\nF,30,10,33.3%,0.50\n",
	} {
		r, err := Verify([]byte(text), nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if r.Checks < 2 || r.Count(Problem)+r.Count(Unread) > 0 {
			t.Errorf("%s: %d checks, %+v", name, r.Checks, r.Findings)
		}
	}
}

// People may be of unknown sex, of unknown race, or both: what sentences count
// decides whether tables by sex and by race can be about the same people.
func TestUnknownPeople(t *testing.T) {
	sheet := func(note string) string {
		return "Sex,Applicants,Selected,Selection Rate,Impact Ratio\nMale,113,57,50.4%,1.00\nFemale,103,40,38.8%,0.77\n\n" +
			"Race,Applicants,Selected,Selection Rate,Impact Ratio\nWhite,103,53,51.5%,1.00\nAsian,106,46,43.4%,0.84\n\n" + note + "\n"
	}
	for note, want := range map[string][]string{
		"Note: 7 applicants of unknown sex and 14 of unknown race/ethnicity were not included.":                        nil, // 216 + 7 = 209 + 14
		"Note: 8 applicants of unknown sex and 14 of unknown race/ethnicity were not included.":                        {"totals by attribute"},
		"Note: 7 applicants of unknown sex, 14 of unknown race were left out.":                                         nil,
		"Unknown sex: 7; unknown race: 14":                                                                             nil,
		"The AEDT was also used to assess 20 individuals with an unknown sex or race/ethnicity category.":              nil,
		"The AEDT was also used to assess 5 individuals with an unknown sex or race/ethnicity category.":               {"totals by attribute"},
		"17 individuals had an unknown sex or race. The 7 of unknown sex and the 14 of unknown race are not included.": nil,
		"": {"totals by attribute"},
	} {
		r, err := Verify([]byte(sheet(note)), nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(note)
		equal(t, problems(r), want)
		if r.Count(Unread) > 0 || note != "" && len(r.Tables) != 2 {
			t.Errorf("%+v", r)
		}
	}
}

// A block of rows is one table, whatever is added to the names of groups, and an
// impact ratio in it that does not follow is found.
func TestNamesOfGroups(t *testing.T) {
	for _, header := range []string{"Group", "Sex"} {
		for first, second := range map[string]string{
			"Male (reference)": "Female", "Male (highest)": "Female", "Male (1)": "Female", "Male [1]": "Female", "Male (n=1390)": "Female (n=1181)",
			"Male": "Female (incl. trans women)", "Cis male": "Female", "Men and nonbinary": "Women", "Black women": "All others", "Männlich": "Weiblich",
			"White": "Everybody else", "Female": "Not female", "Group A": "Group B", "Under 40": "40 and over",
		} {
			for ratio, want := range map[string][]string{"0.98": nil, "0.73": {"impact ratio: " + second}} {
				text := header + ",Applicants,Selected,Selection Rate,Impact Ratio\n" + first + ",1390,667,48.0%,1.00\n" + second + ",1181,555,47.0%," + ratio + "\n"
				r, err := Verify([]byte(text), nil)
				if err != nil {
					t.Fatal(err)
				}
				if equal(t, problems(r), want); len(r.Tables) != 1 || r.Tables[0].Groups != 2 || r.Count(Unread) > 0 {
					t.Errorf("%s, %s: %+v", first, second, r)
				}
			}
		}
	}
}

// Where the ratios follow in one reading only, that is taken and said.
func TestReadings(t *testing.T) {
	for text, want := range map[string]string{
		"Group,Applicants,Selected,Rate,Impact Ratio\nMale,700,320,45.7%,0.95\nFemale,700,300,42.9%,0.89\nWhite,790,380,48.1%,1.00\nBlack,610,240,39.3%,0.82\n":                            "another division",
		"Job category,Sex,Applicants,Selected,Rate,Impact Ratio\nClerk,Male,1390,667,48%,1.00\nClerk,Female,1181,555,47%,0.98\nChef,Male,100,50,50%,1.00\nChef,Female,100,40,40%,0.80\n":   "every job category is a table",
		"Job,Sex,Applicants,Selected,Rate,Impact Ratio\nClerk,Male,1390,667,48%,1.00\nClerk,Female,1181,555,47%,0.98\nChef,Male,100,50,50%,1.00\nChef,Female,100,40,40%,0.80\n":            `each value of the column "Job"`,
		"Group,Applicants,Selected,Rate,Impact Ratio\nUnder 40,100,50,50%,1.00\n40 and over,100,40,40%,0.80\nMale,100,45,45%,1.00\nFemale,100,45,45%,1.00\n":                               "another division",
		"Sex,Applicants,Selected,Waiting,Rate\nMale,100,50,50,50%\nFemale,100,40,60,40%\nNote: rates are rounded, so they may differ\n":                                                    "not used",
		"Year,Sex,Applicants,Selected,Rate,Impact Ratio\n2022,Male,1390,667,48%,1.00\n,Female,1181,555,47%,0.98\n2023,Male,100,50,50%,1.00\n,Female,100,40,40%,0.80\nTotal,,2771,1312,,\n": `each value of the column "Year"`,
		"Sex,Applicants,Selected,Rate,Impact Ratio\nM,100,50,50%,0.556\nF,100,40,40%,0.444\nUnknown,10,9,90%,1.00\n":                                                                       "unknown group count as a group",
		"Sex,Applicants,Selected,Waiting,Rate,Year\nM,100,50,50,50%,2023\nF,100,40,60,40%,2023\n":                                                                                          `"Waiting" was not understood`,
		"Sex,Applicants,Selected,Fail,Rate\nM,100,50,40,50%\nF,100,40,30,40%\n":                                                                                                            "(M)",
		"Race,Approved,Denied,Approval rate\nWhite,820,180,62%\nBlack,600,300,47%\n":                                                                                                       "no number of applicants to hold it against",
		"Sex,Applicants,Selected,Rate,Impact Ratio\nMale,1390,667,48.0%,1.00\nFemale,1,181,555,47.0%,0.98\n":                                                                               "6 cells under 5 headings",
	} {
		r, err := Verify([]byte(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.Count(Problem)+r.Count(Unread) > 0 || !has(r, Note, want) {
			t.Errorf("%s%+v", text, r.Findings)
		}
	}
}

// Cells of several numbers are read, and a line with too many cells is left out.
func TestCompoundCells(t *testing.T) {
	for text, want := range map[string][]string{
		"Sex,Selected / Applicants,Selection Rate,Impact Ratio\nMale,667/1390,48.0%,1.00\nFemale,111/1181,47.0%,0.98\n":                   {"rate: Female"},
		"Sex,Selected,Rate,Impact Ratio\nMale,667 of 1390,48%,1.00x\nFemale,555 of 1181,47.0%,0.78x\n":                                    {"impact ratio: Female"},
		"Sex,Applicants (%),Hired (%)\nMale,\"1,390 (54%)\",667 (48%)\nFemale,\"1,181 (46%)\",555 (49%)\n":                                {"rate: Female"},
		"Sex,Selection rate,Impact ratio\nMale,48 % (667/1390),1.00×\nFemale,47 % (555/1181),0.50×\n":                                     {"impact ratio: Female"},
		"Sex,Applicants,Selected,Rate\nMale,1390,667 (48%),48%\nFemale,1181,555 (49%),47%\n":                                              {"printed twice"},
		"Sex,Applicants,Selected,Not selected,Selection Rate,Impact Ratio\nMale,1390,667,723,48.0%,1.00\nFemale,1181,555,626,47.0%,0.5\n": {"impact ratio: Female"},
	} {
		r, err := Verify([]byte(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		if equal(t, problems(r), want); r.Count(Unread) > 0 {
			t.Errorf("%s%+v", text, r.Findings)
		}
	}
	r, err := Verify([]byte("Sex,Applicants,Selected,Rate\nMale,1390,667,48%\nFemale,1,181,555,47%,9,3\nOther,10,5,50%\n"), nil)
	if err != nil || r.Count(Problem) > 0 || !has(r, Unread, "this line has 7 cells under 4 headings") {
		t.Errorf("%+v %v", r, err)
	}
}

// A column that heads with Not is a header, named by its text or by its number.
func TestNotSelected(t *testing.T) {
	text := "Sex,Applicants,Selected,Not selected,Rate\nMale,1390,667,723,48.0%\nFemale,1181,555,626,41.0%\n"
	for _, columns := range []Columns{{Selected: {"Selected"}}, {Category: {"1"}, Applicants: {"2"}, Selected: {"3"}, Rate: {"5"}}} {
		r, err := Verify([]byte(text), columns)
		if err != nil {
			t.Fatal(err)
		}
		if equal(t, problems(r), []string{"rate: Female"}); r.Count(Unread) > 0 {
			t.Errorf("%+v", r.Findings)
		}
	}
}

// What cannot be read is said with its line, and the rest is checked.
func TestUnreadable(t *testing.T) {
	r, err := Verify([]byte("Sex,Applicants,Selected,Selection rate\nMale,1O4,20,20%\nFemale,100,20,22%\nOther,-4,2.5,2%\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, problems(r), []string{"rate: Female", "negative: Other"})
	if r.Count(Unread) != 2 || r.Findings[0].Line != 2 || !has(r, Unread, `the number of applicants "1O4" cannot be read`) {
		t.Errorf("%+v", r.Findings)
	}
}

// Several audits in one file are told apart by a column, and not compared where
// nothing tells.
func TestSeveralAudits(t *testing.T) {
	text := "tool,category,applicants,selected,rate\nA,Male,100,50,50%\nA,Female,100,40,40%\nA,White,120,60,50%\nA,Black,80,30,38%\n" +
		"B,Male,10,5,50%\nB,Female,10,4,40%\nB,White,12,6,50%\nB,Black,9,3,33%\n"
	r, err := Verify([]byte(text), Columns{Table: {"tool"}})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, problems(r), []string{"totals by attribute"})
	if len(r.Tables) != 4 || r.Tables[3].Title != "B" {
		t.Errorf("%+v", r.Tables)
	}
}

// Columns can be named, by header or number, and a file can have no header.
func TestColumns(t *testing.T) {
	for _, columns := range [][]string{{"category=1", "applicants=2", "selected=3", "rate=4"}, nil} {
		text := "Male,1390,667,48%\nFemale,1181,555,41%\n"
		if columns == nil {
			text = "who,a,b,c\n" + text
			columns = []string{"category=who", "applicants=a", "selected=b", "rate=C"}
		}
		c, err := ParseColumns(columns)
		if err != nil {
			t.Fatal(err)
		}
		r, err := Verify([]byte(text), c)
		if err != nil {
			t.Fatalf("%v: %v", columns, err)
		}
		equal(t, problems(r), []string{"rate: Female"})
	}
	for _, bad := range []string{"applicants", "people=2", "rate="} {
		if _, err := ParseColumns([]string{bad}); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	if _, err := Verify([]byte("sex,n,k\nM,4,2\n"), Columns{Rate: {"Quote"}}); err == nil || !strings.Contains(err.Error(), "rate=Quote") {
		t.Errorf("an absent column gives %v", err)
	}
}

// A table whose groups are its columns is to be turned.
func TestTurnedTable(t *testing.T) {
	_, err := Verify([]byte("Metric,Male,Female\n# of Applicants,1390,1181\n# Selected,667,555\nSelection Rate,48%,41%\n"), nil)
	if err == nil || !strings.Contains(err.Error(), "turn rows into columns") {
		t.Error(err)
	}
}

// Files that hold no table say so.
func TestNoTable(t *testing.T) {
	for _, text := range []string{"", "\n\n", "hello\n", "a,b\n1,2\n", "%PDF-1.7", "PK\x03\x04x", "a\x00b"} {
		if r, err := Verify([]byte(text), nil); err == nil {
			t.Errorf("%q gives %+v", text, r)
		}
	}
}

// FuzzVerify: no file, however odd, makes the checker panic or name a line that
// is not there.
func FuzzVerify(f *testing.F) {
	for seed := range uint64(6) {
		f.Add(newSheet(seed).file())
	}
	f.Add([]byte(",Male,,,Female,,\nRace,Applicants,Selected,Rate,Applicants,Selected,Rate\nWhite,100,50,50%,80,40,50%\nSumme,100,50,,80,40,\n"))
	f.Add([]byte("Sex   # Applicants   # Selected   Rate\n M       1390         667         48%\n F      1181          555         47%\n"))
	f.Add([]byte("Sex,Applicants,,Rate,,Race,Applicants,Selected\nM,100,50,50%,,White,60,30\nF,100,40,40%,,Black,140,60\n"))
	f.Add([]byte("Sex # of Applicants # Selected Selection Rate\nMale 1390 667 48%\nFemale 1181 555 47 %\nTotal 2571 1222\n"))
	f.Add([]byte("Sex,n,selected,rate,ratio,share\nMale,0,0,0%,1.0,\nFemale,<5,≤3,>95%,0,5%\nTotal,1-10,*,..,x,\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4096 {
			return
		}
		r, err := Verify(data, nil)
		if err != nil {
			return
		}
		lines := strings.Count(string(data), "\n") + strings.Count(string(data), "\r") + 1
		for _, f := range r.Findings {
			if f.Line < 1 || f.Line > lines || f.Table < 1 || f.Table > len(r.Tables) || f.Text == "" {
				t.Fatalf("%+v", f)
			}
		}
	})
}
