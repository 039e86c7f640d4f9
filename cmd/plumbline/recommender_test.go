package main

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
)

// The bandit's log of the Open Bandit Dataset, men: how places are dealt to 34 items, as
// computed with numpy from the whole file (data/README.md §9 of the reference data).
func TestOpenBandit(t *testing.T) {
	t.Parallel()
	result := runAudit(t, "../../testdata/open-bandit/audit.yaml", engine.Options{Workers: 2})
	checkSchema(t, result)
	for metric, want := range map[string]float64{"item_gini": .651406, "item_gini_corrected": .671145, "item_gini_equality": .328855, "item_entropy": 3.92518, "item_coverage": 1} {
		near(t, metric, measured(t, result, metric, "", "", ""), want, 6e-6)
	}
	if f := result.Findings; len(f) == 0 || f[0].Title != "4 of 34 items get half of all places." {
		t.Errorf("findings: %+v", f)
	}
}

// recommended audits small lists that are written down as JSON lines.
func recommended(t *testing.T, lists, columns, detectors string) *audit.Result {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"lists.jsonl": lists,
		"audit.yaml":  "version: 1\nname: lists\nkind: recommender\ndata: {log: lists.jsonl}\ncolumns:\n" + columns + "\ndetectors:\n" + detectors + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	one := runAudit(t, filepath.Join(dir, "audit.yaml"), engine.Options{Workers: 1})
	four := runAudit(t, filepath.Join(dir, "audit.yaml"), engine.Options{Workers: 4})
	var texts [2][]byte
	for i, r := range []*audit.Result{one, four} {
		var err error
		if texts[i], err = json.Marshal(r); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(texts[0], texts[1]) {
		t.Error("the results of 1 and 4 workers differ")
	}
	return one
}

// Lists of women have (8, 2) and (2), those of men (8, 8): by list 5 and 2, and 8. Of the
// first list half is of the tail (below 4), of the second all. log2: (3 + 1)/2 = 2 and 1, and
// 3, so that novelty of total 16 is 2 and 3, and 1.
func TestPopularityOfLists(t *testing.T) {
	t.Parallel()
	r := recommended(t, `{"l":[{"i":"a","n":8},{"i":"b","n":2}],"sex":"w","p":1}
{"l":[{"i":"b","n":2}],"sex":"w","p":2.5}
{"l":[{"i":"a","n":8},{"i":"c","n":8}],"sex":"m","p":4}
`, "  slate: {items: l, item: i, users: sex}\n  groups: {sex: {column: sex, reference: m}}", `  popularity: {popularity: item.n, total: 16, tail: "item.n < 4", profile: p}`)
	for _, c := range []struct {
		metric, group string
		want          float64
	}{
		{"average_popularity", "w", 3.5}, {"average_popularity", "m", 8}, {"tail_share", "w", .75}, {"tail_share", "m", 0},
		{"novelty", "w", 2.5}, {"novelty", "m", 1}, {"popularity_lift", "w", 1}, {"popularity_lift", "m", 1},
	} {
		near(t, c.metric+" of "+c.group, measured(t, r, c.metric, "sex", c.group, ""), c.want, 1e-12)
	}
	near(t, "entropy", measured(t, r, "item_entropy", "", "", ""), 1.5219280948873623, 1e-12) // 2, 2 and 1 of 5
}

// Three lists, k = 3. One shows (yes, no, yes) of three relevant items, one of which was
// never shown: DCG 1 + 1/2 = 1.5, ideal 1 + 1/log2 3 + 1/2 = 2.1309298, nDCG 0.7039180;
// precision 2/3, recall 2/3, reciprocal rank 1, hit 1. One of the same group shows (no, yes),
// two places, of one relevant: nDCG 1/log2 3 = 0.6309298, precision 1/3 (RecTools and ranx: the
// place it lacks counts), recall 1, reciprocal rank 1/2, hit 1. The third, of another group, has
// nothing relevant: no part of truth or both; in served precision, reciprocal rank and hit are
// 0, and nDCG and recall undefined (trec_eval: such a query is not in the judgements).
func TestUtilityByHand(t *testing.T) {
	t.Parallel()
	const lists = `{"l":[{"i":"a","y":true},{"i":"b","y":false},{"i":"c","y":true}],"r":3,"sex":"w"}
{"l":[{"i":"a","y":false},{"i":"b","y":true}],"r":1,"sex":"w"}
{"l":[{"i":"a","y":false}],"r":0,"sex":"m"}
`
	const columns = "  slate: {items: l, item: i, users: sex}\n  groups: {sex: {column: sex, reference: m}}"
	women := map[string]float64{"ndcg": (0.7039180890341347 + 0.6309297535714575) / 2, "precision_at_k": .5, "recall_at_k": (2./3 + 1) / 2, "reciprocal_rank": .75, "hit_rate": 1}
	for population, all := range map[string]map[string]float64{
		"truth":  women,
		"both":   women,
		"served": {"ndcg": women["ndcg"], "precision_at_k": 1. / 3, "recall_at_k": women["recall_at_k"], "reciprocal_rank": .5, "hit_rate": 2. / 3},
	} {
		r := recommended(t, lists, columns, "  utility: {relevance: item.y, relevant: r, k: 3, population: "+population+"}")
		for metric, want := range women {
			near(t, population+", "+metric+" of women", measured(t, r, metric, "sex", "w", ""), want, 1e-12)
			m := measured(t, r, metric, "sex", "", "")
			near(t, population+", "+metric, m, all[metric], 1e-12)
			if m.Parameters["population"] != population || m.Parameters["k"] != "3" {
				t.Errorf("%s: %v", metric, m.Parameters)
			}
		}
	}
}

// A list of gains 1, 3, 0 whose pool has one of 2 besides: DCG 1 + 3/log2 3 = 2.8927893, ideal
// 3 + 2/log2 3 + 1/2 = 4.7618595 (trec_eval's linear gain). Of k = 1: 1/3.
func TestUtilityOfGains(t *testing.T) {
	t.Parallel()
	const lists = `{"l":[{"i":"a"},{"i":"b"},{"i":"c"}],"o":[{"i":"d","g":2},{"i":"c","g":0},{"i":"b","g":3},{"i":"a","g":1}]}` + "\n"
	for k, want := range map[string]float64{"3": 2.892789260714372 / 4.761859507142915, "1": 1. / 3} {
		r := recommended(t, lists, "  slate: {items: l, item: i, offered: o}", "  utility: {gain: item.g, k: "+k+"}")
		near(t, "nDCG@"+k, measured(t, r, "ndcg", "", "", ""), want, 1e-12)
	}
}

// Users u (two lists, nDCG 1 and 0), v and w (one list each, 1): means .5, 1, 1. Over users
// the mean is 5/6, GE(2) = ((0.25 + 1 + 1)/3 / (25/36) - 1)/2 = 0.04; over the four lists
// 3/4 and (3/4 / (9/16) - 1)/2 = 1/6. A history of film 3, news 1 and a list of one film: p ln
// (p/q') = .75 ln(.75/(.99 + .0075)) + .25 ln(.25/.0025) = 0.9374176.
func TestUtilityOfUsers(t *testing.T) {
	t.Parallel()
	const list = `{"l":[{"i":"a","c":"film","y":%Y}],"o":[{"i":"a","c":"film","y":%Y},{"i":"b","c":"news","y":%N}],"u":"%U","f":3,"n":1}` + "\n"
	text := ""
	for _, x := range [][2]string{{"u", "true"}, {"u", "false"}, {"v", "true"}, {"w", "true"}} {
		not := map[string]string{"true": "false", "false": "true"}[x[1]]
		text += strings.NewReplacer("%Y", x[1], "%N", not, "%U", x[0]).Replace(list)
	}
	const columns = "  slate: {items: l, item: i, offered: o, item_group: c}"
	const history = ", category: c, history: {film: f, news: n}}"
	r := recommended(t, text, columns, "  utility: {relevance: item.y, users: u"+history)
	near(t, "inequality of users", measured(t, r, "generalized_entropy", "", "", ""), .04, 1e-12)
	near(t, "miscalibration", measured(t, r, "miscalibration", "", "", ""), .75*math.Log(.75/.9975)+.25*math.Log(100), 1e-12)
	r = recommended(t, text, columns, "  utility: {relevance: item.y}")
	near(t, "inequality of lists", measured(t, r, "generalized_entropy", "", "", ""), 1./6, 1e-12)
}

// Of a least share of one half, four places need one of the group (Table 2 of Zehlike et al.
// 2017: 0 0 0 1), with or without adjustment: without, 1/16 of random lists fail. The first of
// two lists (a a a a b), (a a b b) has none. rND of step 2: the first has shares 0, 0 of 1/5
// at 2 and 4, 1/5 + 1/10 = 0.3, which is that of b last; with b first 3/10 + 1/40 = 0.325; the
// second has the group last, 1/2 over 1/2: (0.3/0.325 + 1)/2.
func TestRankingOfProtected(t *testing.T) {
	t.Parallel()
	const lists = `{"l":[{"g":"a","y":0},{"g":"a","y":0},{"g":"a","y":0},{"g":"a","y":0},{"g":"b","y":1}]}
{"l":[{"g":"a","y":1},{"g":"a","y":0},{"g":"b","y":1},{"g":"b","y":0}]}
`
	r := recommended(t, lists, "  slate: {items: l, item_group: g}", `  ranking: {k: 4, protected: b, share: 0.5, step: 2, relevance: "item.y == 1"}`)
	near(t, "FA*IR", measured(t, r, "fair_list_rate", "g", "", ""), .5, 1e-12)
	near(t, "rND", measured(t, r, "rnd", "g", "", ""), (.3/.325+1)/2, 1e-12)
	// a: above the other a and the other b of its list. b: below 4 in the first, above 1 of 2 in
	// the second.
	near(t, "pairs of a", measured(t, r, "pairwise_accuracy", "g", "a", ""), 1, 1e-12)
	near(t, "pairs of b", measured(t, r, "pairwise_accuracy", "g", "b", ""), 1./6, 1e-12)
	near(t, "all pairs", measured(t, r, "pairwise_accuracy", "g", "", ""), 3./8, 1e-12)
}

// A score, and not the place, decides what is above where one is given; ties count half.
func TestPairsByScore(t *testing.T) {
	t.Parallel()
	const lists = `{"l":[{"g":"a","y":0,"s":1},{"g":"a","y":1,"s":2},{"g":"b","y":1,"s":1}]}` + "\n"
	r := recommended(t, lists, "  slate: {items: l, item_group: g}", `  ranking: {relevance: "item.y == 1", score: item.s}`)
	near(t, "pairs of a", measured(t, r, "pairwise_accuracy", "g", "a", ""), 1, 1e-12)
	near(t, "pairs of b", measured(t, r, "pairwise_accuracy", "g", "b", ""), .5, 1e-12)
}

// Lists (a relevant, b), (a, b relevant), weights 1 and 1/2. Exposure: a 2, b 1, of which 1 and
// 1/2 are of relevant items; each has one. Shares 2/3 and 1/3 of targets of one half. For the
// relevance b gets 1/2 of a, by all of its exposure and by that of relevant items. Per list s is
// (1/2, 1/4), all weights 3/2 and so t (3/4, 3/4): loss 1/16 + 1/4. Attention in each list is
// (2/3, 1/3), relevance (1, 0) and (0, 1): groups |4/3 - 1| + |2/3 - 1|, items (which are other
// ones in each list) 1/3 + 1/3 + 2/3 + 2/3, over two lists.
func TestExposureByHand(t *testing.T) {
	t.Parallel()
	const lists = `{"l":[{"i":"p","g":"a","y":1},{"i":"q","g":"b","y":0}]}
{"l":[{"i":"r","g":"a","y":0},{"i":"s","g":"b","y":1}]}
`
	for _, weight := range []string{"weight: reciprocal", "weight: empirical, weights: [1, 0.5]"} {
		r := recommended(t, lists, "  slate: {items: l, item: i}\n  groups: {g: {column: item.g, reference: a}}",
			`  exposure: {`+weight+`, target: {a: 0.5, b: 0.5}, relevance: "item.y == 1"}`)
		near(t, "beyond target", measured(t, r, "exposure_beyond_target", "g", "a", ""), 1./6, 1e-12)
		for metric, want := range map[string]float64{"disparate_treatment_ratio": .5, "disparate_impact_ratio": .5} {
			near(t, metric, measured(t, r, metric, "g", "b", ""), want, 1e-12)
		}
		for metric, want := range map[string]float64{
			"exposure_target_ratio": .5, "expected_exposure_loss": .3125, "expected_exposure_disparity": .3125, "expected_exposure_relevance": .5625,
			"amortized_inequity": 1. / 3, "amortized_inequity_items": 1,
		} {
			near(t, metric, measured(t, r, metric, "g", "", ""), want, 1e-12)
		}
	}
}

// An eighth of all exposure is declared for each of eight groups of equal résumés. A group
// is beyond a tenth of a point, surely, where its whole interval is off 0: Student's test
// and interval say the same. Which groups are so is told by the shares themselves.
func TestExposureTargetIsALimit(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../testdata/gpt-hiring/audit.yaml")
	if err != nil {
		t.Fatal(err)
	}
	log, err := filepath.Abs("../../testdata/gpt-hiring/rankings.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	asked := strings.NewReplacer("rankings.jsonl.gz", log, "  exposure: {}",
		"  exposure: {target: {A_M: 0.125, A_W: 0.125, B_M: 0.125, B_W: 0.125, H_M: 0.125, H_W: 0.125, W_M: 0.125, W_W: 0.125}, exposure_beyond_target: {max_difference: 0.001}}").Replace(string(text))
	path := filepath.Join(t.TempDir(), "audit.yaml")
	if err := os.WriteFile(path, []byte(asked), 0o600); err != nil {
		t.Fatal(err)
	}
	r := runAudit(t, path, engine.Options{Workers: 2})
	judged := 0
	for _, m := range r.Measurements {
		if m.Metric != "exposure_beyond_target" || m.Window != audit.AllWindows || m.Stratum != nil {
			continue
		}
		judged++
		off := *m.Interval.Low > 0 || *m.Interval.High < 0
		if m.P == nil || off != (*m.P < .05) || m.Threshold == nil || (m.Verdict == audit.Fail) != (math.Abs(*m.Value) > .001 && *m.PAdjusted < .05) {
			t.Errorf("%s: %+v", *m.Group, m)
		}
	}
	if judged != 8 || r.Gates.FamilySize != 8 || r.Verdict != audit.Fail {
		t.Errorf("%d judged, %+v", judged, r.Gates)
	}
}

// Click rates of the bandit's places: 30 of 3,339, 21 of 3,262 and 18 of 3,399
// (data/README.md §9 of the reference data).
func TestEmpiricalWeights(t *testing.T) {
	t.Parallel()
	log, err := filepath.Abs("../../testdata/open-bandit/bts-men.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "audit.yaml")
	text := "version: 1\nname: e\nkind: recommender\ndata: {log: " + log + "}\ncolumns:\n  slate: {rank: position}\n  groups: {item: item_id}\ndetectors:\n  exposure: {weight: empirical, clicked: click == 1}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r := runAudit(t, path, engine.Options{})
	sum, formula := 0.0, ""
	for _, m := range r.Measurements {
		if m.Metric == "mean_exposure" && m.GroupKind == audit.KindValue {
			sum, formula = sum+*m.Value*float64(m.N), m.Parameters["formula"]
		}
	}
	first := 30. / 3339
	if want := 3339 + 3262*(21./3262/first) + 3399*(18./3399/first); math.Abs(sum-want) > 1e-8 {
		t.Errorf("all exposure is %v, want %v", sum, want)
	}
	if got := formula; got != "by place: click rate over that of the first, 1.0000, 0.7165, 0.5894" {
		t.Errorf("the weights are told as %q", got)
	}
}

// Months 1 to 3. In the first the list is (x y x y): 1 bit, 4 of 6 pairs differ; in the second
// (x x x y): 0.8112781 bits, 3 of 6; in the third (x x x x): 0 and 0. Slopes are half of last
// less first: -1/2 and -1/3. Overlap: (a b c d), (a b c e): 3 of 5; (a b c e), (a b c e): 1;
// it has two windows, too few for a slope. A history of 3 : 1 is that of the second list.
func TestBubbleByHand(t *testing.T) {
	t.Parallel()
	var lists string
	for m, items := range []string{"ax by cx dy", "ax bx cx ey", "ax bx cx ex"} {
		var slots []string
		for _, i := range strings.Fields(items) {
			slots = append(slots, `{"i":"`+i[:1]+`","c":"`+i[1:]+`"}`)
		}
		lists += `{"u":"u1","t":"2026-0` + string(rune('1'+m)) + `-10","l":[` + strings.Join(slots, ",") + `],"x":3,"y":1}` + "\n"
	}
	r := recommended(t, lists, "  time: t\n  slate: {items: l, item: i, item_group: c}\nwindows: {every: month}",
		"  bubble: {category: c, history: {x: x, y: y}, users: u}")
	near(t, "entropy", measured(t, r, "category_entropy", "", "", ""), (1+0.8112781244591328)/3, 1e-12)
	near(t, "slope of entropy", measured(t, r, "category_entropy_slope", "", "", ""), -.5, 1e-12)
	near(t, "diversity", measured(t, r, "list_diversity", "", "", ""), (4./6+3./6)/3, 1e-12)
	near(t, "slope of diversity", measured(t, r, "list_diversity_slope", "", "", ""), -1./3, 1e-12)
	near(t, "overlap", measured(t, r, "list_overlap", "", "", ""), .8, 1e-12)
	if m := measured(t, r, "list_overlap_slope", "", "", ""); m.Value != nil {
		t.Errorf("two windows have a slope of %v", *m.Value)
	}
	at := func(window string) float64 {
		return *one(t, r, func(m audit.Measurement) bool { return m.Metric == "history_divergence" && m.Window == window }).Value
	}
	if got := at("2026-02"); math.Abs(got) > 1e-12 {
		t.Errorf("the same mix is %v apart", got)
	}
	if got, want := at("2026-01"), .75*math.Log(.75/(.495+.0075))+.25*math.Log(.25/(.495+.0025)); math.Abs(got-want) > 1e-12 {
		t.Errorf("divergence %v, want %v", got, want)
	}
}
