package scan

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// listed are values as written in a configuration. A typed value matches by its
// canonical text, so 1 and '1' fit the integer 1, the float 1.0, the text "1"
// and true; a number also matches another spelling of itself (1.0 fits the
// integer 1), as does a cell of CSV that is one; other text matches only as
// spelled.
type listed struct {
	text    map[string]bool
	numbers map[string]string // canonical text of a number → as written
}

func newListed(values []string) listed {
	l := listed{map[string]bool{}, map[string]string{}}
	for _, v := range slices.Sorted(slices.Values(values)) {
		l.text[v] = true
		if n, err := number(source.Value{Kind: source.String, Str: v}); err == nil {
			l.numbers[source.Text(source.Type{Kind: source.Float}, source.Value{Kind: source.Float, Float: n})] = v
		}
	}
	return l
}

// find returns how a value is written in the list.
func (l listed) find(t source.Type, v source.Value) (written string, ok bool) {
	text := source.Text(t, v)
	if l.text[text] {
		return text, true
	}
	switch v.Kind {
	case source.String, source.Binary:
		x, isNumber := config.ParseNumber(v.Str)
		if !t.Text || !isNumber {
			return "", false
		}
		text = source.Text(source.Type{Kind: source.Float}, source.Value{Kind: source.Float, Float: x})
	case source.Bool:
		text = strconv.FormatInt(v.Int, 10)
	}
	written, ok = l.numbers[text]
	return written, ok
}

func (l listed) has(t source.Type, v source.Value) bool {
	_, ok := l.find(t, v)
	return ok
}

// missing tells which values of a role stand for no value: nulls, NaN, and the
// role's own markers.
func missing(role config.Role) func(source.Type, source.Value) bool {
	markers := newListed(role.Missing)
	return func(t source.Type, v source.Value) bool {
		return v.Kind == source.Null || v.Kind == source.Float && math.IsNaN(v.Float) ||
			len(role.Missing) > 0 && markers.has(t, v)
	}
}

// number reads a value as a number. Text must be one as config.ParseNumber has
// it; anything else is an error, never zero.
func number(v source.Value) (float64, error) {
	switch v.Kind {
	case source.Int, source.Bool, source.Date:
		return float64(v.Int), nil
	case source.Uint:
		return float64(uint64(v.Int)), nil
	case source.Float:
		return v.Float, nil
	case source.String, source.Decimal:
		if x, ok := config.ParseNumber(v.Str); ok {
			return x, nil
		}
		return 0, &hinted{strconv.Quote(clip(v.Str)) + " is not a number", "if it stands for no value, list it under missing:"}
	}
	return 0, fmt.Errorf("a value that is not a number")
}

// numeric reads text as numbers before it categorizes them, for a role that
// needs numbers or whose configuration says type: number. A NaN is then missing
// in every format.
func numeric(role config.Role, needed bool, fn categorize) categorize {
	if !needed && role.Type != "number" {
		return fn
	}
	isMissing := missing(role)
	return func(t source.Type, v source.Value) (table.Category, error) {
		if v.Kind != source.String || isMissing(t, v) {
			return fn(t, v)
		}
		if n, err := strconv.ParseInt(v.Str, 10, 64); err == nil { // exact, also beyond 2^53
			return fn(source.Type{Kind: source.Int}, source.Value{Kind: source.Int, Int: n})
		}
		x, err := number(v)
		if err != nil {
			return table.Category{}, err
		}
		return fn(source.Type{Kind: source.Float}, source.Value{Kind: source.Float, Float: x})
	}
}

// hinted is a fault in a value, and how to mend it.
type hinted struct{ fault, hint string }

func (e *hinted) Error() string { return e.fault }

// clip shortens a value for a message.
func clip(s string) string {
	if len(s) <= 60 {
		return s
	}
	return s[:60] + "…"
}

// notText is the fault of bytes that are read as text. Strings are checked as
// they are read, but old writers leave text unmarked among the other bytes.
func notText(s string) error {
	return &hinted{fmt.Sprintf("%+q is not UTF-8 text", clip(s)), "write the file again as UTF-8"}
}

// missingCategory is the group of rows whose value is missing.
var missingCategory = table.Category{Missing: true}

// groupCategory maps a value to a group: missing, a band, a renamed value or
// the value itself.
func groupCategory(g config.Group) categorize {
	isMissing := missing(g.Role)
	edges, names := edges(g), g.Bands()
	renamed := newListed(slices.Collect(maps.Keys(g.Map)))
	return numeric(g.Role, len(edges) > 0, func(t source.Type, v source.Value) (table.Category, error) {
		if isMissing(t, v) {
			return missingCategory, nil
		}
		if len(edges) > 0 {
			x, err := number(v)
			if err != nil {
				return table.Category{}, err
			}
			at := band(edges, x, g.Closed == "right")
			return table.Category{Name: names[at], Order: int64(at)}, nil
		}
		if written, ok := renamed.find(t, v); ok {
			return table.Category{Name: g.Map[written]}, nil
		}
		if rest, ok := g.Map["*"]; ok {
			return table.Category{Name: rest}, nil
		}
		return table.Category{Name: source.Text(t, v)}, nil
	})
}

