package reports

import (
	"cmp"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// openItem is something the audit could not judge, and why.
type openItem struct {
	What, Why string
	Anchor    string // where to read more
}

// undecided lists what could not be decided: the checks, and findings that say
// so about something else.
func undecided(r *audit.Result) []openItem {
	var out []openItem
	checks := map[string]int{}
	judged := map[int]bool{}
	for _, c := range r.Gates.Checks {
		if !isOpen(c.Verdict) {
			continue
		}
		why := clean(c.Reason)
		if why == "" {
			why = "the interval reaches over the limit."
		}
		if id := findingID(c); checks[id] == 0 {
			checks[id] = len(out) + 1
		}
		out = append(out, openItem{What: checkName(c), Why: why})
		for _, i := range c.Measurements {
			judged[i] = true
		}
	}
	for _, f := range r.Findings {
		if !isOpen(f.Severity) {
			continue
		}
		id, more, _ := strings.Cut(f.ID, "/"+string(f.Severity))
		switch i := checks[id]; {
		case i > 0 && more == "" && f.Detail != "": // the check again, with what would settle it
			out[i-1].Why = clean(f.Detail)
			continue
		case i > 0, len(f.Measurements) > 0 && judged[f.Measurements[0]]:
			continue
		}
		out = append(out, openItem{What: strings.TrimRight(clean(f.Title), ".:; "), Why: clean(f.Detail)})
	}
	return out
}

// findingID is the id of the finding about a check.
func findingID(c audit.Check) string {
	id := c.Detector + "/" + c.Metric
	if c.Attribute != "" {
		id += "/" + c.Attribute
	}
	return id
}

// unmeasured lists what could not be measured, in sentences: not how many rows have
// no label where the report says so of who is not in the picture.
func unmeasured(r *audit.Result) []string {
	var out []string
	told := labelShares(r)[""] != nil
	for _, note := range r.Notes {
		if told && strings.HasSuffix(note, "metrics that need a label leave them out") {
			continue
		}
		if s := strings.TrimRight(clean(note), ". "); s != "" {
			out = append(out, stopped(sentenceCase(s)))
		}
	}
	return append(out, unexplained(r)...)
}

// unexplained lists the explainers that were refused or stopped, those for the
// same reason together; what a note says of the model is not said again.
func unexplained(r *audit.Result) []string {
	var reasons, out []string
	names := map[string][]string{}
	for _, e := range r.Explainers {
		if e.Status == "partial" && e.Reason != "" {
			how := ": not explained: "
			if slices.ContainsFunc(r.Explanations, func(x audit.Explanation) bool { return x.Explainer == e.Name }) {
				how = ": not explained in full: "
			}
			out = append(out, upperFirst(e.Name)+how+stopped(strings.TrimPrefix(clean(e.Reason), "stopped: ")))
			continue
		}
		if e.Status != "refused" || e.Reason == "" || r.Model != nil && e.Reason == r.Model.Refused {
			continue
		}
		if names[e.Reason] == nil {
			reasons = append(reasons, e.Reason)
		}
		names[e.Reason] = append(names[e.Reason], e.Name)
	}
	for _, reason := range reasons {
		out = append(out, upperFirst(strings.Join(names[reason], ", "))+": not explained: "+stopped(clean(reason)))
	}
	return out
}

// stopped ends a sentence, which may be a question.
func stopped(text string) string {
	text = strings.TrimRight(text, ". ")
	if strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

func isOpen(v audit.Verdict) bool {
	return v == audit.Inconclusive || v == audit.Error || v == ""
}

// checkName is a check in a few words: selection rate ratio by marital.
func checkName(c audit.Check) string {
	s := sentenceCase(define(c.Metric).label)
	if c.Attribute != "" {
		s += " by " + attributeName(c.Attribute)
	}
	if c.Threshold.Pack != "" {
		s += " (pack " + clean(c.Threshold.Pack) + ")"
	}
	return s
}

// noFindings says why there is no finding.
func noFindings(r *audit.Result) string {
	switch {
	case r.Data.RowsAudited == 0 && r.Data.RowsRead == 0:
		return "No findings: the log holds no rows."
	case r.Data.RowsAudited == 0:
		return "No findings: every one of the " + count(r.Data.RowsRead) + " rows read was left out, for the reasons listed under completeness."
	case len(r.Measurements) == 0 && (len(r.Notes) > 0 || len(r.Gates.Checks) > 0):
		return "No findings: nothing could be measured."
	case len(r.Measurements) == 0:
		return "No findings: nothing was measured."
	case len(r.Gates.Checks) == 0:
		return "No findings: no limit was set, so nothing stands out against one."
	case r.Gates.Fail+r.Gates.Warn == 0 && r.Gates.Inconclusive > 0:
		return "No findings: no check failed, and some could not be decided."
	case r.Gates.Fail+r.Gates.Warn == 0:
		return "No findings: every check was within its limit."
	}
	if r.Gates.Fail == 0 {
		return "No findings were written; the checks that warned: " + checksOf(r, audit.Warn) + "."
	}
	return "No findings were written; the failed checks: " + checksOf(r, audit.Fail) + "."
}

// checksOf names the checks with a verdict, the first few of them.
func checksOf(r *audit.Result, v audit.Verdict) string {
	const most = 3
	var names []string
	for _, c := range r.Gates.Checks {
		if c.Verdict == v {
			names = append(names, checkName(c))
		}
	}
	if n := len(names) - most; n > 0 {
		return strings.Join(names[:most], "; ") + "; and " + count(int64(n)) + " more"
	}
	return strings.Join(names, "; ")
}

// undefinedRates counts the numbers over the whole period that have no value, and
// says why, if all of them lack it for one reason.
func undefinedRates(r *audit.Result) (n, all int, why string) {
	reasons := map[string]bool{}
	tally := func(compared bool) (undefined, all int) {
		for i := range r.Measurements {
			m := &r.Measurements[i]
			if m.Window != audit.AllWindows || m.GroupKind == audit.KindWorst || (m.Reference != nil) != compared ||
				m.GroupKind == audit.KindMissing && m.N == 0 { // nobody is missing: nothing to say
				continue
			}
			all++
			if m.Value == nil && !m.Suppressed {
				undefined++
				reasons[reasonOf(m)] = true
			}
		}
		return undefined, all
	}
	if n, all = tally(false); n == all { // some detectors measure comparisons alone
		if lost, gaps := tally(true); lost < gaps {
			n, all = n+lost, all+gaps
		}
	}
	switch {
	case len(reasons) != 1:
		return n, all, "each for the reason in its note in measurements.csv"
	case reasons[nobody]:
		return n, all, "because " + nobody
	}
	for reason := range reasons {
		why = "because " + reason
	}
	return n, all, why
}

const nobody = "nobody was there to count"

// reasonOf is why a number is undefined, in its note's words unless there was
// nobody to count.
func reasonOf(m *audit.Measurement) string {
	note := strings.TrimSuffix(strings.TrimPrefix(clean(m.Note), "undefined: "), ".")
	if m.N == 0 && m.GroupKind != audit.KindOverall || note == "" || strings.HasPrefix(note, "nobody") || strings.HasPrefix(note, "no row") {
		return nobody
	}
	return note
}

// told lists the findings to show first: by severity, and among equals those
// about single attributes before those about intersections.
func told(r *audit.Result) []audit.Finding {
	var out []audit.Finding
	for _, f := range r.Findings {
		if !isOpen(f.Severity) {
			out = append(out, f)
		}
	}
	rank := func(f audit.Finding) int {
		n := 2 * slices.Index([]audit.Verdict{audit.Fail, audit.Warn}, f.Severity)
		if n < 0 {
			n = 4
		}
		if len(f.Measurements) > 0 && crossed(r.Measurements[f.Measurements[0]].Attribute) {
			n++
		}
		return n
	}
	slices.SortStableFunc(out, func(a, b audit.Finding) int { return cmp.Compare(rank(a), rank(b)) })
	return out
}
