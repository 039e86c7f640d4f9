// Package slate makes rows of lists: a log whose rows hold what was shown or
// offered to somebody, in order, becomes a source with one row per slot. What a
// row says beside the list is said by each of its slots.
package slate

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"sync"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/files"
)

// MaxLength is the length of the longest list: its slots are one batch.
const MaxLength = source.MaxBatch

// Options say where the lists are and how they are to be read.
type Options struct {
	// Key is the column that tells lists apart where a row is a slot of one; then Rank
	// and Item are columns, and the rest does not go with it.
	Key   string
	Items string // column of lists, in the order in which they were shown
	// Places are columns in place of Items, that of the first place first.
	Places []string
	// Parallel are columns of lists that say more of the same items.
	Parallel []string
	// Separator is what stands between the items where a column holds text; JSON
	// says that such text is a list in JSON.
	Separator string
	JSON      bool
	Item      string // field that names the item; "" if nothing does
	Rank      string // field with the rank; "" for the order of the list
	Offered   string // column of lists of all candidates; "" if it is not known
	First     int64  // rank of the first place: 0 or 1
	// KeepFirst keeps the first of equal items of a list; else a list that has
	// an item twice is refused.
	KeepFirst bool
	Pads      []string // items that fill a list up and stand for none
}

// Source is a log whose rows are slots.
type Source struct {
	*files.Source
	options Options
	flat    source.Schema
	schema  source.Schema
	fields  []field // of the lists that give the slots, beside the schema behind flat
	rank    *field
	item    *field  // of the lists of Items
	starts  []int64 // of each unit: its first row within the file
	given   given   // where rows are slots
	atOnce  int     // rows of scattered lists that are held

	mu      sync.Mutex
	seen    map[int]Accounts  // by unit that was read to its end
	surveys map[string]survey // by file
}

// field is a field of the elements of a list.
type field struct {
	name    string
	leaf    source.Leaf
	columns []int    // of lists that are virtual: the column of text, or those of the places
	text    splitter // of text; nil for places
}

// Accounts say what the lists were like.
type Accounts struct {
	Lists      int64 // rows of the log
	Empty      int64 // without an item
	Short      int64 // that rank fewer items than were offered
	Pads       int64 // entries that stand for no item
	Duplicates int64 // entries whose item the list had before
	Beyond     int64 // ranks greater than the length of their list
	Keyless    int64 // slots without the key that tells lists apart
}

func (a Accounts) plus(o Accounts) Accounts {
	return Accounts{a.Lists + o.Lists, a.Empty + o.Empty, a.Short + o.Short, a.Pads + o.Pads, a.Duplicates + o.Duplicates, a.Beyond + o.Beyond, a.Keyless + o.Keyless}
}

// Open finds the fields of the lists.
func Open(log *files.Source, o Options) (*Source, error) {
	s := &Source{Source: log, options: o, atOnce: atOnce, seen: map[int]Accounts{}, surveys: map[string]survey{}}
	if log.Once() {
		return nil, errors.New("lists cannot be read from standard input; write the log to a file")
	}
	return s, s.bind()
}

// bind makes the schema out of that of the files.
func (s *Source) bind() error {
	if s.options.Key != "" {
		return s.bindKey()
	}
	s.flat = s.Source.Schema()
	leaves, err := s.Leaves()
	if err != nil {
		return err
	}
	o := s.options
	shown, err := s.shown(leaves)
	if err != nil {
		return err
	}
	if s.fields = shown; o.Offered != "" {
		if s.fields, err = s.listed(leaves, o.Offered); err != nil {
			return err
		}
		if o.Item == "" {
			return errors.New("to find what is ranked among what was offered, slate.item has to name the field that tells items apart")
		}
		if _, err := find(s.fields, o.Offered, o.Item); err != nil {
			return err
		}
	}
	if o.Rank != "" {
		if s.rank, err = find(shown, o.lists(), o.Rank); err != nil {
			return err
		}
	}
	if o.Item != "" {
		if s.item, err = find(shown, o.lists(), o.Item); err != nil {
			return err
		}
	} else if len(o.Pads) > 0 {
		if len(shown) > 1 {
			return errors.New("to tell which items are pads, slate.item has to name the field that tells items apart")
		}
		s.item = &shown[0]
	}
	s.fields = slices.DeleteFunc(s.fields, func(f field) bool {
		return source.ItemPrefix+f.name == source.ItemRank || source.ItemPrefix+f.name == source.ItemList
	})
	s.schema = slices.Clone(s.flat)
	for _, f := range s.fields {
		s.schema = append(s.schema, source.Column{Name: source.ItemPrefix + f.name, Type: f.leaf.Type})
	}
	s.schema = append(s.schema, source.Column{Name: source.ItemRank, Type: source.Type{Kind: source.Int}}, source.Column{Name: source.ItemList, Type: source.Type{Kind: source.Int}})
	for i, c := range s.flat {
		if slices.ContainsFunc(s.schema[len(s.flat):], func(x source.Column) bool { return x.Name == c.Name }) {
			return fmt.Errorf("column %q of the log has the name of a field of its lists", s.flat[i].Name)
		}
	}
	s.starts = startsOf(s.Source.Units())
	return nil
}

