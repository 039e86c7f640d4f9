// Package engine carries out an audit: configuration, log, plan, scan,
// detectors, result. It imports no detector and no report; the command hands
// it the detectors.
package engine

import (
	"context"
	"errors"
	"io"
	"runtime"
	"slices"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/kpi"
	"github.com/plumbline-audit/plumbline/engine/pack"
	"github.com/plumbline-audit/plumbline/engine/privacy"
	"github.com/plumbline-audit/plumbline/engine/scan"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// Options are what the command line adds to a configuration.
type Options struct {
	Period   string     // only this window gates and is audited; "" for the whole log
	AsOf     *time.Time // age of labels is taken at this time; nil for the log's last time
	Seed     *uint64    // overrides the configuration's
	Workers  int        // 0: as many as processors
	Memory   int64      // bytes; 0: no limit
	HashFull bool       // fingerprint every byte of every file

	Version, Revision string // of the program, for the result

	Today time.Time // packs of one's own that were verified later are refused; zero: nobody asks

	// Stdin is read where the log is "-"; nil if there is nothing to read.
	Stdin io.Reader

	// Progress is called now and then from several goroutines with what was
	// done since the last call; may be nil.
	Progress func(rows, bytes int64)

	// Explain opens what the configuration asks to be explained; nil if nobody
	// can. Explained is called with the rows that the audited model has scored
	// since the last call; may be nil.
	Explain   func(*audit.Spec) (Explaining, error)
	Explained func(rows int64)

	// Now is the clock that Job.Spent is measured with; nil if nobody asks.
	Now func() time.Time

	// Kept is what earlier audits found in files; nil if it does not matter.
	// Rescan reads every file all the same.
	Kept   Kept
	Rescan bool
}

// Job is an audit that is ready to run: files are found, their schemas fit the
// configuration, and the scan is planned.
type Job struct {
	audit    *config.Audit
	spec     *audit.Spec
	options  Options
	log      *input
	joins    []*input
	enabled  []enabled
	warnings []config.Mistake
	plan     *scan.Plan
	looked   Looked
	saved    *saved // the reference, if a file gives it

	populations []audit.Input // the files of population tables
	packs       *pack.Applied
	explaining  Explaining // nil if nothing is explained
	kpis        *kpi.Set
	followed    *Followed // what the period's indicators were followed from; nil for nothing
	sawAll      bool      // that was the whole log

	// Of a run that has succeeded.
	tables    *tables
	reference []audit.Window
	spent     Spent

	keeper *keeper // nil if nothing is kept
}

// enabled is a detector that runs, with its plan.
type enabled struct {
	detect.Detector
	plan detect.Plan
}

// Open prepares an audit. It reads schemas and a sample of rows, never the
// whole log. Mistakes in the configuration are config.Errors; everything else
// is a fault of the input.
func Open(ctx context.Context, a *config.Audit, detectors []detect.Detector, o Options) (*Job, error) {
	j, err := newJob(a, detectors, o)
	if err != nil {
		return nil, err
	}
	if err := j.openInputs(ctx); err != nil {
		return nil, err
	}
	if err := j.checkColumns(); err != nil {
		return nil, err
	}
	if err := j.markNumeric(ctx); err != nil {
		return nil, err
	}
	j.forgetMissing()
	if err := j.loadProfile(); err != nil {
		return nil, err
	}
	if err := j.loadPopulations(); err != nil {
		return nil, err
	}
	if err := j.planDetectors(detectors); err != nil {
		return nil, err
	}
	if err := j.planScan(); err != nil {
		return nil, err
	}
	if err := j.checkValues(ctx); err != nil {
		return nil, err
	}
	if err := j.checkMemory(ctx); err != nil {
		return nil, err
	}
	return j, nil
}

// newJob is a job of which nothing but the configuration, with its packs and its
// model, has been read.
func newJob(a *config.Audit, detectors []detect.Detector, o Options) (*Job, error) {
	if o.Seed != nil {
		seeded := *a
		seeded.Seed = *o.Seed
		a = &seeded
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	packs, err := pack.Apply(a, Declarations(detectors), o.Today)
	if err != nil {
		return nil, err
	}
	j := &Job{audit: packs.Audit, spec: packs.Audit.Spec(), options: o, packs: packs}
	j.spec.Gates = append(j.spec.Gates, packs.Gates...)
	for _, name := range packs.Expected {
		if !slices.Contains(j.spec.ExpectedAttributes, name) {
			j.spec.ExpectedAttributes = append(slices.Clone(j.spec.ExpectedAttributes), name)
		}
	}
	if err := j.openModel(); err != nil {
		return nil, err
	}
	if j.kpis, err = kpi.New(j.audit, j.spec); err != nil {
		return nil, err
	}
	j.spec.Gates = append(j.spec.Gates, j.kpis.Gates()...)
	return j, j.noIntersections()
}

// checkMemory refuses an audit whose tables cannot fit.
func (j *Job) checkMemory(ctx context.Context) error {
	if j.log.source.Once() {
		return nil
	}
	err := j.plan.Trial(ctx)
	if err == nil || ctx.Err() != nil {
		return err
	}
	return j.mistake(err)
}

// planDetectors asks every enabled detector what it needs.
func (j *Job) planDetectors(detectors []detect.Detector) error {
	for _, d := range detectors {
		for _, wanted := range j.audit.Detectors {
			if wanted.Name != d.Name {
				continue
			}
			plan, err := d.Plan(j.spec, wanted.Params)
			if err != nil {
				return config.Errors{j.audit.Mistake("detectors."+d.Name, err.Error(), "")}
			}
			j.enabled = append(j.enabled, enabled{d, plan})
		}
	}
	return nil
}

// needs are the tables that detectors and the result itself read.
func (j *Job) needs() []table.Need {
	needs := []table.Need{windowNeed}
	if j.spec.HasVersion {
		needs = append(needs, versionNeed)
	}
	if j.audit.Columns.Marginals {
		needs = append(needs, j.aboutNeed())
	}
	for _, a := range detect.Attributes(j.spec) {
		needs = append(needs, detect.GroupNeed(j.spec, a))
	}
	for _, a := range j.peopled() {
		needs = append(needs, j.fewNeed(a))
	}
	for _, d := range j.enabled {
		needs = append(needs, d.plan.Needs...)
	}
	return append(needs, j.kpis.Needs(j.spec)...)
}

// samples are the samples that detectors read.
func (j *Job) samples() []table.SampleNeed {
	var out []table.SampleNeed
	for _, d := range j.enabled {
		out = append(out, d.plan.Samples...)
	}
	if j.explaining != nil {
		j.explaining.Use(j.spec)
		out = append(out, j.explaining.Need())
	}
	return out
}

func (j *Job) planScan() error {
	req := scan.Request{
		Audit: j.audit, Windows: j.spec.Windows, Log: j.log.source, Needs: j.needs(), Samples: j.samples(),
		AsOf: j.options.AsOf, Workers: j.options.Workers, Memory: j.options.Memory, Progress: j.options.Progress,
		Now: j.options.Now,
	}
	if j.keeper = j.newKeeper(); j.keeper != nil {
		req.Keeper = j.keeper
	}
	for _, in := range j.joins {
		req.Joins = append(req.Joins, in.joined())
	}
	var err error
	if req.Period, err = j.period(); err != nil {
		return err
	}
	plan, err := scan.NewPlan(req)
	if err != nil {
		return j.mistake(err)
	}
	j.plan = plan
	if j.log.source.Once() && len(plan.Passes) > 0 {
		return config.Errors{j.audit.Mistake("data.log", "standard input can be read once, but the log has to be read first for "+plan.Passes[0],
			"write it to a file, or give --as-of")}
	}
	return nil
}

// period is the stretch of time that was asked for: a window id, a..b, or the
// name of a configured range; nil for the whole log.
func (j *Job) period() (*scan.Span, error) {
	asked := j.options.Period
	if asked == "" {
		return nil, nil
	}
	if j.audit.Columns.Time == nil {
		return nil, config.Errors{j.audit.Mistake("columns", "a period was asked for, but no column is columns.time", "")}
	}
	j.spec.Period = asked
	for _, r := range j.spec.Windows.Ranges {
		if r.Name == asked {
			return &scan.Span{Start: r.Start, End: r.End}, nil
		}
	}
	start, end, err := config.ParseSpan(asked, j.spec.Windows.Zone)
	if err != nil {
		return nil, config.Errors{{Message: "period " + asked + ": " + err.Error()}}
	}
	return &scan.Span{Start: start, End: end}, nil
}

// mistake makes an error of planning one of the configuration, because it was
// found before the scan.
func (j *Job) mistake(err error) error {
	var known config.Errors
	if errors.As(err, &known) {
		return err
	}
	return config.Errors{j.audit.Mistake("columns", err.Error(), "")}
}

// Runs tells whether a detector is part of the audit, also one that a pack asks for.
func (j *Job) Runs(detector string) bool {
	return slices.ContainsFunc(j.enabled, func(d enabled) bool { return d.Name == detector })
}

// Warnings are doubts that do not stop the audit.
func (j *Job) Warnings() []config.Mistake { return j.warnings }

// Size is how much there is to read; rows is -1 if only reading can tell.
func (j *Job) Size() (rows, bytes int64) {
	for _, u := range j.log.source.Units() {
		bytes += u.Bytes()
		if n := u.Rows(); n < 0 || rows < 0 {
			rows = -1
		} else {
			rows += n
		}
	}
	return rows, bytes
}

// Run scans the log and measures. Small cells are suppressed where the
// configuration asks for it; with privacy.keep_exact the result is exact, and
// whoever renders it applies privacy.Apply first.
func (j *Job) Run(ctx context.Context) (*audit.Result, error) {
	watch := scan.Watch(j.options.Now)
	if err := j.loadJoins(ctx); err != nil {
		return nil, err
	}
	j.spent.Joins = watch()
	outcome, err := j.plan.Run(ctx)
	if err != nil {
		return nil, err
	}
	j.spent.split(watch(), outcome.Spent)
	r, err := j.result(outcome)
	if err != nil {
		return nil, err
	}
	closer, err := j.refine(ctx, outcome)
	if err != nil {
		return nil, err
	}
	j.spent.Count += watch()
	outputs, err := j.detect(outcome, closer)
	if err != nil {
		return nil, err
	}
	var ran []detect.Detector
	more := 0
	for _, out := range outputs {
		more += len(out.Measurements)
	}
	r.Measurements = slices.Grow(r.Measurements, more)
	told := make([][]audit.Finding, len(j.enabled))
	for i, d := range j.enabled {
		out := outputs[i]
		for _, f := range out.Findings {
			for i := range f.Measurements {
				f.Measurements[i] += len(r.Measurements)
			}
			told[i] = append(told[i], f)
		}
		r.Measurements = append(r.Measurements, out.Measurements...)
		r.Tables = append(r.Tables, out.Tables...)
		for _, note := range out.Notes { // several detectors may say the same
			if !slices.Contains(r.Notes, note) {
				r.Notes = append(r.Notes, note)
			}
		}
		ran = append(ran, d.Detector)
	}
	if !j.kpis.Empty() {
		if err := j.followKPIs(ctx, outcome, r); err != nil {
			return nil, err
		}
		ran = append(ran, j.kpis.Detector())
	}
	r.Notes = append(r.Notes, j.unmeasured(ran, r.Measurements)...)
	r.Gates, r.Verdict = detect.Judge(j.spec, ran, r.Measurements)
	j.judgeKPIs(r)
	if slices.ContainsFunc(slices.Concat(told...), func(f audit.Finding) bool { return f.Severity == audit.Warn }) { // a detector saw what no check looks at
		r.Verdict = audit.Worse(r.Verdict, audit.Warn)
	}
	r.Findings = append(detect.Findings(j.spec, ran, r.Measurements, r.Gates), inTurn(detect.Untold(told, r.Measurements, r.Gates))...)
	detect.MarkInferred(j.spec, r.Measurements, r.Findings)
	r.Packs, r.Evidence = j.packs.Report(r, j.asOf())
	j.tables = &tables{outcome: outcome, saved: j.saved}
	for _, w := range r.Windows {
		if w.Role == "reference" {
			j.reference = append(j.reference, w)
		}
	}
	if err := j.explain(ctx, &tables{outcome: outcome, faults: &lacks{}}, r); err != nil {
		return nil, err
	}
	j.spent.Statistics = watch()
	if r.Privacy != nil {
		r.Privacy.Sparse = sparse(r.Privacy, r.Measurements)
	}
	if p := j.audit.Privacy; p == nil || p.KeepExact {
		return r, nil
	}
	return privacy.Apply(r), nil
}

// asOf is the time that was asked for, or zero.
func (j *Job) asOf() time.Time {
	if j.options.AsOf == nil {
		return time.Time{}
	}
	return *j.options.AsOf
}

// unmeasured names the attributes that a pack expects and no column carries, and
// expected groups that nobody was seen of, where no detector does.
func (j *Job) unmeasured(ran []detect.Detector, ms []audit.Measurement) []string {
	if slices.ContainsFunc(ran, func(d detect.Detector) bool { return d.Name == "representation" }) {
		return nil
	}
	var out []string
	for _, name := range j.packs.Expected {
		out = append(out, "attribute "+name+" is expected, and no column carries it: not measured")
	}
	return append(out, detect.Unobserved(j.spec, ms)...)
}

// inTurn lists the first finding of every detector, then their second ones, and so on:
// each detector answers a question of its own.
func inTurn(told [][]audit.Finding) []audit.Finding {
	var out []audit.Finding
	for i := 0; ; i++ {
		before := len(out)
		for _, findings := range told {
			if i < len(findings) {
				out = append(out, findings[i])
			}
		}
		if len(out) == before {
			return out
		}
	}
}

// Declarations describes detectors to the configuration.
func Declarations(detectors []detect.Detector) []config.DetectorDecl {
	var out []config.DetectorDecl
	for _, d := range detectors {
		decl := config.DetectorDecl{Name: d.Name, Doc: d.Title, Main: d.Main, Tables: d.Tables, Params: d.Params}
		for _, r := range d.Needs {
			decl.Needs = append(decl.Needs, string(r))
		}
		for _, r := range d.Unasked {
			decl.Unasked = append(decl.Unasked, string(r))
		}
		for _, m := range d.Metrics {
			scale := string(m.Scale)
			if m.Null == detect.NullNoChange && m.Scale == detect.ScaleNumber {
				scale = "distance"
			}
			decl.Metrics = append(decl.Metrics, config.MetricDecl{Name: m.Name, Doc: m.Doc, Gates: m.GateKeys(), Scale: scale, Gap: m.Gap(), Low: m.Range.Low, High: m.Range.High})
		}
		out = append(out, decl)
	}
	return out
}

// DefaultDetectors names the detectors that run when the configuration lists
// none: those of its kind. The configuration leaves out those whose columns, or
// windows.reference, it does not give.
func DefaultDetectors(detectors []detect.Detector) func(kind string) []string {
	return func(kind string) []string {
		var names []string
		for _, d := range detectors {
			if len(d.Kinds) == 0 || slices.Contains(d.Kinds, kind) {
				names = append(names, d.Name)
			}
		}
		return names
	}
}
