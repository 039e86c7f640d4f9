package slate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// jsonText are lists written as JSON: of values, or of objects.
type jsonText struct {
	values bool // else objects
}

// errNotJSON says what a text is instead of a list.
func errNotJSON(text []byte) error {
	const most = 40
	shown := text
	if len(shown) > most {
		shown = shown[:most]
	}
	return &hinted{fmt.Errorf("%q is no list in JSON", shown), `it is written ["a", "b"], with double quotes; of items with something between them, say slate.separator`}
}

// open finds the first byte behind the bracket of a text that is a list; ok is false
// where there is none.
func (scanner) open(text []byte) (rest []byte, ok bool, err error) {
	text = bytes.Trim(text, " \t\r\n") // what JSON calls white space
	if len(text) == 0 || string(text) == "null" {
		return nil, false, nil
	}
	if text[0] != '[' || !json.Valid(text) {
		return nil, false, errNotJSON(text)
	}
	return text[1:], true, nil
}

// split implements splitter.
func (j jsonText) split(text []byte, fields []string, to []*entries) error {
	s := scanner{}
	var ok bool
	var err error
	if s.rest, ok, err = s.open(text); err != nil || !ok {
		return err
	}
	values := make([][]byte, len(fields))
	for s.more(']') {
		clear(values)
		switch object := s.rest[0] == '{'; {
		case object && j.values:
			return errors.New("an object in a list of values")
		case object:
			err = s.object(fields, values)
		case !j.values:
			return errors.New("a value in a list of objects")
		default:
			values[0], err = s.scalar()
		}
		if err != nil {
			return err
		}
		for i, e := range to {
			e.add(values[i])
		}
	}
	return nil
}

// keysOf lists the keys of the objects in a text's list; listed is false where it is
// empty.
func keysOf(text []byte) (keys []string, listed bool, err error) {
	s := scanner{}
	var ok bool
	if s.rest, ok, err = s.open(text); err != nil || !ok {
		return nil, false, err
	}
	for s.more(']') {
		listed = true
		if s.rest[0] != '{' {
			s.skip()
			continue
		}
		for s.rest = s.rest[1:]; s.more('}'); s.skip() {
			key := string(s.key())
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
			if len(keys) > maxFields {
				return keys, true, nil
			}
		}
	}
	return keys, listed, nil
}

// scanner steps over a text that is known to be JSON.
type scanner struct{ rest []byte }

// more steps to the next element or key of what closes with end, or behind it.
func (s *scanner) more(end byte) bool {
	s.rest = bytes.TrimLeft(s.rest, " \t\r\n,")
	if s.rest[0] == end {
		s.rest = s.rest[1:]
		return false
	}
	return true
}

// key reads a key and steps to its value.
func (s *scanner) key() []byte {
	key := s.text()
	s.rest = bytes.TrimLeft(s.rest, " \t\r\n:")
	return key
}

// object reads the fields of an object that are wanted.
func (s *scanner) object(fields []string, values [][]byte) (err error) {
	for s.rest = s.rest[1:]; s.more('}'); {
		key := s.key()
		at := slices.IndexFunc(fields, func(f string) bool { return f == string(key) })
		if at < 0 {
			s.skip()
			continue
		}
		if values[at], err = s.scalar(); err != nil {
			return fmt.Errorf("field %q: %w", key, err)
		}
	}
	return nil
}

// scalar reads a value in its canonical text; nil for null.
func (s *scanner) scalar() ([]byte, error) {
	switch s.rest[0] {
	case '"':
		return s.text(), nil
	case '[', '{':
		return nil, errors.New("a list or an object in a list, which is not taken apart")
	}
	value := s.literal()
	switch value[0] {
	case 'n':
		return nil, nil
	case 't', 'f':
		return value, nil
	}
	if !bytes.ContainsAny(value, ".eE") && string(value) != "-0" {
		return value, nil
	}
	x, err := strconv.ParseFloat(string(value), 64)
	if err != nil {
		return nil, fmt.Errorf("number %s is too large", value)
	}
	return []byte(source.Text(source.Type{Kind: source.Float}, source.Value{Kind: source.Float, Float: x})), nil
}

// literal reads a number, true, false or null.
func (s *scanner) literal() []byte {
	end := bytes.IndexAny(s.rest, ",]} \t\r\n")
	value := s.rest[:end] // a bracket follows
	s.rest = s.rest[end:]
	return value
}

// text reads a string.
func (s *scanner) text() []byte {
	end, escaped := 1, false
	for ; s.rest[end] != '"'; end++ {
		if s.rest[end] == '\\' {
			escaped = true
			end++
		}
	}
	quoted := s.rest[:end+1]
	s.rest = s.rest[end+1:]
	if !escaped {
		return quoted[1:end]
	}
	var out string
	if json.Unmarshal(quoted, &out) != nil { // it is valid
		return quoted[1:end]
	}
	return append([]byte{}, out...)
}

// skip steps over a value.
func (s *scanner) skip() {
	switch s.rest[0] {
	case '"':
		s.text()
		return
	case '[', '{':
	default:
		s.literal()
		return
	}
	for depth := 0; ; {
		switch s.rest[0] {
		case '"':
			s.text()
			continue
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		}
		if s.rest = s.rest[1:]; depth == 0 {
			return
		}
	}
}
