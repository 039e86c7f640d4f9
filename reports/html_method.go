package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// term is a metric explained, with an example from this very audit.
type term struct {
	ID, Label, Metric, Plain, Formula, Example string
	Conventions, Intervals, Tests              []string
}

// command is something to type, and what it shows.
type command struct {
	Text, Code string
}

// method explains every metric of this result and how checks are judged.
func (p *page) method(k *maker) {
	seen, noted := map[string]int{}, map[[4]string]bool{}
	for i := range k.r.Measurements {
		m := &k.r.Measurements[i]
		at, ok := seen[m.Metric]
		if !ok {
			at = len(p.Terms)
			seen[m.Metric] = at
			d := define(m.Metric)
			p.Terms = append(p.Terms, term{ID: "def-" + m.Metric, Label: sentenceCase(d.label), Metric: clean(m.Metric), Plain: fillWords(k.r, d.plain), Formula: fillWords(k.r, d.formula)})
		}
		t := &p.Terms[at]
		interval := ""
		if m.Interval != nil {
			interval = m.Interval.Method
		}
		if key := [4]string{m.Metric, m.Convention, m.Test, interval}; !noted[key] {
			noted[key] = true
			note(&t.Conventions, clean(m.Convention))
			note(&t.Tests, testText(m.Test))
			if m.Interval != nil {
				note(&t.Intervals, intervalText(interval))
			}
		}
		if t.Example == "" && m.Window == audit.AllWindows {
			t.Example = k.example(m)
		}
	}
	p.Method = k.rules()
}

func note(list *[]string, s string) {
	if s != "" && !slices.Contains(*list, s) {
		*list = append(*list, s)
	}
}

// example works a number out with its own counts.
func (k *maker) example(m *audit.Measurement) string {
	if m.Value == nil {
		return ""
	}
	s := scaleOf(m)
	who := groupName(m)
	if m.Column != nil {
		who = clean(*m.Column)
	}
	value := s.write(*m.Value) + s.unitWord()
	switch {
	case m.Numerator == nil || m.Denominator == nil:
		if m.Reference != nil {
			return fmt.Sprintf("%s against %s: %s.", who, referenceName(m), value)
		}
		return ""
	case m.Metric == treatmentEquality:
		return fillWords(k.r, fmt.Sprintf("%s: %s {missed} for %s {flagged} = %s {missed} for each.", who, count(*m.Numerator), count(*m.Denominator), ratio(*m.Value)))
	case m.RefNum != nil && m.RefDen != nil && (s == gap || s == quotient || m.Metric == treatmentEquality+"_difference") && *m.Denominator > 0 && *m.RefDen > 0:
		op := " − "
		if s == quotient {
			op = " ÷ "
		}
		return fmt.Sprintf("%s against %s: %s/%s%s%s/%s = %s.", who, referenceName(m),
			count(*m.Numerator), count(*m.Denominator), op, count(*m.RefNum), count(*m.RefDen), value)
	case m.Reference == nil:
		return fmt.Sprintf("%s: %s of %s = %s.", who, count(*m.Numerator), count(*m.Denominator), value)
	}
	return ""
}

// rules says how a check is decided and what the words mean.
func (k *maker) rules() []fact {
	a, g := k.r.Audit, k.r.Gates
	level := strings.TrimSuffix(fixed(100*(1-a.Alpha), 1), ".0")
	out := []fact{
		{Name: "Positive decision", Text: clean(orDash(a.DecisionText)) + favorableText(a)},
		{Name: "Positive label", Text: clean(orDash(a.LabelText))},
		{Name: "Intervals", Text: level + thin + "% level, each by the method named with its metric below. An interval is the range of true values that the counts are compatible with."},
	}
	if a.LabelText == "" {
		out = slices.Delete(out, 1, 2)
	}
	if p := k.r.Privacy; p != nil {
		out = append(out, fact{Name: "Suppressed", Text: fmt.Sprintf("A count of 1 to %s, or a number that would tell one: rates and gaps of the group, their intervals and p-values, and other groups as far as totals, margins, windows and intersections would give it away. Every suppressed count could be another one, %s or more apart, with everything shown the same. Which numbers are small themselves is not told.", count(p.MinCell-1), count(p.MinCell))})
	}
	if len(g.Checks) == 0 {
		return append(append(out, fact{Name: "Checks", Text: "No limit was set. The audit measures and does not judge."}), k.followed()...)
	}
	out = append(out, k.policies(g)...)
	name, adjusted := "p and adjusted p", "The adjusted p also allows for the number of tests."
	if g.Adjustment == "none" {
		name, adjusted = "p", "It does not allow for the number of tests, because no adjustment was asked for."
	}
	out = append(out, fact{Name: "Undecided", Text: "Neither. The number is too near to the limit for these cases to tell, or it is undefined. It is not a pass."},
		fact{Name: "Small groups", Text: "A group with fewer rows than min_rows (30 unless set, 100 for intersections) may fail a check, but no pass waits for it. " + k.fewPeople()},
		fact{Name: "Error budget", Text: budgetText(a.Alpha, g)},
		fact{Name: name, Text: "p is the chance of counts at least as far from parity if the groups were treated alike. " + adjusted})
	return append(slices.Concat(out, k.followed(), k.safeguards()),
		fact{Name: "Judged", Text: "Only numbers over the whole period (or the period asked for) are judged. Single windows are shown to see whether a gap is stable."})
}

