package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Status holds what an audit asks for against what its runs are evidence about. asOf
// is the time at which age is taken; nil for the end of the last audited window.
func Status(asked *audit.Asked, proofs []Proof, asOf *time.Time) *audit.Status {
	out := &audit.Status{SchemaVersion: audit.StatusVersion, Audit: asked.Name, Title: asked.Title, SpecSHA256: asked.Spec,
		Runs: len(proofs), Items: []audit.StatusItem{}, Notes: []string{}}
	e := examiner{asked: asked, proofs: slices.Clone(proofs), given: asOf != nil}
	slices.SortFunc(e.proofs, comparePoints)
	if n := len(e.proofs); n > 0 {
		e.last = &e.proofs[n-1]
		out.LastWindow = e.last.LastWindow
	}
	switch {
	case asOf != nil:
		e.asOf = *asOf
	case e.last != nil && e.last.Ends != nil:
		e.asOf = time.UnixMicro(*e.last.Ends)
	}
	if !e.asOf.IsZero() {
		out.AsOf = e.asOf.In(asked.Zone).Format(time.RFC3339)
	}
	e.waivers = asked.Waive(e.asOf)
	for _, version := range e.inService() {
		for i := range asked.Gates {
			for _, attribute := range e.attributes(&asked.Gates[i]) {
				out.Items = append(out.Items, e.gate(version, attribute, &asked.Gates[i]))
			}
		}
		for _, p := range asked.Packs {
			out.Items = append(out.Items, e.pack(version, p))
		}
	}
	for i := range out.Items {
		switch item := &out.Items[i]; item.State {
		case audit.EvidenceCurrent, audit.EvidenceWaived:
			out.Good++
		case audit.EvidenceImmature:
			out.Immature++
		default:
			out.Stale++
		}
	}
	out.Notes = append(out.Notes, e.notes(out)...)
	return out
}

// comparePoints orders runs by the end of what they audited, and then by number: a
// month that is audited again is not the newest for that.
func comparePoints(a, b Proof) int {
	return cmp.Or(cmp.Compare(value(a.Ends), value(b.Ends)), cmp.Compare(a.Run, b.Run))
}

func value(us *int64) int64 {
	if us == nil {
		return 0
	}
	return *us
}

// examiner looks for the evidence of one item after the other.
type examiner struct {
	asked   *audit.Asked
	proofs  []Proof // in the order of what they audited
	last    *Proof  // nil without a run
	asOf    time.Time
	given   bool // somebody asked for that time
	waivers []audit.Waiving
	used    map[int]bool // waivers that are about an item
}

// inService are the versions of the model that decided in the last audited window; ""
// where none are told apart.
func (e *examiner) inService() (out []string) {
	if !e.asked.HasVersion || e.last == nil {
		return []string{""}
	}
	for _, v := range e.last.Versions {
		if v.Last == e.last.LastWindow || v.Ends == nil {
			out = append(out, v.Version)
		}
	}
	if len(out) == 0 {
		return []string{""}
	}
	return out
}

// attributes are those that a gate was checked for when it last was; before that
// those that the configuration tells.
func (e *examiner) attributes(g *audit.AskedGate) (out []string) {
	for i := len(e.proofs) - 1; i >= 0 && len(out) == 0; i-- {
		for j := range e.proofs[i].Gates {
			if c := &e.proofs[i].Gates[j]; c.of(g) && !slices.Contains(out, c.Attribute) {
				out = append(out, c.Attribute)
			}
		}
	}
	if len(out) == 0 {
		return g.Attributes
	}
	return out
}

// of tells whether a check is of a gate: its limit may have been another.
func (c *Gate) of(g *audit.AskedGate) bool {
	return c.Detector == g.Detector && c.Metric == g.Metric && c.Key == g.Key && c.Pack == g.Pack
}

