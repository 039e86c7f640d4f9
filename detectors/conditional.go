package detectors

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// ConditionalParams are the parameters of the detector conditional.
type ConditionalParams struct {
	Strata   []string `yaml:"strata" doc:"columns of columns.strata to look within, each by itself; default: all"`
	Crossed  bool     `yaml:"crossed" default:"false" doc:"also look within all of them together"`
	Windows  bool     `yaml:"windows" default:"false" doc:"also look within the audit's windows, such as months"`
	Standard string   `yaml:"standard" default:"all" enum:"all|reference|group" doc:"population whose strata both groups are given by direct standardization: everybody audited, the reference group, or the group"`
}

// Conditional compares groups within strata.
func Conditional() detect.Detector {
	return detect.Detector{
		Name:  "conditional",
		Title: "Gaps within strata",
		Doc: `Is it the mix? Two groups may differ only because they apply to different departments, or a gap inside every
department may vanish when they are added up (Simpson's paradox). For each column of columns.strata the pooled gap in
the favorable rate stands beside the gap within strata: by Mantel and Haenszel, by direct standardization, and as
conditional demographic disparity; Kitagawa's decomposition splits the pooled gap into a part from rates and a part
from composition. A finding tells where the sign turns round, where the gap changes by more than half, and, of the
widest pooled gap of each attribute (that is more than noise, between groups of at least min_rows), that the mix explains less than half of it, or that it does not explain it
(within strata at least nine tenths of the gap are left).
Adjusting does not acquit: a department that is hard to enter, or a grade that is given unfairly, can itself be where
the harm lies. Nor does one adjusted number hold where strata disagree: breslow_day_tarone tests whether they do, where
strata have enough rows for it.
Strata with rows of one group only compare nobody; they are left out and counted. Rows without a value are a stratum of
their own. A column with nearly a value per row is refused. With columns.subject, intervals and tests leave out one of
64 shards of people in turn. Intersections are looked at where intersections has them. Where the data chose the
reference and a gate judges every pair, the p of each allows for all pairs by Bonferroni's bound.`,
		Needs:   []detect.Role{detect.RoleDecision, detect.RoleGroups},
		Unasked: []detect.Role{detect.RoleStrata},
		Metrics: conditionalMetrics(),
		Params:  ConditionalParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(ConditionalParams)
			return planConditional(spec, p)
		},
	}
}

func conditionalMetrics() []detect.Metric {
	const favorable = "favorable rate: of decisions, those that are good for the person. "
	gap := func(name, title, doc, convention, source string, scale detect.Scale) detect.Metric {
		return detect.Metric{Name: name, Title: title, Doc: doc, Convention: convention, Source: source, Null: detect.NullNoGap, Scale: scale, Version: 1}
	}
	fact := func(name, title, doc, convention, source string) detect.Metric {
		return detect.Metric{Name: name, Title: title, Doc: doc, Convention: convention, Source: source, Null: detect.NullNone, Scale: detect.ScaleNumber, Version: 1}
	}
	pooled := gap("pooled_difference", "Gap, pooled", "How many points the favorable rate of a group lies above (+) or below (−) that of the reference when strata are ignored.",
		favorable+"Rate of the group − rate of the reference, over all strata, also those with rows of one of them only", "interval: Newcombe 1998, method 10; test: Fisher mid-p", detect.ScaleDifference)
	pooled.Version = 4
	homogeneity := fact("breslow_day_tarone", "Breslow-Day statistic", "Whether all strata have one odds ratio: a small p says that one adjusted number hides differences.", "Σ (a−A)²/V with Tarone's correction; rows taken as independent", "Breslow and Day 1980; Tarone 1985")
	homogeneity.Version = 2
	out := []detect.Metric{
		pooled,
		gap("mantel_haenszel_difference", "Gap within strata, Mantel-Haenszel", "How many points the favorable rate of a group lies above (+) or below (−) that of the reference inside the same stratum, on average.",
			"Σ w (rate of the group − rate of the reference) / Σ w over strata, w = n·m/(n+m)", "Mantel and Haenszel 1959; interval: Sato 1989; test: Cochran-Mantel-Haenszel", detect.ScaleDifference),
		gap("standardized_difference", "Gap, directly standardized", "How many points the favorable rates would differ if both groups were spread over the strata as one standard population is.",
			"Σ w (rate of the group − rate of the reference) over strata with rows of both, w = share of the standard population named by parameter standard", "direct standardization; interval: Wald", detect.ScaleDifference),
		gap("rate_part", "Part of the gap from rates", "The part of the pooled gap, in points, that comes from different rates inside strata.",
			"Σ (w₁+w₂)/2 · (p₁−p₂)", "Kitagawa 1955; with composition_part it adds up to the pooled gap over the strata with rows of both", detect.ScaleDifference),
		gap("composition_part", "Part of the gap from composition", "The part of the pooled gap, in points, that comes from the groups being in different strata.",
			"Σ (w₁−w₂) · (p₁+p₂)/2", "Kitagawa 1955", detect.ScaleDifference),
		gap("mantel_haenszel_ratio", "Ratio within strata, Mantel-Haenszel", "How many times the favorable rate of the reference a group has inside the same stratum.",
			"Σ (a·m/N) / Σ (b·n/N) over strata", "interval: Greenland and Robins 1985; test: Cochran-Mantel-Haenszel", detect.ScaleRatio),
		gap("mantel_haenszel_odds_ratio", "Odds ratio within strata, Mantel-Haenszel", "How many times the odds of the reference a group has inside the same stratum.",
			"Σ (a·d/N) / Σ (b·c/N) over strata", "interval: Robins, Breslow and Greenland 1986; as in R's mantelhaen.test with the groups in this order", detect.ScaleRatio),
		fact("cmh_chi_square", "Cochran-Mantel-Haenszel statistic", "Test statistic of no gap inside any stratum.", "(Σ(a−E))² / ΣV, without continuity correction; rows taken as independent", "Mantel and Haenszel 1959"),
		fact("cmh_chi_square_corrected", "Cochran-Mantel-Haenszel statistic, corrected", "The statistic as R prints it.", "(|Σ(a−E)| − ½)² / ΣV; rows taken as independent", "R mantelhaen.test"),
		homogeneity,
		gap("conditional_demographic_disparity", "Conditional demographic disparity", "How much larger (+) the share of a group is among unfavorable than among favorable decisions, on average over strata.",
			"Σ n (share of the group among unfavorable − among favorable decisions) / Σ n over strata, rows of the group and the reference; a share of nobody is 0",
			"Wachter, Mittelstadt and Russell 2020; Clarify CDDPL, the sign as there", detect.ScaleDifference),
	}
	for i := range out { // their p allows for all pairs where the data chose the reference
		if strings.HasPrefix(out[i].Name, "mantel_haenszel_") || out[i].Name == "standardized_difference" {
			out[i].Version = 2
		}
	}
	return out
}

