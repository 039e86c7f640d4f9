package pack

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
)

// ids of what every pack may ask for; a pack's own requirements have others.
const (
	ageID        = "evidence-age"
	provenanceID = "provenance"
	referenceID  = "reference"
	attributeIDs = "attribute-" // with the attribute's name behind it
)

// mostIndices bounds the numbers that a piece of evidence points to.
const mostIndices = 5

// Report says under which packs a result was computed, and what there is for each
// of their requirements. The result has its measurements, tables and checks; asOf is the
// time at which the audit is asked to be judged, or zero.
func (x *Applied) Report(r *audit.Result, asOf time.Time) ([]audit.Pack, []audit.Evidence) {
	var packs []audit.Pack
	var evidence []audit.Evidence
	for i, p := range x.Packs {
		t := teller{x: x, p: p, r: r, use: i, asOf: asOf}
		packs = append(packs, t.pack())
		evidence = append(evidence, t.evidence()...)
	}
	return packs, evidence
}

// teller tells of one pack.
type teller struct {
	x   *Applied
	p   *Pack
	r   *audit.Result
	use int // position among the audit's packs

	asOf time.Time
}

func (t *teller) pack() audit.Pack {
	p := t.p
	out := audit.Pack{
		Name: p.Name, Title: p.Title, Release: p.Release, SHA256: p.SHA256, Jurisdiction: p.Jurisdiction, Status: p.Status,
		Citation: p.Citation, Verified: p.Verified, NotClaimed: p.NotClaimed, Wording: p.Wording, Verdict: audit.Ungated,
	}
	if p.MaxAge > 0 {
		out.MaxAge = days(p.Age())
		if until, ok := t.goodUntil(); ok {
			out.GoodUntil = until.Format(time.RFC3339)
		}
	}
	for _, c := range t.r.Gates.Checks {
		if c.Threshold.Pack == p.Name {
			out.Verdict = audit.Worse(out.Verdict, c.Verdict)
		}
	}
	return out
}

func days(d time.Duration) string {
	if n := d / (24 * time.Hour); n > 0 && d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%dd", n)
	}
	return d.String()
}

// goodUntil is the end of the log and the age that evidence may have.
func (t *teller) goodUntil() (time.Time, bool) {
	last, err := time.Parse(time.RFC3339Nano, t.r.Data.LastTime)
	return last.Add(t.p.Age()), err == nil
}

// evidence lists the requirements that every pack has, and then its own.
func (t *teller) evidence() []audit.Evidence {
	var out []audit.Evidence
	add := func(id, title, citation string, status audit.EvidenceStatus, detail string, at []int) {
		out = append(out, audit.Evidence{Pack: t.p.Name, Requirement: id, Title: title, Citation: citation, Status: status, Detail: detail, Measurements: at})
	}
	for _, a := range t.p.Attributes {
		status, detail := t.attribute(a)
		add(attributeIDs+a.Name, "Attribute "+a.Name+": "+a.Doc, "", status, detail, nil)
	}
	if len(t.p.Provenance) > 0 {
		status, detail := t.provenance()
		add(provenanceID, "How the attributes came to be known: "+strings.ReplaceAll(strings.Join(t.p.Provenance, " or "), "_", "-"), "", status, detail, nil)
	}
	if t.p.Reference != "any" {
		status, detail := t.reference()
		add(referenceID, "Groups are compared with "+map[string]string{"highest": "the one with the highest rate", "named": "a control group that is named"}[t.p.Reference], "", status, detail, nil)
	}
	if t.p.MaxAge > 0 {
		status, detail := t.age()
		add(ageID, "Evidence not older than "+strings.Replace(days(t.p.Age()), "d", " days", 1), "", status, detail, nil)
	}
	for _, q := range t.p.Requirements {
		status, detail, at := t.requirement(q)
		add(q.Name, q.Title, q.Citation, status, detail, at)
	}
	return out
}

func (t *teller) attribute(a Attribute) (audit.EvidenceStatus, string) {
	name := t.x.carried(a)
	if name == "" {
		return audit.Absent, "Not measured: no column carries it."
	}
	for _, g := range t.x.Audit.Columns.Groups {
		if g.Name == name && len(g.Probabilities) > 0 {
			return audit.Recorded, "Known by probabilities alone, as " + name + "."
		}
	}
	for _, g := range t.r.Groups {
		if g.Attribute == name {
			return audit.Recorded, fmt.Sprintf("Column %s, as %s.", g.Column, name)
		}
	}
	return audit.Recorded, "As " + name + "."
}

