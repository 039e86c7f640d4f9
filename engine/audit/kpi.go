package audit

// KPI is one point of an indicator: of everybody or of a group, in one window.
// A nil Value means undefined, and Note says why.
type KPI struct {
	KPI        string `json:"kpi" doc:"its name"`
	Definition string `json:"definition" doc:"digest of what is counted; a series of two digests is two series"`

	Attribute string    `json:"attribute,omitempty" doc:"of a group or a gap: the attribute"`
	Group     *string   `json:"group" doc:"null for everybody and for the missing group; of a gap the group with the lowest value"`
	GroupKind GroupKind `json:"group_kind" doc:"value, missing, overall, or worst of the gap between the lowest and the highest group"`
	Reference *string   `json:"reference,omitempty" doc:"of a gap: the group with the highest value"`
	Window    string    `json:"window" doc:"all, or the id of a window"`

	Value       *float64  `json:"value" doc:"null when undefined"`
	Numerator   *float64  `json:"numerator" doc:"rows, people or a sum; null where the number is no quotient"`
	Denominator *float64  `json:"denominator"`
	N           int64     `json:"n" doc:"rows or people that the number rests on; -1 where suppressed"`
	Unknown     int64     `json:"unknown,omitempty" doc:"rows that are not counted because the number depends on a value that is missing"`
	Immature    int64     `json:"immature,omitempty" doc:"rows of n and of unknown whose label is not final yet: young, by label.matures_after"`
	Interval    *Interval `json:"interval" doc:"of this window alone"`
	Shards      int       `json:"shards,omitempty" doc:"subject shards behind the interval; 0 where rows or people are taken as independent"`
	Estimate    bool      `json:"estimate,omitempty" doc:"from a sample of the people or in buckets of numbers, because there were too many to count exactly; the interval allows for it"`
	Source      string    `json:"source,omitempty" doc:"of a value that somebody entered: where it is from"`

	LabelBounds *LabelBounds `json:"label_bounds,omitempty" doc:"where kpis.label_bounds asks for it, and some label is not known"`

	ToDate   *float64   `json:"to_date,omitempty" doc:"the value of all windows up to this one"`
	Sequence *Interval  `json:"sequence,omitempty" doc:"interval of the value to date that holds at every look at once"`
	Season   *KPISeason `json:"season,omitempty" doc:"beside the window of the season before, where kpis.season asks for it"`
	Change   *float64   `json:"change,omitempty" doc:"natural logarithm of the change detector; log(alarm_at) of its series is an alarm"`
	Alarm    string     `json:"alarm,omitempty" doc:"the series is found to have changed: the window in which that most likely began"`
	Control  *Interval  `json:"control,omitempty" doc:"limits of a classical control chart for this window, around the mean of all; no claim rests on them"`

	State   KPIState `json:"state,omitempty" doc:"what the sequence, or of a KPI that is not watched the interval, says about the limits: assured, breach or not_resolved; absent without limits"`
	Verdict Verdict  `json:"verdict,omitempty" doc:"only on the point that a limit judges"`
	Note    string   `json:"note,omitempty"`

	Suppressed bool `json:"suppressed,omitempty" doc:"the numbers are withheld: they are about few people, or would tell about few people"`

	// Grounds are what following the number over windows needs besides, for the
	// history: a result does not have them.
	Grounds []byte `json:"-"`
}

// LabelBounds are the lowest and the highest value over all that the labels which are
// missing or not yet final may turn out to be. They are no confidence interval.
type LabelBounds struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	Open int64   `json:"open" doc:"rows whose label may turn out either way"`
}

// KPISeason compares a window with the same one of the season before.
type KPISeason struct {
	Window   string    `json:"window" doc:"that it is compared with"`
	Change   float64   `json:"change" doc:"the value less the one then"`
	Interval *Interval `json:"interval" doc:"of these two windows alone; null of what was counted or entered"`
}

// KPIState says whether a KPI keeps its limits.
type KPIState string

// The states.
const (
	Assured     KPIState = "assured"      // the whole interval is within the limits
	Breach      KPIState = "breach"       // the whole interval is outside
	NotResolved KPIState = "not_resolved" // neither, or there is no interval
)

// KPIMonitoring is how KPIs are watched over the windows, and the error budget of
// all that is claimed about them: half for claims about levels, half for alarms.
type KPIMonitoring struct {
	Alpha   float64     `json:"alpha" doc:"chance of any false claim or alarm, over all series and looks"`
	Horizon int         `json:"horizon" doc:"windows within which the chance of a false alarm keeps its share"`
	Split   string      `json:"split" doc:"weights: each series has its share of the claims about levels; e-bh: the expected share of false ones among those made is bounded"`
	Since   string      `json:"since,omitempty" doc:"the first window that is followed, of an audit of a later period: limits on indicators judge all windows from here to the period, every other check the period alone"`
	Series  []KPISeries `json:"series"`
}

