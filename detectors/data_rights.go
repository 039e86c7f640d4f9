package detectors

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// DataRightsParams are the parameters of DataRights.
type DataRightsParams struct {
	Use            string  `yaml:"use" doc:"CEL expression that is true for a use of personal data; without it every row is one"`
	OutsideConsent string  `yaml:"outside_consent" doc:"CEL expression that is true where no consent covers the use"`
	OutsidePurpose string  `yaml:"outside_purpose" doc:"CEL expression that is true where the use is for another purpose than was agreed"`
	Consent        string  `yaml:"consent" doc:"CEL expression that is true for a consent that was given; without it every row is one"`
	PreTicked      string  `yaml:"preticked" doc:"CEL expression that is true where the box was ticked beforehand"`
	RequestDays    string  `yaml:"request_days" doc:"CEL expression of the days from a request to its answer or, where there is none, to when it was last seen open; missing for other rows"`
	Answered       string  `yaml:"answered" doc:"CEL expression that is true where a request was answered"`
	Due            float64 `yaml:"due" default:"30" above:"0" doc:"days within which a request is to be answered"`
	Person         string  `yaml:"person" doc:"column that tells people apart, for contacts per person"`
	Contact        string  `yaml:"contact" doc:"CEL expression that is true for a contact"`
	MostContacts   int64   `yaml:"most_contacts" default:"3" min:"0" doc:"contacts of a person above which there is pressure"`
}

// Check implements config's check of parameters.
func (p DataRightsParams) Check() error {
	switch {
	case (p.RequestDays == "") != (p.Answered == ""):
		return errors.New("request_days and answered go together: without answered, open requests would pass for answered ones")
	case (p.Person == "") != (p.Contact == ""):
		return errors.New("person and contact go together: the column of the person, and what a contact is")
	}
	return nil
}

// Conditions are the expressions, by their places.
func (p DataRightsParams) Conditions() map[string]string {
	return map[string]string{"use": p.Use, "outside_consent": p.OutsideConsent, "outside_purpose": p.OutsidePurpose,
		"consent": p.Consent, "preticked": p.PreTicked, "answered": p.Answered, "contact": p.Contact}
}

// Numbers are the expressions that give numbers, by their places.
func (p DataRightsParams) Numbers() map[string]string {
	return map[string]string{"request_days": p.RequestDays}
}

// Columns are the columns that the parameters name, by their places.
func (p DataRightsParams) Columns() map[string]string { return map[string]string{"person": p.Person} }

// breach is a share of rows that a pair of conditions gives.
type breach struct {
	rate
	among, when string
}

func (p DataRightsParams) breaches() []breach {
	of := func(name, short, doc, formula, among, when string) breach {
		return breach{rate{name: name, short: short, doc: doc, formula: formula, source: "share of rows", empty: "there is no such row",
			count: func(t tally) (k, n int64) { return t.Positive, t.n() }}, among, when}
	}
	return []breach{
		of("outside_consent_rate", "uses outside consent", "the uses of data of a group that no consent covers", "uses outside consent / uses", p.Use, p.OutsideConsent),
		of("outside_purpose_rate", "uses outside purpose", "the uses of data of a group that are for another purpose than was agreed", "uses outside purpose / uses", p.Use, p.OutsidePurpose),
		of("preticked_rate", "pre-ticked share", "the consents of a group whose box was ticked beforehand", "pre-ticked consents / consents", p.Consent, p.PreTicked),
	}
}

