package conversation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/files"
)

// open makes a source of the texts of CSV files.
func open(t testing.TB, o Options, texts ...string) (*Source, error) {
	t.Helper()
	dir, err := os.MkdirTemp("", "turns")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	for i, text := range texts {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.csv", i)), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	log, err := files.Open(context.Background(), files.Options{Base: dir, Paths: []string{"."}})
	if err != nil {
		t.Fatal(err)
	}
	return Open(context.Background(), log, o)
}

// read gives every conversation as text, nulls as "∅".
func read(s *Source) (all []string, err error) {
	columns := make([]int, len(s.Schema()))
	for i := range columns {
		columns[i] = i
	}
	for _, u := range s.Units() {
		r, err := u.Open(context.Background(), columns)
		if err != nil {
			return nil, err
		}
		for {
			b, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				return nil, err
			}
			for i := range b.Rows {
				var row []string
				for k := range b.Columns {
					v := b.Columns[k].Value(i)
					text := "∅"
					if v.Kind != source.Null {
						text = source.Text(b.Columns[k].Type, v)
					}
					row = append(row, text)
				}
				all = append(all, strings.Join(row, " "))
			}
		}
	}
	return all, nil
}

// seconds reads a column of whole seconds.
func seconds() (Instants, error) {
	return func(out []int64, v *source.Vector) (int, error) {
		for i := range out {
			var at int64
			if _, err := fmt.Sscan(v.Value(i).Str, &at); err != nil {
				out[i] = NoTime
				continue
			}
			out[i] = at * 1e6
		}
		return 0, nil
	}, nil
}

const turnsText = `id,t,who,language,status,tokens
c1,100,user,en,,5
c2,50,user,de,,
c1,103,bot,,open,2.25
c1,101,bot,fr,solved,7
,9,bot,en,,1
c2,60,user,de,,0.5
c3,,bot,en,open,
`

