package engine_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/kpi"
)

// loadCase reads an audit of testdata.
func loadCase(t *testing.T, path string) *config.Audit {
	t.Helper()
	all := detectors.All()
	a, err := config.Load(filepath.Join("..", "testdata", path), engine.Declarations(all), engine.DefaultDetectors(all))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// pointOf finds one point.
func pointOf(t *testing.T, r *audit.Result, name, attribute, group, window string) audit.KPI {
	t.Helper()
	for _, p := range r.KPIs {
		own := ""
		if p.Group != nil && p.GroupKind == audit.KindValue {
			own = *p.Group
		}
		if p.KPI == name && p.Attribute == attribute && own == group && p.Window == window && p.GroupKind != audit.KindMissing {
			return p
		}
	}
	t.Fatalf("no point %s %s %s %s", name, attribute, group, window)
	return audit.KPI{}
}

func value(p audit.KPI) float64 {
	if p.Value == nil {
		return math.NaN()
	}
	return *p.Value
}

// The numbers of the source data, counted with pandas: 94.38 % of 801 households are
// targeted, 601 of 3,835 deliveries are redeemed, by age and type of campaign; mean
// discounts by income.
func TestCompleteJourney(t *testing.T) {
	campaigns := run(t, loadCase(t, "completejourney/kpis.yaml"), engine.Options{Workers: 1})
	share := func(kpi, attribute, group string, k, n float64) {
		t.Helper()
		p := pointOf(t, campaigns, kpi, attribute, group, "all")
		if p.Numerator == nil || *p.Numerator != k || *p.Denominator != n {
			t.Errorf("%s %s: %v of %v, want %v of %v", kpi, group, *p.Numerator, *p.Denominator, k, n)
		}
	}
	share("targeted_households", "", "", 756, 801)
	share("ad_conversion", "", "", 601, 3835)
	for age, want := range map[string][2]float64{"19-24": {14, 223}, "25-34": {109, 742}, "35-44": {145, 990}, "45-54": {240, 1334}, "55-64": {49, 279}, "65+": {44, 267}} {
		share("ad_conversion", "age", age, want[0], want[1])
	}
	if p := pointOf(t, campaigns, "redeemed_type_a", "", "", "all"); math.Abs(value(p)-.2297) > 5e-5 || p.N != 2007 {
		t.Errorf("type A: %v of %d", value(p), p.N)
	}
	if p := pointOf(t, campaigns, "campaigns", "", "", "all"); value(p) != 27 {
		t.Errorf("%v campaigns", value(p))
	}
	discounts := run(t, loadCase(t, "completejourney/discounts.yaml"), engine.Options{Workers: 2})
	for income, want := range map[string]float64{"Under 15K": .1391, "15-24K": .1501, "50-74K": .1420, "100-124K": .1225, "150-174K": .1199, "250K+": .1003} {
		if got := value(pointOf(t, discounts, "discount_share", "income", income, "all")); math.Abs(got-want) > 5e-5 {
			t.Errorf("%s: %v, want %v", income, got, want)
		}
	}
	if got := value(pointOf(t, discounts, "trust", "", "", "2017-09")); got != 64 {
		t.Errorf("entered by hand: %v", got)
	}
	again := run(t, loadCase(t, "completejourney/discounts.yaml"), engine.Options{Workers: 1})
	sameBytes(t, "indicators of one worker and of two", discounts.KPIs, again.KPIs)
	again = run(t, loadCase(t, "completejourney/kpis.yaml"), engine.Options{Workers: 3})
	sameBytes(t, "indicators of people of one worker and of three", campaigns.KPIs, again.KPIs)
}

// kpiLog runs an audit of a few rows with indicators.
func kpiLog(t *testing.T, rows, kpis string) (*audit.Result, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "log.csv"), []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	text := "columns:\n  time: at\n  subject: who\n  decision: {column: yes, positive: [\"1\"]}\n  groups: {sex: {column: sex, reference: m, min_rows: 1}}\nwindows: {every: month}\ndetectors: {completeness: {}}\nkpis:\n" + kpis
	if !strings.Contains(rows, "who") {
		text = strings.Replace(text, "  subject: who\n", "", 1)
	}
	path := filepath.Join(dir, "audit.yaml")
	if err := os.WriteFile(path, []byte("version: 1\nname: t\ndata: {log: log.csv}\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	all := detectors.All()
	a, err := config.Load(path, engine.Declarations(all), engine.DefaultDetectors(all))
	if err != nil {
		return nil, err
	}
	return attempt(a, engine.Options{})
}

func mustLog(t *testing.T, rows, kpis string) *audit.Result {
	t.Helper()
	r, err := kpiLog(t, rows, kpis)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func between(t *testing.T, what string, p audit.KPI, v, low, high, within float64) {
	t.Helper()
	if p.Interval == nil || math.Abs(value(p)-v) > within || math.Abs(*p.Interval.Low-low) > within || math.Abs(*p.Interval.High-high) > within {
		t.Errorf("%s: %v %+v (%s), want %v from %v to %v", what, value(p), p.Interval, p.Note, v, low, high)
	}
}

// Newcombe's example (1998, table II, method 10): 56 of 70 against 48 of 80 differ by
// .2, from .0524 to .3339. And the growth of 20 to 30 rows: 30 of 50 has the exact
// limits .451794 and .735922, computed with Python from the binomial sum.
func TestGapAndGrowth(t *testing.T) {
	var b strings.Builder
	b.WriteString("at,sex,yes\n")
	for i := range 70 {
		b.WriteString("2024-01-05,m," + map[bool]string{true: "1", false: "0"}[i < 56] + "\n")
	}
	for i := range 80 {
		b.WriteString("2024-01-06,f," + map[bool]string{true: "1", false: "0"}[i < 48] + "\n")
	}
	for range 20 {
		b.WriteString("2024-02-06,x,0\n")
	}
	for range 30 {
		b.WriteString("2024-03-06,x,0\n")
	}
	r := mustLog(t, b.String(), `  define:
    - {name: yes_rate, kind: rate, numerator: yes == 1, by: sex}
    - {name: gap, kind: gap, of: yes_rate, by: sex, limits: {max: 0.05}}
    - {name: rows, kind: count}
    - {name: grown, kind: growth, of: rows}
    - {name: half, kind: index, of: {yes_rate: 0.5, gap: 2}}
`)
	// Half of 104/150 and twice the gap; no wider than both intervals together.
	if p := pointOf(t, r, "half", "", "", "2024-01"); math.Abs(value(p)-(52./150+.4)) > 1e-12 || p.Interval == nil || *p.Interval.Low > .4 || *p.Interval.High < 1 {
		t.Errorf("%+v %+v", p, p.Interval)
	}
	between(t, "gap", pointOf(t, r, "gap", "sex", "", "2024-01"), .2, .0524, .3339, 5e-5)
	between(t, "gap beside the groups", pointOf(t, r, "yes_rate", "sex", "", "2024-01"), .2, .0524, .3339, 5e-5)
	between(t, "growth", pointOf(t, r, "grown", "", "", "2024-03"), .5, -.175868, 1.786754, 1e-6)
	if p := pointOf(t, r, "gap", "sex", "", "2024-01"); *p.Group != "f" || *p.Reference != "m" || p.State != audit.NotResolved {
		t.Errorf("%+v", p)
	}
	// m against f against x: the largest gap of the whole period is 56/70 - 0, and fails.
	if p := pointOf(t, r, "gap", "sex", "", "all"); p.Verdict != audit.Fail || r.Verdict != audit.Fail || r.Gates.Fail != 1 || math.Abs(value(p)-.8) > 1e-12 {
		t.Errorf("%+v %v", p, r.Verdict)
	}
	if p := pointOf(t, r, "yes_rate", "sex", "x", "2024-02"); value(p) != 0 {
		t.Errorf("%+v", p)
	}
}

// Σx/Σy of (1,1) (3,2) (2,2) (6,3) is 1.5; by hand Σd² = 3.5, so that its variance is
// 4/3·3.5/64, and with t(3) = 3.182446 it lies between 0.640641 and 2.359359. Wilson's
// limits of 50 of 100 are .403832 and .596168 (the median of 1 to 100 is 50.5, and the
// numbers there are 40.979 and 60.021).
func TestRatioAndQuantile(t *testing.T) {
	r := mustLog(t, "at,sex,yes,x,y\n2024-01-05,m,1,1,1\n2024-01-05,m,1,3,2\n2024-01-05,m,1,2,2\n2024-01-05,m,1,6,3\n2024-02-05,m,1,6,\n2024-03-05,m,1,6,0\n", `  define:
    - {name: r, kind: ratio, numerator: sum(x), denominator: sum(y)}
    - {name: per, kind: ratio, numerator: sum(x), denominator: count(x > 2)}
    - {name: never, kind: rate, numerator: x > 0, denominator: x > 100}
`)
	between(t, "ratio", pointOf(t, r, "r", "", "", "2024-01"), 1.5, 0.6406413, 2.3593587, 1e-6)
	if p := pointOf(t, r, "per", "", "", "2024-01"); value(p) != 6 {
		t.Errorf("sum per count: %v", value(p))
	}
	for _, window := range []string{"2024-02", "2024-03"} {
		if p := pointOf(t, r, "r", "", "", window); p.Value != nil || !strings.Contains(p.Note, "denominator is 0") {
			t.Errorf("%s: %+v", window, p)
		}
	}
	if p := pointOf(t, r, "never", "", "", "all"); p.Value != nil || !strings.Contains(p.Note, "undefined") {
		t.Errorf("%+v", p)
	}
	var b strings.Builder
	b.WriteString("at,sex,yes,x\n")
	for i := range 100 {
		b.WriteString("2024-01-05,m,1," + strings.TrimSpace(string(written(t, i+1))) + "\n")
	}
	r = mustLog(t, b.String(), "  define:\n    - {name: median, kind: quantile, quantile: 0.5, numerator: x}\n    - {name: mean, kind: mean, numerator: x, denominator: x <= 4}\n")
	between(t, "median", pointOf(t, r, "median", "", "", "all"), 50.5, 40.979318, 60.020682, 1e-4)
	between(t, "mean of 1 to 4", pointOf(t, r, "mean", "", "", "all"), 2.5, 2.5-3.182446*1.2909944/2, 2.5+3.182446*1.2909944/2, 1e-5)
}

// Who comes again, who withdraws, how often people are written to: counted by hand.
func TestPeople(t *testing.T) {
	r := mustLog(t, `at,who,sex,yes,event,consent
2024-01-01,a,f,1,sent,in
2024-01-02,a,f,1,sent,in
2024-01-03,b,f,1,sent,in
2024-01-04,c,m,1,visit,out
2024-02-01,a,f,1,sent,out
2024-02-02,c,m,1,visit,in
2024-02-03,d,m,1,buy,in
2024-02-04,,m,1,sent,in
2024-03-04,d,m,1,visit,in
`, `  define:
    - {name: again, kind: rate, numerator: event != '', denominator: event != '', unit: subject, base: previous, by: sex}
    - {name: out, kind: rate, numerator: consent == 'out', denominator: consent == 'in', unit: subject, base: previous}
    - {name: reached, kind: rate, numerator: event == 'sent', unit: subject}
    - {name: mails, kind: mean, numerator: event == 'sent', unit: subject}
    - {name: people, kind: count, unit: subject}
    - {name: kinds, kind: distinct, numerator: event}
`)
	for _, want := range []struct {
		kpi, attribute, group, window string
		k, n                          float64
	}{
		{"again", "", "", "2024-02", 2, 3}, // a and c of a, b, c
		{"again", "sex", "f", "2024-02", 1, 2},
		{"again", "", "", "2024-03", 1, 3}, // d of a, c, d: nobody is not a person
		{"again", "", "", "all", 3, 6},
		{"out", "", "", "2024-02", 1, 2},     // a of a, b
		{"reached", "", "", "2024-01", 2, 3}, // a and b
		{"reached", "", "", "all", 2, 4},
		{"mails", "", "", "2024-01", 3, 3},
	} {
		p := pointOf(t, r, want.kpi, want.attribute, want.group, want.window)
		if p.Numerator == nil || *p.Numerator != want.k || *p.Denominator != want.n {
			t.Errorf("%s %s %s: %+v, want %v of %v", want.kpi, want.group, want.window, p, want.k, want.n)
		}
	}
	if a, b := value(pointOf(t, r, "people", "", "", "all")), value(pointOf(t, r, "kinds", "", "", "2024-02")); a != 4 || b != 3 {
		t.Errorf("%v people, %v kinds", a, b)
	}
}

// One clear mistake each.
func TestKPIMistakes(t *testing.T) {
	rows := "at,sex,yes,cost,clicks,gdpr\n2024-01-05,m,1,1,0,in\n2024-01-06,f,0,1,0,in\n"
	for kpis, want := range map[string]string{
		"  define: [{name: a, kind: mean, numerator: cost / clickz}]\n":                                              `did you mean clicks?`,
		"  define: [{name: a, kind: rate, numerator: cost}]\n":                                                       `a number where a condition is needed`,
		"  define: [{name: a, kind: mean, numerator: cost > 1}]\n":                                                   `a condition where a number is needed`,
		"  define: [{name: a, kind: ratio, numerator: cost, denominator: sum(clicks)}]\n":                            `write sum(cost) or count(cost)`,
		"  define: [{name: a, kind: mean, numerator: 1 / 0}]\n":                                                      `audit.yaml:11:47: division by zero`,
		"  define: [{name: a, kind: gap, of: b, by: sex}, {name: b, kind: gap, of: a, by: sex}]\n":                   `KPI a is made of itself: a of b of a`,
		"  define: [{name: a, kind: growth, of: rowss}, {name: rows, kind: count}]\n":                                `there is no KPI "rowss"; did you mean "rows"?`,
		"  define: [{name: a, kind: index, as: quiet, of: b}, {name: b, kind: count}]\n":                             `b has no direction`,
		"  define: [{name: a, kind: gap, of: b, by: sex}, {name: b, kind: growth, of: c}, {name: c, kind: count}]\n": `a gap is between groups, and b`,
		"  packs: [ad-deliver]\n":                            `did you mean "ad-delivery"?`,
		"  packs: [ad-delivery]\n  map: {delivered: yess}\n": `delivered is mapped to "yess", and the log has no such column; did you mean "yes"?`,
		"  packs: [ad-delivery]\n  map: {deliverd: yes}\n":   `no listed pack has a column "deliverd"; did you mean "delivered"?`,
		"  packs: [chatbot-conduct]\n":                       `nothing of pack chatbot-conduct can be measured: the log has no column`,
		"  packs: [ad-delivery]\n  map: {delivered: yes}\n  adjust: {delivery_rat: {limits: {min: 0.5}}}\n": `no pack has a KPI "delivery_rat"; did you mean "delivery_rate"?`,
		"  packs: [ad-delivery]\n  map: {delivered: yes}\n  define: [{name: delivery_rate, kind: count}]\n": `is one of pack ad-delivery already`,
		"  define: [{name: a, kind: manual, file: none.csv}]\n":                                             `values of KPI a, none.csv: no such file`,
	} {
		_, err := kpiLog(t, rows, kpis)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Count(err.Error(), "audit.yaml:") != 1 {
			t.Errorf("%s\ngot  %v\nwant %s", kpis, err, want)
		}
	}
	// A number that a row makes impossible stops the audit, and says where.
	if _, err := kpiLog(t, rows, "  define: [{name: a, kind: mean, numerator: int(cost) / int(clicks)}]\n"); err == nil || !strings.Contains(err.Error(), "division by zero") {
		t.Errorf("got %v", err)
	}
}

// The digest of a definition is that of what is counted, and of nothing else.
func TestDefinitionDigest(t *testing.T) {
	rows := "at,sex,yes\n2024-01-05,m,1\n"
	digest := func(kpi string) string {
		r := mustLog(t, rows, "  define:\n    - "+kpi+"\n    - {name: g, kind: growth, of: a}\n")
		return r.KPIDefinitions[0].Definition + r.KPIDefinitions[1].Definition
	}
	base := digest("{name: a, kind: rate, numerator: yes == 1}")
	if digest(`{name: a, title: Another, owner: me, kind: rate, numerator: " yes ==  1", limits: {min: 0.1}, by: sex}`) != base {
		t.Error("what it is called changes the digest")
	}
	if got := digest("{name: a, kind: rate, numerator: yes == 0}"); got == base || got[16:] == base[16:] {
		t.Error("what is counted does not change the digest, or not that of what is made of it")
	}
}

// With its columns there, every KPI of a pack is measured, in a file without types.
func TestPacksAreMeasured(t *testing.T) {
	for _, name := range kpi.Packs() {
		p, err := kpi.LoadPack(name)
		if err != nil {
			t.Fatal(err)
		}
		head, one, two := "at,who,sex,yes", "2024-01-05,a,m,1", "2024-02-05,a,f,0"
		for _, c := range p.Columns {
			head, one, two = head+","+c.Name, one+",1", two+",2"
		}
		r := mustLog(t, head+"\n"+one+"\n"+two+"\n", "  packs: ["+name+"]\n")
		if len(r.KPIDefinitions) != len(p.KPIs)+len(p.NotALog) || len(p.NotALog) == 0 {
			t.Errorf("%s: %d of %d", name, len(r.KPIDefinitions), len(p.KPIs))
		}
		for _, d := range r.KPIDefinitions {
			if d.NotMeasured != "" && d.Kind != "manual" || d.Doc == "" && d.Kind != "manual" || d.Title == "" {
				t.Errorf("%s: %+v", name, d)
			}
		}
	}
}

// A pack finds its columns under other names, also such as are no words, and its
// truth values however they are spelled.
func TestPackColumnsAreMapped(t *testing.T) {
	r := mustLog(t, "at,sex,yes,got it,took\n2024-01-05,m,1,yes,no\n2024-01-06,m,1,TRUE,1\n2024-01-07,m,1,no,\n", "  packs: [ad-delivery]\n  map: {delivered: got it, converted: took}\n  adjust: {delivery_rate: {limits: {min: 0.1}, owner: me, by: sex}}\n")
	p := pointOf(t, r, "delivery_rate", "", "", "all")
	if *p.Numerator != 2 || *p.Denominator != 3 || p.Verdict == "" {
		t.Errorf("%+v", p)
	}
	if p := pointOf(t, r, "ad_conversion", "", "", "all"); *p.Numerator != 1 || *p.Denominator != 2 {
		t.Errorf("%+v", p)
	}
}

// An index adds up what it is made of; a quiet one counts what is no worse.
func TestIndices(t *testing.T) {
	var b strings.Builder
	b.WriteString("at,sex,yes\n")
	for month, bad := range []int{5, 5, 40} {
		for i := range 100 {
			fmt.Fprintf(&b, "2024-0%d-05,m,%d\n", month+1, map[bool]int{true: 1, false: 0}[i < bad])
		}
	}
	r := mustLog(t, b.String(), `  define:
    - {name: complaints, kind: rate, numerator: yes == 1, direction: down}
    - {name: alarms, kind: count, numerator: yes == 1, direction: down}
    - {name: rows, kind: count, direction: down}
    - {name: sum, kind: index, of: {complaints: -2, rows: 0.01}}
    - {name: change, kind: index, as: change, of: {complaints: -1, alarms: 0.5}}
    - {name: quiet, kind: index, as: quiet, of: [complaints, alarms, rows], limits: {min: 1}}
`)
	for _, want := range []struct {
		kpi, window string
		value       float64
	}{{"sum", "2024-01", .9}, {"sum", "2024-03", .2}, {"change", "2024-01", 0}, {"change", "2024-03", -3.5}, {"quiet", "2024-02", 1}, {"quiet", "2024-03", 1. / 3}} {
		if got := value(pointOf(t, r, want.kpi, "", "", want.window)); math.Abs(got-want.value) > 1e-12 {
			t.Errorf("%s %s: %v, want %v", want.kpi, want.window, got, want.value)
		}
	}
	if p := pointOf(t, r, "quiet", "", "", "2024-03"); p.Verdict != audit.Fail || p.State != audit.Breach || p.Note != "worse than before: complaints, alarms" || r.Verdict != audit.Fail {
		t.Errorf("%+v %v", p, r.Verdict)
	}
}

// The 30 months of the bank's campaign, counted with Python: 45,211 calls of 258.1631
// seconds on average, 95 of 100 up to 751, 5,289 sign-ups, 9,641 calls beyond the
// third; 14.9 % of single and 10.1 % of married clients signed up.
func TestBankIndicators(t *testing.T) {
	r := run(t, loadCase(t, "bank/kpis.yaml"), engine.Options{})
	for name, want := range map[string]float64{
		"contacts": 45211, "call_seconds": 258.163079781469, "long_call": 751, "sign_up": 5289. / 45211,
		"repeat_contacts": 9641. / 45211, "seconds_per_sign_up": 2206.8086594819437,
	} {
		if got := value(pointOf(t, r, name, "", "", "all")); math.Abs(got-want) > 1e-9*want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if p := pointOf(t, r, "sign_up_gap", "marital", "", "all"); math.Abs(value(p)-.0482571318) > 1e-9 || *p.Group != "married" || *p.Reference != "single" || p.Verdict != audit.Inconclusive {
		t.Errorf("%+v", p)
	}
	if n := len(r.Windows); n != 31 {
		t.Errorf("%d windows", n)
	}
}