// DataRights measures how a log keeps people's rights over their data.
func DataRights() detect.Detector {
	return detect.Detector{
		Name:  "data_rights",
		Title: "Rights over data",
		Doc: `How the rights of people over their data are kept, by group, as far as a log tells: uses of data that no consent covers, or for
another purpose than was agreed; consents whose box was ticked beforehand; how long requests wait for an answer, those still open
counted for as long as they were seen (request_days, and overdue_share at due); how often people are contacted, and the share of
people contacted more often than most_contacts. What was not logged is not measured, and a rate of 0 does not say that the law is kept.`,
		How: inferenceDoc + ` Waiting by Kaplan and Meier (1958), with Greenwood's variance and intervals on the scale log(−log) (Brookmeyer and Crowley 1982),
gaps of shares overdue by a z test. These take requests for independent. Contacts per person by Student's t and Welch's test, over people.`,
		Needs:   []detect.Role{detect.RoleGroups},
		Unasked: []detect.Role{detect.RoleAsked},
		Metrics: dataRightsMetrics(),
		Params:  DataRightsParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(DataRightsParams)
			if p.OutsideConsent+p.OutsidePurpose+p.PreTicked+p.RequestDays+p.Contact == "" {
				return detect.Plan{}, errors.New("nothing to measure: give outside_consent, outside_purpose, preticked, request_days with answered, or contact with person")
			}
			d := dataRights{prices{funnel: funnel{spec: spec}}, p}
			return detect.Plan{Needs: d.needs(), Detect: d.detect}, nil
		},
	}
}

func pressedRate() rate {
	return rate{
		name: "contact_pressure_rate", short: "contact pressure", doc: "the people of a group who are contacted more often than most_contacts",
		formula: "people with more than most_contacts contacts / people", source: "contact pressure", empty: "there is nobody",
		count: func(t tally) (k, n int64) { return t.Positive, t.n() },
	}
}

func dataRightsMetrics() []detect.Metric {
	var out []detect.Metric
	for _, b := range (DataRightsParams{}).breaches() {
		out = append(out, versioned(1, b.metrics())...)
	}
	out = append(out,
		detect.Metric{Name: "request_days", Title: "Days to an answer", Doc: "Days after which a share (parameter quantile) of requests is answered, open ones counted for as long as they were seen.",
			Convention: "first time at which the product-limit curve is at or below 1 − quantile", Source: "Kaplan and Meier 1958. Interval: Brookmeyer and Crowley 1982, log(−log)", Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1, Shown: true},
		detect.Metric{Name: "overdue_share", Title: "Overdue requests", Doc: "Share of requests that are not answered when they are due.",
			Convention: "product-limit curve at due", Source: "Kaplan and Meier 1958. Interval: Greenwood 1926, log(−log)", Null: detect.NullNone, Scale: detect.ScaleRate, Version: 1, Shown: true},
		detect.Metric{Name: "overdue_share_difference", Title: "Overdue requests, difference", Doc: "How many points the share of overdue requests of a group lies above (+) or below (−) that of the reference.",
			Convention: "of the group − of the reference", Source: "Interval and test: normal, Greenwood 1926", Null: detect.NullNoGap, Scale: detect.ScaleDifference, Version: 1},
		detect.Metric{Name: "contacts_per_person", Title: "Contacts per person", Doc: "Mean number of contacts per person, none counted as 0.", Convention: "contacts / people in the log", Source: "Interval: Student",
			Null: detect.NullLimit, Scale: detect.ScaleNumber, Version: 1},
		detect.Metric{Name: "contacts_per_person_difference", Title: "Contacts per person, difference", Doc: "Mean number of contacts per person, of the group less of the reference.", Convention: "of the group − of the reference", Source: "Interval and test: Welch 1947",
			Null: detect.NullNoGap, Scale: detect.ScaleNumber, Version: 2})
	return append(out, versioned(1, pressedRate().metrics())...)
}

// dataRights measures rights; references are those of prices.
type dataRights struct {
	prices
	params DataRightsParams
}

// of reads a breach as a funnel of one stage or two.
func (d dataRights) of(b breach) funnel {
	f := funnel{spec: d.spec, stages: []FunnelStage{{When: b.when}}}
	if b.among != "" {
		f.stages = append([]FunnelStage{{When: b.among}}, f.stages...)
	}
	return f
}

func (d dataRights) needs() []table.Need {
	var out []table.Need
	for _, a := range detect.Attributes(d.spec) {
		out = append(out, detect.GroupNeed(d.spec, a))
		for _, b := range d.params.breaches() {
			if b.when != "" {
				out = append(out, d.of(b).need(a))
			}
		}
		if d.params.RequestDays != "" {
			out = append(out, d.requestNeed(a))
		}
		if d.params.Person != "" {
			out = append(out, d.contactNeed(a))
		}
	}
	return out
}

