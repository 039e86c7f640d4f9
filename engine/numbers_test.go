package engine_test

import (
	"bytes"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// reader is a detector that gives one table of numbers to a test.
func reader(need table.Need, see func(*table.Values)) detect.Detector {
	return detect.Detector{Name: "probe", Plan: func(*audit.Spec, any) (detect.Plan, error) {
		return detect.Plan{Needs: []table.Need{need}, Detect: func(t detect.Tables) (detect.Output, error) {
			see(t.Values(need))
			return detect.Output{}, nil
		}}, nil
	}}
}

// TestNumbersByHand compares the scan's tables with ones that are added up row
// by row.
func TestNumbersByHand(t *testing.T) {
	for _, n := range []int{1, 999, 90_000} {
		rows := madeUp(n)
		if n > 100 {
			rows[7].Fine, rows[8].Fine, rows[9].Fine, rows[10].Fine = math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1)
		}
		dir := t.TempDir()
		writeRows(t, filepath.Join(dir, "log.parquet"), rows, 10_000)
		for name, of := range map[string]func(row) (float64, bool){
			"score":           func(r row) (float64, bool) { return deref(r.Score), r.Score != nil },
			"feature:fine":    func(r row) (float64, bool) { return r.Fine, true },
			"feature:decile":  func(r row) (float64, bool) { return float64(r.Decile), r.Decile >= 0 },
			"feature:balance": func(r row) (float64, bool) { return r.Balance, true },
		} {
			var got *table.Values
			need := table.Need{Dims: []table.Dim{table.Group("g"), table.Column("feature:job")}, Value: name}
			if _, err := runLog(t, dir, "log.parquet", engine.Options{Workers: 2}, reader(need, func(v *table.Values) { got = v })); err != nil {
				t.Fatal(err)
			}
			want := byHand(t, need.Dims, rows, of)
			a, _ := got.MarshalBinary()
			b, _ := want.MarshalBinary()
			if !bytes.Equal(a, b) {
				t.Errorf("%s of %d rows: %d bytes, want %d; exact %v, want %v", name, n, len(a), len(b), got.Exact(), want.Exact())
			}
		}
	}
}

func deref(x *float64) float64 {
	if x == nil {
		return 0
	}
	return *x
}

func byHand(t *testing.T, dims []table.Dim, rows []row, of func(row) (float64, bool)) *table.Values {
	var groups, jobs []table.Category
	at := map[string]int{}
	code := func(list *[]table.Category, name string) int {
		if _, ok := at[name]; !ok {
			at[name] = len(*list)
			*list = append(*list, table.Category{Name: name})
		}
		return at[name]
	}
	codes := make([][]int, len(rows))
	for i, r := range rows {
		codes[i] = []int{code(&groups, r.Group), code(&jobs, r.Job)}
	}
	b, err := table.NewValuesBuilder(dims, [][]table.Category{groups, jobs})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		c := table.Cell{N: r.Weight, Rows: 1}
		if x, ok := of(r); ok {
			b.Add(codes[i], x, c)
		} else {
			b.AddMissing(codes[i], c)
		}
	}
	return b.Values()
}

// TestRefusals holds what is said about columns that cannot be tabulated.
func TestRefusals(t *testing.T) {
	rows := madeUp(30_000)
	dir := t.TempDir()
	for i := range rows {
		rows[i].Job = fmt.Sprint("job ", i)
	}
	writeRows(t, filepath.Join(dir, "log.parquet"), rows, 10_000)
	for name, c := range map[string]struct {
		need table.Need
		o    engine.Options
		want []string
	}{
		"distinct": {table.Need{Value: "score", Dims: []table.Dim{table.Column("feature:job")}}, engine.Options{},
			[]string{"column job", "more than 10000 distinct values", "high_cardinality: hash"}},
		"text":   {table.Need{Value: "feature:job"}, engine.Options{}, []string{"column job", `"job 0" is not a number`}},
		"role":   {table.Need{Value: "feature:none"}, engine.Options{}, []string{"feature:none", "gives no column"}},
		"dim":    {table.Need{Value: "score", Dims: []table.Dim{table.Column("feature:none")}}, engine.Options{}, []string{"column:feature:none"}},
		"memory": {table.Need{Value: "feature:fine"}, engine.Options{Memory: 300_000}, []string{"column fine", "--memory"}},
	} {
		c.o.Workers = 1
		_, err := runLog(t, dir, "log.parquet", c.o, reader(c.need, func(*table.Values) {}))
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v; want %q", name, err, want)
			}
		}
	}
	hashed := table.Need{Value: "score", Dims: []table.Dim{table.ColumnHash("feature:job")}}
	_, err := runLog(t, dir, "log.parquet", engine.Options{}, reader(hashed, func(v *table.Values) {
		if n := len(v.Categories(hashed.Dims[0])); n != table.Hashes {
			t.Errorf("%d hashes", n)
		}
	}))
	if err != nil {
		t.Error(err)
	}
}

// TestExpression tabulates a score that an expression gives, over the audited
// rows and over all in scope.
func TestExpression(t *testing.T) {
	rows := madeUp(70_000)
	dir := t.TempDir()
	writeRows(t, filepath.Join(dir, "log.parquet"), rows, 10_000)
	text := strings.NewReplacer("%s", "log.parquet", "score: score", `score: {when: "fine / 3.0"}
  decision: {column: score, at_least: 0.5}`).Replace(conf)
	for _, inScope := range []bool{false, true} {
		need := table.Need{Value: "score", InScope: inScope}
		var got *table.Values
		job, err := open(t, dir, text, reader(need, func(v *table.Values) { got = v }))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := job.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		b, _ := table.NewValuesBuilder(nil, nil)
		for _, r := range rows {
			if inScope || r.Score != nil {
				b.Add(nil, r.Fine/3, table.Cell{N: r.Weight, Rows: 1})
			}
		}
		same(t, got, b.Values())
	}
}
