// Command generate writes a log of imagined decisions, for benchmarks: skewed
// groups, a score, a decision and a label that lean against some of them,
// features that drift over the twelve months of 2025, and missing values. The
// same rows come out for a seed and a number of rows, in whatever format and
// however they are split over files and row groups.
//
//	go run ./bench/generate --rows 20000000 --out DIR
//
// writes DIR/log.parquet, or DIR/log-00.parquet and so on with --files, and the
// audits that bench/compare runs: audit.yaml, count.yaml and rates.yaml.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// options are the command line.
type options struct {
	rows     int64
	out      string
	seed     uint64
	format   string
	codec    string
	plain    bool
	rowGroup int64
	files    int
	shuffled bool
	subject  bool
	slates   bool
	workers  int
}

func main() {
	var o options
	flag.Int64Var(&o.rows, "rows", 1_000_000, "number of rows")
	flag.StringVar(&o.out, "out", "", "folder to write to")
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the rows")
	flag.StringVar(&o.format, "format", "parquet", "parquet, arrow, csv or jsonl")
	flag.StringVar(&o.codec, "codec", "", "snappy, zstd or none for parquet (default snappy); lz4, zstd or none for arrow (default none)")
	flag.BoolVar(&o.plain, "plain", false, "no dictionaries")
	flag.Int64Var(&o.rowGroup, "row-group", 1_000_000, "rows in a row group or record batch")
	flag.IntVar(&o.files, "files", 1, "number of files")
	flag.BoolVar(&o.shuffled, "shuffled", false, "times in no order; default: sorted")
	flag.BoolVar(&o.subject, "subject", false, "add user_id, a person with several decisions")
	flag.BoolVar(&o.slates, "slates", false, "lists of ten items instead of decisions, a list per row, with places.yaml and slates.yaml")
	flag.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "threads")
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := generate(o); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// generate writes the files and the audits.
func generate(o options) error {
	switch {
	case o.out == "":
		return fmt.Errorf("--out is missing: name a folder")
	case o.rows < 1 || o.rowGroup < 1 || o.files < 1 || o.workers < 1:
		return fmt.Errorf("--rows, --row-group, --files and --workers must be positive")
	}
	if o.slates {
		return generateSlates(o)
	}
	write, err := writerOf(o)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return err
	}
	l := &decisions{seed: o.seed, rows: o.rows, shuffled: o.shuffled, tables: newTables()}
	parts := part{0, o.rows}.split((o.rows + int64(o.files) - 1) / int64(o.files))
	for i, rows := range parts {
		name := "log." + o.format
		if o.files > 1 {
			name = fmt.Sprintf("log-%02d.%s", i, o.format)
		}
		if err := toFile(filepath.Join(o.out, name), func(w io.Writer) error { return write(w, l, o, rows) }); err != nil {
			return err
		}
	}
	return writeAudits(o)
}

// writerOf is the format's writer.
func writerOf(o options) (func(io.Writer, *decisions, options, part) error, error) {
	switch o.format {
	case "parquet":
		return writeParquet, nil
	case "arrow":
		return writeArrow, nil
	case "csv", "jsonl":
		if o.codec != "" && o.codec != "none" {
			return nil, fmt.Errorf("--codec: text is not compressed")
		}
		return writeText, nil
	}
	return nil, fmt.Errorf("--format: %s is not parquet, arrow, csv or jsonl", o.format)
}

// toFile writes a file under another name first, so that what is there is
// whole.
func toFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path + ".part")
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	if err = write(w); err == nil {
		err = w.Flush()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(f.Name())
		return err
	}
	return os.Rename(f.Name(), path)
}
