package arrow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// Unit is a run of record batches of a file, numbered from 0, or a stream.
type Unit struct {
	file        *File
	first, last int
	rows, bytes int64
}

var _ source.Unit = (*Unit)(nil)

// Name says file and record batches.
func (u *Unit) Name() string {
	switch name := u.file.opt.Name; {
	case u.file.stream != nil:
		return name
	case u.first == u.last:
		return fmt.Sprintf("%s, record batch %d", name, u.first)
	default:
		return fmt.Sprintf("%s, record batches %d to %d", name, u.first, u.last)
	}
}

// Rows is the number of rows, or -1 for a stream.
func (u *Unit) Rows() int64 {
	if u.file.stream != nil {
		return -1
	}
	return u.rows
}

// Bytes is the size of the bodies of the record batches, or of the stream if it
// is known.
func (u *Unit) Bytes() int64 {
	if u.file.stream != nil {
		return u.file.Size()
	}
	return min(u.bytes, u.file.size)
}

// reader gives the rows of a unit: record batch by record batch, each in pieces
// of at most source.MaxBatch rows.
type reader struct {
	ctx      context.Context
	unit     *Unit
	loader   *loader
	columns  []*column // distinct
	around   []step    // of a leaf, else empty
	asked    []int     // which of them each asked column is
	places   []place
	spans    []span
	dicts    dictionaries
	ids      map[int64]bool // of the dictionaries that are needed
	messages *messages      // of a stream
	meta     []byte         // of a file's message
	block    int            // the next of a file

	unitName    string // of the batch at hand
	dictionary  int    // number of the next dictionary batch of a stream
	rows, row   int64  // of the batch at hand
	start, done int64  // rows before it; bytes of its unit read
	batch       source.Batch
	err         error
}

// Open starts reading the columns with these indices into the file's Schema.
func (u *Unit) Open(ctx context.Context, columns []int) (source.Reader, error) {
	r := &reader{ctx: ctx, unit: u, block: u.first, ids: map[int64]bool{}}
	err := guarded(func() error { return r.open(columns) })
	if err != nil {
		r.Close()
		return nil, fault(u.file.opt.Name, err)
	}
	return r, nil
}

func (r *reader) open(columns []int) error {
	f := r.unit.file
	r.begin()
	known := map[int]int{}
	for _, i := range columns {
		if i < 0 || i >= len(f.schema.columns) {
			return fmt.Errorf("there is no column %d", i)
		}
		if _, ok := known[i]; !ok {
			c, err := newColumn(f.schema, i)
			if err != nil {
				return err
			}
			known[i] = len(r.columns)
			r.columns = append(r.columns, c)
			r.need(c)
		}
		r.asked = append(r.asked, known[i])
	}
	r.batch.Columns = make([]source.Vector, len(columns))
	return r.ready()
}

func (r *reader) begin() {
	r.loader = r.unit.file.take()
	r.places = make([]place, len(r.unit.file.schema.fields))
}

// ready goes to the first message, with the dictionaries that are needed.
func (r *reader) ready() (err error) {
	f := r.unit.file
	if f.stream != nil {
		r.messages, err = f.stream.open()
		return err
	}
	r.dicts, err = f.dictionariesFor(r.ids, r.loader)
	return err
}

// need notes the dictionary of a column.
func (r *reader) need(c *column) {
	switch c.form {
	case asCodes:
		r.ids[c.f.dict.id] = true
	case asRuns:
		if d := r.unit.file.schema.fields[c.at+2].dict; d != nil {
			r.ids[d.id] = true
		}
	}
}

// Next returns the next batch.
func (r *reader) Next() (*source.Batch, error) {
	if r.err != nil {
		return nil, r.err
	}
	if r.err = r.guard(r.next); r.err != nil {
		return nil, r.err
	}
	return &r.batch, nil
}

// guard makes of what goes wrong the error that callers see.
func (r *reader) guard(do func() error) error {
	err := guarded(do)
	switch {
	case err == nil || err == io.EOF:
		return err
	case r.ctx.Err() != nil:
		return r.ctx.Err()
	}
	return fault(r.unit.file.opt.Name, placed(r.unitName, err))
}

func (r *reader) next() error {
	for r.row == r.rows {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		r.start += r.rows
		r.rows, r.row = 0, 0
		if err := r.advance(); err != nil {
			return err
		}
	}
	if err := r.ctx.Err(); err != nil {
		return err
	}
	n, constant := r.extent()
	r.batch.Rows, r.batch.Row = int(n), r.start+r.row
	for _, c := range r.columns {
		if constant {
			c.out = c.one()
		} else if err := c.vector(r.row, int(n)); err != nil {
			return located(c.f, err)
		}
	}
	for i, k := range r.asked {
		r.batch.Columns[i] = r.columns[k].out
	}
	r.row += n
	return nil
}

