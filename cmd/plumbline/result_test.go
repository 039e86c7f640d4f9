package main

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/plumbline-audit/plumbline/cmd/plumbline/schema"
	"github.com/plumbline-audit/plumbline/reports"
)

// matchSchema [trend] DOCUMENT...: results, or trends, follow the published schema.
func matchSchema(ts *testscript.TestScript, neg bool, args []string) {
	make := schema.Result
	if args[0] == "trend" {
		make, args = schema.Trend, args[1:]
	}
	s, err := make()
	ts.Check(err)
	resolved, err := s.Resolve(nil)
	ts.Check(err)
	for _, path := range args {
		var doc any
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(path)), &doc))
		if err := resolved.Validate(doc); err != nil {
			ts.Fatalf("%s: %v", path, err)
		}
	}
}

// sameMeasurements A B: two results agree in every measurement, whatever the
// files that the rows came from.
func sameMeasurements(ts *testscript.TestScript, neg bool, args []string) {
	var texts [2]string
	for i, path := range args {
		r, err := reports.Read(strings.NewReader(ts.ReadFile(path)))
		ts.Check(err)
		if len(r.Measurements) == 0 {
			ts.Fatalf("%s has no measurements", path)
		}
		raw, err := json.MarshalIndent(r.Measurements, "", " ")
		ts.Check(err)
		texts[i] = string(raw)
	}
	if diff := cmp.Diff(texts[0], texts[1]); diff != "" {
		ts.Fatalf("measurements differ (-%s +%s):\n%s", args[0], args[1], diff)
	}
}

// csvLine FILE COLUMN=VALUE...: exactly one line of a table with a header has
// these cells.
func csvLine(ts *testscript.TestScript, neg bool, args []string) {
	rows, err := csv.NewReader(strings.NewReader(ts.ReadFile(args[0]))).ReadAll()
	ts.Check(err)
	found := 0
	for _, row := range rows[1:] {
		fits := true
		for _, want := range args[1:] {
			name, value, _ := strings.Cut(want, "=")
			column := slices.Index(rows[0], name)
			if column < 0 {
				ts.Fatalf("%s has no column %s", args[0], name)
			}
			fits = fits && row[column] == value
		}
		if fits {
			found++
		}
	}
	if found != 1 {
		ts.Fatalf("%s: %d lines with %v, want 1", args[0], found, args[1:])
	}
}

// toParquet CSV PARQUET [float]: writes the rows of a CSV file as Parquet, in row
// groups of 10 rows. A column of whole numbers becomes INT64, of numbers
// DOUBLE or FLOAT, anything else a string; an empty cell is null.
func toParquet(ts *testscript.TestScript, neg bool, args []string) {
	rows, err := csv.NewReader(strings.NewReader(ts.ReadFile(args[0]))).ReadAll()
	ts.Check(err)
	header, rows := rows[0], rows[1:]
	number := parquet.DoubleType
	if len(args) > 2 {
		number = parquet.FloatType
	}
	group := parquet.Group{}
	for i, name := range header {
		group[name] = parquet.Optional(nodeFor(rows, i, number))
	}
	f, err := os.Create(ts.MkAbs(args[1]))
	ts.Check(err)
	defer f.Close()
	schema := parquet.NewSchema("log", group)
	w := parquet.NewGenericWriter[any](f, schema, parquet.MaxRowsPerRowGroup(10))
	for _, cells := range rows {
		var row parquet.Row
		for at, path := range schema.Columns() {
			text := cells[slices.Index(header, path[0])]
			row = append(row, typed(group[path[0]], text).Level(0, min(1, len(text)), at))
		}
		_, err := w.WriteRows([]parquet.Row{row})
		ts.Check(err)
	}
	ts.Check(w.Close())
}

func nodeFor(rows [][]string, column int, fraction parquet.Type) parquet.Node {
	whole, number := true, true
	for _, row := range rows {
		if row[column] == "" {
			continue
		}
		_, err := strconv.ParseInt(row[column], 10, 64)
		whole = whole && err == nil
		_, err = strconv.ParseFloat(row[column], 64)
		number = number && err == nil
	}
	switch {
	case whole:
		return parquet.Leaf(parquet.Int64Type)
	case number:
		return parquet.Leaf(fraction)
	}
	return parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
}

// typed is a cell as a value; an empty one is null.
func typed(node parquet.Node, text string) parquet.Value {
	if text == "" {
		return parquet.NullValue()
	}
	switch node.Type().Kind() {
	case parquet.Int64:
		n, _ := strconv.ParseInt(text, 10, 64)
		return parquet.Int64Value(n)
	case parquet.Double:
		x, _ := strconv.ParseFloat(text, 64)
		return parquet.DoubleValue(x)
	case parquet.Float:
		x, _ := strconv.ParseFloat(text, 32)
		return parquet.FloatValue(float32(x))
	}
	return parquet.ByteArrayValue([]byte(text))
}
