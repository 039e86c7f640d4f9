package stat

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Newcombe (1998) tables I and II, and the score interval of 50/100.
func TestPublishedIntervals(t *testing.T) {
	for _, c := range []struct {
		name      string
		f         func() (Interval, error)
		low, high float64
	}{
		{"wilson 50/100", func() (Interval, error) { return Wilson(50, 100, 0.05) }, .4038, .5962},
		{"wilson 81/263", func() (Interval, error) { return Wilson(81, 263, 0.05) }, .2553, .3662},
		{"wilson 15/148", func() (Interval, error) { return Wilson(15, 148, 0.05) }, .0624, .1605},
		{"clopper-pearson 81/263", func() (Interval, error) { return ClopperPearson(81, 263, 0.05) }, .2527, .3676},
		{"mee 56/70-48/80", func() (Interval, error) { return Mee(56, 70, 48, 80, 0.05) }, .0533, .3377},
		{"miettinen-nurminen 56/70-48/80", func() (Interval, error) { return MiettinenNurminen(56, 70, 48, 80, 0.05) }, .0528, .3382},
		{"newcombe 56/70-48/80", func() (Interval, error) { return Newcombe(56, 70, 48, 80, 0.05) }, .0524, .3339},
		{"newcombe 555/1181-667/1390", func() (Interval, error) { return Newcombe(555, 1181, 667, 1390, 0.05) }, -0.0486, .0288},
		{"katz 170/390:412/797", func() (Interval, error) { return Katz(170, 390, 412, 797, 0.05) }, .7394, .9616},
	} {
		i, err := c.f()
		if err != nil || math.Abs(i.Low-c.low) > 5.1e-5 || math.Abs(i.High-c.high) > 5.1e-5 {
			t.Errorf("%s = %v %v, want %v %v", c.name, i, err, c.low, c.high)
		}
	}
}

// Counts of a billion: the score equation solved by mpmath 1.4.1, 50 digits.
func TestScoreIntervalsLarge(t *testing.T) {
	const n = 1_000_000_000
	for _, c := range []struct {
		k1, n1, k2, n2                   int64
		mee, miettinen, koopman, mnRatio numbers
	}{
		{3, n, 8, n, numbers{-1.3129509547372586e-08, 1.793519681907908e-09}, numbers{-1.3129509549960197e-08, 1.7935196839952638e-09}, numbers{0.10798486173731674, 1.302265869081645}, numbers{0.10798486170746736, 1.3022658694416198}},
		{300000000, n, 300050000, n, numbers{-9.01682650701863e-05, -9.831734810889639e-06}, numbers{-9.016826508022835e-05, -9.831734800847572e-06}, numbers{0.9996995093157963, 0.9999672308183981}, numbers{0.9996995093157629, 0.9999672308184315}},
		{999999990, n, n, n, numbers{-1.8409472614759587e-08, -5.431986114348559e-09}, numbers{-1.8409472617484273e-08, -5.431986113544599e-09}, numbers{0.9999999815905274, 0.9999999945680139}, numbers{0.9999999815905274, 0.9999999945680139}},
		{0, n, 5, n, numbers{-1.1705757628118388e-08, -1.1585411844590328e-09}, numbers{-1.1705757630467756e-08, -1.1585411825383035e-09}, numbers{0, 0.7682917624697787}, numbers{0, 0.7682917628539245}},
		{7, 40, n - 3, n, numbers{-0.912545859539641, -0.6805000936821228}, numbers{-0.912545859569776, -0.6805000936000241}, numbers{0.08745413772272159, 0.31949990427637687}, numbers{0.0874541376925865, 0.3194999043584756}},
		{n, n, 3, 5, numbers{0.1176207742326479, 0.769275718723987}, numbers{0.11762077416344985, 0.7692757188423266}, numbers{1.1332995732422873, 4.3341775493655605}, numbers{1.1332995731534115, 4.33417755158858}},
	} {
		for _, m := range []struct {
			f    func(int64, int64, int64, int64, float64) (Interval, error)
			want numbers
		}{{Mee, c.mee}, {MiettinenNurminen, c.miettinen}, {Koopman, c.koopman}, {MiettinenNurminenRatio, c.mnRatio}} {
			i, err := m.f(c.k1, c.n1, c.k2, c.n2, 0.05)
			nearInterval(t, fmt.Sprintf("%s %d/%d %d/%d", i.Method, c.k1, c.n1, c.k2, c.n2), i, err, m.want, 1e-9)
		}
	}
}

// drawn is a table of two groups, from one row to a billion.
type drawn struct{ k1, n1, k2, n2 int64 }

