// Package pack reads rule packs: what a law or a practice asks of an audit, as
// data. A pack names limits, a reference policy, smallest sizes, rounding, the
// evidence that is asked for and the words that go with it, with citations, the
// date on which somebody read them, and what it does not claim. Packs come with
// the program or from a file.
package pack

import (
	"time"

	"github.com/plumbline-audit/plumbline/engine/config"
)

// Pack is one rule pack. The tags are read as those of audit.yaml are.
type Pack struct {
	Version      int             `yaml:"version" required:"true" enum:"1" doc:"version of this file's form"`
	Name         string          `yaml:"name" required:"true" doc:"short name, under which its checks are shown: letters, digits, dot, dash, underscore"`
	Title        string          `yaml:"title" required:"true" doc:"headline"`
	Release      string          `yaml:"release" required:"true" values:"true" doc:"version of the pack, raised with every change"`
	Jurisdiction string          `yaml:"jurisdiction" required:"true" doc:"where the rule holds"`
	Status       string          `yaml:"status" required:"true" enum:"in_force|contested|upcoming|voluntary|repealed" doc:"of the rule, on the date verified"`
	Citation     []string        `yaml:"citation" required:"true" one:"true" doc:"where the rule is written, paragraph by paragraph"`
	Verified     string          `yaml:"verified" required:"true" doc:"date on which somebody read the sources: 2026-11-21"`
	MaxAge       config.Duration `yaml:"max_age" doc:"how long evidence is good for: 365d"`
	NotClaimed   []string        `yaml:"not_claimed" required:"true" one:"true" doc:"what the pack does not say, in sentences"`
	Wording      []string        `yaml:"wording" one:"true" doc:"sentences that the rule or good practice asks for"`

	Reference  string      `yaml:"reference" default:"any" enum:"any|highest|named" doc:"group that others are compared with: the one with the highest rate, one that audit.yaml names, or any"`
	Provenance []string    `yaml:"provenance" one:"true" enum:"self_reported|observed|inferred" doc:"how protected attributes may have come to be known; default: in any way"`
	MinRows    int64       `yaml:"min_rows" min:"0" doc:"groups with fewer rows may fail a check but hold up no pass; where audit.yaml does not say"`
	MinShare   string      `yaml:"min_share" decimal:"true" doc:"groups with a smaller share of the rows may fail a check of the pack but hold up no pass"`
	Attributes []Attribute `yaml:"attributes" keyed:"true" doc:"protected attributes that an audit under the pack should have"`

	Checks       []Check          `yaml:"checks" doc:"limits"`
	Detectors    config.Detectors `yaml:"detectors" doc:"detectors that the pack needs, with parameters; what audit.yaml sets itself stays"`
	Requirements []Requirement    `yaml:"requirements" keyed:"true" doc:"evidence that is asked for, by id"`

	SHA256 string `yaml:"-"` // of the text
	Source string `yaml:"-"` // where it was read from, for messages

	doc *config.Document
}

// Attribute is a protected attribute that a pack expects.
type Attribute struct {
	Name string   `yaml:"-"`
	Also []string `yaml:"also" one:"true" doc:"other names that it goes by in audit.yaml"`
	Doc  string   `yaml:"doc" required:"true" short:"true" doc:"what it is"`
}

// Check is a limit that a pack sets.
type Check struct {
	Detector      string `yaml:"detector" required:"true" doc:"name of a detector"`
	Metric        string `yaml:"metric" required:"true" doc:"full name of one of its metrics"`
	MinRatio      string `yaml:"min_ratio" decimal:"true" doc:"least ratio to the reference's rate"`
	MaxDifference string `yaml:"max_difference" decimal:"true" doc:"largest difference, whatever its sign"`
	Min           string `yaml:"min" decimal:"true" doc:"least value"`
	Max           string `yaml:"max" decimal:"true" doc:"largest value"`
	Side          string `yaml:"side" default:"both" enum:"both|low" doc:"both: too high counts like too low; low: only a disadvantage of the group"`
	Policy        string `yaml:"policy" enum:"two-prong|interval|equivalence|point" doc:"what it takes to fail; default: what suits the metric"`
	Strict        bool   `yaml:"strict" doc:"of max_difference: a difference equal to the limit breaks it, too"`
	Severity      string `yaml:"severity" default:"fail" enum:"fail|warn" doc:"what breaking the limit is"`
}

// Requirement is a piece of evidence: measured by a detector, kept as a table, or
// stated by whoever signs for the audit.
type Requirement struct {
	Name      string   `yaml:"-"`
	Title     string   `yaml:"title" required:"true" doc:"what is asked for"`
	Citation  string   `yaml:"citation" doc:"the paragraph"`
	Detector  string   `yaml:"detector" doc:"detector that measures it"`
	Metric    string   `yaml:"metric" doc:"its metric; default: any"`
	Table     string   `yaml:"table" doc:"id of a table of the result that holds it"`
	Statement bool     `yaml:"statement" doc:"it is stated in audit.yaml, under the pack's evidence"`
	Date      bool     `yaml:"date" doc:"what is stated is a date that has come: 2026-11-21"`
	Needs     []string `yaml:"needs" one:"true" enum:"decision|label|score|time|groups|reference|strata" doc:"roles without which it cannot be had"`
	Nothing   string   `yaml:"nothing" default:"missing" enum:"missing|recorded" doc:"what it is if the detector ran and had nothing to report"`
	Otherwise string   `yaml:"otherwise" default:"missing" enum:"missing|not_applicable" doc:"what it is without them"`
}

// Age is how long evidence is good for; 0 if the pack does not say.
func (p *Pack) Age() time.Duration { return time.Duration(p.MaxAge) }

// limit is one number of a check.
type limit struct{ key, value string }

// limits lists the limits of a check.
func (c Check) limits() []limit {
	var out []limit
	for _, l := range []limit{{"min_ratio", c.MinRatio}, {"max_difference", c.MaxDifference}, {"min", c.Min}, {"max", c.Max}} {
		if l.value != "" {
			out = append(out, l)
		}
	}
	return out
}

// named tells whether an attribute of an audit is the one that the pack expects.
func (a Attribute) named(name string) bool {
	if name == a.Name {
		return true
	}
	for _, also := range a.Also {
		if also == name {
			return true
		}
	}
	return false
}

// Text says what a check asks for: parity selection_rate_ratio: min_ratio 0.8.
func (c Check) Text() string {
	s := c.Detector + " " + c.Metric + ":"
	for _, l := range c.limits() {
		s += " " + l.key + " " + l.value
	}
	if c.MinRatio != "" && c.Side == "low" {
		s += ", on the low side against a named reference, of any other two groups the lower against the higher"
	}
	if c.Strict {
		s += ", and equal to it breaks it"
	}
	if c.Policy != "" {
		s += ", policy " + c.Policy
	}
	if c.Severity == "warn" {
		s += ", a warning"
	}
	return s
}

// From says where a requirement's evidence comes from.
func (r Requirement) From() string {
	switch {
	case r.Statement:
		return "stated in audit.yaml"
	case r.Table != "":
		return "table " + r.Table
	case r.Metric != "":
		return "detector " + r.Detector + ", " + r.Metric
	}
	return "detector " + r.Detector
}
