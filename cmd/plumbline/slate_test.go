package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
)

const gptHiring = "../../testdata/gpt-hiring/"

// Bloomberg's own counts of who is ranked first (data/output/performance_ranking.csv
// of the investigation, verbatim in expected.csv), all 64, with their rates and
// ratios to the group that is ranked first most often.
func TestGPTHiringPublished(t *testing.T) {
	t.Parallel()
	result := runAudit(t, gptHiring+"audit.yaml", engine.Options{Workers: 1})
	checkSchema(t, result)
	f, err := os.Open(gptHiring + "expected.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) != 65 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		in := row[6] + "*" + row[5]
		m := measured(t, result, "top_1_rate", "group", row[0], in)
		count, _ := strconv.ParseInt(row[1], 10, 64)
		if *m.Numerator != count || *m.Denominator != 1000 {
			t.Errorf("%s, %s: %d of %d, published %d of 1000", in, row[0], *m.Numerator, *m.Denominator, count)
		}
	}
	// Bloomberg's headline, and the lowest ratio of the other cells.
	for cell, want := range map[string]struct {
		low, high string
		ratio     float64
	}{
		"gpt-3.5-turbo*financial analyst": {"B_M", "A_W", 0.4418604651162791},
		"gpt-3.5-turbo*HR specialist":     {"W_M", "H_W", 0.5303867403314917},
	} {
		m := worst(t, result, "top_1_rate_ratio", cell)
		if *m.Group != want.low || *m.Reference != want.high || *m.Value != want.ratio {
			t.Errorf("%s: %s to %s %v", cell, *m.Group, *m.Reference, *m.Value)
		}
	}
	if !slices.ContainsFunc(result.Notes, func(n string) bool {
		return strings.HasPrefix(n, "530 of 8,000 lists rank fewer items than were offered")
	}) {
		t.Errorf("truncated lists are not told: %q", result.Notes)
	}
	for _, a := range result.Groups { // the best group is the one ranked first most often, here of 8 x 1,000 lists
		if a.Attribute == "group" && text(a.Chosen) != "H_W" {
			t.Errorf("the reference is %q", text(a.Chosen))
		}
	}
	if l := result.Data.Lists; l == nil || *l != (audit.Lists{Lists: 8000, Short: 530}) {
		t.Errorf("the lists are told as %+v", l)
	}
	if !slices.ContainsFunc(result.Findings, func(f audit.Finding) bool {
		return f.Title == "gpt-3.5-turbo × financial analyst: B_M is ranked first 76 times, where A_W is ranked first 172 times."
	}) {
		t.Errorf("the finding is not told: %+v", result.Findings)
	}
}

// Chi-squares, exposure and skew as pandas and scipy give them on the same rows
// (weight 1/log2(j + 1), mean exposure over the times presented, unranked
// candidates 0, skew@4 of race against a quarter).
func TestGPTHiringNumbers(t *testing.T) {
	t.Parallel()
	result := runAudit(t, gptHiring+"audit.yaml", engine.Options{Workers: 2})
	for cell, want := range map[string]struct{ chi, exposure float64 }{
		"gpt-3.5-turbo*financial analyst": {46.064, 0.86978},
		"gpt-3.5-turbo*HR specialist":     {50.192, 0.87446},
		"gpt-4*financial analyst":         {8.528, 0.95327},
		"gpt-4*HR specialist":             {11.776, 0.94023},
	} {
		near(t, cell+", chi-square", measured(t, result, "top_1_chi_square", "group", "", cell), want.chi, 5e-4)
		near(t, cell+", exposure ratio", worst(t, result, "mean_exposure_ratio", cell), want.exposure, 5e-6)
	}
	const cell = "gpt-3.5-turbo*financial analyst"
	if p := measured(t, result, "top_1_chi_square", "group", "", cell).P; math.Abs(*p-8.5e-8) > 5e-10 {
		t.Errorf("p of the chi-square: %v", *p)
	}
	near(t, "exposure of A_W", measured(t, result, "mean_exposure", "group", "A_W", cell), 0.52129, 5e-6)
	near(t, "exposure of B_M", measured(t, result, "mean_exposure", "group", "B_M", cell), 0.45340, 5e-6)
	for race, want := range map[string]float64{"A": 0.05164, "B": -0.09982, "H": 0.02469, "W": 0.01686} {
		near(t, "skew@4 of "+race, measured(t, result, "skew_at_k", "race", race, cell), want, 5e-6)
	}
}

