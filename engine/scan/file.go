package scan

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// fileOf names the file of a unit; a unit that does not know is its own.
func fileOf(u source.Unit) string {
	if f, ok := u.(source.Filed); ok {
		return f.File()
	}
	return u.Name()
}

// files are the categories of the dimension File: the first files of the log, in
// the order of its units, and one for all others.
func (p *Plan) files() []table.Category {
	var out []table.Category
	for _, u := range p.req.Log.Units() {
		name := fileOf(u)
		if slices.ContainsFunc(out, func(c table.Category) bool { return c.Name == name }) {
			continue
		}
		if len(out) == table.MaxFiles {
			return append(out, table.Category{Name: table.OtherFiles, Order: table.MaxFiles})
		}
		out = append(out, table.Category{Name: name, Order: int64(len(out))})
	}
	return out
}

// ofFile is the dimension of the file that a row is in.
func ofFile(files []table.Category) *dimension {
	var out []uint32
	compute := func(f *frame) ([]uint32, error) {
		code := slices.IndexFunc(files, func(c table.Category) bool { return c.Name == f.file })
		if code < 0 {
			code = len(files) - 1
		}
		out = grow(out, f.rows)
		for i := range out {
			out[i] = uint32(code)
		}
		return out, nil
	}
	return &dimension{dim: table.File, compute: compute, categories: fixed(files)}
}