func (d dataRights) requestNeed(a detect.Attribute) table.Need {
	return table.Need{Dims: append(a.Dims(), table.When(d.params.Answered)), Value: table.Number(d.params.RequestDays)}
}

func (d dataRights) contactNeed(a detect.Attribute) table.Need {
	return table.Need{Dims: append(append([]table.Dim{table.Distinct(d.params.Person)}, a.Dims()...), table.When(d.params.Contact)), InScope: true}
}

func (d dataRights) detect(t detect.Tables) (detect.Output, error) {
	e := newEmitter("data_rights", d.spec)
	for _, a := range detect.Attributes(d.spec) {
		s := describedSection(d.spec, a, t)
		if s.absent != "" {
			e.note("attribute " + a.Name + ": " + s.absent)
		}
		for _, b := range d.params.breaches() {
			if b.when == "" {
				continue
			}
			f := d.of(b)
			part := f.section(a, t.Counts(f.need(a)), stageOf(len(f.stages)-1))
			part.chosen, part.absent = s.chosen, s.absent
			e.rate(part, b.rate)
		}
		if d.params.RequestDays != "" {
			d.requests(e, s, t.Values(d.requestNeed(a)))
		}
		if d.params.Person != "" {
			c := t.Counts(d.contactNeed(a))
			f := funnel{spec: d.spec, stages: []FunnelStage{{When: d.params.Contact}}}
			d.contacts(e, s, a.Group(c).Names, f.perPerson(e, a, c, d.params.Person))
		}
	}
	canonical(e.out, dataRightsMetrics())
	return detect.Output{Measurements: e.out, Findings: d.tell(e.out), Notes: e.notes}, nil
}

// tell says, of each attribute, where two groups' rights are kept most unequally.
func (d dataRights) tell(ms []audit.Measurement) (out []audit.Finding) {
	said := map[string][2]string{
		"outside_consent_rate":  {"uses of data", "are covered by no consent"},
		"outside_purpose_rate":  {"uses of data", "are for another purpose than was agreed"},
		"preticked_rate":        {"consents", "had their box ticked beforehand"},
		"overdue_share":         {"requests", "are not answered within " + plain(d.params.Due) + " days"},
		"contact_pressure_rate": {"people", "are contacted more than " + times(d.params.MostContacts)},
	}
	for _, a := range detect.Attributes(d.spec) {
		if b := widestBeyond(d.spec, a, ms, slices.Collect(maps.Keys(said))); b != nil {
			words := said[ms[b.own].Metric]
			out = append(out, b.finding("data_rights", a, ms, words[0], words[1]))
		}
	}
	return out
}

func times(n int64) string {
	if n == 1 {
		return "once"
	}
	return whole(n) + " times"
}

// contacts emits how often people are contacted.
func (d dataRights) contacts(e *emitter, s section, names []string, counts []map[int]int64) {
	alone := e.alone()
	every := peopleCounts(s.attribute, names, counts, func(int64) bool { return true })
	pressed := peopleRate(s.attribute, names, counts, func(n int64) bool { return n > d.params.MostContacts })
	for _, x := range []*section{&every, &pressed} {
		x.chosen, x.absent = s.chosen, s.absent
	}
	alone.number(every, e.metrics["contacts_per_person"])
	alone.number(every, e.metrics["contacts_per_person_difference"])
	alone.rate(pressed, pressedRate())
	e.out = append(e.out, alone.out...)
}

