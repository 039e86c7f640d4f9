package reports

import (
	"bufio"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// csvColumns is the header of the export, in order.
func csvColumns() []string {
	return []string{
		"detector", "metric", "method_version", "convention",
		"attribute", "group", "group_kind", "reference", "window", "stratum", "version", "column",
		"value", "n", "numerator", "denominator", "reference_numerator", "reference_denominator",
		"interval_low", "interval_high", "interval_level", "interval_method",
		"test", "p_value", "p_adjusted", "threshold_key", "threshold_value", "threshold_side",
		"parameters", "shards", "verdict", "note",
	}
}

// WriteCSV writes the measurements by RFC 4180, one row each, with a header.
//
// An empty cell means that there is nothing: no value, no group, no reference.
// A text that starts with = + - @ ' a tab or a line break, and the empty text,
// gets an apostrophe in front, so that no spreadsheet takes it for a formula;
// whoever reads the file takes one leading apostrophe off a text column and has
// the text back. So a group called "" is ', a group called null is null, and
// the group of missing values is an empty cell with group_kind missing.
func WriteCSV(w io.Writer, r *audit.Result) error {
	out := bufio.NewWriter(w)
	csvLine(out, csvColumns())
	for i := range r.Measurements {
		csvLine(out, csvRow(&r.Measurements[i]))
	}
	return out.Flush()
}

func csvRow(m *audit.Measurement) []string {
	iv := audit.Interval{}
	level := ""
	if m.Interval != nil {
		iv = *m.Interval
		level = csvFloat(&iv.Level)
	}
	th := audit.Threshold{}
	if m.Threshold != nil {
		th = *m.Threshold
	}
	shards := ""
	if m.Shards != 0 {
		shards = strconv.Itoa(m.Shards)
	}
	return []string{
		csvText(m.Detector), csvText(m.Metric), strconv.Itoa(m.MethodVersion), csvText(m.Convention),
		csvText(m.Attribute), csvOptional(m.Group), csvText(string(m.GroupKind)), csvOptional(m.Reference), csvText(m.Window),
		csvOptional(m.Stratum), csvOptional(m.Version), csvOptional(m.Column),
		csvFloat(m.Value), strconv.FormatInt(m.N, 10), csvInt(m.Numerator), csvInt(m.Denominator), csvInt(m.RefNum), csvInt(m.RefDen),
		csvFloat(iv.Low), csvFloat(iv.High), level, csvText(iv.Method),
		csvText(m.Test), csvFloat(m.P), csvFloat(m.PAdjusted), csvText(th.Key), csvDecimal(th.Value), csvText(th.Side),
		csvText(csvParameters(m.Parameters)), shards, csvText(string(m.Verdict)), csvText(m.Note),
	}
}

// csvText is a text where the empty text means absence.
func csvText(s string) string {
	if s == "" {
		return ""
	}
	return csvOptional(&s)
}

// csvOptional is a text where the empty text is a value of its own.
func csvOptional(s *string) string {
	switch {
	case s == nil:
		return ""
	case *s == "", strings.ContainsRune("=+-@'\t\r\n", rune((*s)[0])):
		return "'" + *s
	}
	return *s
}

func csvFloat(x *float64) string { return exact(x) }

// csvDecimal is a limit as it was written; a number needs no apostrophe.
func csvDecimal(s string) string {
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return s
	}
	return csvText(s)
}

func csvInt(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

// csvParameters joins parameters in the order of their names: cut=0.5; k=10.
func csvParameters(p map[string]string) string {
	keys := make([]string, 0, len(p))
	for k := range p {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for i, k := range keys {
		keys[i] = k + "=" + p[k]
	}
	return strings.Join(keys, "; ")
}

// csvLine writes cells as they are and ends the line as the RFC says;
// encoding/csv would change line breaks inside a cell together with the ends.
func csvLine(w *bufio.Writer, cells []string) {
	for i, c := range cells {
		if i > 0 {
			w.WriteByte(',')
		}
		if strings.ContainsAny(c, "\",\r\n") || strings.HasPrefix(c, " ") || strings.HasSuffix(c, " ") {
			c = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
		}
		w.WriteString(c)
	}
	w.WriteString("\r\n")
}
