package detectors

import (
	"errors"
	"fmt"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// DeliveryParams are the parameters of Delivery.
type DeliveryParams struct {
	Stages    []FunnelStage `yaml:"stages" keyed:"true" doc:"the stages from the eligible audience on, by name, each with its condition: {eligible: \"eligible == 'yes'\", delivered: \"shown == 'yes'\", clicked: clicked}; who is at a stage counts only if they are at all before"`
	Ad        string        `yaml:"ad" doc:"column that tells ads, campaigns or kinds of them apart"`
	Person    string        `yaml:"person" doc:"column that tells people apart: measure, too, how many are reached and how often"`
	Threshold float64       `yaml:"threshold" default:"0.1" above:"0" below:"1" doc:"delivery variance up to which an ad counts as within"`
	Least     int64         `yaml:"least" default:"100" min:"1" doc:"deliveries to known groups from which on an ad is held against threshold, and compared with others"`
	Pairs     []AdPair      `yaml:"pairs" keyed:"true" doc:"ads to compare, by name: {loans: {first: ad 1, second: ad 2}}; without it every two of up to 6 ads"`
}

// AdPair is two ads that were to go to the same audience.
type AdPair struct {
	Name   string `yaml:"-"`
	First  string `yaml:"first" required:"true" doc:"value of the column ad"`
	Second string `yaml:"second" required:"true" doc:"value of the column ad"`
}

// Check implements config's check of parameters.
func (p DeliveryParams) Check() error {
	if len(p.Stages) == 1 || len(p.Stages) > mostStages {
		return fmt.Errorf("delivery has 2 to %d stages, not %d", mostStages, len(p.Stages))
	}
	if len(p.Pairs) > 0 && p.Ad == "" {
		return errors.New("pairs needs ad, the column that tells ads apart")
	}
	return nil
}

// Conditions are the expressions, by their places.
func (p DeliveryParams) Conditions() map[string]string {
	return FunnelParams{Stages: p.Stages}.Conditions()
}

// Columns are the columns that the parameters name, by their places.
func (p DeliveryParams) Columns() map[string]string {
	return map[string]string{"ad": p.Ad, "person": p.Person}
}

// mostAdsPaired is the number of ads up to which every two are compared unasked.
const mostAdsPaired = 6

// Delivery measures whom ads reach.
func Delivery() detect.Detector {
	return detect.Detector{
		Name:  "delivery",
		Title: "Whom ads reach",
		Doc: `Whom ads reach, out of those who were eligible: the groups' shares at each stage (composition_share, of rows with a
known group; of the missing group its share of all rows), and how much of a stage would have to go to others for it to be
composed as the stage before (delivery_variance: of the second stage the skew of delivery, of later ones that of the response).
A variance is above 0 by chance alone; null says how much, and a limit on it (delivery_variance: {max: 0.1}) fails only where
dealing at random would hardly go so far. With ad, all of it per ad (stratum), too, the share of ads whose
delivery is within threshold, and how far the groups' shares of two ads are apart, which says more where both were to go to the
same audience. With person, how many eligible people are reached at all, and how often (frequency): impressions are not people. People without a known group
who are in the log only where something was delivered have no reach: their audience is not known.
Threshold and least are conventions of whoever asks; a limit on the share of ads within (ads_within_share: {min: 0.9}) is judged
by the share itself. Who was inferred or is not known is not in the composition, and an audience
that is even can still be small.`,
		How: `Shares have Wilson's interval (1927), differences Newcombe's (1998, method 10), of two ads the pooled z test (Imana, Korolova and
Heidemann 2021), Holm over pairs and groups. What a variance is by chance comes of dealing those of the stage before to having
passed or not at random; its interval of tables drawn anew, less the bias. With a subject all of this follows people: effective
sizes by a jackknife over people (Rao and Scott 1981).`,
		Needs:   []detect.Role{detect.RoleGroups},
		Unasked: []detect.Role{detect.RoleAsked},
		Metrics: deliveryMetrics(),
		Params:  DeliveryParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(DeliveryParams)
			if len(p.Stages) < 2 {
				return detect.Plan{}, errors.New(`stages are missing: the eligible audience and at least one more, {eligible: "eligible == 'yes'", delivered: "shown == 'yes'"}`)
			}
			d := delivery{funnel{spec: spec, stages: p.Stages}, p}
			return detect.Plan{Needs: d.needs(), Detect: d.detect}, nil
		},
	}
}

func personReachRate() rate {
	return rate{
		name: "person_reach_rate", short: "reach", doc: "the eligible people of a group who get at least one delivery",
		formula: "people with a row at the second stage / people with a row at the first", source: "unique reach, as against impressions", empty: "nobody is eligible",
		count: func(t tally) (k, n int64) { return t.Positive, t.n() },
	}
}