// Numbers of whole lists as data/README.md §8 of the reference data has them, computed
// there in Python: prefixes of the lists as returned, uniform target, natural log;
// AWRF with TREC's weights. The chance level of complete lists is .598774 for two of each
// race and .257502 for four of each sex; short lists have a higher one.
func TestGPTHiringWholeLists(t *testing.T) {
	t.Parallel()
	result := runAudit(t, gptHiring+"audit.yaml", engine.Options{Workers: 2})
	for cell, want := range map[string][4]float64{
		"gpt-3.5-turbo*financial analyst": {1.042014, 0.604173, 0.263589, 0.988307},
		"gpt-3.5-turbo*HR specialist":     {1.042035, 0.603838, 0.262583, 0.988050},
		"gpt-4*financial analyst":         {1.032175, 0.595264, 0.256938, 0.989661},
		"gpt-4*HR specialist":             {1.032006, 0.597933, 0.254146, 0.989418},
	} {
		for i, attribute := range []string{"group", "race", "sex"} {
			near(t, cell+", NDKL of "+attribute, measured(t, result, "ndkl", attribute, "", cell), want[i], 5e-7)
		}
		near(t, cell+", AWRF of race", measured(t, result, "awrf", "race", "", cell), want[3], 5e-7)
		for attribute, chance := range map[string]float64{"race": 0.598774, "sex": 0.257502} {
			m := measured(t, result, "ndkl_chance", attribute, "", cell)
			if v := *m.Value; v < chance || v > chance+0.02 {
				t.Errorf("%s, chance of %s: %v", cell, attribute, v)
			}
			if beyond := measured(t, result, "ndkl_excess", attribute, "", cell); beyond.P == nil || math.Abs(*beyond.Value-(*measured(t, result, "ndkl", attribute, "", cell).Value-*m.Value)) > 1e-12 {
				t.Errorf("%s, %s: beyond chance %v", cell, attribute, *beyond.Value)
			}
		}
		// One candidate of each group: every order has the same NDKL.
		if m := measured(t, result, "ndkl_excess", "group", "", cell); *m.Value != 0 || m.P != nil {
			t.Errorf("%s: beyond chance %v where there is none", cell, *m.Value)
		}
	}
	for cell, want := range map[string][2]float64{"gpt-3.5-turbo*financial analyst": {1.338, 1.421}, "gpt-4*financial analyst": {1.301, 1.369}} {
		near(t, cell+", infeasible index", measured(t, result, "infeasible_index", "race", "", cell), want[0], 1e-12)
		near(t, cell+", infeasible count", measured(t, result, "infeasible_count", "race", "", cell), want[1], 1e-12)
	}
	const cell = "gpt-3.5-turbo*financial analyst"
	low, high := measured(t, result, "min_skew_at_k", "race", "", cell), measured(t, result, "max_skew_at_k", "race", "", cell)
	near(t, "lowest skew@4", low, -0.09982, 5e-6)
	near(t, "highest skew@4", high, 0.05164, 5e-6)
	if low.Parameters["group"] != "B" || high.Parameters["group"] != "A" {
		t.Errorf("skew is lowest for %q, highest for %q", low.Parameters["group"], high.Parameters["group"])
	}
}

