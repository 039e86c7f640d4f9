package detectors

import (
	"slices"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// counts answers needs by their key.
type counts struct {
	t        *testing.T
	tables   map[string]*table.Counts
	accounts table.Accounts
}

func (c counts) Scan() *table.Accounts { return &c.accounts }

func (c counts) Counts(n table.Need) *table.Counts {
	out, ok := c.tables[n.Key()]
	if !ok {
		c.t.Errorf("table %q was not declared", n.Key())
	}
	return out
}

func (counts) Sample(table.SampleNeed) *table.Sample { return nil }

func (c counts) Values(table.Need) *table.Values { return nil }

// tabulate makes a table out of rows of categories and counts.
func tabulate(t *testing.T, n table.Need, cells map[[2]table.Category]int64) *table.Counts {
	t.Helper()
	cats := make([][]table.Category, len(n.Dims))
	var codes [][]int
	var ns []int64
	for cell, count := range cells {
		var code []int
		for d := range n.Dims {
			cats[d] = append(cats[d], cell[d])
			code = append(code, len(cats[d])-1)
		}
		codes, ns = append(codes, code), append(ns, count)
	}
	b, err := table.NewBuilder(n.Dims, cats)
	if err != nil {
		t.Fatal(err)
	}
	for i := range codes {
		b.Add(codes[i], table.Cell{N: ns[i], Rows: ns[i]})
	}
	return b.Counts()
}

func TestCompleteness(t *testing.T) {
	spec := newSpec(largest, "sex")
	spec.HasTime, spec.Windows = true, audit.WindowSpec{Every: "month", Zone: time.UTC}
	spec.Roles = []audit.RoleColumn{{Role: "time", Column: "at"}, {Role: "decision", Column: "yes"}, {Role: "group:sex", Column: "gender"}}
	month := func(m time.Month) table.Category {
		at := time.Date(2024, m, 1, 0, 0, 0, 0, time.UTC)
		return table.Category{Name: at.Format("2006-01"), Order: at.UnixMicro()}
	}
	state := func(s string) table.Category { return table.Category{Name: s} }
	type cells = map[[2]table.Category]int64
	plan, err := Completeness().Plan(spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]cells{
		"in-scope window|missing:decision":    {{month(1), state("missing")}: 5, {month(1), state("present")}: 45, {month(4), state("present")}: 50},
		"in-scope window|missing:group:sex":   {{month(1), state("present")}: 50, {month(4), state("missing")}: 50},
		"in-scope group:sex|missing:decision": {{state("f"), state("missing")}: 5, {state("f"), state("present")}: 45, {{Missing: true}, state("present")}: 50},
		"window|label":                        {{month(1), state(table.Immature)}: 5, {month(1), state(table.Positive)}: 40, {month(4), state(table.Unlisted)}: 10, {month(4), state(table.Negative)}: 40},
		"group:sex|label":                     {{state("f"), state(table.Immature)}: 5, {state("f"), state(table.Positive)}: 40, {{Missing: true}, state(table.Unlisted)}: 10, {{Missing: true}, state(table.Negative)}: 40},
	}
	c := counts{t: t, tables: map[string]*table.Counts{}, accounts: table.Accounts{
		Read: 120, Audited: 95, Duplicates: 3, Excluded: map[table.Exclusion]int64{table.NoTime: 20, table.DecisionMissing: 5},
	}}
	for _, n := range plan.Needs {
		if given[n.Key()] == nil {
			t.Fatalf("unexpected need %q", n.Key())
		}
		c.tables[n.Key()] = tabulate(t, n, given[n.Key()])
	}
	if len(c.tables) != len(given) {
		t.Errorf("%d needs, want %d", len(c.tables), len(given))
	}
	out, err := plan.Detect(c)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := plan.Detect(c)
	if len(again.Measurements) != len(out.Measurements) {
		t.Error("a plan carried out twice gives two results")
	}
	sane(t, out.Measurements)
	value := func(metric, window, group, parameter string) float64 {
		for _, m := range out.Measurements {
			if m.Metric == metric && m.Window == window && (same(m.Group, group) || group == "missing" && m.GroupKind == audit.KindMissing) &&
				(parameter == "" || m.Parameters["role"] == parameter || m.Parameters["reason"] == parameter) {
				return *m.Value
			}
		}
		t.Errorf("no %s in %s of %q %s", metric, window, group, parameter)
		return -1
	}
	for _, c := range []struct {
		metric, window, group, parameter string
		want                             float64
	}{
		{"audited_share", "all", "", "", 95. / 120}, {"excluded_share", "all", "", "no_time", 20. / 120},
		{"missing_share", "all", "", "decision", .05}, {"missing_share", "2024-01", "", "decision", .1},
		{"missing_share", "2024-04", "", "group:sex", 1}, {"missing_share", "all", "f", "decision", .1},
		{"missing_share", "all", "missing", "decision", 0}, {"immature_label_share", "all", "", "", 5. / 95},
		{"unlisted_label_share", "all", "missing", "", .2}, {"empty_windows", "all", "", "", 2}, {"duplicate_ids", "all", "", "", 3},
	} {
		if got := value(c.metric, c.window, c.group, c.parameter); got != c.want {
			t.Errorf("%s of %q in %s %s: %v, want %v", c.metric, c.group, c.window, c.parameter, got, c.want)
		}
	}
	spec.Gates = []audit.Gate{
		{Detector: "completeness", Metric: "empty_windows", Key: "max", Value: "0"},
		{Detector: "completeness", Metric: "duplicate_ids", Key: "max", Value: "3"},
		{Detector: "completeness", Metric: "missing_share", Key: "max", Value: "0.2"},
	}
	gates, _ := detect.Judge(spec, All(), out.Measurements)
	var got []audit.Verdict
	for _, c := range gates.Checks {
		got = append(got, c.Verdict)
	}
	// missing_share: half of the rows lack a sex; by sex, decisions do not.
	want := []audit.Verdict{audit.Fail, audit.Pass, audit.Fail, audit.Inconclusive}
	if !slices.Equal(got, want) {
		t.Errorf("verdicts %v, want %v: %+v", got, want, gates.Checks)
	}
}

func TestEmptyWindows(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	at := func(y int, m time.Month, d, h int) table.Category {
		return table.Category{Order: time.Date(y, m, d, h, 0, 0, 0, zone).UnixMicro()}
	}
	for _, c := range []struct {
		every string
		seen  []table.Category
		want  []string
	}{
		{"month", []table.Category{at(2008, 8, 1, 0), at(2008, 10, 1, 0)}, []string{"2008-09"}},
		{"day", []table.Category{at(2024, 3, 30, 0), at(2024, 4, 2, 0)}, []string{"2024-03-31", "2024-04-01"}},
		{"week", []table.Category{at(2024, 12, 23, 0), at(2025, 1, 6, 0)}, []string{"2025-W01"}},
		{"quarter", []table.Category{at(2023, 10, 1, 0), at(2024, 4, 1, 0)}, []string{"2024-Q1"}},
		{"year", []table.Category{at(2020, 1, 1, 0), at(2021, 1, 1, 0)}, nil},
		{"hour", []table.Category{at(2024, 3, 31, 0), at(2024, 3, 31, 3)}, []string{"2024-03-31T02+01:00"}},
		{"month", nil, nil},
	} {
		if got := emptyWindows(audit.WindowSpec{Every: c.every, Zone: zone}, c.seen); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.every, got, c.want)
		}
	}
	ranges := audit.WindowSpec{Every: "ranges", Ranges: []audit.Range{{Name: "before"}, {Name: "after"}}}
	if got := emptyWindows(ranges, []table.Category{{Name: "after"}}); !slices.Equal(got, []string{"before"}) {
		t.Errorf("ranges: %v", got)
	}
}
