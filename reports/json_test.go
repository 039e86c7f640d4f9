package reports

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

func TestJSONRoundTrip(t *testing.T) {
	for name, build := range fixtures() {
		r := build()
		if r.Verdict == "" {
			continue // a result without a verdict is not a document
		}
		once := render(t, "json", r)
		if !json.Valid(once) || once[len(once)-1] != '\n' {
			t.Fatalf("%s: not JSON with a newline at its end", name)
		}
		back, err := Read(bytes.NewReader(once))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if twice := render(t, "json", back); !bytes.Equal(once, twice) {
			t.Errorf("%s: %s", name, firstDifference(string(twice), string(once)))
		}
	}
}

// One measurement per line is what makes two results comparable with diff.
func TestJSONLines(t *testing.T) {
	r := small()
	n := 0
	for line := range strings.Lines(string(render(t, "json", r))) {
		if strings.HasPrefix(line, `    {"detector":`) && strings.Contains(line, `"metric"`) && strings.Contains(line, `"n"`) {
			n++
		}
	}
	if n != len(r.Measurements) {
		t.Errorf("%d lines hold a measurement, want %d", n, len(r.Measurements))
	}
}

func TestJSONRounds(t *testing.T) {
	r := small()
	*r.Measurements[0].Value = 0.1 + 0.2
	*r.Measurements[1].Value = math.Copysign(0, -1)
	s := string(render(t, "json", r))
	if strings.Contains(s, "0.30000000000000004") || !strings.Contains(s, `"value":0.3,`) || strings.Contains(s, "-0,") {
		t.Error("floats are not rounded to 15 significant digits")
	}
	if *r.Measurements[0].Value != 0.1+0.2 {
		t.Error("writing changed the result")
	}
}

func TestJSONRefusesNaN(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		r := small()
		r.Measurements[2].Interval.Low = &bad
		var b bytes.Buffer
		err := WriteJSON(&b, r)
		if err == nil || !strings.Contains(err.Error(), "measurements[2].interval.low") || b.Len() > 0 {
			t.Errorf("%v: error %v after %d bytes", bad, err, b.Len())
		}
	}
}

func TestJSONRefusesNaNInTable(t *testing.T) {
	r := small()
	r.Tables = []audit.Table{{ID: "x", Columns: []string{"a", "b"}, Rows: [][]any{{"y", 0.1}, {nil, math.NaN()}}}}
	if err := WriteJSON(io.Discard, r); err == nil || !strings.Contains(err.Error(), "tables[0].rows[1][1]") {
		t.Error(err)
	}
}

func TestReadRefuses(t *testing.T) {
	good := string(render(t, "json", small()))
	for name, c := range map[string]struct{ doc, want string }{
		"empty":            {" \n", "the file is empty"},
		"cut off":          {good[:len(good)/2], "line "},
		"foreign":          {`{"type": "FeatureCollection"}`, "schema_version"},
		"a list":           {`[1, 2]`, "not a plumbline result"},
		"null":             {`null`, "schema_version"},
		"newer":            {strings.Replace(good, `"schema_version": "1"`, `"schema_version": "9"`, 1), `schema_version "9"`},
		"no measurements":  {`{"schema_version": "1", "audit": {}, "engine": {}, "data": {}}`, `"measurements" is missing`},
		"trailing":         {good + "{}", "line "},
		"wrong type":       {strings.Replace(good, `"rows_read": 45223`, `"rows_read": "many"`, 1), "rows_read"},
		"verdict":          {strings.Replace(good, "\"verdict\": \"fail\"\n", "\"verdict\": \"fine\"\n", 1), `unknown verdict "fine"`},
		"index":            {strings.Replace(good, `"measurements":[`, `"measurements":[99999`, 1), "does not exist"},
		"group kind":       {strings.Replace(good, `"group_kind":"value"`, `"group_kind":"x"`, 1), "group_kind"},
		"table row":        {strings.Replace(good, `[null,4]`, `[null,4,5]`, 1), "3 cells for 2 columns"},
		"rows":             {strings.Replace(good, `"rows_audited": 45211`, `"rows_audited": 45210`, 1), "45223 rows read, less those left out, do not make the 45210 audited"},
		"negative rows":    {strings.Replace(good, `"rows_read": 45223`, `"rows_read": -1`, 1), "data.rows_read is negative: -1"},
		"negative n":       {strings.Replace(good, `"n":27214,"numerator"`, `"n":-1,"numerator"`, 1), `measurements[0], selection_rate of marital "married", window all: n is negative: -1`},
		"negative count":   {strings.Replace(good, `"numerator":2755`, `"numerator":-1`, 1), `numerator is negative`},
		"interval":         {strings.Replace(good, `"low":0.0977`, `"low":0.977`, 1), "above its high end"},
		"rate":             {strings.Replace(good, `"numerator":2755`, `"numerator":2756`, 1), `"married", window all: the value 0.1012346586 is not numerator / denominator, 2756 / 27214`},
		"division by zero": {strings.Replace(good, `"denominator":27214`, `"denominator":0`, 1), "denominator is 0"},
		"null list":        {strings.Replace(good, `"notes": []`, `"notes": null`, 1), "notes is null or missing"},
		"null inside":      {strings.Replace(good, `"values": [`, `"valued": [`, 1), "groups[0].values is null or missing"},
		"number too large": {strings.Replace(good, `"alpha": 0.05`, `"alpha": 1e999`, 1), "line "},
	} {
		if c.doc == good {
			t.Errorf("%s: the document was not changed", name)
		}
		if _, err := Read(strings.NewReader(c.doc)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}

// Documents with little in them, which Read accepts.
const (
	seedWorst = `{"schema_version":"1","audit":{"packs":[]},"engine":{},"data":{"inputs":[],"excluded":[]},"measurements":[{"group_kind":"worst"}],"windows":[],"groups":[],"tables":[],"findings":[],"notes":[],"gates":{"checks":[{"measurements":[0]}]},"verdict":"fail"}`
	seedRatio = `{"schema_version":"1","audit":{"packs":[]},"engine":{},"data":{"inputs":[],"excluded":[]},"measurements":[{"group_kind":"value","metric":"x_ratio","reference":"","value":-1,"window":"all","threshold":{"key":"min_ratio","value":"0"}}],"windows":[{"id":"a"},{"id":"b"}],"groups":[],"tables":[],"findings":[],"notes":[],"gates":{"checks":[]},"verdict":"pass"}`
)

// Whatever Read accepts, every format can write, and the document comes back the same.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"small", "undefined", "empty"} {
		f.Add(render(f, "json", fixtures()[name]()))
	}
	f.Add([]byte(seedWorst))
	f.Add([]byte(seedRatio))
	f.Fuzz(func(t *testing.T, doc []byte) {
		r, err := Read(bytes.NewReader(doc))
		if err != nil {
			return
		}
		once := render(t, "json", r)
		for _, format := range All() {
			render(t, format.Name, r)
		}
		back, err := Read(bytes.NewReader(once))
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, once)
		}
		if twice := render(t, "json", back); !bytes.Equal(once, twice) {
			t.Fatalf("the document changed: %s", firstDifference(string(twice), string(once)))
		}
	})
}

// What the program writes is consistent, and the fuzz seeds are read.
func TestReadAccepts(t *testing.T) {
	for _, doc := range []string{seedWorst, seedRatio} {
		if _, err := Read(strings.NewReader(doc)); err != nil {
			t.Error(err)
		}
	}
}
