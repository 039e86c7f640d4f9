package parquet

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

// digest is what expected.json holds of a leaf: the number of its non-null
// values, and a hash of the netstrings of their canonical text, in row order.
type digest struct {
	Values int    `json:"values"`
	SHA256 string `json:"sha256"`
}

// exception is what a writer lost of a column, and how its lists differ.
type exception struct {
	digest
	Lists *digest `json:"lists"`
}

type expectation struct {
	Leaves map[string]digest `json:"leaves"`
	Lists  map[string]digest `json:"lists"`
	Files  map[string]struct {
		Rows       int64                `json:"rows"`
		RowGroups  []int64              `json:"row_groups"`
		Exceptions map[string]exception `json:"exceptions"`
		Sums       map[string]string    `json:"sums"`
		Micros     []*int64             `json:"ts_us"`
	} `json:"files"`
}

func readExpected(t testing.TB) expectation {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "expected.json"))
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
	leaf *leaf
	n    int
	sum  hash.Hash
}

func (h *hasher) add(v source.Value) {
	if v.Kind == source.Null {
		return
	}
	s := canonical(h.leaf, v)
	h.n++
	fmt.Fprintf(h.sum, "%d:%s", len(s), s)
}

func (h *hasher) digest() digest {
	return digest{h.n, hex.EncodeToString(h.sum.Sum(nil))[:16]}
}

func canonical(l *leaf, v source.Value) string {
	switch v.Kind {
	case source.Float:
		if math.IsNaN(v.Float) {
			return "nan"
		}
		return fmt.Sprintf("%016x", math.Float64bits(v.Float))
	case source.Timestamp:
		return strconv.FormatInt(source.Instant(l.typ, v.Int).UnixMicro(), 10)
	case source.Decimal: // as the unscaled integer
		whole, frac, _ := strings.Cut(v.Str, ".")
		s := whole + frac + strings.Repeat("0", l.scale-len(frac))
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
		if l.physical == typeFixed { // a UUID
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

// leafKey is the name of a leaf in expected.json, which leaves out how a
// writer calls the groups inside a list or map.
func leafKey(l *leaf) string {
	top, last := l.path[0], l.path[len(l.path)-1]
	switch {
	case l.rep == 0:
		return l.name
	case top == "tags":
		return "tags.element"
	}
	return top + "." + last
}

// leafDigest reads a leaf through the leaf reader.
func leafDigest(f *File, i int) (digest, error) {
	h := &hasher{leaf: &f.schema.leaves[i], sum: sha256.New()}
	for _, g := range f.RowGroups() {
		r, err := g.OpenLeaf(context.Background(), i)
		if err != nil {
			return digest{}, err
		}
		for {
			levels, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				return digest{}, err
			}
			for k := range levels.Count {
				h.add(levels.Values.Value(k))
			}
		}
		r.Close()
	}
	return h.digest(), nil
}

// flatDigests reads all flat columns together, in batches.
func flatDigests(f *File) (map[string]digest, int64, error) {
	var columns []int
	var hashers []*hasher
	for i, c := range f.schema.columns {
		if c.leaf >= 0 {
			columns = append(columns, i)
			hashers = append(hashers, &hasher{leaf: &f.schema.leaves[c.leaf], sum: sha256.New()})
		}
	}
	rows := int64(0)
	for _, g := range f.RowGroups() {
		r, err := g.Open(context.Background(), columns)
		if err != nil {
			return nil, 0, err
		}
		for {
			b, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				return nil, 0, err
			}
			rows += int64(b.Rows)
			for k, h := range hashers {
				for i := range b.Rows {
					h.add(b.Columns[k].Value(i))
				}
			}
		}
		r.Close()
	}
	all := map[string]digest{}
	for _, h := range hashers {
		all[leafKey(h.leaf)] = h.digest()
	}
	return all, rows, nil
}

// checkFile holds every leaf of a file against the expected digests, read as
// leaves and, if flat, in batches.
func checkFile(t *testing.T, path string, e expectation) {
	want, ok := e.Files[filepath.Base(path)]
	if !ok {
		t.Fatal("file is not in expected.json")
	}
	f, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var groups []int64
	for _, g := range f.RowGroups() {
		groups = append(groups, g.Rows())
	}
	if f.Rows() != want.Rows || fmt.Sprint(groups) != fmt.Sprint(want.RowGroups) {
		t.Errorf("rows %d %v, want %d %v", f.Rows(), groups, want.Rows, want.RowGroups)
	}
	flat, rows, err := flatDigests(f)
	if err != nil {
		t.Fatal(err)
	}
	if rows != want.Rows {
		t.Errorf("read %d rows, want %d", rows, want.Rows)
	}
	for i := range f.schema.leaves {
		l := &f.schema.leaves[i]
		key := leafKey(l)
		d, ok := e.Leaves[key]
		if x, exception := want.Exceptions[key]; exception && x.SHA256 != "" {
			d, ok = x.digest, true
		}
		got, err := leafDigest(f, i)
		if err != nil {
			t.Fatal(err)
		}
		if !ok || got != d {
			t.Errorf("leaf %s (%s): got %v, want %v", l.name, key, got, d)
		}
		if l.rep == 0 && flat[key] != d {
			t.Errorf("column %s: got %v, want %v", l.name, flat[key], d)
		}
	}
}
