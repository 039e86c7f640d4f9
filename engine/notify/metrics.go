package notify

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// sample is one line of metrics.
type sample struct {
	labels []string // names and values in turn
	value  float64
}

// WriteMetrics writes a result as OpenMetrics text, which Prometheus reads, too.
func WriteMetrics(w io.Writer, r *audit.Result, open []audit.Alarm) error {
	var b strings.Builder
	own := func(more ...string) []string { return append([]string{"audit", r.Audit.Name}, more...) }
	family := func(name, help string, samples []sample) {
		if len(samples) == 0 {
			return
		}
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name)
		for _, s := range samples {
			b.WriteString(name + "{")
			for i := 0; i < len(s.labels); i += 2 {
				if i > 0 {
					b.WriteByte(',')
				}
				b.WriteString(s.labels[i] + `="` + escaped(s.labels[i+1]) + `"`)
			}
			b.WriteString("} " + strconv.FormatFloat(s.value, 'g', 15, 64) + "\n")
		}
	}
	var verdicts []sample
	for _, v := range []audit.Verdict{audit.Pass, audit.Warn, audit.Fail, audit.Inconclusive, audit.Ungated, audit.Error} {
		verdicts = append(verdicts, sample{own("period", r.Audit.Period, "verdict", string(v)), oneIf(r.Verdict == v)})
	}
	family("plumbline_verdict", "Whether the audit came out so: 1 for its verdict.", verdicts)
	var checks []sample
	for _, c := range r.Gates.Checks {
		checks = append(checks, sample{own("detector", c.Detector, "metric", c.Metric, "attribute", c.Attribute, "limit", c.Threshold.Key, "pack", c.Threshold.Pack, "verdict", string(c.Verdict)), oneIf(c.Verdict == audit.Fail)})
	}
	family("plumbline_check_failed", "Whether a check failed; its verdict is a label.", checks)
	var values, breaches, changes []sample
	if r.KPIMonitoring != nil {
		for _, s := range r.KPIMonitoring.Series {
			points := r.Watched(s)
			if len(points) == 0 {
				continue
			}
			last := points[len(points)-1]
			labels := own("indicator", s.KPI, "attribute", s.Attribute, "window", last.Window)
			if last.Value != nil {
				values = append(values, sample{labels, *last.Value})
			}
			if last.State != "" {
				breaches = append(breaches, sample{labels, oneIf(last.State == audit.Breach)})
			}
			changes = append(changes, sample{labels, oneIf(last.Alarm != "")})
		}
	}
	family("plumbline_indicator_value", "Value of an indicator in its last window.", values)
	family("plumbline_indicator_breach", "Whether an indicator is known to be outside its limits to date.", breaches)
	family("plumbline_indicator_changed", "Whether the last window showed that an indicator left its level.", changes)
	var alarms []sample
	for _, a := range open {
		if a.State == audit.AlarmClosed {
			continue
		}
		alarms = append(alarms, sample{own("kind", string(a.Kind), "indicator", a.Indicator, "detector", a.Detector, "metric", a.Metric, "attribute", a.Attribute,
			"limit", a.Limit, "pack", a.Pack, "since", a.Since, "acknowledged", strconv.FormatBool(a.Acknowledged != nil)), 1})
	}
	family("plumbline_alarm_open", "An alarm that is open, as the history has it.", alarms)
	family("plumbline_rows_audited", "Rows that were audited.", []sample{{own("period", r.Audit.Period), float64(r.Data.RowsAudited)}})
	b.WriteString("# EOF\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// escaped writes a label's value as the text format asks.
func escaped(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(strings.ToValidUTF8(s, "\uFFFD"))
}

// SaveMetrics replaces the file at once: a reader sees the old one or the new one.
func SaveMetrics(path string, r *audit.Result, alarms []audit.Alarm) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".plumbline-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err = WriteMetrics(f, r, alarms); err != nil {
		return err
	}
	if err = f.Chmod(0o644); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
