package model

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// answers are what a library said of some rows; written by testdata/train.py.
type answers struct {
	Rows       map[string][]any `json:"rows"`
	Margin     []float64        `json:"margin"`
	Prediction []float64        `json:"prediction"`
}

// read reads a model of testdata by its ending.
func read(path string) (Scorer, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(path, ".txt") {
		return ReadLightGBM(data)
	}
	return ReadXGBoost(data, XGBoostOptions{})
}

func readAnswers(t testing.TB, path string) answers {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var a answers
	if err := json.Unmarshal(data, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// batch gives the rows as a model takes them.
func (a answers) batch(t testing.TB, inputs []Input) Batch {
	t.Helper()
	b := Batch{Columns: make([][]float64, len(inputs))}
	for i, in := range inputs {
		values := a.Rows[in.Name]
		texts, numbers := make([]string, len(values)), make([]float64, len(values))
		for row, v := range values {
			switch v := v.(type) {
			case nil:
				numbers[row] = math.NaN()
			case float64:
				numbers[row] = v
			case string:
				texts[row] = v
			}
		}
		b.Rows, b.Columns[i] = len(values), numbers
		if in.Categories != nil {
			codes, err := in.Codes(texts, func(row int) bool { return values[row] == nil })
			if err != nil {
				t.Fatal(err)
			}
			b.Columns[i] = codes
		}
	}
	return b
}

// The margins are those of XGBoost 3.2.0 and LightGBM 4.7.0 to the last bit;
// predictions are within a unit in the last place for each step of the link.
func TestLibraries(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.model.*")
	if err != nil || len(paths) < 25 {
		t.Fatalf("%d models: %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			scorer, err := read(path)
			if err != nil {
				t.Fatal(err)
			}
			name, _, _ := strings.Cut(path, ".model.")
			want := readAnswers(t, name+".rows.json")
			batch := want.batch(t, scorer.Inputs())
			got := make([]float64, batch.Rows*scorer.Classes())
			if err := scorer.Score(context.Background(), batch, Margin, got); err != nil {
				t.Fatal(err)
			}
			if len(got) != len(want.Margin) {
				t.Fatalf("%d scores, want %d", len(got), len(want.Margin))
			}
			for i := range got {
				if math.Float64bits(got[i]) != math.Float64bits(want.Margin[i]) {
					t.Fatalf("margin %d is %v, the library's %v", i, got[i], want.Margin[i])
				}
			}
			if err := scorer.Score(context.Background(), batch, Probability, got); err != nil {
				t.Fatal(err)
			}
			ulp := 0x1p-52
			if strings.HasPrefix(filepath.Base(path), "xgb") {
				ulp = 0x1p-23
			}
			for i, x := range got {
				if math.Abs(x-want.Prediction[i]) > ulp*math.Abs(want.Prediction[i]) {
					t.Errorf("prediction %d is %v, the library's %v", i, x, want.Prediction[i])
				}
			}
		})
	}
}
