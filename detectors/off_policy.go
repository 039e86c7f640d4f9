package detectors

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// OffPolicyParams are the parameters of OffPolicy.
type OffPolicyParams struct {
	Reward      string  `yaml:"reward" doc:"CEL expression of what an action brought: \"clicked ? 1.0 : 0.0\", revenue"`
	Propensity  string  `yaml:"propensity" doc:"CEL expression of the chance at which the logging policy took the action that it took"`
	Target      string  `yaml:"target" doc:"CEL expression of the chance at which the policy in question would have taken that action"`
	Model       string  `yaml:"model" doc:"CEL expression of what a model expects of the action that was taken; with expected, doubly robust"`
	ModelTarget string  `yaml:"expected" doc:"CEL expression of what the model expects of the policy in question: its chances times the model's values, summed over actions"`
	Clip        float64 `yaml:"clip" default:"0" min:"0" doc:"largest weight, larger ones are cut to it; 0 is none. Cutting makes the value less uncertain and biased"`
}

// Check implements config's check of parameters.
func (p OffPolicyParams) Check() error {
	if (p.Model == "") != (p.ModelTarget == "") {
		return errors.New("model and expected go together: what the model expects of the action taken, and of the policy in question")
	}
	return nil
}

// Numbers are the expressions that give numbers, by their places.
func (p OffPolicyParams) Numbers() map[string]string {
	return map[string]string{"reward": p.Reward, "propensity": p.Propensity, "target": p.Target, "model": p.Model, "expected": p.ModelTarget}
}

// weight is how much a row counts: the chance of its action under the policy in
// question over that under the logging policy.
func (p OffPolicyParams) weight() string {
	w := quotient(p.Target, p.Propensity)
	if p.Clip > 0 {
		limit := strconv.FormatFloat(p.Clip, 'f', -1, 64)
		if !strings.Contains(limit, ".") {
			limit += ".0"
		}
		return "(" + w + " > " + limit + " ? " + limit + " : " + w + ")"
	}
	return "(" + w + ")"
}

// usable is true where the chances are chances.
func (p OffPolicyParams) usable() string {
	return fmt.Sprintf("(%s) > 0.0 && (%s) <= 1.0 && (%s) >= 0.0 && (%s) <= 1.0", p.Propensity, p.Propensity, p.Target, p.Target)
}

// unusable are the reasons for which a row is not.
func (p OffPolicyParams) unusable() []struct{ why, when string } {
	number := func(x string) string { return "(" + x + ") <= 0.0 || (" + x + ") > 0.0" } // false for NaN alone
	return []struct{ why, when string }{
		{"no propensity or no target chance", "(" + p.Propensity + ") == null || (" + p.Target + ") == null"},
		{"a propensity or target chance that is not a number", "!(" + number(p.Propensity) + ") || !(" + number(p.Target) + ")"},
		{"a propensity of 0 or below", "(" + p.Propensity + ") <= 0.0"},
		{"a propensity above 1", "(" + p.Propensity + ") > 1.0"},
		{"a target chance below 0 or above 1", "(" + p.Target + ") < 0.0 || (" + p.Target + ") > 1.0"},
	}
}

// The numbers per row that values are made of.
const (
	ofWeight = iota
	ofWeighted
	ofCross // weight times weighted reward, for the error of the ratio
	ofReward
	ofRobust
)

// numbers are their expressions. The weight has 0 times the reward added: a row whose
// reward is missing is in no sum, neither above nor below the line.
func (p OffPolicyParams) numbers() []string {
	w := p.weight()
	out := []string{w + " + 0.0 * (" + p.Reward + ")", w + " * (" + p.Reward + ")", w + " * " + w + " * (" + p.Reward + ")", "(" + p.Reward + ") * 1.0"}
	if p.Model != "" {
		out = append(out, "("+p.ModelTarget+") + "+w+" * (("+p.Reward+") - ("+p.Model+"))")
	}
	return out
}

// OffPolicy measures what another policy would have brought, from a log with
// propensities.
func OffPolicy() detect.Detector {
	return detect.Detector{
		Name:  "off_policy",
		Title: "Another policy on this log",
		Doc: `What a policy would have brought each group, out of the log of another that acted by chance and kept the chances. Each row counts
as often as the policy in question would take its action over how often the logging one did. The plain mean (ips_value) is right on
average and can be far off on one log; the self-normalized one (snips_value) is steadier and slightly biased; with model and expected, the
doubly robust one (dr_value), right if either the chances or the model are. Read effective_sample first: where it is small, a few rows
decide. mean_weight is near 1 if the chances are true. clip is named on every number. Rows whose chances are no chances are left
out, and counted by reason and file. Actions that the logging policy could never take are not seen by any of these.`,
		How: `Means by Student's interval, gaps by Welch's test (1947), the self-normalized value by the delta method; with a subject all follow people,
by a jackknife.`,
		Needs:   []detect.Role{detect.RoleGroups},
		Unasked: []detect.Role{detect.RoleAsked},
		Metrics: offPolicyMetrics(),
		Params:  OffPolicyParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(OffPolicyParams)
			if slices.Contains([]string{p.Reward, p.Propensity, p.Target}, "") {
				return detect.Plan{}, errors.New("off_policy needs three numbers: reward, propensity and target")
			}
			d := offPolicy{prices{funnel: funnel{spec: spec}}, p}
			return detect.Plan{Needs: d.needs(), Detect: d.detect}, nil
		},
	}
}