// fewPeople says what min_rows means where rows are not people.
func (k *maker) fewPeople() string {
	if !k.byPerson() {
		return "With a subject it would count people too."
	}
	return "With a subject it counts people too: on fewer of them, however many rows they have, no check fails but under the policy point."
}

// policiesOf are the policies in use.
func policiesOf(checks []audit.Check) map[audit.Policy]bool {
	used := map[audit.Policy]bool{}
	for _, c := range checks {
		used[cmp.Or(c.Threshold.Policy, audit.TwoProng)] = true
	}
	return used
}

// policies says what it takes to fail and to pass, for each policy in use.
func (k *maker) policies(g audit.GateSummary) []fact {
	used, p := policiesOf(g.Checks), "the adjusted p"
	if g.Adjustment == "none" {
		p = "p"
	}
	out := []fact{}
	if used[audit.TwoProng] || used[audit.ByInterval] {
		out = append(out, fact{Name: "Fail", Text: "The number is on the wrong side of its limit, and chance alone is an unlikely explanation: " + p + " is below the error budget. Under the policy interval, the whole interval of a gap is on the wrong side as well."})
	}
	if len(out) > 0 || used[audit.Equivalence] {
		out = append(out, fact{Name: "Pass", Text: "The whole interval is on the right side of the limit."})
	}
	if used[audit.Equivalence] {
		out = append(out, fact{Name: "Policy equivalence", Text: "The limit has to be shown to hold. A check fails unless the whole interval is on the right side, and so it also fails where the cases are too few to show it; that is no evidence of a gap."})
	}
	if used[audit.BySequence] {
		out = append(out, fact{Name: "Limits of indicators", Text: "They are judged by all windows to date, with an interval that holds at every look at once: pass where it lies within the limits (assured), fail where it lies outside (breach), inconclusive where it does neither (not resolved). Checks of detectors are claims about this run alone."})
	}
	if used[audit.ByPoint] {
		out = append(out, fact{Name: "Policy point", Text: "The number alone decides, and chance is not looked at. No error budget holds under this policy: where groups are small, such a check often fails though all groups are treated alike, and passes though they are not." + k.costs(g.Checks)})
	}
	return out
}

// adjusted is the adjusted p, unless it is p itself.
func (k *maker) adjusted(m *audit.Measurement) *float64 {
	if k.r.Gates.Adjustment == "none" {
		return nil
	}
	return m.PAdjusted
}

// costs says how often checks by the point alone would fail by chance, at the sizes
// of this log.
func (k *maker) costs(checks []audit.Check) string {
	var out []string
	for _, c := range checks {
		if c.FalseAlarm == nil {
			continue
		}
		share := "fewer than 1 in 1,000"
		if *c.FalseAlarm > 0 {
			share = "about " + roughPercent(*c.FalseAlarm)
		}
		name := strings.ReplaceAll(c.Metric, "_", " ")
		if c.Attribute != "" {
			name += " by " + c.Attribute
		}
		out = append(out, name+" "+share)
	}
	if len(out) == 0 {
		return ""
	}
	return " What it costs here, the share of logs of these sizes in which the check would fail if all groups were treated alike (1,000 " + k.draws() + "): " + strings.Join(out, ", ") + "."
}

// budgetText says how the tests share the error budget, what that promises, and
// for which checks it promises nothing.
func budgetText(alpha float64, g audit.GateSummary) string {
	used := policiesOf(g.Checks)
	var without []string
	if used[audit.Equivalence] {
		without = append(without, fmt.Sprintf("Under the policy equivalence the budget is about the other error: where the true gap lies beyond the limit, a check passes with a chance of at most %s.", strconv.FormatFloat(alpha/2, 'g', -1, 64)))
	}
	if used[audit.ByPoint] {
		without = append(without, "Checks under the policy point look at no test, so no error budget holds for them.")
	}
	if used[audit.BySequence] {
		without = append(without, "Limits of indicators over time have a budget of their own, which the section on indicators shows.")
	}
	if used[audit.TwoProng] || used[audit.ByInterval] {
		without = append([]string{sharedText(alpha, g, len(without) > 0)}, without...)
	}
	return strings.Join(without, " ")
}

