package jsonl

import (
	"strings"
)

// field is a key, as a reader meets it: asked for, around one that is, or
// neither.
type field struct {
	*node
	quoted   string // the key and its closing quote, or "" if it is written with escapes
	column   *column
	slot     int
	wanted   bool              // it or a field inside it is asked for
	children map[string]*field // of one around those that are asked for
	stamp    int64             // the last row that had it

	// Rows of one writer have their keys in one order: next is the key that
	// followed this one in the last row, head the first one inside.
	next, head *field
}

// fieldOf makes the field of a node and those below it.
func fieldOf(n *node, asked map[*node]*field) *field {
	f := asked[n]
	if f == nil {
		f = &field{}
	}
	f.node, f.wanted = n, f.column != nil
	if !strings.ContainsFunc(n.name, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' }) {
		f.quoted = n.name + `"`
	}
	if n.first != isObject {
		return f
	}
	f.children = make(map[string]*field, len(n.order))
	for _, c := range n.order {
		child := fieldOf(c, asked)
		f.children[c.name] = child
		f.wanted = f.wanted || child.wanted
	}
	return f
}

// object reads an object from behind its bracket.
func (r *reader) object(b []byte, i int, f *field, depth int) (_ int, err error) {
	if err := r.tooDeep(depth); err != nil {
		return i, err
	}
	if i = space(b, i); b[i] == '}' {
		return i + 1, nil
	}
	guess := &f.head
	for {
		if b[i] != '"' {
			return i, unexpected(b, i, "a key")
		}
		child := *guess
		if i++; child != nil && child.quoted != "" && len(b)-i > len(child.quoted) && string(b[i:i+len(child.quoted)]) == child.quoted {
			i += len(child.quoted)
		} else if child, i, err = r.lookup(b, i, f); err != nil {
			return i, err
		}
		if b[i] == ':' && b[i+1] > ' ' {
			i++
		} else if i, err = colon(b, i); err != nil {
			return i, err
		}
		if child != nil {
			*guess, guess = child, &child.next
		}
		if child != nil && child.wanted {
			i, err = r.value(b, i, child, depth)
		} else {
			i, err = r.skip(b, i, depth)
		}
		if err != nil {
			if child != nil {
				err = inColumn(err, child.path)
			}
			return i, err
		}
		switch i = space(b, i); b[i] {
		case ',':
			i = space(b, i+1)
		case '}':
			return i + 1, nil
		default:
			return i, unexpected(b, i, `a comma or '}'`)
		}
	}
}

// lookup finds the field of the key that begins at i, nil if it is not known,
// and steps over its closing quote.
func (r *reader) lookup(b []byte, i int, f *field) (*field, int, error) {
	end, escaped, err := stringEnd(b, i)
	if err != nil {
		return nil, i, err
	}
	name := b[i:end]
	if escaped {
		if r.key, _, err = unescape(r.key[:0], b, i); err != nil {
			return nil, i, err
		}
		name = r.key
	}
	return f.children[string(name)], end + 1, nil
}

// value reads the value of a field that is asked for, or is around one.
func (r *reader) value(b []byte, i int, f *field, depth int) (int, error) {
	if f.stamp == r.stamp {
		return i, wrong("each key stands once in an object", "the key is given twice")
	}
	f.stamp = r.stamp
	if f.column == nil {
		switch b[i] {
		case '{':
			return r.object(b, i+1, f, depth+1)
		case 'n':
			return literal(b, i, "null")
		}
		return i, changed(b, i, "objects")
	}
	r.filled++
	if b[i] == 'n' {
		f.column.Null()
		return literal(b, i, "null")
	}
	end, err := f.column.take(b, i)
	if f.column.Plain() {
		r.plain += end - i
	}
	return end, err
}

// changed is the fault of a value of another type than those before it.
func changed(b []byte, i int, before string) error {
	switch c := b[i]; c {
	case '{', '[', '"', 't', 'f', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return wrong("a column has one type; "+decided(), "%s here, %s before", what(c), before)
	}
	return noValue(b, i)
}
