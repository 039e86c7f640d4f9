package reports

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// robustSaid says on which side of its limit a gap lies, and what would turn that.
func robustSaid(k *maker, a *robustAim, ms map[string]*audit.Measurement) string {
	any := ms["flips_of_group"]
	side := any.Parameters["side"]
	if side == "" {
		return sentenceCase(clean(strings.TrimPrefix(any.Note, "undefined: "))) + ": it is on neither side of the limit."
	}
	said := fmt.Sprintf("Their %s is %s the limit of %s.", a.words(k), side, a.named())
	return join(" ", join(" ", said, robustTurns(ms, unit(k.r))), robustMore(a, ms))
}

// otherwise is what the gap would be if it turned.
func otherwise(ms map[string]*audit.Measurement) string {
	if ms["flips_of_group"].Parameters["side"] == "within" {
		return "be beyond it"
	}
	return "be within it"
}

// robustTurns says how many other decisions, or rows of the other group, turn it.
func robustTurns(ms map[string]*audit.Measurement, unit string) string {
	any := ms["flips_of_group"]
	kind, among := any.Parameters["counted"], ""
	if s := any.Parameters["among"]; s != "" {
		among = " (among " + clean(s) + ")"
	}
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
			who := count(n) + " " + unit + " were"
			if n == 1 {
				who = "one of the " + unit + " was"
			}
			ways = append(ways, "if "+who+" counted for the other of the two groups, with the same decisions")
		default:
			ways = append(ways, fmt.Sprintf("with %s %s %s for %s%s", count(n), direction, noun(n, clean(kind)), f[1], among))
			among = ""
		}
	}
	if len(ways) == 0 {
		what := "decisions"
		if strings.HasSuffix(kind, "label") {
			what = "labels"
		}
		return "No number of other " + what + " turns that."
	}
	return "It would " + otherwise(ms) + " " + orList(ways) + "."
}

// robustMore says what leaving parts out, and other cuts of the score, do to it.
func robustMore(a *robustAim, ms map[string]*audit.Measurement) string {
	said := ""
	for _, id := range sortedKeys(ms) {
		if t := ms[id].Parameters["turns"]; strings.HasPrefix(id, a.metric("leave_one_out", "low")+"/") && t != "" && t != "no" {
			said = join(" ", said, sentenceCase(clean(t))+", it would "+otherwise(ms)+" as well.")
		}
	}
	m := ms["cut_margin"]
	if m == nil || m.Suppressed {
		return said
	}
	said = join(" ", said, robustCut(a, ms, m))
	if m.Value == nil {
		return said
	}
	if m.Note != "" {
		said += " " + sentenceCase(clean(m.Note)) + "."
	}
	return said
}

// robustCut says what other cuts of the score do.
func robustCut(a *robustAim, ms map[string]*audit.Measurement, m *audit.Measurement) string {
	same, cut := ms["flips_of_group"].Parameters["side"], clean(m.Parameters["cut"])
	switch {
	case m.Value == nil && cut == "":
		return sentenceCase(clean(strings.TrimPrefix(m.Note, "undefined: "))) + "."
	case m.Value == nil:
		_, more, _ := strings.Cut(m.Note, "; ")
		said := "Wherever the score is cut, the " + a.gap() + " is " + same + " it."
		if more != "" {
			said += " " + sentenceCase(clean(more)) + "."
		}
		return said
	case m.Parameters["cut_sensitive"] == "yes":
		near := shortCuts(clean(m.Parameters["turning_cut"]), cut)
		return fmt.Sprintf("It would %s as well if the score were cut at %s and not at %s, with only %s of rows in between.", otherwise(ms), near[0], near[1], percent(*m.Value))
	case m.Parameters["same_side_from"] == m.Parameters["same_side_to"]:
		return fmt.Sprintf("At the next cuts of the score, which is cut at %s, it would %s, but %s of rows lie in between.", usedCut(cut), otherwise(ms), percent(*m.Value))
	}
	ends := shortCuts(clean(m.Parameters["same_side_from"]), clean(m.Parameters["same_side_to"]))
	return fmt.Sprintf("The score is cut at %s; cut anywhere from %s to %s, the %s is %s the limit as well.", usedCut(cut), ends[0], ends[1], a.gap(), same)
}

// usedCut writes the cut that decisions follow. It is known from the scores that rows
// have: the first one from the cut on, which may itself lie a little below, as 0.5
// below 0.50738.
func usedCut(cut string) string {
	short := shortCuts(cut)[0]
	if short != cut {
		short += " or a little below"
	}
	return short
}

// shortCuts writes scores with as few digits as tell them apart, four at least.
func shortCuts(cuts ...string) []string {
	for digits := 4; digits < 17; digits++ {
		out := make([]string, len(cuts))
		for i, c := range cuts {
			x, err := strconv.ParseFloat(c, 64)
			if err != nil {
				return cuts
			}
			if out[i] = strconv.FormatFloat(x, 'g', digits, 64); len(out[i]) > len(c) || strings.Contains(out[i], "e+") {
				out[i] = c
			}
		}
		if len(slices.Compact(slices.Sorted(slices.Values(out)))) == len(slices.Compact(slices.Sorted(slices.Values(cuts)))) {
			return out
		}
	}
	return cuts
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
