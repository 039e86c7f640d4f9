package stat

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// TestRankingAgainstOracle covers what TestCalibrationAgainstOracle leaves out
// of the oracle calibration.json (scikit-learn 1.9.1, SciPy 1.17.1,
// confidenceinterval 1.0.5).
func TestRankingAgainstOracle(t *testing.T) {
	b, err := os.ReadFile("testdata/ranking.json")
	if err != nil {
		t.Fatal(err)
	}
	type side struct {
		Edges []float64
		True  []float64 `json:"prob_true"`
		Mean  []float64 `json:"prob_pred"`
	}
	var file struct {
		Cases []struct {
			ID                string
			N, Positives      int64
			Share             float64 `json:"u_share"`
			P                 float64
			AP                float64 `json:"average_precision"`
			FPR, TPR          []float64
			Threshold         []number
			AUC               float64 `json:"delong_auc"`
			Float32           []float64
			Uniform, Quantile side
		}
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	counts := reliabilities(t)
	for i, c := range file.Cases {
		pos, neg := counts[i].samples()
		if counts[i].ID != c.ID || pos.Count() != c.Positives || pos.Count()+neg.Count() != c.N {
			t.Fatalf("%s: %d and %d rows", c.ID, pos.Count(), neg.Count())
		}
		u, err := SciPyMannWhitney(pos, neg, TwoSided)
		if err != nil {
			t.Fatal(err)
		}
		pNear(t, c.ID+" mann-whitney p", u.P, c.P)
		auc, _ := CompareSamples(pos, neg)
		near(t, c.ID+" U share", auc.Value, c.Share, 1e-12)
		near(t, c.ID+" auc", auc.Value, c.AUC, 1e-12)
		interval, _ := auc.Interval(0.05)
		for k, got := range []float64{auc.Value, interval.Low, interval.High} { // a package that computes in float32
			near(t, c.ID+" float32", got, clamp(c.Float32[k], 0, 1), 1e-6)
		}
		ap, err := AveragePrecision(pos, neg)
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.ID+" average precision", ap, c.AP, 1e-12)
		curve, err := ROC(pos, neg)
		if err != nil || len(curve) != len(c.FPR) {
			t.Fatalf("%s: %d points, want %d: %v", c.ID, len(curve), len(c.FPR), err)
		}
		for k, p := range curve {
			near(t, c.ID+" fpr", p.FalsePositive, c.FPR[k], 1e-12)
			near(t, c.ID+" tpr", p.TruePositive, c.TPR[k], 1e-12)
			if k > 0 {
				near(t, c.ID+" threshold", p.Threshold, float64(c.Threshold[k]), 1e-15)
			} else if !math.IsInf(float64(c.Threshold[0]), 1) {
				t.Errorf("%s: the first threshold is %v", c.ID, c.Threshold[0])
			}
		}
		own, _ := Pool(pos, neg).Quantiles(10)
		fixed := make([]float64, 11)
		for k := range fixed {
			fixed[k] = float64(k) / 10
		}
		for name, s := range map[string]struct {
			edges []float64
			want  side
		}{"uniform": {fixed, c.Uniform}, "quantile": {own, c.Quantile}} {
			for k, e := range s.want.Edges {
				near(t, c.ID+" "+name+" edge", s.edges[k], e, 1e-14)
			}
			bins := ReliabilityBins(pos, neg, s.edges)
			if len(bins) != len(s.want.True) {
				t.Fatalf("%s %s: %d bins, want %d", c.ID, name, len(bins), len(s.want.True))
			}
			for k, bin := range bins {
				near(t, c.ID+" "+name+" rate", float64(bin.Positives)/float64(bin.N), s.want.True[k], 1e-12)
				near(t, c.ID+" "+name+" mean score", bin.Scores/float64(bin.N), s.want.Mean[k], 1e-12)
			}
		}
	}
	if _, err := ROC(nil, Sample{{1, 1}}); err == nil {
		t.Error("a curve without positive rows")
	}
}
