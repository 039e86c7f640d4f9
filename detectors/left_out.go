package detectors

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// unanswered counts the rows of which conditions, read as the stages of a funnel are,
// do not say enough because a value is missing.
func (f funnel) unanswered(c *table.Counts, lacks func(said []fact) bool) (n, all int64) {
	read := f.reader(c)
	c.Each(func(codes []int, cell table.Cell) {
		if all += cell.N; lacks(read(codes)) {
			n += cell.N
		}
	})
	return n, all
}

// lacking tells whether any condition depends on a missing value.
func lacking(said []fact) bool { return slices.Contains(said, unknown) }

// undecided tells whether a signal's conditions do not say if a row counts, or what
// it counts as: passed leaves it out, and not because it is no part of the share.
func undecided(said []fact) bool {
	return lacking(said) && !slices.Contains(said[:len(said)-1], fails)
}

// leave notes rows that every number leaves out.
func (e *emitter) leave(n, all int64) {
	if n > 0 {
		e.note(fmt.Sprintf("%s of %s rows are left out, because a condition depends on a missing value", whole(n), whole(all)))
	}
}

// omissions collects of which rates rows are left out.
type omissions struct{ parts []string }

func (o *omissions) add(rate string, n int64) {
	if n > 0 {
		o.parts = append(o.parts, fmt.Sprintf("%s: %s", rate, whole(n)))
	}
}

func (o *omissions) tell(e *emitter) {
	if len(o.parts) > 0 {
		e.note("rows are left out where a condition depends on a missing value (" + strings.Join(o.parts, "; ") + ")")
	}
}

// unlisted notes rows that lack a factor: among themselves they count as alike in it.
func (d prices) unlisted(e *emitter, v *table.Values) {
	for _, f := range d.factors() {
		dim, n := table.Text(f), int64(0)
		cats, at := v.Categories(dim), slices.Index(v.Dims(), dim)
		v.Each(func(codes []int, x *table.Distribution) {
			if cats[codes[at]].Missing {
				of, _, _ := logs(sampleOf(x))
				n += of.Count()
			}
		})
		if n > 0 {
			e.note(fmt.Sprintf("%s rows with a price have no %s; where factors are alike, they are compared with one another, as if that were a value", whole(n), f))
		}
	}
}
