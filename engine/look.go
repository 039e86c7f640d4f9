package engine

import (
	"context"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// findColumns finds out what columns the log and the joined tables have. Those
// that the configuration names and the first lines of JSON Lines did not show are
// searched for in all lines.
func (j *Job) findColumns(ctx context.Context) error {
	var keys []string // of the log
	for _, in := range j.joins {
		own := slices.Clone(in.config.Columns)
		for _, k := range in.config.On {
			keys, own = append(keys, k.Log), append(own, k.Table)
		}
		if _, err := in.source.Look(ctx, own); err != nil {
			return err
		}
	}
	if _, err := j.log.source.Look(ctx, keys); err != nil {
		return err
	}
	for {
		if err := j.matchJoins(); err != nil {
			return err
		}
		if found, err := j.look(ctx); err != nil || !found {
			return err
		}
	}
}

// look searches for the columns of roles and expressions, and says whether it
// found one: in the log what no joined table has, then in the tables what the log
// lacks.
func (j *Job) look(ctx context.Context) (found bool, err error) {
	names := j.audit.Names()
	_, unknown := j.checkExpressions(j.schema())
	names = append(names, unknown...)
	for _, in := range j.joins {
		names = without(names, in.names)
	}
	if found, err = j.log.source.Look(ctx, names); err != nil || found {
		return found, err
	}
	names = without(names, j.log.source.Schema())
	for _, in := range j.joins {
		if len(in.config.Columns) > 0 { // it gives no others
			continue
		}
		var own []string
		for _, n := range names {
			if rest, ok := strings.CutPrefix(n, in.config.Prefix); ok {
				own = append(own, rest)
			}
		}
		some, err := in.source.Look(ctx, own)
		if err != nil {
			return false, err
		}
		found = found || some
	}
	return found, nil
}

// without leaves out the names of columns.
func without(names []string, columns source.Schema) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { _, _, ok := columns.Find(n, 0); return ok })
}
