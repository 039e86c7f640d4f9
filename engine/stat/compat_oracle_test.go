package stat

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// compared is one case of testdata/compat.json.gz: every number of the oracle
// drift.json, which SciPy 1.17.1, Evidently 0.7.23, NannyML 0.13.1 and
// feature-engine 1.9.4 gave.
type compared struct {
	ID, Kind        string
	Ref, Cur        []int64
	Scipy           map[string]json.RawMessage
	Deciles         map[string]json.RawMessage `json:"ref_deciles_open"`
	Readme          map[string]json.RawMessage `json:"readme_bins"`
	FeatureEngine   map[string]number          `json:"feature_engine_psi"`
	Evidently       map[string]json.RawMessage
	EvidentlyBins   struct{ First, Last, Bins float64 } `json:"evidently_bins"`
	EvidentlyChoice struct {
		Method string
		Value  number
	} `json:"evidently_default"`
	NannyML map[string]struct {
		Value number
		Upper *number `json:"upper_threshold"`
	}
}

// logs are the columns of the oracle: a sample per month or year, and the rows
// in file order, which NannyML cuts into chunks.
type logs struct {
	samples map[string]Sample
	order   map[string][]float64 // a category is its position in Values
	texts   map[string][]string
	cases   []compared
}

func openGzip(t *testing.T, path string) *gzip.Reader {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func readLogs(t *testing.T) *logs {
	t.Helper()
	out := &logs{samples: map[string]Sample{}, order: map[string][]float64{}, texts: map[string][]string{}}
	var file struct {
		Samples map[string][][2]float64
		Order   map[string]json.RawMessage
		Cases   []compared
	}
	if err := json.NewDecoder(openGzip(t, "testdata/compat.json.gz")).Decode(&file); err != nil {
		t.Fatal(err)
	}
	for name, points := range file.Samples {
		for _, p := range points {
			out.samples[name] = append(out.samples[name], Point{p[0], int64(p[1])})
		}
	}
	for name, raw := range file.Order {
		var numbers []float64
		if json.Unmarshal(raw, &numbers) == nil {
			out.order[name] = numbers
			continue
		}
		var texts []string
		if err := json.Unmarshal(raw, &texts); err != nil {
			t.Fatal(err)
		}
		out.texts[name] = texts
	}
	out.cases = file.Cases
	out.readBank(t)
	return out
}

// readBank reads bank-full, whose rows are in order of time without a year: it
// starts in 2008, and a year ends where the month falls.
func (l *logs) readBank(t *testing.T) {
	t.Helper()
	r := csv.NewReader(openGzip(t, "../../testdata/bank/bank-full.csv.gz"))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := func(column string) int { return slices.Index(rows[0], column) }
	months := strings.Fields("jan feb mar apr may jun jul aug sep oct nov dec")
	year, last := 2008, 0
	for _, row := range rows[1:] {
		month := slices.Index(months, row[at("month")]) + 1
		if month < last {
			year++
		}
		last = month
		for _, period := range []string{strconv.Itoa(year), fmt.Sprintf("%d-%02d", year, month)} {
			for _, c := range []string{"age", "balance", "duration"} {
				x, err := strconv.ParseFloat(row[at(c)], 64)
				if err != nil {
					t.Fatal(err)
				}
				key := "bank/" + period + "/" + c
				l.order[key] = append(l.order[key], x)
			}
			for _, c := range []string{"job", "marital", "education"} {
				key := "bank/" + period + "/" + c
				l.texts[key] = append(l.texts[key], row[at(c)])
			}
		}
	}
	for key, x := range l.order {
		if strings.HasPrefix(key, "bank/") {
			l.samples[key] = sampleOf(x)
		}
	}
}

func sampleOf(x []float64) Sample {
	counts := map[float64]int64{}
	for _, v := range x {
		counts[v]++
	}
	var out Sample
	for _, v := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, Point{v, counts[v]})
	}
	return out
}

// checker asserts the entries of one group of a case, and remembers which.
type checker struct {
	t    *testing.T
	name string
	want map[string]json.RawMessage
	seen map[string]bool
}

