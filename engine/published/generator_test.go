package published

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// sheet is a published-looking document: tables by sex, by race and by both, of
// made-up people, in one of the ways in which people print them.
type sheet struct {
	r     *rand.Rand
	style style
	parts []*part
	note  string // sentence on people of unknown group
}

// style is how a sheet is printed.
type style struct {
	separator    string
	thousands    string
	rateDigits   int
	ratioDigits  int
	percent      string // after a rate; empty: a fraction
	ratioPercent bool
	comma        bool // decimal comma
	cut          bool // digits are cut off, not rounded
	fromPrinted  bool // ratios come from the printed rates
	scoring      bool // no column of the number selected
	shares       bool
	totals       bool
	suppress     bool // small counts are hidden
	exclude      bool // groups below 2 % have no ratio
	layout       int  // of the intersection
	bom          bool
	titles       bool
	mark         string // in place of a ratio
	page, gap    bool   // in the middle of the intersection the header again, or an empty line
	dress        dress
}

// part is one table.
type part struct {
	names   [][]string // cells of the group's name
	n, k    []int64
	unknown int64 // -1: not stated
	cells   [][]string
	lines   []int // of the groups, in the file
	total   []string
	totalAt int
}

func newSheet(seed uint64) *sheet {
	r := rand.New(rand.NewPCG(seed, 7))
	flip := func() bool { return r.IntN(2) == 0 }
	s := &sheet{r: r, style: style{
		separator: []string{",", ";", "\t"}[r.IntN(3)], thousands: []string{"", ",", ".", " ", "\u00a0", "'"}[r.IntN(6)],
		rateDigits: r.IntN(3), ratioDigits: 2 + r.IntN(2), percent: []string{"%", " %"}[r.IntN(2)],
		cut: r.IntN(4) == 0, fromPrinted: r.IntN(4) == 0, scoring: r.IntN(4) == 0, shares: flip(), totals: flip(),
		suppress: r.IntN(5) == 0, exclude: flip(), layout: r.IntN(3), bom: flip(),
		mark:   []string{"N/A", "N/A*", "–", "<2%", "Excluded (< 2 %)", "", "left out", "suppressed", "—"}[r.IntN(9)],
		titles: r.IntN(4) > 0, page: r.IntN(5) == 0, gap: r.IntN(5) == 0,
	}}
	if r.IntN(3) == 0 {
		s.style.percent, s.style.rateDigits = "", 2+r.IntN(3)
	} else {
		s.style.ratioPercent = r.IntN(5) == 0
	}
	s.style.comma = s.style.thousands == "." || s.style.separator == ";" && s.style.thousands != ","
	s.people()
	for _, p := range s.parts {
		s.print(p)
	}
	return s
}

// people draws everybody and counts them by sex, by race and by both.
func (s *sheet) people() {
	r := s.r
	races := []string{"Hispanic or Latino", "White", "Black or African American", "Asian", "Native Hawaiian or Pacific Islander", "American Indian or Alaska Native", "Two or More Races"}
	races = races[:3+r.IntN(5)]
	sexes := []string{"Male", "Female"}
	unknowns := r.IntN(4) // nobody, in rows, in a sentence, in a sentence by attribute
	cell := func(i, j int) (n, k int64) {
		if i == len(sexes) || j == len(races) {
			if unknowns != 1 && unknowns != 3 {
				return 0, 0
			}
			n = r.Int64N(60)
		} else {
			n = 8 + r.Int64N([]int64{40, 600, 6000}[r.IntN(3)])
		}
		if n > 0 {
			k = int64(float64(n) * (0.15 + 0.6*r.Float64()))
		}
		return n, k
	}
	bySex, byRace, both := &part{unknown: -1}, &part{unknown: -1}, &part{unknown: -1}
	bySex.n, bySex.k = make([]int64, 3), make([]int64, 3)
	byRace.n, byRace.k = make([]int64, len(races)+1), make([]int64, len(races)+1)
	var outside int64
	for i := 0; i <= len(sexes); i++ {
		for j := 0; j <= len(races); j++ {
			n, k := cell(i, j)
			bySex.n[i] += n
			bySex.k[i] += k
			byRace.n[j] += n
			byRace.k[j] += k
			if i < len(sexes) && j < len(races) {
				both.n, both.k = append(both.n, n), append(both.k, k)
				both.names = append(both.names, s.name(sexes[i], races[j], j == 0))
			} else {
				outside += n
			}
		}
	}
	for _, name := range sexes {
		bySex.names = append(bySex.names, []string{name})
	}
	for _, name := range races {
		byRace.names = append(byRace.names, []string{name})
	}
	if unknowns == 1 {
		bySex.unknown, byRace.unknown, both.unknown = bySex.n[2], byRace.n[len(races)], outside
	}
	if unknowns == 2 {
		s.note = fmt.Sprintf("Note: The AEDT was also used to assess %d individuals with an unknown sex or race/ethnicity category.", 1+r.IntN(500))
	}
	if unknowns == 3 {
		s.note = fmt.Sprintf("Note: %d applicants of unknown sex and %d of unknown race/ethnicity were not included.", bySex.n[2], byRace.n[len(races)])
		if r.IntN(2) == 0 {
			s.note = fmt.Sprintf("The AEDT was also used to assess %d individuals with an unknown sex or race/ethnicity category.", outside)
		}
	}
	bySex.n, bySex.k = bySex.n[:2], bySex.k[:2]
	byRace.n, byRace.k = byRace.n[:len(races)], byRace.k[:len(races)]
	s.parts = []*part{bySex, byRace, both}
}

