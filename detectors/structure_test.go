package detectors

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

func TestDeclarations(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range All() {
		if d.Name == "" || d.Title == "" || d.Doc == "" || d.Plan == nil {
			t.Errorf("detector %q is incomplete", d.Name)
		}
		for _, m := range d.Metrics {
			if m.Name == "" || m.Title == "" || m.Doc == "" || m.Convention == "" || m.Null == "" || m.Scale == "" || m.Version < 1 {
				t.Errorf("metric %q is incomplete", m.Name)
			}
			if seen[d.Name+" "+m.Name] {
				t.Errorf("%s declares metric %q twice", d.Name, m.Name)
			}
			seen[d.Name+" "+m.Name] = true
		}
		if d.Main != "" && !slices.ContainsFunc(d.Metrics, func(m detect.Metric) bool { return m.Name == d.Main }) {
			t.Errorf("detector %q has no metric %q", d.Name, d.Main)
		}
	}
}

// Every measurement is of a declared metric, with its convention.
func TestMeasurementsAreDeclared(t *testing.T) {
	spec := newSpec(largest, "g", "h")
	spec.Favorable, spec.HasTime, spec.HasVersion, spec.Windows.Every, spec.Intersections.Depth = false, true, true, "month", 2
	spec.Roles = []audit.RoleColumn{}
	var rows []row
	for _, w := range []string{"2024-01", "2024-03"} {
		for _, x := range append(outcomes([]string{"a", "c"}, 40, 30, 20, 10), outcomes([]string{"b", ""}, 20, 30, 40, 50)...) {
			x.window, x.version = w, "v"+w[6:]
			rows = append(rows, x)
		}
	}
	declared := map[string]string{}
	for _, d := range All() {
		for _, m := range d.Metrics {
			declared[d.Name+" "+m.Name] = m.Convention
		}
	}
	ms := run(t, spec, rows, All()...)
	sane(t, ms)
	for _, m := range ms {
		if c, ok := declared[m.Detector+" "+m.Metric]; !ok || c != m.Convention {
			t.Errorf("%s %s: convention %q, declared %q", m.Detector, m.Metric, m.Convention, c)
		}
	}
	order(t, ms)
}

// order checks the canonical order within one detector, attribute and metric:
// all, windows by time, versions; then values, missing, overall, worst.
func order(t *testing.T, ms []audit.Measurement) {
	t.Helper()
	kinds := []audit.GroupKind{audit.KindValue, audit.KindMissing, audit.KindOverall, audit.KindWorst}
	at := func(m audit.Measurement) string {
		s := "0"
		if m.Window != audit.AllWindows {
			s = "1" + m.Window
		}
		if m.Version != nil {
			s = "2" + *m.Version
		}
		return s
	}
	for i := 1; i < len(ms); i++ {
		a, b := ms[i-1], ms[i]
		if a.Detector == "completeness" || a.Detector != b.Detector || a.Attribute != b.Attribute || a.Metric != b.Metric ||
			!maps.Equal(a.Parameters, b.Parameters) || a.Column != nil && *a.Column != *b.Column {
			continue
		}
		switch c := strings.Compare(at(a), at(b)); {
		case c > 0:
			t.Fatalf("%s: %s before %s", a.Metric, at(a), at(b))
		case c == 0 && slices.Index(kinds, a.GroupKind) > slices.Index(kinds, b.GroupKind):
			t.Fatalf("%s: %s before %s", a.Metric, a.GroupKind, b.GroupKind)
		}
	}
}

func TestIntersections(t *testing.T) {
	spec := newSpec(audit.Reference{}, "race", "sex")
	spec.Groups[0].Reference, spec.Groups[1].Reference = named("White"), named(`M*`)
	spec.Intersections.Depth = 2
	rows := slices.Concat(
		outcomes([]string{"White", "M*"}, 50, 0, 0, 50), outcomes([]string{"White", "F"}, 40, 0, 0, 60),
		outcomes([]string{"Black", "M*"}, 30, 0, 0, 70), outcomes([]string{"Black", ""}, 7, 0, 0, 3))
	ms := index(run(t, spec, rows, Parity()))
	m := ms[key{"selection_rate_ratio", "race*sex", audit.KindValue, `Black*M\*`, `White*M\*`}]
	if m == nil || *m.Value != 0.6 {
		t.Fatalf("%+v", m)
	}
	if m := ms[key{"selection_rate", "race*sex", audit.KindMissing, "", ""}]; m == nil || *m.Value != 0.7 || m.N != 10 {
		t.Errorf("missing: %+v", m)
	}
	if m := ms[key{"selection_rate", "race", audit.KindValue, "Black", ""}]; *m.Numerator != 37 || *m.Denominator != 110 {
		t.Errorf("a row without sex belongs to its race: %+v", m)
	}
}

func TestChosenReferences(t *testing.T) {
	rows := slices.Concat(decisions("a", 10, 10), decisions("b", 400, 600), decisions("c", 60, 60))
	for _, c := range []struct {
		ref  audit.Reference
		min  int64
		good bool
		want string
	}{
		{largest, 30, true, "b"}, {best, 30, true, "c"}, {best, 1000, true, "b"}, {best, 5000, true, "c"},
		{best, 30, false, "b"}, {named("a"), 30, true, "a"},
	} {
		spec := newSpec(c.ref, "g")
		spec.Groups[0].MinRows, spec.Favorable = c.min, c.good
		p, _ := Parity().Plan(spec, nil)
		s := read(spec, sections(spec)[0], []*table.Counts{memory{t: t, spec: spec, rows: rows}.Counts(p.Needs[0])})
		if s.chosen == nil || *s.chosen != c.want {
			t.Errorf("%v favorable %v: %v, want %s", c.ref, c.good, s.chosen, c.want)
		}
		described := detect.Groups(spec, memory{t: t, spec: spec, rows: rows})[0]
		if described.Chosen == nil || *described.Chosen != c.want || described.Values[1].N != 1000 {
			t.Errorf("%v: described as %+v", c.ref, described)
		}
	}
}

func TestRestPoolsEverybodyElse(t *testing.T) {
	rows := slices.Concat(decisions("a", 10, 90), decisions("b", 50, 50), decisions("c", 100, 100), decisions("", 1000, 0))
	m := get(t, run(t, newSpec(rest, "g"), rows, Parity()), "selection_rate_difference", "a", detect.Rest)
	if *m.RefNum != 150 || *m.RefDen != 300 || *m.Value != -0.4 {
		t.Errorf("%+v", m)
	}
}
