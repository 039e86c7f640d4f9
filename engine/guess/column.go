package guess

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// column is a column as its first rows show it.
type column struct {
	name     string
	nth      int
	words    []string // of the name, lower case
	kind     source.Type
	values   []string // some of its distinct values
	distinct int
	rows     int64
	joined   bool
	taken    bool

	missing []string // values that say that nothing is known
	present []string // the others
	numbers bool     // all of them are numbers
	whole   bool     // without a fraction
	low     float64  // of numbers
	high    float64
}

// words cuts a name into words: DecidedAt, decided-at and decided_at are alike.
func words(name string) []string {
	var out []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, strings.ToLower(string(word)))
			word = nil
		}
	}
	letters := []rune(name)
	for i, r := range letters {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			continue
		case unicode.IsUpper(r) && i > 0 && unicode.IsLower(letters[i-1]):
			flush()
		}
		word = append(word, r)
	}
	flush()
	return out
}

// blanks are values that stand for nothing known, in lower case.
func blanks() []string {
	return []string{"", "?", "-", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "unknown", "not available", "not specified", "not reported",
		"not disclosed", "prefer not to say", "missing", "exempt", "undisclosed", "unspecified"}
}

func (c *column) describe() {
	c.numbers, c.whole = true, true
	c.low, c.high = math.Inf(1), math.Inf(-1)
	text := c.kind.Kind == source.String
	for _, v := range c.values {
		if text && slices.Contains(blanks(), strings.ToLower(strings.TrimSpace(v))) {
			c.missing = append(c.missing, v)
			continue
		}
		c.present = append(c.present, v)
		if !c.numbers {
			continue
		}
		x, err := strconv.ParseFloat(v, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			c.numbers, c.whole = false, false
			continue
		}
		c.whole = c.whole && x == math.Trunc(x)
		c.low, c.high = min(c.low, x), max(c.high, x)
	}
	switch c.kind.Kind {
	case source.Date, source.Timestamp, source.TimeOfDay, source.Bool:
		c.numbers, c.whole = false, false
	}
	if len(c.present) == 0 {
		c.numbers, c.whole = false, false
	}
}

// is tells whether the name is one of these, however it is spelled.
func (c *column) is(names ...string) bool {
	return slices.Contains(names, strings.Join(c.words, "_"))
}

// has tells whether one of the words is in the name.
func (c *column) has(some ...string) bool {
	return slices.ContainsFunc(c.words, func(w string) bool { return slices.Contains(some, w) })
}

// ends tells whether the name ends in one of the words.
func (c *column) ends(some ...string) bool {
	return len(c.words) > 0 && slices.Contains(some, c.words[len(c.words)-1])
}

// categories is how many values there are besides those for missing.
func (c *column) categories() int { return c.distinct - len(c.missing) }

// two tells whether there are two values to tell apart, or one beside missing ones.
func (c *column) two() bool { return c.categories() == 2 || c.kind.Kind == source.Bool }

// few tells whether the values can be told one by one.
func (c *column) few(most int) bool {
	return c.categories() >= 2 && c.categories() <= most && c.kind.Kind != source.Nested && c.kind.Kind != source.Binary && !c.dated()
}

// unique tells whether every row has a value of its own.
func (c *column) unique() bool { return c.rows > 1 && int64(c.distinct) == c.rows }

// keyed tells whether the name is that of a key.
func (c *column) keyed() bool {
	return c != nil && (c.ends("id", "uuid", "key", "guid", "number") || c.is("index"))
}

// dated tells whether the values are moments.
func (c *column) dated() bool {
	return c.kind.Kind == source.Date || c.kind.Kind == source.Timestamp || c.kind.Kind == source.TimeOfDay
}

func (c *column) role(why string) Role {
	c.taken = true
	return Role{Column: c.name, Nth: c.nth, Why: why}
}
