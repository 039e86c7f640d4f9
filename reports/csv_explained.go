package reports

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// explainedColumns is the header of the explanations' export, in order.
func explainedColumns() []string {
	return []string{
		"explainer", "metric", "method_version", "feature", "part", "rank",
		"attribute", "group", "reference", "window", "stratum", "member", "x", "category",
		"value", "standard_error", "interval_low", "interval_high", "interval_level", "interval_method", "p_value", "spread", "exact",
		"n", "reference_n", "smallest_cell", "background", "background_rows", "seed", "permutations", "model_rows",
		"additivity_error", "parity", "note",
	}
}

// WriteExplanations writes the explanations as [WriteCSV] writes measurements:
// one row each, an empty cell for nothing. Without any there is a header.
func WriteExplanations(w io.Writer, r *audit.Result) error {
	out := bufio.NewWriter(w)
	csvLine(out, explainedColumns())
	for i := range r.Explanations {
		csvLine(out, explainedRow(&r.Explanations[i]))
	}
	return out.Flush()
}

func explainedRow(e *audit.Explanation) []string {
	iv, level := audit.Interval{}, ""
	if e.Interval != nil {
		iv = *e.Interval
		level = csvFloat(&iv.Level)
	}
	seed := ""
	if e.Permutations != 0 { // 0 is a seed too
		seed = strconv.FormatUint(e.Seed, 10)
	}
	return []string{
		csvText(e.Explainer), csvText(e.Metric), strconv.Itoa(e.MethodVersion), csvOptional(e.Feature), csvText(string(e.Part)), csvPositive(int64(e.Rank)),
		csvText(e.Attribute), csvOptional(e.Group), csvOptional(e.Reference), csvText(e.Window), csvOptional(e.Stratum), csvPositive(int64(e.Member)), csvFloat(e.X), csvOptional(e.Category),
		csvFloat(e.Value), csvFloat(e.StandardError), csvFloat(iv.Low), csvFloat(iv.High), level, csvText(iv.Method), csvFloat(e.P), csvFloats(e.Spread), strconv.FormatBool(e.Exact),
		strconv.FormatInt(e.N, 10), csvPositive(e.ReferenceN), csvPositive(e.SmallestCell), csvText(e.Background), csvPositive(int64(e.BackgroundRows)), seed,
		csvPositive(int64(e.Permutations)), csvPositive(e.ModelRows), csvFloat(e.Additivity), csvText(e.Parity), csvText(e.Note),
	}
}

// csvFloats are numbers with a space between them.
func csvFloats(list []float64) string {
	var out []string
	for _, x := range list {
		out = append(out, csvFloat(&x))
	}
	return strings.Join(out, " ")
}

// csvPositive is a count that is there only if it is above 0.
func csvPositive(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