// waits are the requests of each group, the missing one last and then all.
func (d dataRights) waits(e *emitter, a detect.Attribute, v *table.Values) (names []string, waits []stat.Survival, n []int64) {
	grouping, answered := a.Group(v.Counts()), v.Categories(table.When(d.params.Answered))
	at := slices.Index(v.Dims(), table.When(d.params.Answered))
	all := len(grouping.Names) + 1
	events, censored := make([]stat.Sample, all+1), make([]stat.Sample, all+1)
	var negative, unknownEnd int64
	v.Each(func(codes []int, x *table.Distribution) {
		g := grouping.Of(codes)
		if g < 0 {
			g = len(grouping.Names)
		}
		days := sampleOf(x)
		for len(days) > 0 && days[0].X < 0 {
			negative, days = negative+days[0].N, days[1:]
		}
		fact := answered[codes[at]]
		switch {
		case fact.Missing:
			unknownEnd += days.Count()
		case fact.Name == table.Holds:
			events[g], events[all] = stat.Pool(events[g], days), stat.Pool(events[all], days)
		default:
			censored[g], censored[all] = stat.Pool(censored[g], days), stat.Pool(censored[all], days)
		}
	})
	if negative > 0 {
		e.note(fmt.Sprintf("%s requests were answered before they were made, and are left out", whole(negative)))
	}
	if unknownEnd > 0 {
		e.note(fmt.Sprintf("of %s requests it is not known whether they were answered; they are left out", whole(unknownEnd)))
	}
	for g := range events {
		waits, n = append(waits, stat.KaplanMeier(events[g], censored[g])), append(n, events[g].Count()+censored[g].Count())
	}
	return grouping.Names, waits, n
}

// requests emits how long requests wait.
func (d dataRights) requests(e *emitter, s section, v *table.Values) {
	names, waits, n := d.waits(e, s.attribute, v)
	in := slice{window: detect.GateWindow, gate: true}
	about := func(g int) audit.Measurement {
		m := audit.Measurement{N: n[g], GroupKind: audit.KindOverall}
		switch {
		case g < len(names):
			m.Group, m.GroupKind = &names[g], audit.KindValue
		case g == len(names):
			m.GroupKind = audit.KindMissing
		}
		return m
	}
	for g := range waits {
		if g == len(names) && n[g] == 0 {
			continue
		}
		for _, q := range []float64{.5, .9} {
			m := about(g)
			m.Parameters = map[string]string{"quantile": plain(q)}
			if x, ok := waits[g].Quantile(q); ok {
				m.Value = &x
				i, err := waits[g].QuantileInterval(q, e.in.alpha)
				e.in.noted(&m, i, err)
			} else {
				m.Note = "undefined: fewer than that were answered while requests were seen"
			}
			e.add(s, in, "request_days", e.metrics["request_days"].Convention, m)
		}
		m := about(g)
		m.Parameters = map[string]string{"due": plain(d.params.Due)}
		if n[g] == 0 {
			m.Note = "undefined: no request"
		} else {
			l := waits[g].At(d.params.Due)
			m.Value = &l.Left
			i, err := l.Interval(e.in.alpha)
			e.in.noted(&m, i, err)
		}
		e.add(s, in, "overdue_share", e.metrics["overdue_share"].Convention, m)
	}
	d.overdue(e, s, in, names, waits, n)
}

// overdue emits the gaps of shares that are overdue.
func (d dataRights) overdue(e *emitter, s section, in slice, names []string, waits []stat.Survival, n []int64) {
	if s.chosen == nil {
		return
	}
	ref := slices.Index(names, *s.chosen)
	for g, name := range names {
		if g == ref || ref < 0 {
			continue
		}
		m := audit.Measurement{Group: &name, GroupKind: audit.KindValue, Reference: s.chosen, N: n[g], Parameters: map[string]string{"due": plain(d.params.Due)}}
		if n[g] == 0 || n[ref] == 0 {
			m.Note = "undefined: no request"
		} else {
			x, y := waits[g].At(d.params.Due), waits[ref].At(d.params.Due)
			v := x.Left - y.Left
			m.Value = &v
			if se := math.Sqrt(x.Variance() + y.Variance()); se > 0 {
				z := stat.NormalUpper(e.in.alpha / 2)
				p := min(1, 2*stat.NormalSF(math.Abs(v)/se))
				m.Interval = bounds(max(-1, v-float64(z*se)), min(1, v+float64(z*se)), e.in.alpha, stat.MethodGreenwood)
				m.P, m.Test = &p, stat.MethodGreenwood
			} else {
				m.Note = unvaried
			}
		}
		e.add(s, in, "overdue_share_difference", e.metrics["overdue_share_difference"].Convention, m)
	}
}
