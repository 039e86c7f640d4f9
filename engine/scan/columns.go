package scan

import (
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/source"
)

// columns gives every column that some role uses a position in the frame. The
// schema is the log's, followed by the joined tables' in order.
type columns struct {
	req    Request
	schema source.Schema
	origin []origin      // per schema index
	used   []int         // schema index per frame position
	asked  map[int]int   // schema index → how many uses it has
	twins  map[int][]int // schema indices: a used column → others of its name
	joins  []boundJoin
}

// origin says where a column comes from: the log (join -1) or a joined table.
type origin struct{ join, column int }

// boundJoin is a joined table whose columns are used.
type boundJoin struct {
	Joined
	at   int   // position among the request's joins
	keys []int // frame positions
	give []int // frame positions of its used columns
	take []int // beside give: positions among Joined.Columns
	from []int // beside give: positions in the table, which holds what the audit uses
}

func newColumns(req Request) *columns {
	c := &columns{req: req, twins: map[int][]int{}, asked: map[int]int{}}
	for i, col := range req.Log.Schema() {
		c.schema, c.origin = append(c.schema, col), append(c.origin, origin{-1, i})
	}
	for j, joined := range req.Joins {
		for i, col := range joined.Columns {
			c.schema, c.origin = append(c.schema, col), append(c.origin, origin{j, i})
		}
	}
	return c
}

// use returns the frame position of a named column.
func (c *columns) use(ref config.Ref) (int, error) {
	i, twins, ok := c.schema.Find(ref.Name, ref.Nth)
	if !ok {
		return 0, fmt.Errorf("no column %q", ref.Name)
	}
	for _, t := range twins {
		if c.origin[t].join != c.origin[i].join {
			return 0, fmt.Errorf("column %q is in the log and in a joined table; give the join a prefix, or list its columns", ref.Name)
		}
	}
	if len(twins) > 0 {
		c.twins[i] = twins
	}
	return c.position(i), nil
}

// position returns the frame position of a column by schema index.
func (c *columns) position(i int) int {
	c.asked[i]++
	at := slices.Index(c.used, i)
	if at < 0 {
		at = len(c.used)
		c.used = append(c.used, i)
	}
	return at
}

// bindJoins finds the joins that used columns come from, and binds their keys.
// A join that nobody uses is still matched, so that unmatched rows are counted.
func (c *columns) bindJoins() error {
	for j, joined := range c.req.Joins {
		b := boundJoin{Joined: joined, at: j}
		for _, ref := range joined.Keys {
			at, err := c.use(ref)
			if err != nil {
				return fmt.Errorf("join key: %w", err)
			}
			if c.origin[c.used[at]].join >= 0 {
				return fmt.Errorf("join key %q is not a column of the log", ref.Name)
			}
			b.keys = append(b.keys, at)
		}
		c.joins = append(c.joins, b)
	}
	for at, i := range c.used {
		if o := c.origin[i]; o.join >= 0 {
			b := &c.joins[o.join]
			b.from = append(b.from, len(b.give))
			b.give, b.take = append(b.give, at), append(b.take, o.column)
		}
	}
	return nil
}

// twinsOf lists the columns of one name, which must be equal on every row, of
// the log (-1) or a joined table, by their positions there.
func (c *columns) twinsOf(join int) map[int][]int {
	out := map[int][]int{}
	for i, twins := range c.twins {
		if c.origin[i].join != join {
			continue
		}
		for _, t := range twins {
			out[c.origin[i].column] = append(out[c.origin[i].column], c.origin[t].column)
		}
	}
	return out
}

// log lists the used columns of the log: indices into its schema, and the frame
// position of each.
func (c *columns) log() (indices, positions []int) {
	for at, i := range c.used {
		if c.origin[i].join < 0 {
			indices, positions = append(indices, i), append(positions, at)
		}
	}
	return indices, positions
}

// names are the used columns' names, by frame position.
func (c *columns) names() []string {
	out := make([]string, len(c.used))
	for at, i := range c.used {
		out[at] = c.schema[i].Name
	}
	return out
}
