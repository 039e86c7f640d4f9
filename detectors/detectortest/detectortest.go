// Package detectortest tries detectors on logs that say too little or are
// broken, and on a healthy one. It is for tests, also of detectors that live
// elsewhere:
//
//	func TestMine(t *testing.T) { detectortest.Run(t, mine()) }
//
// Every log is written as a file and audited by the real engine, with limits on
// every metric that the detectors declare. The harness knows the rows, and works
// out for itself where a number cannot exist. It reports
//
//   - a number where its denominator is 0 or a group has no rows for it, and a
//     gate that passes on such a number, or by leaving such a group out;
//   - an undefined number that is not null, or has no note, or has an interval or
//     a test; NaN or an infinity in the result;
//   - a rate, difference or ratio that its own counts contradict;
//   - rows that are neither audited nor excluded by name;
//   - a metric that has no number where the log has what it takes;
//   - results that depend on the order of rows or the number of workers;
//   - panics and errors.
package detectortest

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/plumbline-audit/plumbline/engine/detect"
)

// TB is what the harness needs of a *testing.T.
type TB interface {
	Helper()
	TempDir() string
	Errorf(format string, args ...any)
}

// Run tries detectors with the default of every parameter.
func Run(t TB, detectors ...detect.Detector) {
	t.Helper()
	With{}.Run(t, detectors...)
}

// With is what some detectors need beside the defaults.
type With struct {
	// Params are parameters by the detector's name, as YAML in braces without
	// them: "cuts: [0.5], quantiles: [0.5]".
	Params map[string]string
	// Silent are metrics, or beginnings or ends of their names, that no number is
	// expected of in the healthy log.
	Silent []string
}

// Run tries detectors.
func (w With) Run(t TB, detectors ...detect.Detector) {
	t.Helper()
	report := func(where string, found []string) {
		for _, f := range limited(found) {
			t.Errorf("%s: %s", where, f)
		}
	}
	var trials []*trial
	for _, v := range variants() {
		for _, world := range worlds() {
			if !world.full || v.first {
				trials = append(trials, &trial{with: w, detectors: detectors, world: world, variant: v, dir: t.TempDir()})
			}
		}
	}
	found := attempt(trials)
	whole := measured{} // what the healthy log gives, whatever the variant
	var twin measured
	for i, x := range trials {
		switch {
		case x.world.healthy: // the first world of each variant
			twin = x.measured("h")
			maps.Copy(whole, x.measured(""))
		case x.world.twin:
			for _, m := range twin.without(x.measured("h")) {
				found[i] = append(found[i], m+" has no number about attribute h, which is healthy")
			}
		}
		report(x.world.name+", "+x.variant.name, found[i])
	}
	report("healthy", w.unmeasured(detectors, whole))
}

// attempt runs the trials, as many at a time as there are processors, and gives the
// faults of each.
func attempt(trials []*trial) [][]string {
	found := make([][]string, len(trials))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, t := range trials {
		group.Go(func() error {
			found[i] = t.faults()
			return nil
		})
	}
	_ = group.Wait() // no trial gives an error
	return found
}

// unmeasured lists what the healthy log gives no number for.
func (w With) unmeasured(detectors []detect.Detector, given measured) []string {
	all := measured{}
	for _, d := range detectors {
		for _, m := range d.Metrics {
			if !slices.ContainsFunc(w.Silent, func(s string) bool { return strings.HasPrefix(m.Name, s) || strings.HasSuffix(m.Name, s) }) {
				all[d.Name+"."+m.Name] = true
			}
		}
	}
	var out []string
	for _, m := range all.without(given) {
		out = append(out, m+" has no number")
	}
	return out
}

// limited keeps the first faults of many, each once.
func limited(found []string) []string {
	const most = 10
	var out []string
	for _, f := range found {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	if len(out) > most {
		out = append(out[:most:most], fmt.Sprintf("and %d faults more", len(out)-most))
	}
	return out
}