// The values are worked out by hand.
func TestRules(t *testing.T) {
	o := Options{ID: "id", Order: "t", Instants: seconds, First: []string{"language"}, Last: []string{"who"}, Watched: []string{"language"}, Roles: []string{"t", "absent"},
		Rolls: []Roll{{"bot", "any(who == 'bot')"}, {"only", "all(who == 'bot')"}, {"n", "count()"}, {"asked", "count(who == 'user')"},
			{"solved", "last(status == 'solved')"}, {"sum", "sum(tokens)"}, {"least", "min(tokens)"}, {"most", " max( tokens * 2.0 ) "},
			{"reply", "seconds(who == 'bot')"}, {"took", "seconds()"}}}
	s, err := open(t, o, turnsText)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time from memory
		got, err := read(s)
		if err != nil {
			t.Fatal(err)
		}
		// bot only n asked solved sum least most reply took language who t
		want := []string{
			"true false 3 1 false 14.25 2.25 14 1 3 en bot 100", // the turn at 103 says open
			"false false 2 2 ∅ 0.5 0.5 1 ∅ 10 de user 50",
			"true true 1 0 false ∅ ∅ ∅ ∅ ∅ en bot ∅",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	want := Accounts{Turns: 7, Conversations: 3, NoID: 1, Timeless: 1, Differ: map[string]int64{"language": 1}}
	got := s.Accounts()
	got.Readings = 0
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRefuses(t *testing.T) {
	tests := []struct{ rule, want string }{
		{"any who", "roll.x 0: rule \"any who\" says not how turns make a conversation"},
		{"some(who == 'bot')", `roll.x 0: unknown rule "some"`},
		{"any(tokens + 1)", "roll.x 4: any takes a condition, not a number"},
		{"sum(who == 'bot')", "roll.x 4: sum takes a number, not a condition"},
		{"  any(whom == 'bot')", "roll.x 6: the log has no column whom"},
		{"seconds()", "roll.x 0: seconds needs the time of a turn"},
		{"count(who == )", "roll.x 13: "},
	}
	for _, test := range tests {
		_, err := open(t, Options{ID: "id", Rolls: []Roll{{"x", test.rule}}}, turnsText)
		var fault *RuleError
		if !errors.As(err, &fault) {
			t.Errorf("%s: %v", test.rule, err)
			continue
		}
		if got := fmt.Sprintf("%s %d: %s", fault.Key, fault.Offset, fault.Message); !strings.HasPrefix(got, test.want) {
			t.Errorf("%s:\ngot  %s\nwant %s", test.rule, got, test.want)
		}
	}
	for _, test := range []struct {
		o    Options
		want string
	}{
		{Options{ID: "id", First: []string{"language"}, Watched: []string{"language"}, Refuse: true},
			`0.csv, line 5, column language: the turns of conversation "c1" disagree about language: "fr" here, and "en" before`},
		{Options{ID: "id", Last: []string{"language"}, Watched: []string{"language"}, Refuse: true},
			`0.csv, line 5, column language: the turns of conversation "c1" disagree about language: "fr" here, and "en" before`},
		{Options{ID: "id", Rolls: []Roll{{"language", "last(language)"}}, Watched: []string{"language"}, Refuse: true},
			`0.csv, line 5, column language: the turns of conversation "c1" disagree about language: "fr" here, and "en" before`},
		{Options{ID: "id", Order: "who", First: []string{"language"}}, `0.csv, line 2, column who: "user" is not a number, and so does not order turns; a time orders them where it is columns.time`},
		{Options{ID: "id", Rolls: []Roll{{"x", "sum(who + 0)"}}}, `0.csv, line 2, column x: column who: "user" is not a number`},
	} {
		s, err := open(t, test.o, turnsText)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := read(s); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("got  %v\nwant %s", err, test.want)
		}
	}
}

// A rule hides neither the id nor a column that the audit groups by, and seconds says
// which column stands in its way.
func TestNames(t *testing.T) {
	for _, test := range []struct {
		o    Options
		want string
	}{
		{Options{Rolls: []Roll{{"id", "any(who == 'bot')"}}}, `column "id" tells conversations apart, and a rule has its name; give what the rule makes another name`},
		{Options{Rolls: []Roll{{"language", "any(who == 'bot')"}}, Watched: []string{"language"}},
			`the log has a column "language" that the audit groups or joins by, and a rule has its name; give what the rule makes another name`},
		{Options{Rolls: []Roll{{"language", "first(who)"}}, Watched: []string{"language"}}, `the log has a column "language" that the audit groups or joins by, and a rule has its name; give what the rule makes another name`},
		{Options{Order: "who", Rolls: []Roll{{"took", "seconds()"}}},
			`seconds needs turns ordered by their time, and order names column "who", which is not read as one; leave order out, and name the column of the time as columns.time`},
	} {
		test.o.ID = "id"
		if _, err := open(t, test.o, turnsText); err == nil || err.Error() != test.want {
			t.Errorf("got  %v\nwant %s", err, test.want)
		}
	}
}

// The last value counts whichever way it is asked for, and who changes is counted: of
// the turns above c1 is en, then fr, and at 103 says nothing.
func TestLastIsWatched(t *testing.T) {
	for _, o := range []Options{{Last: []string{"language"}}, {Rolls: []Roll{{"language", " last( language ) "}}}} {
		o.ID, o.Order, o.Instants, o.Watched = "id", "t", seconds, []string{"language"}
		s, err := open(t, o, turnsText)
		if err != nil {
			t.Fatal(err)
		}
		got, err := read(s)
		if diff := cmp.Diff([]string{"fr", "de", "en"}, got); diff != "" || err != nil {
			t.Error(diff, err)
		}
		if n := s.Accounts().Differ["language"]; n != 1 || !s.Late("language") {
			t.Errorf("%d conversations differ; late: %t", n, s.Late("language"))
		}
	}
}

// A condition that depends on a missing value is not true, of any and of all; first and
// last pass such turns over. Of x: c1 says yes and nothing, c2 nothing at all.
func TestMissingInRules(t *testing.T) {
	o := Options{ID: "id", Rolls: []Roll{{"any", "any(x == 'yes')"}, {"all", "all(x == 'yes')"}, {"n", "count(x == 'yes')"}, {"first", "first(x == 'yes')"}, {"last", "last(x == 'yes')"}}}
	s, err := open(t, o, "id,x\nc1,yes\nc1,\nc2,\nc2,\n")
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(s)
	if diff := cmp.Diff([]string{"true false 1 true true", "false false 0 ∅ ∅"}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// However the turns are shuffled and cut into files, and however little memory there
// is, the same conversations come out.
func TestShuffled(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 300).Draw(rt, "turns")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		var lines []string
		sums := map[string]float64{}
		for i := range n {
			id, x := fmt.Sprintf("c%d", r.IntN(60)), float64(r.IntN(1000)-500)/7
			sums[id] += x
			lines = append(lines, fmt.Sprintf("%s,%d,w%d,%v", id, i, r.IntN(5), x))
		}
		o := Options{ID: "id", Order: "t", First: []string{"w", "id"}, Last: []string{"x"}, Watched: []string{"w"},
			Rolls: []Roll{{"n", "count()"}, {"sum", "sum(x)"}, {"any", "any(w == 'w1')"}}}
		var first []string
		var accounts Accounts
		for round := range 3 {
			r.Shuffle(len(lines), func(i, k int) { lines[i], lines[k] = lines[k], lines[i] })
			cut := r.IntN(len(lines) + 1)
			head := "id,t,w,x\n"
			texts := []string{head + strings.Join(lines[:cut], "\n") + "\n", head + strings.Join(lines[cut:], "\n") + "\n"}
			if round == 2 {
				o.Memory = 6000 // of the 60 conversations some at a time
			}
			s, err := open(t, o, texts...)
			if err != nil {
				rt.Fatal(err)
			}
			got, err := read(s)
			if err != nil {
				rt.Fatal(err)
			}
			slices.Sort(got)
			a := s.Accounts()
			if round > 0 {
				a.Readings = accounts.Readings
				if diff := cmp.Diff(first, got); diff != "" {
					rt.Fatal(diff)
				}
				if diff := cmp.Diff(accounts, a); diff != "" {
					rt.Fatal(diff)
				}
			}
			if first, accounts = got, a; len(got) != len(sums) {
				rt.Fatalf("%d conversations, not %d", len(got), len(sums))
			}
		}
	})
}

