package detectors

import (
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// Windows and versions are slices of the same rows; the reference is chosen once,
// over all of them, and a window where it has no rows has no gaps.
func TestWindowsAndVersions(t *testing.T) {
	spec := newSpec(largest, "g")
	spec.HasTime, spec.HasVersion, spec.Windows.Every = true, true, "month"
	var rows []row
	put := func(group, window, version string, positive, negative int64) {
		for _, x := range decisions(group, positive, negative) {
			x.window, x.version, x.label = window, version, table.Unknown
			rows = append(rows, x)
		}
	}
	put("a", "2024-01", "v1", 60, 40)
	put("a", "2024-02", "v2", 10, 90)
	put("b", "2024-02", "v2", 30, 20)
	put("b", "2024-03", "", 5, 5)
	find := func(window, version, metric, group string) *audit.Measurement {
		for _, m := range run(t, spec, rows, Parity()) {
			if m.Window == window && same(m.Version, version) && m.Metric == metric && m.GroupKind == audit.KindValue && same(m.Group, group) {
				return &m
			}
		}
		return nil
	}
	for _, c := range []struct {
		window, version, group string
		k, n                   int64
	}{
		{"all", "", "a", 70, 200}, {"2024-01", "", "a", 60, 100}, {"2024-02", "", "b", 30, 50},
		{"all", "v2", "a", 10, 100}, {"all", "(missing)", "b", 5, 10},
	} {
		if m := find(c.window, c.version, "selection_rate", c.group); m == nil || *m.Numerator != c.k || *m.Denominator != c.n || m.P != nil {
			t.Errorf("%v: %+v", c, m)
		}
	}
	if m := find("2024-01", "", "selection_rate", "b"); m != nil {
		t.Errorf("a group without rows in a window: %+v", m)
	}
	if m := find("2024-02", "", "selection_rate_ratio", "b"); m == nil || *m.Reference != "a" || *m.Value != 6 || m.P != nil {
		t.Errorf("only the gate window is tested: %+v", m)
	}
	if m := find("2024-03", "", "selection_rate_ratio", "b"); m == nil || m.Value != nil || m.Note != `undefined: no row in group "a"` {
		t.Errorf("the reference has no rows here: %+v", m)
	}
}
