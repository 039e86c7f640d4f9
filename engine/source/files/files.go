// Package files makes one log out of files: it finds them by path, folder or
// glob, tells their format, reads the folders key=value of their paths as
// columns, holds their schemas against each other, and describes them for the
// result.
package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/csv"
	"github.com/plumbline-audit/plumbline/engine/source/jsonl"
	"github.com/plumbline-audit/plumbline/engine/source/parquet"
)

// Options say which files make up a log.
type Options struct {
	Base   string   // the folder that paths are relative to; "" is the working directory
	Paths  []string // files, folders or globs; or "-" alone, for Stdin
	Format string   // "", "auto", "parquet", "arrow", "csv" or "jsonl"
	// Stdin is standard input, which can be read once: its rows by the first
	// unit that is opened, and by no other.
	Stdin io.Reader
	// MissingNull reads a column that a file lacks as nulls, and takes over
	// the columns that only later files have.
	MissingNull bool
	FullHash    bool // every byte of Parquet and Arrow files is hashed, not the footer alone
	CSV         csv.Options
	JSONL       jsonl.Options
	Parquet     parquet.Options
	MaxBatch    int   // bytes of a decompressed Arrow batch; 0: the default
	MaxRows     int64 // likewise, of an Arrow batch

	open func(path string) (handle, error) // nil: os.Open
}

// Source is a log of one or more files, sorted by path. It is safe for
// concurrent use.
type Source struct {
	options Options
	files   []*file
	shapes  shapes
	units   []source.Unit
	folders map[string]*folderDict
	pool    pool

	mu     sync.Mutex
	inputs []source.Input   // once known
	byName map[string]*file // likewise
}

// file is one file; it is open only while it is read.
type file struct {
	found
	format format
	info   fs.FileInfo
	parts  []partition
	codes  []uint32 // of the partition values
	shape  *shape
	text   textFile     // of a text format, else nil
	sum    string       // of the footer of another
	rows   int64        // likewise; -1 if only reading can tell
	met    atomic.Int64 // rows of one that was read to its end, and one more
}

var _ source.Source = (*Source)(nil)

// Open finds the files and reads their headers and footers.
func Open(ctx context.Context, o Options) (*Source, error) {
	given, err := knownFormat(o.Format)
	if err != nil {
		return nil, err
	}
	if o.Parquet.Buffers == nil {
		o.Parquet.Buffers = new(parquet.Buffers)
	}
	s := &Source{options: o, folders: map[string]*folderDict{}}
	s.pool.options = o
	if len(o.Paths) == 1 && o.Paths[0] == stdinPath {
		return s, s.addStdin(given)
	}
	all, err := resolve(o.Base, o.Paths)
	if err != nil {
		return nil, err
	}
	for _, found := range all {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := s.add(found, given); err != nil {
			return nil, err
		}
	}
	s.unifyText()
	s.shapes.reconcile(o.MissingNull)
	return s, nil
}

func (s *Source) add(found found, given format) (err error) {
	f := &file{found: found, format: given}
	if given == "" {
		if f.format, err = sniff(found); err != nil {
			return err
		}
	}
	if len(s.files) > 0 && s.files[0].format != f.format {
		return &source.Error{Path: f.name, Err: fmt.Errorf("this is a %s file, but %s is a %s file",
			f.format, s.files[0].name, s.files[0].format), Hint: "files of one log have one format"}
	}
	if f.info, err = os.Stat(f.path); err != nil {
		return &source.Error{Path: f.name, Err: source.Reason(err)}
	}
	if f.parts, err = partitions(f.name); err != nil {
		return err
	}
	for _, p := range f.parts {
		f.codes = append(f.codes, s.folder(p))
	}
	s.files = append(s.files, f)
	switch f.format {
	case formatCSV, formatJSONL:
		return s.addText(f)
	}
	return s.addContainer(f)
}

func (s *Source) addContainer(f *file) error {
	c, err := s.pool.open(f)
	if err != nil {
		return err
	}
	defer c.Close()
	f.sum, f.rows = c.SHA256(), c.Rows()
	f.shape = s.shapes.of(f.name, c.Schema(), f.parts)
	for i, u := range c.Units() {
		s.units = append(s.units, &unit{source: s, file: f, index: i, name: u.Name(), rows: u.Rows(), bytes: u.Bytes()})
	}
	return nil
}

// Schema implements source.Source. A batch may differ from it in the width of
// integers and the unit of timestamps: what counts is the Type of the Vector.
func (s *Source) Schema() source.Schema { return s.shapes.schema }

// Units implements source.Source.
func (s *Source) Units() []source.Unit { return s.units }

// Check says whether these columns can be read from every file, without reading
// any row. It reports one fault per column.
func (s *Source) Check(columns []int) error { return s.check(columns, s.options.MissingNull) }

// Require is Check for columns that no file may lack, whatever the options.
func (s *Source) Require(columns []int) error { return s.check(columns, false) }

func (s *Source) check(columns []int, missing bool) error {
	var faults []error
	for _, c := range columns {
		for _, o := range s.shapes.all {
			if err := s.shapes.fault(o, o.example, c, missing); err != nil {
				faults = append(faults, err)
				break
			}
		}
	}
	return errors.Join(faults...)
}

// Inputs implements source.Source. It fails if a file is not what it was when
// the source was opened.
func (s *Source) Inputs() ([]source.Input, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inputs != nil {
		return s.inputs, nil
	}
	inputs := make([]source.Input, len(s.files))
	for i, f := range s.files {
		in, err := s.input(f)
		if err != nil {
			return nil, err
		}
		inputs[i] = in
	}
	if s.complete(inputs) {
		s.inputs = inputs
	}
	return inputs, nil
}

// complete says that there is nothing more to learn.
func (s *Source) complete(inputs []source.Input) bool {
	for _, in := range inputs {
		if in.Rows < 0 {
			return false
		}
	}
	return true
}

func (s *Source) input(f *file) (in source.Input, err error) {
	if f.text != nil {
		in, err = f.text.Input()
		in.Path = f.name
	} else {
		in, err = s.fingerprint(f)
	}
	if err == nil {
		err = f.changed()
	}
	if in.Rows < 0 {
		in.Rows = f.met.Load() - 1
	}
	return in, err
}

// Close closes the files that are kept open between units. A source can be read
// again afterwards.
func (s *Source) Close() error { return s.pool.close() }
