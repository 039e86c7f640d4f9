package published

import (
	"slices"
	"strconv"
	"strings"
)

// dress is what a document has beside the plain layout.
type dress struct {
	remark      string // after the name of a group
	times       string // after a ratio
	notSelected bool   // a column of those not selected
	fraction    bool   // selected and applicants in one column
	unquoted    bool   // a comma of thousands without quotes
	jobs        bool   // every table once for each of two jobs
	total       string // what a total row is called
	merged      bool   // in the intersection men and women stand side by side
	spaces      bool   // columns are parted by runs of spaces, as in a PDF
	wrap        string // where the rest of a long name stands: before or after the numbers, or on both sides
	rule        bool   // names of races as the rule of NYC Local Law 144 has them
	percentages string // what rates are headed with
}

// dressed draws what else a document has.
func (s *sheet) dressed() *sheet {
	r, st := s.r, &s.style
	counted := slices.ContainsFunc(s.parts, func(p *part) bool { return p.unknown >= 0 })
	whole := !st.scoring && !st.suppress
	st.dress = dress{
		remark:      []string{"", " (reference)", " (1)", " [1]", " (n=1390)", " (incl. trans people)", "*"}[r.IntN(7)],
		times:       []string{"", "", "x"}[r.IntN(3)],
		notSelected: whole && r.IntN(4) == 0,
		fraction:    whole && !counted && !strings.ContainsAny(st.thousands, " \u00a0") && r.IntN(4) == 0,
		jobs:        r.IntN(6) == 0,
	}
	if st.dress.total = []string{"", "Summe", "Gesamt", "Insgesamt", "Total général", "Totale", "Totaal", "合计", "Razem"}[r.IntN(9)]; whole && r.IntN(3) == 0 {
		st.dress.total = []string{"Kokonaisluku", "Kõik kokku", "Everything in the pool"}[r.IntN(3)]
	}
	if s.parts[2].unknown < 0 && !st.dress.jobs && !st.dress.fraction && !st.dress.notSelected && r.IntN(3) == 0 {
		st.dress.merged, st.dress.times, st.page, st.gap = true, "", false, false
	}
	if r.IntN(4) == 0 {
		st.dress.spaces, st.thousands, st.bom = true, strings.TrimSpace(st.thousands), false
		st.comma = st.thousands == "."
		for _, p := range s.parts {
			s.print(p)
		}
	}
	if r.IntN(3) == 0 {
		st.dress.wrap = []string{"before", "after", "around"}[r.IntN(3)]
	}
	st.dress.rule = r.IntN(2) == 0
	if whole && r.IntN(3) == 0 {
		st.dress.percentages = []string{"%", "Percentage", "Share", "% selected"}[r.IntN(4)]
	}
	st.dress.unquoted = whole && !st.dress.spaces && !st.dress.merged && !st.dress.fraction && st.separator == "," && st.thousands == "," && r.IntN(2) == 0
	return s
}

// less is one printed count less another, as far as that is a count.
func (s *sheet) less(n, k string) string {
	digits := func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}
	all, err := strconv.ParseInt(strings.Map(digits, n), 10, 64)
	chosen, wrong := strconv.ParseInt(strings.Map(digits, k), 10, 64)
	if err != nil || wrong != nil || chosen > all {
		return ""
	}
	return s.count(all - chosen)
}

// dressing puts a printed row, or the header, into its dress.
func (s *sheet) dressing(job string, names, cells []string, group bool) []string {
	d := s.style.dress
	names, cells = slices.Clone(names), slices.Clone(cells)
	at := 3
	if s.style.scoring {
		at--
	}
	if group && len(names) == 1 {
		names[0] += d.remark
	}
	if c := &cells; d.times != "" && group && (*c)[at] != "" && strings.Trim((*c)[at], "0123456789.,") == "" {
		(*c)[at] += d.times
	}
	if d.notSelected {
		extra := "Not selected"
		if group {
			extra = s.less(cells[0], cells[1])
		} else if job != "Job" {
			extra = ""
		}
		cells = append(cells, extra)
	}
	if d.fraction {
		joined := cells[1] + "/" + cells[0]
		if job == "Job" {
			joined = "Selected / Applicants"
		}
		cells = append([]string{joined}, cells[2:]...)
	}
	out := append(names, cells...)
	if d.jobs {
		out = append([]string{job}, out...)
	}
	return out
}

// broken gives a printed row as the lines that its name is broken over, and says
// which of them has the numbers.
func (s *sheet) broken(words []string, row []string, column int) (lines [][]string, numbers int) {
	d := s.style.dress
	if d.wrap == "" || len(words) < 3 || s.r.IntN(2) == 0 {
		return [][]string{row}, 0
	}
	cut := 1 + s.r.IntN(len(words)-2) // the last word may be a sex
	first, last := strings.Join(words[:cut], " "), strings.TrimPrefix(row[column], strings.Join(words[:cut], " ")+" ")
	alone := func(text string) []string {
		out := make([]string, len(row))
		out[column] = text
		return out
	}
	with := func(text string) []string {
		out := slices.Clone(row)
		out[column] = text
		return out
	}
	switch d.wrap {
	case "before":
		return [][]string{alone(first), with(last)}, 1
	case "after":
		return [][]string{with(first), alone(last)}, 0
	}
	return [][]string{alone(first), with(""), alone(last)}, 1
}

// sideBySide prints the intersection with the numbers of men beside those of women.
func (s *sheet) sideBySide(p *part, write func(...string), at *int) {
	head := s.head()
	if s.style.titles {
		write("Intersectional categories")
	}
	upper, lower := []string{""}, []string{"Race"}
	for _, sex := range []string{"Male", "Female"} {
		upper = append(append(upper, sex), make([]string, len(head)-1)...)
		lower = append(lower, head...)
	}
	write(upper...)
	write(lower...)
	races := len(p.n) / 2
	p.lines = make([]int, len(p.n))
	for j := range races {
		row := []string{s.parts[1].names[j][0]}
		for _, i := range []int{j, j + races} {
			row = append(row, p.cells[i]...)
			p.lines[i] = *at + 1
		}
		write(row...)
	}
	if !s.style.totals {
		return
	}
	row := []string{s.total()}
	for sex := range 2 {
		var n, k int64
		for i := sex * races; i < (sex+1)*races; i++ {
			n, k = n+p.n[i], k+p.k[i]
		}
		cells := s.row(n, k, "", n)
		if s.style.shares {
			cells[len(cells)-1] = ""
		}
		row = append(row, cells...)
	}
	write(row...)
}
