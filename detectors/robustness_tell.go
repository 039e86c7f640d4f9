package detectors

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// fragile collects what easily turns the gaps about one attribute at one aim, of
// groups that are large enough to be judged. It is told of only where somebody
// set the limit. Where nothing of it turns a gap that breaks the limit, that is told.
type fragile struct {
	r      *robustness
	s      section
	aim    aim
	said   []remark
	at     []int
	first  *nearest // of groups of any size, the gap that turns first
	broken *nearest // of those that break the limit, the one that turns first
	loose  bool     // leaving out one part, or a near cut, turns one of those
	parts  []string // what was left out, one at a time
	cuts   bool     // other cuts of a score were tried
}

// remark is what turns one comparison.
type remark struct {
	who   string
	turns []string
}

// nearest is the comparison that the fewest changes turn.
type nearest struct {
	contest
	changes fewest
	at      int // its measurement
}

func (n nearest) pair() string { return n.g.name + " beside " + plainReference(n.ref.name) }

func newFragile(r *robustness, s section, a aim) *fragile { return &fragile{r: r, s: s, aim: a} }

// about says whether a comparison may be told of.
func (f *fragile) about(c contest) bool {
	least := max(1, f.s.attribute.MinRows)
	return f.aim.judged && c.verge.N >= least && c.verge.M >= least
}

func (f *fragile) say(c contest, at int, text string) {
	who := c.g.name + " beside " + plainReference(c.ref.name)
	f.at = append(f.at, at)
	if i := slices.IndexFunc(f.said, func(r remark) bool { return r.who == who }); i >= 0 {
		f.said[i].turns = append(f.said[i].turns, text)
		return
	}
	f.said = append(f.said, remark{who, []string{text}})
}

// flips tells of a gap that hangs on a single case.
func (f *fragile) flips(c contest, least fewest) {
	n := least.least()
	if !f.aim.judged || n == 0 {
		return
	}
	one := &nearest{c, least, len(f.r.out) - 1}
	if f.first == nil || n < f.first.changes.least() {
		f.first = one
	}
	if !c.verge.Inside() && (f.broken == nil || n < f.broken.changes.least()) {
		f.broken = one
	}
	if f.about(c) && n == 1 {
		f.say(c, one.at, "one "+f.single(least)+" turns it")
	}
}

// what is a change, in a sentence: decision, or label.
func (f *fragile) what() string {
	kind, _ := f.aim.rate.counted()
	if strings.HasSuffix(kind, "label") {
		return "label"
	}
	return "decision"
}

// single is a single change that suffices.
func (f *fragile) single(n fewest) string {
	if n.flips == 1 {
		return f.what() + " more or less"
	}
	return "row of the other group"
}

// takes says what it takes to turn a comparison.
func (f *fragile) takes(n fewest) string {
	rows := plural(n.relabels, "row") + " counted for the other group"
	flips := plural(n.flips, "other "+f.what())
	switch {
	case n.flips == 0:
		return rows
	case n.relabels == 0 || n.relabels >= n.flips:
		return flips
	}
	return flips + ", or " + rows
}

// left tells of parts without which the verdict turns.
func (f *fragile) left(c contest, l layering, out leftOuts, names []string, at int) {
	f.loose = f.loose || !c.verge.Inside() && len(out.turns) > 0
	if name := f.r.inWords(l.name); !slices.Contains(f.parts, name) {
		f.parts = append(f.parts, name)
	}
	if !f.about(c) || len(out.turns) == 0 {
		return
	}
	var turned []string
	for _, s := range out.turns {
		turned = append(turned, names[s])
	}
	f.say(c, at, "it turns "+withoutOne(f.r.inWords(l.name), turned, 3))
}

// cut tells of a verdict that another cut nearby turns.
func (f *fragile) cut(c contest, used, turning string, share float64, at int) {
	f.loose = f.loose || !c.verge.Inside()
	if f.about(c) {
		f.say(c, at, fmt.Sprintf("it turns if the score is cut at %s instead of %s, %.1f\u202f%% of rows away", turning, used, 100*share))
	}
}

// finding is one sentence for the attribute.
func (f *fragile) finding() (audit.Finding, bool) {
	if len(f.said) == 0 {
		return f.firm()
	}
	const most = 4
	var parts []string
	for _, r := range f.said[:min(most, len(f.said))] {
		parts = append(parts, r.who+": "+strings.Join(r.turns, ", and "))
	}
	text := strings.Join(parts, "; ")
	if n := len(f.said) - most; n > 0 {
		text += fmt.Sprintf("; and %d more", n)
	}
	text += "."
	switch {
	case f.first == nil:
	case f.first.changes.least() == 1 && !f.about(f.first.contest):
		text += fmt.Sprintf(" A single case turns %s, of whom one has few rows.", f.first.pair())
	case f.first.changes.least() > 1:
		text += fmt.Sprintf(" No single case turns one: it takes at least %s, for %s.", f.takes(f.first.changes), f.first.pair())
	}
	if f.broken != nil && f.broken.at != f.first.at {
		text += fmt.Sprintf(" Of those beyond the limit %s turns first, with %s.", f.broken.pair(), f.takes(f.broken.changes))
	}
	return f.tell(fmt.Sprintf("Little would carry some %s by %s across %s.", f.plural(), f.s.attribute.Name, f.limit()), text, f.at), true
}

// plural are the gaps in a sentence: ratios of favorable rates.
func (f *fragile) plural() string {
	kind, of, _ := strings.Cut(f.aim.words(f.r.emitter), " ")
	return kind + "s " + of
}

// limit names the limit.
func (f *fragile) limit() string {
	if f.aim.gated {
		return "the limit of " + f.aim.text
	}
	return f.aim.text
}

func (f *fragile) tell(title, detail string, at []int) audit.Finding {
	return audit.Finding{ID: "robustness/" + f.s.attribute.Name + "/" + f.aim.gap.name + "/" + f.aim.text, Detector: "robustness", Severity: audit.Info,
		Title: title, Detail: detail, Measurements: at}
}

// firm says that no single case turns the gaps that break the limit: the answer
// to whether one more would.
func (f *fragile) firm() (audit.Finding, bool) {
	if f.broken == nil || len(f.s.attribute.Parts) > 1 {
		return audit.Finding{}, false
	}
	back := fmt.Sprintf("a %s by %s back within the limit of %s.", f.aim.words(f.r.emitter), f.s.attribute.Name, f.aim.text)
	if f.broken.changes.least() == 1 { // of a group too small to be told of by itself
		return f.tell("A single case carries "+back, fmt.Sprintf("It takes %s, for %s (%d rows) beside %s (%d rows).",
			f.takes(f.broken.changes), f.broken.g.name, f.broken.verge.N, plainReference(f.broken.ref.name), f.broken.verge.M), []int{f.broken.at}), true
	}
	return f.tell("No single case carries "+back, fmt.Sprintf("It takes at least %s, for %s beside %s.%s",
		f.takes(f.broken.changes), f.broken.g.name, plainReference(f.broken.ref.name), f.nor()), []int{f.broken.at}), true
}

// nor says what else was tried and turns nothing.
func (f *fragile) nor() string {
	var tried []string
	if len(f.parts) > 0 {
		tried = append(tried, "leaving out any one "+strings.Join(f.parts, " or "))
	}
	if f.cuts {
		tried = append(tried, "cutting the score nearby")
	}
	if f.loose || len(tried) == 0 {
		return ""
	}
	return " Nor does " + strings.Join(tried, ", or ") + "."
}

// plural is a number of things.
func plural(n int64, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
