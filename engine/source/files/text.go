package files

import (
	"errors"

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

// stdinPath stands for standard input; stdinName is what messages call it.
const (
	stdinPath = "-"
	stdinName = "standard input"
)

// Once says that the rows can be read only once.
func (s *Source) Once() bool { return len(s.files) == 1 && s.files[0].path == "" }

// addStdin makes the log of standard input: an Arrow stream, or the text that
// the format says.
func (s *Source) addStdin(given format) (err error) {
	f := &file{found: found{name: stdinPath}, format: given}
	fault := func(message, hint string) error {
		return &source.Error{Path: stdinName, Err: errors.New(message), Hint: hint}
	}
	switch {
	case s.options.Stdin == nil:
		return fault("there is none", "give the path of a file")
	case given == formatParquet:
		return fault("a Parquet file cannot be read as a stream", "its footer comes last; give the path of the file")
	case given == formatCSV || given == formatJSONL:
		f.text, err = s.openText(given, text.Stream(s.options.Stdin, stdinName))
	default:
		f.format = formatArrow
		f.text, err = streamArrow(s.options)
	}
	if err != nil {
		return err
	}
	s.files = append(s.files, f)
	s.addUnit(f)
	s.shapes.reconcile(s.options.MissingNull)
	return nil
}
