package stat

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"testing"
)

// reliability is one case of testdata/calibration.json: deciles are the rows and
// positive labels with score k/10.
type reliability struct {
	ID                string
	Deciles           [10][2]int64
	Uniform, Quantile curve
	Brier             float64
	AUC               float64 `json:"roc_auc"`
	U                 float64
	Delong            struct {
		SE   float64
		Wald []float64
	}
}

type curve struct {
	Bins []struct {
		Hi   float64
		N    int64
		SumP float64 `json:"sum_p"`
		SumY int64   `json:"sum_y"`
	}
	L1  float64 `json:"ece_l1"`
	L2  float64 `json:"ece_l2"`
	Max float64 `json:"mce"`
}

func reliabilities(t *testing.T) []reliability {
	t.Helper()
	b, err := os.ReadFile("testdata/calibration.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []reliability }
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	return file.Cases
}

func (r reliability) samples() (positive, negative Sample) {
	for k, d := range r.Deciles {
		x := float64(k+1) / 10
		if d[1] > 0 {
			positive = append(positive, Point{x, d[1]})
		}
		if d[0] > d[1] {
			negative = append(negative, Point{x, d[0] - d[1]})
		}
	}
	return positive, negative
}

func TestCalibrationAgainstOracle(t *testing.T) {
	for _, c := range reliabilities(t) {
		pos, neg := c.samples()
		own, err := Pool(pos, neg).Quantiles(10)
		if err != nil {
			t.Fatal(err)
		}
		fixed := make([]float64, 11)
		for i := range fixed {
			fixed[i] = float64(i) / 10
		}
		for _, side := range []struct {
			name  string
			edges []float64
			want  curve
		}{{"uniform", fixed, c.Uniform}, {"quantile", own, c.Quantile}} {
			bins := ReliabilityBins(pos, neg, side.edges)
			at := 0
			for _, want := range side.want.Bins {
				if want.N == 0 {
					continue
				}
				got := bins[at]
				at++
				if got.N != want.N || got.Positives != want.SumY {
					t.Errorf("%s %s: bin %+v, want %+v", c.ID, side.name, got, want)
				}
				near(t, c.ID+" sum of scores", got.Scores, want.SumP, 1e-12)
				near(t, c.ID+" edge", got.High, want.Hi, 1e-15)
			}
			if at != len(bins) {
				t.Errorf("%s %s: %d bins, want %d", c.ID, side.name, len(bins), at)
			}
			e, err := CalibrationErrors(bins)
			if err != nil {
				t.Fatal(err)
			}
			near(t, c.ID+" mean", e.Mean, side.want.L1, 1e-12)
			near(t, c.ID+" root mean square", e.RootMeanSquare, side.want.L2, 1e-12)
			near(t, c.ID+" largest", e.Largest, side.want.Max, 1e-12)
		}
		brier, err := BrierScore(pos, neg)
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.ID+" brier", brier.Value, c.Brier, 1e-12)
		near(t, c.ID+" parts", brier.Reliability-brier.Resolution+brier.Uncertainty, c.Brier, 1e-12)
		auc, err := CompareSamples(pos, neg)
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.ID+" auc", auc.Value, c.AUC, 1e-12)
		near(t, c.ID+" U", auc.Value*float64(pos.Count())*float64(neg.Count()), c.U, 1e-12)
		near(t, c.ID+" delong", math.Sqrt(auc.Variance), c.Delong.SE, 1e-10)
		i, err := auc.Interval(0.05)
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.ID+" low", i.Low, clamp(c.Delong.Wald[0], 0, 1), 1e-10)
		near(t, c.ID+" high", i.High, clamp(c.Delong.Wald[1], 0, 1), 1e-10)
		if _, err := LogLoss(pos, neg); !errors.Is(err, ErrNotProbability) {
			t.Errorf("%s: the log loss of a score of 1 is %v", c.ID, err)
		}
	}
}

func TestLogLoss(t *testing.T) {
	got, err := LogLoss(Sample{{0.8, 1}}, Sample{{0.25, 2}})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "log loss", got.Mean, -(math.Log(0.8)+2*math.Log(0.75))/3, 1e-14)
}

func TestPerfectSeparationHasNoInterval(t *testing.T) {
	auc, err := CompareSamples(Sample{{2, 5}}, Sample{{1, 5}})
	if err != nil || auc.Value != 1 {
		t.Fatal(auc, err)
	}
	if _, err := auc.Interval(0.05); !errors.Is(err, ErrNoVariation) {
		t.Error(err)
	}
}
