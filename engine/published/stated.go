package published

import (
	"maps"
	"math/big"
	"slices"
	"strings"
	"unicode"
)

// statement is what the sentences below a table say about people whose group is
// not known: how many by attribute, where they name one, and how many altogether.
type statement struct {
	by  map[string]number
	all *number
}

// sentence reads notes such as "250 individuals with an unknown sex". A comma in
// it may have parted it into cells.
func (r *reader) sentence(l line) bool {
	text := l.cells[0]
	for _, c := range l.cells[1:] {
		if c == "" {
			continue
		}
		if len(strings.Fields(c)) < 3 {
			return false
		}
		if text != "" && unicode.IsDigit(rune(text[len(text)-1])) && unicode.IsDigit(rune(c[0])) {
			text += "," + c
		} else {
			text += ", " + c
		}
	}
	words := strings.Fields(plainWords(text))
	if len(words) < 2 || !r.unknown.MatchString(strings.Join(words, " ")) {
		return false
	}
	found := r.statement(text)
	if found == nil {
		return false
	}
	if r.current == nil {
		r.stated = r.stated.with(found)
		return true
	}
	r.current.stated, r.closed = r.current.stated.with(found), true
	return true
}

// statement reads sentences such as "the 89 of unknown sex and the 257 of unknown
// race/ethnicity"; nil if none counts people of unknown group.
func (r *reader) statement(text string) *statement {
	s := &statement{by: map[string]number{}}
	words := strings.Fields(text)
	before, claimed := 0, false // where the words before a number begin; whether they belong to the one before
	for i, w := range words {
		n := r.number(strings.Trim(w, ".,;:()"), true)
		if !n.known() {
			if strings.HasSuffix(w, ".") || strings.HasSuffix(w, ";") {
				before, claimed = i+1, false
			}
			continue
		}
		after := plainWords(r.clause(words[i+1:]))
		early := plainWords(strings.Join(words[before:i], " "))
		follows := r.unknown.MatchString(after)
		if follows || !claimed && r.unknown.MatchString(early) {
			axis := headed(after)
			if axis == "" && !follows {
				axis = headed(early)
			}
			if axis == "" {
				s.all = &n
			} else {
				s.by[axis] = n
			}
		}
		before, claimed = i+1, follows
	}
	if len(s.by) == 0 && s.all == nil {
		return nil
	}
	return s
}

// clause is what follows a number, up to the next one or the end of the sentence.
func (r *reader) clause(words []string) string {
	for i, w := range words {
		if r.number(strings.Trim(w, ".,;:()"), true).known() {
			return strings.Join(words[:i], " ")
		}
		if strings.HasSuffix(w, ".") || strings.HasSuffix(w, ";") {
			return strings.Join(words[:i+1], " ")
		}
	}
	return strings.Join(words, " ")
}

// with adds what a later sentence says.
func (s *statement) with(o *statement) *statement {
	if s == nil {
		return o
	}
	out := &statement{by: maps.Clone(s.by), all: s.all}
	maps.Copy(out.by, o.by)
	if o.all != nil {
		out.all = o.all
	}
	return out
}

// same says whether two sentences count the same people.
func (s *statement) same(o *statement) bool {
	equal := func(a, b number) bool { return a.text == b.text }
	return maps.EqualFunc(s.by, o.by, equal) && (s.all == nil) == (o.all == nil) && (s.all == nil || equal(*s.all, *o.all))
}

// about is how many people a table by these attributes leaves out. People of
// unknown sex or race may be of unknown sex, race, or both, so that a table by
// one attribute leaves out some of them; ok is false if nothing is said.
func (s *statement) about(axes []string) (out span, ok bool) {
	if s == nil {
		return span{low: new(big.Rat)}, false
	}
	if len(axes) == 1 {
		if n, named := s.by[axes[0]]; named {
			return n.span(), true
		}
	}
	low, sum := new(big.Rat), point(0)
	every := len(axes) > 0
	for axis, n := range s.by {
		if slices.Contains(axes, axis) {
			low, sum = larger(low, n.span().low), sum.plus(n.span())
		}
	}
	for _, axis := range axes {
		_, named := s.by[axis]
		every = every && named
	}
	switch {
	case s.all != nil && len(axes) > 1:
		return s.all.span(), true
	case s.all != nil:
		return span{new(big.Rat), s.all.span().high}, true
	case every:
		return span{low, sum.high}, true
	}
	return span{low: new(big.Rat)}, false
}

// unknowns is how many people a table leaves out because their group is not
// known, as its rows or else a sentence says; counted is true for rows. A scoring
// table may leave out people without a score too, so that what a sentence counts
// is only a bound.
func (t *table) unknowns(stated *statement) (out span, ok, counted bool) {
	s := point(0)
	for _, r := range t.unknown {
		if r.cells[Applicants].known() {
			s, ok = s.plus(r.count(Applicants)), true
		}
	}
	if ok {
		return s, true, true
	}
	if t.stated != nil {
		stated = t.stated
	}
	s, ok = stated.about(t.axes)
	if t.scoring {
		s.low = new(big.Rat)
	}
	return s, ok, false
}
