package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/stat"
)

// Wilson's coverage falls to .838 at the rate where a single success still
// excludes the truth (Brown, Cai and DasGupta 2001, Statistical Science 16,
// section 3.1.1: .838 as n grows; Agresti and Coull 1998), and Clopper-Pearson's
// never below .95.
func TestPublishedCoverage(t *testing.T) {
	least := map[string]float64{}
	for _, p := range rateGrid([]int64{10, 100}, fineRates(1960)) {
		if c, ok := least[p.method]; p.n1 == 10 && (!ok || p.coverage() < c) {
			least[p.method] = p.coverage()
		}
		if p.method == stat.MethodClopperPearson && p.coverage() < 95 {
			t.Errorf("clopper-pearson covers %.3f at n = %d, p = %g", p.coverage(), p.n1, p.p1)
		}
	}
	if got := least[stat.MethodWilson]; math.Abs(got-83.8) > 0.3 {
		t.Errorf("wilson's least coverage is %.2f, published 83.8", got)
	}
}

// The chances of a binomial count are those of its definition.
func TestBinomial(t *testing.T) {
	b := newBinomial(4, 0.3)
	for i, want := range []float64{.2401, .4116, .2646, .0756, .0081} {
		if b.first != 0 || math.Abs(b.weight[i]-want) > 1e-15 {
			t.Errorf("P(%d) = %g, want %g", i, b.weight[i], want)
		}
	}
}

// A person's rows correlate as asked, in either way of drawing: two rows agree
// with chance p² + q² + 2·icc·p·q.
func TestCorrelation(t *testing.T) {
	const p, icc, draws = 0.3, 0.5, 40000
	want := p*p + (1-p)*(1-p) + 2*icc*p*(1-p)
	rng := stat.Generator(1, "test")
	var urn, shared float64
	for range draws {
		if betaBinomial(rng, 2, p, icc) != 1 {
			urn++
		}
		if k, _ := sharedRows(rng, 2, 0, [2]float64{p, p}, icc); k != 1 {
			shared++
		}
	}
	for name, agreed := range map[string]float64{"urn": urn, "shared": shared} {
		if math.Abs(agreed/draws-want) > 0.012 { // five standard errors
			t.Errorf("%s: rows agree in %.4f, want %.4f", name, agreed/draws, want)
		}
	}
}

// A short version of the recorded study keeps the promises of the long one.
func TestShortStudy(t *testing.T) {
	p := plan{
		rateSizes: []int64{10, 50, 200, 1000}, fineRates: coarseRates(),
		pairs:      []pairPlan{{sizes{20, 20}, ratePairs(coarseRates())}, {sizes{30, 100}, bothWays(ratePairs([]float64{.05, .2, .5}))}},
		crowds:     []crowd{{people: 200, rows: 10, icc: .3}, {people: 200, rows: -3, icc: .3, shared: true}},
		crowdRates: [][2]float64{{.3, .3}, {.1, .3}}, draws: 400, audits: 150,
		further: []setting{
			spread{"normal", 3}.means(30, 30), crowd{people: 200, rows: 10, icc: .3}.means(), areas(100, 100, [2]float64{.7, .8}),
			pairedRates(100, [2]float64{.3, .5}, .3), layers{10, 20, 20}.common([2]float64{.2, .5}, .6), bootstrapped(100, 100, [2]float64{.3, .3}),
		},
	}
	for _, s := range append(parityStudies(), powerStudies()...) {
		if strings.HasPrefix(s.name, "7 groups of 100 at 0.3") || s.power > 0 {
			p.studies = append(p.studies, s)
		}
	}
	r, err := p.run()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range defaults() {
		for _, s := range summarize(ofMethod(append(r.rates, r.pairs...), name), func(point) string { return "" }) {
			if s.mean() < 94 || s.mean() > 97 || s.under > 0 {
				t.Errorf("%s covers %.2f on average, and is below %g at %d points: %s", name, s.mean(), low, s.under, where(s.worstEnough))
			}
		}
	}
	for _, x := range r.crowds {
		if clustered := strings.HasSuffix(x.method, "clustered"); clustered && x.coverage() < 95-4*math.Sqrt(95*5/400.0) {
			t.Errorf("%s covers %.1f with %s", x.method, x.coverage(), x.design)
		}
	}
	if len(r.further) != 13 {
		t.Errorf("%d points of other intervals", len(r.further))
	}
	for _, x := range r.further {
		n, err := strconv.Atoi(x.how)
		if err != nil || x.coverage() < 95-400*math.Sqrt(.95*.05/float64(n)) || x.noneShare() > 1 {
			t.Errorf("%s covers %.1f of %s samples at %s, with none in %.1f", x.method, x.coverage(), x.how, x.at, x.noneShare())
		}
	}
	for _, a := range r.audits {
		switch limit := 5 + 400*math.Sqrt(.05*.95/float64(a.audits)); {
		case a.null && a.share(a.fail) > limit:
			t.Errorf("%s, %s: %.1f in 100 fail", a.name, called(a.reference), a.share(a.fail))
		case a.power > 0 && a.share(a.fail) < a.power:
			t.Errorf("%s, %s: only %.1f in 100 fail", a.name, called(a.reference), a.share(a.fail))
		}
		if strings.HasSuffix(a.name, "at 0.3") && math.Abs(a.share(a.bareFail)-94) > 8 {
			t.Errorf("the bare rule fails %.1f in 100, and 94 in 40,000 draws elsewhere", a.share(a.bareFail))
		}
	}
	var once, again bytes.Buffer
	if err := r.writeGrid(&once); err != nil {
		t.Fatal(err)
	}
	p.studies = nil
	second, err := p.run()
	if err != nil {
		t.Fatal(err)
	}
	if err := second.writeGrid(&again); err != nil || !bytes.Equal(once.Bytes(), again.Bytes()) {
		t.Errorf("a second run gives other numbers: %v", err)
	}
}

// A run of some studies takes the others from the record, and writes the same again.
func TestKnownStudies(t *testing.T) {
	p := plan{studies: parityStudies()[:1], audits: 20}
	first, err := p.run()
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "audits.csv")
	var once, again bytes.Buffer
	if err := first.writeAudits(&once); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, once.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	p.only = regexp.MustCompile("nothing of that name")
	if _, err := p.run(); err == nil {
		t.Error("a study that nobody knows is taken for known")
	}
	if p.known, err = readAudits(to); err != nil {
		t.Fatal(err)
	}
	second, err := p.run()
	if err != nil {
		t.Fatal(err)
	}
	if err := second.writeAudits(&again); err != nil || !bytes.Equal(once.Bytes(), again.Bytes()) {
		t.Errorf("%s\nis not\n%s", again.Bytes(), once.Bytes())
	}
}
