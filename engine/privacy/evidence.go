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
	return s.r.Privacy.Suppressed > 0 || s.r.Privacy.Tables > 0 || s.r.Privacy.KPIs > 0 || d.RowsRead == audit.Hidden ||
		slices.ContainsFunc(d.Excluded, func(e audit.Exclusion) bool { return e.Rows == audit.Hidden }) ||
		slices.ContainsFunc(d.Joins, func(j audit.Join) bool { return j.LogUnmatched == audit.Hidden })
}

// sentences takes from what measurements of Local Law 144 say beside their number
// what tells: how many scored the median, or are of no known category.
func (s *suppressor) sentences() {
	for i := range s.r.Measurements {
		m := &s.r.Measurements[i]
		if m.Detector != "ll144" || m.Suppressed || m.Note == "" {
			continue
		}
		if strings.HasPrefix(m.Note, unknownLine) { // as below the tables
			m.Note = s.unknownText(m.Note)
		}
		if s.tells(m.Note) {
			m.Note = "the note is suppressed, because it names counts"
		}
	}
}

// evidence takes the sentences out that suppressed numbers may stand in, and says
// that something was found only where a shown number says so. What audit.yaml
// states is not touched: somebody wrote it to be read.
func (s *suppressor) evidence() {
	s.sentences()
	counted := regexp.MustCompile(`^\d+ numbers? of detector \w+\.$`)
	for i := range s.r.Evidence {
		e := &s.r.Evidence[i]
		if len(e.Measurements) == 0 {
			if e.Status == audit.FindingAt && s.tells(e.Detail) {
				e.Status, e.Detail = audit.Recorded, "It was measured; what it says is suppressed."
			}
			continue
		}
		if !s.aboutHidden(e.Measurements) && (counted.MatchString(e.Detail) || !s.tells(e.Detail)) {
			continue
		}
		if at := s.failsLike(e); at >= 0 {
			e.Detail, e.Measurements = "A comparison that is shown is outside its limit; suppressed ones were judged as well.", []int{at}
		} else {
			e.Status, e.Detail, e.Measurements = audit.Recorded, "It was measured; what it says is suppressed.", nil
		}
	}
}

// failsLike is the first shown measurement that breaks its limit, of the metric
// that a piece of evidence found something in; -1 if there is none.
func (s *suppressor) failsLike(e *audit.Evidence) int {
	if e.Status != audit.FindingAt {
		return -1
	}
	first := &s.r.Measurements[e.Measurements[0]]
	var alike []int
	for i := range s.r.Measurements {
		if m := &s.r.Measurements[i]; m.Detector == first.Detector && m.Metric == first.Metric {
			alike = append(alike, i)
		}
	}
	return s.fails(alike)
}

// aboutHidden tells whether one of some measurements is suppressed, or another of
// its attribute, or a check of their metric rests on some.
func (s *suppressor) aboutHidden(list []int) bool {
	first := &s.r.Measurements[list[0]]
	for _, c := range s.r.Gates.Checks {
		if c.Suppressed && c.Detector == first.Detector && c.Metric == first.Metric {
			return true
		}
	}
	return slices.ContainsFunc(list, func(i int) bool {
		m := &s.r.Measurements[i]
		b := s.blockOf(m)
		return m.Suppressed || s.blocks[b] || b.attribute != "" && s.someHidden(b.attribute)
	})
}
