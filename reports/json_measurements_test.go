package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Measurements beyond one piece stand one to a line, in order, and a number that
// JSON cannot hold is named by its place before anything is written.
func TestManyMeasurements(t *testing.T) {
	for _, n := range []int{0, 1, pieceSize, 2*pieceSize + 1} {
		r := &audit.Result{Measurements: make([]audit.Measurement, n)}
		for i := range r.Measurements {
			x := float64(i) / 3
			r.Measurements[i] = audit.Measurement{Metric: fmt.Sprint("m", i), Value: &x}
		}
		var out bytes.Buffer
		if err := WriteJSON(&out, r); err != nil {
			t.Fatal(err)
		}
		var back struct{ Measurements []audit.Measurement }
		if err := json.Unmarshal(out.Bytes(), &back); err != nil || len(back.Measurements) != n {
			t.Fatalf("%d measurements of %d: %v", len(back.Measurements), n, err)
		}
		lines := 0
		for line := range strings.Lines(out.String()) {
			if strings.HasPrefix(line, "    {") && strings.Contains(line, fmt.Sprintf(`"metric":"m%d"`, lines)) {
				lines++
			}
		}
		if lines != n {
			t.Errorf("%d lines in order for %d measurements", lines, n)
		}
	}
	bad := math.Inf(1)
	r := &audit.Result{Measurements: make([]audit.Measurement, 2*pieceSize)}
	r.Measurements[pieceSize+3].Value = &bad
	var out bytes.Buffer
	err := WriteJSON(&out, r)
	want := fmt.Sprintf("cannot write the result: result.measurements[%d].value is +Inf", pieceSize+3)
	if err == nil || !strings.HasPrefix(err.Error(), want) || out.Len() > 0 {
		t.Errorf("%v, %d bytes written; want %s", err, out.Len(), want)
	}
}
