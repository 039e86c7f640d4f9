package files

import (
	"errors"
	"io"
	"os"
	"path"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// format is how a file is written.
type format string

const (
	formatParquet format = "parquet"
	formatArrow   format = "arrow"
	formatCSV     format = "csv"
	formatJSONL   format = "jsonl"
)

// knownFormat checks the name of a format in a configuration.
func knownFormat(name string) (format, error) {
	switch f := format(name); f {
	case "", "auto":
		return "", nil
	case formatParquet, formatArrow, formatCSV, formatJSONL:
		return f, nil
	}
	return "", errors.New("unknown format " + name)
}

// sniff tells the format of a file by its first bytes and its name.
func sniff(f found) (format, error) {
	head, tail, err := ends(f.path)
	if err != nil {
		return "", &source.Error{Path: f.name, Err: source.Reason(err)}
	}
	ext := extension(f.name)
	text := ext == ".csv" || ext == ".tsv" || ext == ".txt" || ext == ".tab" || ext == ".psv"
	parquet := head == "PAR1" || head == "PARE"
	fault := &source.Error{Path: f.name}
	switch {
	case ext == ".parquet" || ext == ".pq" || ext == ".parq":
		return formatParquet, nil // its reader says what is wrong
	case parquet && (!text || tail == head):
		return formatParquet, nil
	case ext == ".arrow" || ext == ".arrows" || ext == ".feather" || ext == ".ipc" || !text && (head == "ARRO" || head == "FEA1"):
		return formatArrow, nil
	case ext == ".jsonl" || ext == ".ndjson" || ext == ".json" || !text && strings.HasPrefix(head, `{"`):
		return formatJSONL, nil
	case text:
		return formatCSV, nil
	default:
		fault.Err = errors.New("neither its name nor its first bytes tell the format of this file")
		fault.Hint = "if it is delimited text, say format: csv; if JSON Lines, format: jsonl"
	}
	return "", fault
}

// ends returns the first and the last four bytes.
func ends(path string) (head, tail string, err error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() { // opening a pipe would wait
		err = errors.New("not a regular file")
	}
	if err != nil {
		return "", "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", "", err
	}
	defer f.Close()
	var b [4]byte
	n, err := f.ReadAt(b[:], 0)
	if err != nil && err != io.EOF {
		return "", "", err
	}
	head = string(b[:n])
	if n, err = f.ReadAt(b[:], max(0, info.Size()-4)); err != nil && err != io.EOF {
		return "", "", err
	}
	return head, string(b[:n]), nil
}

// extension is the last one but for that of the compression, in lower case.
func extension(name string) string {
	name = strings.ToLower(name)
	for _, z := range []string{".gz", ".zst", ".bz2", ".xz"} {
		name = strings.TrimSuffix(name, z)
	}
	return path.Ext(name)
}