func offPolicyMetrics() []detect.Metric {
	var out []detect.Metric
	for _, m := range []struct{ name, title, doc, convention, source string }{
		{"logged_value", "Value of the log", "what the logging policy brought", "mean reward", ""},
		{"ips_value", "Value, IPS", "what the policy in question would have brought, by inverse propensities", "Σ w r / rows, w = target / propensity", "Horvitz and Thompson 1952. "},
		{"snips_value", "Value, self-normalized IPS", "the same, over the sum of the weights", "Σ w r / Σ w", "Swaminathan and Joachims 2015. "},
		{"dr_value", "Value, doubly robust", "the same, with a model's expectation and weights on what it missed", "mean of expected + w (r − model)", "Dudík, Langford and Li 2011. "},
	} {
		version := 1
		if m.name == "snips_value" {
			version = 2 // 1 took rows without a reward for rows that brought nothing
		}
		out = append(out,
			detect.Metric{Name: m.name, Title: m.title, Doc: "Mean reward per row: " + m.doc + ".", Convention: m.convention, Source: m.source + "Interval: Student, or a jackknife over people", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: version, Shown: true},
			detect.Metric{Name: m.name + "_difference", Title: m.title + ", difference", Doc: "Mean reward per row: " + m.doc + "; the group less the reference.", Convention: "of the group − of the reference", Source: m.source + "Interval and test: Welch 1947, or a jackknife over people", Null: detect.NullNoGap, Scale: detect.ScaleNumber, Version: 2})
	}
	return append(out,
		detect.Metric{Name: "mean_weight", Title: "Mean weight", Doc: "Mean of the weights of rows with a reward: near 1 if the chances in the log are true.", Convention: "Σ w / rows", Source: "Interval: Student, or a jackknife over people", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 2, Shown: true},
		detect.Metric{Name: "effective_sample", Title: "Effective sample", Doc: "As how many rows of the policy's own the weighted rows count.", Convention: "(Σ w)² / Σ w²", Source: "Kish 1965", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 2, Shown: true})
}

// offPolicy measures values; references and tables are those of prices.
type offPolicy struct {
	prices
	params OffPolicyParams
}

func (d offPolicy) needs() []table.Need {
	out := []table.Need{d.placeNeed()}
	for _, a := range detect.Attributes(d.spec) {
		out = append(out, detect.GroupNeed(d.spec, a))
		for _, n := range d.params.numbers() {
			out = append(out, d.usableNeed(a, n))
		}
	}
	return out
}

func (d offPolicy) usableNeed(a detect.Attribute, number string) table.Need {
	n := d.numberNeed(a, number)
	n.Dims = append(n.Dims, table.When(d.params.usable()))
	return n
}

// placeNeed says in which file rows have chances that are none.
func (d offPolicy) placeNeed() table.Need {
	n := table.Need{Dims: []table.Dim{table.File}}
	for _, u := range d.params.unusable() {
		n.Dims = append(n.Dims, table.When(u.when))
	}
	return n
}

func (d offPolicy) detect(t detect.Tables) (detect.Output, error) {
	e := newEmitter("off_policy", d.spec)
	d.places(e, t.Counts(d.placeNeed()))
	for _, a := range detect.Attributes(d.spec) {
		s := describedSection(d.spec, a, t)
		if s.absent != "" {
			e.note("attribute " + a.Name + ": " + s.absent)
		}
		var all []section
		for i, n := range d.params.numbers() {
			v, err := t.Values(d.usableNeed(a, n)).Only(table.When(d.params.usable()), func(c table.Category) bool { return c.Name == table.Holds && !c.Missing })
			if err != nil {
				return detect.Output{}, err
			}
			one := s
			one.slices = slices.Collect(cutScores(a, v, table.Window, true))
			if i == ofWeighted {
				for _, note := range one.slices[0].overall.numbers().excluded("reward or chance") {
					e.note(note)
				}
			}
			all = append(all, one)
		}
		d.values(e, all)
	}
	d.named(e.out)
	canonical(e.out, offPolicyMetrics())
	return detect.Output{Measurements: e.out, Findings: d.tell(e), Notes: e.notes}, nil
}

// named names the clipping on every number.
func (d offPolicy) named(ms []audit.Measurement) {
	clip := "none"
	if d.params.Clip > 0 {
		clip = plain(d.params.Clip)
	}
	for i := range ms {
		ms[i].Parameters = map[string]string{"clip": clip}
	}
}

// places notes rows whose chances are none, by reason and file.
func (d offPolicy) places(e *emitter, c *table.Counts) {
	files := c.Categories(table.File)
	for i, u := range d.params.unusable() {
		facts, by, all := c.Categories(table.When(u.when)), make([]int64, len(files)), int64(0)
		c.Each(func(codes []int, cell table.Cell) {
			if f := facts[codes[i+1]]; !f.Missing && f.Name == table.Holds {
				by[codes[0]], all = by[codes[0]]+cell.N, all+cell.N
			}
		})
		if all == 0 {
			continue
		}
		var where []string
		for f, n := range by {
			if n > 0 {
				where = append(where, fmt.Sprintf("%s: %s", files[f].Name, whole(n)))
			}
		}
		e.note(fmt.Sprintf("%s rows have %s and are left out (%s)", whole(all), u.why, some(where, 5)))
	}
}
