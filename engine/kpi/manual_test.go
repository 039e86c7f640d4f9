package kpi

import (
	"strings"
	"testing"
	"time"
)

// What is no finite number cannot be held to a limit, and is refused where it stands.
func TestEntriesAreFinite(t *testing.T) {
	for _, value := range []string{"NaN", "nan", "Inf", "-inf", "Infinity", "1e999", "x", ""} {
		_, err := entries([]byte("date,value,source\n2025-01,3,desk\n2025-02,"+value+",desk\n"), time.UTC)
		if err == nil || !strings.Contains(err.Error(), "line 3") || !strings.Contains(err.Error(), "is not a number") {
			t.Errorf("%q: %v", value, err)
		}
	}
	if list, err := entries([]byte("date,value,source\n2025-01,-3e2,desk\n"), time.UTC); err != nil || len(list) != 1 || list[0].value != -300 {
		t.Errorf("%v (%v), want -300", list, err)
	}
}