// gate examines a gated metric.
func (e *examiner) gate(version, attribute string, g *audit.AskedGate) audit.StatusItem {
	item := audit.StatusItem{Version: version, Detector: g.Detector, Metric: g.Metric, Attribute: attribute, Limit: g.Key + " " + g.Value, Pack: g.Pack}
	var best, young, empty, other *Proof
	var found *Gate
	for i := range e.proofs {
		p := &e.proofs[i]
		at := slices.IndexFunc(p.Gates, func(c Gate) bool { return c.of(g) && c.Attribute == attribute })
		if at < 0 {
			continue
		}
		switch c := &p.Gates[at]; {
		case !p.about(version):
			other = p
		case c.immature(p, version) && !e.asked.Drift[[2]string{g.Detector, g.Metric}]: // drift is about inputs, too
			young = p
		case !c.Measured:
			empty = p
		default:
			best, found = p, c
		}
	}
	switch {
	case best != nil:
		e.judge(&item, best, found.Method, g)
		item.Verdict = audit.Verdict(found.Verdict)
	case young != nil:
		item.State = audit.EvidenceImmature
		item.Reason = fmt.Sprintf("It rests on labels, and those of run %d (%s) may still come.", young.Run, young.Period)
	case empty != nil:
		item.State = audit.EvidenceMissing
		item.Reason = fmt.Sprintf("Run %d (%s) could not measure it.", empty.Run, empty.Period)
	case other != nil:
		item.State = audit.StaleModel
		item.Reason = fmt.Sprintf("The last evidence, of run %d, is about %s; %s decides now.", other.Run, versionsOf(other), version)
	default:
		item.State, item.Reason = audit.EvidenceMissing, "No run of the history has measured it."
	}
	e.waive(&item, g.Metric)
	return item
}

// pack examines what a rule pack asks for without a limit.
func (e *examiner) pack(version string, p audit.AskedPack) audit.StatusItem {
	item := audit.StatusItem{Version: version, Metric: p.Name, Pack: p.Name}
	var best *Proof
	for i := range e.proofs {
		if e.proofs[i].about(version) {
			best = &e.proofs[i]
		}
	}
	if best == nil {
		item.State, item.Reason = audit.EvidenceMissing, "No run of the history has measured it."
	} else {
		e.judge(&item, best, 0, &audit.AskedGate{MaxAge: p.MaxAge, AgeOf: p.Name})
		if item.State == audit.EvidenceCurrent && best.Method != digest([]byte(e.asked.Methods)) {
			item.State, item.Reason = audit.StaleMethod, fmt.Sprintf("Methods have changed since run %d.", best.Run)
		}
	}
	e.waive(&item, p.Name)
	return item
}

// about tells whether a run has audited decisions of a version.
func (p *Proof) about(version string) bool {
	return version == "" || slices.ContainsFunc(p.Versions, func(v ModelVersion) bool { return v.Version == version })
}

// immature tells whether labels that a check rests on are too young to be evidence: in
// a run of one period those of the period, in a run over the whole log those of the
// version.
func (c *Gate) immature(p *Proof, version string) bool {
	if !c.Label || p.Matures == 0 {
		return false
	}
	if c.Provisional && (!c.Measured || scopeOf(p.Period) == scopePeriod) {
		return true
	}
	asOf := micros(p.AsOf)
	at := slices.IndexFunc(p.Versions, func(v ModelVersion) bool { return v.Version == version })
	return at >= 0 && asOf != nil && p.Versions[at].Begins != nil && *asOf-p.Matures.Microseconds() < *p.Versions[at].Begins
}

