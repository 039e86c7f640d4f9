package files

import (
	"errors"
	"io"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/arrow"
)

// arrowFile is an Arrow file, or a stream in a file, with what it reads from.
type arrowFile struct {
	*arrow.File
	from handle
}

func openArrow(f *file, o Options) (container, error) {
	from, size, err := o.sized(f)
	if err != nil {
		return nil, err
	}
	opened, err := arrow.New(from, size, arrow.Options{Name: f.name, MaxBatch: o.MaxBatch, MaxRows: o.MaxRows})
	if err != nil {
		from.Close()
		return nil, err
	}
	return arrowFile{opened, from}, nil
}

func (a arrowFile) Close() error { return errors.Join(a.File.Close(), a.from.Close()) }

// arrowStream is an Arrow stream on standard input.
type arrowStream struct{ *arrow.File }

func streamArrow(o Options, in io.Reader) (textFile, error) {
	opened, err := arrow.Stream(in, arrow.Options{Name: stdinName, MaxBatch: o.MaxBatch, MaxRows: o.MaxRows})
	if err != nil {
		return nil, err
	}
	return arrowStream{opened}, nil
}

func (a arrowStream) Unit() source.Unit { return a.Units()[0] }

func (a arrowStream) Input() (source.Input, error) {
	in := source.Input{Bytes: a.Size(), SHA256: a.SHA256(), Hash: "full", Rows: -1}
	if in.SHA256 == "" {
		return in, &source.Error{Path: stdinName, Err: errors.New("it was not read to its end")}
	}
	return in, nil
}
