package parquet

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// maxPageHeader bounds a page header, which may hold statistics.
const maxPageHeader = 16 << 20

// pages reads the pages of one column chunk.
type pages struct {
	ctx    context.Context
	leaf   *leaf
	chunk  *chunk
	limit  int // decompressed bytes of a page
	codecs *codecs
	window window
	shared *shared // for the window; may be nil
	ahead  int64   // values of the chunk in pages not yet opened
	number int     // of the page being read, from 0; -1 before the first
	at     int64   // where it begins in the file

	dict    *source.Dict
	head    pageHeader                // of the page being read
	plain   []byte                    // memory for a decompressed page
	legacy  struct{ rep, def []byte } // memory for levels in BIT_PACKED
	spelled source.Strings            // memory for the strings of a dictionary
	kept    []byte                    // memory for what is not compressed in a shared window

	// the open data page
	left     int // values left, nulls included
	coded    bool
	rep, def hybrid
	index    hybrid // of a coded page
	values   values

	internable bool // strings may get codes
	interning  bool // those of the open page do, which is coded then
	interner   interner
}

// open starts on a chunk of the file's bytes up to end. What is wrong with the
// chunk itself is said here, before a byte is read.
func (p *pages) open(ctx context.Context, r io.ReaderAt, end int64, l *leaf, c *chunk) error {
	start, size := c.extent()
	switch {
	case c.encrypted:
		return &hinted{errors.New("column is encrypted"), "decrypt the file first, or leave the column out"}
	case c.external:
		return &hinted{errors.New("data is in another file"), "read that one: summary files such as _metadata hold no rows"}
	case !c.complete:
		return errors.New("metadata of the column chunk is incomplete")
	case c.misplaced:
		return errors.New("column chunk is of another column than the schema says")
	case c.physical != l.physical:
		return fmt.Errorf("column chunk has type %s, the schema %s", typeName(c.physical), typeName(l.physical))
	case l.bad != nil:
		return l.bad
	case c.values < 0:
		return errors.New("value count is negative")
	case c.values == 0: // an empty row group may have no place in the file
		start, size = 4, 0
	case start < 4 || start > end || size < 0 || size > end-start:
		return fmt.Errorf("column chunk of %d bytes at %d is not within the file's data, which ends at %d", size, start, end)
	}
	if err := codecError(c.codec); err != nil {
		return err
	}
	p.ctx, p.leaf, p.chunk, p.ahead = ctx, l, c, c.values
	p.number = -1
	p.window.open(r, start, size, c.values, c.codec != codecNone, p.shared)
	p.left, p.coded, p.dict, p.interner.dict = 0, false, nil, nil
	if l.form == asCodes { // nothing, or false and true
		p.dict = &source.Dict{Type: l.typ}
		if l.typ.Kind == source.Bool {
			p.dict.Ints = []int64{0, 1}
		}
	}
	return nil
}

// more opens the next data page unless one is open, and says whether there is
// one with values left.
func (p *pages) more() (bool, error) {
	for p.left == 0 {
		if p.ahead == 0 {
			return false, nil
		}
		if err := p.ctx.Err(); err != nil {
			return false, err
		}
		if err := p.page(); err != nil {
			return false, err
		}
	}
	return true, nil
}

// place says which page is being read; a dictionary counts as one.
func (p *pages) place() string {
	if p.number < 0 {
		return ""
	}
	return fmt.Sprintf("page %d at byte %d", p.number, p.at)
}

// page reads one page of any type.
func (p *pages) page() error {
	p.number++
	p.at = p.window.offset()
	h, err := p.header()
	if err != nil {
		return err
	}
	switch h.kind {
	case pageData, pageDataV2, pageDictionary:
	default: // an index, or a type made later, which readers should pass over
		p.window.pass(int64(h.packed))
		return nil
	}
	if int64(h.plain) > int64(p.limit) || int64(h.packed) > int64(p.limit) {
		return &hinted{fmt.Errorf("page of %d bytes is above the limit of %d", max(h.plain, h.packed), p.limit),
			"raise data.limits.page, or write the file with smaller pages"}
	}
	body, err := p.window.take(int(h.packed))
	if err != nil {
		return err
	}
	// The checksum is of the page as stored (parquet.thrift, PageHeader.crc).
	if h.hasCRC && crc32.ChecksumIEEE(body) != h.crc {
		return &hinted{errors.New("checksum of a page is wrong: the file is damaged"), "copy it again from where it was written"}
	}
	if h.kind == pageDictionary {
		return p.dictionary(h, body)
	}
	return p.data(h, body)
}

