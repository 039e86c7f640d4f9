package pack

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
)

// Applied is an audit with its packs: what they add to it, and what they ask for.
type Applied struct {
	Audit    *config.Audit // with the detectors and defaults of the packs
	Gates    []audit.Gate  // the packs' limits, each under its pack's name
	Expected []string      // attributes that a pack expects and no column carries
	Packs    []*Pack

	detectors []config.DetectorDecl
}

// future tells whether a date has begun nowhere on Earth: the machine of an audit may
// stand in another time zone than whoever wrote the date. A zero today asks for nothing.
func future(date string, today time.Time) bool {
	return !today.IsZero() && date > today.In(time.FixedZone("UTC+14", 14*3600)).Format(time.DateOnly)
}

// Apply loads the packs that an audit names and adds what they ask for. What the
// audit says itself stays: packs fill in what it leaves open. Mistakes are those of
// the audit and of the packs together, as config.Errors.
func Apply(a *config.Audit, detectors []config.DetectorDecl, today time.Time) (*Applied, error) {
	own := *a
	x := &Applied{Audit: &own, detectors: detectors}
	if len(a.Packs) == 0 {
		return x, nil
	}
	var errs config.Errors
	for i, use := range a.Packs {
		p, err := Load(use.Name, a.Dir, detectors, today)
		var unknown *UnknownError
		var wrong config.Errors
		switch {
		case errors.As(err, &unknown):
			errs = append(errs, a.Mistake(fmt.Sprintf("packs.%d", i), fmt.Sprintf("unknown pack %q", unknown.Name), unknown.Hint))
			continue
		case errors.As(err, &wrong):
			errs = append(errs, wrong...)
			continue
		case err != nil:
			errs = append(errs, a.Mistake(fmt.Sprintf("packs.%d", i), err.Error(), ""))
			continue
		}
		if slices.ContainsFunc(x.Packs, func(o *Pack) bool { return o.Name == p.Name }) {
			errs = append(errs, a.Mistake(fmt.Sprintf("packs.%d", i), fmt.Sprintf("a second pack is called %q", p.Name), "its checks could not be told apart; rename one"))
			continue
		}
		x.Packs = append(x.Packs, p)
		errs = append(errs, x.stated(i, p, today)...)
		errs = append(errs, x.provenance(p)...)
		x.add(p)
	}
	if len(errs) == 0 {
		errs = x.Audit.CheckParams()
	}
	if len(errs) > 0 {
		return nil, errs
	}
	own.Digests = map[string]string{}
	maps.Copy(own.Digests, a.Digests)
	for i, p := range x.Packs {
		own.Digests["pack:"+a.Packs[i].Name] = p.Name + "@" + p.SHA256
	}
	return x, nil
}

// stated checks the ids under evidence and not_applicable, and what is stated.
func (x *Applied) stated(i int, p *Pack, today time.Time) (errs config.Errors) {
	use := x.Audit.Packs[i]
	check := func(key, id, text string, known []string, what string) {
		path := fmt.Sprintf("packs.%d.%s.%s", i, key, id)
		switch {
		case !slices.Contains(known, id):
			hint := config.DidYouMean(id, known)
			if hint == "" {
				hint = "there are " + strings.Join(known, ", ")
			}
			errs = append(errs, x.Audit.Mistake(path, fmt.Sprintf("pack %s has no requirement %q%s", p.Name, id, what), hint))
		case strings.TrimSpace(text) == "":
			errs = append(errs, x.Audit.Mistake(path, fmt.Sprintf("%q says nothing", id), "write a sentence"))
		case placeholder(text):
			errs = append(errs, x.Audit.Mistake(path, fmt.Sprintf("%q is still to be written: %s", id, text), "write a sentence, or leave it out until then"))
		}
	}
	for _, id := range sorted(use.Evidence) {
		before := len(errs)
		check("evidence", id, use.Evidence[id], p.requirementIDs(true), " that is stated")
		if wrong, hint := p.undated(id, use.Evidence[id], today); wrong != "" && len(errs) == before {
			errs = append(errs, x.Audit.Mistake(fmt.Sprintf("packs.%d.evidence.%s", i, id), wrong, hint))
		}
	}
	for _, id := range sorted(use.NotApplicable) {
		check("not_applicable", id, use.NotApplicable[id], p.requirementIDs(false), "")
	}
	return errs
}

// placeholder tells a word that stands for what is still to be written.
func placeholder(text string) bool {
	word := strings.ToLower(strings.Trim(text, " \t\n.:!?…-_<>[]()"))
	return slices.Contains([]string{"", "todo", "tbd", "tba", "tbc", "fixme", "xxx", "to do", "to be done"}, word)
}

