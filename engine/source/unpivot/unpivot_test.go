package unpivot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/files"
)

func open(t testing.TB, text string, wide ...Wide) (*Source, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "log.csv"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	log, err := files.Open(context.Background(), files.Options{Base: dir, Paths: []string{"log.csv"}})
	if err != nil {
		t.Fatal(err)
	}
	return Open(context.Background(), log, wide)
}

func TestUnpivot(t *testing.T) {
	s, err := open(t, "a,id,b,p,q\nyes,1,no,.5,.25\n,2,yes,1,\n", Wide{"new", "b", "q"}, Wide{"old", "a", "p"})
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]int{}
	for i, c := range s.Schema() {
		names[c.Name] = i
	}
	columns := []int{names["id"], names[Version], names[Prediction], names[Score], names[Row], names["a"]}
	u := s.Units()[0]
	r, err := u.Open(context.Background(), columns)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var got []string
	rows := map[string]string{}
	for {
		b, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range b.Rows {
			var parts []string
			for k := range b.Columns {
				parts = append(parts, source.Text(b.Columns[k].Type, b.Columns[k].Value(i)))
			}
			if id := parts[0]; rows[id] != "" && rows[id] != parts[4] {
				t.Errorf("the versions of row %s have rows %s and %s", id, rows[id], parts[4])
			}
			rows[parts[0]] = parts[4]
			parts[4] = source.Place(r, b, i)
			got = append(got, strings.Join(parts, "|"))
		}
	}
	want := []string{"1|new|no|.25|line 2|yes", "2|new|yes||line 3|", "1|old|yes|.5|line 2|yes", "2|old||1|line 3|"}
	if diff := cmp.Diff(want, got); diff != "" || rows["1"] == rows["2"] {
		t.Error(diff, rows)
	}
}

func TestUnpivotRefuses(t *testing.T) {
	for _, c := range []struct {
		wide []Wide
		want string
	}{
		{[]Wide{{"x", "a", ""}, {"y", "z", ""}}, `y: the log has no column "z"`},
		{[]Wide{{"x", "a", "p"}, {"y", "b", ""}}, `y: some versions have a score and others none`},
		{[]Wide{{"x", "prediction", ""}}, `: the log has a column "prediction" already, as the versions of predictions would be called`},
	} {
		_, err := open(t, "a,b,p,prediction\n1,2,3,4\n", c.wide...)
		var fault *LackError
		if !errors.As(err, &fault) || fmt.Sprintf("%s: %s", fault.Version, fault.Message) != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}
