package reports

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// fixtureGroup is a group with k of n selected.
type fixtureGroup struct {
	name string
	k, n int64
}

func ptr[T any](v T) *T { return &v }

// builder makes results that look like an audit's.
type builder struct {
	r *audit.Result
}

const z95 = 1.959963984540054

func wilson(k, n int64) (low, high float64) {
	p, m := float64(k)/float64(n), float64(n)
	mid := (p + z95*z95/(2*m)) / (1 + z95*z95/m)
	half := z95 * math.Sqrt(max(0, p*(1-p)/m+z95*z95/(4*m*m))) / (1 + z95*z95/m)
	return max(0, mid-half), min(1, mid+half)
}

func interval(low, high float64, method string) *audit.Interval {
	return &audit.Interval{Low: &low, High: &high, Level: 0.95, Method: method}
}

func (b *builder) add(m audit.Measurement) int {
	m.MethodVersion = 1
	b.r.Measurements = append(b.r.Measurements, m)
	return len(b.r.Measurements) - 1
}

func (b *builder) rate(detector, metric, attribute string, kind audit.GroupKind, group *string, window string, k, n int64) int {
	m := audit.Measurement{Detector: detector, Metric: metric, Convention: "share of rows with a decision", Attribute: attribute,
		Group: group, GroupKind: kind, Window: window, N: n, Numerator: &k, Denominator: &n}
	if n == 0 {
		m.Note = "no rows with a decision"
	} else {
		low, high := wilson(k, n)
		m.Value, m.Interval = ptr(float64(k)/float64(n)), interval(low, high, "wilson")
	}
	return b.add(m)
}

// pair adds the difference and the ratio of a group to its reference; the
// ratio's interval is the simple logarithmic one, close enough for a picture.
func (b *builder) pair(detector, metric, attribute string, g, ref fixtureGroup, window string, gated bool) (diff, rat int) {
	base := audit.Measurement{Detector: detector, Attribute: attribute, Group: &g.name, GroupKind: audit.KindValue,
		Reference: &ref.name, Window: window, N: g.n, Numerator: &g.k, Denominator: &g.n, RefNum: &ref.k, RefDen: &ref.n, Test: "fisher-midp"}
	d, q := base, base
	d.Metric, d.Convention = metric+"_difference", "group minus reference"
	q.Metric, q.Convention = metric+"_ratio", "group over reference"
	if g.n == 0 || ref.n == 0 || g.k == 0 || ref.k == 0 {
		d.Note, q.Note = "a rate is undefined", "a rate is undefined or zero"
		return b.add(d), b.add(q)
	}
	p1, p2 := float64(g.k)/float64(g.n), float64(ref.k)/float64(ref.n)
	l1, u1 := wilson(g.k, g.n)
	l2, u2 := wilson(ref.k, ref.n)
	d.Value = ptr(p1 - p2)
	d.Interval = interval(p1-p2-math.Hypot(p1-l1, u2-p2), p1-p2+math.Hypot(u1-p1, p2-l2), "newcombe")
	se := math.Sqrt(1e-12 + 1/float64(g.k) - 1/float64(g.n) + 1/float64(ref.k) - 1/float64(ref.n))
	q.Value = ptr(p1 / p2)
	q.Interval = interval(p1/p2*math.Exp(-z95*se), p1/p2*math.Exp(z95*se), "koopman")
	p := math.Erfc(math.Abs(math.Log(p1/p2)) / se / math.Sqrt2)
	d.P, q.P = &p, &p
	if gated {
		q.PAdjusted = ptr(min(1, 4*p))
		q.Threshold = &audit.Threshold{Key: "min_ratio", Value: "0.8", Side: "both"}
		q.Verdict = judge(q)
	}
	return b.add(d), b.add(q)
}

func judge(m audit.Measurement) audit.Verdict {
	inside := func(v float64) bool { return v >= 0.8 && v <= 1.25 }
	switch {
	case inside(*m.Interval.Low) && inside(*m.Interval.High):
		return audit.Pass
	case !inside(*m.Value) && *m.PAdjusted < 0.05:
		return audit.Fail
	}
	return audit.Inconclusive
}