func deliveryMetrics() []detect.Metric {
	reach := personReachRate().metrics()
	for i := range reach {
		reach[i].Version = 2
	}
	out := []detect.Metric{
		{Name: "composition_share", Title: "Share of the audience", Null: detect.NullNone, Scale: detect.ScaleRate, Version: 1, Shown: true,
			Doc:        "Share of a stage that is of the group; of the missing group, how much of the stage nothing is known of.",
			Convention: "rows of the group at the stage / rows at the stage with a known group; missing: / all rows at the stage", Source: "Ali et al. 2019. Interval: Wilson 1927"},
		{Name: "delivery_variance", Title: "Delivery variance", Null: detect.NullNoGap, Scale: detect.ScaleNumber, Version: 1, Together: true, Range: detect.Range{Low: "0", High: "1"},
			Doc:        "The share of a stage that would have to go to other groups for it to be composed as the stage before. It is above 0 by chance, too: see null.",
			Convention: "half the sum over known groups of |share at the stage − share at the stage before|",
			Source:     "total variation distance. Interval: table bootstrap, without bias; test: dealing at random"},
		{Name: "ads_within_share", Title: "Ads within the threshold", Null: detect.NullNone, Scale: detect.ScaleRate, Version: 1, Together: true,
			Doc:        "Share of ads whose delivery variance is at most the threshold, of those with enough deliveries. Small ads cross it by chance.",
			Convention: "ads with delivery_variance <= threshold / ads with at least least deliveries to known groups", Source: "parameters threshold and least"},
		{Name: "ad_share_difference", Title: "Two ads' shares", Null: detect.NullNone, Scale: detect.ScaleDifference, Version: 1, Shown: true,
			Doc:        "How many points the group's share of the first ad's deliveries lies above (+) or below (−) its share of the second's.",
			Convention: "share of the group among known deliveries of the first ad − of the second",
			Source:     "Imana, Korolova and Heidemann 2021. Interval: Newcombe 1998, method 10. Test: pooled z, Holm over pairs and groups"},
	}
	out = append(out, reach...)
	for _, m := range []struct {
		name, title, doc, convention string
		version                      int
	}{
		{"frequency", "Frequency", "deliveries per person who gets any", "rows at the second stage / people with one", 1},
		{"deliveries_per_person", "Deliveries per person", "deliveries per eligible person", "rows at the second stage / people with a row at the first", 2},
	} {
		out = append(out,
			detect.Metric{Name: m.name, Title: m.title, Doc: "Mean number of " + m.doc + ".", Convention: m.convention, Source: "Interval: Student",
				Null: detect.NullLimit, Scale: detect.ScaleNumber, Version: m.version},
			detect.Metric{Name: m.name + "_difference", Title: m.title + ", difference", Doc: "Mean number of " + m.doc + ": of the group less of the reference.",
				Convention: "of the group − of the reference", Source: "Interval and test: Welch 1947", Null: detect.NullNoGap, Scale: detect.ScaleNumber, Version: 2})
	}
	return out
}

// delivery measures ads; its stages are read as those of a funnel are.
type delivery struct {
	funnel
	params DeliveryParams
}

func (d delivery) needs() []table.Need {
	var out []table.Need
	for _, a := range detect.Attributes(d.spec) {
		out = append(out, d.need(a))
		if d.params.Person != "" {
			out = append(out, d.personNeed(a))
		}
	}
	return out
}

func (d delivery) need(a detect.Attribute) table.Need {
	n := d.funnel.need(a)
	if d.params.Ad != "" {
		n.Dims = append(n.Dims, table.Text(d.params.Ad))
	}
	return n
}

func (d delivery) personNeed(a detect.Attribute) table.Need {
	dims := append([]table.Dim{table.Distinct(d.params.Person)}, a.Dims()...)
	for _, s := range d.stages[:2] {
		dims = append(dims, table.When(s.When))
	}
	return table.Need{Dims: dims, InScope: true}
}

func (d delivery) detect(t detect.Tables) (detect.Output, error) {
	e := newEmitter("delivery", d.spec)
	var found []audit.Finding
	for i, a := range detect.Attributes(d.spec) {
		c := t.Counts(d.need(a))
		if i == 0 {
			e.notes = append(e.notes, d.leftOf(c)...)
		}
		s := d.audiences(a, c)
		d.compositions(e, s)
		told := d.variances(e, s)
		d.within(e, s)
		if err := d.pairs(e, s); err != nil {
			return detect.Output{}, err
		}
		if d.params.Person != "" {
			d.people(e, a, t.Counts(d.personNeed(a)))
		}
		if told != nil {
			found = append(found, d.tell(s, *told))
		}
	}
	canonical(e.out, deliveryMetrics())
	for i := range found {
		found[i].Measurements = d.about(e.out, found[i])
	}
	return detect.Output{Measurements: e.out, Findings: found, Notes: e.notes}, nil
}
