package files

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plumbline-audit/plumbline/engine/source"
)

const siblings = "testdata/siblings/"

func find(t *testing.T, s source.Source, name string) int {
	t.Helper()
	i, _, ok := s.Schema().Find(name, 0)
	if !ok {
		t.Fatalf("no column %s in %v", name, s.Schema())
	}
	return i
}

func TestSiblings(t *testing.T) {
	tests := []struct {
		file   string
		column string
		want   string
		rows   int
	}{
		{"b-column-missing", "group", "b-column-missing.parquet, column group: there is no such column", 0},
		{"b-column-missing", "decision", "", 200},
		{"c-decision-is-int", "decision",
			"c-decision-is-int.parquet, column decision: the type is integer, but string in a-reference.parquet", 0},
		{"c-decision-is-int", "group", "", 200},
		{"d-renamed", "decision", `d-renamed.parquet, column decision: there is no such column; did you mean "Decision"?`, 0},
		{"e-reordered-extra", "decision", "", 200},
		{"e-reordered-extra", "id", "", 200},
		{"f-time-without-zone", "ts", "f-time-without-zone.parquet, column ts: " +
			"the type is timestamp in microseconds without a zone, but timestamp in microseconds in UTC in a-reference.parquet", 0},
		{"g-id-is-int32", "id", "", 100},
	}
	for _, test := range tests {
		s := open(t, Options{Base: siblings, Paths: []string{test.file + ".parquet", "a-reference.parquet"}})
		if diff := cmp.Diff([]string{"id", "ts", "decision", "group"}, names(s.Schema())); diff != "" {
			t.Fatal(diff)
		}
		checked := s.Check([]int{find(t, s, test.column)})
		got, err := counts(s, test.column)
		for _, err := range []error{checked, err} {
			if test.want == "" && err != nil || test.want != "" && (err == nil || err.Error() != test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		}
		n := 0
		for _, k := range got {
			n += k
		}
		if test.want == "" && n != test.rows {
			t.Errorf("%s, column %s: %d rows, want %d", test.file, test.column, n, test.rows)
		}
	}
}

func TestMissingNull(t *testing.T) {
	s := open(t, Options{Base: siblings, MissingNull: true,
		Paths: []string{"b-column-missing.parquet", "e-reordered-extra.parquet"}})
	if diff := cmp.Diff([]string{"id", "ts", "decision", "group", "extra"}, names(s.Schema())); diff != "" {
		t.Fatal(diff)
	}
	got, err := counts(s, "extra")
	if diff := cmp.Diff(map[string]int{"∅": 100, "1.5": 100}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	extra := []int{find(t, s, "extra")}
	if err := s.Check(extra); err != nil {
		t.Error(err)
	}
	if err := s.Require(extra); err == nil || err.Error() != "b-column-missing.parquet, column extra: there is no such column" {
		t.Errorf("got %v", err)
	}
}

func TestCheckReportsAll(t *testing.T) {
	s := open(t, Options{Base: siblings, Paths: []string{"."}})
	err := s.Check([]int{0, 1, 2, 3})
	want := "f-time-without-zone.parquet, column ts: the type is timestamp in microseconds without a zone, " +
		"but timestamp in microseconds in UTC in a-reference.parquet\n" +
		"c-decision-is-int.parquet, column decision: the type is integer, but string in a-reference.parquet\n" +
		"b-column-missing.parquet, column group: there is no such column"
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// Columns of text files are matched by name, duplicated ones by order.
func TestTextSiblings(t *testing.T) {
	dir := folderOf(t, map[string]string{"a.csv": "x,y,y\n1,2,3\n", "b.csv": "y;x;z;y\n4;5;6;7\n", "c.csv": "x,y\n8,9\n", "d.csv": "y,x,y\n"})
	s := open(t, Options{Base: dir, Paths: []string{"a.csv", "b.csv", "d.csv"}})
	got, err := counts(s, "x", "y")
	if diff := cmp.Diff(map[string]int{"1|2": 1, "5|4": 1}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	_, second, _ := s.Schema().Find("y", 0)
	checked := source.Twins(s, map[int][]int{1: second})
	_, err = counts(checked, "y")
	want := `a.csv, line 2, column y: columns of this name differ: "2" and "3"; choose one of them: {name: y, nth: 1}`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	s = open(t, Options{Base: dir, Paths: []string{"a.csv", "c.csv"}})
	if err := s.Check([]int{1}); err != nil {
		t.Error(err)
	}
	if err := s.Check([]int{2}); err == nil || err.Error() != `c.csv, column y: there are fewer columns of this name than in the first file` {
		t.Errorf("got %v", err)
	}
}

// Many files and workers take few descriptors: readers share a file, and at
// most a few stay open without one.
func TestPool(t *testing.T) {
	content := map[string]string{}
	for i := range 40 {
		content[fmt.Sprintf("%02d.parquet", i)] = "@siblings/a-reference.parquet"
	}
	s := open(t, Options{Base: folderOf(t, content), Paths: []string{"."}})
	units := make(chan source.Unit)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for u := range units {
				r, err := u.Open(context.Background(), []int{2})
				if err != nil {
					t.Error(err)
					continue
				}
				if _, err := r.Next(); err != nil {
					t.Error(err)
				}
				s.pool.mu.Lock()
				if len(s.pool.used) > 4 || len(s.pool.idle) > maxIdle {
					t.Errorf("%d files in use, %d idle", len(s.pool.used), len(s.pool.idle))
				}
				s.pool.mu.Unlock()
				if err := r.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for _, u := range s.Units() {
		units <- u
	}
	close(units)
	group.Wait()
	if len(s.pool.used) != 0 {
		t.Errorf("%d files still in use", len(s.pool.used))
	}
}
