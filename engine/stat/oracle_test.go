package stat

import (
	"encoding/json"
	"errors"
	"maps"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// number reads a JSON number, or the strings that stand for what JSON lacks:
// "Infinity", "NaN", and what a tool raised, which becomes NaN.
type number float64

func (n *number) UnmarshalJSON(b []byte) error {
	f, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 64)
	if err != nil {
		f = math.NaN()
	}
	*n = number(f)
	return nil
}

// numbers is a list of numbers, or nothing if the tool raised an error.
type numbers []number

func (n *numbers) UnmarshalJSON(b []byte) error {
	if b[0] != '[' {
		return nil
	}
	return json.Unmarshal(b, (*[]number)(n))
}

// oracle is one case of testdata/intervals.json: what statsmodels 0.15.0, SciPy
// 1.17.1 and mpmath 1.4.1 give; "about" in the file says how.
type oracle struct {
	ID             string
	K, N           int64
	K1, N1, K2, N2 int64
	Confint, Exact map[string]numbers
	Tests          map[string]json.RawMessage
	P              []float64
	Methods        map[string][]float64
	Households     map[string][][3]int64
	RateSE         map[string]float64 `json:"rate_se"`
	DifferenceSE   map[string]float64 `json:"difference_se"`
}

func oracles(t *testing.T, kind string) []oracle {
	t.Helper()
	b, err := os.ReadFile("testdata/intervals.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []oracle }
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	var found []oracle
	for _, c := range file.Cases {
		if strings.HasPrefix(c.ID, kind+"/") {
			maps.Copy(c.Confint, c.Exact)
			found = append(found, c)
		}
	}
	if len(found) == 0 {
		t.Fatalf("no cases %s", kind)
	}
	return found
}

// near fails unless got is want within a relative error; below 1e-300, where
// float64 runs out of digits, an absolute one.
func near(t *testing.T, name string, got, want, relative float64) {
	t.Helper()
	if got == want {
		return
	}
	if !(math.Abs(got-want) <= relative*math.Abs(want)+1e-300) {
		t.Errorf("%s = %.17g, want %.17g (relative error %.2g)", name, got, want, math.Abs(got/want-1))
	}
}

func nearInterval(t *testing.T, name string, got Interval, err error, want numbers, relative float64) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	near(t, name+" low", got.Low, float64(want[0]), relative)
	near(t, name+" high", got.High, float64(want[1]), relative)
}

func TestRatesAgainstOracle(t *testing.T) {
	for _, c := range oracles(t, "one") {
		for _, alpha := range []float64{0.05, 0.01} {
			at := "@" + strconv.FormatFloat(alpha, 'g', -1, 64)
			want := func(method string) numbers {
				w := append(numbers{}, c.Confint[method+at]...)
				// Wilson and Jeffreys end at 0 and 1 here; the tool rounds, or does not extend.
				if c.K == 0 {
					w[0] = 0
				}
				if c.K == c.N {
					w[1] = 1
				}
				return w
			}
			i, err := Wilson(c.K, c.N, alpha)
			nearInterval(t, c.ID+" wilson"+at, i, err, want("wilson"), 1e-10)
			i, err = ClopperPearson(c.K, c.N, alpha)
			nearInterval(t, c.ID+" clopper-pearson"+at, i, err, want("beta"), 1e-10)
			i, err = Jeffreys(c.K, c.N, alpha)
			nearInterval(t, c.ID+" jeffreys"+at, i, err, want("jeffreys"), 1e-10)
			i, err = AgrestiCoull(c.K, c.N, alpha)
			nearInterval(t, c.ID+" agresti-coull"+at, i, err, c.Confint["agresti_coull"+at], 1e-10)
		}
	}
}

func TestDifferencesAgainstOracle(t *testing.T) {
	for _, c := range oracles(t, "two") {
		i, err := Newcombe(c.K1, c.N1, c.K2, c.N2, 0.05)
		nearInterval(t, c.ID+" newcombe", i, err, c.Confint["diff.newcomb"], 1e-9)
		i, err = Newcombe(c.K1, c.N1, c.K2, c.N2, 0.01)
		nearInterval(t, c.ID+" newcombe@.01", i, err, c.Confint["diff.newcomb@0.01"], 1e-9)
		i, err = MiettinenNurminen(c.K1, c.N1, c.K2, c.N2, 0.05)
		nearInterval(t, c.ID+" miettinen-nurminen", i, err, c.Confint["diff.score-mn.mp"], 1e-9)
		i, err = Mee(c.K1, c.N1, c.K2, c.N2, 0.05)
		nearInterval(t, c.ID+" mee", i, err, c.Confint["diff.score-plain.mp"], 1e-9)
	}
}