func newChecker(t *testing.T, name string, want map[string]json.RawMessage) *checker {
	return &checker{t, name, want, map[string]bool{}}
}

// entry reads numbers, or nothing where the tool raised an error.
func (c *checker) entry(key string) (numbersOrOne, bool) {
	c.seen[key] = true
	raw, ok := c.want[key]
	if !ok {
		c.t.Errorf("%s has no %s", c.name, key)
		return nil, false
	}
	var n numbersOrOne
	if err := json.Unmarshal(raw, &n); err != nil || strings.Contains(string(raw), "error") {
		return nil, false
	}
	return n, true
}

func (c *checker) value(key string, got float64) {
	c.t.Helper()
	if n, ok := c.entry(key); ok {
		finite(c.t, c.name+" "+key, got, n[0])
	}
}

// tested compares a statistic and its p-value; tolerance 0 is that of p-values.
func (c *checker) tested(key string, got Test, err error, tolerance float64) {
	c.t.Helper()
	n, ok := c.entry(key)
	switch {
	case !ok && err == nil:
		c.t.Errorf("%s %s: the tool raised an error, this gives %+v", c.name, key, got)
	case ok && err != nil:
		c.t.Errorf("%s %s: %v", c.name, key, err)
	case ok:
		near(c.t, c.name+" "+key, got.Statistic, float64(n[0]), 1e-10)
		c.p(key+" p", got.P, float64(n[1]), tolerance)
	}
}

func (c *checker) p(key string, got, want, tolerance float64) {
	c.t.Helper()
	if tolerance > 0 {
		if !(math.Abs(got-want) <= tolerance) {
			c.t.Errorf("%s %s = %.17g, want %.17g", c.name, key, got, want)
		}
		return
	}
	pNear(c.t, c.name+" "+key, got, want)
}

// done fails for entries that nothing looked at.
func (c *checker) done(but ...string) {
	c.t.Helper()
	for key := range c.want {
		if !c.seen[key] && !slices.Contains(but, key) {
			c.t.Errorf("%s: nothing covers %s", c.name, key)
		}
	}
}

// tableEntries asserts what needs two tables of counts only.
func (c *checker) tableEntries(ref, cur []int64) {
	c.t.Helper()
	d, err := Compare(ref, cur, 0)
	if err != nil {
		c.t.Fatal(err)
	}
	back, _ := Compare(cur, ref, 0)
	filled, _ := Compare(ref, cur, 1e-4)
	v, _ := CramersV(ref, cur)
	for key, x := range map[string]float64{
		"kl_ref_cur": d.KL, "kl_cur_ref": back.KL, "psi_nofill": d.PSI, "psi_fill1e-4": filled.PSI,
		"js_divergence_base2": d.JensenShannon, "js_distance_base2": math.Sqrt(d.JensenShannon),
		"js_divergence_nats": d.JensenShannon * math.Ln2, "js_distance_nats": math.Sqrt(d.JensenShannon * math.Ln2),
		"hellinger": d.Hellinger, "total_variation": d.TotalVariation, "l_infinity": d.LInfinity, "cramers_v": v,
	} {
		c.value(key, x)
	}
	chi, err := Yates(ref, cur)
	c.tested("chi2_contingency", chi, err, 0)
	g, err := LogLikelihood(ref, cur)
	c.tested("g_contingency", g, err, 0)
	if n, ok := c.entry("chi2_contingency"); ok && float64(n[2]) != float64(d.DF) {
		c.t.Errorf("%s: df %d, want %v", c.name, d.DF, n[2])
	}
}

