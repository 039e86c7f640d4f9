package scan

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// listed is a set of values as written in a configuration. A typed value
// matches by its canonical text, so 1 and '1' fit the integer 1, the float 1.0,
// the text "1" and true; a number also matches another spelling of itself (1.0
// fits the integer 1), text matches only as spelled.
type listed struct {
	text    map[string]bool
	numbers map[string]bool
}

func newListed(values []string) listed {
	l := listed{map[string]bool{}, map[string]bool{}}
	for _, v := range values {
		l.text[v], l.numbers[v] = true, true
		if n, err := number(source.Value{Kind: source.String, Str: v}); err == nil {
			l.numbers[source.Text(source.Type{Kind: source.Float}, source.Value{Kind: source.Float, Float: n})] = true
		}
	}
	return l
}

func (l listed) has(t source.Type, v source.Value) bool {
	switch v.Kind {
	case source.String, source.Binary:
		return l.text[v.Str]
	case source.Bool:
		return l.text[source.Text(t, v)] || l.text[strconv.FormatInt(v.Int, 10)]
	}
	return l.numbers[source.Text(t, v)]
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

// number reads a value as a number. Text must be a plain decimal, without
// spaces: what looks like a number but is not one is an error, never zero.
func number(v source.Value) (float64, error) {
	switch v.Kind {
	case source.Int, source.Bool, source.Date:
		return float64(v.Int), nil
	case source.Uint:
		return float64(uint64(v.Int)), nil
	case source.Float:
		return v.Float, nil
	case source.String, source.Decimal:
		f, err := strconv.ParseFloat(v.Str, 64)
		if err == nil && strings.Trim(v.Str, "+-.0123456789eE") == "" {
			return f, nil
		}
		return 0, &hinted{strconv.Quote(clip(v.Str)) + " is not a number", "if it stands for no value, list it under missing:"}
	}
	return 0, fmt.Errorf("a value that is not a number")
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

// missingCategory is the group of rows whose value is missing.
var missingCategory = table.Category{Missing: true}

// groupCategory maps a value to a group: missing, a band, a renamed value or
// the value itself.
func groupCategory(g config.Group) categorize {
	isMissing := missing(g.Role)
	edges, names := edges(g), g.Bands()
	return func(t source.Type, v source.Value) (table.Category, error) {
		if isMissing(t, v) {
			return missingCategory, nil
		}
		if len(edges) > 0 {
			x, err := number(v)
			if err != nil {
				return table.Category{}, err
			}
			if math.IsNaN(x) {
				return missingCategory, nil
			}
			at := band(edges, x, g.Closed == "right")
			return table.Category{Name: names[at], Order: int64(at)}, nil
		}
		text := source.Text(t, v)
		if to, ok := g.Map[text]; ok {
			text = to
		} else if to, ok := g.Map["*"]; ok {
			text = to
		}
		return table.Category{Name: text}, nil
	}
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
	side := func(yes bool) (table.Category, error) {
		if yes {
			return cats[codePositive], nil
		}
		return cats[codeNegative], nil
	}
	return func(t source.Type, v source.Value) (table.Category, error) {
		switch {
		case isMissing(t, v):
			return cats[codeMissing], nil
		case r.AtLeast != "" || r.Above != "":
			x, err := number(v)
			if err != nil {
				return table.Category{}, err
			}
			limit, _ := strconv.ParseFloat(r.AtLeast+r.Above, 64) // one is empty; config has checked the other
			return side(x > limit || r.AtLeast != "" && x == limit)
		case positive.has(t, v):
			return side(true)
		case len(r.Negative) == 0 || negative.has(t, v):
			return side(false)
		case r.Unlisted == "error":
			return table.Category{}, fmt.Errorf("value %s is in neither list of values", strconv.Quote(clip(source.Text(t, v))))
		}
		return cats[codeUnlisted], nil
	}
}

// presence are the categories of a Missing dimension.
func presence() [2]table.Category {
	return [2]table.Category{{Name: table.IsPresent}, {Name: table.IsMissing, Order: 1}}
}

// presenceCategory tells missing values from others.
func presenceCategory(role config.Role) categorize {
	isMissing := missing(role)
	cats := presence()
	return func(t source.Type, v source.Value) (table.Category, error) {
		if isMissing(t, v) {
			return cats[1], nil
		}
		return cats[0], nil
	}
}

// textCategory maps every value to its canonical text.
func textCategory(role config.Role) categorize {
	isMissing := missing(role)
	return func(t source.Type, v source.Value) (table.Category, error) {
		if isMissing(t, v) {
			return missingCategory, nil
		}
		return table.Category{Name: source.Text(t, v)}, nil
	}
}

// shardCategory maps a subject to one of table.Shards shards by a hash of its
// canonical text, the same in every format. Rows without a subject share one
// shard, so that they never look like more independent people than they are.
func shardCategory(role config.Role, seed uint64) categorize {
	isMissing := missing(role)
	return func(t source.Type, v source.Value) (table.Category, error) {
		text := ""
		if !isMissing(t, v) {
			text = source.Text(t, v)
		}
		shard := int64(hash64(seed, text) % table.Shards)
		return table.Category{Name: strconv.FormatInt(shard, 10), Order: shard}, nil
	}
}

// hash64 is FNV-1a with a final mix (the finalizer of splitmix64), so that
// neighboring ids fall into unrelated shards.
func hash64(seed uint64, text string) uint64 {
	h := uint64(14695981039346656037) ^ seed
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
