package arrow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// leafDigest is what expected.json holds of a leaf: the number of its non-null
// values, and a hash of the netstrings of their canonical text, in row order.
type leafDigest struct {
	Values int    `json:"values"`
	SHA256 string `json:"sha256"`
}

type expectation struct {
	Leaves map[string]leafDigest `json:"leaves"`
	Files  map[string]struct {
		Rows       int64                 `json:"rows"`
		Batches    []int64               `json:"batches"`
		Columns    []string              `json:"columns"`
		Exceptions map[string]leafDigest `json:"exceptions"`
	} `json:"files"`
}

func readExpected(t testing.TB) expectation {
	t.Helper()
	b, err := os.ReadFile("testdata/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var e expectation
	if err := json.Unmarshal(b, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// hasher makes a digest out of typed values.
type hasher struct {
	f   *field
	n   int
	sum hash.Hash
}

func newHasher(f *field) *hasher { return &hasher{f: f, sum: sha256.New()} }

func (h *hasher) add(v source.Value) {
	if v.Kind == source.Null {
		return
	}
	s := canonical(h.f, v)
	h.n++
	fmt.Fprintf(h.sum, "%d:%s", len(s), s)
}

func (h *hasher) digest() leafDigest {
	return leafDigest{h.n, hex.EncodeToString(h.sum.Sum(nil))[:16]}
}

func canonical(f *field, v source.Value) string {
	switch v.Kind {
	case source.Float:
		if math.IsNaN(v.Float) {
			return "nan"
		}
		return fmt.Sprintf("%016x", math.Float64bits(v.Float))
	case source.Timestamp:
		return strconv.FormatInt(source.Instant(f.typ, v.Int).UnixMicro(), 10)
	case source.Decimal: // as the unscaled integer
		whole, frac, _ := strings.Cut(v.Str, ".")
		s := whole + frac + strings.Repeat("0", int(f.scale)-len(frac))
		negative := strings.HasPrefix(s, "-")
		s = strings.TrimLeft(s, "-0")
		switch {
		case s == "":
			return "0"
		case negative:
			return "-" + s
		}
		return s
	case source.String:
		if f.uuid {
			b, err := hex.DecodeString(strings.ReplaceAll(v.Str, "-", ""))
			if err != nil || len(v.Str) != 36 {
				return "not a UUID: " + v.Str
			}
			return string(b)
		}
		return v.Str
	case source.Binary:
		return v.Str
	}
	return strconv.FormatInt(v.Int, 10)
}

// each reads columns of all units, row by row.
func each(f *File, columns []int, row func(b *source.Batch, i int)) (rows int64, err error) {
	for _, u := range f.Units() {
		r, err := u.Open(context.Background(), columns)
		if err != nil {
			return rows, err
		}
		defer r.Close()
		in := int64(0)
		for {
			b, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				return rows, err
			}
			if b.Row != in {
				return rows, fmt.Errorf("batch begins at row %d, not %d", b.Row, in)
			}
			in += int64(b.Rows)
			for i := range b.Rows {
				row(b, i)
			}
		}
		if u.Rows() >= 0 && u.Rows() != in {
			return rows, fmt.Errorf("%s: %d rows, read %d", u.Name(), u.Rows(), in)
		}
		rows += in
	}
	return rows, nil
}

// flatColumns are the columns that have values.
func flatColumns(f *File) (all []int) {
	for i, c := range f.schema.columns {
		if f.schema.fields[c.field].bad == nil {
			all = append(all, i)
		}
	}
	return all
}

// digests reads columns together.
func digests(f *File, columns []int) (map[string]leafDigest, int64, error) {
	var hashers []*hasher
	for _, i := range columns {
		hashers = append(hashers, newHasher(&f.schema.fields[f.schema.columns[i].field]))
	}
	rows, err := each(f, columns, func(b *source.Batch, i int) {
		for k, h := range hashers {
			h.add(b.Columns[k].Value(i))
		}
	})
	all := map[string]leafDigest{}
	for _, h := range hashers {
		all[h.f.name] = h.digest()
	}
	return all, rows, err
}

func goodFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/good/*")
	if err != nil || len(files) == 0 {
		t.Fatal("no test files", err)
	}
	return files
}

func open(t testing.TB, path string) *File {
	t.Helper()
	f, err := Open(path, Options{Name: filepath.Base(path)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func columnIndex(f *File, name string) int {
	for i, c := range f.schema.columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}
