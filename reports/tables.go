package reports

import (
	"bufio"
	"encoding/json"
	"io"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// statutory is the kind of a table that stands in the layout of a law.
const statutory = "statutory"

// WriteTables writes the tables that a rule asks for, in its own layout: for each its
// title, a header, the rows, and the sentences that belong below. Numbers are rounded as
// the rule pack says; measurements.csv has them in full. A result without such tables
// gives a line that says so.
func WriteTables(w io.Writer, r *audit.Result) error {
	out := bufio.NewWriter(w)
	n := 0
	for i := range r.Tables {
		t := &r.Tables[i]
		if t.Kind != statutory {
			continue
		}
		if n++; n > 1 {
			csvLine(out, nil)
		}
		csvLine(out, []string{csvText(t.Title)})
		var head []string
		for _, c := range t.Columns {
			head = append(head, csvText(c))
		}
		csvLine(out, head)
		for _, row := range t.Rows {
			var cells []string
			for _, v := range row {
				cells = append(cells, cellText(v))
			}
			csvLine(out, cells)
		}
		for _, note := range t.Notes {
			csvLine(out, []string{csvText(note)})
		}
	}
	if n == 0 {
		csvLine(out, []string{"The result has no table in the layout of a law; an audit with packs: [nyc-ll144] makes some."})
	}
	return out.Flush()
}

// cellText is a cell of such a table: a text, or a whole number.
func cellText(v any) string {
	switch v := v.(type) {
	case string:
		return csvText(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case int:
		return strconv.Itoa(v)
	case float64:
		return exact(&v)
	case json.Number:
		return v.String()
	}
	return ""
}
