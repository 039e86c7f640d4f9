package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/source"
)

// The sample that a configuration is held against.
const (
	sampleRows   = 50_000
	sampleValues = 1_000
)

// checkValues holds the configuration against the first rows: a listed value
// that never occurs, a group column with too many values.
func (j *Job) checkValues(ctx context.Context) error {
	all, err := j.sample(ctx, j.plan.Uses(), j.audit.ValueColumns(j.schema()), sampleRows, j.twins)
	if err != nil {
		return err
	}
	j.looked = Looked{Rows: all.Rows, All: all.Complete && !j.log.source.Once()}
	faults, warnings := j.audit.Check(j.schema(), all)
	j.warnings = warnings
	return unfit(faults)
}

// Looked says what of the log a configuration was held against: its columns, and
// so many of its first rows.
type Looked struct {
	Rows int64 // 0 for standard input, whose rows are the audit's
	All  bool
}

// Looked says what Open looked at.
func (j *Job) Looked() Looked { return j.looked }

// unfit makes values that cannot serve their roles a fault of the input. The
// schema fits the configuration, as checkColumns has seen; a value that does
// not is the log's, and the same fault as beyond the rows of the sample.
func unfit(faults config.Errors) error {
	switch len(faults) {
	case 0:
		return nil
	case 1:
		return errors.New(faults[0].Error())
	}
	return fmt.Errorf("%w; and %d more", faults[0], len(faults)-1)
}

// Probe reads the first rows of all columns that the audit uses, and says what
// is wrong with the files there. Open has read those whose values it compares
// with the configuration. Rows that can be read only once are the audit's.
func (j *Job) Probe(ctx context.Context) error {
	uses, from := j.plan.Uses(), 0
	for k, in := range append([]*input{j.log}, j.joins...) {
		columns := in.columns()
		used := slices.Clone(in.keys)
		for i, c := range columns {
			if slices.Contains(uses, from+i) && !slices.Contains(used, c) {
				used = append(used, c)
			}
		}
		from += len(columns)
		if in.source.Once() {
			continue
		}
		src, left := source.Twins(in.source, j.twins(k-1)), int64(sampleRows)
		for _, u := range src.Units() {
			if left <= 0 {
				break
			}
			n, err := probe(ctx, u, used, left)
			if err != nil {
				return err
			}
			left -= n
		}
	}
	return nil
}

// probe reads at least so many rows of a unit, or all.
func probe(ctx context.Context, u source.Unit, columns []int, want int64) (rows int64, err error) {
	r, err := u.Open(ctx, columns)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	for rows < want {
		b, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return rows, err
		}
		rows += int64(b.Rows)
	}
	return rows, nil
}

// numericRows are looked at to tell numbers from words in a text format.
const numericRows = 5_000

// markNumeric finds out which columns hold numbers, before detectors plan.
func (j *Job) markNumeric(ctx context.Context) error {
	schema := j.schema()
	all := &source.SampleResult{}
	if columns := j.audit.TextColumns(schema); len(columns) > 0 {
		var err error
		unchecked := func(int) map[int][]int { return nil }
		if all, err = j.sample(ctx, columns, columns, numericRows, unchecked); err != nil {
			return err
		}
	}
	j.audit.MarkNumeric(j.spec, schema, all)
	return nil
}

// sample checks that the files have some columns, given as indices into the
// schema, and reads the first rows of those among them that are looked at. twins
// gives the columns of each input that must hold the same values: -1 is the log,
// other numbers the joined tables.
func (j *Job) sample(ctx context.Context, uses, looked []int, rows int, twins func(input int) map[int][]int) (*source.SampleResult, error) {
	all := &source.SampleResult{Complete: true, Values: map[int][]string{}, Places: map[int][]string{}, Distinct: map[int]int{}}
	from := 0
	for k, in := range append([]*input{j.log}, j.joins...) {
		columns := in.columns()
		var asked, read []int
		for i, c := range columns {
			if slices.Contains(uses, from+i) {
				asked = append(asked, c)
				if slices.Contains(looked, from+i) {
					read = append(read, c)
				}
			}
		}
		decisive := j.decisive(asked, in)
		others := slices.DeleteFunc(slices.Clone(asked), func(i int) bool { return slices.Contains(decisive, i) })
		if err := errors.Join(in.source.Require(decisive), in.source.Check(others)); err != nil {
			return nil, err
		}
		part, err := source.Sample(ctx, source.Twins(in.source, twins(k-1)), read, rows, sampleValues)
		if err != nil {
			return nil, err
		}
		all.Complete = all.Complete && part.Complete
		all.Rows = max(all.Rows, part.Rows)
		for i, c := range columns {
			if n, ok := part.Distinct[c]; ok {
				all.Values[from+i], all.Places[from+i], all.Distinct[from+i] = part.Values[c], part.Places[c], n
			}
		}
		from += len(columns)
	}
	return all, nil
}

// decisive lists those of an input's columns that no file may lack, whatever
// missing_column says: the decision's, the label's and the score's.
func (j *Job) decisive(asked []int, in *input) []int {
	var names []string
	c := j.audit.Columns
	if c.Decision != nil {
		names = append(names, c.Decision.Column.Name)
	}
	if c.Label != nil {
		names = append(names, c.Label.Column.Name)
	}
	if c.Score != nil {
		names = append(names, c.Score.Column.Name)
	}
	schema := in.source.Schema()
	return slices.DeleteFunc(slices.Clone(asked), func(i int) bool {
		return !slices.Contains(names, in.config.Prefix+schema[i].Name)
	})
}

// columns are those that the audit may use.
func (in *input) columns() []int {
	if len(in.keys) > 0 { // a joined table
		return in.give
	}
	return indices(len(in.source.Schema()))
}

func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}
