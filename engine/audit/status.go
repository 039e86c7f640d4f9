package audit

import "time"

// StatusVersion is the version of the status document's form.
const StatusVersion = "1"

// EvidenceState says whether the evidence for a gated metric is still good.
type EvidenceState string

// The states, in the order in which they are looked for.
const (
	EvidenceMissing  EvidenceState = "missing"      // no run has measured it
	EvidenceImmature EvidenceState = "immature"     // labels that it rests on may still come
	StaleModel       EvidenceState = "stale:model"  // of another version of the model, or under another configuration
	StaleMethod      EvidenceState = "stale:method" // by another version of the method
	StaleData        EvidenceState = "stale:data"   // a later run found drift
	StaleAge         EvidenceState = "stale:age"    // older than the rule pack allows
	EvidenceWaived   EvidenceState = "waived"       // one of the above, and somebody says that it may wait
	EvidenceCurrent  EvidenceState = "current"
)

// EvidenceStates lists them all.
func EvidenceStates() []EvidenceState {
	return []EvidenceState{EvidenceCurrent, EvidenceMissing, EvidenceImmature, StaleModel, StaleMethod, StaleData, StaleAge, EvidenceWaived}
}

// Status says whether the evidence that an audit's history holds is still good. It
// says nothing about how the checks came out.
type Status struct {
	SchemaVersion string       `json:"schema_version" doc:"version of this document's form"`
	Audit         string       `json:"audit" doc:"name"`
	Title         string       `json:"title"`
	SpecSHA256    string       `json:"spec_sha256" doc:"digest of the configuration as it is now"`
	AsOf          string       `json:"as_of" doc:"RFC 3339, the time at which age is taken: the one asked for, or the end of the last audited window; empty for a log without times"`
	LastWindow    string       `json:"last_window" doc:"the last window that was audited"`
	Runs          int          `json:"runs" doc:"runs of the history that were looked at"`
	Good          int          `json:"good" doc:"items that are current or waived"`
	Stale         int          `json:"stale" doc:"items that are missing or stale"`
	Immature      int          `json:"immature"`
	Items         []StatusItem `json:"items" doc:"one per version of the model in service, gated metric and attribute"`
	Notes         []string     `json:"notes" doc:"what a reader should know, in sentences"`
}

// StatusItem is a gated metric, for an attribute and a version of the model.
type StatusItem struct {
	Version   string        `json:"version,omitempty" doc:"of the model; absent if no column names it"`
	Detector  string        `json:"detector,omitempty" doc:"absent of what a rule pack asks for without a limit"`
	Metric    string        `json:"metric" doc:"or the name of a rule pack that sets no limit"`
	Attribute string        `json:"attribute,omitempty"`
	Limit     string        `json:"limit,omitempty" doc:"key and value, as min_ratio 0.8"`
	Pack      string        `json:"pack,omitempty" doc:"the rule pack that sets the limit"`
	State     EvidenceState `json:"state"`
	Reason    string        `json:"reason,omitempty" doc:"in a sentence; absent where there is nothing to say"`

	Run       int64   `json:"run,omitempty" doc:"of the history, that the evidence is from"`
	Period    string  `json:"period,omitempty" doc:"of that run"`
	Through   string  `json:"through,omitempty" doc:"RFC 3339, the last time of its log"`
	GoodUntil string  `json:"good_until,omitempty" doc:"RFC 3339, that and the age that a rule pack allows"`
	AgeOf     string  `json:"age_of,omitempty" doc:"that rule pack"`
	Verdict   Verdict `json:"verdict,omitempty" doc:"how the check came out in that run; the state does not depend on it"`
	Waiver    *Waived `json:"waiver,omitempty"`
}

// Waived is who says that an item may wait, and until when.
type Waived struct {
	Reason string `json:"reason"`
	By     string `json:"by"`
	Until  string `json:"until" doc:"last day"`
	Over   bool   `json:"over,omitempty" doc:"the waiver has ended, and holds no more"`
}

// Asked is what an audit needs evidence for, out of its configuration.
type Asked struct {
	Name, Title, Spec string
	Methods           string // names and versions of all methods
	Gates             []AskedGate
	Packs             []AskedPack        // those that set no limit and say how old evidence may be
	Drift             map[[2]string]bool // detector and metric → it is about change between windows
	HasVersion        bool
	Zone              *time.Location // of the windows
	Waive             func(at time.Time) []Waiving
}

// AskedGate is a metric that the configuration holds to a limit.
type AskedGate struct {
	Detector, Metric, Key, Value, Pack string

	Attributes []string      // that it is to be measured for, as far as the configuration tells
	Method     int           // version of the method, now
	MaxAge     time.Duration // that evidence may have; 0 for any
	AgeOf      string        // the rule pack that says so
}

// AskedPack is a rule pack that sets no limit.
type AskedPack struct {
	Name   string
	MaxAge time.Duration
}

// Waiving is a waiver at some time.
type Waiving struct {
	Metric, Attribute, Version string
	Waived
}
