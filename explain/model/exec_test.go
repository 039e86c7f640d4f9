package model

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// The test binary is its own scorer: with this variable it reads batches and
// answers the sums of their columns, or misbehaves.
const scorerKind = "PLUMBLINE_TEST_SCORER"

func TestMain(m *testing.M) {
	if kind := os.Getenv(scorerKind); kind != "" {
		os.Exit(score(kind))
	}
	os.Exit(m.Run())
}

func score(kind string) int {
	if kind == "garbage" {
		fmt.Println("loading the model ...")
	}
	fmt.Fprintln(os.Stderr, "scorer:", kind)
	reader, err := ipc.NewReader(os.Stdin)
	if err != nil {
		return 9
	}
	kinds := map[string]arrow.DataType{"wrongtype": arrow.BinaryTypes.String, "labels": arrow.PrimitiveTypes.Int64, "single": arrow.PrimitiveTypes.Float32}
	field := arrow.Field{Name: "score", Type: arrow.PrimitiveTypes.Float64, Nullable: true}
	if kinds[kind] != nil {
		field.Type = kinds[kind]
	}
	schema := arrow.NewSchema([]arrow.Field{{Name: "decision", Type: arrow.FixedWidthTypes.Boolean, Nullable: true}, field}, nil)
	writer := ipc.NewWriter(os.Stdout, ipc.WithSchema(schema))
	builder := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	for n := 0; reader.Next(); n++ {
		switch {
		case kind == "hang" && n == 1:
			sleep := exec.Command("sleep", "60") // a grandchild that holds the pipes
			sleep.Stdout, sleep.Stderr = os.Stdout, os.Stderr
			_ = sleep.Run()
		case kind == "noise":
			fmt.Fprint(os.Stderr, strings.Repeat("x\x1b[31m", 50_000))
		case kind == "exit" && n == 1:
			return 3
		case kind == "silent" && n == 1:
			return 0
		}
		for i := range sums(reader.RecordBatch()) {
			if kind == "short" && i == 0 {
				continue
			}
			builder.Field(0).AppendNull()
			x := sums(reader.RecordBatch())[i]
			switch b := builder.Field(1).(type) {
			case *array.Float64Builder:
				if kind == "null" && i == 1 {
					b.AppendNull()
				} else {
					b.Append(x)
				}
			case *array.Float32Builder:
				b.Append(float32(x))
			default:
				b.AppendEmptyValue()
			}
		}
		record := builder.NewRecordBatch()
		if err := writer.Write(record); err != nil {
			return 8
		}
		if kind == "extra" {
			_ = writer.Write(record)
		}
	}
	if err := reader.Err(); err != nil && err != io.EOF {
		return 7
	}
	_ = writer.Close()
	return map[string]int{"badend": 4}[kind]
}

// sums adds up each row; a word counts its bytes, a missing value 1000.
func sums(record arrow.RecordBatch) []float64 {
	out := make([]float64, record.NumRows())
	for _, column := range record.Columns() {
		for i := range out {
			switch c := column.(type) {
			case *array.Float64:
				if c.IsNull(i) {
					out[i] += 1000
				} else {
					out[i] += c.Value(i)
				}
			case *array.String:
				out[i] += float64(len(c.Value(i)))
			}
		}
	}
	return out
}

func scorer(t *testing.T, kind string, parallel int) *Exec {
	t.Helper()
	t.Setenv(scorerKind, kind)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	e, err := NewExec(Command{
		Argv: []string{program}, Batch: 7, Parallel: parallel, Timeout: 5 * time.Second,
		Inputs: []Input{{Name: "a"}, {Name: "job", Categories: []string{"cook", "clerk"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// twoColumns has rows whose sums are 0+4, 1+5, 2+4, ...; the fifth lacks its number.
func twoColumns(rows int) (Batch, []float64) {
	b := Batch{Rows: rows, Columns: make([][]float64, 2)}
	var want []float64
	for i := range rows {
		x := float64(i)
		if i == 4 {
			x = math.NaN()
		}
		b.Columns[0], b.Columns[1] = append(b.Columns[0], x), append(b.Columns[1], float64(i%2))
		if i == 4 {
			x = 1000
		}
		want = append(want, x+float64(4+i%2))
	}
	return b, want
}

func TestExec(t *testing.T) {
	for _, kind := range []string{"good", "single", "noise"} {
		for _, parallel := range []int{1, 3} {
			e := scorer(t, kind, parallel)
			for _, rows := range []int{1, 7, 50, 0} { // children are used again
				batch, want := twoColumns(rows)
				got := make([]float64, rows)
				if err := e.Score(context.Background(), batch, Probability, got); err != nil {
					t.Fatalf("%s: %v", kind, err)
				}
				for i := range want {
					if got[i] != want[i] {
						t.Errorf("%s: row %d is %v, want %v", kind, i, got[i], want[i])
					}
				}
			}
			if err := e.Close(); err != nil {
				t.Errorf("%s: %v", kind, err)
			}
		}
	}
}

func TestExecMisbehaves(t *testing.T) {
	for kind, want := range map[string]string{
		"short":     "6 scores came back for 7 rows",
		"null":      "row 1 has no score",
		"exit":      "exit status 3; it said: scorer: exit",
		"silent":    "ended before it answered",
		"garbage":   `begins with "load"`,
		"wrongtype": "type utf8",
		"labels":    "labels are no scores",
	} {
		t.Run(kind, func(t *testing.T) {
			e := scorer(t, kind, 1)
			defer e.Close()
			batch, _ := twoColumns(50)
			err := e.Score(context.Background(), batch, Probability, make([]float64, 50))
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %q", err, want)
			}
		})
	}
}

// What answers too much, or fails at its end, is found when it is closed.
func TestExecClose(t *testing.T) {
	for kind, want := range map[string]string{"extra": "more batches", "badend": "exit status 4"} {
		e := scorer(t, kind, 1)
		batch, _ := twoColumns(5)
		if err := e.Score(context.Background(), batch, Probability, make([]float64, 5)); err != nil {
			t.Fatal(err)
		}
		if err := e.Close(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", kind, err, want)
		}
	}
}

// A scorer that hangs is ended with what it started, whether time runs out or
// the audit is interrupted.
func TestExecHangs(t *testing.T) {
	e := scorer(t, "hang", 1)
	e.command.Timeout = 300 * time.Millisecond
	batch, _ := twoColumns(50)
	begun := time.Now()
	err := e.Score(context.Background(), batch, Probability, make([]float64, 50))
	if err == nil || !strings.Contains(err.Error(), "did not answer batch 1 of 7 rows within 300ms") {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	e = scorer(t, "hang", 1)
	if err := e.Score(ctx, batch, Probability, make([]float64, 50)); err != context.DeadlineExceeded {
		t.Error(err)
	}
	if d := time.Since(begun); d > 20*time.Second {
		t.Errorf("it took %s", d)
	}
}

func TestExecCannotStart(t *testing.T) {
	e, err := NewExec(Command{Argv: []string{"/no/such/scorer"}, Inputs: []Input{{Name: "a"}}})
	if err != nil {
		t.Fatal(err)
	}
	err = e.Score(context.Background(), Batch{Rows: 1, Columns: [][]float64{{1}}}, Margin, make([]float64, 1))
	if err == nil || !strings.Contains(err.Error(), "cannot be started") {
		t.Error(err)
	}
}
