package source_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/arrow"
	"github.com/plumbline-audit/plumbline/engine/source/jsonl"
	"github.com/plumbline-audit/plumbline/engine/source/parquet"
)

// One logical table as many writers store it has the same leaves, whatever the
// format: the tests of this file read all of them with one and the same code.
//
// Exceptions: what expected.json lists for a writer (parquet-go was given lists
// without nulls in them), and the map attrs in JSON Lines, which is an object,
// so that its keys are columns.

type digest struct {
	Values int    `json:"values"`
	SHA256 string `json:"sha256"`
}

type expectation struct {
	Leaves map[string]digest `json:"leaves"`
	Lists  map[string]digest `json:"lists"`
	Files  map[string]struct {
		Exceptions map[string]struct {
			digest
			Lists *digest `json:"lists"`
		} `json:"exceptions"`
	} `json:"files"`
}

// exploded counts the items with a rank by it and the decision.
var exploded = map[string]int{"1 yes": 678, "1 no": 660, "2 yes": 453, "2 no": 448, "3 yes": 201, "3 no": 224}

var goodFiles = []string{"parquet/testdata/good/*.parquet", "arrow/testdata/good/*", "jsonl/testdata/*.jsonl.*"}

// table is a file with its leaves.
type table struct {
	leaves []source.Leaf
	units  []source.LeafUnit
}

