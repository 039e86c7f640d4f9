package arrow

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// block is where a message is in a file (File.fbs).
type block struct {
	at   int64
	meta int64 // bytes of the metadata, with its prefix
	body int64
	rows int64 // of a record batch
	id   int64 // of a dictionary
}

// openFile reads the footer, which repeats the schema, and the metadata of
// every message it lists: bodies are left for later.
func (f *File) openFile(n int64) error {
	if n <= 0 {
		return fmt.Errorf("footer claims %d bytes", n)
	}
	if n > f.size-headLength-tailLength {
		return fmt.Errorf("footer claims %d bytes, but the file has only %d", n, f.size)
	}
	if n > maxMetadata {
		return fmt.Errorf("footer of %d bytes is above the limit of %d", n, maxMetadata)
	}
	f.dataEnd = f.size - tailLength - n
	b := make([]byte, n+tailLength)
	if err := f.readAt(b, f.dataEnd); err != nil {
		return err
	}
	f.sum = digest(b)
	flat := &flat{b: b[:n]}
	t := flat.root()
	described, ok := t.sub(1)
	if !ok {
		flat.fail()
		return fmt.Errorf("footer at byte %d: %w", f.dataEnd, flat.err)
	}
	var err error
	if f.schema, err = parseSchema(described, t.i16(0, 0)); err != nil {
		return fmt.Errorf("footer at byte %d: %w", f.dataEnd, err)
	}
	dicts, records := t.vector(2, 24), t.vector(3, 24)
	if flat.err != nil {
		return fmt.Errorf("footer at byte %d: %w", f.dataEnd, flat.err)
	}
	if f.dictAt, err = f.messages(dicts, dictionaryUnit, f.peekDictionary); err != nil {
		return err
	}
	f.blocks, err = f.messages(records, recordUnit, f.peekRecords)
	return err
}

// messages reads the blocks that a footer lists.
func (f *File) messages(v vector, unit func(int) string, peek func(*message, *block) error) ([]block, error) {
	all := make([]block, v.n)
	var buf []byte
	for i := range all {
		b := &all[i]
		*b = block{at: v.i64(i, 0), meta: int64(v.i32(i, 8)), body: v.i64(i, 16)}
		m, err := f.message(b, &buf)
		if err == nil {
			err = peek(&m, b)
		}
		if err != nil {
			return nil, placed(unit(i), err)
		}
	}
	return all, nil
}

func (f *File) peekRecords(m *message, b *block) error {
	if m.kind != headerRecord {
		return fmt.Errorf("message of type %d is not a record batch", m.kind)
	}
	rows, err := m.batch(m.header)
	if err != nil {
		return err
	}
	if rows.rows > math.MaxInt64-f.rows {
		return errors.New("too many rows")
	}
	b.rows = rows.rows
	f.rows += rows.rows
	return nil
}

func (f *File) peekDictionary(m *message, b *block) error {
	if m.kind != headerDictionary {
		return fmt.Errorf("message of type %d is not a dictionary", m.kind)
	}
	d, err := m.dictionary()
	b.id = d.id
	return err
}

// message reads the metadata of a block into buf.
func (f *File) message(b *block, buf *[]byte) (message, error) {
	if b.at < headLength || b.meta < 8 || b.meta > maxMetadata || b.body < 0 ||
		b.at > f.dataEnd-b.meta || b.body > f.dataEnd-b.meta-b.at {
		return message{}, fmt.Errorf("footer places it at %d with %d and %d bytes, outside the data", b.at, b.meta, b.body)
	}
	*buf = sized(*buf, int(b.meta))
	if err := f.readAt(*buf, b.at); err != nil {
		return message{}, err
	}
	meta := *buf
	prefix := 4
	if bytes.HasPrefix(meta, continuation) {
		prefix = 8
	}
	n := int64(binary.LittleEndian.Uint32(meta[prefix-4:]))
	if n > b.meta-int64(prefix) {
		return message{}, fmt.Errorf("metadata of %d bytes does not fit the %d in the footer", n, b.meta)
	}
	m, err := parseMessage(meta[prefix:int64(prefix)+n], f.opt.MaxRows)
	if err != nil {
		return m, fmt.Errorf("message at byte %d: %w", b.at, err)
	}
	if m.body != b.body {
		err = fmt.Errorf("body has %d bytes, the footer says %d", m.body, b.body)
	}
	return m, err
}

// blockBody is the body of a block.
type blockBody struct {
	f  *File
	at int64
}

func (b blockBody) known() bool { return true }

func (b blockBody) readBody(dst []byte, at int64) error { return b.f.readAt(dst, b.at+at) }

// A unit holds record batches up to about this much, so that the work can be
// shared and small batches are not each a unit.
const (
	unitBytes = 32 << 20
	unitRows  = 1 << 20
)

func (f *File) runs() []source.Unit {
	var all []source.Unit
	for i := 0; i < len(f.blocks); {
		u := &Unit{file: f, first: i}
		size := int64(0)
		for ; i < len(f.blocks); i++ {
			b := &f.blocks[i]
			if i > u.first && (size+b.body > unitBytes || u.rows+b.rows > unitRows) {
				break
			}
			size += b.body
			u.rows += b.rows
		}
		u.last, u.bytes = i-1, size
		all = append(all, u)
	}
	return all
}

// dictionariesFor loads the dictionaries with these ids, once: they belong to
// the file, "deltas are applied in the order they appear in the footer", and
// none may be replaced.
func (f *File) dictionariesFor(ids map[int64]bool, l *loader) (dictionaries, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var buf []byte
	missing := map[int64]bool{}
	for id := range ids {
		missing[id] = f.dicts.get(id) == nil
	}
	for i := range f.dictAt {
		b := &f.dictAt[i]
		if !missing[b.id] {
			continue
		}
		if err := f.loadDictionary(b, l, &buf); err != nil {
			for id, m := range missing { // what is half loaded is dropped
				if e := f.dicts.get(id); m && e != nil {
					f.dicts.cost -= e.cost
					delete(f.dicts.byID, id)
				}
			}
			return dictionaries{}, placed(dictionaryUnit(i), err)
		}
	}
	mine := dictionaries{byID: map[int64]*entries{}, cost: f.dicts.cost}
	for id := range ids {
		if e := f.dicts.get(id); e != nil {
			mine.byID[id] = e
		}
	}
	return mine, nil
}

func (f *File) loadDictionary(b *block, l *loader, buf *[]byte) error {
	m, err := f.message(b, buf)
	if err != nil {
		return err
	}
	if m.kind != headerDictionary {
		return errors.New("message is no longer a dictionary: the file was changed while it was read")
	}
	d, err := m.dictionary()
	if err != nil {
		return err
	}
	if !d.delta && f.dicts.get(d.id) != nil {
		return fmt.Errorf("dictionary %d is given twice, which the file format does not allow", d.id)
	}
	what := f.schema.dicts[d.id]
	if what == nil {
		return fmt.Errorf("dictionary %d is not in the schema", d.id)
	}
	return f.dicts.add(l, what, &d, blockBody{f, b.at + b.meta})
}
