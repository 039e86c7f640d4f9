package audit

// Pack is a rule pack that an audit was computed under: which law or practice it
// restates, and how well that was checked. Its presence says nothing about
// whether a rule was complied with.
type Pack struct {
	Name         string   `json:"name"`
	Title        string   `json:"title"`
	Release      string   `json:"release" doc:"version of the pack"`
	SHA256       string   `json:"sha256" doc:"digest of the pack's text"`
	Jurisdiction string   `json:"jurisdiction"`
	Status       string   `json:"status" doc:"in_force, contested, upcoming, voluntary or repealed, when it was verified"`
	Citation     []string `json:"citation"`
	Verified     string   `json:"verified" doc:"date on which somebody read the sources"`
	MaxAge       string   `json:"max_age,omitempty" doc:"how long evidence is good for"`
	GoodUntil    string   `json:"good_until,omitempty" doc:"last time of the log plus max_age"`
	NotClaimed   []string `json:"not_claimed" doc:"what the pack does not say"`
	Wording      []string `json:"wording,omitempty" doc:"sentences that the rule or good practice asks for"`
	Verdict      Verdict  `json:"verdict" doc:"the worst of the pack's own checks; ungated if it sets no limit"`
}

// EvidenceStatus says what there is for a requirement of a pack.
type EvidenceStatus string

// The statuses.
const (
	Recorded    EvidenceStatus = "recorded"       // it was measured, or somebody stated it
	FindingAt   EvidenceStatus = "finding"        // it was measured, and a check failed or something is amiss
	Absent      EvidenceStatus = "missing"        // nobody measured or stated it
	OutsideDuty EvidenceStatus = "not_applicable" // the audit's configuration says that it does not apply, or the pack does
)

// Evidence is one requirement of one pack, and what this audit has for it.
type Evidence struct {
	Pack         string         `json:"pack"`
	Requirement  string         `json:"requirement" doc:"id within the pack"`
	Title        string         `json:"title"`
	Citation     string         `json:"citation,omitempty"`
	Status       EvidenceStatus `json:"status" doc:"recorded, finding, missing or not_applicable"`
	Detail       string         `json:"detail" doc:"a sentence"`
	Measurements []int          `json:"measurements,omitempty" doc:"indices of the numbers that it rests on, the first few"`
}