// AWRF of the first four places (the same reference).
func TestGPTHiringFirstFour(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(gptHiring + "audit.yaml")
	if err != nil {
		t.Fatal(err)
	}
	log, err := filepath.Abs(gptHiring + "rankings.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "audit.yaml")
	changed := strings.NewReplacer("log: rankings.jsonl.gz", "log: "+log, "exposure: {}", "exposure: {k: 4}", "ranking: {k: 4}", "").Replace(string(text))
	if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	result := runAudit(t, path, engine.Options{})
	for cell, want := range map[string]float64{
		"gpt-3.5-turbo*financial analyst": 0.902538, "gpt-3.5-turbo*HR specialist": 0.901493,
		"gpt-4*financial analyst": 0.905392, "gpt-4*HR specialist": 0.901130,
	} {
		near(t, cell+", AWRF@4 of race", measured(t, result, "awrf", "race", "", cell), want, 5e-7)
	}
}

// The whole result is the same for any number of workers.
func TestGPTHiringWorkers(t *testing.T) {
	t.Parallel()
	var texts [2][]byte
	for i := range texts {
		var err error
		if texts[i], err = json.Marshal(runAudit(t, gptHiring+"audit.yaml", engine.Options{Workers: 1 + 3*i})); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(texts[0], texts[1]) {
		t.Error("the results of 1 and 4 workers differ")
	}
}

// One row per slot, with a key that is not contiguous and ranks from 0, gives what
// the same lists give. Lists s1 = (a b a), s2 = (b a); by hand: a has 3 slots and 1 first
// place, b has 2 and 1. Weights 1, 1/log2 3, 1/2: a gets 1 + 1/2 + 1/log2 3, b gets 1/log2 3 + 1.
func TestSlotRows(t *testing.T) {
	t.Parallel()
	const head = "version: 1\nname: slots\nkind: recommender\n"
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("slots.csv", "s,place,g\ns1,0,a\ns2,1,a\ns1,2,a\ns2,0,b\ns1,1,b\n")
	write("lists.jsonl", `{"l":[{"g":"a"},{"g":"b"},{"g":"a"}]}`+"\n"+`{"l":[{"g":"b"},{"g":"a"}]}`+"\n")
	for _, path := range []string{
		write("slots.yaml", head+"data: {log: slots.csv}\ncolumns: {slate: {key: s, rank: place, first_rank: 0, item_group: g}}\ndetectors: {ranking: {k: 2}, exposure: {}}\n"),
		write("lists.yaml", head+"data: {log: lists.jsonl}\ncolumns: {slate: {items: l, item_group: g}}\ndetectors: {ranking: {k: 2}, exposure: {}}\n"),
	} {
		result := runAudit(t, path, engine.Options{})
		for group, want := range map[string]struct {
			first, slots int64
			exposure     float64
		}{
			"a": {1, 3, (1.5 + 1/math.Log2(3)) / 3},
			"b": {1, 2, (1 + 1/math.Log2(3)) / 2},
		} {
			m := measured(t, result, "top_1_rate", "g", group, "")
			if *m.Numerator != want.first || *m.Denominator != want.slots || m.Shards == 0 {
				t.Errorf("%s, %s: %d of %d in %d lists", filepath.Base(path), group, *m.Numerator, *m.Denominator, m.Shards)
			}
			near(t, filepath.Base(path)+", exposure of "+group, measured(t, result, "mean_exposure", "g", group, ""), want.exposure, 1e-15)
		}
	}
}

// Without detectors:, a log of lists and no more has those that the README names.
func TestListDefaults(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"lists.jsonl": `{"l":[{"g":"a","i":1},{"g":"b","i":2},{"g":"a","i":3}]}` + "\n" + `{"l":[{"g":"b","i":2},{"g":"a","i":3}]}` + "\n",
		"audit.yaml":  "version: 1\nname: lists\nkind: recommender\ndata: {log: lists.jsonl}\ncolumns: {slate: {items: l, item: i, item_group: g}}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var ran []string
	for _, m := range runAudit(t, filepath.Join(dir, "audit.yaml"), engine.Options{}).Measurements {
		if !slices.Contains(ran, m.Detector) {
			ran = append(ran, m.Detector)
		}
	}
	if want := []string{"ranking", "exposure", "popularity", "completeness"}; !slices.Equal(ran, want) {
		t.Errorf("%q run, the README names %q", ran, want)
	}
}

// measured finds a number; the overall one for no group, of everything for no stratum.
func measured(t *testing.T, r *audit.Result, metric, attribute, group, stratum string) audit.Measurement {
	t.Helper()
	return one(t, r, func(m audit.Measurement) bool {
		return m.Metric == metric && m.Attribute == attribute && text(m.Stratum) == stratum && m.Window == audit.AllWindows &&
			(group == "" && m.GroupKind == audit.KindOverall || group != "" && m.GroupKind == audit.KindValue && text(m.Group) == group)
	})
}

// worst finds the lowest against the highest of the attribute group.
func worst(t *testing.T, r *audit.Result, metric, stratum string) audit.Measurement {
	t.Helper()
	return one(t, r, func(m audit.Measurement) bool {
		return m.Metric == metric && m.Attribute == "group" && text(m.Stratum) == stratum && m.GroupKind == audit.KindWorst
	})
}

func one(t *testing.T, r *audit.Result, is func(audit.Measurement) bool) audit.Measurement {
	t.Helper()
	at := slices.IndexFunc(r.Measurements, is)
	if at < 0 {
		t.Fatal("there is no such measurement")
	}
	return r.Measurements[at]
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func near(t *testing.T, what string, m audit.Measurement, want, within float64) {
	t.Helper()
	if m.Value == nil || math.Abs(*m.Value-want) > within {
		t.Errorf("%s: %v, want %v", what, m.Value, want)
	}
}
