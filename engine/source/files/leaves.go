package files

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// leaved is a file whose leaves are known.
type leaved interface{ Leaves() []source.Leaf }

// Leaves lists the fields that are in lists, of all files, in the order of their
// appearance. CSV has none.
func (s *Source) Leaves() ([]source.Leaf, error) {
	var out []source.Leaf
	for _, o := range s.shapes.all { // files of one shape agree about what is in their lists, or reading says so
		at := slices.IndexFunc(s.files, func(f *file) bool { return f.shape == o })
		if at < 0 {
			continue
		}
		leaves, err := s.leavesOf(s.files[at])
		if err != nil {
			return nil, err
		}
		for _, l := range leaves {
			if !slices.ContainsFunc(out, func(o source.Leaf) bool { return slices.Equal(o.Path, l.Path) }) {
				out = append(out, l)
			}
		}
	}
	return out, nil
}

func (s *Source) leavesOf(f *file) ([]source.Leaf, error) {
	if f.text != nil {
		if l, ok := f.text.(leaved); ok {
			return l.Leaves(), nil
		}
		return nil, nil
	}
	h, err := s.pool.acquire(f)
	if err != nil {
		return nil, err
	}
	var leaves []source.Leaf
	if l, ok := h.container.(leaved); ok {
		leaves = l.Leaves()
	}
	return leaves, s.pool.release(h)
}

var _ source.PathUnit = (*unit)(nil)

// OpenPath implements source.PathUnit.
func (u *unit) OpenPath(ctx context.Context, path []string) (source.Leaf, source.LeafReader, error) {
	s := u.source
	leaves, err := s.leavesOf(u.file)
	if err != nil {
		return source.Leaf{}, nil, err
	}
	at := slices.IndexFunc(leaves, func(l source.Leaf) bool { return slices.Equal(l.Path, path) })
	if at < 0 {
		return source.Leaf{}, nil, &source.Error{Path: u.file.name, Column: strings.Join(path, "."), Err: errors.New("there is no such field in lists")}
	}
	if u.file.text != nil {
		r, err := u.file.text.Unit().(source.LeafUnit).OpenLeaf(ctx, at)
		return leaves[at], r, err
	}
	h, err := s.pool.acquire(u.file)
	if err != nil {
		return source.Leaf{}, nil, err
	}
	r, err := h.Units()[u.index].(source.LeafUnit).OpenLeaf(ctx, at)
	if err != nil {
		return source.Leaf{}, nil, errors.Join(u.file.blame(err), s.pool.release(h))
	}
	return leaves[at], &leafReader{r, s, h}, nil
}

// leafReader gives the file back when it is closed.
type leafReader struct {
	source.LeafReader
	source *Source
	file   *shared
}

func (r *leafReader) Close() error {
	err := r.LeafReader.Close()
	if r.file != nil {
		err = errors.Join(err, r.source.pool.release(r.file))
		r.file = nil
	}
	return err
}
