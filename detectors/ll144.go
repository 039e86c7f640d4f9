package detectors

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// LL144Params are the parameters of the detector ll144.
type LL144Params struct {
	Sex               string            `yaml:"sex" doc:"attribute that holds the sex; default: sex or gender"`
	Race              string            `yaml:"race" doc:"attribute that holds race or ethnicity; default: race, race_ethnicity or ethnicity"`
	SexCategories     []string          `yaml:"sex_categories" values:"true" doc:"categories of the sex table, in order; default: those of EEO-1"`
	RaceCategories    []string          `yaml:"race_categories" values:"true" doc:"categories of the race table, in order; default: those of EEO-1"`
	Hispanic          string            `yaml:"hispanic" default:"Hispanic or Latino" values:"true" doc:"the category of race that the intersectional table puts beside all others"`
	Exclude           map[string]string `yaml:"exclude" doc:"categories left out of the impact ratios, by the name that they have in the result, each with its justification; \"*\" is every category that may be"`
	ExcludeBelow      string            `yaml:"exclude_below" decimal:"true" default:"0.02" doc:"only a category with a smaller share of the data may be left out; at most 0.02, which is the rule's"`
	MedianOver        string            `yaml:"median_over" default:"everyone" enum:"everyone|known" doc:"whose scores the median is taken over: everyone scored, or only people of known categories"`
	Outputs           []string          `yaml:"outputs" one:"true" doc:"further outputs of the tool, as features: a number gives scoring tables, anything else a selection table for each group that people are classified into"`
	Data              string            `yaml:"data" enum:"historical|test" doc:"what the log holds"`
	Reason            string            `yaml:"reason" doc:"why test data was used, and how it was generated and obtained; or why historical data is limited by region or time"`
	SelectionRounding LL144Rounding     `yaml:"selection_rounding" doc:"decimals of the selection tables"`
	ScoringRounding   LL144Rounding     `yaml:"scoring_rounding" doc:"decimals of the scoring tables"`
}

// LL144Rounding is how many decimals the tables print: of a rate in percent, of an
// impact ratio, and of the 1 of the highest category.
type LL144Rounding struct {
	SexRate        int `yaml:"sex_rate" min:"0" doc:"of a rate by sex, in percent"`
	SexRatio       int `yaml:"sex_ratio" min:"0" doc:"of an impact ratio by sex"`
	SexHighest     int `yaml:"sex_highest" min:"0" doc:"of the highest category's ratio by sex"`
	RaceRate       int `yaml:"race_rate" min:"0" doc:"of a rate by race, in percent"`
	RaceRatio      int `yaml:"race_ratio" min:"0" doc:"of an impact ratio by race"`
	RaceHighest    int `yaml:"race_highest" min:"0" doc:"of the highest category's ratio by race"`
	CrossedRate    int `yaml:"crossed_rate" min:"0" doc:"of a rate by intersection, in percent"`
	CrossedRatio   int `yaml:"crossed_ratio" min:"0" doc:"of an impact ratio by intersection"`
	CrossedHighest int `yaml:"crossed_highest" min:"0" doc:"of the highest category's ratio by intersection"`
}

// LL144 makes the tables of a bias audit under NYC Local Law 144.
func LL144() detect.Detector {
	return detect.Detector{
		Name:  "ll144",
		Title: "Tables of NYC Local Law 144",
		Doc: `The tables that a bias audit of an automated employment decision tool publishes under New York City Local Law 144
(6 RCNY 5-301): selection rates, or scoring rates, and impact ratios by sex, by race or ethnicity, and by both.
A scoring rate is the share of a category that scored above the median of the full sample: strictly above, and the
median is exact and taken over everyone scored, also people of unknown categories. An impact ratio is a rate divided by
the highest rate of its table; it comes from counts, not from rounded rates. A category with fewer than 2 % of the data may be left out of the
ratios, with a justification; its number and rate stay, and it sets no highest rate. People whose category is unknown are
counted beside the tables, also where a value says it (Unknown, N/A, Prefer not to say). Categories are read in any capitals, and with
"(Not Hispanic or Latino)" behind them; any other value has no ratio and sets no highest rate beside the rule's own. Inferred sex or race is refused. The law sets no threshold of 0.8 or any other, so nothing
here can be given a limit; pack four-fifths has one. Runs where it is listed or pack nyc-ll144 asks for it. Counts are rows: have one for each applicant.`,
		How: `Intervals, which the rule does not ask for: Wilson (1927) for a rate, Koopman (1984) for a ratio, without allowance for
the highest category having been found in the data.`,
		Needs:   []detect.Role{detect.RoleGroups},
		Unasked: []detect.Role{detect.RoleAsked},
		Metrics: ll144Metrics(),
		Tables:  []string{"ll144/selection/sex", "ll144/selection/race", "ll144/selection/crossed", "ll144/scoring/sex", "ll144/scoring/race", "ll144/scoring/crossed"},
		Params:  LL144Params{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(LL144Params)
			return planLL144(spec, p.defaulted())
		},
	}
}

