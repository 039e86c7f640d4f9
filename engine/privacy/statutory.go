package privacy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// statutory is the kind of a table in the layout of a law.
const statutory = "statutory"

// suppressedText stands in such a table where a number is withheld.
const suppressedText = "suppressed"

// sheet is what belongs to a statutory table: per line the numbers that it prints.
type sheet struct{ rates, ratios []int }

// statutory finds the measurements behind the tables of Local Law 144. A table
// does not name its attribute, so they are known by their counts: the rates of an
// attribute, an output and a class, as many as the table has lines and with the
// same numbers of applicants. A table for which there are none stands with none.
func (s *suppressor) statutory() map[int]*sheet {
	type axis struct{ kind, attribute, output, class string }
	found := map[axis]*sheet{}
	var order []axis
	for i := range s.r.Measurements {
		m := &s.r.Measurements[i]
		if m.Detector != "ll144" || m.Attribute == "" {
			continue
		}
		kind := "selection"
		if strings.HasPrefix(m.Metric, "scoring") {
			kind = "scoring"
		}
		k := axis{kind, m.Attribute, m.Parameters["output"], m.Parameters["class"]}
		if found[k] == nil {
			found[k] = &sheet{}
			order = append(order, k)
		}
		if strings.HasSuffix(m.Metric, "ratio") {
			found[k].ratios = append(found[k].ratios, i)
		} else {
			found[k].rates = append(found[k].rates, i)
		}
	}
	out := map[int]*sheet{}
	for i := range s.r.Tables {
		t := &s.r.Tables[i]
		if t.Kind != statutory {
			continue
		}
		out[i] = &sheet{}
		for at, k := range order {
			parts := strings.Split(t.ID, "/")
			if len(parts) > 1 && parts[1] == k.kind && s.prints(t, found[k]) {
				out[i] = found[k]
				order = slices.Delete(order, at, at+1)
				break
			}
		}
	}
	return out
}

// prints tells whether a table's lines are those of a sheet.
func (s *suppressor) prints(t *audit.Table, x *sheet) bool {
	n, k := slices.Index(t.Columns, "# of Applicants"), slices.Index(t.Columns, "# Selected")
	if n < 0 || len(x.rates) != len(t.Rows) || len(x.ratios) != len(t.Rows) {
		return false
	}
	for i, line := range t.Rows {
		m := &s.r.Measurements[x.rates[i]]
		if len(line) != len(t.Columns) || wholeNumber(line[n]) != m.N || k >= 0 && m.Numerator != nil && wholeNumber(line[k]) != *m.Numerator {
			return false
		}
	}
	return true
}

// wholeNumber reads a cell, also of a result that was read back.
func wholeNumber(v any) int64 {
	switch v := v.(type) {
	case int:
		return int64(v)
	case int64:
		return v
	case float64:
		return int64(v)
	case json.Number:
		n, err := v.Int64()
		if err == nil {
			return n
		}
	}
	return -1
}

// maskLines withholds line by line what a statutory table prints of suppressed
// numbers; all lines, where the numbers behind them are not known.
func (s *suppressor) maskLines(t *audit.Table, x *sheet) {
	lines := make([][]any, len(t.Rows))
	masked := false
	for i, line := range t.Rows {
		lines[i] = slices.Clone(line)
		rate, ratio := true, true
		if len(x.rates) == len(t.Rows) {
			rate, ratio = s.r.Measurements[x.rates[i]].Suppressed, s.r.Measurements[x.ratios[i]].Suppressed
		}
		for j, c := range t.Columns {
			if j < len(line) && (rate && slices.Contains([]string{"# of Applicants", "# Selected", "Selection Rate", "Scoring Rate"}, c) || (rate || ratio) && c == "Impact Ratio") {
				lines[i][j], masked = suppressedText, true
			}
		}
	}
	t.Rows = lines
	t.Notes = s.remarks(t.Notes, masked)
	if masked {
		t.Suppressed = true
		s.r.Privacy.Tables++
		t.Notes = append(t.Notes, "Suppressed numbers are about few people, or would tell about few people.")
	}
}

// unknownLine begins the line that 6 RCNY 5-303 (b)(5) asks for.
const unknownLine = "The AEDT was also used to assess "

// medianLine begins the line that says what the median is.
const medianLine = "Median score: "

// unknownText is the line on people of unknown categories; what stands behind its
// first sentence goes if it names few.
func (s *suppressor) unknownText(line string) string {
	if first, rest, ok := strings.Cut(line, ". "); ok && s.namesFew(rest) {
		return first + "."
	}
	return line
}

// withheldMetric tells whether a number of Local Law 144 is suppressed.
func (s *suppressor) withheldMetric(name string) bool {
	return slices.ContainsFunc(s.r.Measurements, func(m audit.Measurement) bool {
		return m.Detector == "ll144" && m.Metric == name && m.Suppressed
	})
}

// remarks are what stands below a statutory table. Where all its lines are shown, what
// follows from them is; the number of people of unknown categories is told or
// called suppressed, but never left out.
func (s *suppressor) remarks(notes []string, masked bool) []string {
	var out []string
	left := 0
	for _, n := range notes {
		switch {
		case strings.HasPrefix(n, unknownLine):
			if s.withheldMetric("unknown_category") {
				n = unknownLine + "individuals of unknown categories; their number is suppressed."
			}
			out = append(out, s.unknownText(n))
		case strings.HasPrefix(n, medianLine) && s.withheldMetric("median_score"):
			left++
		case masked && s.tells(n), s.namesFew(n):
			left++
		default:
			out = append(out, n)
		}
	}
	if left == 1 {
		out = append(out, "One remark on this table is suppressed, because it names counts.")
	} else if left > 1 {
		out = append(out, fmt.Sprintf("%d remarks on this table are suppressed, because they name counts.", left))
	}
	return out
}

// unknownHidden tells whether the number of people of unknown categories is small,
// or is that of a hidden row, or of a shown one but for few: those without a decision.
func (s *suppressor) unknownHidden(m *audit.Measurement) bool {
	if m.Value == nil {
		return false
	}
	n := int64(*m.Value)
	return s.small(n) || n > 0 && slices.ContainsFunc(s.order, func(o *row) bool {
		unknown := o.window == "" && o.published && len(o.values) > 0 && (o.values[0] == missing || o.values[0] == lump)
		return unknown && (o.hidden[decisions] || s.small(max(n-o.cases(), o.cases()-n)))
	})
}
