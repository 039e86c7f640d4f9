package pack

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/config"
)

// lint checks what no single key can tell.
type lint struct {
	p         *Pack
	detectors []config.DetectorDecl
}

func (l *lint) all(today time.Time) {
	l.name()
	l.verified(today)
	l.texts("citation", l.p.Citation, "say where the rule is written")
	l.texts("not_claimed", l.p.NotClaimed, "say what a reader must not take from it")
	l.share()
	for i := range l.p.Checks {
		l.check(i)
	}
	l.contradictions()
	for _, d := range l.p.Detectors {
		l.onlyParameters(d)
	}
	for _, r := range l.p.Requirements {
		l.requirement(r)
	}
	if l.p.doc.Clean("") && l.p.doc.Given("name") && len(l.p.Checks)+len(l.p.Requirements) == 0 {
		l.bad("name", "the pack asks for nothing", "give checks or requirements")
	}
}

func (l *lint) bad(path, message, hint string) {
	if l.p.doc.Clean(path) {
		l.p.doc.Bad(path, message, hint)
	}
}

func (l *lint) name() {
	wrong := strings.IndexFunc(l.p.Name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-", r)
	})
	if wrong >= 0 {
		l.bad("name", fmt.Sprintf("name %q has more in it than a name", l.p.Name), "use letters a-z, digits, dot, dash and underscore")
	}
}

// verified checks the date on which somebody read the sources. It may be a day
// that has begun somewhere.
func (l *lint) verified(today time.Time) {
	if l.p.Verified == "" {
		return
	}
	_, err := time.Parse(time.DateOnly, l.p.Verified)
	switch {
	case err != nil:
		l.bad("verified", fmt.Sprintf("verified must be a date, not %q", l.p.Verified), "write it as 2026-11-21")
	case future(l.p.Verified, today):
		l.bad("verified", fmt.Sprintf("verified lies in the future: %s, and today is %s", l.p.Verified, today.Format(time.DateOnly)), "give the day on which somebody read the sources")
	}
}

func (l *lint) texts(key string, list []string, hint string) {
	for i, s := range list {
		if strings.TrimSpace(s) == "" {
			path := fmt.Sprintf("%s.%d", key, i)
			if !l.p.doc.Given(path) {
				path = key
			}
			l.bad(path, key+" is empty", hint)
		}
	}
}

func (l *lint) share() {
	x, ok := new(big.Rat).SetString(l.p.MinShare)
	if ok && (x.Sign() <= 0 || x.Cmp(big.NewRat(1, 1)) >= 0) {
		l.bad("min_share", "min_share must be above 0 and below 1, not "+l.p.MinShare, "0.02 is two percent")
	}
}

// metric finds what a check or requirement is about.
func (l *lint) metric(path, detector, metric string) (config.MetricDecl, bool) {
	d, ok := config.Decl(l.detectors, detector)
	if !ok {
		var names []string
		for _, d := range l.detectors {
			names = append(names, d.Name)
		}
		hint := config.DidYouMean(detector, names)
		if hint == "" {
			hint = "see plumbline detectors list"
		}
		l.bad(path+".detector", fmt.Sprintf("unknown detector %q", detector), hint)
		return config.MetricDecl{}, false
	}
	if metric == "" {
		return config.MetricDecl{}, true
	}
	m, ok := d.Metric(metric)
	if !ok {
		var names []string
		for _, m := range d.Metrics {
			names = append(names, m.Name)
		}
		hint := config.DidYouMean(metric, names)
		if hint == "" {
			hint = "see plumbline detectors show " + detector
		}
		l.bad(path+".metric", fmt.Sprintf("detector %s has no metric %q", detector, metric), hint)
	}
	return m, ok
}

// check holds one check against what its metric can be held to.
func (l *lint) check(i int) {
	c, path := l.p.Checks[i], fmt.Sprintf("checks.%d", i)
	if c.Detector == "" || c.Metric == "" {
		return // reported as missing
	}
	m, ok := l.metric(path, c.Detector, c.Metric)
	if !ok {
		return
	}
	if len(c.limits()) == 0 {
		l.bad(path, "the check sets no limit", "give min_ratio, max_difference, min or max")
	}
	if c.Strict && (c.MaxDifference == "" || len(c.limits()) > 1) {
		l.bad(path+".strict", "strict is about max_difference alone", "leave it out, or give max_difference in a check of its own")
	}
	for _, x := range c.limits() {
		at := path + "." + x.key
		if !m.Gated(x.key) {
			hint := "it is measured and shown only"
			if len(m.Gates) > 0 {
				hint = "use " + strings.Join(m.Gates, " or ")
			}
			l.bad(at, fmt.Sprintf("%s cannot be limited by %s", c.Metric, x.key), hint)
		} else if wrong, hint := config.Impossible(x.key, m, x.value); wrong != "" {
			l.bad(at, fmt.Sprintf("%s must be %s, not %s", x.key, wrong, x.value), hint)
		}
	}
}

