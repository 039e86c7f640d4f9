// Package detect defines what a detector is: a value that declares its
// parameters, metrics and tables, and a function from tables to measurements.
// It also turns measurements and limits into verdicts. It knows nothing about
// files, and imports no detector.
package detect

import (
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// Detector measures something in an audit's tables.
type Detector struct {
	Name    string   // key under detectors: in audit.yaml
	Title   string   // a few words
	Doc     string   // what it measures, how to read it, source
	How     string   // how it knows: intervals, tests, with sources; may be empty
	Needs   []Role   // roles that audit.yaml must give for it to run
	Unasked []Role   // further roles, without which it runs only where it is listed
	Kinds   []string // kinds of audits in which it runs unasked; none: any
	Main    string   // the metric that a bare min_ratio or max_difference means, without its suffix
	Metrics []Metric // everything it can emit
	Tables  []string // ids, or what ids begin with, of the tables that a rule pack may ask for; none: any
	// Headlines are the metrics of which the largest value beyond noise is told
	// among the findings where no gate judges the detector: gaps of groups,
	// distances from calibration, or drift of columns. Ratios of Main are, too.
	Headlines []string

	// Params is a struct value holding nothing but its type; the fields' tags
	// (yaml, doc, default, enum) declare the parameters. Nil if there are none.
	Params any
	// Plan declares the tables and returns the function that reads them.
	// params is a struct of Params' type, decoded and defaulted.
	Plan func(spec *audit.Spec, params any) (Plan, error)
}

// Role is a part that a column can play.
type Role string

// The roles that a detector can ask for.
const (
	RoleDecision Role = "decision"
	RoleLabel    Role = "label"
	RoleScore    Role = "score"
	RoleTime     Role = "time"
	RoleGroups   Role = "groups"
	// RoleInferred is an attribute given as probabilities; RoleGroups are those
	// with a column.
	RoleInferred Role = "inferred"
	// RoleReference is windows.reference. Ask for it as Unasked: which windows to
	// compare with can also be a detector's own parameter.
	RoleReference Role = "reference"
	// RoleStrata is columns.strata.
	RoleStrata Role = "strata"
	// RoleSlate is columns.slate.
	RoleSlate Role = "slate"
	// RoleItem is columns.slate.item.
	RoleItem Role = "item"
	// RoleAsked is never given. Ask for it as Unasked: the detector runs only
	// where it is listed.
	RoleAsked Role = "asked"
)

// Plan is what a detector needs and what it does with it.
type Plan struct {
	Needs   []table.Need
	Samples []table.SampleNeed
	Detect  func(Tables) (Output, error)

	// Refine asks for parts of the tables of Needs, seen closely (Need.Within),
	// once these are there: for an exact quantile of numbers that are known by
	// their buckets. The log is read again for what it asks for, and it is asked
	// again, until it asks for nothing new; a table that is not there is Unread.
	// Standard input cannot be read again: then Detect meets Unread tables too.
	// nil asks for nothing.
	Refine func(Tables) []table.Need
}

// Output is what a detector found.
type Output struct {
	Measurements []audit.Measurement
	Tables       []audit.Table
	// Findings are what only the detector can tell. Their measurements are
	// positions among Measurements.
	Findings []audit.Finding
	Notes    []string // what could not be measured, and why, in sentences
}

// Tables gives a detector the tables that it declared and the accounts of the
// scan.
type Tables interface {
	Counts(table.Need) *table.Counts
	Values(table.Need) *table.Values
	Sample(table.SampleNeed) *table.Sample
	Scan() *table.Accounts
}

// Null is the hypothesis that a metric's test is about.
type Null string

// The nulls.
const (
	NullNoGap Null = "no gap"    // gaps and ratios between groups: the groups are alike
	NullLimit Null = "the limit" // levels: the true value is the limit itself, one-sided
	// NullNoChange is about distances between windows: nothing changed. Gates on
	// them judge everybody, not each group.
	NullNoChange Null = "no change"
	// NullCalibrated: every score is the chance of a positive label.
	NullCalibrated Null = "calibrated"
	// NullPopulation: groups have the shares of a known population.
	NullPopulation Null = "the population"

	NullNone Null = "none" // facts without chance, such as a number of empty windows
)

// Metric declares one number that a detector emits.
type Metric struct {
	Name       string // selection_rate_ratio
	Title      string // share of people who are selected
	Doc        string // one sentence that a newspaper would print
	Convention string // the named formula
	Source     string // where the formula or convention is from
	Null       Null
	Scale      Scale
	Version    int   // raised when any printed number of the metric changes
	Range      Range // what values are possible on ScaleNumber

	// About is the rate whose gap the metric's test is about, or the share of all others
	// in it: metrics about the same rate test the same hypothesis. Empty if no other
	// metric does.
	About string

	// Shown marks a number that no limit can be set on: it describes a gap that
	// another metric judges.
	Shown bool

	// Together marks a number about all groups of an attribute at once, such as a
	// distance between compositions: a limit on it judges that one number.
	Together bool
}

// Range is what values a number can have, ends included, as decimals; empty is no
// end.
type Range struct{ Low, High string }

// Gap says that a limit on the metric is about the size of its value, whatever its
// sign.
func (m Metric) Gap() bool { return m.Null.distance() && m.Scale != ScaleRatio }

// Scale says how a metric's values read.
type Scale string

// The scales.
const (
	ScaleRate       Scale = "rate"       // 0 to 1
	ScaleDifference Scale = "difference" // of two rates; 0 is no gap
	ScaleRatio      Scale = "ratio"      // of two rates; 1 is no gap
	ScaleOdds       Scale = "odds"       // one count per another, both out of the same rows
	ScaleNumber     Scale = "number"     // anything else
)

// Policy is how a gate on the metric is judged if the configuration does not say.
func (n Null) Policy() audit.Policy {
	if n.distance() {
		return audit.TwoProng
	}
	return audit.ByInterval
}

// GateKeys lists the limits that the metric can be held to.
func (m Metric) GateKeys() []string {
	if m.Shown {
		return nil
	}
	switch m.Scale {
	case ScaleRatio:
		return []string{"min_ratio"}
	case ScaleDifference:
		return []string{"max_difference", "max"}
	}
	return []string{"min", "max"}
}
