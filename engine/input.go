package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/expr"
	"github.com/plumbline-audit/plumbline/engine/scan"
	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/csv"
	"github.com/plumbline-audit/plumbline/engine/source/files"
	"github.com/plumbline-audit/plumbline/engine/source/join"
	"github.com/plumbline-audit/plumbline/engine/source/jsonl"
	"github.com/plumbline-audit/plumbline/engine/source/parquet"
)

// input is the log or a joined table.
type input struct {
	label  string // its paths, as configured
	source *files.Source

	// of a joined table:
	config config.Join
	keys   []int           // columns of the table that are the key
	twins  map[int][]int   // of a key column: others of its name
	give   []int           // columns of the table that the audit may use
	names  []source.Column // what the audit calls them
	table  *join.Table     // loaded by Run
}

func (j *Job) openInputs(ctx context.Context) (err error) {
	d := j.audit.Data
	if j.log, err = j.open(ctx, d.Log, d.Format, d.CSV); err != nil {
		return err
	}
	var mistakes config.Errors
	for i, c := range d.Joins {
		in, err := j.open(ctx, c.Path, c.Format, c.CSV)
		if err != nil {
			return err
		}
		in.config = c
		j.joins = append(j.joins, in)
		if faults := j.audit.CheckJoin(i, j.log.source.Schema(), in.source.Schema()); len(faults) > 0 {
			mistakes = append(mistakes, faults...)
			continue
		}
		in.choose()
	}
	if len(mistakes) > 0 {
		return mistakes
	}
	return nil
}

func (j *Job) open(ctx context.Context, paths []string, format string, text config.CSV) (*input, error) {
	limits := j.audit.Data.Limits
	opened, err := files.Open(ctx, files.Options{
		Base: j.audit.Dir, Paths: paths, Format: format,
		MissingNull: j.audit.Data.MissingColumn == "null", FullHash: j.options.HashFull,
		CSV:      csvOptions(text, limits),
		JSONL:    jsonl.Options{MaxLine: int(limits.Line), MaxCell: int(limits.Cell), MaxDepth: limits.Depth},
		Parquet:  parquet.Options{MaxPage: int(limits.Page), MaxRows: limits.Run},
		MaxBatch: int(limits.Batch), MaxRows: limits.Run, Stdin: j.options.Stdin,
	})
	if err != nil {
		return nil, err
	}
	return &input{label: strings.Join(paths, ", "), source: opened}, nil
}

// csvOptions translates how CSV files are written. The configuration has
// checked that delimiter and quote are single bytes.
func csvOptions(c config.CSV, limits config.Limits) csv.Options {
	o := csv.Options{MaxCell: int(limits.Cell), Encoding: c.Encoding}
	switch c.Delimiter {
	case "":
	case "tab", `\t`:
		o.Separator = '\t'
	default:
		o.Separator = c.Delimiter[0]
	}
	switch c.Quote {
	case "":
	case "none":
		o.NoQuote = true
	default:
		o.Quote = c.Quote[0]
	}
	return o
}

// choose decides which columns of a joined table the audit may use, and what it
// calls them. CheckJoin has made sure that those which are named exist.
func (in *input) choose() {
	schema := in.source.Schema()
	in.twins = map[int][]int{}
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

// schema is the log's columns followed by those of the joined tables.
func (j *Job) schema() source.Schema {
	out := slices.Clone(j.log.source.Schema())
	for _, in := range j.joins {
		out = append(out, in.names...)
	}
	return out
}

// look searches the log for columns that the configuration names and the first
// lines of JSON Lines did not show.
func (j *Job) look(ctx context.Context) error {
	for {
		names := j.audit.Names()
		_, unknown := j.checkExpressions(j.schema())
		names = append(names, unknown...)
		for _, in := range j.joins {
			names = slices.DeleteFunc(names, func(n string) bool { _, _, ok := source.Schema(in.names).Find(n, 0); return ok })
		}
		if found, err := j.log.source.Look(ctx, names); err != nil || !found {
			return err
		}
	}
}

// checkColumns holds the configuration against the schema alone.
func (j *Job) checkColumns() error {
	schema := j.schema()
	mistakes, _ := j.audit.Check(schema, nil)
	wrong, _ := j.checkExpressions(schema)
	mistakes = append(mistakes, wrong...)
	if len(mistakes) > 0 {
		if j.log.source.Partial() {
			for i := range mistakes {
				mistakes[i].Hint = strings.TrimPrefix(mistakes[i].Hint+"; ", "; ") + "a column is a key that the first 10,000 lines of standard input have; a file is searched to its end"
			}
		}
		return mistakes
	}
	return nil
}

// checkExpressions compiles every expression, so that its faults are shown
// where they stand in the configuration. unknown are columns that they name and
// the log lacks.
func (j *Job) checkExpressions(schema source.Schema) (mistakes config.Errors, unknown []string) {
	c := j.audit.Columns
	texts := map[string]string{"data.where": j.audit.Data.Where}
	wants := map[string]expr.Kind{"columns.score.when": expr.Number}
	if c.Decision != nil {
		texts["columns.decision.when"] = c.Decision.When
	}
	if c.Label != nil {
		texts["columns.label.when"] = c.Label.When
	}
	if c.Score != nil {
		texts["columns.score.when"] = c.Score.When
	}
	for _, path := range slices.Sorted(maps.Keys(texts)) {
		if texts[path] == "" {
			continue
		}
		p, err := expr.Compile(texts[path], schema)
		var fault *expr.Error
		switch {
		case errors.As(err, &fault):
			if fault.Column != "" {
				unknown = append(unknown, fault.Column)
			}
			mistakes = append(mistakes, j.audit.MistakeAt(path, fault.Offset, fault.Message, fault.Hint))
		case err != nil:
			mistakes = append(mistakes, j.audit.Mistake(path, err.Error(), ""))
		case p.Kind() != wants[path]:
			mistakes = append(mistakes, j.audit.Mistake(path, wrongKind(wants[path]), ""))
		}
	}
	return mistakes, unknown
}

func wrongKind(want expr.Kind) string {
	if want == expr.Number {
		return "the expression gives a condition where a number is needed"
	}
	return "the expression gives a number where a condition is needed; compare it with something"
}

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
		columns := in.give
		if in == j.log {
			columns = indices(len(in.source.Schema()))
		}
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

func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// loadJoins reads what the audit uses of the joined tables into memory.
func (j *Job) loadJoins(ctx context.Context) (err error) {
	for i, in := range j.joins {
		uses := j.plan.JoinUses(i)
		src := source.Twins(in.source, j.twins(i))
		if in.table, err = join.Load(ctx, src, in.keys, pick(in.give, uses), j.options.Memory); err != nil {
			return err
		}
	}
	return nil
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
