package slate

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// bindKey makes the schema of a log whose rows are slots already: its own columns,
// source.ItemRank and source.ItemList.
func (s *Source) bindKey() (err error) {
	s.flat = s.Source.Schema()
	s.given = given{item: -1}
	if s.given.key, err = s.column(s.options.Key); err != nil {
		return err
	}
	if s.given.rank, err = s.column(s.options.Rank); err != nil {
		return err
	}
	if s.options.Item != "" {
		if s.given.item, err = s.column(s.options.Item); err != nil {
			return err
		}
	}
	s.schema = slices.Clone(s.flat)
	for _, name := range []string{source.ItemRank, source.ItemList} {
		if _, _, taken := s.flat.Find(name, 0); taken {
			return fmt.Errorf("column %q of the log has the name of what is made of its lists", name)
		}
		s.schema = append(s.schema, source.Column{Name: name, Type: source.Type{Kind: source.Int}})
	}
	return nil
}

// given are the columns of a log whose rows are slots, by index.
type given struct{ key, rank, item int }

// fileUnit is a file whose rows are slots, read list by list. A list is the rows of a
// file that have the same key.
type fileUnit struct {
	source *Source
	name   string
	units  []source.Unit
	index  int // of the first unit
	seed   uint64
}

// fileUnits puts the units of each file together.
func (s *Source) fileUnits() (out []source.Unit) {
	at := map[string]*fileUnit{}
	for i, u := range s.Source.Units() {
		name := fileOf(u)
		f := at[name]
		if f == nil {
			h := fnv.New64a()
			_, _ = h.Write([]byte(name)) // a hash takes everything
			f = &fileUnit{source: s, name: name, index: i, seed: h.Sum64()}
			at[name] = f
			out = append(out, f)
		}
		f.units = append(f.units, u)
	}
	return out
}

// Name implements source.Unit.
func (u *fileUnit) Name() string { return u.name }

// File implements source.Filed.
func (u *fileUnit) File() string { return u.name }

// Rows is unknown, because slots of equal items may be left out.
func (u *fileUnit) Rows() int64 { return -1 }

// Bytes implements source.Unit.
func (u *fileUnit) Bytes() (sum int64) {
	for _, x := range u.units {
		sum += x.Bytes()
	}
	return sum
}

// survey is what a file's keys are like.
type survey struct {
	rows     int64
	together bool // the rows of every list follow each other
}

// Bounds of what is held in memory.
const (
	// maxStrewn is how many lists are told apart to see whether their rows follow each
	// other, where the keys neither rise nor fall: 256 MiB.
	maxStrewn = 1 << 24
	// atOnce is about how many rows are held where the rows of lists are scattered: the
	// file is read once for so many.
	atOnce = 1 << 20
	// maxPasses is how often that may be.
	maxPasses = 64
)

// survey reads the keys of the file. It is done once.
func (u *fileUnit) survey(ctx context.Context) (survey, error) {
	u.source.mu.Lock()
	found, ok := u.source.surveys[u.name]
	u.source.mu.Unlock()
	if ok {
		return found, nil
	}
	s := surveyor{ordered: true}
	err := u.keys(ctx, s.see)
	if errors.Is(err, errDisorder) { // once more, with all keys
		s = surveyor{far: map[uint64]struct{}{}}
		err = u.keys(ctx, s.see)
	}
	if err != nil && !errors.Is(err, errDisorder) {
		return survey{}, err
	}
	found = survey{s.rows, err == nil}
	if !found.together {
		found.rows = 0
		if err := u.keys(ctx, func(keyer, int) error { found.rows++; return nil }); err != nil {
			return survey{}, err
		}
		if most := int64(u.source.atOnce * maxPasses); found.rows > most {
			return survey{}, &source.Error{Path: u.name, Column: u.source.options.Key, Err: fmt.Errorf(
				"the rows of a list do not follow each other, and of %d rows that is too many to gather; at most %d are", found.rows, most),
				Hint: "sort the file by " + u.source.options.Key}
		}
	}
	u.source.mu.Lock()
	u.source.surveys[u.name] = found
	u.source.mu.Unlock()
	return found, nil
}

