package reports

import (
	"fmt"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// explainedFixture is a result with every explainer's answer. Gap: 0.3 + 0.1 -
// 0.05 + 0.05 = 0.4, as the total says.
func explainedFixture() *audit.Result {
	r := small()
	group, reference := r.Groups[0].Values[0].Value, r.Groups[0].Values[1].Value
	b := explainBuilder{r: r, attribute: r.Groups[0].Attribute, group: group, reference: reference}
	parity := 1e-9
	r.Model = &audit.Model{Type: "xgboost", Path: "model.json", SHA256: "00", Output: "probability", Threshold: "≥ 0.5", Trees: 3, Rows: 200, ModelRows: 4000, Budget: 2_000_000,
		Inputs: []audit.ModelInput{{Name: "a", Column: "a", Kind: "number"}}, Parity: &audit.Parity{Rows: 200, Largest: &parity, Tolerance: 1e-6, Verdict: "within"}}
	for _, name := range []string{"gap", "importance", "attribution", "dependence", "flip", "proxies", "decomposition", "surrogate", "stability"} {
		r.Explainers = append(r.Explainers, audit.Explainer{Name: name, Title: "Of " + name, Definition: "What it is.", DoesNotShow: "It is not all.", Status: "complete"})
	}
	b.gap()
	b.curves()
	b.log()
	return r
}

type explainBuilder struct {
	r                *audit.Result
	attribute        string
	group, reference *string
}

func (b *explainBuilder) add(explainer, metric string, part audit.Part, feature string, value float64, change func(e *audit.Explanation)) {
	e := audit.Explanation{Explainer: explainer, Metric: metric, MethodVersion: 1, Part: part, Window: audit.AllWindows, Value: &value, StandardError: ptr(.01), N: 100, Exact: true}
	e.Interval = interval(value-.02, value+.02, "wald")
	if feature != "" {
		e.Feature = &feature
	}
	if change != nil {
		change(&e)
	}
	b.r.Explanations = append(b.r.Explanations, e)
}

func (b *explainBuilder) pair(e *audit.Explanation) {
	e.Attribute, e.Group, e.Reference, e.ReferenceN = b.attribute, b.group, b.reference, 100
}

func (b *explainBuilder) gap() {
	made := func(e *audit.Explanation) {
		b.pair(e)
		additivity := 1e-12
		e.Background, e.BackgroundRows, e.Exact, e.Permutations, e.Seed, e.ModelRows, e.Additivity, e.Parity = "reference", 50, false, 20, 7, 4000, &additivity, "within"
	}
	const metric = "selection_rate_difference"
	b.add("gap", metric, audit.PartTotal, "", .4, made)
	for i, x := range []float64{.3, .1, -.05} {
		b.add("gap", metric, audit.PartFeature, []string{"a", "<b>", "c"}[i], x, func(e *audit.Explanation) { made(e); e.Rank = i + 1 })
	}
	b.add("gap", metric, audit.PartRemainder, "", .05, made)
	b.add("importance", "log_loss", audit.PartFeature, "a", .2, func(e *audit.Explanation) { e.Rank = 1 })
	b.add("importance", "log_loss", "conditional", "a", .1, func(e *audit.Explanation) { e.Rank, e.Note = 1, "exchanged within s: 80% of the rows" })
}

func (b *explainBuilder) curves() {
	for _, group := range []*string{nil, b.group, b.reference} {
		of := func(e *audit.Explanation) {
			if e.Group = group; group != nil {
				e.Attribute = b.attribute
			}
		}
		b.add("attribution", "probability", audit.PartFeature, "a", .1, func(e *audit.Explanation) {
			of(e)
			e.Rank, e.Spread, e.Background, e.BackgroundRows = 1, []float64{-.2, -.1, 0, 0, .1, .3}, "pooled", 50
		})
		for x := range 6 {
			b.add("dependence", "probability", audit.PartPoint, "a", .1*float64(x), func(e *audit.Explanation) {
				of(e)
				e.X, e.Spread = ptr(float64(x)), []float64{.05 * float64(x), .1 * float64(x), .15 * float64(x)}
			})
			b.add("dependence", "probability", "accumulated", "a", .1*float64(x)-.25, func(e *audit.Explanation) { of(e); e.X = ptr(float64(x)) })
			if group != nil {
				b.add("dependence", "probability", audit.PartIndividual, "a", .08*float64(x), func(e *audit.Explanation) { of(e); e.X, e.Member = ptr(float64(x)), 1 })
			}
		}
		for _, name := range []string{"(missing)", "<i>", "null"} {
			b.add("dependence", "probability", audit.PartPoint, "c", .2, func(e *audit.Explanation) { of(e); e.Category = &name })
		}
	}
	for _, metric := range []string{"flip_rate", "flip_to_positive_rate", "flip_to_negative_rate", "score_shift"} {
		b.add("flip", metric, "flip", "", .04, b.pair)
	}
	b.add("flip", "flip_rate", audit.PartTotal, "", .03, func(e *audit.Explanation) { e.Attribute, e.ModelRows = b.attribute, 600 })
	b.add("flip", "flip_rate", audit.PartTotal, "", 0, func(e *audit.Explanation) { e.Attribute, e.StandardError, e.Interval = "untaken", nil, nil })
}

func (b *explainBuilder) log() {
	for i, metric := range []string{"mutual_information", "uncertainty_coefficient", "cramers_v", "proxy_use"} {
		b.add("proxies", metric, audit.PartFeature, "a", .1*float64(i+1), func(e *audit.Explanation) { e.Attribute, e.Rank, e.P = b.attribute, 1, ptr(.001) })
	}
	b.add("proxies", "auc", audit.PartTotal, "", .7, func(e *audit.Explanation) { e.Attribute, e.Group = b.attribute, b.group })
	b.add("proxies", "auc", "without", "", .6, func(e *audit.Explanation) { e.Attribute, e.Group, e.Note = b.attribute, b.group, "without a" })
	const metric = "selection_rate_difference"
	b.add("decomposition", metric, audit.PartTotal, "", -.2, b.pair)
	b.add("decomposition", metric, "composition", "s", -.15, b.pair)
	b.add("decomposition", metric, "rates", "s", -.05, b.pair)
	b.add("decomposition", metric, "explained", "a", -.12, func(e *audit.Explanation) { b.pair(e); e.Rank = 1 })
	b.add("decomposition", metric, "unexplained", "", -.08, b.pair)
	b.add("decomposition", metric, "adjusted", "", -.03, func(e *audit.Explanation) { b.pair(e); e.P = ptr(.4) })
	b.add("decomposition", "e_value", "sensitivity", "", 1.4, b.pair)
	b.add("decomposition", "e_value", "sensitivity_limit", "", 1, b.pair)
	b.add("surrogate", "r_squared", "fidelity", "", .7, nil)
	for _, part := range []audit.Part{"agreement", "noise"} {
		b.add("stability", "top_jaccard", part, "", map[audit.Part]float64{"agreement": .5, "noise": .8}[part], func(e *audit.Explanation) { e.Note = fmt.Sprintf("gap of %s, new against old", metric) })
	}
	b.r.Notes = append(b.r.Notes, "The surrogate is not explained: its least fidelity for rows that it has not seen is 0.70, below 0.9.")
}
