package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
)

// auditOf writes a configuration of a bundled log to a folder of its own.
func auditOf(t *testing.T, log, rest string) string {
	t.Helper()
	log, err := filepath.Abs(log)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "audit.yaml")
	if err := os.WriteFile(path, []byte("version: 1\nname: test\ndata: {log: "+log+rest), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// ofCategory finds a number about a category; "" for one about all.
func ofCategory(t *testing.T, r *audit.Result, metric, group, category string) audit.Measurement {
	t.Helper()
	return one(t, r, func(m audit.Measurement) bool {
		return m.Metric == metric && text(m.Group) == group && text(m.Column) == category && m.Window == audit.AllWindows &&
			(group == "" && m.GroupKind == audit.KindOverall || group != "" && m.GroupKind == audit.KindValue)
	})
}

// Full and partial refusals of the 250 safe prompts, as XSTest published them (Röttger
// et al. 2024, table 1).
func TestXSTestRefusals(t *testing.T) {
	t.Parallel()
	result := runAudit(t, "../../testdata/xstest/audit.yaml", engine.Options{})
	checkSchema(t, result)
	for model, want := range map[string][2]int64{
		"llama2orig": {95, 54}, "llama2new": {35, 39}, "mistralguard": {24, 23}, "gpt4": {16, 5}, "mistralinstruct": {2, 2},
	} {
		for i, category := range []string{"refused", "refused in part"} {
			m := ofCategory(t, result, "category_share", model, category)
			if *m.Numerator != want[i] || *m.Denominator != 250 || m.Interval == nil || m.Shards == 0 {
				t.Errorf("%s, %s: %d of %d, published %d of 250", model, category, *m.Numerator, *m.Denominator, want[i])
			}
		}
		m := ofCategory(t, result, "cumulative_share", model, "refused in part")
		if *m.Numerator != want[0]+want[1] {
			t.Errorf("%s refuses %d at least in part", model, *m.Numerator)
		}
	}
	if m := ofCategory(t, result, "outcome_chi_square", "", ""); m.P != nil || m.Note == "" {
		t.Error("answers to one prompt are taken as independent")
	}
}

// The same prompts under two models, and under all five: pairs that differ as pandas
// counts them, McNemar's mid-p of scipy.stats.binom, Cochran's Q of
// statsmodels.stats.contingency_tables.cochrans_q.
func TestXSTestPairs(t *testing.T) {
	t.Parallel()
	result := runAudit(t, "../../testdata/xstest/audit.yaml", engine.Options{Workers: 2})
	if f := result.Findings; len(f) != 2 || f[1].Title != "Of the same 250 cases, 38.0 % are refused in full with llama2orig and 6.4 % with gpt4: 31.6 points more." {
		t.Errorf("told: %+v", f)
	}
	for model, want := range map[string]struct {
		more, less int64
		p          float64
	}{
		"llama2new": {31, 12, 0.0036577668279278394}, "llama2orig": {86, 7, 1.1216378996041956e-18},
		"mistralguard": {22, 14, 0.1877415588988233}, "mistralinstruct": {2, 16, 0.0007286071777343752},
	} {
		m := ofCategory(t, result, "paired_difference", model, "")
		near(t, model, m, float64(want.more-want.less)/250, 1e-14)
		if m.P == nil || math.Abs(*m.P/want.p-1) > 1e-9 || m.Test != "mcnemar-midp" || m.N != 250 || m.Interval == nil {
			t.Errorf("%s: p %v by %s, want %v", model, *m.P, m.Test, want.p)
		}
		up, down := ofCategory(t, result, "flip_to_yes_rate", model, ""), ofCategory(t, result, "flip_to_no_rate", model, "")
		if *up.Numerator != want.more || *down.Numerator != want.less || *ofCategory(t, result, "flip_rate", model, "").Numerator != want.more+want.less {
			t.Errorf("%s: %d and %d pairs differ, want %d and %d", model, *up.Numerator, *down.Numerator, want.more, want.less)
		}
		if noise := ofCategory(t, result, "flip_noise", model, ""); noise.Value != nil {
			t.Errorf("%s: a noise floor of one run each", model)
		}
	}
	q := ofCategory(t, result, "cochran_q", "", "")
	near(t, "Q", q, 192.1635687732342, 1e-10)
	if q.P == nil || math.Abs(*q.P/1.816975116354034e-40-1) > 1e-9 || q.N != 250 {
		t.Errorf("Q: %+v", q)
	}
	// Full refusal above partial above none: scipy.stats.friedmanchisquare 1.17.1, and the
	// means of scipy.stats.rankdata.
	f := ofCategory(t, result, "friedman", "", "")
	near(t, "Friedman", f, 319.31041069723085, 1e-10)
	if f.P == nil || math.Abs(*f.P/7.387884744229101e-68-1) > 1e-9 || f.N != 250 {
		t.Errorf("Friedman: %+v", f)
	}
	near(t, "W", ofCategory(t, result, "kendall_w", "", ""), 0.3193104106972309, 1e-13)
	for model, want := range map[string]float64{"gpt4": 2.642, "llama2new": 3.112, "llama2orig": 3.936, "mistralguard": 2.858, "mistralinstruct": 2.452} {
		near(t, model, ofCategory(t, result, "mean_rank", model, ""), want, 1e-14)
	}
}

// COMPAS deciles as ten ordered categories, and their distance from what came true. The
// chance of the higher decile is .6661973; chi-square (scipy.stats.chi2_contingency), V,
// total variation, errors and Welch's tests (scipy.stats.ttest_ind) are of Python on the
// same counts.
func TestCOMPASOutcomes(t *testing.T) {
	t.Parallel()
	rest := `, where: "race == 'African-American' || race == 'Caucasian'"}
columns: {weight: n, groups: {race: {column: race, reference: Caucasian}}}
detectors:
  outcomes:
    ordered: true
    error: "decile_score / 10.0 - two_year_recid"
    categories: {d1: decile_score == 1, d2: decile_score == 2, d3: decile_score == 3, d4: decile_score == 4, d5: decile_score == 5,
      d6: decile_score == 6, d7: decile_score == 7, d8: decile_score == 8, d9: decile_score == 9, d10: decile_score == 10}
`
	result := runAudit(t, auditOf(t, "../../testdata/compas/counts.csv", rest), engine.Options{})
	const group = "African-American"
	superior := ofCategory(t, result, "outcome_superiority", group, "")
	near(t, "superiority", superior, 0.6661972612079581, 1e-15)
	if i := superior.Interval; i == nil || *i.Low > 0.6661973 || *i.High < 0.6661973 || *i.Low < 0.65 || superior.P == nil || *superior.P > 1e-50 {
		t.Errorf("superiority: %+v", superior)
	}
	chi := ofCategory(t, result, "outcome_chi_square", "", "")
	near(t, "chi-square", chi, 512.7559575892312, 1e-9)
	if math.Abs(*chi.P/1.0662104129778884e-104-1) > 1e-9 || chi.Parameters["df"] != "9" {
		t.Errorf("p of the chi-square %v, df %s", *chi.P, chi.Parameters["df"])
	}
	near(t, "V", ofCategory(t, result, "cramers_v", "", ""), 0.2862247771776463, 1e-14)
	near(t, "total variation", ofCategory(t, result, "outcome_total_variation", group, ""), 0.24020020321976313, 1e-14)
	near(t, "share at 5 or above", ofCategory(t, result, "cumulative_share", group, "d5"), 0.5882034632034632, 1e-15)
	for race, want := range map[string][3]float64{
		group:       {0.02253787878787883, 0.4044642857142857, 0.48575208345419024},
		"Caucasian": {-0.020130399348003248, 0.3878565607171964, 0.4704469081613068},
	} {
		for i, metric := range []string{"mean_error", "mean_absolute_error", "root_mean_squared_error"} {
			near(t, race+", "+metric, ofCategory(t, result, metric, race, ""), want[i], 1e-14)
		}
	}
	for metric, p := range map[string]float64{"mean_error_difference": 0.0005844802573682917, "mean_absolute_error_difference": 0.01710671638741184} {
		if m := ofCategory(t, result, metric, group, ""); m.P == nil || math.Abs(*m.P/p-1) > 1e-9 {
			t.Errorf("%s: p %v, want %v", metric, m.P, p)
		}
	}
}

// Reasons of a decision are the same whether a log writes them as text with something
// between, or as a column of lists; an entry of a list may hold what stands between
// elsewhere. Lists that are empty, null or of nulls give no reason.
func TestReasonsInLists(t *testing.T) {
	t.Parallel()
	codes := []string{"income", "history", "a, b", "debt"}
	var text, lists strings.Builder
	want := map[string]int64{} // by group and code
	given := map[string]int64{}
	for i := range 70_000 {
		g := []string{"f", "m"}[i%2]
		var own []string
		for k, c := range codes {
			if i>>k%3 == 0 && i%11 > 4 {
				own = append(own, c)
			}
		}
		if len(own) > 0 {
			given[g]++
		}
		for _, c := range own {
			want[g+c]++
		}
		list := `["` + strings.Join(own, `","`) + `"]`
		if len(own) == 0 {
			list = []string{"null", "[]", "[null]"}[i%3]
		}
		fmt.Fprintf(&text, "{\"g\":%q,\"d\":\"no\",\"r\":%q}\n", g, strings.Join(own, ";"))
		fmt.Fprintf(&lists, "{\"g\":%q,\"d\":\"no\",\"r\":%s}\n", g, list)
	}
	for name, log := range map[string]string{"text": text.String(), "lists": lists.String()} {
		path := filepath.Join(t.TempDir(), "log.jsonl")
		if err := os.WriteFile(path, []byte(log), 0o600); err != nil {
			t.Fatal(err)
		}
		r := runAudit(t, auditOf(t, path, "}\ncolumns: {groups: {g: {column: g, reference: m}}}\ndetectors: {outcomes: {reasons: r, unfavorable: \"d == 'no'\"}}\n"), engine.Options{Workers: 2})
		for _, g := range []string{"f", "m"} {
			for _, c := range codes {
				m := ofCategory(t, r, "reason_rate", g, c)
				if *m.Numerator != want[g+c] || *m.Denominator != given[g] {
					t.Errorf("%s: %s of %s: %d of %d, want %d of %d", name, c, g, *m.Numerator, *m.Denominator, want[g+c], given[g])
				}
			}
		}
	}
}