// A log whose conversations do not fit is read several times, and refused where that
// would be too often.
func TestMemory(t *testing.T) {
	var b strings.Builder
	b.WriteString("id,x\n")
	for i := range 200_000 {
		fmt.Fprintf(&b, "conversation%d,%d\n", i%100_000, i)
	}
	o := Options{ID: "id", Rolls: []Roll{{"n", "count()"}}, Memory: 2 << 20}
	s, err := open(t, o, b.String())
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(s)
	if err != nil || len(got) != 100_000 || slices.ContainsFunc(got, func(s string) bool { return s != "2" }) {
		t.Errorf("%d conversations, %v", len(got), err)
	}
	if n := s.Accounts().Readings; n < 4 || n > 16 {
		t.Errorf("read %d times", n)
	}
	o.Memory = 40_000
	if s, err = open(t, o, b.String()); err != nil {
		t.Fatal(err)
	}
	if _, err := read(s); err == nil || !strings.Contains(err.Error(), "allow more with --memory") {
		t.Errorf("got %v", err)
	}
}

// Sums are exact whatever their order: 2^-52 is the unit.
func TestSums(t *testing.T) {
	for _, x := range []float64{0, 1, -1, 0.1, -0.1, 1e15 / 3, -1e15 / 3, 1 << 49, -1 << 49, 1.0 / (1 << 52), -3} {
		high, low := fixed(x)
		if got := float(high, low); got != x && !(x == 0.1 || x == -0.1) {
			t.Errorf("%g became %g", x, got)
		} else if d := got - x; d > 1.0/(1<<52) || d < -1.0/(1<<52) {
			t.Errorf("%g became %g", x, got)
		}
	}
}
