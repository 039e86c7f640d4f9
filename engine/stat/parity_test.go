package stat

import (
	"encoding/csv"
	"errors"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"
)

// compas are the 7,214 people of ProPublica's table by race x sex, and how many
// of them were scored Medium or High.
func compas(t testing.TB) (names []string, table []Count) {
	t.Helper()
	f, err := os.Open("../../testdata/compas/counts.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	cells := map[string]Count{}
	for _, r := range rows[1:] { // race, sex, age_cat, decile_score, two_year_recid, filtered, n
		score, _ := strconv.Atoi(r[3])
		n, _ := strconv.ParseInt(r[6], 10, 64)
		c := cells[r[0]+"*"+r[1]]
		c.N += n
		if score >= 5 {
			c.K += n
		}
		cells[r[0]+"*"+r[1]] = c
	}
	for name := range cells {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		table = append(table, cells[name])
	}
	return names, table
}

// Where two cells hold 2 and 4 people, the raw smallest over largest rate says
// nothing: one table in three dealt at random has a group without any success.
// The studentized statistic finds the gap in every draw. The .34 and .003 are those
// of the issue that asked for this, the latter at 300 or more draws.
func TestRawMinMaxHidesTheGap(t *testing.T) {
	_, table := compas(t)
	if len(table) != 12 || !slices.ContainsFunc(table, func(c Count) bool { return c.N == 2 }) ||
		!slices.ContainsFunc(table, func(c Count) bool { return c.N == 4 }) {
		t.Fatalf("%v", table)
	}
	lowest, highest := 1.0, 0.0
	for _, c := range table {
		lowest, highest = min(lowest, float64(c.K)/float64(c.N)), max(highest, float64(c.K)/float64(c.N))
	}
	const draws = 4000
	worst, err := new(Dealer).WorstUnderParity(Generator(1, "raw"), table, draws)
	if err != nil {
		t.Fatal(err)
	}
	extreme := 0
	for _, e := range worst {
		if e.Low/e.High <= lowest/highest {
			extreme++
		}
	}
	if p := float64(extreme+1) / (draws + 1); math.Abs(p-0.34) > 0.03 {
		t.Errorf("raw min/max: p %v, want about .34", p)
	}
	pairs, err := PairsUnderParity(Generator(1, "pairs"), [][]Count{table}, draws)
	if err != nil {
		t.Fatal(err)
	}
	least := 1.0
	for i := range table {
		for j := range i {
			if p, ok := pairs.P(i, j); ok {
				least = min(least, p)
			}
		}
	}
	if pairs.Tests != 66 || least > 0.003 {
		t.Errorf("%d pairs, smallest p %v", pairs.Tests, least)
	}
}

// Two groups are one pair: its p is the exact mid-p's own tail. Of 3/4 against 1/4
// the five tables have probabilities 1, 16, 36, 16, 1 in 70 and mid-p 1/70, 18/70
// and 1/2+...: P(mid-p* ≤ 18/70) = 34/70, Fisher's p (the tea table: 17/35).
func TestOnePair(t *testing.T) {
	pairs, err := PairsUnderParity(Generator(3, "two"), [][]Count{{{3, 4}, {1, 4}}}, 40_000)
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := pairs.P(0, 1); !ok || math.Abs(p-17.0/35) > 0.01 {
		t.Errorf("%v %v", p, ok)
	}
	if _, ok := pairs.P(1, 1); ok {
		t.Error("a group against itself")
	}
}

// Dealing has the mean and the variance of the multivariate hypergeometric
// distribution (Johnson, Kotz and Balakrishnan 1997, section 39), in the exact and
// in the normal range, and keeps the margin.
func TestDeal(t *testing.T) {
	for _, table := range [][]Count{
		{{1, 2}, {3, 4}, {10, 20}, {30, 60}},
		{{300, 900}, {10, 30}, {100, 2000}, {400, 4000}},
		{{0, 5}, {2, 100_000_000}, {9, 1_000_000_000}, {1, 1}},
		{{5, 5}, {70, 70}, {0, 0}, {1, 2}},
	} {
		d, err := newDeck(table)
		if err != nil {
			t.Fatal(err)
		}
		var total, rows float64
		for _, c := range table {
			total, rows = total+float64(c.K), rows+float64(c.N)
		}
		const draws = 20_000
		sum, squares := make([]float64, len(table)), make([]float64, len(table))
		dealt := make([]int64, len(table))
		rng := Generator(7, "deal")
		for range draws {
			d.deal(rng, dealt)
			all := int64(0)
			for i, k := range dealt {
				if k < 0 || k > table[i].N {
					t.Fatalf("%d of %d", k, table[i].N)
				}
				all += k
				sum[i] += float64(k)
				squares[i] += float64(k) * float64(k)
			}
			if all != d.total {
				t.Fatalf("dealt %d of %d", all, d.total)
			}
		}
		for i, c := range table {
			n, p := float64(c.N), total/rows
			variance := n * p * (1 - p) * (rows - n) / (rows - 1)
			mean := sum[i] / draws
			if got := squares[i]/draws - mean*mean; math.Abs(mean-n*p) > 5*math.Sqrt(variance/draws)+1e-3 || math.Abs(got-variance) > 0.06*variance+1e-3 {
				t.Errorf("%v: group %d: mean %v, want %v; variance %v, want %v", table, i, mean, n*p, got, variance)
			}
		}
	}
}

// Under parity of all groups the smallest p is at or below .05 at most once in
// twenty, up to noise, with small groups among them; and not much rarer.
func TestPairsHoldTheirLevel(t *testing.T) {
	sizes := []int64{100, 100, 100, 7, 3, 40, 250}
	const trials = 400
	rng := Generator(11, "level")
	alarms := 0
	for trial := range trials {
		table := make([]Count, len(sizes))
		for i, n := range sizes {
			table[i] = Count{Binomial(rng, n, 0.2), n}
		}
		s, err := PairsUnderParity(Generator(uint64(trial), "t"), [][]Count{table}, 199)
		if err != nil {
			t.Fatal(err)
		}
		if smallest(s, len(sizes)) <= 0.05 {
			alarms++
		}
	}
	if alarms > 33 || alarms < 8 { // 20 ± 3 sd
		t.Errorf("%d of %d", alarms, trials)
	}
}

func smallest(s PairTests, groups int) float64 {
	least := 1.0
	for i := range groups {
		for j := range i {
			if p, ok := s.P(i, j); ok {
				least = min(least, p)
			}
		}
	}
	return least
}

// The same for people with ten rows each that go together, where rows taken as
// independent would cry wolf nearly always.
func TestPairsOfPeopleHoldTheirLevel(t *testing.T) {
	const trials, groups, shards = 300, 6, 64
	rng := Generator(12, "people")
	alarms, naive := 0, 0
	for trial := range trials {
		table, rows := make([]People, groups), make([]Count, groups)
		for g := range table {
			table[g].Shards = make([]Shard, shards)
			for range 128 {
				s := &table[g].Shards[rng.IntN(shards)]
				s.N += 10
				if rng.Float64() < 0.3 {
					s.K += 10
					rows[g].K += 10
				}
				rows[g].N += 10
			}
		}
		s, err := PairsOfPeople(Generator(uint64(trial), "t"), [][]People{table}, 399)
		if err != nil {
			t.Fatal(err)
		}
		if smallest(s, groups) <= 0.05 {
			alarms++
		}
		if s, _ := PairsUnderParity(Generator(uint64(trial), "t"), [][]Count{rows}, 199); smallest(s, groups) <= 0.05 {
			naive++
		}
	}
	if alarms > 26 || alarms < 3 || naive < trials/2 {
		t.Errorf("%d of %d, %d taken as rows", alarms, trials, naive)
	}
}

// Max-t of k independent groups of equal size is Tukey's studentized range at
// infinite degrees of freedom: q.95 is 3.314 for 3 groups and 4.474 for 10
// (Harter 1960), so that z = q/√2 has p .05.
func TestMaxTIsTukeys(t *testing.T) {
	for groups, q := range map[int]float64{3: 3.314, 10: 4.474} {
		v := newVarying(nil)
		v.sd, v.rate = slices.Repeat([]float64{1}, groups), make([]float64, groups)
		v.root = cholesky(correlations(make([][]float64, groups)))
		v.z = make([]float64, groups)
		rng, out := Generator(5, "tukey"), make([]float64, groups)
		const draws = 40_000
		beyond := 0
		for range draws {
			v.draw(rng, out)
			if slices.Max(out)-slices.Min(out) > q {
				beyond++
			}
		}
		if p := float64(beyond) / draws; math.Abs(p-0.05) > 0.004 {
			t.Errorf("%d groups: %v", groups, p)
		}
	}
}

func TestPairsDegenerate(t *testing.T) {
	for _, c := range []struct {
		table []Count
		want  error
	}{
		{nil, ErrNoRows}, {[]Count{{1, 2}}, ErrNoRows}, {[]Count{{1, 2}, {0, 0}}, ErrNoRows},
		{[]Count{{3, 2}, {0, 1}}, ErrCounts}, {[]Count{{0, 1 << 53}, {0, 1 << 53}}, ErrTooLarge},
	} {
		if _, err := PairsUnderParity(Generator(1), [][]Count{c.table}, 10); !errors.Is(err, c.want) {
			t.Errorf("%v: %v", c.table, err)
		}
		if _, err := new(Dealer).WorstUnderParity(Generator(1), c.table, 10); !errors.Is(err, c.want) {
			t.Errorf("%v: %v", c.table, err)
		}
	}
	for _, table := range [][]Count{{{0, 5}, {0, 9}, {0, 0}}, {{5, 5}, {9, 9}, {0, 0}}} { // nobody, everybody
		s, err := PairsUnderParity(Generator(1), [][]Count{table}, 50)
		if p, ok := s.P(0, 1); err != nil || !ok || p != 1 {
			t.Errorf("%v: %v %v %v", table, p, ok, err)
		}
		if _, ok := s.P(0, 2); ok {
			t.Error("a group without rows was tested")
		}
	}
	const big = 1_000_000_000
	s, err := PairsUnderParity(Generator(1), [][]Count{{{big / 2, big}, {big/2 - 100_000, big}, {1, 2}}}, 500)
	if err != nil {
		t.Fatal(err)
	}
	p, _ := s.P(0, 1)
	if q, _ := s.P(0, 2); p > 0.01 || q < 0.5 {
		t.Errorf("%v %v", p, q)
	}
	one := People{Shards: []Shard{{1, 5}, {}}}
	if _, err := PairsOfPeople(Generator(1), [][]People{{one, one}}, 10); !errors.Is(err, ErrFewShards) {
		t.Error(err)
	}
	if _, err := WorstOfPeople(Generator(1), []People{one, one}, 10); !errors.Is(err, ErrFewShards) {
		t.Error(err)
	}
}

// A set counts as one test and lends its share only when it is used up. Single
// tests are Holm's and Benjamini and Hochberg's.
func TestFamily(t *testing.T) {
	single := Family{[]float64{0.01, 0.04, 0.03, 0.005}, []int{0, 1, 2, 3}}
	if got := single.Holm(); !slices.Equal(got, Holm(single.P)) {
		t.Errorf("%v", got)
	}
	if got := single.StepUp(BenjaminiHochberg); !slices.Equal(got, BenjaminiHochberg(single.P)) {
		t.Errorf("%v", got)
	}
	f := Family{[]float64{0.001, 0.02, 0.03, 0.9}, []int{0, 0, 1, 0}}
	if got, want := f.Holm(), []float64{0.002, 0.04, 0.06, 0.9}; !slices.Equal(got, want) || f.Size() != 2 {
		t.Errorf("%v, want %v; size %d", got, want, f.Size())
	}
	if got, want := f.StepUp(BenjaminiHochberg), []float64{0.002, 0.04, 0.03, 1}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := (Family{}).Holm(); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// One gate on COMPAS by race x sex at 30,000 draws.
func BenchmarkPairs(b *testing.B) {
	_, table := compas(b)
	for b.Loop() {
		if _, err := PairsUnderParity(Generator(1, "bench"), [][]Count{table}, 30_000); err != nil {
			b.Fatal(err)
		}
	}
}