func (t *teller) provenance() (audit.EvidenceStatus, string) {
	var silent []string
	for _, g := range t.x.Audit.Columns.Groups {
		if slices.ContainsFunc(t.p.Attributes, func(a Attribute) bool { return a.named(g.Name) }) && g.Provenance == "" {
			silent = append(silent, g.Name)
		}
	}
	if len(silent) > 0 {
		return audit.Absent, "audit.yaml does not say it of " + strings.Join(silent, " and ") + " (provenance)."
	}
	return audit.Recorded, "As audit.yaml states it."
}

// reference holds the audit's choice of reference against the pack's.
func (t *teller) reference() (audit.EvidenceStatus, string) {
	var other []string
	for _, g := range t.x.Audit.Columns.Known() {
		named := audit.Reference(g.Reference).Named()
		if named == (t.p.Reference == "highest") {
			other = append(other, g.Name)
		}
	}
	names := strings.Join(other, " and ")
	switch {
	case len(other) == 0 && t.p.Reference == "highest":
		return audit.Recorded, "Limits were held against every pair of groups, and so against the highest."
	case len(other) == 0:
		return audit.Recorded, "As audit.yaml names it."
	case t.p.Reference == "highest":
		return audit.Absent, "audit.yaml names the group that those of " + names + " are compared with; it need not be the one with the highest rate."
	}
	return audit.Absent, "audit.yaml names no control group of " + names + ", so every pair of groups was judged."
}

func (t *teller) age() (audit.EvidenceStatus, string) {
	until, ok := t.goodUntil()
	if !ok {
		return audit.Absent, "The log has no time column, so its age is not known."
	}
	day := until.Format(time.DateOnly)
	switch last := until.Add(-t.p.Age()); {
	case t.asOf.IsZero(): // no clock decides what a result says
		return audit.Absent, "Good until " + day + " at the latest, counted from the end of the log; not held against a date (give --as-of)."
	case last.After(t.asOf.AddDate(0, 0, 1)): // a date stands for its first moment
		return audit.FindingAt, "The log ends on " + last.Format(time.DateOnly) + ", which is later than " + t.asOf.Format(time.DateOnly) + ", the date of --as-of: look at the times in the log."
	case t.asOf.After(until):
		return audit.FindingAt, "The log ends too early: as of " + t.asOf.Format(time.DateOnly) + " it is too old; it was good until " + day + "."
	}
	return audit.Recorded, "As of " + t.asOf.Format(time.DateOnly) + " it is not too old; counted from the end of the log, it is good until " + day + " at the latest."
}

// requirement says what there is for a requirement of the pack's own.
func (t *teller) requirement(q Requirement) (audit.EvidenceStatus, string, []int) {
	use := t.x.Audit.Packs[t.use]
	if reason := use.NotApplicable[q.Name]; reason != "" {
		return audit.OutsideDuty, "Stated in audit.yaml: " + reason, nil
	}
	if q.Statement {
		if text := use.Evidence[q.Name]; text != "" {
			if wrong := t.misdated(q, text); wrong != "" {
				return audit.FindingAt, wrong, nil
			}
			return audit.Recorded, text, nil
		}
		return audit.Absent, "Not stated. Give it under packs, evidence: {" + q.Name + ": …}.", nil
	}
	if q.Table != "" { // an output may give it without the roles
		if status, detail := t.table(q); status == audit.Recorded {
			return status, detail, nil
		}
	}
	if lacking := t.x.Audit.Lacking(q.Needs); len(lacking) > 0 {
		status := audit.Absent
		if q.Otherwise == "not_applicable" {
			status = audit.OutsideDuty
		}
		return status, "audit.yaml does not give " + strings.Join(lacking, " and ") + ".", nil
	}
	if q.Table != "" {
		return audit.Absent, "There is no such table.", nil
	}
	return t.measured(q)
}

