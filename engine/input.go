package engine

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/csv"
	"github.com/plumbline-audit/plumbline/engine/source/files"
	"github.com/plumbline-audit/plumbline/engine/source/join"
	"github.com/plumbline-audit/plumbline/engine/source/jsonl"
	"github.com/plumbline-audit/plumbline/engine/source/parquet"
	"github.com/plumbline-audit/plumbline/engine/source/slate"
)

// log is what an audit asks of its files.
type log interface {
	source.Source
	Look(ctx context.Context, names []string) (found bool, err error)
	Check(columns []int) error
	Require(columns []int) error
	Once() bool
	Partial() bool
}

// input is the log or a joined table.
type input struct {
	label  string // its paths, as configured
	source log

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
	if err := j.explode(); err != nil {
		return err
	}
	if err := j.converse(ctx); err != nil {
		return err
	}
	if err := j.unpivot(ctx); err != nil {
		return err
	}
	if err := j.enlist(); err != nil {
		return err
	}
	for _, c := range d.Joins {
		in, err := j.open(ctx, c.Path, c.Format, c.CSV)
		if err != nil {
			return err
		}
		in.config = c
		j.joins = append(j.joins, in)
	}
	return j.findColumns(ctx)
}

// explode makes rows of the slots of lists, if the log has lists, or puts the slots
// of each list together.
func (j *Job) explode() error {
	s := j.audit.Columns.Slate
	if !s.Whole() || !s.Exploded() && j.log.source.Once() {
		return nil // of slots from standard input only places are known
	}
	opened, err := slate.Open(j.log.source.(*files.Source), slate.Options{
		Key: s.Key, Items: s.Items, Places: s.Places, Parallel: s.Parallel, Separator: s.Separator, JSON: s.JSON, Item: s.Item, Rank: s.Rank, Offered: s.Offered,
		First: int64(s.FirstRank), KeepFirst: s.Duplicates == "first", Pads: s.Pad,
	})
	if err != nil {
		var fault *source.Error
		if errors.As(err, &fault) {
			return err
		}
		return config.Errors{j.audit.Mistake("columns.slate", err.Error(), "")}
	}
	j.log.source = opened
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

// schema is the log's columns followed by those of the joined tables.
func (j *Job) schema() source.Schema {
	out := slices.Clone(j.log.source.Schema())
	for _, in := range j.joins {
		out = append(out, in.names...)
	}
	return out
}
