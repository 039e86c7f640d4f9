// Package kpi follows indicators over the windows of an audit: it takes their
// definitions from audit.yaml and from packs, asks for the tables that they are
// made of, and computes them. It reads no row: every number is a function of
// tables that were counted in the one scan.
package kpi

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
)

// Definition is a KPI of an audit.
type Definition struct {
	config.KPI
	Pack   string // that it is from; "" for the audit's own
	Path   string // of what is wrong with it, in audit.yaml
	Hash   string // of what is counted
	Lacks  string // why a pack's KPI is not measured on this log; "" if it is
	Groups []string
	reads  []string // columns of the log
	late   late     // where labels go in

	numerator, denominator aggregate
	fact                   bool // a number that is counted or entered, not estimated from cases
}

// Set is the KPIs of an audit, each after those that it is made of.
type Set struct {
	audit   *config.Audit
	ofKind  bool // nobody asked for indicators: those of the kind of system that the log tells
	all     []*Definition
	byName  map[string]*Definition
	manual  map[string][]entry
	windows audit.WindowSpec
	others  []audit.KPIDefinition // of the packs, that no log tells
	Inputs  []audit.Input         // the files of values that somebody entered
	labels  []string              // columns that the label is made of
}

// New collects the KPIs that an audit asks for. Mistakes are config.Errors.
func New(a *config.Audit, spec *audit.Spec) (*Set, error) {
	a, ofKind := suited(a)
	s := &Set{audit: a, ofKind: ofKind, byName: map[string]*Definition{}, manual: map[string][]entry{}, windows: spec.Windows}
	if !a.DefinesKPIs() {
		return s, nil
	}
	var mistakes config.Errors
	bad := func(path, message, hint string) { mistakes = append(mistakes, a.Mistake(path, message, hint)) }
	s.addPacks(bad)
	for i, d := range a.KPIs.Define {
		path := fmt.Sprintf("kpis.define.%d", i)
		if have := s.byName[d.Name]; have != nil {
			bad(path+".name", fmt.Sprintf("KPI %q is one of pack %s already", d.Name, have.Pack), "give it another name; limits and target of the pack's belong under kpis.adjust")
			continue
		}
		s.add(&Definition{KPI: d, Path: path})
	}
	s.adjust(bad)
	s.order(bad)
	for _, d := range s.all {
		s.finish(d, spec)
		d.check(bad)
		s.checkOf(d, bad)
		if d.Kind == "manual" {
			s.readManual(d, bad)
		}
	}
	s.checkMonitor(bad)
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return s, nil
}

func (s *Set) add(d *Definition) {
	s.all, s.byName[d.Name] = append(s.all, d), d
}

// adjust adds what the audit says about the KPIs of packs.
func (s *Set) adjust(bad func(path, message, hint string)) {
	var known []string
	for _, d := range s.all {
		if d.Pack != "" {
			known = append(known, d.Name)
		}
	}
	for _, c := range s.audit.KPIs.Adjust {
		if !slices.Contains(known, c.Name) {
			if len(known) > 0 {
				bad("kpis.adjust."+c.Name, fmt.Sprintf("no pack has a KPI %q", c.Name), config.DidYouMean(c.Name, known))
			}
			continue
		}
		d := s.byName[c.Name]
		if c.Limits != nil {
			d.Limits = c.Limits
		}
		if c.Target != nil {
			d.Target = c.Target
		}
		if c.Owner != "" {
			d.Owner = c.Owner
		}
		if len(c.By) > 0 {
			d.By = c.By
		}
	}
}

// order puts every KPI after those that it is of, and refuses circles.
func (s *Set) order(bad func(path, message, hint string)) {
	const open, done = 1, 2
	state := map[string]int{}
	var out []*Definition
	var visit func(d *Definition, trail []string) bool
	visit = func(d *Definition, trail []string) bool {
		switch state[d.Name] {
		case open:
			at := slices.Index(trail, d.Name)
			bad(d.Path+".of", fmt.Sprintf("KPI %s is made of itself: %s", d.Name, strings.Join(append(trail[at:], d.Name), " of ")), "")
			return false
		case done:
			return true
		}
		state[d.Name] = open
		for _, t := range d.Of {
			of := s.byName[t.Name]
			if of == nil {
				bad(d.Path+".of", fmt.Sprintf("there is no KPI %q", t.Name), config.DidYouMean(t.Name, s.names()))
				continue
			}
			if !visit(of, append(trail[:len(trail):len(trail)], d.Name)) {
				state[d.Name] = done
				return false
			}
		}
		state[d.Name] = done
		out = append(out, d)
		return true
	}
	for _, d := range s.all {
		visit(d, nil)
	}
	s.all = out
}

func (s *Set) names() []string {
	var out []string
	for _, d := range s.all {
		out = append(out, d.Name)
	}
	return out
}

