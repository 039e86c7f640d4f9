package kpi

import (
	"reflect"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Two versions side by side do not take turns; one that is taken back is two changes;
// a window without rows is none.
func TestBoundaries(t *testing.T) {
	both := func(a, b int64) map[string]int64 { return map[string]int64{"a": a, "b": b} }
	for what, c := range map[string]struct {
		rows []map[string]int64
		want []boundary
	}{
		"side by side": {[]map[string]int64{both(51, 49), both(49, 51), both(45, 55), both(60, 40)}, nil},
		"gradually":    {[]map[string]int64{both(90, 10), both(40, 60), both(20, 80), both(0, 9)}, []boundary{{"a", "b", 0, 2, 3}}},
		"taken back":   {[]map[string]int64{both(9, 0), both(0, 9), both(0, 9), both(9, 0)}, []boundary{{"a", "b", 0, 1, 2}, {"b", "a", 1, 3, 3}}},
		"a hole":       {[]map[string]int64{both(9, 0), {}, both(0, 9)}, []boundary{{"a", "b", 0, 2, 2}}},
		"nobody":       {[]map[string]int64{{}, {}}, nil},
	} {
		if got := boundaries(c.rows); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v", what, got)
		}
	}
}

// Windows that are not there take their time.
func TestPlacesInTime(t *testing.T) {
	day := func(a, b string) audit.Window {
		return audit.Window{Start: "2026-01-" + a + "T00:00:00Z", End: "2026-01-" + b + "T00:00:00Z"}
	}
	if got := placesInTime([]audit.Window{day("01", "02"), day("02", "03"), day("06", "07"), {Start: "?"}}); !reflect.DeepEqual(got, []float64{0, 1, 5, 6}) {
		t.Error(got)
	}
}