// header reads a page header, whose size only reading can tell.
func (p *pages) header() (*pageHeader, error) {
	for size := 1 << 10; ; {
		b, err := p.window.peek(size)
		if err != nil {
			return nil, err
		}
		if len(b) == 0 {
			return nil, fmt.Errorf("column chunk ends %d values early", p.ahead)
		}
		t := thrift{b: b, base: p.at}
		h := &p.head
		*h = t.pageHeader()
		if t.short && len(b) < maxPageHeader && int64(len(b)) < p.window.left() {
			size = 2*len(b) + 1
			continue
		}
		if t.err != nil {
			return nil, fmt.Errorf("page header: %w", t.err)
		}
		p.window.buf = b[t.pos:]
		return h, h.check(p.window.left())
	}
}

func (p *pages) decompress(src []byte, size int) ([]byte, error) {
	if size == 0 {
		return nil, nil
	}
	out, err := p.codecs.decompress(p.chunk.codec, p.plain, src, size)
	if err == nil && p.chunk.codec != codecNone {
		p.plain = out
	}
	return out, err
}

// data opens a data page: its levels, then its values.
func (p *pages) data(h *pageHeader, body []byte) error {
	n, l := int(h.values), p.leaf
	if int64(n) > p.ahead {
		return fmt.Errorf("pages hold more than the %d values of the column chunk", p.chunk.values)
	}
	var err error
	if h.kind == pageData {
		body, err = p.levelsV1(h, body, n)
	} else {
		body, err = p.levelsV2(h, body)
	}
	if err != nil {
		return err
	}
	p.ahead -= int64(n)
	p.left = n
	p.coded, p.interning = true, false
	switch {
	case l.typ.Kind == source.Null:
		p.index.literal(nil, 1, 0, "value")
	case l.physical == typeBoolean:
		return p.booleans(h.encoding, body)
	case h.encoding == encPlainDictionary || h.encoding == encRLEDictionary:
		return p.indices(body)
	default:
		err := p.values.open(l, h.encoding, body, n, p.limit)
		p.interning = p.interns()
		p.coded, p.index = p.interning, hybrid{}
		return err
	}
	return nil
}

// indices opens dictionary indices: a byte for their width, then the hybrid.
func (p *pages) indices(body []byte) error {
	if p.dict == nil {
		return errors.New("dictionary page is missing")
	}
	width := 0
	if len(body) > 0 { // a page of nulls may be empty
		width, body = int(body[0]), body[1:]
	}
	if width > 32 {
		return fmt.Errorf("dictionary indices of %d bits", width)
	}
	p.index.reset(body, width, uint32(p.dict.Len()), "dictionary index")
	return nil
}

// booleans opens a page of bits as codes 0 and 1.
func (p *pages) booleans(encoding int32, body []byte) error {
	switch encoding {
	case encPlain:
		p.index.literal(body, 1, 2, "value")
		return nil
	case encRLE: // behind its length, unless there is nothing
		if len(body) == 0 {
			p.index.literal(nil, 1, 2, "value")
			return nil
		}
		runs, _, err := prefixedRuns(body)
		p.index.reset(runs, 1, 2, "value")
		return err
	}
	return fmt.Errorf("encoding %d is unknown or not for its type", encoding)
}

// finish checks a data page that was read to its end.
func (p *pages) finish() error {
	if p.leaf.rep > 0 {
		if err := p.rep.finish(); err != nil {
			return err
		}
	}
	if p.leaf.def > 0 {
		if err := p.def.finish(); err != nil {
			return err
		}
	}
	if p.coded && p.leaf.typ.Kind != source.Null {
		return p.index.finish()
	}
	return nil
}
