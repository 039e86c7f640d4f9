package scan

import (
	"bytes"
	"encoding"
	"encoding/binary"
	"encoding/json"
	"errors"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// partHead is what an encoded part says before its tables.
type partHead struct {
	Accounts table.Accounts
	Joins    []joinPart `json:",omitempty"`
	Copies   int64
	Trusted  int64
	Extent   Extent
	Met      []metBy
	Sizes    []int // of the tables that follow, in bytes; -1 for one of too many cells
}

// MarshalBinary encodes the part. A part has one encoding.
func (o *Part) MarshalBinary() ([]byte, error) {
	h := partHead{Accounts: o.accounts, Joins: o.joins, Copies: o.copies, Trusted: o.trusted, Extent: o.extent, Met: o.met}
	var body bytes.Buffer
	add := func(t encoding.BinaryMarshaler) error {
		data, err := t.MarshalBinary()
		h.Sizes = append(h.Sizes, len(data))
		body.Write(data)
		return err
	}
	for _, t := range o.tables {
		if t.Over() {
			h.Sizes = append(h.Sizes, -1)
		} else if err := add(t); err != nil {
			return nil, err
		}
	}
	for _, t := range o.values {
		if err := add(t); err != nil {
			return nil, err
		}
	}
	for _, t := range o.samples {
		if err := add(t); err != nil {
			return nil, err
		}
	}
	head, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	out := binary.AppendUvarint(nil, uint64(len(head)))
	return append(append(out, head...), body.Bytes()...), nil
}

var errPart = errors.New("not what a scan found in a file, or damaged")

// decodePart reads a part that this plan, or one with the same tables, has encoded.
func (p *Plan) decodePart(data []byte) (*Part, error) {
	size, n := binary.Uvarint(data)
	if n <= 0 || size > uint64(len(data)-n) {
		return nil, errPart
	}
	var h partHead
	if err := json.Unmarshal(data[n:n+int(size)], &h); err != nil {
		return nil, errPart
	}
	if len(h.Sizes) != len(p.Tables)+len(p.Values)+len(p.samples) || len(h.Joins) != len(p.columns.joins) {
		return nil, errPart
	}
	out := &Part{accounts: h.Accounts, joins: h.Joins, copies: h.Copies, trusted: h.Trusted, extent: h.Extent, met: h.Met}
	rest := data[n+int(size):]
	read := func(size int, into encoding.BinaryUnmarshaler) error {
		if size < 0 || size > len(rest) {
			return errPart
		}
		err := into.UnmarshalBinary(rest[:size])
		rest = rest[size:]
		return err
	}
	for i, size := range h.Sizes {
		var err error
		switch k := i - len(p.Tables); {
		case i < len(p.Tables) && size == -1:
			out.tables = append(out.tables, table.TooMany(p.Tables[i].Dims))
		case i < len(p.Tables):
			t := &table.Counts{}
			err = read(size, t)
			out.tables = append(out.tables, t)
		case k < len(p.Values):
			t := &table.Values{}
			err = read(size, t)
			out.values = append(out.values, t)
		default:
			t := &table.Sample{}
			err = read(size, t)
			out.samples = append(out.samples, t)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(rest) > 0 {
		return nil, errPart
	}
	return out, nil
}