// TestEveryDriftEntry holds that every number of the oracle's 253 cases comes
// out, but for p-values of Anderson-Darling, which its README does not let one
// assert, and, under -short, exact Kolmogorov-Smirnov p-values.
func TestEveryDriftEntry(t *testing.T) {
	all := readLogs(t)
	if len(all.cases) != 253 {
		t.Fatalf("%d cases", len(all.cases))
	}
	limits := map[string]float64{}
	for _, c := range all.cases {
		p := strings.Split(c.ID, "/")
		key := func(period string) string { return p[0] + "/" + period + "/" + p[3] }
		if c.Kind == "categorical" {
			c.categories(t)
			c.limits(t, limits, key(p[1]), all.categoryChunks(key(p[1])))
			continue
		}
		c.numbers(t, all.samples[key(p[1])], all.samples[key(p[2])])
		c.limits(t, limits, key(p[1]), all.numberChunks(key(p[1])))
	}
}

func (c compared) categories(t *testing.T) {
	t.Helper()
	s := newChecker(t, c.ID+" scipy", c.Scipy)
	s.tableEntries(c.Ref, c.Cur)
	s.done()
	e, err := EvidentlyCategories(c.Ref, c.Cur)
	if err != nil {
		t.Fatal(err)
	}
	fit, _ := GoodnessOfFit(c.Ref, c.Cur)
	scores := map[string]float64{"psi": e.PSI, "kl_div": e.KL, "jensenshannon": e.JensenShannon, "hellinger": e.Hellinger, "chisquare": fit.P}
	v := newChecker(t, c.ID+" evidently", c.Evidently)
	for _, key := range []string{"psi", "kl_div", "jensenshannon", "hellinger"} {
		v.value(key, scores[key])
	}
	if n, ok := v.entry("chisquare"); ok {
		v.p("chisquare", fit.P, float64(n[0]), 0)
	}
	v.done()
	distinct := 0
	for i := range c.Ref {
		if c.Ref[i]+c.Cur[i] > 0 {
			distinct++
		}
	}
	c.choice(t, EvidentlyDefault(int64(total(c.Ref)), distinct, false), scores)
	got := nannyOfCategories(c.Ref, c.Cur)
	yates, _ := Yates(c.Ref, c.Cur)
	got["chi2"] = yates.Statistic
	c.nanny(t, got)
}

// choice asserts Evidently's default test and its value.
func (c compared) choice(t *testing.T, name string, scores map[string]float64) {
	t.Helper()
	titles := map[string]string{"wasserstein": "Wasserstein distance (normed)", "ks": "K-S p_value",
		"jensenshannon": "Jensen-Shannon distance", "chisquare": "chi-square p_value"}
	if titles[name] != c.EvidentlyChoice.Method {
		t.Errorf("%s: Evidently chooses %s, not %s", c.ID, c.EvidentlyChoice.Method, name)
	}
	tolerance := 1e-11
	if float64(c.EvidentlyChoice.Value) < 1e-15 {
		tolerance = 1e-6
	}
	near(t, c.ID+" evidently default", scores[name], float64(c.EvidentlyChoice.Value), tolerance)
}

func (c compared) nanny(t *testing.T, got map[string]float64) {
	t.Helper()
	for key, want := range c.NannyML {
		x, ok := got[key]
		if !ok {
			t.Errorf("%s: nothing covers nannyml %s", c.ID, key)
		}
		finite(t, c.ID+" nannyml "+key, x, want.Value)
	}
}

