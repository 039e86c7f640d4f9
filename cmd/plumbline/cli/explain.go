package cli

import (
	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
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