// edges are the edges of a group's bins.
func edges(g config.Group) []float64 {
	var out []float64
	for _, text := range g.Bins {
		edge, _ := strconv.ParseFloat(text, 64) // config has checked it
		out = append(out, edge)
	}
	return out
}

// band is the position of x among the bands between edges.
func band(edges []float64, x float64, closedRight bool) int {
	for i, edge := range edges {
		if x < edge || closedRight && x == edge {
			return i
		}
	}
	return len(edges)
}

// The codes of the dimensions Decision and Label, in the order of preset.
const (
	codePositive = iota
	codeNegative
	codeMissing
	codeUnlisted
	codeImmature
)

// outcomes are the categories of a decision or label, in the order of their
// codes.
func outcomes() []table.Category {
	names := []string{table.Positive, table.Negative, table.Unknown, table.Unlisted, table.Immature}
	var out []table.Category
	for i, n := range names {
		out = append(out, table.Category{Name: n, Order: int64(i)})
	}
	return out
}

// ruleCategory maps a value to positive, negative, missing or unlisted.
func ruleCategory(r config.Rule) categorize {
	isMissing := missing(r.Role)
	positive, negative := newListed(r.Positive), newListed(r.Negative)
	cats := outcomes()
	limit, _ := strconv.ParseFloat(r.AtLeast+r.Above, 64) // one is empty; config has checked the other
	side := func(yes bool) (table.Category, error) {
		if yes {
			return cats[codePositive], nil
		}
		return cats[codeNegative], nil
	}
	compares := r.AtLeast != "" || r.Above != ""
	return numeric(r.Role, compares, func(t source.Type, v source.Value) (table.Category, error) {
		switch {
		case isMissing(t, v):
			return cats[codeMissing], nil
		case v.Kind == source.Binary && !utf8.ValidString(v.Str): // it is in no list, and not for that a negative
			return table.Category{}, notText(v.Str)
		case compares:
			x, err := number(v)
			if err != nil {
				return table.Category{}, err
			}
			return side(x > limit || r.AtLeast != "" && x == limit)
		case positive.has(t, v):
			return side(true)
		case len(r.Negative) == 0 || negative.has(t, v):
			return side(false)
		case r.Unlisted == "error":
			return table.Category{}, fmt.Errorf("value %s is in neither list of values", strconv.Quote(clip(source.Text(t, v))))
		}
		return cats[codeUnlisted], nil
	})
}

// presence are the categories of a Missing dimension.
func presence() [2]table.Category {
	return [2]table.Category{{Name: table.IsPresent}, {Name: table.IsMissing, Order: 1}}
}

// presenceCategory tells missing values from others; numbers says that the role
// reads numbers.
func presenceCategory(role config.Role, numbers bool) categorize {
	isMissing := missing(role)
	cats := presence()
	return numeric(role, numbers, func(t source.Type, v source.Value) (table.Category, error) {
		if isMissing(t, v) {
			return cats[1], nil
		}
		return cats[0], nil
	})
}

// textCategory maps every value to its canonical text.
func textCategory(role config.Role) categorize {
	isMissing := missing(role)
	return numeric(role, false, func(t source.Type, v source.Value) (table.Category, error) {
		if isMissing(t, v) {
			return missingCategory, nil
		}
		return table.Category{Name: source.Text(t, v)}, nil
	})
}

// subjectCategory maps a subject to a category by a hash of its canonical text,
// the same in every format: to one of table.Shards shards, or to its own. Rows
// without a subject share one, so that they never look like more independent
// people than they are.
func subjectCategory(role config.Role, seed uint64, category func(hash uint64) table.Category) categorize {
	isMissing := missing(role)
	return numeric(role, false, func(t source.Type, v source.Value) (table.Category, error) {
		text := ""
		if !isMissing(t, v) {
			text = source.Text(t, v)
		}
		return category(hash64(seed, text)), nil
	})
}

// halfCategory deals a row to one of two halves by a hash of its id.
func halfCategory(role config.Role, seed uint64) categorize {
	return numeric(role, false, func(t source.Type, v source.Value) (table.Category, error) {
		half := int64(hash64(seed, source.Text(t, v)) % 2)
		return table.Category{Name: strconv.FormatInt(half, 10), Order: half}, nil
	})
}

// hash64 is FNV-1a with a final mix (the finalizer of splitmix64), so that
// neighboring ids fall into unrelated shards.
func hash64[T string | []byte](seed uint64, text T) uint64 {
	h := uint64(14695981039346656037) ^ seed
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
