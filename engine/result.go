package engine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/scan"
	"github.com/plumbline-audit/plumbline/engine/source/slate"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// windowNeed is the table that says how many rows each window has.
var windowNeed = table.Need{Dims: []table.Dim{table.Window}}

// result is everything but what detectors say.
func (j *Job) result(o *scan.Outcome) (*audit.Result, error) {
	r := &audit.Result{
		SchemaVersion: audit.SchemaVersion,
		Audit:         j.header(o),
		Engine:        audit.Engine{Name: "plumbline", Version: j.options.Version, Revision: j.options.Revision},
	}
	if p := j.audit.Privacy; p != nil {
		r.Privacy = &audit.Privacy{MinCell: p.MinCell, Exact: true}
	}
	var err error
	if r.Privacy != nil {
		if r.Privacy.Few, err = j.few(o); err != nil {
			return nil, err
		}
	}
	if r.Data, err = j.data(o); err != nil {
		return nil, err
	}
	if r.Windows, err = j.windows(o); err != nil {
		return nil, err
	}
	tables := &tables{outcome: o, faults: &lacks{}}
	r.Groups = detect.Groups(j.spec, tables)
	r.Notes = append(joinNotes(r.Data.Joins), j.windowNotes(r.Windows)...)
	if s, ok := j.log.source.(*slate.Source); ok {
		r.Notes = append(r.Notes, slateNotes(s.Accounts())...)
	}
	r.Notes = append(r.Notes, j.conversationNotes(r.Data.Conversations)...)
	notes, err := j.marginals(o)
	if err != nil {
		return nil, err
	}
	r.Notes = append(r.Notes, notes...)
	if n := len(j.audit.Columns.Predictions); n > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("Every row of the log stands here once for each of %d versions of the predictions; numbers without a version pool them.", n))
	}
	if n := o.Trusted; n > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("The times of %d rows were not read: each row group's statistics place it in one window, and data.trust_statistics trusts them. "+
			"If a file's statistics are wrong, so are its windows, and the first and last time.", n))
	}
	return r, tables.faults.all()
}

// joinNotes says which joined tables the log did not meet.
func joinNotes(joins []audit.Join) (notes []string) {
	for _, join := range joins {
		switch found := join.RightRows - join.RightUnmatched; {
		case join.RightRows == 0:
			notes = append(notes, fmt.Sprintf("The joined table %s has no rows.", join.Path))
		case found == 0:
			notes = append(notes, fmt.Sprintf("No row of the log has a partner in %s: compare how both write %s, e.g. 1 and 1.0, or spaces.",
				join.Path, strings.Join(join.On, ", ")))
		case join.LogUnmatched == 1:
			notes = append(notes, fmt.Sprintf("1 row of the log has no partner in %s; what it would tell about it is missing.", join.Path))
		case join.LogUnmatched > 0:
			notes = append(notes, fmt.Sprintf("%s rows of the log have no partner in %s; what it would tell about them is missing.", thousands(join.LogUnmatched), join.Path))
		}
	}
	return notes
}

// slateNotes says what the lists lack; how many there are stands in Data.Lists.
func slateNotes(a slate.Accounts) (out []string) {
	for _, n := range []struct {
		count int64
		text  string
	}{
		{a.Empty, "%s of %s lists rank nothing."},
		{a.Short, "%s of %s lists rank fewer items than were offered; the others have no rank, and count as offered and not shown."},
		{a.Duplicates, "%s entries of %s lists repeat an item of their list; the place further up counts."},
		{a.Keyless, "%s slots have no key that says which list they are of; beside them there are %s lists."},
		{a.Beyond, "%s ranks of %s lists are greater than the length of their list: there are gaps."},
	} {
		if n.count > 0 {
			out = append(out, fmt.Sprintf(n.text, thousands(n.count), thousands(a.Lists)))
		}
	}
	return out
}

// thousands writes a count with separators.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// windowNotes says if the configured reference holds no window of the log.
func (j *Job) windowNotes(windows []audit.Window) []string {
	isReference := func(w audit.Window) bool { return w.Role == "reference" && w.Rows > 0 }
	if j.spec.Windows.Reference == "" || slices.ContainsFunc(windows, isReference) {
		return nil
	}
	return []string{fmt.Sprintf("The reference %s holds no audited row, so no window can be compared with it.", j.spec.Windows.Reference)}
}

func (j *Job) header(o *scan.Outcome) audit.Header {
	s := j.spec
	h := audit.Header{
		Name: s.Name, Title: s.Title, Kind: s.Kind,
		SpecSHA256: j.audit.SHA256(), Packs: []string{},
		Alpha: s.Alpha, Period: audit.AllWindows, Seed: s.Seed,
		WindowEvery: s.Windows.Every, Words: s.Words,
		DecisionText: s.DecisionText, Favorable: s.Favorable, LabelText: s.LabelText,
	}
	for _, p := range j.packs.Packs {
		h.Packs = append(h.Packs, p.Name)
	}
	if s.Period != "" {
		h.Period = s.Period
	}
	if s.HasTime {
		h.Timezone = s.Windows.Zone.String()
	}
	if o.HasAsOf {
		h.AsOf = j.instant(o.AsOf)
	}
	return h
}