func openTable(t testing.TB, path string) table {
	t.Helper()
	var f table
	switch {
	case strings.HasSuffix(path, ".parquet"):
		p, err := parquet.Open(path, parquet.Options{})
		check(t, err)
		t.Cleanup(func() { p.Close() })
		f.leaves = p.Leaves()
		for _, g := range p.RowGroups() {
			f.units = append(f.units, g)
		}
	case strings.Contains(path, ".jsonl"):
		j, err := jsonl.Open(path, path, jsonl.Options{})
		check(t, err)
		f.leaves, f.units = j.Leaves(), []source.LeafUnit{j.Unit().(source.LeafUnit)}
	default:
		a, err := arrow.Open(path, arrow.Options{})
		check(t, err)
		t.Cleanup(func() { a.Close() })
		f.leaves = a.Leaves()
		for _, u := range a.Units() {
			f.units = append(f.units, u.(source.LeafUnit))
		}
	}
	return f
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// entries are all entries of a leaf.
type entries struct {
	source.Leaf
	Defs, Reps []uint32
	Values     []string // canonical
}

func (f table) read(t testing.TB, leaf int) entries {
	t.Helper()
	all := entries{Leaf: f.leaves[leaf]}
	for _, u := range f.units {
		r, err := u.OpenLeaf(context.Background(), leaf)
		check(t, err)
		for {
			l, err := r.Next()
			if err == io.EOF {
				break
			}
			check(t, err)
			n := max(len(l.Def), len(l.Rep), l.Count)
			all.Defs = append(all.Defs, filled(l.Def, n)...)
			all.Reps = append(all.Reps, filled(l.Rep, n)...)
			for i := range l.Count {
				all.Values = append(all.Values, canonical(l.Values.Value(i)))
			}
		}
		check(t, r.Close())
	}
	if got := count(all.Defs, uint32(all.Def)); got != len(all.Values) {
		t.Fatalf("%v: %d values are there, %d given", all.Path, got, len(all.Values))
	}
	return all
}

func filled(levels []uint32, n int) []uint32 {
	if levels == nil {
		return make([]uint32, n)
	}
	return levels
}

func count(levels []uint32, level uint32) (n int) {
	for _, l := range levels {
		if l == level {
			n++
		}
	}
	return n
}

func canonical(v source.Value) string {
	switch v.Kind {
	case source.Float:
		return fmt.Sprintf("%016x", math.Float64bits(v.Float))
	case source.String, source.Binary, source.Decimal:
		return v.Str
	}
	return strconv.FormatInt(v.Int, 10)
}

// key is the name of a leaf in expected.json, which leaves out what the groups
// inside a list or map are called.
func key(l source.Leaf) string {
	switch {
	case l.Path[0] == "tags":
		return "tags.element"
	case l.Rep > 0:
		return l.Path[0] + "." + l.Path[len(l.Path)-1]
	}
	return strings.Join(l.Path, ".")
}

func (e entries) digest() digest {
	h := sha256.New()
	for _, s := range e.Values {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	return digest{len(e.Values), hex.EncodeToString(h.Sum(nil))[:16]}
}

// lengths hashes how many elements each row's list has, -1 if it is null.
func (e entries) lengths() string {
	var all []int
	for i, def := range e.Defs {
		if e.Reps[i] > 0 {
			all[len(all)-1]++
			continue
		}
		all = append(all, min(1, max(-1, int(def)-e.Lists[0]+1)))
	}
	h := sha256.New()
	for _, n := range all {
		io.WriteString(h, strconv.Itoa(n)+",")
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// shape spells the lists out: null against empty, and null elements.
func (e entries) shape() string {
	h := sha256.New()
	next := 0
	for i, def := range e.Defs {
		if e.Reps[i] == 0 {
			io.WriteString(h, "\n")
		}
		switch d := int(def); {
		case d == e.Def:
			fmt.Fprintf(h, "%q ", e.Values[next])
			next++
		case d >= e.Lists[0]:
			io.WriteString(h, "null ")
		case d == e.Lists[0]-1:
			io.WriteString(h, "empty")
		default:
			io.WriteString(h, "no list")
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// leafTest checks file by file.
type leafTest struct {
	*testing.T
	want             expectation
	shapes           map[string]string // of the first file that has a leaf
	exploded, leaves int
}

func TestLeaves(t *testing.T) {
	b, err := os.ReadFile("parquet/testdata/expected.json")
	check(t, err)
	test := leafTest{T: t, shapes: map[string]string{}}
	check(t, json.Unmarshal(b, &test.want))
	for _, glob := range goodFiles {
		paths, err := filepath.Glob(glob)
		if err != nil || len(paths) == 0 {
			t.Fatal("no test files", err)
		}
		for _, path := range paths {
			test.file(path)
		}
	}
	if test.exploded < 10 || test.leaves < 75 {
		t.Errorf("exploded the items of %d files, checked %d leaves", test.exploded, test.leaves)
	}
}

func (t *leafTest) file(path string) {
	f := openTable(t, path)
	rank, decision := -1, -1
	for i, l := range f.leaves {
		switch key(l) {
		case "items.rank":
			rank = i
		case "decision":
			decision = i
		}
		top := l.Path[0]
		if strings.Contains("tags items place attrs", top) && (top != "attrs" || l.Rep > 0) {
			t.leaf(path, key(l), f.read(t, i))
		}
	}
	if rank >= 0 && decision >= 0 && !t.lossy(path) {
		t.exploded++
		if diff := cmp.Diff(exploded, explode(f.read(t, rank), f.read(t, decision))); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
}

// lossy says whether the file's writer lost something of a list.
func (t *leafTest) lossy(path string) bool {
	for name, x := range t.want.Files[filepath.Base(path)].Exceptions {
		if x.Lists != nil || strings.Contains(name, ".") {
			return true
		}
	}
	return false
}

func (t *leafTest) leaf(path, name string, got entries) {
	t.leaves++
	exceptions := t.want.Files[filepath.Base(path)].Exceptions
	want := t.want.Leaves[name]
	if x := exceptions[name]; x.SHA256 != "" {
		want = x.digest
	}
	if got.digest() != want {
		t.Errorf("%s: %s: %v, want %v", path, name, got.digest(), want)
	}
	if got.Rep == 0 {
		return
	}
	lists := t.want.Lists[got.Path[0]].SHA256
	if x := exceptions[got.Path[0]].Lists; x != nil {
		lists = x.SHA256
	}
	if s := got.lengths(); s != lists {
		t.Errorf("%s: %s: lengths hash to %s, want %s", path, name, s, lists)
	}
	if t.lossy(path) {
		return
	}
	if t.shapes[name] == "" {
		t.shapes[name] = got.shape()
	}
	if got.shape() != t.shapes[name] {
		t.Errorf("%s: %s differs from that in the files before", path, name)
	}
}

// explode counts the elements of a list by their value and that of a flat leaf
// in their row.
func explode(list, flat entries) map[string]int {
	counts := map[string]int{}
	row, value, own := -1, -1, ""
	next := 0
	for i, def := range list.Defs {
		if list.Reps[i] == 0 {
			row++
			own = ""
			if flat.Defs[row] == uint32(flat.Def) {
				value++
				own = flat.Values[value]
			}
		}
		if def == uint32(list.Def) {
			if own != "" {
				counts[list.Values[next]+" "+own]++
			}
			next++
		}
	}
	return counts
}
