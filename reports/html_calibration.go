package reports

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports/internal/svg"
)

// fewBins is the number of bins up to which counts are written over their bars.
const fewBins = 6

// calibration draws, for each group, how often the label is positive against
// the mean score.
func (k *maker) calibration(attribute string) *figureView {
	id := calibrationDetector + "/fixed"
	s := k.sheetOf(calibrationDetector, "curve", join("/", id, attribute), "group", "low", "high", "n", "mean_score", "rate")
	if s == nil || len(s.table.Rows) == 0 {
		return nil
	}
	list, ref := k.others(attribute, s.cohorts())
	drawn := slices.Clone(list)
	slices.SortStableFunc(drawn, func(a, b cohort) int { return int(min(1, max(-1, s.total(b)-s.total(a)))) })
	v := &figureView{Sub: "Up: share of " + unit(k.r) + " with a positive label, with interval. Across: mean score of each bin. Dashed: both agree; above it the score says too little, below it too much. Bars: how many stand behind each point."}
	if ref != nil {
		v.Title = k.calibrationTitle(s, drawn, *ref)
		drawn = append([]cohort{*ref}, drawn...)
	}
	if n := len(drawn); n > k.panels {
		drawn = drawn[:k.panels]
		v.Note = fmt.Sprintf("The %d largest of %d groups are drawn; the table has more.", k.panels, n)
	}
	x, y := s.curveScales(drawn)
	var ghost []svg.Bin
	if ref != nil {
		ghost = s.points(*ref)
	}
	for i, c := range drawn {
		p := panel{Name: c.label(), Class: k.color(attribute, c.measured()), Value: "n " + count(s.total(c))}
		curve := svg.Curve{ID: k.id(), Class: p.Class, X: x, Y: y, FormatX: brief, FormatY: tickPercent, Points: s.points(c),
			Title: "Calibration of the score for " + p.Name}
		if i > 0 || ref == nil {
			curve.Ghost, curve.Key = ghost, ""
			if ref != nil {
				curve.Key = shorten(ref.label(), 28)
			}
		}
		curve.Desc = readOut(curve.Points)
		p.Sub = k.errorText(attribute, c)
		p.SVG = template.HTML(curve.String()) // every text in it was escaped by package svg
		v.Panels = append(v.Panels, p)
	}
	if v.Title == "" {
		v.Title = "How often the label is positive at each score."
	}
	v.Table = k.sheetTable(s.table)
	return v
}

// points are a group's bins.
func (s *sheet) points(c cohort) []svg.Bin {
	var out []svg.Bin
	most := 0.0
	for _, row := range c.rows {
		x, ok1 := s.number(row, "mean_score")
		y, ok2 := s.number(row, "rate")
		n, ok3 := s.number(row, "n")
		if !ok1 || !ok2 || !ok3 {
			continue
		}
		b := svg.Bin{X: x, Y: y, Low: s.maybe(row, "rate_low"), High: s.maybe(row, "rate_high"), Left: x, Right: x, Share: n}
		if low, ok := s.number(row, "low"); ok {
			b.Left = low
		}
		if high, ok := s.number(row, "high"); ok {
			b.Right = high
		}
		most = max(most, n)
		b.Tip = "score " + brief(x) + ": " + percent(y) + " with a positive label, n " + count(int64(n))
		b.Count = count(int64(n))
		out = append(out, b)
	}
	written := false
	for i := range out {
		n := out[i].Share
		out[i].Share = n / max(1, most)
		if len(out) > fewBins && (n < most || written) {
			out[i].Count = ""
		}
		written = written || n == most
	}
	return out
}

// curveScales cover the bins, from 0 to 1 where the scores are within.
func (s *sheet) curveScales(drawn []cohort) (x, y svg.Scale) {
	low, high, top := 0.0, 1.0, 0.0
	for _, c := range drawn {
		for _, b := range s.points(c) {
			low, high, top = min(low, b.X, b.Left), max(high, b.X, b.Right), max(top, b.Y)
			if b.High != nil {
				top = max(top, *b.High)
			}
		}
	}
	if top > 0.5 {
		top = 1
	}
	return svg.Linear(low, high, 4), svg.Linear(0, min(1, max(top, 0.05)), 4)
}

// readOut reads the points out.
func readOut(points []svg.Bin) string {
	var parts []string
	for i, b := range points {
		if i == 12 {
			parts = append(parts, "more in the table")
			break
		}
		parts = append(parts, "score "+brief(b.X)+": "+percent(b.Y))
	}
	return "Share with a positive label by score: " + strings.Join(parts, "; ") + "."
}

// errorText is the calibration error of a group beside what chance gives.
func (k *maker) errorText(attribute string, c cohort) string {
	m := k.groupNumber(calibrationDetector, "calibration_error", attribute, c, "bins", "fixed")
	switch {
	case m == nil:
		return ""
	case m.Value == nil:
		return "calibration error " + lacking(m)
	case m.Null == nil:
		return "mean distance from the diagonal " + distance.write(*m.Value) + " points"
	}
	size := func(x float64) string { return distance.write(x) }
	word := "within what chance gives"
	if *m.Value > m.Null.Limit {
		word = "▲ beyond what chance gives"
	}
	return "mean distance from the diagonal " + size(*m.Value) + " points, " + word + " (up to " + size(m.Null.Limit) + ")"
}

// calibrationTitle is the sentence about the bin where a group and the
// reference differ most and their intervals do not touch.
func (k *maker) calibrationTitle(s *sheet, list []cohort, ref cohort) string {
	type bin struct{ low, high float64 }
	there := map[bin]svg.Bin{}
	edges := func(b svg.Bin) bin { return bin{b.Left, b.Right} }
	for _, b := range s.points(ref) {
		there[edges(b)] = b
	}
	var group cohort
	var here, beside svg.Bin
	best, compared := 0.0, 0
	for _, c := range list {
		if c.kind != audit.KindValue {
			continue
		}
		for _, b := range s.points(c) {
			r, ok := there[edges(b)]
			if !ok {
				continue
			}
			compared++
			if b.Low == nil || b.High == nil || r.Low == nil || r.High == nil || *b.Low <= *r.High && *r.Low <= *b.High {
				continue
			}
			if d := math.Abs(b.Y - r.Y); d > best {
				best, group, here, beside = d, c, b, r
			}
		}
	}
	switch {
	case compared == 0:
		return ""
	case best == 0:
		return "In every bin the interval of each group overlaps that of " + shorten(ref.label(), 40) + ". That is no test: it does not show that they are alike."
	}
	return fmt.Sprintf("At scores around %s, %s of %s have a positive label and %s of %s: the widest of %s.",
		brief(math.Round(100*here.X)/100), percent(here.Y), shorten(group.label(), 40), percent(beside.Y), shorten(ref.label(), 40), plural(compared, "comparison of bins", "comparisons of bins"))
}
