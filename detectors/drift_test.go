package detectors

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// bankMonths are bank-full by month, with age or job as a feature, from the
// oracle file that engine/stat is tested against.
func bankMonths(t testing.TB, column string) []row {
	t.Helper()
	b, err := os.ReadFile("../engine/stat/testdata/drift.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Samples map[string][][2]float64
		Cases   []struct {
			ID       string
			Ref, Cur []int64
		}
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	var out []row
	for name, points := range file.Samples {
		p := strings.Split(name, "/")
		if p[0] != "bank" || len(p[1]) != len("2008-05") || p[2] != column {
			continue
		}
		for _, x := range points {
			out = append(out, row{window: p[1], decision: table.Positive, n: int64(x[1]), nums: map[string]float64{"feature:" + column: x[0]}})
		}
	}
	for _, c := range file.Cases {
		p := strings.Split(c.ID, "/")
		if p[0] != "bank" || p[1] != "2008-05" || p[3] != column || c.Ref == nil {
			continue
		}
		counts := func(month string, n []int64) {
			for i, k := range n {
				out = append(out, row{window: month, decision: table.Positive, n: k, texts: map[string]string{"feature:" + column: fmt.Sprint("value ", i)}})
			}
		}
		if p[2] == "2008-06" {
			counts(p[1], c.Ref)
		}
		counts(p[2], c.Cur)
	}
	return out
}

func driftSpec(column string, numeric bool) *audit.Spec {
	return &audit.Spec{
		Alpha: 0.05, Seed: 1, HasTime: true, Windows: audit.WindowSpec{Every: "month", Zone: time.UTC},
		Roles:         []audit.RoleColumn{{Role: "feature:" + column, Column: column, Numeric: numeric}},
		Intersections: audit.Intersections{Depth: 1},
	}
}

// runDrift carries drift out.
func runDrift(t testing.TB, spec *audit.Spec, rows []row, p DriftParams) detect.Output {
	t.Helper()
	plan, err := Drift().Plan(spec, p)
	if err != nil {
		t.Fatal(err)
	}
	out, err := plan.Detect(memory{t: t, spec: spec, rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func inWindow(t testing.TB, ms []audit.Measurement, metric, window string) *audit.Measurement {
	t.Helper()
	i := slices.IndexFunc(ms, func(m audit.Measurement) bool {
		return m.Metric == metric && m.Window == window && m.Attribute == ""
	})
	if i < 0 {
		t.Fatalf("no %s in %s", metric, window)
	}
	return &ms[i]
}

// Numbers recomputed from bank-full with pandas and SciPy.
func TestDriftOfBankFull(t *testing.T) {
	job := runDrift(t, driftSpec("job", false), bankMonths(t, "job"), DriftParams{}).Measurements
	age := runDrift(t, driftSpec("age", true), bankMonths(t, "age"), DriftParams{Bins: map[string][]float64{"age": {30, 40, 50, 60}}}).Measurements
	for month, want := range map[string][5]float64{
		"2008-06": {.173718, .092139, .028840, .201032, 3.455759},
		"2009-05": {.033590, .032719, .005946, .080556, 1.571450},
		"2010-05": {.871862, .761416, .144077, .205772, 6.279538},
	} {
		for i, m := range []*audit.Measurement{
			inWindow(t, job, "psi", month), inWindow(t, age, "psi", month), inWindow(t, job, "jensen_shannon_divergence", month),
			inWindow(t, age, "ks", month), inWindow(t, age, "wasserstein", month),
		} {
			if m.Value == nil || math.Abs(*m.Value-want[i]) > 6e-7 {
				t.Errorf("%s of %s in %s is %v, want %v", m.Metric, *m.Column, month, m.Value, want[i])
			}
			if m.Null == nil || *m.Value <= m.Null.Limit || m.Null.Limit <= m.Null.Expected {
				t.Errorf("%s of %s in %s: %v is not marked beyond %+v", m.Metric, *m.Column, month, *m.Value, m.Null)
			}
		}
	}
	// 13 rows: a large value that chance explains.
	if m := inWindow(t, job, "jensen_shannon_distance", "2008-12"); *m.Value < 0.3 || m.Null.Limit < 0.3 {
		t.Errorf("13 rows: %v, by chance up to %+v", *m.Value, m.Null)
	}
}

func TestDecilesOfTheReference(t *testing.T) {
	out := runDrift(t, driftSpec("age", true), bankMonths(t, "age"), DriftParams{})
	if m := inWindow(t, out.Measurements, "psi", "2008-06"); math.Abs(*m.Value-0.25168768723227763) > 1e-12 {
		t.Errorf("psi %v", *m.Value)
	}
	bins := out.Tables[0]
	if len(bins.Rows) != 10 || bins.Rows[0][0] != "(-inf,28)" || bins.Rows[9][0] != "[53,inf)" || bins.Rows[1][3] != int64(755) {
		t.Errorf("%v", bins.Rows)
	}
}

func TestCompatGivesOtherToolsNumbers(t *testing.T) {
	age := func(tool string) []audit.Measurement {
		return runDrift(t, driftSpec("age", true), bankMonths(t, "age"), DriftParams{Compat: tool}).Measurements
	}
	job := func(tool string) []audit.Measurement {
		return runDrift(t, driftSpec("job", false), bankMonths(t, "job"), DriftParams{Compat: tool}).Measurements
	}
	ages, jobs := append(age("evidently"), append(age("nannyml"), age("scipy")...)...), append(job("evidently"), append(job("nannyml"), job("scipy")...)...)
	for metric, want := range map[string]float64{
		"evidently_psi": 0.23249381684055181, "evidently_kl_div": 0.125069873468229, "evidently_jensenshannon": 0.16797533515823146,
		"evidently_wasserstein": 0.373304455369226, "evidently_hellinger": 0.13687636307263953,
		"nannyml_jensen_shannon": 0.20429586980565, "nannyml_kolmogorov_smirnov": 0.20103195110634506, "nannyml_wasserstein": 3.45575886013717,
		"nannyml_hellinger": 0.1712312572649611, "scipy_wasserstein_distance": 3.45575886013717,
	} {
		if m := inWindow(t, ages, metric, "2008-06"); math.Abs(*m.Value/want-1) > 1e-12 {
			t.Errorf("%s of age is %v, want %v", metric, *m.Value, want)
		}
	}
	if m := inWindow(t, ages, "evidently_ks", "2008-06"); math.Abs(*m.Value/6.724172675165181e-102-1) > 1e-6 {
		t.Errorf("evidently_ks %v", *m.Value)
	}
	for metric, want := range map[string]float64{
		"evidently_psi": 0.1737184061474099, "evidently_kl_div": 0.06963777970698658, "evidently_jensenshannon": 0.1413871666277848,
		"evidently_hellinger": 0.1441882446460931, "nannyml_jensen_shannon": 0.16982329415145603, "nannyml_chi2": 498.5415027124943,
		"nannyml_l_infinity": 0.06138654541455013, "nannyml_hellinger": 0.14418824464609303, "scipy_jensenshannon": 0.1413871666277848,
		"scipy_entropy": 0.0696377797069866, "scipy_chi2_contingency": 498.5415027124944,
	} {
		if m := inWindow(t, jobs, metric, "2008-06"); math.Abs(*m.Value/want-1) > 1e-12 {
			t.Errorf("%s of job is %v, want %v", metric, *m.Value, want)
		}
	}
}

// monthly makes rows of one category column: counts per window.
func monthly(column string, windows map[string]map[string]int64) []row {
	var out []row
	for w, counts := range windows {
		for v, n := range counts {
			out = append(out, row{window: w, decision: table.Positive, n: n, texts: map[string]string{"feature:" + column: v}})
		}
	}
	return out
}

func TestDriftGates(t *testing.T) {
	gate := func(value string) *audit.Spec {
		s := driftSpec("job", false)
		s.Gates = []audit.Gate{{Detector: "drift", Metric: "psi", Key: "max", Value: value, Side: "both"}}
		return s
	}
	same := monthly("job", map[string]map[string]int64{"2020-01": {"a": 5000, "b": 5000}, "2020-02": {"a": 2510, "b": 2490}, "2020-03": {"a": 2490, "b": 2505}})
	far := monthly("job", map[string]map[string]int64{"2020-01": {"a": 5000, "b": 5000}, "2020-02": {"a": 4000, "b": 1000}})
	few := monthly("job", map[string]map[string]int64{"2020-01": {"a": 6, "b": 6, "c": 6}, "2020-02": {"a": 9, "b": 4, "c": 4}})
	for name, c := range map[string]struct {
		rows []row
		want audit.Verdict
	}{"nothing moved": {same, audit.Pass}, "much moved": {far, audit.Fail}, "too few rows": {few, audit.Inconclusive}} {
		spec := gate("0.2")
		ms := runDrift(t, spec, c.rows, DriftParams{}).Measurements
		summary, verdict := detect.Judge(spec, []detect.Detector{Drift()}, ms)
		if verdict != c.want || summary.FamilySize != 1 {
			t.Errorf("%s: %s, %+v", name, verdict, summary.Checks)
		}
		for _, m := range ms {
			if m.Threshold != nil && m.Window != audit.AllWindows {
				t.Errorf("%s: window %s was judged", name, m.Window)
			}
		}
	}
}

func TestDriftInSentences(t *testing.T) {
	spec := driftSpec("job", false)
	spec.Gates = []audit.Gate{{Detector: "drift", Metric: "psi", Key: "max", Value: "0.2", Side: "both"}}
	rows := monthly("job", map[string]map[string]int64{"2020-01": {"a": 5000, "b": 5000}, "2020-02": {"a": 4000, "b": 1000}})
	ms := runDrift(t, spec, rows, DriftParams{}).Measurements
	gates, _ := detect.Judge(spec, []detect.Detector{Drift()}, ms)
	f := detect.Findings(spec, []detect.Detector{Drift()}, ms, gates)
	if len(f) != 1 || f[0].Title != "Column job moved since the reference: the population stability index is 0.416." ||
		!strings.Contains(f[0].Detail, "chance alone explains up to 0.001 at these sizes") {
		t.Errorf("%+v", f)
	}
}

func TestNewVanishedAndRareCategories(t *testing.T) {
	rows := monthly("job", map[string]map[string]int64{"2020-01": {"a": 900, "b": 99, "once": 1}, "2020-02": {"a": 900, "b": 90, "new": 10, "": 50}})
	ms := runDrift(t, driftSpec("job", false), rows, DriftParams{}).Measurements
	if m := inWindow(t, ms, "new_categories", "2020-02"); *m.Value != 1 || m.Note != "new" {
		t.Errorf("%v, %q", *m.Value, m.Note)
	}
	if m := inWindow(t, ms, "vanished_categories", "2020-02"); *m.Value != 1 || m.Note != "once" {
		t.Errorf("%v, %q", *m.Value, m.Note)
	}
	if m := inWindow(t, ms, "kl_divergence", "2020-02"); m.Value != nil || !strings.Contains(m.Note, "infinite") {
		t.Errorf("%v, %q", m.Value, m.Note)
	}
	if m := inWindow(t, ms, "psi", "2020-02"); m.Value == nil || math.IsInf(m.Null.Limit, 0) {
		t.Errorf("%+v", m)
	}
	if m := inWindow(t, ms, "missing_share_difference", audit.AllWindows); *m.Numerator != 50 || *m.Denominator != 1050 || m.P == nil {
		t.Errorf("%+v", m)
	}
}

func TestDriftOfColumnsThatCannotBeCompared(t *testing.T) {
	constant := []row{{window: "2020-01", n: 100, nums: map[string]float64{"feature:x": 5}}, {window: "2020-02", n: 60, nums: map[string]float64{"feature:x": 7}}}
	ms := runDrift(t, driftSpec("x", true), constant, DriftParams{}).Measurements
	if m := inWindow(t, ms, "total_variation", "2020-02"); *m.Value != 1 {
		t.Errorf("a constant that moved: %v", *m.Value)
	}
	if m := inWindow(t, ms, "wasserstein_standardized", "2020-02"); m.Value != nil {
		t.Errorf("%v", *m.Value)
	}
	empty := []row{{window: "2020-01", n: 100, nums: map[string]float64{"feature:x": math.NaN()}}, {window: "2020-02", n: 60, nums: map[string]float64{"feature:x": 7}}}
	if out := runDrift(t, driftSpec("x", true), empty, DriftParams{}); len(out.Measurements) != 0 || len(out.Notes) != 1 {
		t.Errorf("an empty reference: %v", out.Notes)
	}
	many := map[string]int64{}
	for i := range 40 {
		many[fmt.Sprint("v", i)] = 1
	}
	rows := monthly("id", map[string]map[string]int64{"2020-01": many, "2020-02": {"v1": 3}})
	out := runDrift(t, driftSpec("id", false), rows, DriftParams{MaxCategories: 20})
	if len(out.Measurements) != 0 || len(out.Notes) != 1 || !strings.Contains(out.Notes[0], "id has 40 categories") {
		t.Errorf("%v", out.Notes)
	}
}

func TestDriftInsideAndBetweenGroups(t *testing.T) {
	var rows []row
	for _, w := range []string{"2020-01", "2020-02"} {
		for _, g := range []string{"a", "b"} {
			n := int64(200)
			if w == "2020-02" && g == "b" {
				n = 700
			}
			rows = append(rows, row{group: []string{g}, window: w, decision: table.Positive, n: n}, row{group: []string{g}, window: w, decision: table.Negative, n: 800 - n})
		}
	}
	spec := newSpec(largest, "g")
	spec.HasTime, spec.HasLabel, spec.Windows = true, false, audit.WindowSpec{Every: "month"}
	ms := runDrift(t, spec, rows, DriftParams{WithinGroups: true}).Measurements
	within := func(group string) *audit.Measurement {
		for i := range ms {
			if m := &ms[i]; m.Metric == "psi" && *m.Column == "decision" && m.Attribute == "g" && *m.Group == group {
				return m
			}
		}
		t.Fatalf("nothing within %s", group)
		return nil
	}
	if a, b := within("a"), within("b"); *a.Value != 0 || *b.Value < 1 {
		t.Errorf("within a %v, within b %v", *a.Value, *b.Value)
	}
	between := runDrift(t, spec, rows, DriftParams{Between: "groups"}).Measurements
	if len(between) == 0 || between[0].Reference == nil || *between[0].Reference != "a" || *between[0].Group != "b" {
		t.Errorf("%+v", between)
	}
	// Inside groups every distance is given, in window all alone.
	metrics := map[string]bool{}
	for _, m := range ms {
		if m.Attribute != "" {
			metrics[m.Metric] = true
			if m.Window != detect.GateWindow {
				t.Errorf("%s inside a group in %s", m.Metric, m.Window)
			}
		}
	}
	for _, name := range distanceNames() {
		if !metrics[name] {
			t.Errorf("no %s inside groups", name)
		}
	}
	// Between groups the bins are printed, by group.
	tables := runDrift(t, spec, rows, DriftParams{Between: "groups"}).Tables
	if len(tables) == 0 || tables[0].Columns[0] != "group" || len(tables[0].Rows) == 0 || tables[0].Rows[0][0] != "b" {
		t.Errorf("tables %+v", tables)
	}
}

// profiled compares its rows with those of another log.
type profiled struct {
	memory
	saved memory
}

func (p profiled) Reference() detect.Tables { return p.saved }

func TestDriftAgainstASavedProfile(t *testing.T) {
	months := bankMonths(t, "job")
	of := func(is bool) []row {
		var out []row
		for _, r := range months {
			if (r.window == "2008-05") == is {
				if is {
					r.window = ""
				}
				out = append(out, r)
			}
		}
		return out
	}
	spec := driftSpec("job", false)
	plan, err := Drift().Plan(spec, DriftParams{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := plan.Detect(profiled{memory{t: t, spec: spec, rows: of(false)}, memory{t: t, spec: spec, rows: of(true)}})
	if err != nil {
		t.Fatal(err)
	}
	want := runDrift(t, spec, months, DriftParams{}).Measurements
	for _, window := range []string{"2008-06", "2010-05", audit.AllWindows} {
		if a, b := inWindow(t, out.Measurements, "psi", window), inWindow(t, want, "psi", window); *a.Value != *b.Value {
			t.Errorf("%s: %v, want %v", window, *a.Value, *b.Value)
		}
	}
}

func TestReferenceWindows(t *testing.T) {
	var months []table.Category
	for m := time.Date(2008, 11, 1, 0, 0, 0, 0, time.UTC); m.Year() < 2010; m = m.AddDate(0, 1, 0) {
		months = append(months, table.Category{Name: m.Format("2006-01"), Order: m.UnixMicro()})
	}
	for reference, want := range map[string][2]int{
		"": {0, 1}, "first": {0, 1}, "2008-12": {1, 2}, "2008-12..2009-02": {1, 4}, "2008": {0, 2}, "2009-Q1": {2, 5}, "2009-01-01..2009-01-31": {2, 3}, "2007": {0, 0},
	} {
		got := referenceWindows(audit.WindowSpec{Every: "month", Reference: reference}, months)
		for i, is := range got {
			if is != (i >= want[0] && i < want[1]) {
				t.Errorf("reference %q: %v", reference, got)
				break
			}
		}
	}
	start, end, ok := windowTimes("2009-W01", time.UTC)
	if !ok || start.Format(time.DateOnly) != "2008-12-29" || end.Format(time.DateOnly) != "2009-01-05" {
		t.Errorf("%s to %s", start, end)
	}
}
