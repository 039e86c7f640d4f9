package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// Slate says where lists of items are, and in which order they were shown. Every
// slot of a list becomes a row; what the log says of the list is said of each.
type Slate struct {
	Items      string   `yaml:"items" doc:"column of lists, or lists of structs, in the order in which the items were shown; without it every row of the log is one slot"`
	Places     []string `yaml:"places" one:"true" doc:"in place of items: columns of the items, that of the first place first; the item is then the field item"`
	Parallel   []string `yaml:"parallel" one:"true" doc:"columns of further lists, entry by entry of the same items: their groups, ranks, scores"`
	Separator  string   `yaml:"separator" doc:"what stands between the items where a list is text: '|' in a|b|c; a blank stands for any number of them"`
	JSON       bool     `yaml:"json" doc:"a list is text in JSON, of values or of objects"`
	Item       string   `yaml:"item" doc:"what names the item: a field of the lists, or a column where a row is a slot"`
	ItemGroup  string   `yaml:"item_group" doc:"the group of the item, a field or a column; short for an attribute of this name under columns.groups"`
	Rank       string   `yaml:"rank" doc:"the place at which the item was shown, a field or a column; default: the order of the list. Items are never ordered by a score"`
	FirstRank  int      `yaml:"first_rank" default:"1" min:"0" doc:"rank of the first place: 0 or 1"`
	Offered    string   `yaml:"offered" doc:"column of lists of all candidates that could have been ranked, with the same field as item; those that items leaves out have no rank"`
	Key        string   `yaml:"key" doc:"where a row is one slot: the column that tells lists apart"`
	Duplicates string   `yaml:"duplicates" default:"error" enum:"error|first" doc:"an item that a list has twice: refuse the log, or count the place shown further up and note the other"`
	Pad        []string `yaml:"pad" values:"true" one:"true" doc:"items that fill a list up and stand for none: 0, -1; nulls are always left out"`
	Users      []string `yaml:"users" one:"true" doc:"attributes under columns.groups that are about who is shown the list, not about the items"`
}

// Exploded says whether slots are made of lists.
func (s *Slate) Exploded() bool { return s != nil && (s.Items != "" || len(s.Places) > 0) }

// Whole says whether it is known which slots are a whole list.
func (s *Slate) Whole() bool { return s.Exploded() || s != nil && s.Key != "" }

// RankColumn is the column with the rank of a slot; "" if nothing tells it.
func (s *Slate) RankColumn() string {
	switch {
	case s == nil:
		return ""
	case s.Exploded():
		return source.ItemRank
	}
	return s.Rank
}

// ItemColumn is the column that names the item of a slot; "" if nothing does.
func (s *Slate) ItemColumn() string {
	if s.Item == "" || !s.Exploded() || strings.HasPrefix(s.Item, source.ItemPrefix) {
		return s.Item
	}
	return source.ItemPrefix + s.Item
}

// First is the rank of the first place in RankColumn.
func (s *Slate) First() int64 {
	if s.Exploded() {
		return 1
	}
	return int64(s.FirstRank)
}

// ListColumn is the column that tells lists apart; "" if every row is its own.
func (s *Slate) ListColumn() string {
	if s.Exploded() {
		return source.ItemList
	}
	return s.Key
}

// slate checks columns.slate and gives the roles that follow from it: the list is
// what intervals follow where no subject is given, and item_group is an attribute.
func (d *decoder) slate(a *Audit) {
	s := a.Columns.Slate
	const path = "columns.slate"
	if s == nil || d.faulty[path] {
		return
	}
	l := lint{d, a}
	if s.FirstRank > 1 {
		l.bad(path+".first_rank", fmt.Sprintf(`"first_rank" must be 0 or 1, not %d`, s.FirstRank), "")
	}
	if s.Exploded() {
		if l.given(path + ".key") {
			l.bad(path+".key", `"key" goes with one row per slot, not with lists`, "remove key, or items")
		}
		d.shapes(l, s)
	} else {
		for _, key := range []string{"offered", "pad", "parallel", "separator", "json"} {
			if l.given(path + "." + key) {
				l.bad(path+"."+key, fmt.Sprintf("%s goes with lists, and no column of lists is given", quote(key)), "name it as items")
			}
		}
		if s.Key == "" && l.given(path+".duplicates") {
			l.bad(path+".duplicates", `"duplicates" goes with lists, and nothing says which slots are one`, "name the column that tells lists apart as key")
		}
		if s.Rank == "" {
			l.bad(path, "nothing says which place a slot has", "give items, the column of lists; or rank, where a row is a slot")
		}
	}
	if s.ItemGroup != "" {
		d.itemGroup(a, s)
	}
	for i, name := range s.Users {
		if !slices.ContainsFunc(a.Columns.Groups, func(g Group) bool { return g.Name == name }) {
			l.bad(fmt.Sprintf("%s.users.%d", path, i), fmt.Sprintf("there is no attribute %s under columns.groups", quote(name)), "")
		}
	}
	if list := s.ListColumn(); a.Columns.Subject == nil && list != "" && !d.faulty["columns.subject"] {
		a.Columns.Subject = &Role{Column: Ref{Name: list}}
	}
}

// shapes checks how lists are written.
func (d *decoder) shapes(l lint, s *Slate) {
	const path = "columns.slate"
	if s.Items != "" && len(s.Places) > 0 {
		l.bad(path+".places", `"places" is in place of "items"`, "remove one of them")
	}
	if s.Separator != "" && s.JSON {
		l.bad(path+".separator", `"separator" does not go with "json"`, "remove one of them")
	}
	if len(s.Places) > 0 && s.Offered != "" {
		l.bad(path+".offered", `"offered" goes with lists in one column, not with "places"`, "write the lists into one column, or remove offered")
	}
}

// itemGroup adds the attribute that item_group is short for.
func (d *decoder) itemGroup(a *Audit, s *Slate) {
	name := s.ItemGroup
	if slices.ContainsFunc(a.Columns.Groups, func(g Group) bool { return g.Name == name }) {
		(&lint{d, a}).bad("columns.slate.item_group", fmt.Sprintf("columns.groups has an attribute %s already", quote(name)), "remove one of them")
		return
	}
	column := name
	if s.Exploded() && !strings.HasPrefix(name, source.ItemPrefix) {
		column = source.ItemPrefix + name
	}
	g := Group{Name: name}
	d.defaults(reflect.ValueOf(&g).Elem())
	g.Name, g.Column = name, Ref{Name: column}
	a.Columns.Groups = append(a.Columns.Groups, g)
}
