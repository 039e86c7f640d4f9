package guess

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// lists tells whether the name is one that columns of lists have.
func (c *column) lists() bool {
	return c.has("ranking", "ranked", "items", "slate", "recommendations", "recommended", "results", "impression", "impressions", "list")
}

// written finds lists that are written as text, or over several columns. It takes them
// for lists only where name and values both say so.
func (g *guesser) written() *Slate {
	for _, c := range g.columns {
		if c.taken || c.joined || c.nth > 0 || c.kind.Kind != source.String || !c.lists() || len(c.present) == 0 {
			continue
		}
		if fields, ok := c.inJSON(); ok {
			s := &Slate{Role: c.role("a list in JSON, and its name"), JSON: true, Item: c.name}
			if l := (list{c.name, fields}); len(fields) > 0 {
				s.Item, s.Rank = l.field("name", "item", "item_id", "id", "product_id", "title"), l.field("rank", "position", "place")
			}
			return s
		}
		if mark := c.separated(); mark != "" {
			return &Slate{Role: c.role("text with " + strconv.Quote(mark) + " between items, and its name"), Separator: mark, Item: c.name}
		}
	}
	return g.places()
}

// inJSON tells whether every value is a list in JSON, and which fields its objects
// have.
func (c *column) inJSON() (fields []string, ok bool) {
	for _, v := range c.present {
		var entries []any
		if json.Unmarshal([]byte(v), &entries) != nil {
			return nil, false
		}
		for _, e := range entries {
			object, _ := e.(map[string]any)
			for f := range object {
				if !slices.Contains(fields, f) {
					fields = append(fields, f)
				}
			}
		}
	}
	slices.Sort(fields)
	return fields, true
}

// separated is what stands between the items of most values, none of which is empty;
// "" if nothing does.
func (c *column) separated() string {
	for _, mark := range []string{"|", ";", ","} {
		several, whole := 0, true
		for _, v := range c.present {
			parts := strings.Split(v, mark)
			if len(parts) > 1 {
				several++
			}
			whole = whole && !slices.ContainsFunc(parts, func(p string) bool {
				return strings.TrimSpace(p) == "" || strings.ContainsAny(strings.TrimSpace(p), " \t")
			})
		}
		if whole && 2*several > len(c.present) {
			return mark
		}
	}
	return ""
}

// places finds columns that differ in a number alone, from 1 on: item_1, item_2, item_3.
func (g *guesser) places() *Slate {
	for _, stem := range []string{"item", "rec", "recommendation", "recommended", "slot", "place", "pred", "top"} {
		var found []*column
		for {
			n := strconv.Itoa(len(found) + 1)
			at := slices.IndexFunc(g.columns, func(c *column) bool {
				return !c.taken && !c.joined && c.nth == 0 && (c.is(stem+"_"+n) || c.is(stem+n) || c.is(stem+"_item_"+n))
			})
			if at < 0 {
				break
			}
			found = append(found, g.columns[at])
		}
		if len(found) < 3 || slices.ContainsFunc(found, func(c *column) bool { return c.numbers && !c.whole || c.dated() || c.kind.Kind == source.Bool }) {
			continue
		}
		s := &Slate{Role: found[0].role("columns that are numbered as places are"), Item: "item"}
		for _, c := range found {
			c.taken = true
			s.Places = append(s.Places, c.name)
		}
		return s
	}
	return nil
}