// misdated says what is wrong with a stated date: that it is later than the audit is
// to be judged at, or older than evidence may be, then or when the log ended.
func (t *teller) misdated(q Requirement, text string) string {
	date, err := time.Parse(time.DateOnly, text)
	if !q.Date || err != nil {
		return ""
	}
	if !t.asOf.IsZero() && date.After(t.asOf.AddDate(0, 0, 1)) {
		return text + " is later than " + t.asOf.Format(time.DateOnly) + ", the date of --as-of."
	}
	if t.p.MaxAge == 0 {
		return ""
	}
	good := date.AddDate(0, 0, 1).Add(t.p.Age()) // a date stands for its whole day
	allowed := strings.Replace(days(t.p.Age()), "d", " days", 1)
	if !t.asOf.IsZero() && t.asOf.After(good) {
		return fmt.Sprintf("%s is more than %s before %s, the date of --as-of.", text, allowed, t.asOf.Format(time.DateOnly))
	}
	if until, ok := t.goodUntil(); ok && until.Add(-t.p.Age()).After(good) {
		return fmt.Sprintf("%s is more than %s before the log ends, on %s.", text, allowed, until.Add(-t.p.Age()).Format(time.DateOnly))
	}
	return ""
}

// table looks for the table that a requirement names, or for those of single outputs
// and classes, whose ids go on from it.
func (t *teller) table(q Requirement) (audit.EvidenceStatus, string) {
	var titles []string
	for i := range t.r.Tables {
		if b := &t.r.Tables[i]; (b.ID == q.Table || strings.HasPrefix(b.ID, q.Table+"/")) && len(b.Rows) > 0 {
			titles = append(titles, b.Title)
		}
	}
	switch len(titles) {
	case 0:
		return audit.Absent, "There is no such table."
	case 1:
		return audit.Recorded, "Table “" + titles[0] + "”."
	}
	return audit.Recorded, fmt.Sprintf("%d tables, the first “%s”.", len(titles), titles[0])
}

// measured looks at the numbers of a detector and at the checks on them.
func (t *teller) measured(q Requirement) (audit.EvidenceStatus, string, []int) {
	var at []int
	n := 0
	for i := range t.r.Measurements {
		m := &t.r.Measurements[i]
		if m.Detector != q.Detector || q.Metric != "" && !t.about(q.Metric, m.Metric) {
			continue
		}
		if m.Parameters["status"] == "finding" {
			return audit.FindingAt, m.Note, []int{i}
		}
		if m.Value == nil {
			continue
		}
		if n++; m.Window == audit.AllWindows && len(at) < mostIndices {
			at = append(at, i)
		}
	}
	if n == 0 && q.Nothing == "recorded" && t.ran(q.Detector) {
		return audit.Recorded, "Detector " + q.Detector + " ran and had nothing to report.", nil
	}
	if n == 0 {
		return audit.Absent, "Nothing was measured.", nil
	}
	if c := t.failed(q); c != nil {
		return audit.FindingAt, sentence(c.Reason), c.Measurements[:min(len(c.Measurements), mostIndices)]
	}
	number := fmt.Sprintf("%d numbers", n)
	if n == 1 {
		number = "1 number"
		if len(at) == 1 && t.r.Measurements[at[0]].Note != "" {
			return audit.Recorded, t.r.Measurements[at[0]].Note, at
		}
	}
	return audit.Recorded, fmt.Sprintf("%s of detector %s.", number, q.Detector), at
}

// ran tells whether a detector was part of the audit.
func (t *teller) ran(detector string) bool {
	return slices.ContainsFunc(t.x.Audit.Detectors, func(d config.Detector) bool { return d.Name == detector })
}

// about tells whether a metric is the one asked for: where a positive decision is
// bad for the person, the favorable rate is measured beside the selection rate.
func (t *teller) about(asked, metric string) bool {
	rest, ok := strings.CutPrefix(asked, "selection_rate")
	return asked == metric || ok && !t.r.Audit.Favorable && metric == "favorable_rate"+rest
}

// failed finds the gravest check on a requirement's metric that failed or warned:
// of the pack's own, or, where it sets no limit, of anybody's.
func (t *teller) failed(q Requirement) *audit.Check {
	var found *audit.Check
	own := slices.ContainsFunc(t.p.Checks, func(c Check) bool { return c.Detector == q.Detector })
	for i := range t.r.Gates.Checks {
		c := &t.r.Gates.Checks[i]
		if c.Verdict != audit.Fail && c.Verdict != audit.Warn || c.Detector != q.Detector || q.Metric != "" && !t.about(q.Metric, c.Metric) || own && c.Threshold.Pack != t.p.Name {
			continue
		}
		if found == nil || found.Verdict == audit.Warn && c.Verdict == audit.Fail {
			found = c
		}
	}
	return found
}

// sentence ends a text with a full stop and begins it with a capital.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + strings.TrimSuffix(s[1:], ".") + "."
}