func (j *Job) instant(us int64) string {
	return time.UnixMicro(us).In(j.spec.Windows.Zone).Format(time.RFC3339Nano)
}

func (j *Job) data(o *scan.Outcome) (audit.Data, error) {
	a := &o.Accounts
	d := audit.Data{RowsRead: a.Read, RowsAudited: a.Audited, Copies: a.Copies, Excluded: []audit.Exclusion{}, Inputs: []audit.Input{}}
	for _, reason := range table.Exclusions {
		if n := a.Excluded[reason]; n > 0 {
			d.Excluded = append(d.Excluded, audit.Exclusion{Reason: string(reason), Rows: n, Text: reason.Text()})
		}
	}
	if a.HasTime {
		d.FirstTime, d.LastTime = j.instant(a.FirstTime), j.instant(a.LastTime)
	}
	for i, in := range append([]*input{j.log}, j.joins...) {
		files, err := in.source.Inputs()
		if err != nil {
			return d, err
		}
		for _, f := range files {
			role := "log"
			if i > 0 {
				role = "join"
			}
			d.Inputs = append(d.Inputs, audit.Input{Path: f.Path, Role: role, Bytes: f.Bytes, SHA256: f.SHA256, Hash: f.Hash, Rows: f.Rows})
		}
	}
	if j.saved != nil {
		d.Inputs = append(d.Inputs, j.saved.input)
	}
	d.Inputs = append(d.Inputs, j.populations...)
	d.Inputs = append(d.Inputs, j.kpis.Inputs...)
	for i, acc := range o.Joins {
		in := j.joins[i]
		var replaced int64
		if in.table != nil {
			replaced = in.table.Replaced()
		}
		d.Joins = append(d.Joins, audit.Join{
			Path: in.label, On: in.on(), RightRows: acc.RightRows,
			LogUnmatched: acc.LogUnmatched, LogKeyMissing: acc.LogKeyMissing,
			RightUnmatched: acc.RightUnmatched, RightKeyMissing: acc.RightKeyMissing, RightReplaced: replaced,
		})
	}
	if s, ok := j.log.source.(*slate.Source); ok {
		l := s.Accounts()
		d.Lists = &audit.Lists{Lists: l.Lists, Empty: l.Empty, Short: l.Short, Pads: l.Pads, Duplicates: l.Duplicates, Beyond: l.Beyond}
	}
	d.Conversations = j.conversations()
	return d, nil
}

// maxWindows bounds the windows of one audit: a century of days.
const maxWindows = 36_600

// windows lists the windows from the first with rows to the last, those
// without rows between them included, or every named range.
func (j *Job) windows(o *scan.Outcome) ([]audit.Window, error) {
	out := []audit.Window{}
	spec := j.spec.Windows
	if spec.Every == "" {
		return out, nil
	}
	c, err := o.Counts(windowNeed)
	if err != nil {
		return nil, err
	}
	rows := map[string]int64{}
	c.Each(func(codes []int, cell table.Cell) { rows[c.Categories(table.Window)[codes[0]].Name] = cell.Rows })
	add := func(id string, start, end time.Time) {
		out = append(out, audit.Window{
			ID: id, Start: start.Format(time.RFC3339), End: end.Format(time.RFC3339), Rows: rows[id],
		})
	}
	if len(spec.Ranges) > 0 {
		for _, r := range spec.Ranges {
			add(r.Name, r.Start.In(spec.Zone), r.End.In(spec.Zone))
		}
	} else if o.Accounts.HasTime {
		last := time.UnixMicro(o.Accounts.LastTime)
		for t := time.UnixMicro(o.Accounts.FirstTime); !t.After(last); {
			id, start, end := config.WindowOf(spec.Every, spec.Zone, t)
			if len(out) == maxWindows {
				return nil, fmt.Errorf("more than %d windows of one %s between %s and %s; cut time into longer windows, or mend the times",
					maxWindows, spec.Every, j.instant(o.Accounts.FirstTime), j.instant(o.Accounts.LastTime))
			}
			add(id, start, end)
			t = end
		}
	}
	j.assignRoles(out)
	return out, nil
}

// assignRoles marks the reference windows: the configured ones, else the first.
func (j *Job) assignRoles(windows []audit.Window) {
	isReference := j.referenceWindows(windows)
	for i := range windows {
		windows[i].Role = "current"
		if isReference(i) {
			windows[i].Role = "reference"
		}
	}
}

// referenceWindows tells by position which windows are the reference. A span of
// ids means the time that it covers, so it holds also where its first window
// has no rows; a named range is one window.
func (j *Job) referenceWindows(windows []audit.Window) func(i int) bool {
	spec := j.spec.Windows
	if spec.ReferenceFile != "" {
		return func(int) bool { return false }
	}
	if spec.Reference == "" || spec.Reference == config.FirstWindow {
		return func(i int) bool { return i == 0 }
	}
	start, end, err := config.ParseSpan(spec.Reference, spec.Zone)
	if len(spec.Ranges) > 0 || err != nil {
		return func(i int) bool { return windows[i].ID == spec.Reference }
	}
	return func(i int) bool {
		from, _ := time.Parse(time.RFC3339, windows[i].Start)
		to, _ := time.Parse(time.RFC3339, windows[i].End)
		return !from.Before(start) && !to.After(end)
	}
}
