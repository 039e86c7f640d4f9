package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/kpi"
	"github.com/plumbline-audit/plumbline/engine/scan"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// followKPIs computes the KPIs, and adds what their limits are judged by to the
// measurements.
func (j *Job) followKPIs(ctx context.Context, o *scan.Outcome, r *audit.Result) error {
	t := &tables{outcome: o, workers: j.options.Workers, faults: &lacks{}}
	toDate, err := j.toDate(ctx, o, t.faults)
	if err != nil {
		return err
	}
	out := j.kpis.Measure(j.spec, kpi.View{Tables: t, Windows: r.Windows, Groups: r.Groups}, toDate)
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
	if toDate != nil {
		j.followed = &Followed{Points: out.ToDate, windows: toDate.Windows}
		if !j.sawAll { // the whole period is another one
			j.followed.Points = slices.DeleteFunc(out.ToDate, func(p audit.KPI) bool { return p.Window == audit.AllWindows })
		}
		if r.KPIMonitoring != nil {
			r.KPIMonitoring.Since = j.followed.First()
		}
	}
	return nil
}

// FollowsKPIs tells whether there are indicators to follow.
func (j *Job) FollowsKPIs() bool { return !j.kpis.Empty() }

// Followed are indicators as an audit of all windows up to the period has them.
type Followed struct {
	Points  []audit.KPI
	windows []audit.Window
}

// First is the first window of the log: what came before it is not known.
func (f *Followed) First() string {
	if len(f.windows) == 0 {
		return ""
	}
	return f.windows[0].ID
}

// Followed is nil if the run is about the whole log, or saw nothing but its period.
func (j *Job) Followed() *Followed { return j.followed }

// followsToDate tells whether indicators are followed over all windows up to the period
// that was asked for: not where there is no period, where the log cannot be read again,
// or where the period is not made of windows. Where small cells are suppressed, the
// windows before are not shown: which of their cells are small is another run's to say.
func (j *Job) followsToDate() bool {
	return !j.kpis.Empty() && j.options.Period != "" && !j.log.source.Once() && j.audit.Privacy == nil && j.wholeWindows()
}

// toDate reads what indicators need of these windows: some compare windows, and limits
// are judged by all to date.
func (j *Job) toDate(ctx context.Context, first *scan.Outcome, faults *lacks) (*kpi.View, error) {
	if !j.followsToDate() {
		return nil, nil
	}
	needs := []table.Need{windowNeed}
	for _, a := range detect.Attributes(j.spec) {
		needs = append(needs, detect.GroupNeed(j.spec, a))
	}
	plan, err := j.plan.ToDate(append(needs, j.kpis.Needs(j.spec)...), first)
	if err != nil {
		return nil, err
	}
	o, err := plan.Run(ctx)
	if err != nil {
		return nil, err
	}
	if o.Accounts.Read != first.Accounts.Read {
		return nil, errors.New("the log changed while it was read: it had to be read twice, for indicators to date, and was not the same; audit a copy that nobody writes to")
	}
	j.sawAll = o.Accounts.Excluded[table.OutsidePeriod] == 0
	t := &tables{outcome: o, workers: j.options.Workers, faults: faults}
	windows, err := j.windows(o)
	return &kpi.View{Tables: t, Windows: windows, Groups: detect.Groups(j.spec, t)}, err
}

// wholeWindows tells whether the period begins and ends with a window.
func (j *Job) wholeWindows() bool {
	w := j.spec.Windows
	if len(w.Ranges) > 0 || w.Every == "" {
		return false // ranges have no order
	}
	start, end, err := config.ParseSpan(j.options.Period, w.Zone)
	if err != nil {
		return false
	}
	_, from, _ := config.WindowOf(w.Every, w.Zone, start)
	_, _, to := config.WindowOf(w.Every, w.Zone, end.Add(-time.Nanosecond))
	return from.Equal(start) && to.Equal(end)
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