// startsOf counts the rows of a file before each of its units.
func startsOf(units []source.Unit) []int64 {
	out, next := make([]int64, len(units)), map[string]int64{}
	for i, u := range units {
		name := fileOf(u)
		out[i] = next[name]
		next[name] += max(0, u.Rows())
	}
	return out
}

func fileOf(u source.Unit) string {
	if f, ok := u.(source.Filed); ok {
		return f.File()
	}
	return u.Name()
}

// lists is what messages call the lists that are shown.
func (o Options) lists() string {
	if len(o.Places) > 0 {
		return o.Places[0]
	}
	return o.Items
}

// ofPlaces is the name of the field of the items that have a column per place.
const ofPlaces = "item"

// shown lists the fields of the lists that are shown.
func (s *Source) shown(leaves []source.Leaf) (out []field, err error) {
	o := s.options
	if len(o.Places) > 0 {
		f := field{name: ofPlaces, leaf: virtual(ofPlaces)}
		for _, name := range o.Places {
			at, err := s.column(name)
			if err != nil {
				return nil, err
			}
			f.columns = append(f.columns, at)
		}
		out = []field{f}
	} else if out, err = s.listed(leaves, o.Items); err != nil {
		return nil, err
	}
	for _, column := range o.Parallel {
		more, err := s.listed(leaves, column)
		if err != nil {
			return nil, err
		}
		for _, f := range more {
			if slices.ContainsFunc(out, func(x field) bool { return x.name == f.name }) {
				return nil, fmt.Errorf("the lists of column %q have a field %q as others have", column, f.name)
			}
			out = append(out, f)
		}
	}
	return out, nil
}

// column finds a column that is not of lists.
func (s *Source) column(name string) (int, error) {
	at, twins, ok := s.flat.Find(name, 0)
	switch {
	case !ok:
		hint := ""
		if near := s.flat.Nearest(name); near != "" {
			hint = fmt.Sprintf("; did you mean %q?", near)
		}
		return 0, fmt.Errorf("the log has no column %q%s", name, hint)
	case len(twins) > 0:
		return 0, fmt.Errorf("the log has several columns %q", name)
	case s.flat[at].Type.Kind == source.Nested:
		return 0, fmt.Errorf("column %q holds lists or structs, where one item per column is wanted", name)
	}
	return at, nil
}

// listed lists the fields of the elements of a column: of lists, or of text that is
// taken apart.
func (s *Source) listed(leaves []source.Leaf, column string) ([]field, error) {
	at, _, ok := s.flat.Find(column, 0)
	if kind := source.Null; ok {
		if kind = s.flat[at].Type.Kind; kind != source.String && kind != source.Null {
			ok = false
		}
	}
	if !ok {
		return fieldsOf(leaves, column)
	}
	f := field{name: column, leaf: virtual(column), columns: []int{at}}
	switch {
	case s.options.Separator != "":
		f.text = separated{s.options.Separator}
		return []field{f}, nil
	case !s.options.JSON:
		return nil, fmt.Errorf("column %q is text; say slate.separator for items with something between them (a|b|c), or slate.json: true for lists in JSON", column)
	}
	names, err := s.jsonFields(at)
	if err != nil {
		return nil, err
	}
	f.text = jsonText{values: true}
	if len(names) == 0 {
		return []field{f}, nil
	}
	var out []field
	for _, name := range names {
		out = append(out, field{name: name, leaf: virtual(name), columns: f.columns, text: jsonText{}})
	}
	return out, nil
}