func (b *builder) attribute(detector, metric, attribute string, groups []fixtureGroup, ref int, window string, gated bool) (worstPair int) {
	var k, n int64
	worstPair = -1
	for _, g := range groups {
		b.rate(detector, metric, attribute, audit.KindValue, ptr(g.name), window, g.k, g.n)
		k, n = k+g.k, n+g.n
	}
	b.rate(detector, metric, attribute, audit.KindMissing, nil, window, 0, 0)
	b.rate(detector, metric, attribute, audit.KindOverall, nil, window, k, n)
	for i, g := range groups {
		if i == ref {
			continue
		}
		_, q := b.pair(detector, metric, attribute, g, groups[ref], window, gated)
		if v := b.r.Measurements[q].Value; v != nil {
			if worstPair < 0 || math.Abs(math.Log(*v)) > math.Abs(math.Log(*b.r.Measurements[worstPair].Value)) {
				worstPair = q
			}
		}
	}
	return worstPair
}

func (b *builder) groups(attribute, reference string, chosen int, groups []fixtureGroup) {
	a := audit.Attribute{Attribute: attribute, Column: strings.ToLower(attribute), Reference: reference, Chosen: ptr(groups[chosen].name)}
	for _, g := range groups {
		a.Values = append(a.Values, audit.GroupValue{Value: ptr(g.name), Rows: g.n, N: g.n})
	}
	b.r.Groups = append(b.r.Groups, a)
}

func header(name, title string) *audit.Result {
	return &audit.Result{
		SchemaVersion: audit.SchemaVersion,
		Audit: audit.Header{Name: name, Title: title, Kind: "ads", SpecSHA256: strings.Repeat("3f9a0c1d", 8), Packs: []string{}, Alpha: 0.05,
			Period: "all", Seed: 1, Timezone: "Europe/Lisbon", WindowEvery: "month", DecisionText: "y = yes", Favorable: true,
			LabelText: "y = yes", Words: audit.Words{Positive: "subscribed", Unit: "clients"}},
		Engine:  audit.Engine{Name: "plumbline", Version: "0.1.0", Revision: "0123456789abcdef"},
		Verdict: audit.Ungated,
	}
}

// wobble moves a rate up and down over the months without chance.
func wobble(i int, salt float64) float64 {
	return 1 + 0.25*math.Sin(float64(i)*1.7+salt) + 0.12*math.Cos(float64(i)*0.6+2*salt)
}

// month cuts groups down to one of several windows.
func month(groups []fixtureGroup, i, of int) []fixtureGroup {
	var out []fixtureGroup
	for j, g := range groups {
		n := max(0, int64(float64(g.n)/float64(of)*(1+0.4*math.Sin(float64(i+j)))))
		k := int64(float64(n) * float64(g.k) / float64(max(1, g.n)) * wobble(i, float64(j)))
		out = append(out, fixtureGroup{g.name, min(k, n), n})
	}
	return out
}

// bankWindows are 17 months, with a hole in 2009.
func bankWindows() []audit.Window {
	var out []audit.Window
	t := time.Date(2008, 5, 1, 0, 0, 0, 0, time.UTC)
	for len(out) < 17 {
		if t.Format("2006-01") != "2009-03" {
			out = append(out, audit.Window{ID: t.Format("2006-01"), Start: t.Format(time.RFC3339), End: t.AddDate(0, 1, 0).Format(time.RFC3339), Rows: 2659})
		}
		t = t.AddDate(0, 1, 0)
		if len(out) == 12 {
			t = time.Date(2010, 7, 1, 0, 0, 0, 0, time.UTC)
		}
	}
	return out
}