// name is how the intersection names a group.
func (s *sheet) name(sex, race string, hispanic bool) []string {
	switch s.style.layout {
	case 0:
		return []string{race + " " + sex}
	case 1:
		return []string{sex, race}
	}
	if hispanic {
		return []string{race, sex, ""}
	}
	return []string{"Not Hispanic or Latino", sex, race}
}

// print makes the cells of a table out of its counts.
func (s *sheet) print(p *part) {
	p.cells = nil
	var sum, sumK int64
	for i := range p.n {
		sum, sumK = sum+p.n[i], sumK+p.k[i]
	}
	small := func(i int) bool { return s.style.exclude && p.n[i]*50 < sum }
	var top *big.Rat
	for i := range p.n {
		if v := s.base(p, i); !small(i) && (top == nil || v.Cmp(top) > 0) {
			top = v
		}
	}
	for i := range p.n {
		ratio := s.style.mark
		if !small(i) {
			ratio = s.ratio(new(big.Rat).Quo(s.base(p, i), top))
		}
		p.cells = append(p.cells, s.row(p.n[i], p.k[i], ratio, sum))
	}
	p.total = s.row(sum, sumK, "", sum)
}

func (s *sheet) row(n, k int64, ratio string, sum int64) []string {
	var c []string
	c = append(c, s.count(n))
	selected, rate := s.count(k), s.rate(big.NewRat(k, n))
	if s.style.suppress && k < 5 {
		selected, rate = "<5", "*"
	}
	if !s.style.scoring {
		c = append(c, selected)
	}
	c = append(c, rate, ratio)
	if s.style.shares {
		c = append(c, s.decimal(big.NewRat(100*n, sum), 1)+"%")
	}
	return c
}

// base is the rate that ratios are made of.
func (s *sheet) base(p *part, i int) *big.Rat {
	if s.style.fromPrinted {
		v, _ := new(big.Rat).SetString(strings.NewReplacer("%", "", " ", "", ",", ".").Replace(s.rate(big.NewRat(p.k[i], p.n[i]))))
		return v
	}
	return big.NewRat(p.k[i], p.n[i])
}

func (s *sheet) rate(v *big.Rat) string {
	if s.style.percent == "" {
		return s.decimal(v, s.style.rateDigits)
	}
	return s.decimal(new(big.Rat).Mul(v, big.NewRat(100, 1)), s.style.rateDigits) + s.style.percent
}

func (s *sheet) ratio(v *big.Rat) string {
	if s.style.ratioPercent {
		return s.decimal(new(big.Rat).Mul(v, big.NewRat(100, 1)), s.style.ratioDigits-2) + "%"
	}
	return s.decimal(v, s.style.ratioDigits)
}

func (s *sheet) decimal(v *big.Rat, digits int) string {
	if s.style.cut {
		v = new(big.Rat).Mul(new(big.Rat).SetInt(floor(new(big.Rat).Quo(v, unit(digits)))), unit(digits))
	}
	out := v.FloatString(digits)
	if s.style.comma {
		out = strings.Replace(out, ".", ",", 1)
	}
	return out
}

