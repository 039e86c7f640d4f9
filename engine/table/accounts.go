package table

// Accounts is what a scan says about its rows:
// Read = Audited + the sum over Excluded, to the row.
type Accounts struct {
	Read     int64
	Audited  int64
	Copies   int64 // sum of weights over the audited rows
	Excluded map[Exclusion]int64

	// FirstTime and LastTime are the extremes among audited rows, in
	// microseconds since 1970-01-01 UTC; valid if HasTime.
	FirstTime, LastTime int64
	HasTime             bool

	// Duplicates counts rows whose id occurred in another row before; -1 if ids
	// were not compared.
	Duplicates int64
}

// Exclusion is a named reason for leaving a row out of the audit.
type Exclusion string

// The reasons, in the order in which they are tested: a row is excluded by the
// first that applies.
const (
	OutsidePeriod    Exclusion = "outside_period"
	NoTime           Exclusion = "no_time"
	Where            Exclusion = "where"
	DuplicateID      Exclusion = "duplicate_id"
	DecisionMissing  Exclusion = "decision_missing"
	DecisionUnlisted Exclusion = "decision_unlisted"
)

// Exclusions lists the reasons in the order in which they are tested.
var Exclusions = [...]Exclusion{OutsidePeriod, NoTime, Where, DuplicateID, DecisionMissing, DecisionUnlisted}

// Text says in a sentence why a row was left out.
func (e Exclusion) Text() string {
	switch e {
	case OutsidePeriod:
		return "outside the audited period or windows"
	case NoTime:
		return "the time is missing"
	case Where:
		return "the condition data.where is not true"
	case DuplicateID:
		return "a later row has the same id"
	case DecisionMissing:
		return "the decision is missing"
	case DecisionUnlisted:
		return "the decision is in neither list of values"
	}
	return string(e)
}

// SeeTime widens the extremes to hold an instant.
func (a *Accounts) SeeTime(t int64) {
	if !a.HasTime {
		a.FirstTime, a.LastTime, a.HasTime = t, t, true
		return
	}
	a.FirstTime, a.LastTime = min(a.FirstTime, t), max(a.LastTime, t)
}

// Merge adds the accounts of other rows. Duplicates are not additive, because
// two parts may hold rows of one id; whoever compared all ids sets them.
func (a *Accounts) Merge(o Accounts) {
	a.Read, a.Audited, a.Copies = a.Read+o.Read, a.Audited+o.Audited, a.Copies+o.Copies
	if a.Excluded == nil {
		a.Excluded = map[Exclusion]int64{}
	}
	for reason, rows := range o.Excluded {
		a.Excluded[reason] += rows
	}
	if o.HasTime {
		a.SeeTime(o.FirstTime)
		a.SeeTime(o.LastTime)
	}
}
