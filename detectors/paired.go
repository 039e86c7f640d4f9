package detectors

import (
	"errors"
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// PairedParams are the parameters of Paired.
type PairedParams struct {
	By   string `yaml:"by" doc:"column that says which rows belong together: the prompt, the template, the case"`
	When string `yaml:"when" doc:"CEL expression that is true for rows with the outcome: \"answer == 'refused'\""`

	Number string `yaml:"number" doc:"CEL expression of an answer that has an order: a grade, a score, \"label == 'full' ? 2 : 0\"; three and more variants are held together by its ranks"`
	Words  string `yaml:"words" doc:"what is said of cases with the outcome: are refused"`
}

// Numbers are the expressions that give numbers, by their places.
func (p PairedParams) Numbers() map[string]string { return map[string]string{"number": p.Number} }

// Conditions are the expressions, by their places.
func (p PairedParams) Conditions() map[string]string { return map[string]string{"when": p.When} }

// Columns are the columns that the parameters name, by their places.
func (p PairedParams) Columns() map[string]string { return map[string]string{"by": p.By} }

// Paired compares what was made of the same cases.
func Paired() detect.Detector {
	return detect.Detector{
		Name:  "paired",
		Title: "The same case, another variant",
		Doc: `What becomes of the same case when one thing about it is another: of the same prompt under several models, of the
same résumé under several names. Rows with the same value of by are one case; the attribute tells its variants apart. Against the
reference variant: how much more often the outcome comes (paired_difference), and in how many cases it is another
(flip_rate), by direction. Where variants were run more than once on a case, how often two runs of the same variant differ
(flip_noise), and what of the flips is beyond that (flip_beyond_noise): a model that never says the same twice flips without
any bias. Of three and more variants, whether they differ at all (Cochran's Q). Only cases that both variants have count.
With number, an answer that has an order, the mean rank of every variant among the answers to the same case, whether variants
differ at all in it (Friedman), and how far cases agree on the order (Kendall's W): of cases that every variant answered.`,
		How: `McNemar's test, mid-p (Fagerland, Lydersen and Laake 2013), and Newcombe's paired interval (1998, method 10) where each variant
was run once on a case; else the sign-flip test of the cases' differences in share and Student's interval. With a subject
that is not the case, such as the template that cases were made from, a jackknife over subjects.`,
		Needs:   []detect.Role{detect.RoleGroups},
		Unasked: []detect.Role{detect.RoleAsked},
		Metrics: pairedMetrics(),
		Params:  PairedParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(PairedParams)
			if p.By == "" || p.When == "" && p.Number == "" {
				return detect.Plan{}, errors.New(`by and when are missing: {by: prompt_id, when: "answer == 'refused'"}, or number for an answer that has an order`)
			}
			d := variants{spec: spec, by: p.By, when: p.When, words: p.Words, number: p.Number}
			d.clustered = spec.HasSubject && !slices.ContainsFunc(spec.Roles, func(r audit.RoleColumn) bool { return r.Role == "subject" && r.Column == p.By })
			return detect.Plan{Needs: d.needs(), Detect: d.detect}, nil
		},
	}
}