// fieldsOf lists the fields of the elements of a column of lists. What is in
// further lists, or cannot be read, is left out.
func fieldsOf(leaves []source.Leaf, column string) ([]field, error) {
	var out []field
	deeper := false
	for _, l := range leaves {
		at := under(l.Path, column)
		if at == 0 || l.Rep == 0 {
			continue
		}
		if l.Rep > 1 || l.Type.Kind == source.Nested {
			deeper = true
			continue
		}
		name := l.Path[len(l.Path)-1]
		if l.Def-l.Lists[0] <= 1 && len(l.Path) <= at+2 && !hasSibling(leaves, l.Path) {
			name = column[strings.LastIndexByte(column, '.')+1:] // a list of values: its own name
		}
		if slices.ContainsFunc(out, func(f field) bool { return f.name == name }) {
			return nil, fmt.Errorf("the lists of column %q have two fields %q", column, name)
		}
		out = append(out, field{name: name, leaf: l})
	}
	switch {
	case len(out) > 0:
		return out, nil
	case deeper:
		return nil, fmt.Errorf("column %q has lists in its lists, which are not taken apart", column)
	}
	return nil, fmt.Errorf("column %q holds no lists%s", column, nearest(leaves))
}

// under says how many elements of a path are a column with dots in its name; 0 if
// the path leads elsewhere.
func under(path []string, column string) int {
	for n := 1; n < len(path); n++ {
		if strings.Join(path[:n], ".") == column {
			return n
		}
	}
	return 0
}

// hasSibling tells whether another leaf is in the same struct.
func hasSibling(leaves []source.Leaf, path []string) bool {
	n := len(path) - 1
	return slices.ContainsFunc(leaves, func(l source.Leaf) bool {
		return len(l.Path) >= len(path) && slices.Equal(l.Path[:n], path[:n]) && l.Path[n] != path[n]
	})
}

// nearest lists the columns that hold lists.
func nearest(leaves []source.Leaf) string {
	var names []string
	for _, l := range leaves {
		if l.Rep > 0 && !slices.Contains(names, l.Path[0]) {
			names = append(names, l.Path[0])
		}
	}
	if len(names) == 0 {
		return "; the log has no column of lists"
	}
	return "; those of the log are " + strings.Join(names, ", ")
}

func find(fields []field, column, name string) (*field, error) {
	at := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
	if at >= 0 {
		f := fields[at]
		return &f, nil
	}
	var names []string
	for _, f := range fields {
		names = append(names, f.name)
	}
	return nil, fmt.Errorf("the lists of column %q have no field %q; theirs are %s", column, name, strings.Join(names, ", "))
}

// Schema implements source.Source: the columns of the log, the fields of the
// lists, source.ItemRank and source.ItemList.
func (s *Source) Schema() source.Schema { return s.schema }

// Units implements source.Source.
func (s *Source) Units() []source.Unit {
	if s.options.Key != "" {
		return s.fileUnits()
	}
	inner := s.Source.Units()
	out := make([]source.Unit, len(inner))
	for i, u := range inner {
		h := fnv.New64a()
		_, _ = h.Write([]byte(fileOf(u))) // a hash takes everything
		out[i] = &unit{Unit: u, source: s, index: i, seed: h.Sum64(), start: s.starts[i]}
	}
	return out
}

// Look passes the search for columns on, and finds the fields anew.
func (s *Source) Look(ctx context.Context, names []string) (bool, error) {
	found, err := s.Source.Look(ctx, names)
	if err != nil || !found {
		return found, err
	}
	return true, s.bind()
}

// Check passes the question on for columns that are not of the lists.
func (s *Source) Check(columns []int) error { return s.Source.Check(s.plain(columns)) }

// Require is Check for columns that no file may lack.
func (s *Source) Require(columns []int) error { return s.Source.Require(s.plain(columns)) }

func (s *Source) plain(columns []int) []int {
	return slices.DeleteFunc(slices.Clone(columns), func(c int) bool { return c >= len(s.flat) })
}

// Accounts adds up what was read to the end.
func (s *Source) Accounts() (all Accounts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.seen {
		all = all.plus(a)
	}
	return all
}

// AccountsOf is Accounts of one file.
func (s *Source) AccountsOf(file string) (all Accounts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, u := range s.Source.Units() {
		if fileOf(u) == file {
			all = all.plus(s.seen[i])
		}
	}
	return all
}

// AdoptLists notes what the lists of a file are like that is not read, because what
// is in it is known.
func (s *Source) AdoptLists(file string, a Accounts) {
	s.Adopt(file, a.Lists)
	for i, u := range s.Source.Units() {
		if fileOf(u) == file {
			s.note(i, a)
			return
		}
	}
}

func (s *Source) note(unit int, a Accounts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[unit] = a
}
