package engine

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/expr"
	"github.com/plumbline-audit/plumbline/engine/source"
)

// checkColumns holds the configuration against the schema alone.
func (j *Job) checkColumns() error {
	schema := j.schema()
	mistakes, _ := j.audit.Check(schema, nil)
	wrong, _ := j.checkExpressions(schema)
	mistakes = append(mistakes, wrong...)
	if len(mistakes) > 0 {
		j.hintTurns(mistakes)
		if j.log.source.Partial() {
			for i := range mistakes {
				mistakes[i].Hint = strings.TrimPrefix(mistakes[i].Hint+"; ", "; ") + "a column is a key that the first 10,000 lines of standard input have; a file is searched to its end"
			}
		}
		return mistakes
	}
	return nil
}

// checkExpressions compiles every expression, so that its faults are shown
// where they stand in the configuration. unknown are columns that they name and
// the log lacks.
func (j *Job) checkExpressions(schema source.Schema) (mistakes config.Errors, unknown []string) {
	c := j.audit.Columns
	texts := map[string]string{"data.where": j.audit.Data.Where}
	wants := map[string]expr.Kind{"columns.score.when": expr.Number}
	if c.Decision != nil {
		texts["columns.decision.when"] = c.Decision.When
	}
	if c.Label != nil {
		texts["columns.label.when"] = c.Label.When
	}
	if c.Score != nil {
		texts["columns.score.when"] = c.Score.When
	}
	for _, d := range j.audit.Detectors {
		if p, ok := d.Params.(conditioned); ok {
			for at, text := range p.Conditions() {
				texts["detectors."+d.Name+"."+at] = text
			}
		}
		if p, ok := d.Params.(columned); ok {
			for at, name := range p.Columns() {
				if _, _, found := schema.Find(name, 0); name != "" && !found {
					unknown = append(unknown, name)
					mistakes = append(mistakes, j.audit.Mistake("detectors."+d.Name+"."+at, fmt.Sprintf("the log has no column %q", name), ""))
				}
			}
		}
		if p, ok := d.Params.(numbered); ok {
			for at, text := range p.Numbers() {
				texts["detectors."+d.Name+"."+at], wants["detectors."+d.Name+"."+at] = text, expr.Number
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(texts)) {
		if texts[path] == "" {
			continue
		}
		p, err := expr.Compile(texts[path], schema)
		var fault *expr.Error
		switch {
		case errors.As(err, &fault):
			if fault.Column != "" {
				unknown = append(unknown, fault.Column)
			}
			mistakes = append(mistakes, j.audit.MistakeAt(path, fault.Offset, fault.Message, fault.Hint))
		case err != nil:
			mistakes = append(mistakes, j.audit.Mistake(path, err.Error(), ""))
		case p.Kind() != wants[path]:
			mistakes = append(mistakes, j.audit.Mistake(path, wrongKind(wants[path]), ""))
		}
	}
	wrong, lacking := j.kpis.Check(schema)
	return append(mistakes, wrong...), append(unknown, lacking...)
}

// conditioned are parameters of a detector that hold CEL conditions, by where they
// stand below it.
type conditioned interface{ Conditions() map[string]string }

// numbered are parameters that hold CEL expressions of numbers, likewise.
type numbered interface{ Numbers() map[string]string }

// columned are parameters that name columns, likewise.
type columned interface{ Columns() map[string]string }

func wrongKind(want expr.Kind) string {
	if want == expr.Number {
		return "the expression gives a condition where a number is needed"
	}
	return "the expression gives a number where a condition is needed; compare it with something"
}
