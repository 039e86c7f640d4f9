package scan

import (
	"fmt"
	"math/bits"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/expr"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// boundSample is a sample whose fields are bound to the frame.
type boundSample struct {
	need   table.SampleNeed
	fields []boundField
}

// boundField is a field of a sample: a dimension that tables have too, or a
// role's own value.
type boundField struct {
	dim    table.Dim
	name   string // of the role, if it is not a dimension
	role   config.Role
	column int
	when   *program
}

// Sample returns a sample that was asked for.
func (o *Outcome) Sample(n table.SampleNeed) (*table.Sample, error) {
	for i, s := range o.plan.samples {
		if s.need.Key() == n.Key() {
			return o.samples[i], nil
		}
	}
	return nil, fmt.Errorf("%s was not asked for", n.Key())
}

// bindSamples binds the fields of every sample. Dimensions are bound as those
// of tables are.
func (p *Plan) bindSamples() error {
	seen := map[string]bool{}
	for _, n := range p.req.Samples {
		if seen[n.Key()] {
			continue
		}
		seen[n.Key()] = true
		b := boundSample{need: n}
		for _, d := range n.Columns {
			f, err := p.bindField(d)
			if err != nil {
				return err
			}
			b.fields = append(b.fields, f)
		}
		if err := p.bindSampleID(); err != nil {
			return err
		}
		p.samples = append(p.samples, b)
	}
	return nil
}

func (p *Plan) bindField(d table.Dim) (f boundField, err error) {
	name, own := ownValue(d)
	if !own {
		return boundField{dim: d, column: -1}, nil
	}
	f = boundField{name: name, column: -1}
	if s := p.req.Audit.Columns.Score; name == "score" && s != nil && s.When != "" {
		f.when, err = p.program(name, s.When, expr.Number)
		return f, err
	}
	r, ok := p.sampledRole(name)
	if !ok {
		return f, fmt.Errorf("a sample of %s is needed, but the audit gives no column for it", name)
	}
	f.role = r
	f.column, err = p.columns.use(r.Column)
	return f, err
}

// ownValue is the role whose own values a field has.
func ownValue(d table.Dim) (role string, ok bool) {
	return strings.CutPrefix(string(d), string(table.Column("")))
}

// sampledRole also finds roles that no table is about.
func (p *Plan) sampledRole(name string) (config.Role, bool) {
	c := &p.req.Audit.Columns
	switch {
	case name == "id" && c.ID != nil:
		return c.ID.Role, true
	case name == "time" && c.Time != nil:
		return c.Time.Role, true
	case name == "subject" && c.Subject != nil:
		return *c.Subject, true
	}
	return p.roleNamed(name)
}

// bindSampleID binds the id, which decides what rows are in a sample.
func (p *Plan) bindSampleID() (err error) {
	if id := p.req.Audit.Columns.ID; id != nil {
		_, err = p.columns.use(id.Column)
	}
	return err
}

// sampleDims are the dimensions that samples have, as needs of which no table
// is made.
func (p *Plan) sampleDims() []table.Need {
	var out []table.Need
	for _, n := range p.req.Samples {
		var need table.Need
		for _, d := range n.Columns {
			if _, own := ownValue(d); !own {
				need.Dims = append(need.Dims, d)
			}
		}
		out = append(out, need)
	}
	return out
}

// sampler fills one sample for one worker. A row costs a hash and a comparison,
// unless it is among the smallest so far.
type sampler struct {
	table  *table.Sample
	seed   uint64
	fields []field
	id     *ownField // nil if the content is hashed
	hashes []uint64  // of the current frame
}

// field gives one field of the rows of a frame.
type field interface {
	begin(f *frame) error
	hashes(f *frame) ([]uint64, error) // of the audited rows: hashField of text
	text(f *frame, row int) (table.Field, error)
}

// sampleKey keeps the hashes of samples apart from those of shards.
const sampleKey = 0x5a4d_504c_4521_0b7d

func (w *worker) addSamplers() {
	p := w.plan
	for _, b := range p.samples {
		names := make([]string, len(b.need.Columns))
		s := &sampler{seed: p.req.Audit.Seed ^ sampleKey}
		for i, f := range b.fields {
			names[i] = string(b.need.Columns[i])
			switch {
			case f.when != nil:
				s.fields = append(s.fields, &expressionField{eval: f.when.start()})
			case f.column >= 0:
				s.fields = append(s.fields, newOwnField(f.name, f.column, f.role))
			default:
				s.fields = append(s.fields, &dimensionField{dim: w.dims[w.byDim[f.dim]]})
			}
		}
		if id := p.req.Audit.Columns.ID; id != nil {
			at, _ := p.columns.use(id.Column) // bound before
			s.id = newOwnField("id", at, id.Role)
		}
		s.table = table.NewSample(b.need.K, names)
		w.samples = append(w.samples, s)
	}
}

// add offers the audited rows of a frame.
func (s *sampler) add(f *frame) error {
	if f.audited.n == 0 {
		return nil
	}
	if err := s.hash(f); err != nil {
		return err
	}
	limit := s.table.Limit()
	var fault error
	f.audited.each(func(row int) {
		if s.hashes[row] > limit || fault != nil {
			return
		}
		cell := table.Cell{N: f.weight(row) * f.repeat, Rows: f.repeat}
		if cell.N == 0 { // a row of weight 0 stands for nobody
			return
		}
		r := table.Sampled{Hash: s.hashes[row], Cell: cell, Fields: make([]table.Field, len(s.fields))}
		for i, x := range s.fields {
			if r.Fields[i], fault = x.text(f, row); fault != nil {
				return
			}
		}
		s.table.Add(r)
		limit = s.table.Limit()
	})
	return fault
}

// hash fills the hashes of the frame: of the ids, and of all fields where there
// is none.
func (s *sampler) hash(f *frame) error {
	s.hashes = grow(s.hashes, f.rows)
	for i := range s.hashes {
		s.hashes[i] = s.seed
	}
	for _, x := range s.fields {
		if err := x.begin(f); err != nil {
			return err
		}
	}
	if s.id != nil {
		return s.hashIDs(f)
	}
	for _, x := range s.fields {
		of, err := x.hashes(f)
		if err != nil {
			return err
		}
		for i := range s.hashes {
			s.hashes[i] = combine(s.hashes[i], of[i])
		}
	}
	return nil
}

func (s *sampler) hashIDs(f *frame) error {
	of, err := s.id.hashes(f)
	if err != nil {
		return err
	}
	f.audited.each(func(row int) {
		if of[row] != hashMissing {
			s.hashes[row] = combine(s.hashes[row], of[row])
			return
		}
		for _, x := range s.fields {
			t, fault := x.text(f, row)
			if fault != nil {
				err = fault
			}
			s.hashes[row] = combine(s.hashes[row], hashField(t))
		}
	})
	return err
}

// combine mixes the hash of a field into that of a row: one multiplication of
// 128 bits, both halves folded (the mixing step of wyhash).
func combine(hash, of uint64) uint64 {
	high, low := bits.Mul64(hash^0xa076_1d64_78bd_642f, of^0xe703_7ed1_a0b4_28db)
	return high ^ low
}

// bytes is about what the sample takes.
func (s *sampler) bytes() int64 {
	const field = 48 // its header and some text
	return int64(s.table.Held()) * int64(len(s.fields)+1) * field
}

// mergeSamples adds up the samples over the workers.
func (p *Plan) mergeSamples(workers []*worker) ([]*table.Sample, error) {
	out := make([]*table.Sample, len(p.samples))
	for i := range out {
		for _, w := range workers {
			part := w.samples[i].table
			if out[i] == nil {
				out[i] = part
				continue
			}
			var err error
			if out[i], err = out[i].Merge(part); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}