func TestRatiosAgainstOracle(t *testing.T) {
	for _, c := range oracles(t, "two") {
		i, err := Koopman(c.K1, c.N1, c.K2, c.N2, 0.05)
		if c.K1 == 0 && c.K2 == 0 {
			if !errors.Is(err, ErrUndefined) {
				t.Errorf("%s: 0:0 gives %v, want %v", c.ID, err, ErrUndefined)
			}
			continue
		}
		nearInterval(t, c.ID+" koopman", i, err, c.Confint["ratio.score-plain.mp"], 1e-9)
		i, err = MiettinenNurminenRatio(c.K1, c.N1, c.K2, c.N2, 0.05)
		nearInterval(t, c.ID+" miettinen-nurminen", i, err, c.Confint["ratio.score-mn.mp"], 1e-9)
		i, err = Katz(c.K1, c.N1, c.K2, c.N2, 0.05)
		switch {
		case c.K1 == 0 || c.K2 == 0:
			if !errors.Is(err, ErrZeroCell) {
				t.Errorf("%s: katz with a zero gives %v", c.ID, err)
			}
		case c.K1 == c.N1 && c.K2 == c.N2:
			if !errors.Is(err, ErrNoVariation) {
				t.Errorf("%s: katz without failures gives %v", c.ID, err)
			}
		default:
			nearInterval(t, c.ID+" katz", i, err, c.Confint["ratio.log"], 1e-10)
		}
	}
}

// p-values below 1e-15 are compared at 1e-6: the tools' own digits end there.
func tolerance(p float64) float64 {
	if p < 1e-15 {
		return 1e-6
	}
	return 1e-10
}

func TestTestsAgainstOracle(t *testing.T) {
	for _, c := range oracles(t, "two") {
		var fisher map[string]float64
		if raw := c.Tests["fisher"]; raw != nil {
			if err := json.Unmarshal(raw, &fisher); err != nil {
				t.Fatal(err)
			}
		}
		for side, name := range map[Side]string{TwoSided: "two-sided", Less: "less", Greater: "greater"} {
			got, err := Fisher(c.K1, c.N1, c.K2, c.N2, side)
			if err != nil {
				t.Errorf("%s: %v", c.ID, err)
			}
			want, ok := fisher[name]
			if exact := c.Exact["fisher "+name]; exact != nil {
				want = float64(exact[0])
			}
			if ok {
				near(t, c.ID+" fisher "+name, got.P, want, 1e-10)
			}
		}
		var z, chi2 numbers
		if json.Unmarshal(c.Tests["ztest.pooled"], &z) != nil || json.Unmarshal(c.Tests["chi2"], &chi2) != nil {
			t.Fatal(c.ID)
		}
		if c.Exact["chi2"] != nil {
			z, chi2 = c.Exact["ztest.pooled"], c.Exact["chi2"]
		}
		got, err := PooledZ(c.K1, c.N1, c.K2, c.N2, TwoSided)
		if math.IsNaN(float64(z[0])) {
			if !errors.Is(err, ErrNoVariation) {
				t.Errorf("%s: pooled z gives %v", c.ID, err)
			}
			continue
		}
		near(t, c.ID+" z", got.Statistic, float64(z[0]), 1e-10)
		near(t, c.ID+" z p", got.P, float64(z[1]), tolerance(got.P))
		got, err = ChiSquare(c.K1, c.N1, c.K2, c.N2)
		if err != nil {
			t.Error(err)
		}
		if len(chi2) > 0 {
			near(t, c.ID+" chi2", got.Statistic, float64(chi2[0]), 1e-10)
			near(t, c.ID+" chi2 p", got.P, float64(chi2[1]), tolerance(got.P))
		}
	}
}

func TestMultiplicityAgainstOracle(t *testing.T) {
	methods := map[string]func([]float64) []float64{
		"holm": Holm, "fdr_bh": BenjaminiHochberg, "fdr_by": BenjaminiYekutieli,
	}
	for _, c := range oracles(t, "multiplicity") {
		for name, f := range methods {
			for i, got := range f(c.P) {
				near(t, c.ID+" "+name+" "+strconv.Itoa(i), got, c.Methods[name][i], 1e-12)
			}
		}
	}
}
