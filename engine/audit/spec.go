package audit

import "time"

// Spec is what an audit is asked, after the configuration was read, checked
// and completed with defaults. It says nothing about files: where rows come
// from is the source's business.
type Spec struct {
	Name, Title, Kind string
	Words             Words
	Alpha             float64 // error budget of all gates; intervals have level 1-Alpha
	Seed              uint64

	Favorable   bool // whether a positive decision is good for the person
	HasDecision bool
	HasLabel    bool
	HasScore    bool // a column, which is among Roles, or an expression
	HasTime     bool
	HasWeight   bool
	HasVersion  bool
	HasSubject  bool
	HasID       bool

	DecisionText, LabelText string

	Groups        []GroupSpec
	Intersections Intersections
	Windows       WindowSpec
	Period        string // asked period id, or ""

	Roles []RoleColumn // every column that plays a part, in configuration order
	Gates []Gate       // every limit, in configuration order

	ModelColumns []RoleColumn // columns that the audited model takes; Role is input:COLUMN

	// Adjust is how the p-values of all gates share alpha: holm, bh, by or none;
	// "" is holm.
	Adjust string

	Inferred []InferredGroup // attributes that are known by probabilities alone

	Slate *Slate // nil where a row is no slot of a list

	ExpectedAttributes []string     // that somebody looks for, whether or not a column carries them
	Populations        []Population // what shares groups and intersections have elsewhere

	Model   *ModelSpec   // nil without an audited model
	Explain *ExplainSpec // nil if nothing is explained
}

// RoleColumn is a column and the part that it plays. Role is decision, label,
// score, subject, version, time, group:NAME, stratum:COLUMN or feature:COLUMN;
// table.Missing, table.Column and table.Need.Value take it as it stands.
type RoleColumn struct {
	Role, Column string
	Numeric      bool // its values are numbers, by its type or, in a text format, by the first rows
}

// GroupSpec is one protected attribute.
type GroupSpec struct {
	Name       string // the attribute's name in the audit
	Column     string
	Provenance string // "", self_reported, observed or inferred
	Reference  Reference
	MinRows    int64    // below this a group may fail a gate but never holds up a pass
	Expected   []string // values that should occur; one that does not, or is too small to judge, holds up a pass
}

// Slate says how rows are slots of lists.
type Slate struct {
	Offered bool     // rows are candidates, ranked or not; else only what was shown is there
	Whole   bool     // the log holds lists, so that a list has numbers of its own
	Person  bool     // subjects are people who may have several lists, not lists
	Users   []string // attributes that are not about the items
	Item    string   // column that names the item; "" if none does
	Rank    string   // column with the place, and the number of the first one
	First   int64
}

// InferredGroup is an attribute of which each row has probabilities, one per
// value, that add up to 1.
type InferredGroup struct {
	Name      string
	Values    []string
	Threshold string // probability from which a row is taken for a group: a decimal
	Reference Reference
}

// Population is a table of the shares that the groups of an attribute, or of
// an intersection, have among the people who could have been in the log.
type Population struct {
	Path       string   // as the configuration names it
	Attributes []string // one, or those of an intersection in configuration order
	Shares     []Share
}

// Share is the share Count/Total of one group of a population.
type Share struct {
	Values       []string // one per attribute
	Count, Total int64
}

// Reference is the policy that chooses the group that others are compared with.
type Reference struct {
	Policy string // value | largest | best | rest | none
	Value  string // with policy value
}

// Named reports whether the reference was chosen without looking at the data.
func (r Reference) Named() bool { return r.Policy == "value" || r.Policy == "rest" }

// Intersections says how deep attributes are crossed; depth 1 crosses nothing.
type Intersections struct {
	Depth   int
	MinRows int64
}

// WindowSpec cuts time into windows.
type WindowSpec struct {
	Every     string // "" (one window), hour, day, week, month, quarter, year or ranges
	Zone      *time.Location
	Ranges    []Range
	Reference string // "a", "a..b" or "" for none
	// ReferenceFile is the saved profile that windows are compared with instead
	// of windows of the log, as the configuration names it.
	ReferenceFile string
}

// Range is an explicit window, half-open.
type Range struct {
	Name       string
	Start, End time.Time
}

// Attributes lists the attributes and their intersections up to the configured
// depth, in configuration order: [race] [sex] [race sex].
func (s *Spec) Attributes() [][]GroupSpec {
	var out [][]GroupSpec
	depth := max(1, s.Intersections.Depth)
	for size := 1; size <= min(depth, len(s.Groups)); size++ {
		out = append(out, choose(s.Groups, size)...)
	}
	return out
}

// choose lists the subsets of the given size, in order.
func choose(g []GroupSpec, size int) [][]GroupSpec {
	if size == 0 {
		return [][]GroupSpec{nil}
	}
	var out [][]GroupSpec
	for i := 0; i+size <= len(g); i++ {
		for _, rest := range choose(g[i+1:], size-1) {
			out = append(out, append([]GroupSpec{g[i]}, rest...))
		}
	}
	return out
}

// Gate is a limit on one metric.
type Gate struct {
	Detector string
	Metric   string // selection_rate_ratio
	Key      string // min_ratio, max_difference, min or max
	Value    string // the decimal as written
	Side     string // both or low
	Policy   Policy // "" for what suits the metric's null
	Where    string // position in the configuration, for messages

	Pack     string  // the rule pack that sets the limit; "" for the configuration
	Severity Verdict // Warn where breaking the limit is a warning; "" is Fail
	Strict   bool    // a value equal to the limit breaks it
	MinShare string  // a group with a smaller share of the rows is small, as below its MinRows; "" for none
}

// Policy says what it takes for a gate to fail and to pass.
type Policy string

// The policies; detect.Decide says what each asks for.
const (
	TwoProng    Policy = "two-prong"
	ByInterval  Policy = "interval"
	Equivalence Policy = "equivalence"
	ByPoint     Policy = "point"
	BySequence  Policy = "sequence" // of KPIs: an interval that holds at every look decides alone
)
