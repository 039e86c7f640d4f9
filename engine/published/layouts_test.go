package published

import (
	"strings"
	"testing"
)

// Where a space may part thousands or columns, nothing is guessed.
func TestPastedThousands(t *testing.T) {
	head := "Sex Categories # of Applicants # Selected Selection Rate Impact Ratio\nMale 990 667 67% 1.00\nFemale 981 555 57% 0.84\n"
	for last, ok := range map[string]bool{"": true, "Total 1971 1222\n": true, "Total 1 971 1 222\n": false, "Total 1 971 1222\n": false, "Total 1 971 1 222 62%\n": false} {
		r, err := Verify([]byte(head+last), nil)
		if (err == nil) != ok || ok && len(problems(r)) > 0 {
			t.Errorf("%q: %+v, %v", last, r, err)
		}
	}
}

// Tables as journalists find them, with what does not follow in each by hand. A
// clean verdict is for tables of which everything was read.
func TestLayouts(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		tables int
		by     string // attribute of the first table
		groups int
		want   []string
		unread string // part of what is said not to be read
	}{
		"blocks for men and women": {",Male,,Female,\nCategory,Applicants,Selected,Applicants,Selected\nWhite,100,50,100,40\nBlack,50,20,50,60\n",
			1, "race/ethnicity and sex", 4, []string{"more selected than applied: Black, Female"}, ""},
		"rates in the second block": {",,Male,,,Female,,\n,,# Applicants,# Selected,Rate,# Applicants,# Selected,Rate\nHispanic or Latino,,205,90,43.9%,190,82,43.2%\nWhite,,412,215,52.2%,385,197,51.2%\nBlack,,226,95,42.0%,164,75,47.7%\n",
			1, "race/ethnicity and sex", 6, []string{"rate: Black, Female"}, ""},
		"names over the middle of blocks": {",,Male,,,Female,\nRace,n,Selected,Rate,n,Selected,Rate\nWhite,100,50,50%,100,40,41%\nBlack,50,20,40%,50,10,20%\n",
			1, "race/ethnicity and sex", 4, []string{"rate: White, Female"}, ""},
		"a third block of all": {",Male,,Female,,Total,\nRace,Applicants,Selected,Applicants,Selected,Applicants,Selected\nWhite,100,50,100,40,200,90\nBlack,50,20,50,10,100,33\nTotal,150,70,150,50,300,120\n",
			1, "race/ethnicity and sex", 4, []string{"total: Black, total"}, ""},
		"ratios within each block": {",Male,,,Female,,\nRace,Applicants,Selected,Impact ratio,Applicants,Selected,Impact ratio\nWhite,100,50,1.00,100,40,1.00\nBlack,50,20,0.80,50,10,0.50\n",
			2, "race/ethnicity", 2, nil, ""},
		"a wrong ratio in a block": {",Male,,,Female,,\nRace,Applicants,Selected,Impact ratio,Applicants,Selected,Impact ratio\nWhite,100,50,1.00,100,40,0.80\nBlack,50,20,0.80,50,10,0.45\n",
			1, "race/ethnicity and sex", 4, []string{"impact ratio: Black, Female"}, ""},
		"years below each number": {",Applicants,,Selected,,Rate,\n,2023,2024,2023,2024,2023,2024\nMale,100,120,50,60,50%,50%\nFemale,100,120,40,60,40%,55%\n",
			2, "sex", 2, []string{"rate: Female"}, ""},
		"years in one line of headings": {"Sex,Applicants 2023,Hired 2023,Rate 2023,Applicants 2024,Hired 2024,Rate 2024\nM,100,50,50%,120,60,50%\nF,100,40,40%,120,60,55%\n",
			2, "sex", 2, []string{"rate: F"}, ""},
		"blocks without names": {"Sex,Applicants,Selected,Rate,Applicants,Selected,Rate\nM,100,50,50%,120,60,50%\nF,100,40,40%,120,60,55%\n",
			2, "sex", 2, []string{"rate: F"}, ""},
		"a block without rates": {",Male,,,Female\nCategory,Applicants,Selected,Rate,Applicants,Selected\nWhite,412,215,52%,385,197\nBlack,226,95,42%,164,175\n",
			1, "race/ethnicity and sex", 4, []string{"more selected than applied: Black, Female"}, ""},
		"a ratio beside two blocks": {"Race,Male applicants,Male selected,Female applicants,Female selected,Impact ratio\nWhite,412,215,385,197,1.00\nBlack,226,95,164,75,0.84\n",
			1, "race/ethnicity and sex", 4, nil, `the column "Impact ratio" stands beside those of several parts and was not read`},
		"two tools and one column of applicants": {"Tool 1,,,,,Tool 2,,\nSex,Applicants,Selected,Selection Rate,Impact Ratio,Selected,Selection Rate,Impact Ratio\nMale,1000,400,40%,1.00,300,30%,1.00\nFemale,1000,300,30%,0.75,250,21%,0.70\n",
			2, "sex", 2, []string{"rate: Female"}, ""},
		"applicants before two tools": {"Sex,Applicants,Tool 1 selected,Tool 1 rate,Tool 2 selected,Tool 2 rate\nMale,1000,400,40%,300,30%\nFemale,1000,300,35%,250,25%\n",
			2, "sex", 2, []string{"rate: Female"}, ""},
		"ratios of two tools on the same people": {"Sex,Applicants,Tool 1 selected,Tool 1 impact ratio,Tool 2 selected,Tool 2 impact ratio\nMale,1000,400,1.00,300,1.00\nFemale,500,150,0.75,100,0.67\nOther,200,40,0.50,50,0.80\n",
			2, "sex", 3, []string{"impact ratio: Other"}, ""},
		"a second stage of those who passed the first": {"Screening,,,,Interview,\nSex,Applicants,Selected,Selection Rate,Selected,Selection Rate\nMale,1000,400,40%,100,25%\nFemale,1000,300,30%,60,20%\n",
			2, "sex", 2, nil, `the rates of "Interview" follow; they were not held against counts`},
		"a ratio among verdicts": {"Category,N,Pass,Pass rate,4/5ths\nMen,500,300,60%,n/a\nWomen,400,200,50%,0.93\n",
			1, "sex", 2, []string{"impact ratio: Women"}, ""},
		"more passed and failed than applied": {"Category,N,Pass,Fail,Pass rate\nMen,500,300,200,60%\nWomen,400,200,201,50%\nOther,40,20,10,50%\n",
			1, "sex", 3, []string{"more than applied: Women"}, ""},
		"not approved is not approved": {"Race,Applicants,Not approved,Approved,Approval rate\nWhite,100,38,62,62%\nBlack,100,53,47,48%\n",
			1, "race/ethnicity", 2, []string{"rate: Black"}, ""},
		"those not selected beside two blocks": {"Race,Male applicants,Male selected,Male rejected,Female applicants,Female selected,Female rejected\nWhite,100,50,50,80,20,60\nBlack,100,40,60,60,20,40\n",
			1, "race/ethnicity and sex", 4, nil, ""},
		"a second list of numbers": {"Race,Applicants,Selected,Rate,Applicants,Rate\nWhite,412,215,52%,385,57%\nBlack,226,95,42%,164,42%\n",
			1, "race/ethnicity", 2, nil, `the 5th column, "Applicants", holds a number of applicants too and was not read; the 2nd column, "Applicants", was`},
		"tables side by side": {"Sex,Applicants,Selected,Rate,,Race,Applicants,Selected,Rate\nM,100,50,50%,,White,120,60,50%\nF,100,40,40%,,Black,50,20,44%\n,,,,,Asian,30,10,33%\n",
			2, "sex", 2, []string{"rate: Black"}, ""},
		"a second count of applicants": {"Sex,Applicants,Qualified applicants,Selected,Rate\nM,100,70,50,50%\nF,100,60,40,40%\n",
			1, "sex", 2, nil, `the column "Qualified applicants" holds a number of applicants too and was not read; the column "Applicants" was`},
		"a rate of the second count": {"Group,Total applicants,Qualified applicants,Hired,Hire rate\nM,100,80,40,50%\nF,100,60,30,50%\n",
			1, "sex", 2, nil, `the column "Total applicants" holds a number of applicants too and was not read; the column "Qualified applicants" was`},
		"German headings": {"Geschlecht;Bewerber;Ausgewählt;Auswahlquote;Verhältnis\nMänner;1.390;667;48,0 %;1,000\nFrauen;1.181;555;41,0 %;0,979\nSumme;2.571;1.222;47,5 %;\n",
			1, "sex", 2, []string{"rate: Frauen"}, ""},
		"French headings": {"Sexe;Nombre de candidats;Candidats retenus;Taux de sélection\nHommes;1 390;667;48,0 %\nFemmes;1 181;655;47,0 %\nTotal général;2 571;1 322;51,4 %\n",
			1, "sex", 2, []string{"rate: Femmes"}, ""},
		"headings over three lines of a PDF": {"Table 3. Results of 2024\n\n                       # of         Scoring   Impact\n                       Applicants   Rate      Ratio\n Hispanic or Latino\n   Male                16           75.0%     1.00\n   Female              12           50.0%     0.67\n White\n   Male                20           35.0%     0.47\n   Female              20           40.0%     0.59\n",
			1, "race/ethnicity and sex", 4, []string{"impact ratio: Female"}, ""},
		"the rate once more": {"Sex,Applicants,Selected,Selection rate,Selection rate (%)\nM,100,50,0.50,50\nF,100,40,0.40,40\n", 1, "sex", 2, nil, ""},
		"spaces of a PDF": {"Sex Categories   # of Applicants   # Selected   Selection Rate   Impact Ratio\nMale   1390   667   48%   1.00\nFemale   1181   555   47%   0.70\n",
			1, "sex", 2, []string{"impact ratio: Female"}, ""},
		"spaces and commas": {"                       # of                     Selection   Impact\nRace/Ethnicity   Applicants   # Selected   Rate        Ratio\nWhite                 1,200          600   50%         1.00\nBlack                   300          120   40%         0.90\nAsian                    17           <5   *\nTotal                 1,517          723\n",
			1, "race/ethnicity", 3, []string{"impact ratio: Black"}, ""},
		"blocks of spaces": {"                Male                  Female\nRace        Applicants  Selected  Applicants  Selected\nWhite              100        50         100        40\nBlack               50        20          50        60\n",
			1, "race/ethnicity and sex", 4, []string{"more selected than applied: Black, Female"}, ""},
		"single spaces of a PDF": {"Bias audit 2024\nSex Categories # of Applicants # Selected Selection Rate Impact Ratio\nMale 1390 667 48% 1.00\nFemale 1181 555 41 % 0.979\nTotal 2571 1222\n" +
			"Race/Ethnicity # of Applicants # Selected Selection Rate Impact Ratio\nHispanic or Latino 700 350 50% 1.00\nWhite 1871 872 47% 0.93\n",
			2, "sex", 2, []string{"rate: Female"}, ""},
		"a long name in a PDF": {"Race/Ethnicity        # of Applicants    # Selected    Selection Rate    Impact Ratio\nHispanic or Latino    408                204           50%               0.97\n" +
			"White                 797                412           52%               1.00\nBlack or African American 390            170           44%               0.94\nAsian                 616                302           49%               0.95\n",
			1, "race/ethnicity", 4, []string{"impact ratio: Black or African American"}, ""},
		"a cell missing in a PDF": {"Race   Applicants   Selected   Rate   Ratio\nWhite   797   412   52%   1.00\nBlack or African American   390   44%   0.84\nAsian   616   302   49%   0.95\nTotal   1803   884\n",
			1, "race/ethnicity", 3, nil, "this line has fewer cells than others"},
		"the highest group cannot be read": {"Race,Applicants,Selected,Rate,Ratio\nWhite,797,412,51.7%,0.80\nBlack,390,170,43.6%,0.68\nAsian,1,616,398,64.6%,1.00,9,4\n",
			1, "race/ethnicity", 3, nil, "this line has 8 cells under 5 headings"},
		"a ratio of a hidden rate": {"Race,Applicants,Selected,Rate,Ratio\nWhite,15,<5,*,0.529\nBlack,41,21,0.51,1.000\nAsian,26,5,0.19,0.373\n", // 4 of 15 printed as 0.27
			1, "race/ethnicity", 3, nil, ""},
		"departments": {"Department,Male Applicants,Male Admitted,Female Applicants,Female Admitted\nA,825,512,108,89\nB,560,353,25,17\nC,325,120,593,202\nSum,1710,985,726,380\n",
			1, "department and sex", 6, []string{"total: Female, total"}, ""},
		"a sum by chance": {"Age,Applicants,Selected,Impact ratio\nUnder 30,2,1,1.00\n30-39,3,1,0.67\n40+,5,2,0.70\n", 1, "age", 3, []string{"impact ratio: 40+"}, ""},
		"the number selected without a heading": {"Group,Applicants,,Selection Rate,Impact Ratio\nMale,1390,667,48%,1.00\nFemale,1181,655,47%,0.98\nOther,200,90,45%,0.94\n",
			1, "sex", 3, []string{"rate: Female"}, ""},
		"numbers without a heading": {"Group,Applicants,,Selection Rate\nMale,1390,31,48%\nFemale,1181,29,47%\n",
			1, "sex", 2, nil, "the 3rd column, which has no heading, holds numbers and was not read"},
		"numbered lines": {",Sex,Applicants,Selected,Rate\n0,Male,100,50,50%\n1,Female,100,40,41%\n", 1, "sex", 2, []string{"rate: Female"}, ""},
		"another attribute": {"Housing status,Applications,Approved,Approval rate,Ratio\nOwner,1200,900,75%,1.00\nRenter,800,520,65%,0.87\nFree,100,55,50%,0.73\n",
			1, "housing status", 3, []string{"rate: Free"}, ""},
		"a total in German": {"Race;Applicants;Selected;Selection rate\nWhite;400;200;50%\nBlack;300;120;40%\nSumme;700;330;46%\n",
			1, "race/ethnicity", 2, []string{"rate: total", "total: total"}, ""},
		"totals in many languages": {"Sex,Applicants,Selected\nM,400,200\nF,300,120\nTotal général,700,320\n\nSex,Applicants,Selected\nM,400,200\nF,300,120\nInsgesamt,700,320\n\nSex,Applicants,Selected\nM,400,200\nF,300,120\n合计,700,320\n",
			3, "sex", 2, nil, ""},
		"a total that nobody can name": {"Sex,Applicants,% of applicants,Selected,Rate,Impact ratio\nM,400,57.1%,200,50%,1.00\nF,300,42.9%,120,40%,0.80\nКокку,700,100%,320,46%,0.91\n",
			1, "sex", 2, nil, ""},
		"a group as large as the others": {"Region,Applicants,% of applicants,Selected,Impact ratio\nNorth,100,25%,50,1.00\nSouth,100,25%,30,0.60\nWest,200,50%,80,0.80\n",
			1, "region", 3, nil, ""},
		"a note above a table": {"Sex,n,Selected,Rate\nM,100,50,50%\nF,100,40,40%\nNote: impact ratio = rate over the highest rate\n\nRace,n,Selected,Rate\nWhite,100,50,50%\nBlack,100,40,40%\n",
			2, "sex", 2, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Verify([]byte(c.text), nil)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, problems(r), c.want)
			if len(r.Tables) != c.tables || r.Tables[0].Attribute != c.by || r.Tables[0].Groups != c.groups {
				t.Errorf("%+v", r.Tables)
			}
			if (r.Count(Unread) > 0) != (c.unread != "") || c.unread != "" && !has(r, Unread, c.unread) {
				t.Errorf("%+v", r.Findings)
			}
			for _, table := range r.Tables {
				if strings.Contains(table.Title, "Note") {
					t.Errorf("a note as title: %+v", table)
				}
			}
		})
	}
}
