package reports

import (
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// A sample whose gap the whole log's contradicts says so and what helps, unless
// it is the model that answers otherwise; one that agrees says nothing.
func TestUnlikeTheLog(t *testing.T) {
	f, m := "f", "m"
	part := func(value, low, high float64) *audit.Explanation {
		return &audit.Explanation{Feature: &f, Value: &value, Interval: interval(low, high, "wald"), N: 40, ReferenceN: 60}
	}
	for name, c := range map[string]struct {
		total, logged    *audit.Explanation
		log              float64
		every            bool
		heading, warning string
	}{
		"another sign": {part(-.101, -.194, -.008), part(-.101, -.194, -.008), .01, false, "−10.1 points on the sampled rows, unlike +1.0 in the whole log; f pulls most, −10.6 points",
			"This sample is unlike the log: the gap is −10.1 points here and +1.0 points in the whole log, in the other direction, outside the interval, −19.4 to −0.8. A larger explain.rows brings it nearer."},
		"outside": {part(-.105, -.142, -.069), nil, -.068, false, "−10.5 points on the sampled rows, unlike −6.8 in the whole log; f pulls most, −10.6 points",
			"This sample is unlike the log: the gap is −10.5 points here and −6.8 points in the whole log, outside the interval, −14.2 to −6.9. A larger explain.rows brings it nearer."},
		"the model": {part(-.2, -.25, -.15), part(-.1, -.15, -.05), -.11, false, "−20.0 points on the sampled rows, unlike −11.0 in the whole log; f pulls most, −10.6 points",
			"The model’s decisions are unlike the log: the gap is −20.0 points here and −11.0 points in the whole log, outside the interval, −25.0 to −15.0."},
		"agrees":   {part(-.124, -.183, -.065), nil, -.083, false, "−12.4 points on the sampled rows; f pulls most, −10.6 points", ""},
		"not told": {part(-.023, -.077, .031), nil, -.02, false, "−2.3 points on the sampled rows (−7.7 to +3.1, not told from zero); f pulls most, −10.6 points", ""},
		"not told, and unlike": {part(-.041, -.118, .036), nil, .01, false, "−4.1 points on the sampled rows (−11.8 to +3.6, not told from zero), unlike +1.0 in the whole log; f pulls most, −10.6 points",
			"This sample is unlike the log: the gap is −4.1 points here and +1.0 points in the whole log, in the other direction. A larger explain.rows brings it nearer."},
		"every row":   {part(-.0835, -.104, -.063), part(-.0835, -.104, -.063), -.0835, true, "−8.3 points; f pulls most, −10.6 points", ""},
		"no interval": {&audit.Explanation{Value: ptr(.1)}, nil, .3, false, "+10.0 points on the sampled rows; f pulls most, −10.6 points", ""},
	} {
		q := &explained{explainer: "gap", metric: "true_positive_rate_difference", attribute: "sex", group: &f, reference: &m,
			total: c.total, logged: c.logged, log: &audit.Measurement{Value: &c.log}, every: c.every, features: []*audit.Explanation{part(-.106, -.15, -.06)}}
		if got, want := q.finding(), "Gap in true positive rate, sex: f against m: "+c.heading; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
		if got := q.warning(); got != c.warning {
			t.Errorf("%s: %s, want %s", name, got, c.warning)
		}
	}
	few := &explained{explainer: "gap", metric: "selection_rate_difference", total: part(-.144, -.342, .053), log: &audit.Measurement{Value: ptr(-.314), Interval: interval(-.38, -.24, "newcombe")}}
	if got, want := few.warning(), "This sample is too small to tell the gap from zero: it is −14.4 points here, −34.2 to +5.3, and −31.4 points in the whole log. A larger explain.rows tells more."; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if few.log.Interval.High = ptr(.01); few.warning() != "" {
		t.Error("a gap that the whole log does not tell either is called one of too few rows")
	}
	importance := &explained{explainer: "importance", metric: "selection_rate_difference", attribute: "race", group: &f, reference: &m, features: []*audit.Explanation{part(.046, -.03, .122)}}
	if got, want := importance.finding(), "Gap in selection rate, race: f against m: f carries most, +4.6 points (−3.0 to +12.2, not told from zero)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A gap taken apart says of how many rows it is, and what it is in the whole log.
func TestGapOfASample(t *testing.T) {
	for _, c := range []struct {
		n    int64
		log  float64
		want string
	}{
		{981, -.376, " in a sample of 2,000 rows, −37.6 in the whole log"}, {981, -.5, " in a sample of 2,000 rows, unlike −50.0 in the whole log"}, {2000, -.375, ""},
	} {
		q := &explained{explainer: "decomposition", metric: "selection_rate_difference", every: c.n == 2000, log: &audit.Measurement{Value: &c.log},
			total: &audit.Explanation{Value: ptr(-.375), Interval: interval(-.416, -.335, "wald"), N: c.n, ReferenceN: 1019}}
		if got := q.sampled(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// A gap without a model is of the whole log where as many rows of both groups
// were sampled as the log has.
func TestEveryRow(t *testing.T) {
	r := explainedFixture()
	r.Model = nil
	a := r.Groups[0]
	q := &explained{explainer: "decomposition", metric: "selection_rate_difference", attribute: a.Attribute, group: a.Values[0].Value, reference: a.Values[1].Value}
	log := q.inLog(r)
	if log == nil || log.RefDen == nil {
		t.Fatal("the whole log has no such gap")
	}
	for _, c := range []struct {
		n, reference int64
		want         bool
	}{{log.N, *log.RefDen, true}, {log.N - 1, *log.RefDen, false}, {log.N, *log.RefDen - 1, false}} {
		q.total = &audit.Explanation{Value: ptr(.1), N: c.n, ReferenceN: c.reference}
		if q.lay(r); q.every != c.want {
			t.Errorf("%d and %d of %d and %d rows: every row is %v", c.n, c.reference, log.N, *log.RefDen, q.every)
		}
	}
}

// The words on the rest of a gap are about what is drawn as the rest.
func TestLeftover(t *testing.T) {
	inputs := func(n int) (out []*audit.Explanation) {
		for range n {
			out = append(out, &audit.Explanation{Value: ptr(.01)})
		}
		return out
	}
	drawn, exact := &audit.Explanation{Value: ptr(.02)}, &audit.Explanation{Value: ptr(0.)}
	for _, c := range []struct {
		inputs int
		rest   *audit.Explanation
		want   string
	}{
		{drawnFeatures, drawn, "The rest is what the draw of the background leaves. "}, {drawnFeatures, exact, ""}, {2, nil, ""},
		{drawnFeatures + 1, exact, "The rest is the smaller inputs together. "},
		{drawnFeatures + 1, drawn, "The rest is what smaller inputs and the draw of the background leave. "},
	} {
		q := &explained{explainer: "gap", features: inputs(c.inputs), rest: c.rest, total: drawn}
		if got := q.leftover(); got != c.want {
			t.Errorf("%d inputs: %q, want %q", c.inputs, got, c.want)
		}
	}
}
