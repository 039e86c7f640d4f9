package detectors

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// fragile collects what easily turns the verdicts about one attribute, of
// groups that are large enough to be judged. It is told of only where somebody
// set the limit: without one there is no verdict. Where nothing of it turns a ratio
// that breaks the limit, that is told.
type fragile struct {
	r      *robustness
	s      section
	said   []remark
	at     []int
	first  *nearest // of groups of any size, the ratio that turns first
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

// nearest is the comparison that the fewest decisions turn.
type nearest struct {
	contest
	changes int64
	at      int // its measurement
}

func (n nearest) pair() string { return n.g.name + " beside " + plainReference(n.ref.name) }

func newFragile(r *robustness, s section) *fragile { return &fragile{r: r, s: s} }

// about says whether a comparison may be told of.
func (f *fragile) about(c contest) bool {
	least := max(1, f.s.attribute.MinRows)
	return f.r.judged && c.verge.N >= least && c.verge.M >= least
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

// flips tells of a verdict that hangs on a single decision.
func (f *fragile) flips(c contest, least stat.Turn) {
	if f.r.judged && least.Changes > 0 && (f.first == nil || least.Changes < f.first.changes) {
		f.first = &nearest{c, least.Changes, len(f.r.out) - 1}
	}
	if f.r.judged && !c.verge.Inside() && least.Changes > 0 && (f.broken == nil || least.Changes < f.broken.changes) {
		f.broken = &nearest{c, least.Changes, len(f.r.out) - 1}
	}
	if f.about(c) && least.Changes == 1 {
		f.say(c, len(f.r.out)-1, "one decision more or less turns it")
	}
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
	title := fmt.Sprintf("Little would turn some verdicts on the ratio of favorable rates by %s (limit %s).", f.s.attribute.Name, f.r.text)
	if !f.r.gated {
		title = fmt.Sprintf("Little would carry some ratios of favorable rates by %s across %s.", f.s.attribute.Name, f.r.text)
	}
	switch {
	case f.first == nil:
	case f.first.changes == 1 && !f.about(f.first.contest):
		text += fmt.Sprintf(" A single case turns %s, of whom one has few rows.", f.first.pair())
	case f.first.changes > 1:
		text += fmt.Sprintf(" No single case turns one: it takes at least %s, for %s.", otherDecisions(f.first.changes), f.first.pair())
	}
	if f.broken != nil && f.broken.at != f.first.at {
		text += fmt.Sprintf(" Of those beyond the limit %s turns first, with %s.", f.broken.pair(), otherDecisions(f.broken.changes))
	}
	return audit.Finding{
		ID: "robustness/" + f.s.attribute.Name, Detector: "robustness", Severity: audit.Info,
		Title:  title,
		Detail: text, Measurements: f.at,
	}, true
}

// firm says that no single case turns the ratios that break the limit: the answer
// to whether one more would.
func (f *fragile) firm() (audit.Finding, bool) {
	if f.broken == nil || len(f.s.attribute.Parts) > 1 {
		return audit.Finding{}, false
	}
	if f.broken.changes == 1 { // of a group too small to be told of by itself
		return audit.Finding{
			ID: "robustness/" + f.s.attribute.Name, Detector: "robustness", Severity: audit.Info,
			Title: fmt.Sprintf("A single case carries a ratio of favorable rates by %s back within the limit (%s).", f.s.attribute.Name, f.r.text),
			Detail: fmt.Sprintf("It takes one other decision, for %s (%d rows) beside %s (%d rows).",
				f.broken.g.name, f.broken.verge.N, plainReference(f.broken.ref.name), f.broken.verge.M),
			Measurements: []int{f.broken.at},
		}, true
	}
	return audit.Finding{
		ID: "robustness/" + f.s.attribute.Name, Detector: "robustness", Severity: audit.Info,
		Title: fmt.Sprintf("No single case carries a ratio of favorable rates by %s back within the limit (%s).", f.s.attribute.Name, f.r.text),
		Detail: fmt.Sprintf("It takes at least %s, for %s beside %s.%s",
			otherDecisions(f.broken.changes), f.broken.g.name, plainReference(f.broken.ref.name), f.nor()),
		Measurements: []int{f.broken.at},
	}, true
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

func otherDecisions(n int64) string {
	if n == 1 {
		return "1 other decision"
	}
	return fmt.Sprintf("%d other decisions", n)
}