// KPISeries is one series that is watched.
type KPISeries struct {
	KPI        string     `json:"kpi"`
	Attribute  string     `json:"attribute,omitempty" doc:"of a gap"`
	Weight     string     `json:"weight" doc:"a decimal"`
	Looks      int        `json:"looks" doc:"windows with a value"`
	LevelAlpha *float64   `json:"level_alpha" doc:"its share for claims about its level; null without limits"`
	AlarmAt    float64    `json:"alarm_at" doc:"the change detector's alarm; without a change one comes no sooner, on the average, than after so many windows"`
	LogE       *float64   `json:"log_e,omitempty" doc:"of a gap of rates in small groups: natural logarithm of the exact e-value against equal odds in every window"`
	State      KPIState   `json:"state,omitempty" doc:"of the last look; absent without limits"`
	Alarms     []KPIAlarm `json:"alarms,omitempty"`
	Note       string     `json:"note,omitempty" doc:"why it cannot be followed out of the history"`
}

// KPIAlarm is a change that was found.
type KPIAlarm struct {
	Window    string   `json:"window" doc:"in which it was found"`
	Since     string   `json:"since" doc:"in which it most likely began"`
	Before    *float64 `json:"before" doc:"the value from the last change up to this one; of a gap the difference of the two groups"`
	After     *float64 `json:"after" doc:"the value since"`
	Group     *string  `json:"group" doc:"of a gap"`
	Reference *string  `json:"reference" doc:"of a gap: the group that is taken away"`
}

// VersionChange is where another version of the model took over, and what the KPIs
// did there. Nothing is claimed by it: it says what happened at the time, not why.
type VersionChange struct {
	Window string          `json:"window" doc:"the first in which the new version has at least twice the rows of the old one"`
	From   string          `json:"from" doc:"version"`
	To     string          `json:"to" doc:"version"`
	KPIs   []VersionEffect `json:"kpis"`
}

// VersionEffect is the step of one KPI where the version changed.
type VersionEffect struct {
	KPI        string    `json:"kpi"`
	Attribute  string    `json:"attribute,omitempty" doc:"of a gap"`
	Group      *string   `json:"group,omitempty" doc:"of a gap: of the pair of groups that moved most"`
	Reference  *string   `json:"reference,omitempty" doc:"of a gap: the group that is taken away"`
	Earlier    int       `json:"windows_before" doc:"with a value, in which mostly the old version decided"`
	Later      int       `json:"windows_after" doc:"with a value, in which mostly the new one did"`
	Before     *float64  `json:"before" doc:"value of the windows before together"`
	After      *float64  `json:"after" doc:"value of those after"`
	Step       *float64  `json:"step" doc:"how much the level moved at the change, a steady trend allowed for; null with too few windows"`
	Trend      *float64  `json:"trend" doc:"how much it moves from window to window besides"`
	Interval   *Interval `json:"interval" doc:"of the step, by itself: not part of the error budget"`
	Dispersion *float64  `json:"dispersion" doc:"how many times more the windows scatter than their sizes explain; null where sizes explain nothing"`
	Note       string    `json:"note,omitempty"`

	Suppressed bool `json:"suppressed,omitempty" doc:"the numbers are withheld"`
}

// KPIDefinition is what a KPI means.
type KPIDefinition struct {
	Name       string `json:"name"`
	Title      string `json:"title"`
	Doc        string `json:"doc,omitempty"`
	Kind       string `json:"kind" doc:"rate, mean, quantile, count, distinct, ratio, growth, gap, index or manual"`
	Definition string `json:"definition" doc:"digest of what is counted"`
	Formula    string `json:"formula" doc:"in words and expressions"`
	Quantile   string `json:"quantile,omitempty" doc:"of kind quantile: the share of rows or people up to it, a decimal"`
	Scale      string `json:"scale" doc:"rate: 0 to 1; difference: of two rates; number: anything else"`
	Pack       string `json:"pack,omitempty" doc:"the KPI pack that it is from"`

	Unit        string    `json:"unit" doc:"event or subject: whether rows or people count"`
	Numerator   string    `json:"numerator,omitempty"`
	Denominator string    `json:"denominator,omitempty"`
	Of          []KPITerm `json:"of,omitempty" doc:"the KPIs that it is made of"`
	By          []string  `json:"by,omitempty" doc:"attributes that it is shown for"`

	Direction string    `json:"direction,omitempty" doc:"up or down: what is better"`
	Target    *KPIRange `json:"target,omitempty"`
	Limits    *KPIRange `json:"limits,omitempty" doc:"a gate"`
	Owner     string    `json:"owner,omitempty"`

	NotMeasured string `json:"not_measured,omitempty" doc:"why there is no number"`
}

// KPITerm is a KPI with its weight.
type KPITerm struct {
	Name   string `json:"name"`
	Weight string `json:"weight" doc:"a decimal"`
}

// KPIRange is what a KPI should, or must, be.
type KPIRange struct {
	Min string `json:"min,omitempty" doc:"a decimal"`
	Max string `json:"max,omitempty" doc:"a decimal"`
	By  string `json:"by,omitempty" doc:"of a target: window or date"`
}
