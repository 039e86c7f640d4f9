package files

import (
	"bufio"
	"context"
	"errors"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/csv"
	"github.com/plumbline-audit/plumbline/engine/source/internal/text"
	"github.com/plumbline-audit/plumbline/engine/source/jsonl"
)

// textFile is a file of a text format: one unit.
type textFile interface {
	Schema() source.Schema
	Unit() source.Unit
	Input() (source.Input, error)
}

var (
	_ textFile = (*csv.File)(nil)
	_ textFile = (*jsonl.File)(nil)
)

func (s *Source) addText(f *file) (err error) {
	open := s.options.handle
	origin := text.File(f.path, f.name, func(path string) (text.Handle, error) { return open(path) })
	if f.text, err = s.openText(f.format, origin); err != nil {
		return err
	}
	if f.format == formatCSV { // the columns of JSON Lines depend on all files
		s.addUnit(f)
	}
	return nil
}

func (s *Source) openText(as format, origin *text.Origin) (textFile, error) {
	if as == formatJSONL {
		return jsonl.New(origin, s.options.JSONL)
	}
	return csv.New(origin, s.options.CSV)
}

func (s *Source) addUnit(f *file) {
	f.shape = s.shapes.of(f.name, f.text.Schema(), f.parts)
	u := f.text.Unit()
	s.units = append(s.units, &unit{source: s, file: f, name: u.Name(), rows: u.Rows(), bytes: u.Bytes()})
}

// unifyText makes units of JSON Lines files. One without a line has no columns,
// and none is missing from it.
func (s *Source) unifyText() {
	var all []*jsonl.File
	for _, f := range s.files {
		if j, ok := f.text.(*jsonl.File); ok {
			all = append(all, j)
		}
	}
	jsonl.Unify(all, s.options.MissingNull)
	for _, f := range s.files {
		if j, ok := f.text.(*jsonl.File); ok && !j.Empty() {
			s.addUnit(f)
		}
	}
}

// Look searches the lines of JSON Lines behind those that decided the schema for
// columns that an audit names, and says whether the schema has grown. It must be
// called before anything is read.
func (s *Source) Look(ctx context.Context, names []string) (found bool, err error) {
	if s.options.MissingNull { // each file is then read for what any of them has
		names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { _, _, ok := s.shapes.schema.Find(n, 0); return ok })
	}
	for _, f := range s.files {
		j, ok := f.text.(*jsonl.File)
		if !ok {
			continue
		}
		some, err := j.Look(ctx, names)
		if err != nil {
			return false, err
		}
		found = found || some
		if some && s.options.MissingNull { // the other files then look for it as they are read
			names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { _, _, ok := j.Schema().Find(n, 0); return ok })
		}
	}
	if found {
		s.units, s.shapes = nil, shapes{}
		s.unifyText()
		s.shapes.reconcile(s.options.MissingNull)
	}
	return found, nil
}

// Partial says that there may be columns that the schema lacks: what can be read
// only once cannot be searched for them.
func (s *Source) Partial() bool {
	j, ok := s.files[0].text.(*jsonl.File)
	return ok && s.Once() && !j.Whole()
}

// stdinPath stands for standard input; stdinName is what messages call it.
const (
	stdinPath = "-"
	stdinName = "standard input"
)

// Once says that the rows can be read only once.
func (s *Source) Once() bool { return len(s.files) == 1 && s.files[0].path == "" }

// addStdin makes the log of standard input.
func (s *Source) addStdin(given format) error {
	if s.options.Stdin == nil {
		return stdinFault("there is none", "give the path of a file")
	}
	in := bufio.NewReader(s.options.Stdin)
	as, err := streamed(given, in)
	if err != nil {
		return err
	}
	f := &file{found: found{name: stdinPath}, format: as}
	if as == formatArrow {
		f.text, err = streamArrow(s.options, in)
	} else {
		f.text, err = s.openText(as, text.Stream(in, stdinName))
	}
	if err != nil {
		return err
	}
	s.files = append(s.files, f)
	s.addUnit(f)
	s.shapes.reconcile(s.options.MissingNull)
	return nil
}

func stdinFault(message, hint string) error {
	return &source.Error{Path: stdinName, Err: errors.New(message), Hint: hint}
}

// streamed is the format of standard input: the one given, or else Arrow if its
// first bytes can be those of a stream, four bytes FF or a length below 16 MiB.
// What names itself as another kind of Arrow is left to the reader of Arrow,
// which says so.
func streamed(given format, in *bufio.Reader) (format, error) {
	head, _ := in.Peek(4) // what cannot be read is said when it is
	const tell = "say format: csv or format: jsonl"
	switch known := string(head); {
	case given == formatParquet || given == "" && known == "PAR1":
		return "", stdinFault("a Parquet file cannot be read as a stream", "its footer comes last; give the path of the file")
	case given != "":
		return given, nil
	case text.Compressed(head):
		return "", stdinFault("this is compressed, and there is no name to tell what it holds", tell)
	case known == "" || known == "\xff\xff\xff\xff" || known == "ARRO" || known == "FEA1" || len(head) == 4 && head[3] == 0:
		return formatArrow, nil
	}
	return "", stdinFault("this is text, and there is no name to tell what it holds", tell)
}
