package reports

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// nullList refuses a list that is null or not there: an empty list is [].
func nullList(r *audit.Result) error {
	for _, l := range []struct {
		name string
		null bool
	}{
		{"audit.packs", r.Audit.Packs == nil}, {"data.inputs", r.Data.Inputs == nil}, {"data.excluded", r.Data.Excluded == nil},
		{"windows", r.Windows == nil}, {"groups", r.Groups == nil}, {"measurements", r.Measurements == nil}, {"tables", r.Tables == nil},
		{"findings", r.Findings == nil}, {"notes", r.Notes == nil}, {"gates.checks", r.Gates.Checks == nil},
	} {
		if l.null {
			return fmt.Errorf("%s is null or missing; a list without entries is []", l.name)
		}
	}
	inside := func(list string, i int, field string) error {
		return fmt.Errorf("%s[%d].%s is null or missing; a list without entries is []", list, i, field)
	}
	for i, g := range r.Groups {
		if g.Values == nil {
			return inside("groups", i, "values")
		}
	}
	for i, f := range r.Findings {
		if f.Measurements == nil {
			return inside("findings", i, "measurements")
		}
	}
	for i, c := range r.Gates.Checks {
		if c.Measurements == nil {
			return inside("gates.checks", i, "measurements")
		}
	}
	for i, t := range r.Tables {
		if t.Columns == nil || t.Rows == nil {
			return inside("tables", i, "columns or rows")
		}
	}
	return nil
}

// checkRows holds that every row read is audited or left out, and that nothing
// was counted below zero.
func checkRows(r *audit.Result) error {
	d, g := r.Data, r.Gates
	counts := []counted{
		{"data.rows_read", d.RowsRead}, {"data.rows_audited", d.RowsAudited}, {"data.copies", d.Copies},
		{"gates.pass", int64(g.Pass)}, {"gates.warn", int64(g.Warn)}, {"gates.fail", int64(g.Fail)},
		{"gates.inconclusive", int64(g.Inconclusive)}, {"gates.family_size", int64(g.FamilySize)},
	}
	for _, e := range d.Excluded {
		counts = append(counts, counted{fmt.Sprintf("data.excluded, %.40q", e.Reason), e.Rows})
	}
	for _, in := range d.Inputs {
		counts = append(counts, counted{fmt.Sprintf("data.inputs, %.40q", in.Path), min(in.Rows, in.Bytes)})
	}
	for _, j := range d.Joins {
		counts = append(counts, counted{fmt.Sprintf("data.joins, %.40q", j.Path), min(j.RightRows, j.LogUnmatched, j.RightUnmatched, j.LogKeyMissing, j.RightKeyMissing)})
	}
	if d.Lists != nil {
		for _, n := range d.Lists.Counts() {
			counts = append(counts, counted{"data.lists", *n})
		}
	}
	if d.Conversations != nil {
		for _, n := range d.Conversations.Counts() {
			counts = append(counts, counted{"data.conversations", *n})
		}
	}
	for _, w := range r.Windows {
		counts = append(counts, counted{fmt.Sprintf("windows, %.40q", w.ID), w.Rows})
	}
	for _, a := range r.Groups {
		for _, v := range a.Values {
			counts = append(counts, counted{fmt.Sprintf("groups, %.40q", a.Attribute), min(v.Rows, v.N)})
		}
	}
	if err := notNegative(visible(r, counts)...); err != nil {
		return err
	}
	if r.Privacy != nil && slices.ContainsFunc(d.Excluded, func(e audit.Exclusion) bool { return e.Rows == audit.Hidden }) || d.RowsRead == audit.Hidden {
		return nil
	}
	left := d.RowsRead
	for _, e := range d.Excluded {
		if left -= e.Rows; left < 0 {
			break
		}
	}
	if left != d.RowsAudited {
		return fmt.Errorf("data: %d rows read, less those left out, do not make the %d audited", d.RowsRead, d.RowsAudited)
	}
	return nil
}

// counted is a number that cannot be negative, and where it stands.
type counted struct {
	name string
	n    int64
}

// visible leaves out what a result with small cells suppressed withholds.
func visible(r *audit.Result, counts []counted) []counted {
	if r.Privacy == nil {
		return counts
	}
	return slices.DeleteFunc(counts, func(c counted) bool { return c.n == audit.Hidden })
}

func notNegative(counts ...counted) error {
	for _, c := range counts {
		if c.n < 0 {
			return fmt.Errorf("%s is negative: %d", c.name, c.n)
		}
	}
	return nil
}

// checkMeasurement holds that a measurement does not contradict itself.
func checkMeasurement(m *audit.Measurement) error {
	if !known(m.GroupKind, audit.KindValue, audit.KindMissing, audit.KindOverall, audit.KindWorst) {
		return fmt.Errorf("unknown group_kind %.40q", m.GroupKind)
	}
	of := func(n *int64) int64 {
		if n == nil {
			return 0
		}
		return *n
	}
	if m.Suppressed {
		return withheldWhole(m)
	}
	if err := notNegative(counted{"n", m.N}, counted{"numerator", of(m.Numerator)}, counted{"denominator", of(m.Denominator)},
		counted{"reference_numerator", of(m.RefNum)}, counted{"reference_denominator", of(m.RefDen)}); err != nil {
		return err
	}
	if iv := m.Interval; iv != nil && iv.Low != nil && iv.High != nil && *iv.Low > *iv.High {
		return fmt.Errorf("the interval's low end %g is above its high end %g", *iv.Low, *iv.High)
	}
	if m.Reference != nil || m.RefDen != nil || m.Value == nil || m.Numerator == nil || m.Denominator == nil {
		return nil
	}
	if *m.Denominator == 0 {
		return errors.New("it has a value, and its denominator is 0")
	}
	if q := float64(*m.Numerator) / float64(*m.Denominator); math.Abs(*m.Value-q) > 1e-9*max(1, q) {
		return fmt.Errorf("the value %.10g is not numerator / denominator, %d / %d = %.10g", *m.Value, *m.Numerator, *m.Denominator, q)
	}
	return nil
}

// withheldWhole holds that a suppressed measurement shows nothing.
func withheldWhole(m *audit.Measurement) error {
	if m.N != audit.Hidden || m.Value != nil || m.Numerator != nil || m.Denominator != nil || m.RefNum != nil || m.RefDen != nil || m.Interval != nil || m.P != nil || m.PAdjusted != nil {
		return errors.New("it is suppressed, and has numbers")
	}
	return nil
}

// called names a measurement for a message: selection_rate of sex "male", window all.
func called(m *audit.Measurement) string {
	s := fmt.Sprintf("%.60s", clean(m.Metric))
	if m.Attribute != "" {
		s += fmt.Sprintf(" of %.40s", clean(m.Attribute))
	}
	if m.Group != nil {
		s += fmt.Sprintf(" %.40q", *m.Group)
	}
	return s + fmt.Sprintf(", window %.40s", clean(m.Window))
}
