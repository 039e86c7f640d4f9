package engine

import (
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/kpi"
	"github.com/plumbline-audit/plumbline/engine/scan"
)

// followKPIs computes the KPIs, and adds what their limits are judged by to the
// measurements.
func (j *Job) followKPIs(o *scan.Outcome, r *audit.Result) error {
	t := &tables{outcome: o, workers: j.options.Workers, faults: &lacks{}}
	out := j.kpis.Measure(j.spec, t, r.Windows, r.Groups)
	if err := t.faults.all(); err != nil {
		return err
	}
	r.KPIs, r.KPIDefinitions = out.Points, out.Definitions
	r.KPIMonitoring, r.VersionChanges = out.Monitoring, out.Versions
	for i, version := range out.Main {
		r.Windows[i].Version = version
	}
	r.Measurements = append(r.Measurements, out.Gated...)
	r.Notes = append(r.Notes, out.Notes...)
	return nil
}

// judgeKPIs marks the points that limits have judged.
func (j *Job) judgeKPIs(r *audit.Result) {
	for i := range r.Measurements {
		m := &r.Measurements[i]
		if m.Detector != kpi.Name || m.Threshold == nil {
			continue
		}
		window := m.Window
		if w := m.Parameters["window"]; w != "" {
			window = w
		}
		for k := range r.KPIs {
			p := &r.KPIs[k]
			if p.KPI == m.Parameters["kpi"] && p.Window == window && p.Attribute == m.Parameters["attribute"] &&
				(p.GroupKind == audit.KindOverall || p.GroupKind == audit.KindWorst) {
				p.Verdict = m.Verdict
			}
		}
	}
}
