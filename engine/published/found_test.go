package published

import (
	"strings"
	"testing"
)

// Tables as they are found in reports, on pages and in spreadsheets: nothing that
// follows is called wrong, what cannot be read is said not to be, and one wrong
// number in each is found. The numbers are computed by hand from those of the rule's
// example (6 RCNY 5-301): 412 of 797, 390, 616 and so on.
func TestFoundTables(t *testing.T) {
	for _, c := range []struct {
		name, text string
		unread     bool
		from, to   string // the number that is made wrong
		want       string // what is said of it
	}{
		{"names over three lines, page numbers, a note", `Bias Audit Results – Acme Corp.                                    Page 1 of 2

Race/Ethnicity                        Number of     Number      Selection   Impact
Categories                            Applicants    Selected    Rate        Ratio
Hispanic or Latino                       408          204        50.0%       0.967
White (Not Hispanic                      797          412        51.7%       1.000
or Latino)
Black or African American                390          170        43.6%       0.843
(Not Hispanic or Latino)
Native Hawaiian or Pacific               119           52        43.7%       0.845
Islander (Not Hispanic or
Latino)
Asian (Not Hispanic or Latino)           616          302        49.0%       0.948

Note: 250 applicants did not disclose their race or ethnicity.
                                                                   Page 2 of 2
`, false, "43.7%", "53.7%", "rate: Native Hawaiian or Pacific Islander (Not Hispanic or Latino)"},
		{"Markdown in bold, a quotation below", `### Sex categories

| | Applicants | Selected | Selection rate | Impact ratio |
|:---|---:|---:|---:|:---:|
| **Male** | 1,390 | 667 | 48.0 % | **1.00** |
| **Female** | 1,181 | 555 | 47.0 % | 0.98 |
| *Total* | 2,571 | 1,222 | 47.5 % | |

> Ratio = rate divided by the highest rate.
`, false, "47.0 %", "57.0 %", "rate: Female"},
		{"a note between rows", `Race,Applicants,Selected,Selection rate,Impact ratio
White,797,412,51.7%,1.00
Black,390,170,43.6%,0.84
Note: the counts of the following groups were corrected on 3 May 2024,,,,
Asian,616,302,49.0%,0.95
Two or more races,213,96,45.1%,0.87
`, false, "49.0%", "59.0%", "rate: Asian"},
		{"percent in brackets after counts", `Gender,Applicants (%),Hired (%),Impact ratio
Male,"1,390 (54.1%)",667 (48.0%),1.00
Female,"1,181 (45.9%)",555 (47.0%),0.98
Total,"2,571 (100%)","1,222 (47.5%)",
`, false, "(47.0%)", "(57.0%)", "rate: Female"},
		{"counts with n=", `Group,Applicants,Selected,Rate,Ratio
Male,n=1390,n=667,48.0%,1.00
Female,n=1181,n=555,47.0%,0.98
`, false, "47.0%", "57.0%", "rate: Female"},
		{"counts with n = in brackets", `Group,Applicants,Selected,Rate,Ratio
Male,n = 1390,n = 667,48.0%,1.00
Female,(n = 1181),(n = 555),47.0%,0.98
`, false, "47.0%", "57.0%", "rate: Female"},
		{"percent of applicants in brackets", `Gender,Applicants,Hired (% of applicants),Impact ratio
Male (n=1390),1390,667 (48.0%),1.00
Female (n=1181),1181,555 (47.0%),0.98
`, false, "(47.0%)", "(57.0%)", "rate: Female (n=1181)"},
		{"footnotes by number, an indented rest of a name", `Table A-2. Impact ratios by race/ethnicity¹

                              Applicants²  Selected   Rate    Ratio
White                             797         412     51.7%   1.000
Black or African                  390         170     43.6%   0.843
  American
Asian                             616         302     49.0%   0.948
Two or more races†                213          96     45.1%   0.872

¹ Self-reported.
² Applicants who completed the assessment between 1 January and 31 December 2023.
† Includes persons of more than one race.
`, false, "0.843", "0.943", "impact ratio: Black or African American"},
		{"whole percent below a sign, a footnote", `Gender,Applicants,Hired,%,AIR
Men,1390,667,48,1.00
Women,1181,555,47,0.98
Total,2571,1222,48,
*Rates are rounded to whole percent.,,,,
`, false, ",47,", ",57,", "rate: Women"},
		{"page numbers between tables", `Job category: Nurse

Sex             Applicants   Hired   Hire rate   Impact ratio
Female             1,181      555      47.0%        0.98
Male               1,390      667      48.0%        1.00

- 12 -

Job category: Physician

Sex             Applicants   Hired   Hire rate   Impact ratio
Female               300      120      40.0%        0.80
Male                 400      200      50.0%        1.00

- 13 -
`, false, "40.0%", "44.0%", "rate: Female"},
		{"Markdown with line breaks and escapes", `| Race / ethnicity | n | Selected | Rate | IR |
|---|---|---|---|---|
| White<br>(Not Hispanic or Latino) | 797 | 412 | 51.7% | 1.000 |
| Black or African American<br>(Not Hispanic or Latino) | 390 | 170 | 43.6% | 0.843 |
| American Indian or Alaska Native\* | 41 | 18 | 43.9% | N/A |
| Asian | 616 | 302 | 49.0% | 0.948 |

\* Fewer than 2% of applicants; excluded.
`, false, "0.843", "0.943", "impact ratio: Black or African American (Not Hispanic or Latino)"},
		{"line breaks in quotes, the number of a page", `Race/Ethnicity,# of Applicants,# Selected,Selection Rate,Impact Ratio
"American Indian or Alaska Native (Not
Hispanic or Latino)",41,18,43.9%,0.849
"White (Not Hispanic or
Latino)",797,412,51.7%,1.000
3,,,,
"Two or More Races (Not
Hispanic or Latino)",213,96,45.1%,0.872
`, false, "0.872", "0.972", "impact ratio: Two or More Races (Not Hispanic or Latino)"},
		{"single spaces, a broken name, a page number", `Race/Ethnicity # of Applicants # Selected Selection Rate Impact Ratio
Hispanic or Latino 408 204 50.0% 0.967
White 797 412 51.7% 1.000
Native Hawaiian or Pacific Islander (Not
Hispanic or Latino) 119 52 43.7% 0.845
Black or African American 390 170 43.6% 0.843
Page 4
Asian 616 302 49.0% 0.948
`, false, "0.845", "0.945", "impact ratio: Native Hawaiian or Pacific Islander (Not Hispanic or Latino)"},
		{"broken names that nobody knows", `Department,Applicants,Hired,Rate,Ratio to highest
Research and,,,,
Development,200,100,50%,1.00
Sales,300,120,40%,0.80
Human,,,,
Resources,100,45,45%,0.90
Total,600,265,44%,
`, false, "45%", "55%", "rate: Human Resources"},
		{"a column of verdicts", `Age group,Applicants,Hired,Hire %,AIR,Pass 80% rule?
Under 40,800,400,50%,1.00,Yes
40 and over,600,240,40%,0.80,Yes
Not stated,25,,,,
`, false, "0.80,", "0.90,", "impact ratio: 40 and over"},
		{"a table in rules", `+--------+------------+----------+-------+-------+
| Sex    | Applicants | Selected | Rate  | Ratio |
+========+============+==========+=======+=======+
| Male   | 1390       | 667      | 48.0% | 1.00  |
+--------+------------+----------+-------+-------+
| Female | 1181       | 555      | 47.0% | 0.98  |
+--------+------------+----------+-------+-------+
`, false, "0.98", "0.88", "impact ratio: Female"},
		{"a broken name above a merged cell", `Race,Gender,Applicants,Selected,Rate,Ratio
Black or African,Male,226,95,42.0%,0.806
American,,,,,
,Female,164,75,45.7%,0.876
White,Male,412,215,52.2%,1.000
,Female,385,197,51.2%,0.981
`, false, "0.806", "0.906", "impact ratio: Black or African American, Male"},
		{"shares of applicants and of selected", `Race/Ethnicity,% of Applicants,Applicants,% of Selected,Selected,Selection Rate,Impact Ratio
White,44.2%,797,46.6%,412,51.7%,1.00
Black,21.6%,390,19.2%,170,43.6%,0.84
Asian,34.2%,616,34.2%,302,49.0%,0.95
Total,100%,1803,100%,884,49.0%,
`, false, "43.6%", "53.6%", "rate: Black"},
		{"confidence intervals in brackets", `Sex,Applicants,Selected,Rate (95% CI),Impact ratio (95% CI)
Male,1390,667,48.0% (45.4–50.6),1.00
Female,1181,555,47.0% (44.2–49.8),0.98 (0.90–1.06)
`, true, "0.98 (", "0.88 (", ""},
		{"a note in quotes between rows, a source below", `Race,Applicants,Selected,Rate,Impact ratio
White,797,412,51.7%,1.00
Black,390,170,43.6%,0.84 (a)
"(a) Below four fifths only in 2022, when 3 of 10 were selected.",,,,
Asian,616,302,49.0%,0.95
Total (N = 1803),1803,884,49.0%,
Source: Acme HRIS; extracted 2024-01-05,,,,
`, false, "0.84", "0.94", "impact ratio: Black"},
		{"n and % below each heading", `                                  Applicants      Selected       Impact
                                  n      %        n      %       ratio
Male                            1,390  54.1%     667   48.0%     1.00
Female                          1,181  45.9%     555   47.0%     0.98
`, false, "0.98", "0.88", "impact ratio: Female"},
		{"three broken names, one of people of unknown group", `Race/Ethnicity,Applicants,Selected,Selection Rate,Impact Ratio
Hispanic,,,,
or Latino,408,204,50.0%,0.967
White,797,412,51.7%,1.000
Middle Eastern,,,,
or North African,90,40,44.4%,0.860
Prefer not,,,,
to say,30,,,
`, false, "0.860", "0.960", "impact ratio: Middle Eastern or North African"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Verify([]byte(c.text), nil)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, problems(r), nil)
			if (r.Count(Unread) > 0) != c.unread || r.Checks < 2 {
				t.Errorf("%d checks, %+v", r.Checks, r.Findings)
			}
			if r, err = Verify([]byte(strings.Replace(c.text, c.from, c.to, 1)), nil); err != nil {
				t.Fatal(err)
			}
			if c.want != "" {
				equal(t, problems(r), []string{c.want})
			}
		})
	}
}
