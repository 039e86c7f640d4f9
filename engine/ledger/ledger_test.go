package ledger

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/scan"
)

var ctx = context.Background()

// address names the variable with the address of a PostgreSQL database that tests
// may write to.
const address = "PLUMBLINE_TEST_POSTGRES"

// onEach runs a test on a new ledger of every kind. where can be opened again.
func onEach(t *testing.T, test func(t *testing.T, where string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "ledger.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, postgresSchema(t)) })
}

// postgresSchema is the address of a schema that nothing else uses.
func postgresSchema(t *testing.T) string {
	where := os.Getenv(address)
	if where == "" {
		t.Skipf("no PostgreSQL: %s is not set; .ci/run starts a server", address)
	}
	l, err := connect(ctx, where, Options{})
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test_%d", rand.Uint64())
	if _, err := l.db.Exec("create schema " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, err := l.db.Exec("drop schema " + name + " cascade")
		if err != nil {
			t.Error(err)
		}
		l.Close()
	})
	separator := "?"
	if strings.Contains(where, "?") {
		separator = "&"
	}
	return where + separator + "search_path=" + name
}

func open(t *testing.T, where string) *Ledger {
	t.Helper()
	l, err := Open(ctx, where, Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func record(t *testing.T, l *Ledger, r Run) Recorded {
	t.Helper()
	out, err := l.Record(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func f(x float64) *float64 { return &x }
func n(x int64) *int64     { return &x }

// january is a run over one month.
func january() Run {
	return Run{
		Audit: "bank", Period: "all", Spec: "s1", Method: "m1", Engine: "plumbline 1", Verdict: "pass", RowsRead: 10, RowsAudited: 9,
		Inputs: []audit.Input{{Path: "jan.parquet", Role: "log", Bytes: 100, SHA256: "j1", Hash: "footer", Rows: 10}},
		Parts:  []Part{{File: "jan.parquet", Bytes: 100, Key: "k1", Extent: scan.Extent{Low: 1, High: 2, Some: true, Rows: 10}, Data: []byte("found in january")}},
		Values: []Value{
			{Kind: KindMeasurement, Scope: "all", Key: "rate", Definition: "1", Window: "2026-01", Value: f(0.5), Low: f(0.25), High: f(0.75), Numerator: f(5), Denominator: f(10), N: n(10)},
			{Kind: KindMeasurement, Scope: "all", Key: "tpr", Definition: "1", Window: "2026-01", Value: nil, N: n(0), Label: true, Provisional: true},
		},
		At: time.Date(2026, 2, 1, 6, 0, 0, 0, time.UTC),
	}
}

// shown is a number as text.
func shown[T any](x *T) string {
	if x == nil {
		return "-"
	}
	return fmt.Sprint(*x)
}

func describe(revisions []Revision) (out []string) {
	for _, r := range revisions {
		out = append(out, fmt.Sprintf("%s %d %s %v", r.Window, r.Number, r.Reason, r.Provisional))
	}
	return out
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// A number keeps every value that it ever had, with the reason; what does not change
// is written once.
func TestHistory(t *testing.T) {
	onEach(t, func(t *testing.T, where string) {
		l := open(t, where)
		jan := january()
		first := record(t, l, jan)
		equal(t, "first", describe(first.Revisions), []string{"2026-01 1 first true"})
		jan.At = jan.At.AddDate(-1, 0, 0) // a clock that goes backwards decides nothing
		if again := record(t, l, jan); again.Run != 0 || len(again.Revisions) > 0 {
			t.Errorf("the same run again: %+v", again)
		}

		feb := january()
		feb.Inputs = append(feb.Inputs, audit.Input{Path: "feb.parquet", Role: "log", Bytes: 90, SHA256: "f1", Hash: "footer", Rows: 9})
		feb.Parts[0].Data = nil
		feb.Parts = append(feb.Parts, Part{File: "feb.parquet", Bytes: 90, Key: "k2", Data: []byte("found in february")})
		feb.Values = append(feb.Values, Value{Kind: KindMeasurement, Scope: "all", Key: "rate", Definition: "1", Window: "2026-02", Value: f(1. / 3), N: n(9)})
		out := record(t, l, feb)
		equal(t, "a month later", describe(out.Revisions), []string{"2026-02 1 first false"})
		equal(t, "changed", out.Changed, nil)

		labels := feb
		labels.AsOf = "2026-04-01"
		labels.Values = slices.Clone(feb.Values)
		labels.Values[1].Value, labels.Values[1].N, labels.Values[1].Provisional = f(0.9), n(4), false
		equal(t, "labels", describe(record(t, l, labels).Revisions), []string{"2026-01 2 labels false"})

		mended := labels
		mended.Inputs = slices.Clone(labels.Inputs)
		mended.Inputs[0].SHA256 = "j2"
		mended.Values = slices.Clone(labels.Values)
		mended.Values[0].Value = f(0.4)
		out = record(t, l, mended)
		equal(t, "inputs", describe(out.Revisions), []string{"2026-01 3 inputs false"})
		equal(t, "changed", out.Changed, []string{"jan.parquet"})

		other := mended
		other.Spec, other.Method = "s2", "m2"
		other.Values = slices.Clone(mended.Values[:2])
		other.Values[0].Definition = "2"
		equal(t, "method and spec", describe(record(t, l, other).Revisions), []string{"2026-01 4 spec+method false"})

		all, err := l.Versions(ctx, Query{Audit: "bank", Window: "2026-01"})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range all {
			got = append(got, fmt.Sprintf("%s/%s run %d: %s of %s, %s, gone %v", v.Key, v.Definition, v.Run, shown(v.Value.Value), shown(v.N), v.Reason, v.Gone))
		}
		equal(t, "versions", got, []string{
			"rate/1 run 1: 0.5 of 10, first, gone false", "rate/1 run 4: 0.4 of 10, inputs, gone false", "rate/1 run 5: - of -, spec+method, gone true",
			"rate/2 run 5: 0.4 of 10, spec+method, gone false",
			"tpr/1 run 1: - of 0, first, gone false", "tpr/1 run 3: 0.9 of 4, labels, gone false",
		})
		if now, then := AsKnownNow(all), AsFirstReported(all); len(now) != 2 || *now[0].Value.Value != 0.4 || len(then) != 3 || *then[0].Value.Value != 0.5 {
			t.Errorf("now %+v\nfirst %+v", now, then)
		}
		faults, err := l.Verify(ctx)
		if err != nil || len(faults) > 0 {
			t.Errorf("%v, %v", faults, err)
		}
		runs, err := l.Runs(ctx, "bank")
		if err != nil || len(runs) != 5 || runs[1].Files != 2 || runs[0].WrittenAt != "2026-02-01T06:00:00Z" {
			t.Errorf("%+v, %v", runs, err)
		}
	})
}

// What was found in a file is given back byte for byte, to the same audit, while it
// is what was stored.
func TestParts(t *testing.T) {
	onEach(t, func(t *testing.T, where string) {
		l := open(t, where)
		record(t, l, january())
		read := func(p *Parts) string {
			kept, err := p.Find("k1")
			if err != nil || len(kept) != 1 || kept[0].Extent.High != 2 {
				t.Fatalf("%+v, %v", kept, err)
			}
			data, err := kept[0].Data()
			if err != nil {
				t.Fatal(err)
			}
			return string(data)
		}
		p := l.Parts(ctx, "bank")
		if got := read(p); got != "found in january" {
			t.Errorf("%q", got)
		}
		if seen, err := p.Seen("jan.parquet", 100); !seen || err != nil {
			t.Error(seen, err)
		}
		if seen, err := p.Seen("jan.parquet", 101); seen || err != nil {
			t.Error(seen, err)
		}
		if kept, err := l.Parts(ctx, "another").Find("k1"); len(kept) > 0 || err != nil {
			t.Error("another audit has them", err)
		}
		if _, err := l.db.Exec("update content set data = " + map[bool]string{true: "'\\x00'", false: "x'00'"}[IsAddress(where)]); err != nil {
			t.Fatal(err)
		}
		if got := read(p); got != "" || len(p.Damaged) != 1 {
			t.Errorf("damaged %q, %v", got, p.Damaged)
		}
		faults, err := l.Verify(ctx)
		if err != nil || len(faults) != 1 || !strings.Contains(faults[0], "jan.parquet") {
			t.Errorf("%q, %v", faults, err)
		}
		record(t, l, january()) // read again, and found to be the same
		if got := read(p); got != "found in january" {
			t.Errorf("mended %q", got)
		}
		for _, change := range []string{"update value set numerator = 6 where numerator = 5", "delete from content"} {
			if _, err := l.db.Exec(change); err != nil {
				t.Fatal(err)
			}
		}
		faults, err = l.Verify(ctx)
		if err != nil || len(faults) != 2 || !strings.Contains(faults[1], "window 2026-01") || !strings.Contains(faults[0], "jan.parquet") {
			if err != nil || len(faults) != 2 {
				t.Errorf("%q, %v", faults, err)
			}
		}
	})
}

func TestPrune(t *testing.T) {
	onEach(t, func(t *testing.T, where string) {
		l := open(t, where)
		record(t, l, january())
		later := january()
		later.Verdict, later.Parts = "fail", []Part{{File: "jan.parquet", Bytes: 101, Key: "k9", Data: []byte("found later")}}
		record(t, l, later)
		parts, bytes, err := l.Prune(ctx, 1)
		if err != nil || parts != 1 || bytes == 0 {
			t.Error(parts, bytes, err)
		}
		if kept, _ := l.Parts(ctx, "bank").Find("k9"); len(kept) != 1 {
			t.Error("the last run's parts are gone")
		}
		if all, _ := l.Versions(ctx, Query{Audit: "bank"}); len(all) != 2 {
			t.Errorf("numbers are gone: %v", all)
		}
		if faults, err := l.Verify(ctx); err != nil || len(faults) > 0 {
			t.Error(faults, err)
		}
	})
}

// An older ledger is brought to the present form, whatever form it has; a later one
// is refused.
func TestForms(t *testing.T) {
	onEach(t, func(t *testing.T, where string) {
		steps := append(migrations(), "create table later (id bigint);\n", "alter table later add column name text;\n")
		for from := range len(steps) + 1 {
			l, err := connect(ctx, where, Options{Create: true})
			if err != nil {
				t.Fatal(err)
			}
			if err := l.migrate(ctx, steps[:from]); err != nil {
				t.Fatal(from, err)
			}
			if err := l.migrate(ctx, steps[:from]); err != nil {
				t.Fatal(from, err)
			}
			if from == len(migrations()) {
				record(t, l, january())
			}
			l.Close()
		}
		if _, err := Open(ctx, where, Options{}); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("it has form %d, and this program knows forms up to %d", len(steps), len(migrations()))) {
			t.Error(err)
		}
		l, err := connect(ctx, where, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if runs, err := l.Runs(ctx, ""); err != nil || len(runs) != 1 {
			t.Error(runs, err)
		}
	})
}

// A ledger of each earlier form, with a run in it, is brought to the present one by
// whoever opens it, and takes runs, evidence and alarms then.
func TestOlderForms(t *testing.T) {
	onEach(t, func(t *testing.T, where string) {
		for from := 1; from < len(migrations()); from++ {
			if from > 1 {
				where = map[bool]func() string{true: func() string { return postgresSchema(t) }, false: func() string { return filepath.Join(t.TempDir(), "ledger.db") }}[IsAddress(where)]()
			}
			l, err := connect(ctx, where, Options{Create: true})
			if err != nil {
				t.Fatal(err)
			}
			if err := l.migrate(ctx, migrations()[:from]); err != nil {
				t.Fatal(from, err)
			}
			if _, err := l.db.Exec("insert into run values (1, 'bank', 'all', '', 's1', 'm1', 'r1', 'plumbline 1', 'pass', 1, 1, 'first', '2026-01-01T00:00:00Z')"); err != nil {
				t.Fatal(err)
			}
			l.Close()
			l = open(t, where)
			feb := january()
			feb.Standings = []Standing{broken("parity")}
			if out := record(t, l, feb); out.Run != 2 || len(out.Alarms) != 1 {
				t.Errorf("form %d: %+v", from, out)
			}
			if proofs, err := l.Proofs(ctx, "bank"); err != nil || len(proofs) != 1 {
				t.Errorf("form %d: %v, %v", from, proofs, err)
			}
		}
	})
}

// Of two runs at once one waits; one that waits too long says so, and writes nothing.
func TestTwoAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, where string) {
		a := open(t, where)
		b, err := Open(ctx, where, Options{Wait: 50 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		err = a.write(ctx, func(*tx) error {
			_, err := b.Record(ctx, january())
			if err == nil || !strings.Contains(err.Error(), "another run is writing to it") {
				t.Errorf("while another writes: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		for i := range 4 {
			go func() {
				l, err := Open(ctx, where, Options{})
				if err == nil {
					r := january()
					r.Values[0].Value = f(float64(i))
					_, err = l.Record(ctx, r)
					l.Close()
				}
				done <- err
			}()
		}
		for range 4 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		runs, err := a.Runs(ctx, "bank")
		if err != nil || len(runs) != 4 {
			t.Errorf("%d runs, %v", len(runs), err)
		}
		if faults, err := a.Verify(ctx); err != nil || len(faults) > 0 {
			t.Error(faults, err)
		}
	})
}

func TestFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new folder", "ledger %3f?.db")
	if _, err := Open(ctx, path, Options{}); err == nil || !strings.Contains(err.Error(), "there is no ledger") {
		t.Error(err)
	}
	l := open(t, path)
	record(t, l, january())
	for _, name := range []string{path, path + "-wal"} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
	}
	l.Close()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"text": "this is no database, but long enough to be taken for one by its size alone .........................................................", "torn": string(data[:3000])} {
		other := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(other, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(ctx, other, Options{}); err == nil || !strings.Contains(err.Error(), "restore the file from a backup") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(ctx, "postgres://me:secret@localhost/x", Options{}); err == nil || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
}

// A full disk: the run is not written, not even in part, and is when there is room.
func TestDiskFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := open(t, path)
	record(t, l, january())
	pages := func(n int) {
		if _, err := l.db.Exec(fmt.Sprintf("pragma max_page_count = %d", n)); err != nil {
			t.Fatal(err)
		}
	}
	pages(1) // no more than there are
	big := january()
	noise := make([]byte, 1<<16)
	source := rand.NewChaCha8([32]byte{})
	_, _ = source.Read(noise) // it never fails
	big.Verdict, big.Parts = "fail", []Part{{File: "big.parquet", Key: "big", Data: noise}}
	if _, err := l.Record(ctx, big); err == nil || !strings.Contains(err.Error(), "make room on the disk") {
		t.Errorf("%v", err)
	}
	if runs, err := l.Runs(ctx, ""); err != nil || len(runs) != 1 {
		t.Errorf("%d runs, %v", len(runs), err)
	}
	pages(1 << 20)
	if out := record(t, l, big); out.Run != 2 {
		t.Errorf("%+v", out)
	}
	if faults, err := l.Verify(ctx); err != nil || len(faults) > 0 {
		t.Error(faults, err)
	}
}

// A page of the file that is overwritten is found.
func TestDamagedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	l, err := Open(ctx, path, Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	record(t, l, january())
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	for at := page; at+page <= len(whole); at += page {
		data := slices.Clone(whole)
		for i := range page {
			data[at+i] ^= 0x5a
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := Open(ctx, path, Options{})
		if err != nil {
			continue // it is noticed at once
		}
		if faults, err := l.Verify(ctx); err == nil && len(faults) == 0 {
			t.Errorf("page %d is overwritten, and nothing is said", at/page+1)
		}
		l.Close()
	}
}