// layering is one way to cut the rows into strata.
type layering struct {
	name string // Dept, Dept*Level or window
	dims []table.Dim
}

// layerings lists the ways that the parameters ask for.
func layerings(spec *audit.Spec, p ConditionalParams) ([]layering, error) {
	var columns []string
	for _, r := range spec.Roles {
		if c, ok := strings.CutPrefix(r.Role, "stratum:"); ok {
			columns = append(columns, c)
		}
	}
	for _, c := range p.Strata {
		if !slices.Contains(columns, c) {
			if len(columns) == 0 {
				return nil, fmt.Errorf("conditional cannot look within %q; columns.strata is not given", c)
			}
			return nil, fmt.Errorf("conditional cannot look within %q; columns.strata has %s", c, some(columns, 20))
		}
	}
	if len(p.Strata) > 0 {
		columns = p.Strata
	}
	var out []layering
	all := layering{name: detect.Cross(columns...)}
	for _, c := range columns {
		out = append(out, layering{c, []table.Dim{table.Stratum(c)}})
		all.dims = append(all.dims, table.Stratum(c))
	}
	if p.Crossed && len(columns) > 1 {
		out = append(out, all)
	}
	if p.Windows && windowed(spec) {
		out = append(out, layering{"window", []table.Dim{table.Window}})
	}
	return out, nil
}

// splits says that leaving out one part of a layering may leave some of an
// attribute's groups: a column does not split itself.
func (l layering) splits(a detect.Attribute) bool {
	for _, d := range l.dims {
		for _, part := range a.Parts {
			if d == table.Stratum(part.Column) {
				return false
			}
		}
	}
	return true
}

// splitting are the ways to look within for an attribute: nobody of another group is in
// strata that are the groups themselves.
func splitting(ways []layering, a detect.Attribute) []layering {
	return slices.DeleteFunc(slices.Clone(ways), func(l layering) bool { return len(a.Parts) == 1 && !l.splits(a) })
}

func (l layering) need(spec *audit.Spec, a detect.Attribute) table.Need {
	dims := slices.Concat(a.Dims(), l.dims, []table.Dim{table.Decision})
	if spec.HasSubject {
		dims = append(dims, table.Subject)
	}
	return table.Need{Dims: dims}
}

func planConditional(spec *audit.Spec, params ConditionalParams) (detect.Plan, error) {
	ways, err := layerings(spec, params)
	if err != nil {
		return detect.Plan{}, err
	}
	if len(ways) == 0 {
		return silent("conditional needs columns.strata, or windows: true with columns.time and windows"), nil
	}
	var plan detect.Plan
	var attributes []detect.Attribute
	for _, a := range detect.Attributes(spec) {
		if len(splitting(ways, a)) == 0 {
			continue
		}
		attributes = append(attributes, a)
		plan.Needs = append(plan.Needs, needs(spec, a, false)...)
		for _, l := range splitting(ways, a) {
			plan.Needs = append(plan.Needs, l.need(spec, a))
		}
	}
	if len(attributes) == 0 {
		return silent("conditional: the strata are the groups themselves, so nobody can be compared within them"), nil
	}
	plan.Detect = func(tables detect.Tables) (detect.Output, error) {
		c := conditional{emitter: newEmitter("conditional", spec), params: params}
		for _, a := range attributes {
			var counts []*table.Counts
			for _, n := range needs(spec, a, false) {
				counts = append(counts, tables.Counts(n))
			}
			s := read(spec, a, counts)
			for _, l := range splitting(ways, a) {
				c.within(s, l, tables.Counts(l.need(spec, a)))
			}
		}
		return c.output(), nil
	}
	return plan, nil
}
