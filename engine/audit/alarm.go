package audit

// AlarmKind is what an alarm is about.
type AlarmKind string

// The kinds of alarm.
const (
	AlarmIndicator AlarmKind = "indicator" // a KPI is outside its limits to date
	AlarmChange    AlarmKind = "change"    // a KPI left its level
	AlarmGate      AlarmKind = "gate"      // a check failed
)

// AlarmState is how an alarm stands after a run.
type AlarmState string

// The states. Only the first and the last are news.
const (
	AlarmOpened    AlarmState = "opened"
	AlarmStillOpen AlarmState = "still_open"
	AlarmClosed    AlarmState = "closed"
)

// Alarm is a breach as the history knows it: it opens once, stays, and closes.
type Alarm struct {
	ID        int64      `json:"alarm,omitempty" doc:"number in the history; absent without one"`
	Kind      AlarmKind  `json:"kind" doc:"indicator: outside its limits to date; change: it left its level; gate: a check failed"`
	State     AlarmState `json:"state" doc:"opened, still_open or closed"`
	Indicator string     `json:"indicator,omitempty"`
	Detector  string     `json:"detector,omitempty"`
	Metric    string     `json:"metric,omitempty"`
	Attribute string     `json:"attribute,omitempty"`
	Limit     string     `json:"limit,omitempty" doc:"of a check: key of the limit"`
	Pack      string     `json:"pack,omitempty" doc:"of a check: the rule pack that sets the limit"`
	Window    string     `json:"window" doc:"window or period in which it stands so"`
	Since     string     `json:"since,omitempty" doc:"window or period in which it opened; of a change: in which that most likely began"`
	Text      string     `json:"text" doc:"in a sentence"`

	Acknowledged *Acknowledgment `json:"acknowledged,omitempty" doc:"who has seen to it"`
}

// News tells whether the state is to be told: not every month that it stays.
func (a *Alarm) News() bool { return a.State == AlarmOpened || a.State == AlarmClosed }

// Acknowledgment says that somebody has seen an alarm, and why it may stand.
type Acknowledgment struct {
	By     string `json:"by"`
	Reason string `json:"reason"`
	At     string `json:"at" doc:"RFC 3339"`
}
