package engine

import (
	"context"
	"maps"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/scan"
	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/join"
)

// matchJoins holds the joins against the columns of the log and of the tables.
func (j *Job) matchJoins() error {
	var mistakes config.Errors
	for i, in := range j.joins {
		faults := j.audit.CheckJoin(i, j.log.source.Schema(), in.source.Schema())
		if mistakes = append(mistakes, faults...); len(faults) == 0 {
			in.choose()
		}
	}
	if len(mistakes) > 0 {
		return mistakes
	}
	return nil
}

// choose decides which columns of a joined table the audit may use, and what it
// calls them. CheckJoin has made sure that those which are named exist.
func (in *input) choose() {
	schema := in.source.Schema()
	in.keys, in.give, in.names, in.twins = nil, nil, nil, map[int][]int{}
	for _, k := range in.config.On {
		at, twins, _ := schema.Find(k.Table, 0)
		in.keys = append(in.keys, at)
		in.twins[at] = twins
	}
	for i, c := range schema {
		named := slices.Contains(in.config.Columns, c.Name)
		if slices.Contains(in.keys, i) && !named || len(in.config.Columns) > 0 && !named {
			continue
		}
		in.give = append(in.give, i)
		in.names = append(in.names, source.Column{Name: in.config.Prefix + c.Name, Type: c.Type})
	}
}

// on lists the log's key columns.
func (in *input) on() []string {
	var out []string
	for _, k := range in.config.On {
		out = append(out, k.Log)
	}
	return out
}

func (in *input) joined() scan.Joined {
	j := scan.Joined{Columns: in.names, Table: func() *join.Table { return in.table }}
	for _, name := range in.on() {
		j.Keys = append(j.Keys, config.Ref{Name: name})
	}
	return j
}

// loadJoins reads what the audit uses of the joined tables into memory.
func (j *Job) loadJoins(ctx context.Context) error {
	for i, in := range j.joins {
		uses := j.plan.JoinUses(i)
		src := source.Twins(in.source, j.twins(i))
		latest, err := j.latest(in)
		if err != nil {
			return err
		}
		if in.table, err = join.LoadLatest(ctx, src, in.keys, pick(in.give, uses), j.options.Memory, latest); err != nil {
			return err
		}
	}
	return nil
}

// latest says which row of a key counts; nil where each has one.
func (j *Job) latest(in *input) (*join.Latest, error) {
	if in.config.OnDuplicate != "last" || in.config.Time == nil {
		return nil, nil
	}
	at, _, _ := in.source.Schema().Find(in.config.Time.Column.Name, in.config.Time.Column.Nth)
	times, err := scan.Instants(*in.config.Time, j.spec.Windows.Zone)
	return &join.Latest{Column: at, Times: times}, err
}

// twins lists the columns of an input that have the name of one that is used,
// and so must hold its values: of the log (-1) or of a joined table.
func (j *Job) twins(input int) map[int][]int {
	same := j.plan.Twins(input)
	if input < 0 {
		return same
	}
	in := j.joins[input]
	twins := maps.Clone(in.twins)
	for at, others := range same {
		twins[in.give[at]] = pick(in.give, others)
	}
	return twins
}

// pick returns the elements at some positions.
func pick(from, at []int) []int {
	out := make([]int, len(at))
	for i, a := range at {
		out[i] = from[a]
	}
	return out
}
