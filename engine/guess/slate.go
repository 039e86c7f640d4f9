package guess

import (
	"slices"
	"strings"
)

// slate finds a column of lists of items: one of a list's name, whose fields tell what
// names an item, and at which place it was.
func (g *guesser) slate() {
	lists := g.lists()
	at := -1
	for i, l := range lists {
		c := column{words: words(l.column)}
		if c.lists() && (at < 0 || len(l.fields) > len(lists[at].fields)) {
			at = i
		}
	}
	if at < 0 {
		if s := g.written(); s != nil {
			g.draft.Slate, g.draft.Kind = s, "recommender"
			return
		}
		g.slots()
		return
	}
	l := lists[at]
	s := &Slate{Role: Role{Column: l.column, Why: "a column of lists, and its name"}}
	s.Item = l.field("name", "item", "item_id", "id", "product_id", "title")
	s.Rank = l.field("rank", "position", "place")
	for _, o := range lists {
		c := column{words: words(o.column)}
		if o.column != l.column && c.has("presented", "offered", "candidates", "eligible") && o.field(s.Item) == s.Item {
			s.Offered = o.column
		}
	}
	for _, f := range l.fields {
		c := column{name: f, words: words(f)}
		if attribute(&c) {
			g.draft.Groups = append(g.draft.Groups, Group{Name: strings.Join(c.words, "_"), Role: Role{Column: "item." + f, Why: "a field of the lists, by its name"}})
		}
	}
	g.draft.Slate, g.draft.Kind = s, "recommender"
}

// list is a column of lists and the fields of its structs.
type list struct {
	column string
	fields []string
}

// field is the first of these names that the structs have, or "".
func (l list) field(names ...string) string {
	for _, n := range names {
		if slices.Contains(l.fields, n) {
			return n
		}
	}
	return ""
}

// lists are the columns of lists. What stands between a list and its elements in a
// path (list, element, item) is the format's.
func (g *guesser) lists() []list {
	var out []list
	for _, leaf := range g.leaves {
		if leaf.Rep != 1 || len(leaf.Path) == 0 {
			continue
		}
		at := slices.IndexFunc(out, func(l list) bool { return l.column == leaf.Path[0] })
		if at < 0 {
			out = append(out, list{column: leaf.Path[0]})
			at = len(out) - 1
		}
		if last := leaf.Path[len(leaf.Path)-1]; len(leaf.Path) > 1 && !(len(leaf.Path) == 3 && last == "element") {
			out[at].fields = append(out[at].fields, last)
		}
	}
	return out
}

// slots finds a log of one row per slot: a key that rows share, a rank and an item.
func (g *guesser) slots() {
	key := g.find(func(c *column) int {
		if c.keyed() && !c.unique() && c.has("slate", "impression", "list", "session", "recommendation") {
			return 1
		}
		return 0
	})
	rank := g.find(func(c *column) int {
		if c.numbers && c.whole && c.low >= 0 && c.low <= 1 && c.is("rank", "position", "slot", "place") {
			return 1
		}
		return 0
	})
	item := g.find(func(c *column) int {
		if c.is("item", "item_id", "product_id", "article_id", "video_id", "candidate_id") {
			return 1
		}
		return 0
	})
	if rank == nil || item == nil {
		return
	}
	if key == nil {
		g.miss("which rows are one list (columns.slate.key): there is a rank, but no key that rows of one list share")
		return
	}
	g.draft.Slate = &Slate{Role: key.role("rows share it, and there is a rank"), Slots: true, Item: item.name, Rank: rank.name}
	item.taken, rank.taken = true, true
	g.draft.Kind = "recommender"
}