// bank is a realistic audit: a telemarketing campaign, two attributes, 17 months.
func bank() *audit.Result {
	r := header("bank-campaign", "Term-deposit campaign, monthly audit")
	b := &builder{r}
	marital := []fixtureGroup{{"married", 2755, 27214}, {"single", 1912, 12790}, {"divorced", 622, 5207}}
	age := []fixtureGroup{{"<25", 207, 809}, {"25-60", 4580, 43214}, {">60", 502, 1188}}
	r.Windows = bankWindows()
	r.Data = audit.Data{
		Inputs:   []audit.Input{{Path: "bank.parquet", Role: "log", Bytes: 512345, SHA256: strings.Repeat("ab12cd34", 8), Hash: "full", Rows: 45223}},
		RowsRead: 45223, RowsAudited: 45211, Copies: 45211,
		Excluded:  []audit.Exclusion{{Reason: "missing_time", Rows: 12, Text: "the time is missing"}},
		FirstTime: "2008-05-05T00:00:00Z", LastTime: "2010-11-17T00:00:00Z",
		Joins: []audit.Join{{Path: "people.parquet", On: []string{"user_id"}, RightRows: 46000, LogUnmatched: 31, RightUnmatched: 820, LogKeyMissing: 4}},
	}
	b.groups("marital", "value", 1, marital)
	b.groups("age", "largest", 1, age)
	wm := b.attribute("parity", "selection_rate", "marital", marital, 1, audit.AllWindows, true)
	wa := b.attribute("parity", "selection_rate", "age", age, 1, audit.AllWindows, true)
	b.worst("selection_rate_ratio", "marital", "married", "single", 2755./27214/(1912./12790))
	b.errorRates("marital", marital)
	for i, w := range r.Windows {
		b.attribute("parity", "selection_rate", "marital", month(marital, i, 17), 1, w.ID, false)
		b.attribute("parity", "selection_rate", "age", month(age, i, 17), 1, w.ID, false)
	}
	b.completeness()
	t8 := audit.Threshold{Key: "min_ratio", Value: "0.8", Side: "both"}
	r.Gates = audit.GateSummary{Pass: 1, Fail: 2, Inconclusive: 1, FamilySize: 4, Adjustment: "holm", Checks: []audit.Check{
		{Detector: "parity", Metric: "selection_rate_ratio", Attribute: "marital", Threshold: t8, Verdict: audit.Fail, Reason: "married: 0.68 is below 0.8 and the adjusted p is below 0.05.", Measurements: []int{wm}},
		{Detector: "parity", Metric: "selection_rate_ratio", Attribute: "age", Threshold: t8, Verdict: audit.Fail, Reason: ">60: 3.99 is above 1.25 and the adjusted p is below 0.05.", Measurements: []int{wa}},
		{Detector: "equal_opportunity", Metric: "true_positive_rate_difference", Attribute: "marital", Threshold: audit.Threshold{Key: "max_difference", Value: "0.1", Side: "both"}, Verdict: audit.Pass, Reason: "every interval lies within 10 points."},
		{Detector: "error_rates", Metric: "equalized_odds_difference", Attribute: "age", Threshold: audit.Threshold{Key: "max", Value: "0.1", Side: "low"}, Verdict: audit.Inconclusive, Reason: "under 25 years only 12 clients have a negative label, and the interval from 2 to 31 points reaches over the limit of 10."},
	}}
	r.Verdict = audit.Fail
	r.Findings = []audit.Finding{
		{ID: "f1", Detector: "parity", Severity: audit.Fail, Title: "Married clients subscribed 0.68 times as often as single clients.",
			Detail: "Of 27,214 married clients 10.1\u202f% subscribed, of 12,790 single clients 14.9\u202f%; 95\u202f% interval of the ratio 0.64 to 0.72; limit 0.8.", Measurements: []int{wm}},
		{ID: "f2", Detector: "parity", Severity: audit.Fail, Title: "Clients over 60 subscribed 3.99 times as often as clients of 25 to 60.",
			Detail: "Of 1,188 clients over 60 42.3\u202f% subscribed, of 43,214 clients of 25 to 60 10.6\u202f%; 95\u202f% interval of the ratio 3.71 to 4.29; limit 1.25.", Measurements: []int{wa}},
	}
	return r
}

func (b *builder) worst(metric, attribute, low, high string, v float64) {
	b.add(audit.Measurement{Detector: "parity", Metric: metric, Convention: "lowest over highest", Attribute: attribute, Group: &low,
		GroupKind: audit.KindWorst, Reference: &high, Window: audit.AllWindows, Value: &v, N: 27214})
}