// judge says whether evidence is still good. Method 0 is not looked at.
func (e *examiner) judge(item *audit.StatusItem, p *Proof, method int, g *audit.AskedGate) {
	item.Run, item.Period = p.Run, p.Period
	var until time.Time
	if p.Last != nil {
		last := time.UnixMicro(*p.Last).In(e.asked.Zone)
		item.Through = last.Format(time.RFC3339)
		if g.MaxAge > 0 {
			until = last.Add(g.MaxAge)
			item.GoodUntil, item.AgeOf = until.Format(time.RFC3339), g.AgeOf
		}
	}
	drifted := e.drift(p)
	switch {
	case p.Spec != e.asked.Spec:
		item.State, item.Reason = audit.StaleModel, fmt.Sprintf("What is asked has changed since run %d: audit.yaml, a rule pack, or the file of the model.", p.Run)
	case method != 0 && method != g.Method:
		item.State, item.Reason = audit.StaleMethod, fmt.Sprintf("Run %d used version %d of the method, and this program has %d.", p.Run, method, g.Method)
	case drifted != "":
		item.State, item.Reason = audit.StaleData, drifted
	case g.MaxAge > 0 && p.Last == nil && e.given:
		item.State, item.Reason = audit.EvidenceMissing, "The log has no times, so that its age is not known; "+g.AgeOf+" asks for it."
	case !until.IsZero() && e.asOf.After(until):
		item.State, item.Reason = audit.StaleAge, fmt.Sprintf("It was good until %s, by %s.", until.Format(time.DateOnly), g.AgeOf)
	default:
		item.State = audit.EvidenceCurrent
		if len(p.Versions) > 1 && item.Version != "" {
			item.Reason = "Judged together: " + versionsOf(p) + "."
		}
	}
}

// drift names the first check of a later run that found drift; "" if none did.
func (e *examiner) drift(p *Proof) string {
	for i := range e.proofs {
		later := &e.proofs[i]
		if comparePoints(*later, *p) <= 0 {
			continue
		}
		for _, c := range later.Gates {
			if v := audit.Verdict(c.Verdict); e.asked.Drift[[2]string{c.Detector, c.Metric}] && (v == audit.Fail || v == audit.Warn) {
				return fmt.Sprintf("Run %d (%s), later than this evidence, found drift: %s %s.", later.Run, later.Period, c.Detector, c.Metric)
			}
		}
	}
	return ""
}

func versionsOf(p *Proof) string {
	names := make([]string, len(p.Versions))
	for i, v := range p.Versions {
		names[i] = v.Version
	}
	switch n := len(names); {
	case n == 0:
		return "no version that it names"
	case n == 1:
		return "version " + names[0]
	case n > 4:
		return fmt.Sprintf("versions %s and %d others", strings.Join(names[:3], ", "), n-3)
	}
	return "versions " + strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// waive applies the waivers that are about an item. One that has ended is said.
func (e *examiner) waive(item *audit.StatusItem, metric string) {
	for i, w := range e.waivers {
		if w.Metric != metric || w.Attribute != "" && w.Attribute != item.Attribute || w.Version != "" && w.Version != item.Version {
			continue
		}
		if e.used == nil {
			e.used = map[int]bool{}
		}
		e.used[i] = true
		if item.State == audit.EvidenceCurrent || item.Waiver != nil && !item.Waiver.Over {
			continue
		}
		said := w.Waived
		if item.Waiver = &said; !w.Over {
			item.Reason = fmt.Sprintf("Waived by %s until %s: %s. Else %s: %s", w.By, w.Until, strings.TrimSuffix(w.Reason, "."), item.State, lower(item.Reason))
			item.State = audit.EvidenceWaived
		}
	}
	if item.Waiver != nil && item.Waiver.Over {
		item.Reason += fmt.Sprintf(" Its waiver ended on %s.", item.Waiver.Until)
	}
}

// lower makes a sentence the end of another.
func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// notes are what a reader should know beside the items.
func (e *examiner) notes(s *audit.Status) (out []string) {
	if len(s.Items) == 0 {
		out = append(out, "The audit sets no limit, so that nothing here can be stale.")
	}
	if e.last != nil && e.last.Ends != nil && e.given && e.asOf.UnixMicro() < *e.last.Ends {
		out = append(out, "The time asked for is before the end of the last audited window: runs that came later are looked at all the same.")
	}
	for i, w := range e.waivers {
		if !e.used[i] {
			out = append(out, fmt.Sprintf("The waiver of %s is about nothing here: no gated metric, attribute and version in service fits it.", w.Metric))
		}
	}
	return out
}
