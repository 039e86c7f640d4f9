package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
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
