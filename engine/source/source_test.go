package source_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/files"
)

func open(t *testing.T, texts map[string]string) source.Source {
	t.Helper()
	dir := t.TempDir()
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	s, err := files.Open(context.Background(), files.Options{Base: dir, Paths: []string{"."}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestFind(t *testing.T) {
	s := source.Schema{{Name: "a"}, {Name: "b"}, {Name: "a"}, {Name: "a"}}
	tests := []struct {
		name  string
		nth   int
		index int
		twins []int
		ok    bool
	}{
		{"b", 0, 1, []int{}, true},
		{"a", 0, 0, []int{2, 3}, true},
		{"a", 1, 0, nil, true},
		{"a", 3, 3, nil, true},
		{"a", 4, 0, nil, false},
		{"a", -1, 0, nil, false},
		{"c", 0, 0, nil, false},
	}
	for _, test := range tests {
		index, twins, ok := s.Find(test.name, test.nth)
		if index != test.index || ok != test.ok || !cmp.Equal(twins, test.twins) {
			t.Errorf("%s, %d: %d %v %v", test.name, test.nth, index, twins, ok)
		}
	}
	if s.Nth(1) != 1 || s.Nth(3) != 3 {
		t.Errorf("nth: %d and %d", s.Nth(1), s.Nth(3))
	}
}

func TestNearest(t *testing.T) {
	s := source.Schema{{Name: "Decision"}, {Name: "score"}, {Name: "customer_id"}, {Name: ""}}
	for name, want := range map[string]string{
		"decision": "Decision", "decison": "Decision", " SCORE ": "score", "scores": "score",
		"customerid": "customer_id", "outcome": "", "": "", "x": "",
	} {
		if got := s.Nearest(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestTwins(t *testing.T) {
	s := open(t, map[string]string{"a.csv": "y,x,y\n1,\"p\nq\",1\n,,\n2,r,3\n", "b.csv": "y,y,x\n4,4,s\n"})
	_, second, _ := s.Schema().Find("y", 0)
	if source.Twins(s, map[int][]int{1: nil}) != s {
		t.Error("a source without twins is wrapped")
	}
	checked := source.Twins(s, map[int][]int{0: second})
	read := func(u source.Unit, columns ...int) (width int, err error) {
		r, err := u.Open(context.Background(), columns)
		if err != nil {
			return 0, err
		}
		defer r.Close()
		b, err := r.Next()
		if err != nil {
			return 0, err
		}
		return len(b.Columns), nil
	}
	units := checked.Units()
	want := `a.csv, line 5, column y: columns of this name differ: "2" and "3"; choose one of them: {name: y, nth: 1}`
	if _, err := read(units[0], 1, 0); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	for _, columns := range [][]int{{1}, {2, 1}} {
		if n, err := read(units[0], columns...); err != nil || n != len(columns) {
			t.Errorf("columns %v: %d, %v", columns, n, err)
		}
	}
	if n, err := read(units[1], 0); err != nil || n != 1 {
		t.Errorf("equal columns: %d, %v", n, err)
	}
	if err := checked.(interface{ Check([]int) error }).Check([]int{0, 1}); err != nil {
		t.Error(err)
	}
}

func TestSample(t *testing.T) {
	s := open(t, map[string]string{"a.csv": "g,v\nx,1\n,2\ny,3\n", "b.csv": "g,v\nx,4\nz,5\n", "c.csv": "g,v\n"})
	tests := []struct {
		rows, keep int
		want       source.SampleResult
	}{
		{100, 2, source.SampleResult{Rows: 5, Complete: true,
			Values: map[int][]string{0: {"x", "y"}, 1: {"1", "2"}}, Distinct: map[int]int{0: 3, 1: 5}}},
		{5, 9, source.SampleResult{Rows: 5, Complete: true,
			Values: map[int][]string{0: {"x", "y", "z"}, 1: {"1", "2", "3", "4", "5"}}, Distinct: map[int]int{0: 3, 1: 5}}},
		{4, 9, source.SampleResult{Rows: 4, Complete: false,
			Values: map[int][]string{0: {"x", "y"}, 1: {"1", "2", "3", "4"}}, Distinct: map[int]int{0: 2, 1: 4}}},
		{3, 9, source.SampleResult{Rows: 3, Complete: false,
			Values: map[int][]string{0: {"x", "y"}, 1: {"1", "2", "3"}}, Distinct: map[int]int{0: 2, 1: 3}}},
	}
	places := map[int][]string{0: {"a.csv, line 2", "a.csv, line 4", "b.csv, line 3"},
		1: {"a.csv, line 2", "a.csv, line 3", "a.csv, line 4", "b.csv, line 2", "b.csv, line 3"}}
	for _, test := range tests {
		got, err := source.Sample(context.Background(), s, []int{0, 1}, test.rows, test.keep)
		if err != nil {
			t.Fatal(err)
		}
		test.want.Places = map[int][]string{}
		for c, values := range test.want.Values {
			test.want.Places[c] = places[c][:len(values)]
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%d rows: %s", test.rows, diff)
		}
	}
}

func TestReason(t *testing.T) {
	_, err := os.Open(filepath.Join(t.TempDir(), "x"))
	if got := source.Reason(err).Error(); got != "no such file or directory" {
		t.Errorf("got %q", got)
	}
}
