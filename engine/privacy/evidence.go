package privacy

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// tells tells whether a sentence may give a suppressed number away: where anything
// is suppressed, if it holds a number; else if it holds a small count. The decimals
// of a limit, 0.8, are no counts.
func (s *suppressor) tells(text string) bool {
	text = strings.ReplaceAll(text, ",", "") // 1,200 is one number
	for _, n := range regexp.MustCompile(`\d+(\.\d+)?(\s*%)?`).FindAllString(text, -1) {
		whole, err := strconv.ParseInt(n, 10, 64)
		if err == nil && (s.small(whole) || s.withheld()) || strings.HasSuffix(n, "%") && s.withheld() {
			return true
		}
	}
	return false
}

// namesFew tells whether a text may name a small count.
func (s *suppressor) namesFew(text string) bool {
	for _, n := range regexp.MustCompile(`\d+(\.\d+)?(\s*%)?`).FindAllString(strings.ReplaceAll(text, ",", ""), -1) {
		if whole, err := strconv.ParseInt(n, 10, 64); err == nil && s.small(whole) {
			return true
		}
	}
	return false
}

// withheld tells whether anything is suppressed so far.
func (s *suppressor) withheld() bool {
	d := &s.r.Data
	return s.r.Privacy.Suppressed > 0 || s.r.Privacy.Tables > 0 || d.RowsRead == audit.Hidden ||
		slices.ContainsFunc(d.Excluded, func(e audit.Exclusion) bool { return e.Rows == audit.Hidden }) ||
		slices.ContainsFunc(d.Joins, func(j audit.Join) bool { return j.LogUnmatched == audit.Hidden })
}

// sentences takes from what measurements of Local Law 144 say beside their number
// what tells: how many scored the median, or are of no known category.
func (s *suppressor) sentences() {
	for i := range s.r.Measurements {
		if m := &s.r.Measurements[i]; m.Detector == "ll144" && !m.Suppressed && m.Note != "" && s.tells(m.Note) {
			m.Note = "the note is suppressed, because it names counts"
		}
	}
}

// evidence takes the sentences out that suppressed numbers may stand in. What
// audit.yaml states is not touched: somebody wrote it to be read.
func (s *suppressor) evidence() {
	s.sentences()
	counted := regexp.MustCompile(`^\d+ numbers? of detector \w+\.$`)
	for i := range s.r.Evidence {
		e := &s.r.Evidence[i]
		measured := len(e.Measurements) > 0 || e.Status == audit.FindingAt
		if !measured || counted.MatchString(e.Detail) || !s.tells(e.Detail) && !s.hiddenAmong(e.Measurements) {
			continue
		}
		e.Measurements = slices.Sorted(slices.Values(e.Measurements))
		if e.Status == audit.FindingAt {
			e.Detail = "What was found rests on suppressed numbers as well."
		} else {
			e.Detail = "It was measured; what it says is suppressed."
		}
	}
}

// hiddenAmong tells whether one of some measurements is suppressed.
func (s *suppressor) hiddenAmong(list []int) bool {
	return slices.ContainsFunc(list, func(i int) bool { return s.r.Measurements[i].Suppressed })
}

// overturned makes what a pack says of a withdrawn check as open as the check.
func (s *suppressor) overturned(reason string, of []int) {
	for i := range s.r.Evidence {
		e := &s.r.Evidence[i]
		same := len(reason) > 1 && len(e.Detail) > 1 && strings.TrimSuffix(e.Detail[1:], ".") == strings.TrimSuffix(reason[1:], ".")
		if e.Status == audit.FindingAt && same && slices.Equal(e.Measurements, of[:min(len(of), len(e.Measurements))]) {
			e.Status, e.Detail = audit.Recorded, "It was measured; the check on it would tell about what is suppressed."
		}
	}
}

// packs judges every pack again, since some checks may have become inconclusive.
func (s *suppressor) packs() {
	for i := range s.r.Packs {
		p := &s.r.Packs[i]
		if p.Verdict = audit.Ungated; p.Name == "" {
			continue
		}
		for _, c := range s.r.Gates.Checks {
			if c.Threshold.Pack == p.Name {
				p.Verdict = audit.Worse(p.Verdict, c.Verdict)
			}
		}
	}
}
