package scan

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/spelling"
)

// checkMemory refuses to grow beyond the limit and names what grows. What all
// workers share counts once, the rest of the limit is split among them.
func (w *worker) checkMemory() error {
	p := w.plan
	if p.req.Memory <= 0 {
		return nil
	}
	ids, tables, limit := int64(0), int64(0), p.req.Memory-p.joinBytes()
	workers := int64(max(1, p.req.Workers))
	if w.lasts != nil {
		ids = w.lasts.size() / workers
	} else if w.ids != nil {
		ids = w.ids.bytes
	}
	for _, t := range w.tables {
		tables += t.bytes()
	}
	for _, s := range w.samples {
		tables += s.bytes()
	}
	for _, m := range w.families {
		tables += m.bytes()
	}
	numbers, widest := w.numberBytes()
	if ids+tables+numbers <= limit/workers {
		return nil
	}
	if numbers > max(ids, tables) {
		return w.tooManyNumbers(widest)
	}
	if ids > tables {
		return p.tooManyIDs()
	}
	return w.tooManyCells(p)
}

// excess is more memory than was allowed.
type excess struct{ text string }

func (e *excess) Error() string { return e.text }

func (p *Plan) tooManyIDs() error {
	return &excess{fmt.Sprintf("column %s: its ids need more memory than --memory allows (%s); raise it, or set columns.id.duplicates: ignore",
		spelling.Shown(p.req.Audit.Columns.ID.Column.Name), p.allowed())}
}

// tooManyCells names the column that makes the largest table large.
func (w *worker) tooManyCells(p *Plan) error {
	t := slices.MaxFunc(w.tables, func(a, b *accumulator) int { return cmp.Compare(a.bytes(), b.bytes()) })
	text := fmt.Sprintf("the tables need more memory than --memory allows (%s); the largest is %s: %s", p.allowed(), t.need.Key(), describe(t.dims, w.dims))
	if len(t.dims) == 0 {
		return &excess{text}
	}
	widest := w.dims[slices.MaxFunc(t.dims, func(a, b int) int {
		return cmp.Compare(len(w.dims[a].categories()), len(w.dims[b].categories()))
	})]
	if r, ok := p.roles[widest.dim]; ok {
		text = fmt.Sprintf("column %s: it has at least %d values, and %s; merge them with map or bins, leave the column out, or raise --memory",
			spelling.Shown(p.columns.names()[r.column]), len(widest.categories()), text)
	}
	return &excess{text}
}

func (w *worker) tooManyNumbers(q *quantity) error {
	place := q.name
	if q.column >= 0 {
		place = "column " + w.frame.names[q.column]
	}
	return fmt.Errorf("%s: its numbers need more memory than --memory allows (%s); raise it, or leave the column out", place, w.plan.allowed())
}

// allowed says how much memory there is.
func (p *Plan) allowed() string {
	s := fmt.Sprintf("%d bytes", p.req.Memory)
	if n := p.req.Workers; n > 1 {
		s += fmt.Sprintf(" for %d workers", n)
	}
	if n := p.joinBytes(); n > 0 {
		s += fmt.Sprintf(", %d of them for joined tables", n)
	}
	return s
}

// joinBytes is what the joined tables take, once for all workers.
func (p *Plan) joinBytes() int64 {
	total := int64(0)
	for _, b := range p.columns.joins {
		total += b.Table().Bytes()
	}
	return total
}