func drawTable(r *rapid.T) drawn {
	size := rapid.SampledFrom([]int64{1, 5, 40, 1000, 1e6, 1e9})
	n1 := rapid.Int64Range(1, size.Draw(r, "size1")).Draw(r, "n1")
	n2 := rapid.Int64Range(1, size.Draw(r, "size2")).Draw(r, "n2")
	return drawn{rapid.Int64Range(0, n1).Draw(r, "k1"), n1, rapid.Int64Range(0, n2).Draw(r, "k2"), n2}
}

var alphas = []float64{1e-12, 0.001, 0.01, 0.05, 0.2, 0.9}

func checkNested(r *rapid.T, name string, outer *Interval, i Interval, err error, point, low, high float64) {
	const slack = 1e-9
	if err != nil {
		r.Fatalf("%s: %v", name, err)
	}
	if !(i.Low >= low && i.High <= high && i.Low <= i.High) || i.Method == "" {
		r.Fatalf("%s: %v is not an interval within [%v, %v]", name, i, low, high)
	}
	if i.Low > point+slack*math.Abs(point) || i.High < point-slack*math.Abs(point) {
		r.Fatalf("%s: %v does not contain the estimate %v", name, i, point)
	}
	if i.Low < outer.Low-slack*math.Abs(i.Low) || i.High > outer.High+slack*math.Abs(i.High) {
		r.Fatalf("%s: %v is not within %v of a smaller alpha", name, i, *outer)
	}
	*outer = i
}

func TestRateProperties(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := drawTable(r)
		p := float64(d.k1) / float64(d.n1)
		for _, f := range []func(int64, int64, float64) (Interval, error){Wilson, ClopperPearson, Jeffreys, AgrestiCoull} {
			outer := Interval{Low: 0, High: 1}
			for _, alpha := range alphas[1:5] { // Jeffreys and Agresti-Coull may leave the estimate out beyond
				i, err := f(d.k1, d.n1, alpha)
				checkNested(r, fmt.Sprintf("%s %d/%d at %v", i.Method, d.k1, d.n1, alpha), &outer, i, err, p, 0, 1)
				other, _ := f(d.n1-d.k1, d.n1, alpha)
				if math.Abs(other.Low-(1-i.High)) > 1e-12 || math.Abs(other.High-(1-i.Low)) > 1e-12 {
					r.Fatalf("%s %d/%d: %v against %v of the failures", i.Method, d.k1, d.n1, i, other)
				}
			}
		}
	})
}

func TestDifferenceProperties(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := drawTable(r)
		point := float64(d.k1)/float64(d.n1) - float64(d.k2)/float64(d.n2)
		for _, f := range []func(int64, int64, int64, int64, float64) (Interval, error){Newcombe, MiettinenNurminen, Mee} {
			outer := Interval{Low: -1, High: 1}
			for _, alpha := range alphas {
				i, err := f(d.k1, d.n1, d.k2, d.n2, alpha)
				checkNested(r, fmt.Sprintf("%s %v at %v", i.Method, d, alpha), &outer, i, err, point, -1, 1)
				other, _ := f(d.k2, d.n2, d.k1, d.n1, alpha)
				if math.Abs(other.Low+i.High) > 1e-11*math.Abs(i.High)+1e-16 || math.Abs(other.High+i.Low) > 1e-11*math.Abs(i.Low)+1e-16 {
					r.Fatalf("%s %v: %v, the other way round %v", i.Method, d, i, other)
				}
			}
		}
	})
}

func TestRatioProperties(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := drawTable(r)
		if d.k1 == 0 && d.k2 == 0 {
			return
		}
		point := float64(d.k1) / float64(d.n1) / (float64(d.k2) / float64(d.n2))
		for _, f := range []func(int64, int64, int64, int64, float64) (Interval, error){Koopman, MiettinenNurminenRatio} {
			outer := Interval{Low: 0, High: math.Inf(1)}
			for _, alpha := range alphas {
				i, err := f(d.k1, d.n1, d.k2, d.n2, alpha)
				checkNested(r, fmt.Sprintf("%s %v at %v", i.Method, d, alpha), &outer, i, err, min(point, 1e300), 0, math.Inf(1))
				other, _ := f(d.k2, d.n2, d.k1, d.n1, alpha)
				if math.Abs(other.Low*i.High-1) > 1e-12 || math.Abs(other.High*i.Low-1) > 1e-12 {
					if i.Low > 0 && !math.IsInf(i.High, 1) {
						r.Fatalf("%s %v: %v, inverted %v", i.Method, d, i, other)
					}
				}
			}
		}
	})
}