func pairedMetrics() []detect.Metric {
	metric := func(name, title, doc, convention, source string, scale detect.Scale) detect.Metric {
		return detect.Metric{Name: name, Title: title, Doc: doc, Convention: convention, Source: source, Null: detect.NullNone, Scale: scale, Version: 1, Shown: true}
	}
	return []detect.Metric{
		metric("paired_difference", "Paired difference", "How many points more (+) or less (−) often the outcome comes for a variant than for the reference, of the same cases.",
			"mean over cases of (share of the variant's runs with the outcome − share of the reference's)",
			"Test: McNemar mid-p, or sign-flip. Interval: Newcombe 1998, method 10, paired; or Student", detect.ScaleDifference),
		metric("flip_rate", "Flip rate", "How often a run of the variant and one of the reference on the same case have another outcome.",
			"mean over cases of p (1 − q) + (1 − p) q, p and q the shares of the two variants' runs; of one run each, cases that differ / cases",
			"counterfactual flip rate. Interval: Wilson, of one run each; or Student", detect.ScaleRate),
		metric("flip_to_yes_rate", "Flips to yes", "How often the variant has the outcome where the reference has it not.", "mean over cases of p (1 − q)",
			"Interval: Wilson, of one run each; or Student", detect.ScaleRate),
		metric("flip_to_no_rate", "Flips to no", "How often the variant lacks the outcome where the reference has it.", "mean over cases of (1 − p) q",
			"Interval: Wilson, of one run each; or Student", detect.ScaleRate),
		metric("flip_noise", "Noise floor", "How often two runs of one and the same variant on a case have another outcome: the mean of the variant's and the reference's.",
			"mean over cases that both variants were run on more than once of the means of 2 k (n − k) / (n (n − 1)), k of n runs with the outcome", "Gini-Simpson index without bias", detect.ScaleRate),
		metric("flip_beyond_noise", "Flips beyond noise", "What is left of the flip rate when the noise floor is taken off, in cases that were run more than once.",
			"flip rate − noise floor, of the cases that both variants were run on more than once", "Interval and test: Student, or a jackknife over subjects", detect.ScaleDifference),
		metric("cochran_q", "Cochran's Q", "Whether variants differ at all in how often the outcome comes; compare it with its p.",
			"(k − 1)(k Σ C² − N²) / (k N − Σ R²), of the cases on which every variant was run once", "Cochran 1950. Test: chi-square with variants − 1 degrees of freedom; no p where fewer than 10 cases differ, or with a subject", detect.ScaleNumber),
		metric("mean_rank", "Mean rank", "Where a variant's answers stand among all variants' to the same case, on average: 1 is always the lowest.",
			"mean over cases of the rank of the number, ties at their middle; of several runs their mean is ranked", "Friedman 1937", detect.ScaleNumber),
		metric("friedman", "Friedman's test", "Whether variants differ at all in a number; compare it with its p.",
			"(12 Σ R² / (n k (k+1)) − 3 n (k+1)) / (1 − Σ (t³ − t) / (n k (k² − 1))), of the cases that every variant answered", "Friedman 1937, with ties. Test: chi-square with variants − 1 degrees of freedom; no p where fewer than 10 cases differ, or with a subject", detect.ScaleNumber),
		metric("kendall_w", "Kendall's W", "How far cases agree on the order of variants: 0 is not at all, 1 that every case has the same order.",
			"Friedman's statistic / (n (k − 1))", "Kendall and Babington Smith 1939", detect.ScaleNumber),
	}
}

type variants struct {
	spec      *audit.Spec
	by, when  string
	number    string
	words     string // for the outcome
	clustered bool   // by a subject that is not the case
}

// attributes are those that can tell variants apart.
func (d variants) attributes() []detect.Attribute {
	return slices.DeleteFunc(detect.Attributes(d.spec), func(a detect.Attribute) bool { return len(a.Parts) != 1 })
}

func (d variants) needs() []table.Need {
	var out []table.Need
	for _, a := range d.attributes() {
		if d.when != "" {
			out = append(out, d.need(a))
		}
		if d.number != "" {
			out = append(out, d.numberNeed(a))
		}
	}
	return out
}

func (d variants) need(a detect.Attribute) table.Need {
	dims := append([]table.Dim{table.Distinct(d.by)}, a.Dims()...)
	dims = append(dims, table.When(d.when))
	if d.clustered {
		dims = append(dims, table.Shard)
	}
	return table.Need{Dims: dims, InScope: true}
}

// cases is what was made of each case, by variant.
type cases struct {
	names []string
	all   []caseOf
}

// caseOf is one case.
type caseOf struct {
	yes, runs []int64 // by variant
	shard     int
}

func (d variants) detect(t detect.Tables) (detect.Output, error) {
	e := newEmitter("paired", d.spec)
	var found []audit.Finding
	for _, a := range d.attributes() {
		if d.number != "" {
			d.ranks(e, a, t.Values(d.numberNeed(a)))
		}
		if d.when == "" {
			continue
		}
		c := d.read(e, a, t.Counts(d.need(a)))
		s := section{attribute: a}
		d.choose(e, &s, c)
		d.apart(e, s, c)
		in := slice{window: detect.GateWindow}
		told := d.pairs(e, s, in, c)
		if len(c.names) > 2 {
			d.all(e, s, in, c)
		}
		found = append(found, told...)
	}
	return detect.Output{Measurements: e.out, Findings: found, Notes: e.notes}, nil
}