// keys gives the key of every row.
func (u *fileUnit) keys(ctx context.Context, do func(k keyer, i int) error) error {
	for _, unit := range u.units {
		r, err := unit.Open(ctx, []int{u.source.given.key})
		if err != nil {
			return err
		}
		for err == nil {
			var b *source.Batch
			if b, err = r.Next(); err != nil {
				break
			}
			k := keyer{v: &b.Columns[0]}
			for i := 0; i < b.Rows && err == nil; i++ {
				err = do(k, i)
			}
		}
		if err == io.EOF {
			err = nil
		}
		if err = errors.Join(err, r.Close()); err != nil {
			return err
		}
	}
	return nil
}

// errDisorder ends a survey that has found out.
var errDisorder = errors.New("keys in no order")

// surveyor finds out whether equal keys follow each other: because keys rise or fall
// from list to list, or because none comes again.
type surveyor struct {
	rows    int64
	last    uint64
	some    bool
	ordered bool
	begun   bool // some list has a key
	way     int  // of ordered keys: 1 if they rise, -1 if they fall, 0 if that is not known
	number  int64
	text    []byte
	far     map[uint64]struct{} // of the lists before the last, unless ordered
}

func (s *surveyor) see(k keyer, i int) error {
	hash, ok := k.hash(i)
	s.rows++
	switch {
	case ok && s.some && hash == s.last:
		return nil
	case s.ordered && ok:
		return s.compare(k, i, hash)
	case s.ordered:
		s.some = false // a row without a key ends a list, too
		return nil
	}
	if s.some {
		s.far[s.last] = struct{}{}
	}
	s.last, s.some = hash, ok
	if _, again := s.far[hash]; ok && again || len(s.far) > maxStrewn {
		return errDisorder
	}
	return nil
}

// compare holds a key against the one of the list before.
func (s *surveyor) compare(k keyer, i int, hash uint64) error {
	number, text := k.order(i)
	way := cmp.Compare(number, s.number)
	if text != nil {
		way = bytes.Compare(text, s.text)
	}
	first := !s.begun
	s.begun = true
	s.last, s.some, s.number, s.text = hash, true, number, append(s.text[:0], text...)
	switch {
	case first:
		return nil
	case way == 0, s.way != 0 && way != s.way:
		return errDisorder
	}
	s.way = way
	return nil
}

// keyer hashes the keys of a column: FNV-1a of texts, with a final mix.
type keyer struct{ v *source.Vector }

func (k keyer) hash(i int) (hash uint64, ok bool) {
	v := k.v
	if v.Const {
		i = 0
	}
	if null(v, i) {
		return 0, false
	}
	switch {
	case v.Codes != nil && v.Type.Kind == source.String:
		return hashText(v.Dict.Strs[v.Codes[i]]), true
	case v.Codes == nil && v.Type.Kind == source.String:
		return hashText(v.Strs.At(i)), true
	}
	x := v.Value(i)
	if x.Kind == source.Int || x.Kind == source.Uint {
		return mixed(uint64(x.Int) + 0x9e3779b97f4a7c15), true
	}
	return hashText(source.Text(v.Type, x)), true
}

func hashText[T string | []byte](text T) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 1099511628211
	}
	return mixed(h)
}

// order is what keys are put in order by: a number, or a text.
func (k keyer) order(i int) (number int64, text []byte) {
	x := k.v.Value(i)
	switch x.Kind {
	case source.Int, source.Date, source.Timestamp, source.TimeOfDay, source.Bool:
		return x.Int, nil
	}
	return 0, append([]byte{}, source.Text(k.v.Type, x)...)
}

// null tells whether a row has no value; i is 0 where all rows are alike.
func null(v *source.Vector, i int) bool {
	switch {
	case v.Codes != nil:
		return v.Codes[i] == source.NullCode
	case v.Valid != nil && !v.Valid[i]:
		return true
	}
	return v.Type.Kind == source.Null || v.Type.Kind == source.Nested
}
