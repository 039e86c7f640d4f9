package reports

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

func TestCSV(t *testing.T) {
	for name, build := range fixtures() {
		r := build()
		raw := render(t, "csv", r)
		rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(rows) != len(r.Measurements)+1 || len(rows[0]) != len(csvColumns()) {
			t.Errorf("%s: %d rows of %d columns", name, len(rows), len(rows[0]))
		}
		if !bytes.HasSuffix(raw, []byte("\r\n")) {
			t.Errorf("%s: lines must end in CR LF", name)
		}
	}
}

// The apostrophe comes off again, and no two texts look alike.
func TestCSVText(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range []string{"", "null", "'", "''", "=1+1", "=5", "'=1+1", "+1x", "-x", "-", "+Inf", "-0x1p2", "@x", "\tx", "\r", "\n", "plain", " = ", "a\"b,c", "é"} {
		cell := csvOptional(&s)
		if back := strings.TrimPrefix(cell, "'"); back != s {
			t.Errorf("%q was written %q and read %q", s, cell, back)
		}
		if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
			t.Errorf("%q was written %q, which a spreadsheet may run", s, cell)
		}
		if seen[cell] {
			t.Errorf("%q looks like another text: %q", s, cell)
		}
		seen[cell] = true
	}
	for _, s := range []string{"", "-5", "+1.5", "-2e-3", "5", "-.5", "a-b", "x=1", "[60,inf)"} {
		if cell := csvOptional(&s); cell != s {
			t.Errorf("%q needs no guard and was written %q", s, cell)
		}
	}
	if csvOptional(nil) != "" {
		t.Error("no text must be an empty cell")
	}
}

func TestCSVGroups(t *testing.T) {
	r := &audit.Result{Measurements: []audit.Measurement{
		{Group: nil, GroupKind: audit.KindMissing}, {Group: ptr("null"), GroupKind: audit.KindValue},
		{Group: ptr(""), GroupKind: audit.KindValue}, {Group: nil, GroupKind: audit.KindOverall},
	}}
	rows, err := csv.NewReader(bytes.NewReader(render(t, "csv", r))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range rows[1:] {
		got = append(got, row[5]+"|"+row[6])
	}
	if want := "|missing null|value |value |overall"; strings.Join(got, " ") != want {
		t.Errorf("groups are %q, want %q", strings.Join(got, " "), want)
	}
}
