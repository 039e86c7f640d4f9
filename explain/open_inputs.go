package explain

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// nameInputs matches the inputs of a model file with the configured ones: a
// mapping by the model's names, a list of the model's names, or, where the
// file has no names, a list in its order.
func (j *Job) nameInputs() error {
	own, given := j.scorer.Inputs(), j.spec.Model.Inputs
	if len(given) == 0 {
		for _, in := range own {
			j.inputs = append(j.inputs, audit.ModelInputSpec{Name: in.Name, Column: in.Name, Kind: kindOf(in)})
		}
		return nil
	}
	var names []string
	for _, in := range own {
		names = append(names, in.Name)
	}
	known := slices.ContainsFunc(given, func(g audit.ModelInputSpec) bool { return slices.Contains(names, g.Name) })
	plain := !slices.ContainsFunc(given, func(g audit.ModelInputSpec) bool { return g.Name != g.Column })
	if !known && plain && len(given) == len(own) {
		for i, in := range own { // a list, and a model that calls its inputs f0, f1, ...
			j.inputs = append(j.inputs, audit.ModelInputSpec{Name: in.Name, Column: given[i].Column, Kind: kindOf(in)})
		}
		return nil
	}
	for _, g := range given {
		if !slices.Contains(names, g.Name) {
			return &Mistake{Key: "model.inputs", Message: fmt.Sprintf("the model has no input %q", g.Name), Hint: "its inputs are " + shortList(names)}
		}
	}
	for _, in := range own {
		at := slices.IndexFunc(given, func(g audit.ModelInputSpec) bool { return g.Name == in.Name })
		column := in.Name // a mapping need name only what the log calls differently
		if at >= 0 {
			column = given[at].Column
		} else if plain {
			return &Mistake{Key: "model.inputs", Message: fmt.Sprintf("the list lacks the model's input %q", in.Name), Hint: "its inputs are " + shortList(names)}
		}
		j.inputs = append(j.inputs, audit.ModelInputSpec{Name: in.Name, Column: column, Kind: kindOf(in)})
	}
	return nil
}

// columns are those of the inputs.
func (j *Job) columns() []string {
	var out []string
	for _, in := range j.inputs {
		out = append(out, in.Column)
	}
	return out
}

// amongInputs tells of columns that the model does not take.
func (j *Job) amongInputs(key string, names []string) error {
	columns := j.columns()
	var errs []error
	for i, name := range names {
		if !slices.Contains(columns, name) {
			errs = append(errs, &Mistake{Key: fmt.Sprintf("%s.%d", key, i), Message: fmt.Sprintf("the model has no input from the column %q", name), Hint: "its inputs are " + shortList(columns)})
		}
	}
	return errors.Join(errs...)
}

// checkColumns looks for the columns that explainers are asked about among the
// model's inputs.
func (j *Job) checkColumns() error {
	e := j.spec.Explain
	if e == nil {
		return nil
	}
	var errs []error
	if e.Dependence != nil {
		errs = append(errs, j.amongInputs("explain.dependence.features", e.Dependence.Features))
	}
	if own := slices.ContainsFunc(j.spec.Roles, func(r audit.RoleColumn) bool { return strings.HasPrefix(r.Role, "feature:") }); own {
		return errors.Join(errs...) // the configuration has held the others against columns.features
	}
	if e.Proxies != nil {
		errs = append(errs, j.amongInputs("explain.proxies.features", e.Proxies.Features))
	}
	if e.Decomposition != nil {
		errs = append(errs, j.amongInputs("explain.decomposition.features", e.Decomposition.Features))
	}
	return errors.Join(errs...)
}

func kindOf(in model.Input) string {
	if in.Categories != nil {
		return "category"
	}
	return "number"
}

// shortList names a few.
func shortList(names []string) string {
	const most = 12
	text := ""
	for i, name := range names {
		if i == most {
			return fmt.Sprintf("%s and %d more", text, len(names)-most)
		}
		if i > 0 {
			text += ", "
		}
		text += name
	}
	return text
}
