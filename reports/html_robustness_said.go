package reports

import (
	"fmt"
	"math"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// robustSaid says on which side of its limit a ratio lies, and what would turn that.
func robustSaid(ms map[string]*audit.Measurement, unit string) string {
	return join(" ", join(" ", robustSide(ms), robustTurns(ms, unit)), robustMore(ms))
}

// robustSide says on which side of its limit the ratio lies; empty where no number of
// decisions turns it.
func robustSide(ms map[string]*audit.Measurement) string {
	for _, metric := range []string{"flips_of_group", "flips_of_reference", "relabels"} {
		if m := ms[metric]; m != nil && m.Value != nil {
			return "Their ratio of favorable rates is " + sideOf(keepsLimit(ms)) + " the limit."
		}
	}
	return ""
}

func sideOf(keeps bool) string {
	if keeps {
		return "within"
	}
	return "beyond"
}

// keepsLimit says that the ratio lies within its limit.
func keepsLimit(ms map[string]*audit.Measurement) bool {
	for _, m := range ms {
		if t := m.Parameters["turns"]; t != "" {
			return t == "out of the limit"
		}
	}
	return false
}

// otherwise is what the ratio would be if it turned.
func otherwise(ms map[string]*audit.Measurement) string {
	return "be " + sideOf(!keepsLimit(ms)) + " it"
}

// robustTurns says how many other decisions, or rows of the other group, turn it.
func robustTurns(ms map[string]*audit.Measurement, unit string) string {
	any := ms["flips_of_group"]
	var ways []string
	for _, f := range [][2]string{{"flips_of_group", groupName(any)}, {"flips_of_reference", referenceName(any)}, {"relabels", ""}} {
		m := ms[f[0]]
		if m == nil || m.Value == nil {
			continue
		}
		n := int64(math.Round(*m.Value))
		direction := "fewer"
		if m.Parameters["direction"] == "up" {
			direction = "more"
		}
		switch {
		case f[0] == "relabels":
			ways = append(ways, fmt.Sprintf("if %s %s%s counted for the other of the two groups, with the same decisions", count(n), unit, wereOrWas(n)))
		default:
			ways = append(ways, fmt.Sprintf("with %s %s favorable %s for %s", count(n), direction, noun(n, "decision"), f[1]))
		}
	}
	if len(ways) == 0 {
		return "No number of other decisions turns it."
	}
	return "It would " + otherwise(ms) + " " + orList(ways) + "."
}

func wereOrWas(n int64) string {
	if n == 1 {
		return " was"
	}
	return " were"
}

// robustMore says what leaving parts out, and other cuts of the score, do to it.
func robustMore(ms map[string]*audit.Measurement) string {
	said := ""
	for _, id := range sortedKeys(ms) {
		if t := ms[id].Parameters["verdict_turns"]; strings.HasPrefix(id, "leave_one_out_low/") && t != "" && t != "no" {
			said = join(" ", said, sentenceCase(clean(t))+", it would "+otherwise(ms)+" as well.")
		}
	}
	m := ms["cut_margin"]
	if m == nil {
		return said
	}
	same := sideOf(keepsLimit(ms))
	cut := clean(m.Parameters["cut"])
	switch {
	case m.Value == nil:
		return join(" ", said, "Wherever the score is cut, the ratio is "+same+" it.")
	case m.Parameters["cut_sensitive"] == "yes":
		return join(" ", said, fmt.Sprintf("It would %s as well if the score were cut at %s and not at %s, with only %s of rows in between.", otherwise(ms), clean(m.Parameters["turning_cut"]), cut, percent(*m.Value)))
	case m.Parameters["same_verdict_from"] == m.Parameters["same_verdict_to"]:
		return join(" ", said, fmt.Sprintf("At the next cuts of the score, which is cut at %s, it would %s, but %s of rows lie in between.", cut, otherwise(ms), percent(*m.Value)))
	}
	return join(" ", said, fmt.Sprintf("The score is cut at %s; cut anywhere from %s to %s, the ratio is %s the limit as well.", cut, clean(m.Parameters["same_verdict_from"]), clean(m.Parameters["same_verdict_to"]), same))
}

func noun(n int64, one string) string {
	if n == 1 {
		return one
	}
	return one + "s"
}

func orList(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	comma := ""
	if len(parts) > 2 {
		comma = ","
	}
	return strings.Join(parts[:len(parts)-1], ", ") + comma + " or " + parts[len(parts)-1]
}