// read collects the cases. Rows without a case, a variant or an outcome are noted.
func (d variants) read(e *emitter, a detect.Attribute, c *table.Counts) cases {
	grouping, dims := a.Group(c), c.Dims()
	ids, facts := c.Categories(dims[0]), c.Categories(table.When(d.when))
	when, shards := slices.Index(dims, table.When(d.when)), shardOf(dims, c.Categories(table.Shard))
	sampled, rest := table.KeptOf(ids)
	if sampled {
		e.note(fmt.Sprintf("column %s has more than %s values: one in %d of its cases, chosen by a hash, is compared", d.by, whole(table.MaxTold), table.Kept))
	}
	out := cases{names: grouping.Names}
	at, left := map[int]int{}, int64(0)
	c.Each(func(codes []int, cell table.Cell) {
		group, fact := grouping.Of(codes), facts[codes[when]]
		switch {
		case codes[0] == rest:
			return
		case ids[codes[0]].Missing || group < 0 || fact.Missing:
			left += cell.N
			return
		}
		i, ok := at[codes[0]]
		if !ok {
			i = len(out.all)
			at[codes[0]] = i
			out.all = append(out.all, caseOf{make([]int64, len(out.names)), make([]int64, len(out.names)), max(0, shards(codes)-1)})
		}
		out.all[i].runs[group] += cell.N
		if fact.Name == table.Holds {
			out.all[i].yes[group] += cell.N
		}
	})
	if left > 0 {
		e.note(fmt.Sprintf("%s rows have no %s, no %s or no outcome that is known, and are in no case", whole(left), d.by, a.Name))
	}
	return out
}

// choose finds the reference: best is the variant with the outcome most often.
func (d variants) choose(e *emitter, s *section, c cases) {
	var candidates []detect.Candidate // of variants that were run
	for g, name := range c.names {
		x := detect.Candidate{Name: name}
		for _, one := range c.all {
			x.N, x.Favorable = x.N+one.runs[g], x.Favorable+one.yes[g]
		}
		if x.N > 0 {
			candidates = append(candidates, x)
		}
	}
	a := s.attribute
	s.chosen = detect.Choose(a.Reference, a.MinRows, candidates)
	switch {
	case s.chosen != nil || len(candidates) == 0:
	case a.Reference.Policy == "value":
		s.absent = detect.Absent(a.Reference.Value, candidates)
		e.note("attribute " + a.Name + ": " + s.absent)
	default:
		e.note("paired: variants of " + a.Name + " are held against one of them; reference: " + a.Reference.Policy + " names none")
	}
}

// apart notes why variants cannot be held against each other: there is but one, or no
// case has both.
func (d variants) apart(e *emitter, s section, c cases) {
	var there []string
	for g, name := range c.names {
		if slices.ContainsFunc(c.all, func(x caseOf) bool { return x.runs[g] > 0 }) {
			there = append(there, name)
		}
	}
	if len(there) < 2 {
		found := "none has"
		if len(there) == 1 {
			found = "only " + there[0] + " has"
		}
		e.note(fmt.Sprintf("paired compares variants of %s, and %s a row with a %s and a known outcome: nothing is compared", s.attribute.Name, found, d.by))
		return
	}
	if s.chosen == nil {
		return
	}
	ref := slices.Index(c.names, *s.chosen)
	var alone []string
	for g, name := range c.names {
		both := func(x caseOf) bool { return x.runs[g] > 0 && x.runs[ref] > 0 }
		if g != ref && slices.Contains(there, name) && !slices.ContainsFunc(c.all, both) {
			alone = append(alone, name)
		}
	}
	if len(alone) > 0 {
		e.note(fmt.Sprintf("no %s has a row of %s %s and one of %s, so that these are not compared; by should name what variants have in common", d.by, s.attribute.Name, *s.chosen, some(alone, 5)))
	}
}

// all emits Cochran's Q.
func (d variants) all(e *emitter, s section, in slice, c cases) {
	columns, rows, n := make([]int64, len(c.names)), make([]int64, len(c.names)+1), int64(0)
	for _, x := range c.all {
		if slices.ContainsFunc(x.runs, func(n int64) bool { return n != 1 }) {
			continue
		}
		yes := int64(0)
		for g, k := range x.yes {
			columns[g], yes = columns[g]+k, yes+k
		}
		rows[yes]++
		n++
	}
	m := audit.Measurement{GroupKind: audit.KindOverall, N: n}
	q, df, err := stat.CochranQ(columns, rows)
	switch {
	case n == 0:
		m.Note = "undefined: every variant was run once on no case"
	case err != nil:
		m.Note = "undefined: " + err.Error()
	default:
		m.Value, m.Parameters = &q.Statistic, map[string]string{"df": fmt.Sprint(df), "variants": fmt.Sprint(len(c.names))}
		switch same := rows[0] + rows[len(rows)-1]; {
		case n-same < 10:
			m.Note = "no p: fewer than 10 cases differ"
		case d.clustered:
			m.Note = "no p: cases of one subject are not independent"
		default:
			m.P, m.Test = &q.P, q.Method
		}
	}
	e.add(s, in, "cochran_q", e.metrics["cochran_q"].Convention, m)
}