func ll144Metrics() []detect.Metric {
	metric := func(name, title, doc, convention, source string, scale detect.Scale) detect.Metric {
		return detect.Metric{Name: name, Title: title, Doc: doc, Convention: convention, Source: source, Null: detect.NullNone, Scale: scale, Version: 2, Shown: true}
	}
	list := []detect.Metric{
		metric("selection_rate", "Selection rate", "Share of the applicants of a category who were selected, or classified into a group.", "selected / applicants of the category", "6 RCNY 5-300. Interval: Wilson 1927", detect.ScaleRate),
		metric("impact_ratio", "Impact ratio", "How many times the selection rate of the most selected category a category has.", "selection rate of the category / highest selection rate of the table", "6 RCNY 5-300. Interval: Koopman 1984", detect.ScaleRatio),
		metric("scoring_rate", "Scoring rate", "Share of the applicants of a category who scored above the median.", "scores strictly above the median of the sample / scored applicants of the category", "6 RCNY 5-300. Interval: Wilson 1927", detect.ScaleRate),
		metric("scoring_impact_ratio", "Impact ratio of scores", "How many times the scoring rate of the highest scoring category a category has.", "scoring rate of the category / highest scoring rate of the table", "6 RCNY 5-300. Interval: Koopman 1984", detect.ScaleRatio),
		metric("median_score", "Median score", "The score that half of the sample lies at or below.", "middle of the sorted scores; of an even number the mean of the two in the middle", "6 RCNY 5-300", detect.ScaleNumber),
		metric("unknown_category", "People of an unknown category", "How many people were assessed whose sex, or race or ethnicity, is not known.", "rows whose sex or race is missing, or says that it is not known", "6 RCNY 5-301 (b) (5) and (c) (5)", detect.ScaleNumber),
		metric("excluded_categories", "Categories left out", "How many categories were left out of the impact ratios.", "categories below the share, with a justification", "6 RCNY 5-301 (d)", detect.ScaleNumber),
		metric("data_stated", "Kind of data", "Whether somebody says that the log holds historical or test data.", "1 if audit.yaml says so", "6 RCNY 5-302", detect.ScaleNumber),
	}
	for i := range list {
		if slices.Contains([]string{"unknown_category", "excluded_categories", "data_stated"}, list[i].Name) {
			list[i].Version = 3
		}
	}
	return list
}

// defaulted fills parameters in that were not decoded from a file. The categories
// are those of Component 1 of the EEO-1 report.
func (p LL144Params) defaulted() LL144Params {
	if p.SexCategories == nil {
		p.SexCategories = []string{"Male", "Female"}
	}
	if p.RaceCategories == nil {
		p.RaceCategories = []string{"Hispanic or Latino", "White", "Black or African American", "Native Hawaiian or Pacific Islander", "Asian", "Native American or Alaska Native", "Two or More Races"}
	}
	if p.Hispanic == "" {
		p.Hispanic = "Hispanic or Latino"
	}
	if p.ExcludeBelow == "" {
		p.ExcludeBelow = "0.02"
	}
	if p.MedianOver == "" {
		p.MedianOver = "everyone"
	}
	plain := LL144Rounding{1, 2, 2, 1, 2, 2, 1, 2, 2}
	if p.SelectionRounding == (LL144Rounding{}) {
		p.SelectionRounding = plain
	}
	if p.ScoringRounding == (LL144Rounding{}) {
		p.ScoringRounding = plain
	}
	return p
}

// mostDecimals is what a table prints at most.
const mostDecimals = 12

// largestExcluded is the share below which the rule lets a category be left out
// (6 RCNY 5-301 (d)).
const largestExcluded = 0.02

// Check refuses a larger share than the rule's, exclusions without a justification,
// and test data without a reason.
func (p LL144Params) Check() error {
	var names []string
	for name, why := range p.Exclude {
		if strings.TrimSpace(why) == "" {
			names = append(names, fmt.Sprintf("%q", name))
		}
	}
	slices.Sort(names)
	if len(names) > 0 {
		return fmt.Errorf("exclude leaves out %s without a justification; the rule asks for one (6 RCNY 5-301 (d))", strings.Join(names, ", "))
	}
	if p.Data == "test" && strings.TrimSpace(p.Reason) == "" {
		return errors.New("data: test needs a reason; say why historical data was not enough, and how the test data was generated and obtained (6 RCNY 5-302)")
	}
	if p.ExcludeBelow != "" {
		below, err := stat.ParseDecimal(p.ExcludeBelow)
		if err != nil || below.Float64() < 0 || below.Float64() > largestExcluded {
			return fmt.Errorf("exclude_below must be a share of at most %v, not %s; the rule lets nobody leave out a larger category (6 RCNY 5-301 (d))", largestExcluded, p.ExcludeBelow)
		}
	}
	for _, r := range []LL144Rounding{p.SelectionRounding, p.ScoringRounding} {
		if max(r.SexRate, r.SexRatio, r.SexHighest, r.RaceRate, r.RaceRatio, r.RaceHighest, r.CrossedRate, r.CrossedRatio, r.CrossedHighest) > mostDecimals {
			return fmt.Errorf("rounding asks for more than %d decimals", mostDecimals)
		}
	}
	return nil
}
