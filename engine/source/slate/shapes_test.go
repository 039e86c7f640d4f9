package slate

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/files"
)

// item is an element of a list of the tests.
type item struct {
	Name  string `json:"n"`
	Group string `json:"g"`
}

// listsOf gives every list of a log as text, "user: item group rank, …" in the order
// of ranks, sorted; columns are those of user, item, group.
func listsOf(t interface{ Fatal(...any) }, dir, name, text string, o Options, columns ...string) ([]string, Accounts) {
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := files.Open(context.Background(), files.Options{Paths: []string{path}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(log, o)
	if err != nil {
		t.Fatal(err)
	}
	s.atOnce = 5000 // of 30,000 in TestManySlots
	var asked []int
	for _, c := range append(columns, source.ItemRank, source.ItemList) {
		at, _, ok := s.Schema().Find(c, 0)
		if !ok {
			t.Fatal("no column " + c)
		}
		asked = append(asked, at)
	}
	found, users := map[int64][]string{}, map[int64]string{}
	for _, u := range s.Units() {
		r, err := u.Open(context.Background(), asked)
		if err != nil {
			t.Fatal(err)
		}
		for {
			b, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			of := map[int64]bool{}
			for row := range b.Rows {
				text := func(i int) string { return source.Text(b.Columns[i].Type, b.Columns[i].Value(row)) }
				list := b.Columns[4].Int64s()[row]
				if row > 0 && of[list] && b.Columns[4].Int64s()[row-1] != list {
					t.Fatal("a list in two parts")
				}
				of[list] = true
				users[list] = text(0)
				found[list] = append(found[list], fmt.Sprintf("%03s %s %s", text(3), text(1), text(2)))
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var out []string
	for list, slots := range found {
		slices.Sort(slots)
		out = append(out, users[list]+": "+strings.Join(slots, ", "))
	}
	slices.Sort(out)
	return out, s.Accounts()
}

// However lists are written, their slots are those of the same lists as list<struct>.
func TestShapes(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"a", "b b", `q"q`, "é", "7", "-1.5"}
		draw := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) []item {
			var out []item
			for _, n := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 5, func(s string) string { return s }).Draw(t, "items") {
				out = append(out, item{n, rapid.SampledFrom([]string{"x", "y"}).Draw(t, "group")})
			}
			return out
		}), 1, 8).Draw(t, "lists")
		shuffled := rapid.Bool().Draw(t, "shuffled")
		var structs, text, parallel, places, slots []string
		for u, list := range draw {
			written, _ := json.Marshal(append([]item{}, list...))
			structs = append(structs, fmt.Sprintf(`{"u":"u%d","l":%s}`, u, written))
			quoted, _ := json.Marshal(string(written))
			text = append(text, fmt.Sprintf(`{"u":"u%d","l":%s}`, u, quoted))
			var ns, gs []string
			place := map[string]string{"u": fmt.Sprintf("u%d", u), "p1": "-", "p2": "-", "p3": "-", "p4": "-", "p5": "-"}
			for i, x := range list {
				ns, gs = append(ns, x.Name), append(gs, x.Group)
				place[fmt.Sprint("p", i+1)] = x.Name
				slots = append(slots, fmt.Sprintf("u%d,%q,%s,%d", u, strings.ReplaceAll(x.Name, `"`, "'"), x.Group, i))
			}
			line, _ := json.Marshal(map[string]string{"u": fmt.Sprintf("u%d", u), "n": strings.Join(ns, "|"), "g": strings.Join(gs, " | ")})
			parallel = append(parallel, string(line))
			line, _ = json.Marshal(place)
			places = append(places, string(line))
		}
		if shuffled {
			slots = rapid.Permutation(slots).Draw(t, "order")
		}
		all := 0
		for _, list := range draw {
			all += len(list)
		}
		if all == 0 {
			return // lists that hold nothing show no fields
		}
		o := Options{Items: "l", Item: "n", First: 1}
		want, accounts := listsOf(t, dir, "structs.jsonl", strings.Join(structs, "\n"), o, "u", "item.n", "item.g")
		check := func(shape string, got []string, a, like Accounts, want []string) {
			if !slices.Equal(got, want) || a != like {
				t.Fatalf("%s: %q, %+v; want %q, %+v", shape, got, a, want, like)
			}
		}
		o.JSON = true
		got, a := listsOf(t, dir, "text.jsonl", strings.Join(text, "\n"), o, "u", "item.n", "item.g")
		check("JSON", got, a, accounts, want)
		got, a = listsOf(t, dir, "parallel.jsonl", strings.Join(parallel, "\n"),
			Options{Items: "n", Parallel: []string{"g"}, Separator: "|", Item: "n", First: 1}, "u", "item.n", "item.g")
		check("text and parallel text", got, a, accounts, want)
		keyed := accounts
		keyed.Lists, keyed.Empty = accounts.Lists-accounts.Empty, 0 // an empty list has no row
		spelled := slices.Clone(want)
		for i := range spelled {
			spelled[i] = strings.ReplaceAll(spelled[i], `"`, "'")
		}
		got, a = listsOf(t, dir, "slots.csv", "u,n,g,r\n"+strings.Join(slots, "\n")+"\n", Options{Key: "u", Item: "n", Rank: "r"}, "u", "n", "g")
		check("slots", got, a, keyed, spelled)
		for i := range spelled { // a place per column has no groups
			spelled[i] = strings.NewReplacer(" x", "", " y", "").Replace(want[i])
		}
		got, a = listsOf(t, dir, "places.jsonl", strings.Join(places, "\n"),
			Options{Places: []string{"p1", "p2", "p3", "p4", "p5"}, Pads: []string{"-"}, Item: "item", First: 1}, "u", "item.item", "u")
		for i := range got {
			got[i] = strings.NewReplacer(" u0", "", " u1", "", " u2", "", " u3", "", " u4", "", " u5", "", " u6", "", " u7", "").Replace(got[i])
		}
		padded := accounts
		padded.Pads = int64(5*len(draw) - all)
		check("places", got, a, padded, spelled)
	})
}