// extent is how many rows the next batch has: a long run in which every column
// is constant, or as many as a batch may have.
func (r *reader) extent() (n int64, constant bool) {
	n = r.rows - r.row
	same := n
	for _, c := range r.columns {
		same = min(same, c.constant(r.row))
	}
	if same == n || same >= source.MaxBatch/4 {
		return same, true
	}
	most := int(min(n, source.MaxBatch))
	for _, c := range r.columns {
		most = c.most(r.row, most)
	}
	return int64(most), false
}

// advance goes to the next record batch.
func (r *reader) advance() error {
	if r.messages != nil {
		return r.advanceStream()
	}
	if r.block > r.unit.last {
		return io.EOF
	}
	f, b := r.unit.file, &r.unit.file.blocks[r.block]
	r.unitName = recordUnit(r.block)
	r.block++
	m, err := f.message(b, &r.meta)
	if err != nil {
		return err
	}
	r.done += b.body
	if m.kind != headerRecord {
		return errors.New("message is no longer a record batch: the file was changed while it was read")
	}
	return r.load(&m, b.rows, blockBody{f, b.at + b.meta})
}

func (r *reader) advanceStream() error {
	for {
		m, err := r.messages.next()
		if err == io.EOF {
			r.unit.file.stream.finish(r.messages)
			return io.EOF
		}
		if r.unitName == "" || m.kind != headerDictionary {
			r.unitName = recordUnit(r.block)
		}
		if err != nil {
			r.unitName = recordUnit(r.block)
			return err
		}
		switch m.kind {
		case headerRecord:
			r.block++
			return r.load(&m, -1, r.messages)
		case headerDictionary:
			err := r.define(&m)
			if err != nil {
				return placed(dictionaryUnit(r.dictionary), err)
			}
			r.dictionary++
		default:
			return fmt.Errorf("message of type %d is not a record batch", m.kind)
		}
	}
}

// define takes a dictionary out of a stream.
func (r *reader) define(m *message) error {
	d, err := m.dictionary()
	if err != nil {
		return err
	}
	what := r.unit.file.schema.dicts[d.id]
	if what == nil {
		return fmt.Errorf("dictionary %d is not in the schema", d.id)
	}
	if !r.ids[d.id] {
		return nil
	}
	return r.dicts.add(r.loader, what, &d, r.messages)
}

// load reads the asked columns of a record batch. rows is what was said before,
// or -1.
func (r *reader) load(m *message, rows int64, from body) error {
	s := r.unit.file.schema
	b, err := m.batch(m.header)
	if err != nil {
		return err
	}
	if rows >= 0 && b.rows != rows {
		return fmt.Errorf("batch had %d rows and has %d: the file was changed while it was read", rows, b.rows)
	}
	if err := b.walk(s.fields, r.places); err != nil {
		return err
	}
	r.rows = b.rows
	if b.rows == 0 {
		return nil
	}
	r.spans = r.spans[:0]
	for _, c := range r.columns {
		if r.spans, err = c.spans(r.spans, &b, s.fields, r.places); err != nil {
			return err
		}
	}
	lists := len(r.spans)
	if r.spans, err = r.aroundSpans(&b); err != nil {
		return err
	}
	r.loader.held = r.dicts.cost
	buffers, err := r.loader.load(from, b.codec, r.spans)
	if err != nil {
		return err
	}
	for _, c := range r.columns {
		if err := c.take(s, r.places, buffers, b.version, &r.dicts, r.loader); err != nil {
			return located(c.f, err)
		}
	}
	return r.takeAround(buffers[lists:])
}

// BytesRead is how much of the unit was read so far.
func (r *reader) BytesRead() int64 {
	if r.messages != nil {
		return r.messages.read
	}
	if r.rows == 0 || r.row == r.rows {
		return min(r.done, r.unit.Bytes())
	}
	body := r.unit.file.blocks[r.block-1].body
	return min(r.done-body+int64(float64(body)*(float64(r.row)/float64(r.rows))), r.unit.Bytes())
}

// Close gives the memory back. The last batch is no longer valid.
func (r *reader) Close() error {
	if r.loader != nil {
		r.unit.file.loaders.Put(r.loader)
	}
	r.loader, r.columns, r.err = nil, nil, os.ErrClosed
	return nil
}
