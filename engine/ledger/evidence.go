package ledger

import (
	"context"
	"slices"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Evidence is what a run is evidence about: which time, and which versions of the
// audited model. Times are microseconds since 1970; nil where the log has none.
type Evidence struct {
	Last       *int64 // last time of the audited rows
	Ends       *int64 // end of the last window
	LastWindow string // its id; of a log without windows the period
	Matures    time.Duration
	Versions   []ModelVersion
}

// ModelVersion is a version of the audited model, and the windows in which it decided.
type ModelVersion struct {
	Version     string
	First, Last string // windows; the period where there are none
	Begins      *int64 // start of the first of them
	Ends        *int64 // end of the last
}

// VersionIn is a version that decided in windows from first to last.
func VersionIn(version string, first, last audit.Window) ModelVersion {
	return ModelVersion{Version: version, First: first.ID, Last: last.ID, Begins: micros(first.Start), Ends: micros(last.End)}
}

// Gate is a check of a run: a metric held to a limit.
type Gate struct {
	Detector, Metric, Attribute string
	Key, Value, Pack            string
	Verdict                     string
	Method                      int  // version of the metric's method
	Measured                    bool // there was a number to judge
	Label                       bool // it rests on labels
	Provisional                 bool // and labels of what was audited may still come
}

// evidence takes from a result what it is evidence about.
func (r *Run) evidence(result *audit.Result, f Facts) {
	r.Last, r.LastWindow, r.Matures, r.Versions = micros(result.Data.LastTime), result.Audit.Period, f.Matures, f.Versions
	r.Ends = r.Last
	for i := range result.Windows {
		w := &result.Windows[i]
		if end := micros(w.End); end != nil && w.Rows != 0 && (r.LastWindow == result.Audit.Period || *end > *r.Ends) { // a suppressed count is not 0
			r.Ends, r.LastWindow = end, w.ID
		}
	}
	for i := range result.Gates.Checks {
		c := &result.Gates.Checks[i]
		g := Gate{Detector: c.Detector, Metric: c.Metric, Attribute: c.Attribute, Key: c.Threshold.Key, Value: c.Threshold.Value, Pack: c.Threshold.Pack,
			Verdict: string(c.Verdict), Measured: c.Suppressed, Label: slices.Contains(f.Labeled, c.Detector)}
		for _, m := range c.Measurements {
			if m < 0 || m >= len(result.Measurements) {
				continue
			}
			x := &result.Measurements[m]
			g.Method = x.MethodVersion
			g.Measured = g.Measured || x.Value != nil || x.Suppressed
			g.Label = g.Label || slices.Contains(f.LabeledKPIs, x.Parameters["kpi"])
		}
		g.Provisional = g.Label && f.Maturing(audit.AllWindows)
		r.Gates = append(r.Gates, g)
	}
}

// prove writes what a run is evidence about, unless it is there.
func (t *tx) prove(run int64, r *Run) error {
	var n int64
	if _, err := t.one([]any{&n}, "select count(*) from evidence where run = ?", run); err != nil || n > 0 {
		return err
	}
	err := t.exec("insert into evidence values (?, ?, ?, ?, ?, ?)", run, scopeOf(r.Period), r.Last, r.Ends, r.LastWindow, r.Matures.Microseconds())
	if err != nil {
		return err
	}
	b := bulk{t: t, into: "model_version", width: 6}
	for _, v := range r.Versions {
		if err := b.add(run, v.Version, v.First, v.Last, v.Begins, v.Ends); err != nil {
			return err
		}
	}
	if err := b.flush(); err != nil {
		return err
	}
	b = bulk{t: t, into: "gate", width: 13}
	for i, g := range r.Gates {
		if err := b.add(run, i, g.Detector, g.Metric, g.Attribute, g.Key, g.Value, g.Pack, g.Verdict, g.Method, number(g.Measured), number(g.Label), number(g.Provisional)); err != nil {
			return err
		}
	}
	return b.flush()
}

// Proof is a run with what it is evidence about.
type Proof struct {
	Run                int64
	Period, AsOf, Spec string
	Method             string
	Evidence
	Gates []Gate
}

// Proofs lists what the runs of an audit are evidence about, in their order.
func (l *Ledger) Proofs(ctx context.Context, name string) (out []Proof, err error) {
	at := map[int64]int{}
	var p Proof
	var matures int64
	err = l.ask(ctx, `select r.id, r.period, r.as_of, r.spec, r.method, e.last_at, e.ends_at, e.last_window, e.matures
		from run r join evidence e on e.run = r.id where r.audit = ? order by r.id`, []any{name},
		[]any{&p.Run, &p.Period, &p.AsOf, &p.Spec, &p.Method, &p.Last, &p.Ends, &p.LastWindow, &matures}, func() error {
			p.Matures = time.Duration(matures) * time.Microsecond
			at[p.Run] = len(out)
			out = append(out, p)
			return nil
		})
	if err != nil {
		return nil, err
	}
	var run int64
	var v ModelVersion
	err = l.ask(ctx, `select m.run, m.version, m.first_window, m.last_window, m.begins_at, m.ends_at
		from model_version m join run r on r.id = m.run where r.audit = ? order by m.run, m.begins_at, m.version`, []any{name},
		[]any{&run, &v.Version, &v.First, &v.Last, &v.Begins, &v.Ends}, func() error {
			if i, ok := at[run]; ok {
				out[i].Versions = append(out[i].Versions, v)
			}
			return nil
		})
	if err != nil {
		return nil, err
	}
	var g Gate
	var measured, label, provisional int64
	err = l.ask(ctx, `select g.run, g.detector, g.metric, g.attribute, g.limit_key, g.limit_value, g.pack, g.verdict, g.method_version, g.measured, g.rests_on_label, g.provisional
		from gate g join run r on r.id = g.run where r.audit = ? order by g.run, g.position`, []any{name},
		[]any{&run, &g.Detector, &g.Metric, &g.Attribute, &g.Key, &g.Value, &g.Pack, &g.Verdict, &g.Method, &measured, &label, &provisional}, func() error {
			g.Measured, g.Label, g.Provisional = measured == 1, label == 1, provisional == 1
			if i, ok := at[run]; ok {
				out[i].Gates = append(out[i].Gates, g)
			}
			return nil
		})
	return out, err
}