// Rows of lists in no order, for which the file is read several times, and lists whose
// rows follow each other, are the same lists.
func TestManySlots(t *testing.T) {
	const lists, long = 3000, 10
	var together, apart strings.Builder
	head := "u,n,g,r\n"
	together.WriteString(head)
	apart.WriteString(head)
	for u := range lists {
		for k := range long {
			fmt.Fprintf(&together, "%d,i%d,g%d,%d\n", u*7919%lists, (u+k)%100, k%3, k+1)
		}
	}
	for k := range long {
		for u := range lists {
			fmt.Fprintf(&apart, "%d,i%d,g%d,%d\n", u*7919%lists, (u+k)%100, k%3, k+1)
		}
	}
	dir := t.TempDir()
	o := Options{Key: "u", Item: "n", Rank: "r", First: 1}
	want, a := listsOf(t, dir, "together.csv", together.String(), o, "u", "n", "g")
	got, b := listsOf(t, dir, "apart.csv", apart.String(), o, "u", "n", "g")
	if len(want) != lists || a != b || a != (Accounts{Lists: lists}) || !slices.Equal(got, want) {
		t.Errorf("%d lists, %+v and %+v", len(want), a, b)
	}
}

// What is odd about slots is counted, or refused with its place.
func TestOddSlots(t *testing.T) {
	read := func(text string, o Options) (string, Accounts, error) {
		path := filepath.Join(t.TempDir(), "log.csv")
		if err := os.WriteFile(path, []byte("k,n,r\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
		return slots(t, path, o)
	}
	o := Options{Key: "k", Item: "n", Rank: "r", First: 1}
	first := o
	first.KeepFirst = true
	for _, c := range []struct {
		name, text string
		options    Options
		want       string
		accounts   Accounts
	}{
		{"what has no rank is offered", "1,a,1\n1,b,\n2,c,\n", o, "1 a 1 1 | 1 b   | 2 c  ", Accounts{Lists: 2, Short: 1, Empty: 1}},
		{"a rank beyond the list", "1,a,1\n1,b,7\n", o, "1 a 1 1 | 1 b 7 7", Accounts{Lists: 1, Beyond: 1}},
		{"no key", "1,a,1\n,b,1\n,c,1\n2,d,1\n", o, "1 a 1 1 |  b 1  |  c 1  | 2 d 1 1", Accounts{Lists: 2, Keyless: 2}},
		{"a list around a row without a key", "1,a,1\n,b,1\n1,c,2\n", o, "1 a 1 1 | 1 c 2 2 |  b 1 ", Accounts{Lists: 1, Keyless: 1}},
		{"the first of equal items counts", "1,a,2\n1,a,1\n1,b,3\n", first, "1 a 1 1 | 1 b 3 3", Accounts{Lists: 1, Duplicates: 1}},
	} {
		got, accounts, err := read(c.text, c.options)
		if err != nil || got != c.want || accounts != c.accounts {
			t.Errorf("%s: %q, %+v, %v; want %q, %+v", c.name, got, accounts, err, c.want, c.accounts)
		}
	}
	for _, c := range []struct {
		text    string
		options Options
		want    string
	}{
		{"1,a,1\n1,b,1\n", o, "log.csv, line 3, column r: two slots of a list have rank 1"},
		{"1,a,1\n2,c,1\n1,b,1\n", o, "log.csv, line 4, column r: two slots of a list have rank 1"},
		{"1,a,0\n", o, "line 2, column r: rank 0, but ranks begin at 1; if they begin at 0, say slate.first_rank: 0"},
		{"1,a,-2\n", o, "line 2, column r: rank -2 is below the first, 1"},
		{"1,a,x\n", o, `line 2, column r: rank "x" is not a number`},
		{"1,a,1\n1,a,2\n", o, `line 3, column n: item "a" is in its list twice; to count the first`},
		{strings.Repeat("1,a,\n", MaxLength+1), Options{Key: "k", Rank: "r"}, "line 2, column k: a list of more than 65536 rows begins here"},
		{"1,a,1\n", Options{Key: "slate", Rank: "r"}, `the log has no column "slate"`},
	} {
		if _, _, err := read(c.text, c.options); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.40q: %v; want %q", c.text, err, c.want)
		}
	}
}

// A file that would have to be read too often is refused with the number.
func TestTooManyScatteredSlots(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.csv")
	if err := os.WriteFile(path, []byte("k,r\n"+strings.Repeat("1,\n2,\n", 160)), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := files.Open(context.Background(), files.Options{Paths: []string{path}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(log, Options{Key: "k", Rank: "r", First: 1})
	if err != nil {
		t.Fatal(err)
	}
	s.atOnce = 4
	const want = "of 320 rows that is too many to gather; at most 256 are; sort the file by k"
	if _, err = s.Units()[0].Open(context.Background(), nil); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v; want %q", err, want)
	}
}

// Text that is not a list as it was declared is refused with its place.
func TestBadText(t *testing.T) {
	for _, c := range []struct {
		lines   string
		options Options
		want    string
	}{
		{`{"l":"a|b"}`, Options{Items: "l", First: 1}, `column "l" is text; say slate.separator`},
		{`{"l":"['a']"}`, Options{Items: "l", JSON: true, First: 1}, `line 1, column l: "['a']" is no list in JSON; it is written ["a", "b"]`},
		{`{"l":"[1]"}` + "\n" + `{"l":"{}"}`, Options{Items: "l", JSON: true, First: 1}, `line 2, column l: "{}" is no list in JSON`},
		{`{"l":"[[1]]"}`, Options{Items: "l", JSON: true, First: 1}, "line 1, column l: a list or an object in a list"},
		{`{"l":"[{\"n\":1},2]"}`, Options{Items: "l", JSON: true, First: 1}, "line 1, column l: a value in a list of objects"},
		{`{"l":"a|b","m":"c"}`, Options{Items: "l", Parallel: []string{"m"}, Separator: "|", Item: "m", First: 1}, "parallel lists of 1 and of 2 entries"},
		{`{"p":"a","q":"b"}`, Options{Places: []string{"p", "r"}, First: 1}, `the log has no column "r"`},
		{`{"l":[{"n":"a","m":"b"}]}`, Options{Items: "l", Pads: []string{"0"}, First: 1}, "slate.item has to name the field"},
	} {
		if _, _, err := read(t, c.lines, c.options); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60s: %v; want %q", c.lines, err, c.want)
		}
	}
}

// JSON in lists is read as encoding/json reads it, and nothing makes it panic.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`[]`, `[1,2.50,-0,"a\"b",null,true]`, `[{"a":1,"b":{"c":[1,"]"]}},{"a":"x\u00e9"}]`, `null`, ``, ` [ 1 , 2 ] `, `[{"a":[1]}]`, `["a",{"b":1}]`, `[1`, `['a']`, "\v[0]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		keys, _, err := keysOf([]byte(text))
		var want []any
		valid := json.Unmarshal([]byte(text), &want) == nil
		if (err == nil) != (valid || strings.Trim(text, " \t\r\n") == "") {
			t.Fatalf("%q: %v, though it is valid: %v", text, err, valid)
		}
		e := &entries{strs: source.Strings{Offsets: []uint32{0}}}
		split, fields := jsonText{values: len(keys) == 0}, []string{"l"}
		if len(keys) > 0 {
			fields = keys[:1]
		}
		e.begin()
		if err := split.split([]byte(text), fields, []*entries{e}); err != nil {
			return
		}
		e.end()
		if n := max(len(want), 1); len(e.def) != n {
			t.Errorf("%q: %d entries of %d", text, len(e.def), n)
		}
	})
}
