package files

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// shape is what the schema of a file and the keys of its partition folders have
// in common with other files. Thousands of files usually have one shape.
type shape struct {
	example string // the first file of the shape
	schema  source.Schema
	keys    []string
	from    []int // by column of the log: a column of the file, absent, or a folder
	also    []int // by column of the log: the folder that gives it too, or absent
}

// absent marks a column that the files of a shape lack; folder k is absent-1-k.
const absent = -1

func folder(key int) int { return absent - 1 - key }

// shapes collects the shapes of a log, the first file's first.
type shapes struct {
	all    []*shape
	last   *shape
	schema source.Schema // of the log
}

// of returns the shape of a file.
func (s *shapes) of(name string, schema source.Schema, parts []partition) *shape {
	keys := make([]string, len(parts))
	for i, p := range parts {
		keys[i] = p.key
	}
	same := func(o *shape) bool { return slices.Equal(o.schema, schema) && slices.Equal(o.keys, keys) }
	if s.last != nil && same(s.last) {
		return s.last
	}
	for _, o := range s.all {
		if same(o) {
			s.last = o
			return o
		}
	}
	s.last = &shape{example: name, schema: schema, keys: keys}
	s.all = append(s.all, s.last)
	return s.last
}

// reconcile makes the schema of the log: that of the first file and its
// folders, and with all, what later files add. A column that holds nothing but
// nulls has the type that it has elsewhere.
func (s *shapes) reconcile(all bool) {
	have := positions{}
	for i, o := range s.all {
		if i == 0 || all {
			s.extend(have, o)
		}
	}
	for _, o := range s.all {
		s.place(o)
	}
}

// positions are the columns of a name, in order.
type positions map[string][]int

func (p positions) add(name string, i int) (nth int) {
	p[name] = append(p[name], i)
	return len(p[name])
}

// extend appends the columns of a shape that the schema does not have yet.
func (s *shapes) extend(have positions, o *shape) {
	own := positions{}
	columns := slices.Concat(o.schema, folderColumns(o.keys))
	for i, c := range columns {
		if i >= len(o.schema) && len(have[c.Name]) > 0 {
			continue // the file's own column has a type; agreement holds it against the folder
		}
		if own.add(c.Name, i) > len(have[c.Name]) {
			have.add(c.Name, len(s.schema))
			s.schema = append(s.schema, c)
		}
	}
}

// place finds the columns of the log in the files of a shape.
func (s *shapes) place(o *shape) {
	own, of := positions{}, positions{}
	for i, c := range o.schema {
		own.add(c.Name, i)
	}
	o.from, o.also = make([]int, len(s.schema)), make([]int, len(s.schema))
	for i, c := range s.schema {
		nth := of.add(c.Name, i)
		o.from[i], o.also[i] = absent, absent
		k := slices.Index(o.keys, c.Name)
		if nth <= len(own[c.Name]) {
			o.from[i], o.also[i] = own[c.Name][nth-1], k
		} else if k >= 0 && nth == 1 {
			o.from[i] = folder(k)
		}
		if t := o.typeOf(o.from[i]); c.Type.Kind == source.Null && t.Kind != source.Null {
			s.schema[i].Type = t
		}
	}
}

var folderType = source.Type{Kind: source.String, Text: true}

func (o *shape) typeOf(from int) source.Type {
	switch {
	case from >= 0:
		return o.schema[from].Type
	case from == absent:
		return source.Type{}
	}
	return folderType
}

// fault says why column i of the log cannot be read from the file called name,
// which has this shape.
func (s *shapes) fault(o *shape, name string, i int, missing bool) error {
	c := s.schema[i]
	if o.from[i] == absent {
		if missing {
			return nil
		}
		return o.lacks(name, c.Name)
	}
	if t := o.typeOf(o.from[i]); !compatible(c.Type, t) {
		return &source.Error{Path: name, Column: c.Name,
			Err: fmt.Errorf("the type is %s, but %s in %s", typeName(t), typeName(c.Type), s.origin(i, c.Type))}
	}
	return nil
}

// lacks is the fault of a column that is not there.
func (o *shape) lacks(file, column string) error {
	e := &source.Error{Path: file, Column: column, Err: errors.New("there is no such column")}
	all := slices.Concat(o.schema, folderColumns(o.keys))
	if near := all.Nearest(column); near == column {
		e.Err = errors.New("there are fewer columns of this name than in the first file")
	} else if near != "" {
		e.Hint = fmt.Sprintf("did you mean %q?", near)
	}
	return e
}

// origin names a file in which column i has the type of the log.
func (s *shapes) origin(i int, t source.Type) string {
	for _, o := range s.all {
		if o.from[i] != absent && o.typeOf(o.from[i]) == t {
			return o.example
		}
	}
	return s.all[0].example
}

func folderColumns(keys []string) (columns source.Schema) {
	for _, k := range keys {
		columns = append(columns, source.Column{Name: k, Type: folderType})
	}
	return columns
}

// compatible says whether values of both types mean the same: integers of any
// width, strings with and without dictionary, timestamps of any unit, but not
// an instant and a wall time.
func compatible(a, b source.Type) bool {
	integer := func(k source.Kind) bool { return k == source.Int || k == source.Uint }
	switch {
	case a.Kind == source.Null || b.Kind == source.Null:
		return true
	case integer(a.Kind) && integer(b.Kind):
		return true
	}
	return a.Kind == b.Kind && a.UTC == b.UTC
}

// typeName is how messages call a type.
func typeName(t source.Type) string {
	unit := map[time.Duration]string{time.Second: " in seconds", time.Millisecond: " in milliseconds",
		time.Microsecond: " in microseconds", time.Nanosecond: " in nanoseconds"}[t.Unit]
	switch t.Kind {
	case source.Bool:
		return "boolean"
	case source.Int:
		return "integer"
	case source.Uint:
		return "unsigned integer"
	case source.Float:
		return "floating point"
	case source.Decimal:
		return "decimal"
	case source.String:
		return "string"
	case source.Binary:
		return "binary"
	case source.Date:
		return "date"
	case source.Timestamp:
		if t.UTC {
			return "timestamp" + unit + " in UTC"
		}
		return "timestamp" + unit + " without a zone"
	case source.TimeOfDay:
		return "time of day"
	case source.Nested:
		return "list, struct or map"
	}
	return "null"
}
