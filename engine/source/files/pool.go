package files

import (
	"errors"
	"sync"

	"github.com/plumbline-audit/plumbline/engine/source/internal/text"
)

// maxIdle is the number of Parquet and Arrow files that stay open without a reader: the
// row groups of a file are usually read one after the other.
const maxIdle = 4

// pool opens Parquet and Arrow files when a unit is read, so that thousands of files take
// no more descriptors than there are workers.
type pool struct {
	options Options

	mu   sync.Mutex
	used map[*file]*shared
	idle []*shared // the longest idle first
}

// shared is a file that several readers may use.
type shared struct {
	container
	of      *file
	readers int
}

// open opens a file that no one else uses.
func (p *pool) open(f *file) (container, error) {
	if f.format == formatArrow {
		return openArrow(f, p.options)
	}
	return openParquet(f, p.options)
}

// acquire opens a file, or shares it.
func (p *pool) acquire(f *file) (*shared, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if h := p.used[f]; h != nil {
		h.readers++
		return h, nil
	}
	h := p.revive(f)
	if h == nil {
		opened, err := p.open(f)
		if err != nil {
			return nil, err
		}
		if opened.SHA256() != f.sum || opened.Size() != f.info.Size() {
			return nil, errors.Join(f.fault(text.Changed()), opened.Close())
		}
		h = &shared{container: opened, of: f}
	}
	if p.used == nil {
		p.used = map[*file]*shared{}
	}
	h.readers = 1
	p.used[f] = h
	return h, nil
}

// revive takes an idle file.
func (p *pool) revive(f *file) *shared {
	for i, h := range p.idle {
		if h.of == f {
			p.idle = append(p.idle[:i], p.idle[i+1:]...)
			return h
		}
	}
	return nil
}

// release gives back what acquire gave.
func (p *pool) release(h *shared) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if h.readers--; h.readers > 0 {
		return nil
	}
	delete(p.used, h.of)
	p.idle = append(p.idle, h)
	if len(p.idle) <= maxIdle {
		return nil
	}
	oldest := p.idle[0]
	p.idle = append(p.idle[:0], p.idle[1:]...)
	return oldest.Close()
}

func (p *pool) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var faults []error
	for _, h := range p.idle {
		faults = append(faults, h.Close())
	}
	p.idle = nil
	return errors.Join(faults...)
}