// sharedText is budgetText about the checks that go by their tests.
func sharedText(alpha float64, g audit.GateSummary, others bool) string {
	budget := strconv.FormatFloat(alpha, 'g', -1, 64)
	tests := plural(g.FamilySize, "test", "tests")
	among := ""
	if others {
		among = " of those that go by their test"
	}
	switch g.Adjustment {
	case "bh", "by":
		name := map[string]string{"bh": "Benjamini and Hochberg’s", "by": "Benjamini and Yekutieli’s"}[g.Adjustment]
		return fmt.Sprintf("%s adjusted by %s method at %s: of the checks that fail for a gap%s, at most that share is expected to be a false alarm.", verb(g.FamilySize, tests, "is", "are"), name, budget, among)
	case "none":
		if g.FamilySize == 1 {
			return fmt.Sprintf("1 test at %s.", budget)
		}
		return fmt.Sprintf("%s, each at %s and not adjusted: the more tests there are, the more likely is a false alarm.", tests, budget)
	}
	if g.FamilySize == 1 {
		return fmt.Sprintf("1 test has the whole budget of %s: if there is no gap at all, the chance that a check%s fails is at most %s.", budget, among, budget)
	}
	return fmt.Sprintf("%s share the budget of %s, adjusted by Holm’s method: if there is no gap at all, the chance that even one check%s fails is at most %s.", tests, budget, among, budget)
}

// draws is how chance alone is drawn: with a subject, rates vary as people do.
func (k *maker) draws() string {
	if k.byPerson() {
		return "normal draws of rates that vary as the rows of people do"
	}
	return "random deals of the same outcomes"
}

// byPerson says that some number follows people.
func (k *maker) byPerson() bool {
	return slices.ContainsFunc(k.r.Measurements, func(m audit.Measurement) bool { return m.Shards != 0 })
}

// verb puts the form of a verb behind a counted noun.
func verb(n int, counted, one, many string) string {
	if n == 1 {
		return counted + " " + one
	}
	return counted + " " + many
}

// followed says how intervals and tests follow people, where they do.
func (k *maker) followed() []fact {
	subjects, shards, told := 0, 0, true
	for i := range k.r.Measurements {
		if m := &k.r.Measurements[i]; m.EachSubject {
			told = told && m.Shards >= 0
			subjects = max(subjects, m.Shards, 1)
		} else {
			shards = max(shards, m.Shards)
		}
	}
	const people = "One person can have many rows, so intervals and tests follow people: "
	dealt := fmt.Sprintf("a hash deals them to 64 shards, of which %d have rows, and each is left out in turn.", shards)
	each := "each of " + count(int64(subjects)) + " subjects is left out in turn, without shards. Rows without a subject count as one."
	if !told {
		each = "each subject is left out in turn, without shards; their number is suppressed. Rows without a subject count as one."
	}
	switch {
	case subjects > 0 && shards > 0:
		return []fact{{Name: "People, not rows", Text: people + each}, {Name: "Shards of people", Text: "Other numbers, such as those about scores, follow people by shards: " + dealt}}
	case subjects > 0:
		return []fact{{Name: "People, not rows", Text: people + each}}
	case shards > 0:
		return []fact{{Name: "People, not rows", Text: people + dealt}}
	}
	return nil
}

// safeguards explains what stands beside the numbers of this result.
func (k *maker) safeguards() []fact {
	joint, people, bound, worst, flip, power := 0, 0, false, false, false, false
	for i := range k.r.Measurements {
		m := &k.r.Measurements[i]
		if m.Joint != nil {
			bound = bound || m.Joint.Draws == 0
			if m.Shards > 0 {
				people = max(people, m.Joint.Draws)
			} else {
				joint = max(joint, m.Joint.Draws)
			}
		}
		worst = worst || m.GroupKind == audit.KindWorst && m.Null != nil
		flip = flip || m.Flipflop != nil && m.Flipflop.Threshold != nil
		power = power || m.Power != nil && m.Power.Detectable != nil
	}
	var out []fact
	if joint > 0 {
		out = append(out, fact{Name: "All pairs at once", Text: fmt.Sprintf("Where the data chose which groups to compare, the p of a pair allows for every pair: it is the chance, when the outcomes are dealt to the groups at random (%s times), that any pair looks as unusual as this one (Westfall and Young 1993). Such a set of pairs counts as one test.", count(int64(joint)))})
	}
	if people > 0 {
		out = append(out, fact{Name: "All pairs at once, by person", Text: fmt.Sprintf("Where the data chose which groups to compare, the p of a pair allows for every pair: it is the chance, when all groups are alike and their rates vary as the rows of people do (%s normal draws), that any pair is as many of its standard errors apart as this one (max-t: Hothorn, Bretz and Westfall 2008). It is an approximation, not an exact test. Such a set of pairs counts as one test.", count(int64(people)))})
	}
	if bound {
		out = append(out, fact{Name: "All pairs within strata", Text: "Where the data chose which groups to compare within strata, the p of a pair is that of the pair alone times the number of pairs (Bonferroni’s bound), and allows for every pair that way. Such a set of pairs counts as one test."})
	}
	if worst {
		out = append(out, fact{Name: "Widest gap by chance", Text: "The lowest group always lies below the highest, also when all are treated alike. Beside the widest gap stands what groups of these sizes show by chance alone, from 1,000 " + k.draws() + "."})
	}
	if flip {
		out = append(out, fact{Name: "Flip-flop", Text: "Behind each ratio (hover over it, or see the CSV export) stands how many decisions would have to move to make the rates equal, and how many changed decisions would carry the ratio across its limit. Where one would, the check does not fail, but under the policies point and equivalence."})
	}
	if power {
		out = append(out, fact{Name: "Power", Text: "The CSV export says for each pair how small a difference a test of this pair alone would show in 4 of 5 such logs, with what chance it would tell a gap as large as the limit from no gap, and how many cases would settle a check that could not be decided."})
	}
	return out
}