func (c compared) numbers(t *testing.T, ref, cur Sample) {
	t.Helper()
	s := newChecker(t, c.ID+" scipy", c.Scipy)
	k, err := KolmogorovSmirnov(ref, cur)
	if err != nil {
		t.Fatal(err)
	}
	s.tested("ks_asymp", k.Asymptotic(), nil, 0)
	at, sign := KSLocation(ref, cur)
	if n, _ := s.entry("ks_asymp"); float64(n[2]) != at || float64(n[3]) != float64(sign) {
		t.Errorf("%s: at %v %d, want %v %v", c.ID, at, sign, n[2], n[3])
	}
	auto := k.Asymptotic()
	if max(k.N, k.M) <= 10_000 && !testing.Short() {
		auto = k.Exact()
	}
	if max(k.N, k.M) > 10_000 || !testing.Short() {
		s.tested("ks_auto", auto, nil, 0)
	}
	w, _ := Wasserstein(ref, cur)
	s.value("wasserstein", w)
	energy, _ := Energy(ref, cur)
	s.value("energy_distance", energy)
	cvm, err := CramerVonMises(ref, cur)
	s.tested("cramervonmises", cvm, err, 1e-12)
	ad, err := AndersonDarling(ref, cur)
	s.tested("anderson_ksamp", ad, err, 1e-9)
	es, errES := EppsSingleton(ref, cur)
	s.tested("epps_singleton", es, errES, 0)
	u, err := SciPyMannWhitney(cur, ref, TwoSided)
	s.tested("mannwhitney_two_sided", u, err, 0)
	_, welch, err := Welch(cur.Moments(), ref.Moments(), 0.05)
	s.tested("welch_t", welch, err, 0)
	s.done("anderson_note", "ks_auto")

	inner, _ := ref.Quantiles(10)
	inner = slices.Compact(inner)
	for name, b := range map[string]map[string]json.RawMessage{"deciles": c.Deciles, "README's bins": c.Readme} {
		if b == nil {
			continue
		}
		v := newChecker(t, c.ID+" "+name, b)
		edges, _ := v.entry("inner_edges")
		for i, e := range edges {
			if name == "deciles" && (len(edges) != len(inner)-2 || inner[i+1] != float64(e)) {
				t.Errorf("%s: deciles %v, want %v", c.ID, inner, edges)
				break
			}
		}
		cuts := make([]float64, len(edges))
		for i, e := range edges {
			cuts[i] = float64(e)
		}
		x, y := ref.Cut(cuts, false), cur.Cut(cuts, false)
		for key, counts := range map[string][]int64{"ref": x, "cur": y} {
			want, _ := v.entry(key)
			for i, n := range counts {
				if float64(want[i]) != float64(n) {
					t.Errorf("%s %s: %v, want %v", c.ID, key, counts, want)
					break
				}
			}
		}
		v.tableEntries(x, y)
		v.done()
	}
	c.featureEngine(t, ref, cur)
	c.evidently(t, ref, cur, auto, es, errES, energy, w)
	got, err := nannyOfNumbers(ref, cur)
	if err != nil {
		t.Fatal(err)
	}
	c.nanny(t, got)
}

func (c compared) featureEngine(t *testing.T, ref, cur Sample) {
	t.Helper()
	frequency, err := FeatureEngineFrequency(ref, cur)
	if err != nil {
		t.Fatal(err)
	}
	width, err := FeatureEngineWidth(ref, cur)
	if err != nil {
		t.Fatal(err)
	}
	finite(t, c.ID+" feature-engine equal frequency", frequency, c.FeatureEngine["equal_frequency"])
	finite(t, c.ID+" feature-engine equal width", width, c.FeatureEngine["equal_width"])
}

func (c compared) evidently(t *testing.T, ref, cur Sample, ks, es Test, errES error, energy, w float64) {
	t.Helper()
	e, err := EvidentlyNumbers(ref, cur)
	if err != nil {
		t.Fatal(err)
	}
	edges := SturgesEdges(Pool(ref, cur))
	if b := c.EvidentlyBins; edges[0] != b.First || edges[len(edges)-1] != b.Last || len(edges)-1 != int(b.Bins) {
		t.Errorf("%s: %d bins from %v to %v, want %+v", c.ID, len(edges)-1, edges[0], edges[len(edges)-1], b)
	}
	scores := map[string]float64{"psi": e.PSI, "kl_div": e.KL, "jensenshannon": e.JensenShannon, "hellinger": e.Hellinger,
		"wasserstein": w / max(math.Sqrt(ref.Variance(0)), 0.001), "ed": energy}
	v := newChecker(t, c.ID+" evidently", c.Evidently)
	for key, x := range scores {
		v.value(key, x)
	}
	student, err := Student(ref.Moments(), cur.Moments())
	if err != nil {
		t.Error(err)
	}
	less, err := SciPyMannWhitney(ref, cur, Less)
	if err != nil {
		t.Error(err)
	}
	cvm, _ := CramerVonMises(ref, cur)
	ad, _ := AndersonDarling(ref, cur)
	for _, x := range []struct {
		key          string
		p, tolerance float64
	}{{"t_test", student.P, 0}, {"mannw", less.P, 0}, {"cramer_von_mises", cvm.P, 1e-12}, {"anderson", ad.P, 1e-9}} {
		if n, ok := v.entry(x.key); ok {
			v.p(x.key, x.p, float64(n[0]), x.tolerance)
		}
	}
	n, ok := v.entry("es")
	if ok {
		v.p("es", es.P, float64(n[0]), 0)
	} else if !errors.Is(errES, ErrNoVariation) {
		t.Errorf("%s: Evidently refuses, this says %v", c.ID, errES)
	}
	scores["ks"] = ks.P
	if !testing.Short() {
		if n, ok := v.entry("ks"); ok {
			v.p("ks", ks.P, float64(n[0]), 0)
		}
	}
	v.done("ks")
	name := EvidentlyDefault(ref.Count(), len(Pool(ref, cur)), true)
	if name != "ks" || !testing.Short() {
		c.choice(t, name, scores)
	}
}