// undated says what is wrong with a text that has to be a date that has come; a zero
// today asks for no more than a date.
func (p *Pack) undated(id, text string, today time.Time) (wrong, hint string) {
	if !slices.ContainsFunc(p.Requirements, func(r Requirement) bool { return r.Name == id && r.Date }) {
		return "", ""
	}
	_, err := time.Parse(time.DateOnly, text)
	switch {
	case err != nil:
		return fmt.Sprintf("%q must be a date, not %q", id, text), "write it as 2026-11-21"
	case future(text, today):
		return fmt.Sprintf("%q lies in the future: %s, and today is %s", id, text, today.Format(time.DateOnly)), "give the day on which it was done"
	}
	return "", ""
}

func sorted(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// provenance refuses attributes that came to be known in a way that the pack does
// not allow.
func (x *Applied) provenance(p *Pack) (errs config.Errors) {
	if len(p.Provenance) == 0 {
		return nil
	}
	for _, g := range x.Audit.Columns.Groups {
		if !slices.ContainsFunc(p.Attributes, func(a Attribute) bool { return a.named(g.Name) }) {
			continue
		}
		path, how := "columns.groups."+g.Name+".provenance", g.Provenance
		if len(g.Probabilities) > 0 {
			path, how = "columns.groups."+g.Name+".probabilities", "inferred"
		}
		if how != "" && !slices.Contains(p.Provenance, how) {
			errs = append(errs, x.Audit.Mistake(path, fmt.Sprintf("pack %s does not allow %s groups, and %s is", p.Name, how, g.Name),
				"it allows "+strings.Join(p.Provenance, " and ")))
		}
	}
	return errs
}

// add puts what a pack asks for where the audit says nothing.
func (x *Applied) add(p *Pack) {
	a := x.Audit
	a.Columns.Groups = slices.Clone(a.Columns.Groups)
	for i := range a.Columns.Groups {
		g := &a.Columns.Groups[i]
		if p.MinRows > 0 && !a.Given("columns.groups."+g.Name+".min_rows") {
			g.MinRows = p.MinRows
		}
		if p.Reference == "highest" && !a.Given("columns.groups."+g.Name+".reference") {
			g.Reference = config.Reference{Policy: "best"}
		}
	}
	for _, d := range p.Detectors {
		x.enable(d, func(key string) bool { return p.doc.Given("detectors." + d.Name + "." + key) })
	}
	for _, attribute := range p.Attributes {
		if x.carried(attribute) == "" && !slices.Contains(x.Expected, attribute.Name) {
			x.Expected = append(x.Expected, attribute.Name)
		}
	}
	if len(x.Expected) > 0 {
		x.enable(config.Detector{Name: "representation"}, func(string) bool { return false })
	}
	for i, c := range p.Checks {
		if decl, ok := config.Decl(x.detectors, c.Detector); !ok || !x.enable(config.Detector{Name: c.Detector, Params: config.DefaultParams(decl)}, func(string) bool { return false }) {
			continue
		}
		for _, l := range c.limits() {
			g := audit.Gate{Detector: c.Detector, Metric: c.Metric, Key: l.key, Value: l.value, Side: "both", Policy: audit.Policy(c.Policy),
				Where: p.doc.Where(fmt.Sprintf("checks.%d.%s", i, l.key)), Pack: p.Name, MinShare: p.MinShare, Strict: c.Strict}
			if l.key == "min_ratio" || l.key == "max_difference" {
				g.Side = c.Side
			}
			if c.Severity == "warn" {
				g.Severity = audit.Warn
			}
			x.Gates = append(x.Gates, g)
		}
	}
}

// enable adds a detector, if the audit gives what it needs.
func (x *Applied) enable(d config.Detector, given func(key string) bool) bool {
	decl, ok := config.Decl(x.detectors, d.Name)
	needs := slices.Concat(decl.Needs, slices.DeleteFunc(slices.Clone(decl.Unasked), func(r string) bool { return r == "asked" })) // the pack asks
	if !ok || len(x.Audit.Lacking(needs)) > 0 {
		return false
	}
	x.Audit.WithPack(d, given)
	return true
}

// carried names the attribute of the audit that is the expected one, or "".
func (x *Applied) carried(a Attribute) string {
	for _, g := range x.Audit.Columns.Groups {
		if a.named(g.Name) {
			return g.Name
		}
	}
	return ""
}
