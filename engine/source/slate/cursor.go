package slate

import (
	"io"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// cursor reads a field of lists row by row.
type cursor struct {
	leaf   source.Leaf
	reader source.LeafReader
	levels *source.Levels
	at     int // the next entry of levels
	value  int // the next of its values
	done   bool

	column  *column // of the rows at hand
	lengths []int32 // of their lists, 0 for null
	entry   int     // where the list of the next row begins
}

// read reads as many rows and says how many there were.
func (c *cursor) read(rows int) (int, error) {
	c.column.reset()
	c.lengths = c.lengths[:0]
	for {
		if c.levels == nil || c.at >= len(c.levels.Def) {
			levels, err := c.reader.Next()
			if err == io.EOF {
				c.done = true
				return len(c.lengths), nil
			}
			if err != nil {
				return 0, err
			}
			c.levels, c.at, c.value = levels, 0, 0
		}
		if full := c.run(rows); full {
			return len(c.lengths), nil
		}
	}
}

// run takes entries of the levels at hand until they end or the row after the last
// one begins.
func (c *cursor) run(rows int) (full bool) {
	l, listed, there := c.levels, uint32(c.leaf.Lists[0]), uint32(c.leaf.Def)
	first, at, whole := c.at, c.at, true
	def, rep := l.Def[first:], l.Rep[first:len(l.Def)]
	for i, level := range rep {
		if level == 0 {
			if len(c.lengths) == rows {
				full = true
				break
			}
			c.lengths = append(c.lengths, 0)
		}
		at++
		d := def[i]
		whole = whole && d == there
		if d >= listed { // else the list is empty or null
			c.lengths[len(c.lengths)-1]++
		}
	}
	c.at = at
	if whole {
		c.column.takeAll(&l.Values, c.value, at-first)
		c.value += at - first
		return full
	}
	for _, d := range l.Def[first:at] {
		switch {
		case d < listed:
		case d < there:
			c.column.null()
		default:
			c.column.take(&l.Values, c.value)
			c.value++
		}
	}
	return full
}
