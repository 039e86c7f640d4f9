package explain

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// partConditional is what an input does when its values are exchanged within
// strata alone, so that no rows are made that nobody has there (Strobl and
// others, BMC Bioinformatics 9 (2008) 307).
const partConditional audit.Part = "conditional"

// A deal gives every row the row whose values it gets, in one of the repeats.
type deal func(u unit, repeat int) []int

// overAll deals over all rows.
func (s *Study) overAll(u unit, repeat int) []int {
	return derangement(s.Rows.Rows, s.Spec.Seed, u.name, repeat)
}

// dealtWithin deals within the strata; a row that is alone in its stratum keeps its
// values.
func (s *Study) dealtWithin(strata Feature) deal {
	members := strata.members()
	return func(u unit, repeat int) []int {
		giver := indices(s.Rows.Rows)
		random := stat.Generator(s.Spec.Seed, "importance within", u.name, strconv.Itoa(repeat))
		for _, rows := range members {
			order := random.Perm(len(rows))
			for i, at := range order {
				giver[rows[at]] = rows[order[(i+1)%len(order)]]
			}
		}
		return giver
	}
}

// members are the rows of each category, in the order in which they appear.
func (f Feature) members() [][]int {
	place := map[string]int{}
	var out [][]int
	for row := range f.Values {
		name := f.category(row)
		at, ok := place[name]
		if !ok {
			at = len(out)
			place[name], out = at, append(out, nil)
		}
		out[at] = append(out[at], row)
	}
	return out
}

// permutedShare is the share of the rows in strata in which the unit has at
// least two values: of the others nothing is exchanged.
func (s *Study) permutedShare(u unit, strata Feature) float64 {
	differ := 0
	for _, rows := range strata.members() {
		for _, input := range u.inputs {
			column := s.Rows.Columns[input]
			if several(rows, func(row int) uint64 { return bitsOf(column[row]) }) {
				differ += len(rows)
				break
			}
		}
	}
	return float64(differ) / float64(s.Rows.Rows)
}

func several(rows []int, of func(row int) uint64) bool {
	for _, row := range rows[1:] {
		if of(row) != of(rows[0]) {
			return true
		}
	}
	return false
}

// withinStrata is importance by exchanges within strata, beside the share of
// rows that they could change.
func (s *Study) withinStrata(ctx context.Context, asked []askedContrast, contrasts []Contrast) ([]audit.Explanation, error) {
	spec := s.Spec.Explain.Importance
	strata, err := featuresNamed(s.Strata, spec.Within)
	if err != nil || len(spec.Within) == 0 {
		return nil, err
	}
	within := strata[0]
	if len(strata) > 1 {
		within = crossed(strata)
	}
	before, units := s.Model.Spent(), s.units()
	found, err := s.drawnImportance(ctx, units, contrasts, spec.Repeats, s.dealtWithin(within))
	spent := s.Model.Spent() - before
	var out []audit.Explanation
	names := strings.Join(spec.Within, " and ")
	for i, list := range found {
		first := len(out)
		for at, imp := range list {
			share := s.permutedShare(units[at], within)
			e := asked[i].explanation(imp, s.Spec.Alpha)
			e.Feature, e.Part, e.ModelRows, e.Permutations, e.Seed = &units[at].name, partConditional, spent, spec.Repeats, s.Spec.Seed
			e.Note = fmt.Sprintf("exchanged within %s: %.3g%% of the rows are where it has more than one value", names, 100*share)
			if share == 0 {
				e.Value, e.StandardError, e.Interval = nil, nil, nil
				e.Note = "undefined: within " + names + " it has one value each, so that nothing can be exchanged"
			}
			out = append(out, e)
		}
		rank(out[first:])
	}
	if len(found) > 0 {
		for at := range found[0] {
			share := s.permutedShare(units[at], within)
			out = append(out, audit.Explanation{Explainer: "importance", Metric: "permuted_share", MethodVersion: 1, Feature: &units[at].name,
				Part: partConditional, Value: &share, Exact: true, N: int64(s.Rows.Rows), Note: "rows in strata of " + names + " where it has more than one value"})
		}
	}
	reached := 0
	if len(found) > 0 {
		reached = len(found[0])
	}
	var missing []string
	for _, u := range units[reached:] {
		missing = append(missing, u.name+" within "+names)
	}
	return out, notReached(err, missing...)
}