// finish fills what follows from the rest: the groups that a KPI is needed for,
// its aggregates and its digest.
func (s *Set) finish(d *Definition, spec *audit.Spec) {
	d.Title = orElse(d.Title, strings.ReplaceAll(d.Name, "_", " "))
	d.numerator, d.denominator = aggregateOf(d.Numerator), aggregateOf(d.Denominator)
	if d.Pack != "" {
		d.numerator.text, d.denominator.text = spelled(d.numerator.text), spelled(d.denominator.text)
	}
	all := func(by []string) []string {
		if !slices.Equal(by, []string{"*"}) {
			return by
		}
		var out []string
		for _, g := range spec.Groups {
			out = append(out, g.Name)
		}
		return out
	}
	d.By = all(d.By)
	d.Groups = slices.Clone(d.By)
	if d.Kind == "gap" {
		if of := s.byName[d.Of[0].Name]; of != nil {
			for _, name := range d.By {
				if !slices.Contains(of.Groups, name) {
					of.Groups = append(of.Groups, name)
				}
			}
		}
	}
	d.Hash, d.fact = s.digest(d), s.isFact(d)
}

// digest identifies what is counted: not how it is called, aimed at or limited.
func (s *Set) digest(d *Definition) string {
	parts := []string{d.Kind, squeezed(d.Numerator), squeezed(d.Denominator), d.Quantile, d.Unit, d.Base, d.As, squeezed(s.audit.Data.Where)}
	switch {
	case d.Kind == "gap":
		parts = append(parts, d.By...)
	case d.Kind == "manual":
		parts = append(parts, d.Name, d.File)
	case d.Unit == "subject":
		parts = append(parts, s.subject())
	}
	for _, t := range d.Of {
		of := s.byName[t.Name]
		if of == nil || of.Hash == "" {
			continue
		}
		parts = append(parts, of.Hash, t.Weight)
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// squeezed takes runs of spaces for one, outside of quotes too little to matter.
func squeezed(s string) string { return strings.Join(strings.Fields(s), " ") }

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// Empty tells whether there is nothing to measure.
func (s *Set) Empty() bool { return len(s.all) == 0 }

// check refuses what a definition says wrongly about its aggregates.
func (d *Definition) check(bad func(path, message, hint string)) {
	switch d.Kind {
	case "ratio":
		for _, side := range []struct {
			key string
			a   aggregate
		}{{"numerator", d.numerator}, {"denominator", d.denominator}} {
			if side.a.how == "" {
				bad(d.Path+"."+side.key, fmt.Sprintf("a ratio is of sums or counts, and %q is neither", side.a.text), "write sum("+side.a.text+") or count("+side.a.text+")")
			}
		}
	case "distinct":
		if d.numerator.how != "" && d.numerator.how != "distinct" {
			bad(d.Path+".numerator", "a KPI of kind distinct takes a column", "numerator: household_id")
		}
	case "count":
		if d.numerator.how == "distinct" {
			bad(d.Path+".numerator", "to count different values, use kind distinct", "")
		}
	}
}

// checkOf refuses what cannot be made of a KPI.
func (s *Set) checkOf(d *Definition, bad func(path, message, hint string)) {
	for _, t := range d.Of {
		of := s.byName[t.Name]
		switch {
		case of == nil: // said already
		case d.Kind == "gap" && slices.Contains([]string{"gap", "growth", "index", "manual"}, of.Kind):
			bad(d.Path+".of", fmt.Sprintf("a gap is between groups, and %s, of kind %s, has none", of.Name, of.Kind), "of a rate, a mean or another number of rows")
		case of.Kind == "gap" && len(of.By) > 1:
			bad(d.Path+".of", fmt.Sprintf("%s is a gap of several attributes: %s", of.Name, strings.Join(of.By, ", ")), "define a gap of one of them")
		case d.As == "quiet" && of.Direction == "":
			bad(d.Path+".of", fmt.Sprintf("%s has no direction, so it cannot be said to be worse", of.Name), "direction: up, or down")
		case d.As == "quiet" && of.Kind != "rate" && (of.Kind != "count" || of.numerator.how == "sum"):
			bad(d.Path+".of", fmt.Sprintf("a quiet index is of rates and counts, and %s is of kind %s", of.Name, of.Kind), "")
		}
	}
}

// rate tells whether values lie between 0 and 1.
func (d *Definition) rate() bool { return d.Kind == "rate" }

// isFact tells whether a number is counted or entered, and not estimated from
// cases: also a gap or an index of nothing else.
func (s *Set) isFact(d *Definition) bool {
	switch d.Kind {
	case "count", "distinct", "manual":
		return true
	case "gap", "index":
		for _, t := range d.Of {
			if of := s.byName[t.Name]; d.As != "quiet" && (of == nil || !of.fact) {
				return false
			}
		}
		return true
	}
	return false
}
