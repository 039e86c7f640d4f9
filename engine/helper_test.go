package engine_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
)

// decision is a row of the logs of these tests.
type decision struct {
	Race   *string   `parquet:"race,optional,dict"`
	Sex    string    `parquet:"sex,dict"`
	Age    int32     `parquet:"age"`
	Offer  *string   `parquet:"offer,optional,dict"`
	Repaid *bool     `parquet:"repaid,optional"`
	At     time.Time `parquet:"at,timestamp(microsecond)"`
	Person int64     `parquet:"person"`
	Copies int32     `parquet:"copies"`
}

var header = []string{"race", "sex", "age", "offer", "repaid", "at", "person", "copies"}

// random numbers by a xorshift generator, the same on every machine.
type random uint64

func (r *random) below(n int) int {
	x := uint64(*r)
	x ^= x << 13
	x ^= x >> 7
	x ^= x << 17
	*r = random(x)
	return int(x>>33) % n
}

func pointer[T any](x T) *T { return &x }

// decisions are rows of three races, two sexes and half a year, in which women
// are offered less.
func decisions(n int) []decision {
	r := random(88172645463325252)
	out := make([]decision, n)
	for i := range out {
		d := &out[i]
		d.Race = pointer([]string{"a", "b", "c"}[r.below(3)])
		d.Sex = []string{"f", "m"}[r.below(2)]
		d.Age = int32(18 + r.below(70))
		d.Offer = pointer("no")
		if r.below(10) < map[string]int{"f": 3, "m": 6}[d.Sex] {
			d.Offer = pointer("yes")
		}
		d.Repaid = pointer(r.below(3) > 0)
		switch r.below(20) {
		case 0:
			d.Race = nil
		case 1:
			d.Offer = nil
		case 2:
			d.Repaid = nil
		}
		d.At = time.Date(2024, 1, 1, 0, 0, r.below(182*86400), 1000*r.below(1_000_000), time.UTC)
		d.Person = int64(r.below(max(1, n/3)))
		d.Copies = int32(r.below(3))
	}
	return out
}

func (d decision) cells() []string {
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	repaid := ""
	if d.Repaid != nil {
		repaid = strconv.FormatBool(*d.Repaid)
	}
	return []string{text(d.Race), d.Sex, fmt.Sprint(d.Age), text(d.Offer), repaid, d.At.Format(time.RFC3339Nano), fmt.Sprint(d.Person), fmt.Sprint(d.Copies)}
}

func create(t testing.TB, path string) *os.File {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func writeCSV(t testing.TB, path string, rows []decision) {
	t.Helper()
	f := create(t, path)
	defer f.Close()
	w := csv.NewWriter(f)
	records := [][]string{header}
	for _, d := range rows {
		records = append(records, d.cells())
	}
	if err := w.WriteAll(records); err != nil {
		t.Fatal(err)
	}
}

func writeParquet(t testing.TB, path string, rows []decision) {
	t.Helper()
	f := create(t, path)
	defer f.Close()
	w := parquet.NewGenericWriter[decision](f, parquet.Compression(&parquet.Snappy), parquet.MaxRowsPerRowGroup(700))
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// columns is what the audits of these tests look at.
const columns = `columns:
  time: at
  decision: {column: offer, positive: ["yes"], negative: ["no"]}
  label: {column: repaid, positive: [true], negative: [false]}
  weight: copies
  subject: person
  groups:
    race: {column: race, reference: a}
    sex: {column: sex, reference: m}
    age: {column: age, bins: [25, 60]}
windows: {every: month, timezone: Europe/Lisbon}
intersections: {depth: 2}
`

// configure reads an audit of the files that stand in dir.
func configure(t testing.TB, dir, data, rest string) *config.Audit {
	t.Helper()
	path := filepath.Join(dir, "audit.yaml")
	if err := os.WriteFile(path, []byte("version: 1\nname: t\ndata: "+data+"\n"+rest), 0o666); err != nil {
		t.Fatal(err)
	}
	all := detectors.All()
	a, err := config.Load(path, engine.Declarations(all), engine.DefaultDetectors(all))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func attempt(a *config.Audit, o engine.Options) (*audit.Result, error) {
	job, err := engine.Open(context.Background(), a, detectors.All(), o)
	if err != nil {
		return nil, err
	}
	return job.Run(context.Background())
}

func run(t testing.TB, a *config.Audit, o engine.Options) *audit.Result {
	t.Helper()
	r, err := attempt(a, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// written is a value as it is stored.
func written(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func sameBytes(t testing.TB, what string, a, b any) {
	t.Helper()
	x, y := written(t, a), written(t, b)
	if bytes.Equal(x, y) {
		return
	}
	at := 0
	for at < min(len(x), len(y)) && x[at] == y[at] {
		at++
	}
	from := max(0, at-200)
	t.Errorf("%s differs:\n%s\n%s", what, x[from:min(len(x), at+100)], y[from:min(len(y), at+100)])
}
