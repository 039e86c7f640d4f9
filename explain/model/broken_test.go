package model

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func parse(data []byte) (Scorer, error) {
	if bytes.HasPrefix(data, []byte("tree")) {
		return ReadLightGBM(data)
	}
	return ReadXGBoost(data, XGBoostOptions{})
}

// A file cut anywhere before its end is refused.
func TestCutOff(t *testing.T) {
	for _, name := range []string{"xgb-categories.model.json", "xgb-categories.model.ubj", "lgb-linear.model.txt"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		end := len(data) - 1
		if i := bytes.Index(data, []byte("end of trees")); i > 0 {
			end = i
		}
		for n := 0; n < end; n += 1 + end/200 {
			if _, err := parse(data[:n]); err == nil {
				t.Errorf("%s cut to %d bytes is taken", name, n)
			}
		}
	}
}

func TestRefused(t *testing.T) {
	xgb, err := os.ReadFile("testdata/xgb-binary.model.json")
	if err != nil {
		t.Fatal(err)
	}
	lgb, err := os.ReadFile("testdata/lgb-categories.model.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		data     []byte
		old, new string
		want     string
	}{
		{xgb, `"version":[3,2,0]`, `"version":[0,90,0]`, "older than 1.0"},
		{xgb, `"version":[3,2,0]`, `"version":[9,0,0]`, "version 9 is newer than 3"},
		{xgb, `"version":[3,2,0]`, `"version":[]`, "use save_model"},
		{xgb, `"version":[3,2,0]`, `"version":"3.2"`, "version: a JSON string does not fit there"},
		{xgb, `"version":[3,2,0]`, `"version":[3,2,0}`, "of the JSON: invalid character"},
		{xgb, `"size_leaf_vector":"1"`, `"size_leaf_vector":"3"`, "multi_output_tree"},
		{xgb, `"name":"gbtree"`, `"name":"gbforest"`, `booster "gbforest" is not supported`},
		{xgb, `"left_children":[1,`, `"left_children":[0,`, "children 0"},
		{xgb, `"left_children":[1,`, `"left_children":[99,`, "children 99"},
		{xgb, `"split_indices":[`, `"split_indices":[77,`, "differ in length"},
		{xgb, `"num_class":"0","num_feature":"6"`, `"num_class":"0","num_feature":"5"`, `6 names for "5"`},
		{xgb, `"base_score":"[`, `"base_score":"[1,2,`, "numbers for 1 classes"},
		{xgb, `"base_score":"[1`, `"base_score":"[-1`, "cannot be for the objective"},
		{lgb, "version=v4", "version=v2", `"v2" is neither v3 nor v4`},
		{lgb, "left_child=", "left_child=9 ", "numbers, not"},
		{lgb, "num_leaves=7", "num_leaves=-7", "num_leaves is -7"},
		{lgb, "Tree=1", "Tree=2", "comes after 1 trees"},
		{lgb, "cat_boundaries=0 ", "cat_boundaries=70000 ", "beyond cat_threshold"},
		{lgb, "[categorical_feature: 2,3,4]", "[categorical_feature: 2,3]", "3 lists"},
		{lgb, "sigmoid:1", "sigmoid:-1", "no usable sigmoid"},
	} {
		if !bytes.Contains(test.data, []byte(test.old)) {
			t.Errorf("%q is not in the file", test.old)
			continue
		}
		_, err := parse(bytes.Replace(test.data, []byte(test.old), []byte(test.new), 1))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s for %s: %v, want %q", test.new, test.old, err, test.want)
		}
	}
}

