package detectortest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

// variant is a way to ask for the same audit.
type variant struct {
	name      string
	reference string
	last      bool // of the limits that a metric can be held to, the last, not the first
	distances bool // set limits on distances too, which draw many tables for that
	version   bool // tell versions of the model apart
	first     bool // the one variant that full worlds get, and that runs again with the rows turned round
	subject   bool
	favorable bool
}

func variants() []variant {
	return []variant{
		{name: "largest", reference: "largest", favorable: true, first: true},
		{name: "named", reference: "a", last: true, distances: true, favorable: true},
		{name: "rest, unfavorable, with a subject", reference: "rest", subject: true, version: true},
	}
}

// trial is one audit of a world.
type trial struct {
	with      With
	detectors []detect.Detector
	world     world
	variant   variant
	dir       string
	result    *audit.Result
}

// faults runs the audit and says what is wrong with it.
func (t *trial) faults() []string {
	var err error
	if t.result, err = t.audit(t.world.rows, 1); err != nil {
		return []string{err.Error()}
	}
	out := t.wrong()
	before, err := json.Marshal(t.result)
	if err != nil {
		return append(out, "the result is not JSON: "+err.Error())
	}
	if t.variant.first && !t.world.full {
		out = append(out, t.again(before)...)
	}
	return out
}

// again runs the audit with its rows turned round, and holds the result against
// that of before.
func (t *trial) again(before []byte) []string {
	turned := slices.Clone(t.world.rows)
	slices.Reverse(turned)
	again, err := t.audit(turned, 3)
	if err != nil {
		return []string{"with rows turned round: " + err.Error()}
	}
	for i := range again.Data.Inputs {
		again.Data.Inputs[i] = t.result.Data.Inputs[i]
	}
	if after, err := json.Marshal(again); err != nil || !bytes.Equal(before, after) {
		return []string{"the result depends on the order of rows or the number of workers"}
	}
	return nil
}

// audit writes rows to a file and audits it; a panic is an error.
func (t *trial) audit(rows []row, workers int) (r *audit.Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if err := writeRows(filepath.Join(t.dir, "log.parquet"), rows); err != nil {
		return nil, err
	}
	a, mistakes := config.Parse(filepath.Join(t.dir, "audit.yaml"), []byte(t.config()), engine.Declarations(t.detectors), nil)
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	ctx := context.Background()
	job, err := engine.Open(ctx, a, t.detectors, engine.Options{Workers: workers})
	if err != nil {
		return nil, err
	}
	return job.Run(ctx)
}

func writeRows(path string, rows []row) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := parquet.NewGenericWriter[row](f, parquet.MaxRowsPerRowGroup(150))
	if _, err := w.Write(rows); err != nil {
		return err
	}
	return w.Close()
}

// config is the audit's configuration.
func (t *trial) config() string {
	var b strings.Builder
	line := func(format string, a ...any) { fmt.Fprintf(&b, format+"\n", a...) }
	// With so many limits on so few rows, a large alpha spares most of the draws that
	// the smallest adjusted p would need.
	line("version: 1\nname: detectortest\nalpha: 0.5\ndata: {log: log.parquet}\ncolumns:")
	line("  time: at\n  id: {column: id, duplicates: count}\n  score: score\n  weight: copies")
	line("  decision: {column: offer, positive: ['yes'], negative: ['no'], favorable: %t}", t.variant.favorable)
	line("  label: {column: repaid, positive: ['yes'], negative: ['no']}\n  features: [age, job]\n  strata: [job]")
	if t.variant.subject {
		line("  subject: person")
	}
	if t.variant.version {
		line("  version: model")
	}
	twin := t.variant.reference
	if twin == "a" {
		twin = "x"
	}
	line("  groups: {g: {column: g, reference: %s}, h: {column: h, reference: %s}}", t.variant.reference, twin)
	line("windows: {every: month}\ndetectors:")
	for _, d := range t.detectors {
		line("  %s: {%s}", d.Name, strings.Join(t.limits(d), ", "))
	}
	return b.String()
}

// limits are a detector's parameters and a limit on each of its metrics, as
// lenient as the metric's scale allows: where there is nothing to judge they
// tempt to a pass.
func (t *trial) limits(d detect.Detector) []string {
	var out []string
	if p := t.with.Params[d.Name]; p != "" {
		out = append(out, p)
	}
	for _, m := range d.Metrics {
		keys := m.GateKeys()
		distance := m.Null == detect.NullNoChange || m.Null == detect.NullCalibrated
		if len(keys) == 0 || distance && (!t.variant.distances || t.world.full) {
			continue
		}
		key := keys[0]
		if t.variant.last {
			key = keys[len(keys)-1]
		}
		value := "0.9"
		if high, err := strconv.ParseFloat(m.Range.High, 64); err == nil && high <= 0.9 {
			value = "0.2" // a limit above all values is refused
		}
		if strings.HasPrefix(key, "min") {
			value = "0.01"
		}
		out = append(out, fmt.Sprintf("%s: {%s: %s}", m.Name, key, value))
	}
	return out
}

func (t *trial) detector(name string) *detect.Detector {
	for i := range t.detectors {
		if t.detectors[i].Name == name {
			return &t.detectors[i]
		}
	}
	return nil
}
