package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/explain"
)

// explain hands the explainers to the engine, which imports none.
func (a *app) explain(spec *audit.Spec) (engine.Explaining, error) {
	job, err := explain.Open(spec)
	if err != nil {
		return nil, err
	}
	return job, nil
}

// explainBeside is explain with the explanations of earlier audits.
func (a *app) explainBeside(earlier []explain.Earlier) func(*audit.Spec) (engine.Explaining, error) {
	return func(spec *audit.Spec) (engine.Explaining, error) {
		job, err := explain.Open(spec)
		if err != nil {
			return nil, err
		}
		job.Beside(earlier)
		return job, nil
	}
}

// baselines reads the stored results that stability looks at, the earliest
// first.
func (a *app) baselines(ctx context.Context, paths []string, conf *config.Audit) ([]explain.Earlier, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	if conf.Explain == nil || conf.Explain.Stability == nil {
		return nil, usage("--baseline: stored explanations are compared by explain.stability, which the configuration does not ask for; add stability: {} to explain")
	}
	var out []explain.Earlier
	for _, path := range paths {
		r, err := attempt(ctx, func(context.Context) (*audit.Result, error) { return a.readResult(path) })
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(r.Explanations, func(e audit.Explanation) bool { return e.Part == audit.PartFeature }) {
			return nil, usage("--baseline: %s has no explanations to compare with", path)
		}
		label := baselineLabel(path, r)
		if slices.ContainsFunc(out, func(e explain.Earlier) bool { return e.Label == label }) {
			label = fmt.Sprintf("%s (%d)", label, len(out)+1)
		}
		out = append(out, explain.Earlier{Label: label, Explanations: r.Explanations})
	}
	return out, nil
}

// baselineLabel is the audit's period, else the name that it was given.
func baselineLabel(path string, r *audit.Result) string {
	switch {
	case r.Audit.Period != "" && r.Audit.Period != audit.AllWindows:
		return r.Audit.Period
	case r.Audit.Name != "":
		return "the baseline " + r.Audit.Name
	}
	return "the baseline " + path
}