func TestEndsAreExact(t *testing.T) {
	for _, n := range []int64{1, 7, 18, 1e8, 1e15} {
		for _, f := range []func(int64, int64, float64) (Interval, error){Wilson, ClopperPearson, Jeffreys} {
			none, _ := f(0, n, 0.05)
			every, _ := f(n, n, 0.05)
			if none.Low != 0 || every.High != 1 || !(none.High > 0) || !(every.Low < 1) {
				t.Errorf("n = %d: %v %v", n, none, every)
			}
		}
	}
	if i, err := Koopman(3, 10, 0, 12, 0.05); err != nil || !math.IsInf(i.High, 1) || !(i.Low > 0) {
		t.Errorf("k : 0 gives %v %v", i, err)
	}
	if i, err := Koopman(0, 10, 3, 12, 0.05); err != nil || i.Low != 0 || !(i.High < 10) {
		t.Errorf("0 : k gives %v %v", i, err)
	}
}

func TestReasons(t *testing.T) {
	for _, c := range []struct {
		k, n  int64
		alpha float64
		want  error
	}{
		{0, 0, 0.05, ErrNoRows}, {1, 0, 0.05, ErrNoRows}, {3, 2, 0.05, ErrCounts}, {-1, 2, 0.05, ErrCounts}, {0, -2, 0.05, ErrCounts},
		{1, 2, 0, ErrAlpha}, {1, 2, 1, ErrAlpha}, {1, 2, math.NaN(), ErrAlpha}, {1, math.MaxInt64, 0.05, ErrTooLarge},
	} {
		for _, f := range []func(int64, int64, float64) (Interval, error){Wilson, ClopperPearson, Jeffreys, AgrestiCoull} {
			if i, err := f(c.k, c.n, c.alpha); !errors.Is(err, c.want) || i != (Interval{}) {
				t.Errorf("%d/%d at %v: %v %v, want %v", c.k, c.n, c.alpha, i, err, c.want)
			}
		}
		for _, f := range []func(int64, int64, int64, int64, float64) (Interval, error){
			Newcombe, MiettinenNurminen, Mee, Koopman, MiettinenNurminenRatio, Katz,
		} {
			if i, err := f(1, 2, c.k, c.n, c.alpha); !errors.Is(err, c.want) || i != (Interval{}) {
				t.Errorf("1/2 and %d/%d at %v: %v %v, want %v", c.k, c.n, c.alpha, i, err, c.want)
			}
		}
	}
	if _, err := PooledZ(0, 5, 0, 9, TwoSided); !errors.Is(err, ErrNoVariation) {
		t.Errorf("pooled z without variation: %v", err)
	}
	if p, err := FisherMidP(0, 5, 0, 9); err != nil || p.P != 1 {
		t.Errorf("mid-p of the only table: %v %v", p, err)
	}
	if _, err := FisherMidP(0, 0, 3, 9); !errors.Is(err, ErrNoRows) {
		t.Errorf("mid-p without rows: %v", err)
	}
}

func TestMover(t *testing.T) {
	a, _ := Wilson(56, 70, 0.05)
	b, _ := Wilson(48, 80, 0.05)
	want, _ := Newcombe(56, 70, 48, 80, 0.05)
	got, err := Mover(Part{1, 0.8, a}, Part{-1, 0.6, b})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "low", got.Low, want.Low, 1e-12)
	near(t, "high", got.High, want.High, 1e-12)
	half, _ := Mover(Part{0.5, 0.2, want}, Part{0.5, 0.2, want})
	near(t, "mean of two", half.High-0.2, (want.High-0.2)/math.Sqrt2, 1e-12)
	if _, err := Mover(); !errors.Is(err, ErrNoParts) {
		t.Error(err)
	}
	if _, err := Mover(Part{1, 1, Interval{0, math.Inf(1), ""}}); !errors.Is(err, ErrNotFinite) {
		t.Error(err)
	}
}

func BenchmarkKoopman(b *testing.B) {
	for b.Loop() {
		_, _ = Koopman(2174, 3696, 854, 2454, 0.05)
	}
}

func BenchmarkMiettinenNurminen(b *testing.B) {
	for b.Loop() {
		_, _ = MiettinenNurminen(2174, 3696, 854, 2454, 0.05)
	}
}

func BenchmarkClopperPearson(b *testing.B) {
	for b.Loop() {
		_, _ = ClopperPearson(30000000, 100000000, 0.05)
	}
}
