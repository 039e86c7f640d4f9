package engine_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// row is one decision of the made-up log.
type row struct {
	At      string   `parquet:"at"`
	Group   string   `parquet:"group,dict"`
	Yes     int64    `parquet:"yes"`
	Score   *float64 `parquet:"score,optional"`
	Decile  int64    `parquet:"decile"`
	Fine    float64  `parquet:"fine"`
	Job     string   `parquet:"job,dict"`
	Weight  int64    `parquet:"weight"`
	Balance float64  `parquet:"balance,dict"`
}

func madeUp(n int) []row {
	r := rand.New(rand.NewPCG(1, 2))
	rows := make([]row, n)
	for i := range rows {
		x := math.Round(r.Float64()*1000) / 1000
		rows[i] = row{
			At:    fmt.Sprintf("2024-%02d-%02d", 1+r.IntN(3), 1+r.IntN(28)),
			Group: string(rune('a' + r.IntN(3))), Yes: int64(r.IntN(2)), Score: &x, Decile: int64(r.IntN(10)),
			Fine: r.NormFloat64() * math.Pow(10, float64(r.IntN(6))), Job: "job" + strconv.Itoa(r.IntN(40)),
			Weight: int64(r.IntN(3)), Balance: float64(r.IntN(500)) / 4,
		}
		if r.IntN(50) == 0 {
			rows[i].Score = nil
		}
		if r.IntN(20) == 0 {
			rows[i].Decile = -1
		}
	}
	return rows
}

func writeRowsCSV(t *testing.T, path string, rows []row) {
	var b strings.Builder
	b.WriteString("at,group,yes,score,decile,fine,job,weight,balance\n")
	for _, r := range rows {
		score := ""
		if r.Score != nil {
			score = strconv.FormatFloat(*r.Score, 'g', -1, 64)
		}
		fmt.Fprintf(&b, "%s,%s,%d,%s,%d,%s,%s,%d,%v\n", r.At, r.Group, r.Yes, score, r.Decile,
			strconv.FormatFloat(r.Fine, 'g', -1, 64), r.Job, r.Weight, r.Balance)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

func writeRows(t *testing.T, path string, rows []row, group int64) {
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := parquet.NewGenericWriter[row](f, parquet.MaxRowsPerRowGroup(group))
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// needs are tables of numbers of every kind.
var needs = []table.Need{
	{Dims: []table.Dim{table.Window, table.Group("g")}, Value: "score"},
	{Dims: []table.Dim{table.Window}, Value: "score"},
	{Value: "score", Dims: []table.Dim{table.Group("g"), table.Label}},
	{Dims: []table.Dim{table.Group("g")}, Value: "feature:decile"},
	{Dims: []table.Dim{table.Window}, Value: "feature:fine"},
	{Dims: []table.Dim{table.Group("g"), table.Column("feature:job")}, Value: "feature:fine"},
	{Value: "feature:fine"},
	{Value: "feature:balance", Dims: []table.Dim{table.Window}},
	{Value: "score", InScope: true},
}

// probe is a detector that gives its tables away as they are.
func probe(t *testing.T) detect.Detector {
	counts := []table.Need{
		{Dims: []table.Dim{table.Window, table.Column("feature:job")}},
		{Dims: []table.Dim{table.ColumnHash("feature:job")}},
	}
	detectAll := func(tables detect.Tables) (detect.Output, error) {
		var out detect.Output
		for _, n := range append(counts, needs...) {
			var data []byte
			var err error
			if n.Value == "" {
				data, err = tables.Counts(n).MarshalBinary()
			} else {
				data, err = tables.Values(n).MarshalBinary()
				tables.Values(n).Each(func(codes []int, d *table.Distribution) {
					data = fmt.Appendf(data, "%v %v %v %v", codes, d.Sum, d.SumSquares, d.Cell)
				})
			}
			if err != nil {
				return out, err
			}
			h := fnv.New64()
			h.Write(data)
			out.Notes = append(out.Notes, fmt.Sprintf("%s: %d bytes, %s", n.Key(), len(data), hex.EncodeToString(h.Sum(nil))))
		}
		return out, nil
	}
	return detect.Detector{Name: "probe", Plan: func(spec *audit.Spec, _ any) (detect.Plan, error) {
		if !spec.HasScore {
			t.Error("the spec has no score")
		}
		for _, r := range spec.Roles {
			if want := strings.HasPrefix(r.Role, "feature") && r.Column != "job" || r.Role == "score" || r.Role == "label"; r.Numeric != want {
				t.Errorf("%s is numeric: %v", r.Role, r.Numeric)
			}
		}
		return detect.Plan{Needs: append(counts, needs...), Detect: detectAll}, nil
	}}
}

const conf = `version: 1
name: numbers
data: {log: %s}
columns:
  time: at
  score: score
  label: {column: yes, positive: ["1"]}
  weight: weight
  groups: {g: group}
  features: [{column: decile, missing: [-1]}, fine, job, balance]
windows: {every: month}
detectors: {probe: {}}
`

func runLog(t *testing.T, dir, log string, o engine.Options, detectors ...detect.Detector) (*audit.Result, error) {
	t.Helper()
	path := filepath.Join(dir, "audit.yaml")
	if err := os.WriteFile(path, fmt.Appendf(nil, conf, log), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := config.Load(path, engine.Declarations(detectors), engine.DefaultDetectors(detectors))
	if err != nil {
		t.Fatal(err)
	}
	job, err := engine.Open(context.Background(), a, detectors, o)
	if err != nil {
		return nil, err
	}
	return job.Run(context.Background())
}

// TestNumbers holds that tables of numbers have the same bytes whatever the
// workers, the row groups, the files and their order, and the format.
func TestNumbers(t *testing.T) {
	rows := madeUp(120_000) // of which fine has more than table.MaxDistinct
	dir := t.TempDir()
	writeRows(t, filepath.Join(dir, "whole.parquet"), rows, 1<<20)
	writeRows(t, filepath.Join(dir, "pieces.parquet"), rows, 7_001)
	writeRows(t, filepath.Join(dir, "b.parquet"), rows[:50_000], 20_000)
	writeRows(t, filepath.Join(dir, "a.parquet"), rows[50_000:], 30_000)
	writeRowsCSV(t, filepath.Join(dir, "log.csv"), rows)
	var want string
	for _, c := range []struct {
		log     string
		workers int
	}{{"whole.parquet", 1}, {"pieces.parquet", 1}, {"pieces.parquet", 2}, {"pieces.parquet", 8}, {"[a.parquet, b.parquet]", 3}, {"log.csv", 2}} {
		r, err := runLog(t, dir, c.log, engine.Options{Workers: c.workers}, probe(t))
		if err != nil {
			t.Fatal(err)
		}
		got, _ := json.MarshalIndent(r.Notes, "", " ")
		if want == "" {
			want = string(got)
		}
		if string(got) != want {
			t.Errorf("%s, %d workers: %s\nwant %s", c.log, c.workers, got, want)
		}
	}
}