// nannyOfNumbers and nannyOfCategories are NannyML's methods.
func nannyOfNumbers(ref, cur Sample) (map[string]float64, error) {
	x, y, err := NannyMLBins(ref, cur)
	if err != nil {
		return nil, err
	}
	d, err := Compare(x, y, 0)
	if err != nil {
		return nil, err
	}
	ks, _ := NannyMLKS(ref, cur)
	w, err := NannyMLWasserstein(ref, cur)
	return map[string]float64{"jensen_shannon": math.Sqrt(d.JensenShannon), "hellinger": d.Hellinger, "kolmogorov_smirnov": ks, "wasserstein": w}, err
}

func nannyOfCategories(ref, cur []int64) map[string]float64 {
	d, _ := Compare(ref, cur, 0)
	return map[string]float64{"jensen_shannon": math.Sqrt(d.JensenShannon), "hellinger": d.Hellinger, "l_infinity": d.LInfinity}
}

// The chunks of NannyML's CountBasedChunker(10): tenths in file order, and the
// rest. Each is compared with the whole.
func chunked[T any](rows []T) [][]T {
	return slices.Collect(slices.Chunk(rows, len(rows)/10))
}

func (l *logs) numberChunks(key string) func() []map[string]float64 {
	return func() (out []map[string]float64) {
		for _, part := range chunked(l.order[key]) {
			values, _ := nannyOfNumbers(l.samples[key], sampleOf(part))
			out = append(out, values)
		}
		return out
	}
}

func (l *logs) categoryChunks(key string) func() []map[string]float64 {
	return func() (out []map[string]float64) {
		names := slices.Compact(slices.Sorted(slices.Values(l.texts[key])))
		count := func(rows []string) []int64 {
			n := make([]int64, len(names))
			for _, text := range rows {
				n[slices.Index(names, text)]++
			}
			return n
		}
		whole := count(l.texts[key])
		for _, part := range chunked(l.texts[key]) {
			out = append(out, nannyOfCategories(whole, count(part)))
		}
		return out
	}
}

// limits asserts NannyML's upper thresholds, which depend on the reference
// alone.
func (c compared) limits(t *testing.T, known map[string]float64, ref string, chunks func() []map[string]float64) {
	t.Helper()
	var values []map[string]float64
	for method, want := range c.NannyML {
		if want.Upper == nil { // chi2
			continue
		}
		limit, ok := known[ref+" "+method]
		if !ok {
			if values == nil {
				values = chunks()
			}
			var of []float64
			for _, v := range values {
				of = append(of, v[method])
			}
			most := math.Inf(1)
			if method == "kolmogorov_smirnov" {
				most = 1
			}
			var err error
			if limit, err = NannyMLThreshold(of, most); err != nil {
				t.Fatal(err)
			}
			known[ref+" "+method] = limit
		}
		finite(t, c.ID+" nannyml threshold of "+method, limit, *want.Upper)
	}
}
