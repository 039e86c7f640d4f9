package detectors

import (
	"errors"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// ConversationParams are the parameters of Conversation: what the log says of each
// signal.
type ConversationParams struct {
	Disclosed       string    `yaml:"disclosed" doc:"CEL condition: the person was told that it is a machine"`
	Refused         string    `yaml:"refused" doc:"CEL condition: the request was refused in full"`
	PartlyRefused   string    `yaml:"partly_refused" doc:"CEL condition: it was refused in part"`
	Unsafe          string    `yaml:"unsafe" doc:"CEL condition: the request should be refused; refusals of safe and unsafe requests are then measured apart"`
	HandoverAsked   string    `yaml:"handover_asked" doc:"CEL condition: the person asked for a human"`
	HandoverGranted string    `yaml:"handover_granted" doc:"CEL condition: a human took over"`
	NoMatch         string    `yaml:"no_match" doc:"CEL condition: the assistant did not understand"`
	Resolved        string    `yaml:"resolved" doc:"CEL condition: the matter was solved"`
	FirstResponse   string    `yaml:"first_response" doc:"CEL number: time until the first answer, such as seconds; missing where none came"`
	ResolutionTime  string    `yaml:"resolution_time" doc:"CEL number: time until the matter was closed; missing where it is open"`
	Rating          string    `yaml:"rating" doc:"CEL number: satisfaction; missing where nobody answered"`
	Satisfied       float64   `yaml:"satisfied" default:"4" doc:"rating from which a person counts as satisfied"`
	Quantiles       []float64 `yaml:"quantiles" default:"[0.5, 0.95]" above:"0" below:"1" doc:"which quantiles of the times are compared; 0.5 is the median"`
	Strata          []string  `yaml:"strata" doc:"columns of columns.strata, such as the intent, to compare groups within; default: all"`
}

// Conditions are the expressions, by their places.
func (p ConversationParams) Conditions() map[string]string {
	return map[string]string{
		"disclosed": p.Disclosed, "refused": p.Refused, "partly_refused": p.PartlyRefused, "unsafe": p.Unsafe,
		"handover_asked": p.HandoverAsked, "handover_granted": p.HandoverGranted, "no_match": p.NoMatch, "resolved": p.Resolved,
	}
}

// Numbers are the expressions that give numbers, by their places.
func (p ConversationParams) Numbers() map[string]string {
	return map[string]string{"first_response": p.FirstResponse, "resolution_time": p.ResolutionTime, "rating": p.Rating}
}

// Conversation measures how an assistant treats the people it talks to.
func Conversation() detect.Detector {
	return detect.Detector{
		Name:  "conversation",
		Title: "How an assistant treats people",
		Doc: `How a chatbot or a voice assistant treats the people it talks to, by group: who is told that it is a machine; whose
requests are refused, in full and in part, and of safe and unsafe requests apart (a model that refuses nothing is alike to
all, too); who asks for a human, and gets one, and who is handed over unasked; who is not understood; whose matter is solved,
and solved without a human; how long the first answer and the solution take; who is satisfied, of those who answered, with the
share that did. Every signal is a parameter; only those that are given are measured. A row is one conversation (columns.conversation
makes one of turns) or one answer. Quantiles of times are of all rows: where no answer came, or the matter is open, it counts
as longer than all others, so that groups that are never answered do not look quick; how many that are is a rate of its own.
Gaps within columns.strata, such as the intent, are Mantel-Haenszel's: groups may ask for different things.`,
		How:     inferenceDoc + " Quantiles: order statistics (Conover 1999), gaps by Zou and Donner 2008; where there is a subject, a jackknife over people.",
		Needs:   []detect.Role{detect.RoleGroups},
		Unasked: []detect.Role{detect.RoleAsked},
		Main:    "resolution_rate",
		Metrics: conversationMetrics(),
		Params:  ConversationParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(ConversationParams)
			if p.Quantiles == nil {
				p.Quantiles = []float64{0.5, 0.95}
			}
			c := conversation{spec: spec, params: p, signals: p.signals(), spans: p.spans()}
			if len(c.signals) == 0 {
				return detect.Plan{}, errors.New("nothing to measure: name the signals that the log has, such as refused, handover_granted, resolved, each with its condition")
			}
			if len(p.Strata) > 0 || hasStrata(spec) {
				var err error
				if c.ways, err = layerings(spec, ConditionalParams{Strata: p.Strata}); err != nil {
					return detect.Plan{}, err
				}
			}
			return detect.Plan{Needs: c.needs(), Detect: c.detect}, nil
		},
	}
}

func hasStrata(spec *audit.Spec) bool {
	ways, err := layerings(spec, ConditionalParams{})
	return err == nil && len(ways) > 0
}

// conversation measures one audit.
type conversation struct {
	spec    *audit.Spec
	params  ConversationParams
	signals []signal
	spans   []duration
	ways    []layering
}

// counter reads the conditions of a signal as those of a funnel are read.
func (c conversation) counter(s signal) funnel {
	f := funnel{spec: c.spec}
	for _, when := range []string{s.of, s.when} {
		if when != "" {
			f.stages = append(f.stages, FunnelStage{When: when})
		}
	}
	return f
}

// passed is what a signal's conditions make of a row.
func passed(said []fact) (yes, counts bool) {
	last := said[len(said)-1]
	for _, of := range said[:len(said)-1] {
		if of != holds {
			return false, false
		}
	}
	return last == holds, last != unknown
}

func (c conversation) within(s signal, a detect.Attribute, l layering) table.Need {
	n := c.counter(s).need(a)
	n.Dims = slices.Concat(n.Dims, l.dims)
	n.Dims = slices.DeleteFunc(n.Dims, func(d table.Dim) bool { return d == table.Window })
	return n
}

func (c conversation) needs() []table.Need {
	var out []table.Need
	for _, a := range detect.Attributes(c.spec) {
		for _, s := range c.signals {
			out = append(out, c.counter(s).need(a))
			for _, l := range splitting(c.ways, a) {
				out = append(out, c.within(s, a, l))
			}
		}
		for _, s := range c.spans {
			out = append(out, c.times(s, a))
		}
	}
	return out
}

func (c conversation) detect(t detect.Tables) (detect.Output, error) {
	e := newEmitter("conversation", c.spec)
	for _, a := range detect.Attributes(c.spec) {
		var first *section
		var left omissions
		for _, s := range c.signals {
			f := c.counter(s)
			counts := t.Counts(f.need(a))
			counted := f.section(a, counts, passed)
			n, _ := f.unanswered(counts, undecided)
			left.add(s.short, n)
			if first == nil {
				f.choose(&counted)
				first = &counted
				if counted.absent != "" {
					e.note("attribute " + a.Name + ": " + counted.absent)
				}
			}
			counted.chosen, counted.absent = first.chosen, first.absent
			e.rate(counted, s.rate)
			for _, l := range splitting(c.ways, a) {
				c.strata(e, counted, s, l, t.Counts(c.within(s, a, l)))
			}
		}
		left.tell(e)
		for _, s := range c.spans {
			c.quantiles(e, *first, s, t.Values(c.times(s, a)))
		}
	}
	canonical(e.out, conversationMetrics())
	return detect.Output{Measurements: e.out, Findings: c.tell(e.out), Notes: e.notes}, nil
}