// errorRates adds the label metrics of an attribute with plausible counts.
func (b *builder) errorRates(attribute string, groups []fixtureGroup) {
	for i, metric := range []string{"true_positive_rate", "false_positive_rate", "false_negative_rate", "positive_predictive_value", "accuracy", "base_rate"} {
		detector := "error_rates"
		if i == 0 {
			detector = "equal_opportunity"
		}
		var scaled []fixtureGroup
		for j, g := range groups {
			n := g.n / int64(3+i)
			scaled = append(scaled, fixtureGroup{g.name, int64(float64(n) * min(0.98, 0.35+0.07*float64(i)+0.03*float64(j))), n})
		}
		b.attribute(detector, metric, attribute, scaled, 1, audit.AllWindows, false)
	}
	v := 0.0612
	b.add(audit.Measurement{Detector: "error_rates", Metric: "equalized_odds_difference", Convention: "maximum of the two gaps", Attribute: attribute,
		GroupKind: audit.KindWorst, Group: ptr("married"), Reference: ptr("single"), Window: audit.AllWindows, Value: &v, N: 40004, Interval: interval(0.041, 0.083, "bootstrap")})
}

func (b *builder) completeness() {
	for _, c := range []string{"decision", "label", "marital"} {
		k, n := int64(len(c)*7), int64(45211)
		low, high := wilson(k, n)
		b.add(audit.Measurement{Detector: "completeness", Metric: "missing_share", Convention: "missing over rows", GroupKind: audit.KindOverall, Column: ptr(c),
			Window: audit.AllWindows, Value: ptr(float64(k) / float64(n)), N: n, Numerator: &k, Denominator: &n, Interval: interval(low, high, "wilson")})
	}
	b.add(audit.Measurement{Detector: "completeness", Metric: "window_gap", Convention: "windows without rows between the first and the last", GroupKind: audit.KindOverall,
		Window: audit.AllWindows, Value: ptr(9.0), N: 26, Note: "2009-03 and 2009-06 to 2010-06 hold no rows"})
}

// hostileName is a name that tries to break out of its place.
func hostileName(i int) string {
	switch i {
	case 0:
		return "null"
	case 1:
		return `<script>alert("x")</script><img src=x onerror=alert(1)>`
	case 2:
		return "ערבית/العربية \u202eright to left 👩‍👩‍👧‍👦 with an emoji family and more"
	case 3:
		return "=cmd|'/c calc'!A1"
	case 4:
		return ""
	case 5:
		return "line\nbreak\x1b[31mred"
	}
	return fmt.Sprintf("Group %02d of the very long names that somebody pasted from another system, %02d", i, i)
}

// extreme has 40 groups, 60 windows, and names of 80 characters.
func extreme() *audit.Result {
	r := header("extreme", "An audit whose title is so long that it does not fit on a line of an ordinary terminal, and must wrap kindly")
	b := &builder{r}
	var groups []fixtureGroup
	for i := range 40 {
		n := int64(20 + i*i*37)
		groups = append(groups, fixtureGroup{hostileName(i), int64(float64(n) * (0.2 + 0.008*float64(i))), n})
	}
	groups[7].k, groups[7].n = 0, 0
	t := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for range 60 {
		r.Windows = append(r.Windows, audit.Window{ID: t.Format("2006-01"), Start: t.Format(time.RFC3339), End: t.AddDate(0, 1, 0).Format(time.RFC3339), Rows: 13000})
		t = t.AddDate(0, 1, 0)
	}
	r.Data = audit.Data{RowsRead: 800000, RowsAudited: 800000, Copies: 1600000, FirstTime: "2020-01-01T00:00:00Z", LastTime: "2024-12-31T23:00:00Z",
		Inputs: []audit.Input{{Path: "a/very/long/path/<b>bold</b>/" + strings.Repeat("x", 80) + ".parquet", Role: "log", Hash: "footer", SHA256: strings.Repeat("0", 64), Bytes: 9e12, Rows: 800000}}}
	b.groups("office*team", "largest", 39, groups)
	wp := b.attribute("parity", "selection_rate", "office*team", groups, 39, audit.AllWindows, true)
	b.errorRates("office*team", groups)
	for i, w := range r.Windows {
		b.attribute("parity", "selection_rate", "office*team", month(groups, i, 60), 39, w.ID, false)
		b.attribute("equal_opportunity", "true_positive_rate", "office*team", month(groups, i+7, 60), 39, w.ID, false)
	}
	b.add(audit.Measurement{Detector: "acme", Metric: "acme_score", Convention: "secret", GroupKind: audit.KindOverall, Window: "all", Value: ptr(12345.678), N: 5})
	r.Tables = []audit.Table{{ID: "t1", Detector: "acme", Kind: "series", Title: "A table <of> its own", Columns: []string{"a", "b"}, Rows: [][]any{{"x", 1}, {nil, 2.5}}}}
	r.Gates = audit.GateSummary{Fail: 1, FamilySize: 39, Adjustment: "holm", Checks: []audit.Check{{Detector: "parity", Metric: "selection_rate_ratio", Attribute: "office*team",
		Threshold: audit.Threshold{Key: "min_ratio", Value: "0.8", Side: "both"}, Verdict: audit.Fail, Reason: "“null” is far below.", Measurements: []int{wp}}}}
	r.Verdict = audit.Fail
	return r
}

