package engine

import (
	"context"
	"errors"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/source/files"
	"github.com/plumbline-audit/plumbline/engine/source/unpivot"
)

// unpivot makes a row for each version of predictions that stand side by side.
func (j *Job) unpivot(ctx context.Context) error {
	var wide []unpivot.Wide
	for _, p := range j.audit.Columns.Predictions {
		wide = append(wide, unpivot.Wide{Version: p.Name, Prediction: p.Column, Score: p.Score})
	}
	log, ok := j.log.source.(*files.Source)
	if len(wide) == 0 || !ok { // the configuration has refused lists and turns
		return nil
	}
	opened, err := unpivot.Open(ctx, log, wide)
	var fault *unpivot.LackError
	if errors.As(err, &fault) {
		at := "columns.predictions"
		if fault.Version != "" {
			at += "." + fault.Version
		}
		hint := ""
		if near := log.Schema().Nearest(fault.Column); fault.Column != "" && near != "" {
			hint = "did you mean " + near + "?"
		}
		return config.Errors{j.audit.Mistake(at, fault.Message, hint)}
	}
	if err != nil {
		return err
	}
	j.log.source = opened
	return nil
}
