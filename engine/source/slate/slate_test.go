package slate

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/files"
)

// read writes a log as JSON Lines and gives the slots of its lists: the values of
// all columns but the one that tells lists apart, rows by " | ".
func read(t *testing.T, lines string, o Options) (string, Accounts, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log.jsonl")
	if err := os.WriteFile(path, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	return slots(t, path, o)
}

func slots(t *testing.T, path string, o Options) (string, Accounts, error) {
	t.Helper()
	log, err := files.Open(context.Background(), files.Options{Paths: []string{path}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(log, o)
	if err != nil {
		return "", Accounts{}, err
	}
	var columns []int
	for i, c := range s.Schema() {
		if c.Type.Kind != source.Nested && c.Name != source.ItemList {
			columns = append(columns, i)
		}
	}
	var out []string
	for _, u := range s.Units() {
		r, err := u.Open(context.Background(), columns)
		if err != nil {
			return "", Accounts{}, err
		}
		defer r.Close()
		for {
			b, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				return "", Accounts{}, err
			}
			for row := range b.Rows {
				var parts []string
				for i := range b.Columns {
					v := &b.Columns[i]
					parts = append(parts, source.Text(v.Type, v.Value(row)))
				}
				out = append(out, strings.Join(parts, " "))
			}
		}
	}
	return strings.Join(out, " | "), s.Accounts(), nil
}

func TestLists(t *testing.T) {
	for _, c := range []struct {
		name, lines string
		options     Options
		want        string
		accounts    Accounts
	}{
		{"structs in the order of the list", `{"u":"x","l":[{"n":"a"},{"n":"b"}]}` + "\n" + `{"u":"y","l":[]}` + "\n" + `{"u":"z","l":[{"n":"c"}]}`,
			Options{Items: "l", First: 1}, "x a 1 | x b 2 | z c 1", Accounts{Lists: 3, Empty: 1}},
		{"ranks say the order", `{"l":[{"n":"a","rank":2},{"n":"b","rank":1}]}`, Options{Items: "l", Rank: "rank", First: 1}, "a 2 | b 1", Accounts{Lists: 1}},
		{"ranks from 0", `{"l":[{"n":"a","r":0},{"n":"b","r":1}]}`, Options{Items: "l", Rank: "r"}, "a 0 1 | b 1 2", Accounts{Lists: 1}},
		{"a rank beyond the list is a gap", `{"l":[{"n":"a","rank":1},{"n":"b","rank":5}]}`, Options{Items: "l", Rank: "rank", First: 1}, "a 1 | b 5", Accounts{Lists: 1, Beyond: 1}},
		{"values, and pads behind them", `{"l":[7,9,-1,-1]}`, Options{Items: "l", Item: "l", First: 1, Pads: []string{"-1"}}, "7 1 | 9 2", Accounts{Lists: 1, Pads: 2}},
		{"nulls are pads", `{"l":["a",null,"b"]}`, Options{Items: "l", Item: "l", First: 1}, "a 1 | b 3", Accounts{Lists: 1, Pads: 1}},
		{"the first of equal items counts", `{"l":["a","b","a"]}`, Options{Items: "l", Item: "l", First: 1, KeepFirst: true}, "a 1 | b 2", Accounts{Lists: 1, Duplicates: 1}},
		{"the first is the one further up", `{"l":[{"n":"a","rank":3},{"n":"b","rank":2},{"n":"a","rank":1}]}`,
			Options{Items: "l", Item: "n", Rank: "rank", First: 1, KeepFirst: true}, "b 2 | a 1", Accounts{Lists: 1, Duplicates: 1}},
		{"offered and ranked", `{"o":[{"n":"a","g":"x"},{"n":"b","g":"y"},{"n":"c","g":"x"}],"l":[{"n":"c"},{"n":"a"}]}`,
			Options{Items: "l", Item: "n", Offered: "o", First: 1}, "a x 2 | b y  | c x 1", Accounts{Lists: 1, Short: 1}},
		{"offered and nothing ranked", `{"o":[{"n":"a"}],"l":[]}` + "\n" + `{"o":[{"n":"b"}],"l":[{"n":"b"}]}`,
			Options{Items: "l", Item: "n", Offered: "o", First: 1}, "a  | b 1", Accounts{Lists: 2, Empty: 1}},
	} {
		got, accounts, err := read(t, c.lines, c.options)
		if err != nil || got != c.want || accounts != c.accounts {
			t.Errorf("%s: %q, %+v, %v; want %q, %+v", c.name, got, accounts, err, c.want, c.accounts)
		}
	}
}

func TestBadLists(t *testing.T) {
	for _, c := range []struct {
		lines   string
		options Options
		want    string
	}{
		{`{"l":[{"n":"a","r":0}]}`, Options{Items: "l", Rank: "r", First: 1}, "line 1, column l: rank 0, but ranks begin at 1; if they begin at 0, say slate.first_rank: 0"},
		{`{"l":[{"n":"a","r":-3}]}`, Options{Items: "l", Rank: "r", First: 1}, "line 1, column l: rank -3 is below the first, 1"},
		{`{"l":[{"n":"a","r":1},{"n":"b","r":1}]}`, Options{Items: "l", Rank: "r", First: 1}, "line 1, column l: two items have rank 1"},
		{`{"l":[{"n":"a","r":1},{"n":"b"}]}`, Options{Items: "l", Rank: "r", First: 1}, "line 1, column l: an item without a rank"},
		{`{"l":[{"n":"a","r":1.5}]}`, Options{Items: "l", Rank: "r", First: 1}, "rank 1.5 is not a whole number"},
		{`{"l":[{"n":"a","r":"x"}]}`, Options{Items: "l", Rank: "r", First: 1}, `rank "x" is not a number`},
		{`{"l":[{"n":"a","r":70000}]}`, Options{Items: "l", Rank: "r", First: 1}, "rank 70000; at most 65536 are read"},
		{`{"l":["a","a"]}`, Options{Items: "l", Item: "l", First: 1}, `line 1, column l: item "a" is in the list twice; to count the first`},
		{`{"o":["a"],"l":["b"]}`, Options{Items: "l", Item: "l", Offered: "o", First: 1}, `the lists of column "o" have no field "l"`},
		{`{"o":[{"n":"a"}],"l":[{"n":"b"}]}`, Options{Items: "l", Item: "n", Offered: "o", First: 1}, `item "b" is ranked and was not offered`},
		{`{"o":[{"n":"a"},{"n":"a"}],"l":[{"n":"a"}]}`, Options{Items: "l", Item: "n", Offered: "o", First: 1}, `item "a" is offered twice`},
		{`{"l":[1` + strings.Repeat(",1", 1_000_000) + `]}`, Options{Items: "l", First: 1}, "line 1, column l: a list of 1000001 entries; at most 65536 are read"},
		{`{"l":[{"n":"a"}]}`, Options{Items: "m", First: 1}, `column "m" holds no lists; those of the log are l`},
		{`{"l":[{"n":"a"}]}`, Options{Items: "l", Rank: "place", First: 1}, `the lists of column "l" have no field "place"; theirs are n`},
		{`{"item.n":1,"l":[{"n":"a"}]}`, Options{Items: "l", First: 1}, `column "item.n" of the log has the name of a field of its lists`},
	} {
		if _, _, err := read(t, c.lines, c.options); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60s: %v; want %q", c.lines, err, c.want)
		}
	}
}

// A log whose columns beside the lists are not read, or are all alike, comes in one
// batch of any number of rows; lists are told apart all the same.
func TestManyEqualRows(t *testing.T) {
	type row struct {
		Model string   `parquet:"model,dict"`
		Items []string `parquet:"items,list"`
	}
	rows := make([]row, 2*source.MaxBatch+5)
	for i := range rows {
		rows[i] = row{"m", []string{fmt.Sprint("i", i%3)}}
	}
	path := filepath.Join(t.TempDir(), "log.parquet")
	if err := parquet.WriteFile(path, rows); err != nil {
		t.Fatal(err)
	}
	log, err := files.Open(context.Background(), files.Options{Paths: []string{path}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(log, Options{Items: "items", First: 1})
	if err != nil {
		t.Fatal(err)
	}
	list, _, _ := s.Schema().Find(source.ItemList, 0)
	lists, model := map[int64]bool{}, 0
	for _, columns := range [][]int{{list}, {model, list}} {
		clear(lists)
		for _, u := range s.Units() {
			r, err := u.Open(context.Background(), columns)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			for {
				b, err := r.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				for _, id := range b.Columns[len(columns)-1].Int64s()[:b.Rows] {
					lists[id] = true
				}
			}
		}
		if len(lists) != len(rows) {
			t.Errorf("columns %v: %d lists of %d", columns, len(lists), len(rows))
		}
	}
}

// A Parquet file of several row groups gives the slots that the same rows give as
// JSON Lines, and the lists the same numbers.
func TestParquet(t *testing.T) {
	type item struct {
		Name string `parquet:"name"`
		Rank int32  `parquet:"rank"`
	}
	type row struct {
		User  string `parquet:"user"`
		Items []item `parquet:"items,list"`
	}
	var rows []row
	var lines strings.Builder
	for i := range 5000 {
		r := row{User: fmt.Sprint("u", i%7)}
		fmt.Fprintf(&lines, `{"user":%q,"items":[`, r.User)
		for k := range i % 5 {
			x := item{fmt.Sprint("i", (i+k)%11), int32(k + 1)}
			r.Items = append(r.Items, x)
			fmt.Fprintf(&lines, `%s{"name":%q,"rank":%d}`, strings.Repeat(",", min(k, 1)), x.Name, x.Rank)
		}
		lines.WriteString("]}\n")
		rows = append(rows, r)
	}
	path := filepath.Join(t.TempDir(), "log.parquet")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := parquet.NewGenericWriter[row](f, parquet.MaxRowsPerRowGroup(700))
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	o := Options{Items: "items", Item: "name", Rank: "rank", First: 1}
	want, first, err := read(t, lines.String(), o)
	if err != nil {
		t.Fatal(err)
	}
	got, second, err := slots(t, path, o)
	if err != nil {
		t.Fatal(err)
	}
	if got != want || first != second || first != (Accounts{Lists: 5000, Empty: 1000}) {
		t.Errorf("%+v and %+v; %.80s and %.80s", first, second, got, want)
	}
}