// undefinedOnly has groups and gates, and not one number.
func undefinedOnly() *audit.Result {
	r := header("undefined", "Nothing could be computed")
	b := &builder{r}
	groups := []fixtureGroup{{"null", 0, 0}, {"", 0, 0}, {"a", 0, 0}}
	b.groups("g", "largest", 0, groups)
	b.attribute("parity", "selection_rate", "g", groups, 0, audit.AllWindows, false)
	r.Data = audit.Data{RowsRead: 40, RowsAudited: 40, Copies: 40}
	r.Gates = audit.GateSummary{Inconclusive: 1, FamilySize: 0, Adjustment: "holm", Checks: []audit.Check{{Detector: "parity", Metric: "selection_rate_ratio", Attribute: "g",
		Threshold: audit.Threshold{Key: "min_ratio", Value: "0.8", Side: "both"}, Verdict: audit.Inconclusive, Reason: "no group has a row with a decision."}}}
	r.Verdict = audit.Inconclusive
	return r
}

// empty is the audit of a log without rows.
func empty() *audit.Result {
	r := header("empty", "")
	r.Data = audit.Data{RowsRead: 12, Excluded: []audit.Exclusion{{Reason: "where", Rows: 12, Text: "the condition in data.where is false"}}}
	return r
}

// small is the part of bank that fits into golden files.
func small() *audit.Result {
	r := bank()
	keep := map[string]bool{"selection_rate": true, "selection_rate_difference": true, "selection_rate_ratio": true, "missing_share": true, "window_gap": true}
	old := r.Measurements
	where := map[int]int{}
	r.Measurements = nil
	for i, m := range old {
		if m.Window == audit.AllWindows && keep[m.Metric] {
			where[i] = len(r.Measurements)
			r.Measurements = append(r.Measurements, m)
		}
	}
	r.Windows = r.Windows[:2]
	for i := range r.Findings {
		r.Findings[i].Measurements[0] = where[r.Findings[i].Measurements[0]]
	}
	for i, c := range r.Gates.Checks {
		for j := range c.Measurements {
			c.Measurements[j] = where[c.Measurements[j]]
		}
		r.Gates.Checks[i] = c
	}
	first := &r.Measurements[0]
	first.Parameters = map[string]string{"k": "10", "cut": "0.5"}
	r.Tables = []audit.Table{{ID: "t", Detector: "parity", Kind: "cuts", Title: "Cuts", Columns: []string{"cut", "n"}, Rows: [][]any{{0.1 + 0.2, int64(3)}, {nil, int64(4)}}}}
	return r
}

// fixtures are the results that every format must render.
func fixtures() map[string]func() *audit.Result {
	return map[string]func() *audit.Result{"explained": explainedFixture, "mixed": mixed, "brokenmix": brokenMix, "scores": livingScores, "extremescores": extremeScores, "undefinedscores": undefinedScores, "bank": bank, "small": small, "packed": packed, "extreme": extreme, "undefined": undefinedOnly, "empty": empty, "zero": func() *audit.Result { return &audit.Result{SchemaVersion: "1"} }}
}
