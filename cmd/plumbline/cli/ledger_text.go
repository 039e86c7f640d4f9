package cli

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/ledger"
)

// listedRun is a run as it is printed.
type listedRun struct {
	ID          int64  `json:"run"`
	Audit       string `json:"audit"`
	Period      string `json:"period"`
	AsOf        string `json:"as_of,omitempty"`
	Spec        string `json:"spec_sha256"`
	Method      string `json:"methods_sha256"`
	Result      string `json:"content_sha256"`
	Engine      string `json:"engine"`
	Verdict     string `json:"verdict"`
	Reason      string `json:"reason"`
	RowsRead    int64  `json:"rows_read"`
	RowsAudited int64  `json:"rows_audited"`
	WrittenAt   string `json:"written_at"`
	Revisions   int64  `json:"windows_written"`
	Files       int64  `json:"files_kept"`
	Bytes       int64  `json:"bytes_kept"`
}

func listed(runs []ledger.Entry) []listedRun {
	out := make([]listedRun, len(runs))
	for i, r := range runs {
		out[i] = listedRun(r)
	}
	return out
}

// shownRun is everything about a run.
type shownRun struct {
	listedRun
	Inputs  []audit.Input   `json:"inputs"`
	Windows []shownRevision `json:"windows"`
}

type shownRevision struct {
	Kind        string `json:"kind"`
	Scope       string `json:"scope"`
	Window      string `json:"window"`
	Number      int64  `json:"version"`
	Reason      string `json:"reason"`
	Provisional bool   `json:"provisional"`
}

func listRuns(w io.Writer, runs []ledger.Entry) error {
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(t, "RUN\tAUDIT\tPERIOD\tWRITTEN\tVERDICT\tROWS\tWHY\tWINDOWS")
	for _, r := range runs {
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.Audit, r.Period, r.WrittenAt, r.Verdict, grouped(r.RowsAudited), why(r.Reason), grouped(r.Revisions))
	}
	return t.Flush()
}

// why spells out the reasons for another version.
func why(reason string) string { return strings.ReplaceAll(reason, "+", ", ") }

func (r *shownRun) write(w io.Writer) error {
	fmt.Fprintf(w, "run %d of %s, period %s, written %s: %s\n", r.ID, r.Audit, r.Period, r.WrittenAt, r.Verdict)
	fmt.Fprintf(w, "%s rows read, %s audited; why another run: %s\n", grouped(r.RowsRead), grouped(r.RowsAudited), why(r.Reason))
	if r.AsOf != "" {
		fmt.Fprintf(w, "age of labels as of %s\n", r.AsOf)
	}
	fmt.Fprintf(w, "spec %s, methods %s, content %s\n\n", r.Spec[:min(12, len(r.Spec))], r.Method[:min(12, len(r.Method))], r.Result[:min(12, len(r.Result))])
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(t, "FILE\tROLE\tROWS\tBYTES\tSHA-256")
	for _, in := range r.Inputs {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s %s\n", in.Path, in.Role, grouped(in.Rows), grouped(in.Bytes), in.SHA256[:min(12, len(in.SHA256))], in.Hash)
	}
	fmt.Fprintln(t, "\nWINDOW\tNUMBERS\tVERSION\tWHY\tLABELS")
	for _, rev := range r.Windows {
		labels := "final"
		if rev.Provisional {
			labels = "may still come"
		}
		fmt.Fprintf(t, "%s\t%ss\t%d\t%s\t%s\n", rev.Window, rev.Kind, rev.Number, why(rev.Reason), labels)
	}
	return t.Flush()
}

// exportVersions writes one line per version of a number.
func exportVersions(w io.Writer, list []ledger.Version) error {
	out := csv.NewWriter(w)
	err := out.Write([]string{"kind", "scope", "window", "detector", "metric", "attribute", "group_kind", "group", "reference", "stratum", "version", "column", "parameters",
		"definition", "run", "restatement", "reason", "value", "low", "high", "numerator", "denominator", "n", "provisional", "gone"})
	for i := 0; i < len(list) && err == nil; i++ {
		v := &list[i]
		f := ledger.Fields(v.Key)
		err = out.Write([]string{v.Kind, v.Scope, v.Window, f["detector"], f["metric"], f["attribute"], f["group_kind"], f["group"], f["reference"], f["stratum"], f["version"], f["column"], f["parameters"],
			v.Definition, strconv.FormatInt(v.Run, 10), strconv.FormatInt(v.Number, 10), v.Reason, decimal(v.Value.Value), decimal(v.Low), decimal(v.High),
			decimal(v.Numerator), decimal(v.Denominator), whole(v.N), strconv.FormatBool(v.Provisional), strconv.FormatBool(v.Gone)})
	}
	out.Flush()
	if err != nil {
		return err
	}
	return out.Error()
}

func decimal(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'g', -1, 64)
}

func whole(x *int64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatInt(*x, 10)
}
