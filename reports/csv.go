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
		"policy", "joint_pairs", "joint_draws", "pair_test", "pair_p_value", "null_expected", "null_limit",
		"detectable_difference", "power_at_limit", "settle_n", "flipflop_parity", "flipflop_threshold", "provenance",
	}
}

// WriteCSV writes the measurements by RFC 4180, one row each, with a header.
//
// A number of a suppressed measurement is the word suppressed.
//
// An empty cell means that there is nothing: no value, no group, no reference,
// or the empty text; group_kind tells the group called "" (value) from the group
// of missing values (missing). A text that a spreadsheet would run as a formula,
// because it starts with = + - @ a tab or a line break and is no plain number,
// gets an apostrophe in front, and so does one that starts with an apostrophe:
// whoever reads the file takes one leading apostrophe off a text and has it back.
func WriteCSV(w io.Writer, r *audit.Result) error {
	out := bufio.NewWriter(w)
	csvLine(out, csvColumns())
	for i := range r.Measurements {
		row := csvRow(&r.Measurements[i])
		if r.Measurements[i].Suppressed {
			withholdCells(row)
		}
		csvLine(out, row)
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
	if int64(m.Shards) == audit.Hidden {
		shards = withheld
	}
	return append([]string{
		csvText(m.Detector), csvText(m.Metric), strconv.Itoa(m.MethodVersion), csvText(m.Convention),
		csvText(m.Attribute), csvOptional(m.Group), csvText(string(m.GroupKind)), csvOptional(m.Reference), csvText(m.Window),
		csvOptional(m.Stratum), csvOptional(m.Version), csvOptional(m.Column),
		csvFloat(m.Value), strconv.FormatInt(m.N, 10), csvInt(m.Numerator), csvInt(m.Denominator), csvInt(m.RefNum), csvInt(m.RefDen),
		csvFloat(iv.Low), csvFloat(iv.High), level, csvText(iv.Method),
		csvText(m.Test), csvFloat(m.P), csvFloat(m.PAdjusted), csvText(th.Key), csvText(th.Value), csvText(th.Side),
		csvText(csvParameters(m.Parameters)), shards, csvText(string(m.Verdict)), csvText(m.Note),
	}, csvCertainty(m, th)...)
}

// withholdCells writes suppressed where a number is withheld, so that no cell is
// blank as if there were nothing.
func withholdCells(row []string) {
	for i, c := range csvColumns() {
		switch c {
		case "value", "n", "numerator", "denominator", "reference_numerator", "reference_denominator",
			"interval_low", "interval_high", "p_value", "p_adjusted":
			row[i] = withheld
		}
	}
}

// csvCertainty is what is known about chance and sizes, beside interval and p.
func csvCertainty(m *audit.Measurement, th audit.Threshold) []string {
	pairs, draws, pairTest, pairP := "", "", "", ""
	if j := m.Joint; j != nil {
		pairs, draws, pairTest, pairP = strconv.Itoa(j.Pairs), strconv.Itoa(j.Draws), csvText(j.PairTest), csvFloat(&j.PairP)
	}
	expected, limit := "", ""
	if m.Null != nil {
		expected, limit = csvFloat(&m.Null.Expected), csvFloat(&m.Null.Limit)
	}
	power, flips := audit.Power{}, audit.Flipflop{}
	if m.Power != nil {
		power = *m.Power
	}
	if m.Flipflop != nil {
		flips = *m.Flipflop
	}
	return []string{
		csvText(string(th.Policy)), pairs, draws, pairTest, pairP, expected, limit,
		csvFloat(power.Detectable), csvFloat(power.AtLimit), csvInt(power.Settle), csvInt(flips.Parity), csvInt(flips.Threshold), csvText(m.Provenance),
	}
}

// csvText is a text that no spreadsheet runs.
func csvText(s string) string {
	if s != "" && strings.ContainsRune("=+-@'\t\r\n", rune(s[0])) && !plainNumber(s) {
		return "'" + s
	}
	return s
}

// csvOptional is a text that may be absent.
func csvOptional(s *string) string {
	if s == nil {
		return ""
	}
	return csvText(*s)
}

// plainNumber tells whether a text is a decimal number: -5, +1.5, -2e-3.
func plainNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil && strings.Trim(s, "0123456789+-.eE") == ""
}

func csvFloat(x *float64) string { return exact(x) }

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