// contradictions finds limits of one pack that cannot stand beside each other.
func (l *lint) contradictions() {
	for i, c := range l.p.Checks {
		for k := 0; k <= i; k++ {
			o := l.p.Checks[k]
			if o.Detector == c.Detector && o.Metric == c.Metric {
				l.against(k, i)
			}
		}
	}
}

// against compares the limits of two checks of one metric, or of one check.
func (l *lint) against(k, i int) {
	o, c := l.p.Checks[k], l.p.Checks[i]
	for _, x := range o.limits() {
		for _, y := range c.limits() {
			a, okA := new(big.Rat).SetString(x.value)
			b, okB := new(big.Rat).SetString(y.value)
			at := fmt.Sprintf("checks.%d.%s", i, y.key)
			first := "the other at " + l.p.doc.Where(fmt.Sprintf("checks.%d.%s", k, x.key))
			switch {
			case !okA || !okB, i == k && x.key == "max":
			case x.key == "min" && y.key == "max" && a.Cmp(b) > 0, x.key == "max" && y.key == "min" && a.Cmp(b) < 0:
				l.bad(at, fmt.Sprintf("the pack contradicts itself: %s has min above max, and no data can pass", c.Metric), first)
			case i == k || x.key != y.key:
			case o.Severity == c.Severity:
				l.bad(at, fmt.Sprintf("the pack contradicts itself: it limits %s by %s %s and by %s", c.Metric, y.key, x.value, y.value), "a second limit needs severity: warn; "+first)
			case !stricter(y.key, a, b, o.Severity):
				l.bad(at, fmt.Sprintf("the pack contradicts itself: its warning about %s comes only after its failure", c.Metric), "the limit with severity: warn must be the stricter one; "+first)
			}
		}
	}
}

// stricter tells whether of two limits the one that warns is reached first; a has
// the severity given.
func stricter(key string, a, b *big.Rat, severity string) bool {
	warn, fail := a, b
	if severity != "warn" {
		warn, fail = b, a
	}
	if key == "min" || key == "min_ratio" {
		return warn.Cmp(fail) > 0
	}
	return warn.Cmp(fail) < 0
}

// onlyParameters refuses limits beside a detector's parameters.
func (l *lint) onlyParameters(d config.Detector) {
	if len(d.Gates) > 0 {
		l.bad("detectors."+d.Name, "limits of a pack stand under checks", fmt.Sprintf("write checks: [{detector: %s, metric: %s, %s: %s}]", d.Name, d.Gates[0].Metric, d.Gates[0].Key, d.Gates[0].Value))
	}
}

// requirement checks that there is one way to fulfil it.
func (l *lint) requirement(r Requirement) {
	path := "requirements." + r.Name
	if slices.Contains([]string{ageID, provenanceID, referenceID}, r.Name) || strings.HasPrefix(r.Name, attributeIDs) {
		l.bad(path, fmt.Sprintf("requirement %s has an id that every pack has by itself", r.Name), "rename it; max_age, provenance, reference and attributes of the pack give those")
		return
	}
	ways := []bool{r.Detector != "", r.Table != "", r.Statement}
	n := 0
	for _, w := range ways {
		if w {
			n++
		}
	}
	switch {
	case n == 0:
		l.bad(path, fmt.Sprintf("requirement %s says of no evidence", r.Name), "give detector, table, or statement: true")
		return
	case n > 1:
		l.bad(path, fmt.Sprintf("requirement %s names several kinds of evidence", r.Name), "give one of detector, table and statement")
		return
	case r.Metric != "" && r.Detector == "":
		l.bad(path+".metric", "metric needs a detector", "")
		return
	case r.Date && !r.Statement:
		l.bad(path+".date", "date is about a statement", "give statement: true")
		return
	}
	if r.Table != "" {
		l.table(path+".table", r.Table)
	}
	if r.Detector != "" {
		l.metric(path, r.Detector, r.Metric)
	}
}

// table checks that a detector makes tables with such an id.
func (l *lint) table(path, id string) {
	name, _, _ := strings.Cut(id, "/")
	d, ok := config.Decl(l.detectors, name)
	if !ok {
		l.bad(path, fmt.Sprintf("no detector makes a table %q", id), "a table's id begins with its detector: ll144/selection/sex")
		return
	}
	made := func(t string) bool { return id == t || strings.HasPrefix(id, t+"/") }
	if id == name || len(d.Tables) > 0 && !slices.ContainsFunc(d.Tables, made) {
		hint := config.DidYouMean(id, d.Tables)
		if hint == "" && len(d.Tables) > 0 {
			hint = "there are " + strings.Join(d.Tables, ", ")
		}
		l.bad(path, fmt.Sprintf("detector %s makes no table %q", name, id), hint)
	}
}

// requirementIDs lists what audit.yaml may give evidence for.
func (p *Pack) requirementIDs(statements bool) []string {
	var out []string
	for _, r := range p.Requirements {
		if r.Statement || !statements {
			out = append(out, r.Name)
		}
	}
	slices.Sort(out)
	return out
}