// What is wrong with the JSON is said in words, and an empty file is not one that
// was cut off.
func TestBrokenJSON(t *testing.T) {
	xgb, err := os.ReadFile("testdata/xgb-binary.model.json")
	if err != nil {
		t.Fatal(err)
	}
	readXGBoost := func(data []byte) error {
		_, err := ReadXGBoost(data, XGBoostOptions{})
		return err
	}
	readLinear := func(data []byte) error {
		_, err := ReadLinear(data)
		return err
	}
	for _, c := range []struct {
		read func([]byte) error
		data string
		want string
	}{
		{readXGBoost, "", "the file is empty"},
		{readXGBoost, string(xgb[:500]), "the file was cut off: it ends at byte 500"},
		{readXGBoost, "hello", "byte 1 of the JSON: invalid character 'h'"},
		{readLinear, "", "the file is empty"},
		{readLinear, `{"inputs":["a"`, "the file was cut off: it ends at byte 14"},
		{readLinear, `{"inputs":["a"],"coefficients":["1"],"intercept":0,"link":"logit"}`, "linear model: coefficients: a JSON string does not fit there"},
	} {
		if err := c.read([]byte(c.data)); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "Go") {
			t.Errorf("%.40s: %v, want %q", c.data, err, c.want)
		}
	}
}

// A custom objective leaves the margins usable.
func TestCustomObjective(t *testing.T) {
	data, err := os.ReadFile("testdata/lgb-binary.model.txt")
	if err != nil {
		t.Fatal(err)
	}
	forest, err := ReadLightGBM(bytes.Replace(data, []byte("objective=binary sigmoid:1\n"), nil, 1))
	if err != nil {
		t.Fatal(err)
	}
	batch := readAnswers(t, "testdata/lgb-binary.rows.json").batch(t, forest.Inputs())
	scores := make([]float64, batch.Rows)
	if err := forest.Score(context.Background(), batch, Margin, scores); err != nil {
		t.Error(err)
	}
	if err := forest.Score(context.Background(), batch, Probability, scores); err == nil || !strings.Contains(err.Error(), "output: margin") {
		t.Errorf("a prediction without a link: %v", err)
	}
}

func TestUnknownCategory(t *testing.T) {
	in := Input{Name: "job", Categories: []string{"clerk", "cook"}}
	codes, err := in.Codes([]string{"cook", "", "clerk"}, func(row int) bool { return row == 1 })
	if err != nil || codes[0] != 1 || !math.IsNaN(codes[1]) || codes[2] != 0 {
		t.Errorf("codes %v, %v", codes, err)
	}
	if _, err := in.Codes([]string{"smith"}, nil); !errors.Is(err, ErrUnknownCategory) || !strings.Contains(err.Error(), `"smith"`) {
		t.Errorf("an unknown category: %v", err)
	}
}

// The rounds that early stopping kept are those that the margins of a shorter
// model have: three rounds of xgb-softprob cut to one are its first three trees.
func TestIterations(t *testing.T) {
	data, err := os.ReadFile("testdata/xgb-softprob.model.json")
	if err != nil {
		t.Fatal(err)
	}
	scorer, err := ReadXGBoost(data, XGBoostOptions{Iterations: 1})
	if err != nil {
		t.Fatal(err)
	}
	if n := scorer.(*Forest).Trees(); n != 3 {
		t.Errorf("%d trees in one round of three classes", n)
	}
	if _, err := ReadXGBoost(data, XGBoostOptions{Iterations: 4}); err == nil || !strings.Contains(err.Error(), "there are 3 iterations") {
		t.Errorf("four rounds of three: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"xgb-categories.model.ubj", "xgb-linear.model.json", "lgb-linear.model.txt", "lgb-categories.model.txt"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"inputs":["a"],"coefficients":[1],"intercept":0,"link":"logit"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		readers := []func() (Scorer, error){
			func() (Scorer, error) { return ReadXGBoost(data, XGBoostOptions{}) },
			func() (Scorer, error) { return ReadLightGBM(data) },
			func() (Scorer, error) { return ReadLinear(data) },
		}
		for _, read := range readers {
			scorer, err := read()
			if err != nil || len(scorer.Inputs()) > 1000 || scorer.Classes() > 1000 {
				continue
			}
			// What is read can be scored.
			batch := Batch{Rows: 3}
			for range scorer.Inputs() {
				batch.Columns = append(batch.Columns, []float64{math.NaN(), 1, -1e300})
			}
			if err := scorer.Score(context.Background(), batch, Margin, make([]float64, 3*scorer.Classes())); err != nil {
				t.Error(err)
			}
		}
	})
}
