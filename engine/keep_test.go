package engine_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/scan"
)

// shelf keeps parts in memory, as a ledger does.
type shelf struct {
	parts map[string][]scan.Kept
	seen  map[string]bool
}

func newShelf() *shelf { return &shelf{map[string][]scan.Kept{}, map[string]bool{}} }

func (s *shelf) Seen(path string, bytes int64) (bool, error) {
	return s.seen[fmt.Sprint(path, bytes)], nil
}

func (s *shelf) Find(key string) ([]scan.Kept, error) { return s.parts[key], nil }

// run audits with what is on the shelf, and puts there what is found. It says how
// many files were read.
func (s *shelf) run(t *testing.T, a *config.Audit, o engine.Options) (*audit.Result, int) {
	t.Helper()
	o.Kept = s
	job, err := engine.Open(context.Background(), a, detectors.All(), o)
	if err != nil {
		t.Fatal(err)
	}
	r, err := job.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]bool{}
	for _, f := range job.Found() {
		if f.Data == nil {
			continue
		}
		read[f.File] = true
		s.seen[fmt.Sprint(f.File, f.Bytes)] = true
		s.parts[f.Key] = append(s.parts[f.Key], scan.Kept{Class: f.Class, Extent: f.Extent, Data: func() ([]byte, error) { return f.Data, nil }})
	}
	return r, len(read)
}

// An audit of what was kept of files has the result of one that reads them, to the
// byte, in every format and for any period.
func TestKeptFilesGiveTheSameResult(t *testing.T) {
	rows := decisions(500)
	for format, write := range map[string]func(testing.TB, string, []decision){"csv": writeCSV, "parquet": writeParquet} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			month := func(i int, without int) {
				var out []decision
				for _, d := range rows {
					if int(d.At.Month()) == i+1 {
						out = append(out, d)
					}
				}
				write(t, filepath.Join(dir, fmt.Sprintf("log-%d.%s", i, format)), out[without:])
			}
			if err := os.WriteFile(filepath.Join(dir, "people.csv"), []byte("sex,code\nf,1\nx,2\n"), 0o666); err != nil {
				t.Fatal(err)
			}
			for i := range 5 {
				month(i, 0)
			}
			settings := "{log: log-*." + format + ", where: \"age > 19\", joins: [{path: people.csv, on: sex}]}"
			more := "columns:\n  time: at\n  decision: {column: offer, positive: [\"yes\"], negative: [\"no\"]}\n  weight: copies\n  subject: person\n  score: {column: age}\n" +
				"  features: [code]\n  groups: {sex: {column: sex, reference: m}}\nwindows: {every: month, timezone: Europe/Lisbon}\n" +
				"detectors: {parity: {}, drift: {}, robustness: {files: true}, completeness: {}, score_gap: {}}\n"
			a := configure(t, dir, settings, more)
			s := newShelf()
			check := func(what string, o engine.Options, most int) {
				t.Helper()
				want := run(t, a, o)
				for _, most := range []int{most, 0} {
					got, read := s.run(t, a, o)
					if sameBytes(t, what, got, want); read > most {
						t.Errorf("%s: %d files were read, not %d", what, read, most)
					}
				}
			}
			check("new files", engine.Options{}, 5)
			check("one worker", engine.Options{Workers: 1}, 0)
			month(5, 0)
			a = configure(t, dir, settings, more)
			check("one more", engine.Options{}, 1)
			check("a month", engine.Options{Period: "2024-03"}, 2) // a month in Lisbon begins in another month of UTC
			check("two months", engine.Options{Period: "2024-03..2024-04"}, 2)
			check("every byte", engine.Options{HashFull: true}, map[string]int{"csv": 0, "parquet": 6}[format])
			month(2, 1)
			a = configure(t, dir, settings, more)
			check("a changed one", engine.Options{}, 1)
			seed := uint64(9)
			check("another seed", engine.Options{Seed: &seed}, 6)
			if err := os.WriteFile(filepath.Join(dir, "people.csv"), []byte("sex,code\nf,1\nm,2\n"), 0o666); err != nil {
				t.Fatal(err)
			}
			a = configure(t, dir, settings, more)
			check("another join", engine.Options{}, 6)
		})
	}
}

// Labels become final as time passes: what was kept before they were is not used.
func TestKeptLabelsMature(t *testing.T) {
	dir := t.TempDir()
	rows := decisions(800)
	for i := range 4 {
		writeCSV(t, filepath.Join(dir, fmt.Sprintf("log-%d.csv", i)), rows[i*200:(i+1)*200])
	}
	a := configure(t, dir, "{log: log-*.csv}", "columns:\n  time: at\n  decision: {column: offer, positive: [\"yes\"]}\n"+
		"  label: {column: repaid, positive: [true], matures_after: 60d}\n  groups: {sex: sex}\nwindows: {every: month}\ndetectors: {equal_opportunity: {}, label_coverage: {}}\n")
	s := newShelf()
	for _, day := range []string{"", "2024-02-01", "2024-04-01", "2024-06-01", "2024-12-01", "2024-04-01"} {
		var o engine.Options
		if day != "" {
			at, err := time.Parse(time.DateOnly, day)
			if err != nil {
				t.Fatal(err)
			}
			o.AsOf = &at
		}
		want := run(t, a, o)
		for range 2 {
			got, _ := s.run(t, a, o)
			sameBytes(t, "as of "+day, got, want)
		}
	}
}

// What lists are like is kept with what is in them.
func TestKeptLists(t *testing.T) {
	dir := t.TempDir()
	for i := range 3 {
		text := ""
		for k := range 40 {
			text += fmt.Sprintf(`{"user": "u%d", "at": "2024-0%d-03", "shown": [{"id": "a%d", "maker": "x"}, {"id": "b", "maker": "y"}%s], "pool": [{"id": "a%d", "maker": "x"}, {"id": "b", "maker": "y"}, {"id": "c", "maker": "y"}]}`+"\n",
				k%7, i+1, k%3, map[bool]string{true: `, {"id": "c", "maker": "y"}`}[k%4 == 0], k%3)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("log-%d.jsonl", i)), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	a := configure(t, dir, "{log: log-*.jsonl}", "columns:\n  time: at\n  slate: {items: shown, item: id, offered: pool}\n"+
		"  groups: {maker: {column: item.maker, reference: x}}\nwindows: {every: month}\ndetectors: {exposure: {}, completeness: {}}\n")
	want := run(t, a, engine.Options{})
	s := newShelf()
	for _, most := range []int{3, 0} {
		got, read := s.run(t, a, engine.Options{})
		if sameBytes(t, "lists", got, want); read != most {
			t.Errorf("%d files were read, not %d", read, most)
		}
	}
	if want.Data.Lists.Short == 0 {
		t.Error("no list is short")
	}
}