func favorableText(a audit.Header) string {
	if a.Favorable {
		return " (counted as good for the person)"
	}
	return " (counted as bad for the person)"
}

// provenance says from which bytes and rules the numbers came, and how to
// compute them again.
func (p *page) provenance(k *maker) {
	r := k.r
	p.Files = &grid{Caption: "Files read", Whole: true, Head: []headCell{label("File"), label("Role"), numeric("Size"), numeric("Rows"), label("SHA-256"), label("of")}}
	full := false
	for _, in := range r.Data.Inputs {
		of := map[string]string{"full": "every byte", "footer": "the footer"}[in.Hash]
		full = full || in.Hash == "full"
		p.Files.Rows = append(p.Files.Rows, []cell{{Text: clean(in.Path), Head: true, Code: true}, text(in.Role), {Text: size(in.Bytes), Exact: count(in.Bytes) + " bytes", Num: true}, integer(in.Rows), code(in.SHA256), text(orDash(of))})
	}
	if len(r.Data.Inputs) == 0 {
		p.Files.Note = "No file is recorded in this result."
	}
	p.Files.cut("files")
	add := func(name, text string, code bool) {
		if text != "" {
			p.Provenance = append(p.Provenance, fact{name, clean(text), code})
		}
	}
	add("Audit", r.Audit.Name, true)
	add("Kind", r.Audit.Kind, false)
	add("Configuration, SHA-256", r.Audit.SpecSHA256, true)
	add("Rule packs", strings.Join(r.Audit.Packs, ", "), false)
	add("Period", windowName(orAll(r.Audit.Period)), false)
	add("First and last time", join(" to ", r.Data.FirstTime, r.Data.LastTime), true)
	add("Windows", r.Audit.WindowEvery, false)
	add("Time zone", r.Audit.Timezone, false)
	add("As of", r.Audit.AsOf, true)
	add("Seed", strconv.FormatUint(r.Audit.Seed, 10), true)
	add("Program", join(" ", r.Engine.Name, r.Engine.Version), false)
	add("Revision", r.Engine.Revision, true)
	add("Schema of result.json", r.SchemaVersion, true)
	p.commands(full)
	p.ByHand = k.byHand()
}

func orAll(s string) string {
	if s == "" {
		return audit.AllWindows
	}
	return s
}

func (p *page) commands(full bool) {
	if full {
		p.Commands = append(p.Commands, command{"Check that the files are the ones that were audited; compare with the table above.", "sha256sum FILE"})
	}
	p.Commands = append(p.Commands,
		command{"Run the audit again. The measurements come out the same, byte for byte, on any machine.", "plumbline run audit.yaml"},
		command{"Make this page again from the stored result.", "plumbline report result.json -o html"},
		command{"See what a result document holds, field by field.", "plumbline schema result"},
	)
}

// byHand picks a rate that anyone can divide.
func (k *maker) byHand() string {
	for i := range k.r.Measurements {
		m := &k.r.Measurements[i]
		if m.Window == audit.AllWindows && m.GroupKind == audit.KindValue && m.Reference == nil && m.Value != nil && m.Numerator != nil && m.Denominator != nil && m.Metric != "scoring_rate" {
			return fmt.Sprintf("Or by hand: count the rows where %s is %s (%s of them) and those among them that were %s (%s). %s ÷ %s is %s, the %s in this report.",
				attributeName(m.Attribute), groupName(m), count(*m.Denominator), positive(k.r), count(*m.Numerator),
				count(*m.Numerator), count(*m.Denominator), scaleOf(m).write(*m.Value), define(m.Metric).label)
		}
	}
	return ""
}