func (s *sheet) count(n int64) string {
	return strings.ReplaceAll(grouped(big.NewRat(n, 1)), ",", s.style.thousands)
}

// file prints the document and notes on which line each group stands.
func (s *sheet) file() []byte {
	var b strings.Builder
	if s.style.bom {
		b.WriteString("\ufeff")
	}
	at, bare := 0, false
	var held [][]string // lines whose columns are to stand below each other
	flush := func() {
		widths := map[int]int{}
		for _, cells := range held {
			for i, c := range cells {
				widths[i] = max(widths[i], utf8.RuneCountInString(c))
			}
		}
		for _, cells := range held {
			text := ""
			for i, c := range cells {
				pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c))
				if i > 0 {
					text += pad + c + "   "
				} else {
					text += c + pad + "   "
				}
			}
			b.WriteString(strings.TrimRight(text, " ") + "\n")
		}
		held = nil
	}
	write := func(cells ...string) {
		at++
		if s.style.dress.spaces {
			held = append(held, cells)
			return
		}
		for i, c := range cells {
			if i > 0 {
				b.WriteString(s.style.separator)
			}
			if !bare && strings.ContainsAny(c, s.style.separator+"\"") {
				c = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
			}
			b.WriteString(c)
		}
		b.WriteString("\n")
	}
	for t, p := range s.parts {
		if s.style.dress.merged && t == 2 {
			s.sideBySide(p, write, &at)
			flush()
			b.WriteString("\n")
			at++
			continue
		}
		width := len(p.names[0])
		if s.style.titles {
			write([]string{"Sex categories", "Race/Ethnicity categories", "Intersectional categories"}[t])
		}
		write(s.dressing("Job", make([]string, width), s.head(), false)...)
		p.lines = nil
		jobs := []string{"Clerk"}
		if s.style.dress.jobs {
			jobs = append(jobs, "Chef")
		}
		for _, job := range jobs {
			var above []string
			for i, name := range p.names {
				if t == 2 && i == len(p.n)/2 && s.style.gap && !s.style.dress.spaces {
					b.WriteString("\n")
					at++
				}
				if t == 2 && i == len(p.n)/2 && s.style.page {
					write(s.dressing("Job", make([]string, width), s.head(), false)...)
					above = nil
				}
				shown := append([]string(nil), name...)
				for j := 0; j < width-1 && s.style.layout == 2 && above != nil && above[j] == name[j]; j++ {
					shown[j] = ""
				}
				above = name
				if t == 1 && s.style.dress.rule && i > 0 {
					shown[0] += " (Not Hispanic or Latino)"
				}
				var words []string
				if width == 1 {
					words = strings.Fields(shown[0])
				}
				bare = s.style.dress.unquoted && i == 0
				column := map[bool]int{true: 1}[s.style.dress.jobs]
				lines, numbers := s.broken(words, s.dressing(job, shown, p.cells[i], true), column)
				for k, l := range lines {
					write(l...)
					if k == numbers {
						p.lines = append(p.lines, at)
					}
				}
				bare = false
			}
			blank := make([]string, width-1)
			if p.unknown >= 0 {
				unknown := append([]string{s.count(p.unknown)}, make([]string, len(s.head())-1)...)
				write(s.dressing(job, append([]string{"Unknown"}, blank...), unknown, false)...)
			}
			if s.style.totals {
				write(s.dressing(job, append([]string{s.total()}, blank...), p.total, false)...)
				p.totalAt = at
			}
		}
		flush()
		b.WriteString("\n")
		at++
	}
	if s.note != "" {
		write(s.note)
		flush()
	}
	return []byte(b.String())
}

func (s *sheet) total() string {
	if s.style.dress.total == "" {
		return "Total"
	}
	return s.style.dress.total
}

func (s *sheet) head() []string {
	h := []string{"# of Applicants"}
	if !s.style.scoring {
		h = append(h, "# Selected")
	}
	rate := "Selection Rate"
	if s.style.scoring {
		rate = "Scoring Rate"
	}
	if s.style.dress.percentages != "" {
		rate = s.style.dress.percentages
	}
	h = append(h, rate, "Impact Ratio")
	if s.style.shares {
		h = append(h, "% of applicants")
	}
	return h
}
