// Package audit defines what an audit is asked (Spec) and what it answers (Result).
//
// The package is a leaf: it imports the standard library alone, so that every
// report, every detector and every outside reader of result.json can depend on
// it. Field names in JSON are a contract, versioned by SchemaVersion.
package audit

// SchemaVersion is the version of the result document's JSON form. It rises
// when a field changes its name, type or meaning; added fields do not raise it.
const SchemaVersion = "1"

// Result is the audit: every report is a rendering of it. It depends on the
// rows and the Spec alone, never on the clock, the machine, the number of
// workers or the order of files.
type Result struct {
	SchemaVersion string        `json:"schema_version" doc:"version of this document's form"`
	Audit         Header        `json:"audit" doc:"what was asked"`
	Engine        Engine        `json:"engine" doc:"the program that answered"`
	Data          Data          `json:"data" doc:"the log: files and rows, accounted for to the row"`
	Windows       []Window      `json:"windows" doc:"the periods, in order of time; the window all is not listed"`
	Groups        []Attribute   `json:"groups" doc:"the protected attributes and their values, with rows audited"`
	Measurements  []Measurement `json:"measurements" doc:"tidy: one entry per metric, group, window"`
	Tables        []Table       `json:"tables" doc:"tables of counts that a picture or a reader needs beside the measurements"`
	Findings      []Finding     `json:"findings" doc:"what a reader should know first, in sentences"`
	Notes         []string      `json:"notes" doc:"what could not be measured, and why, in sentences"`
	Gates         GateSummary   `json:"gates" doc:"how the checks came out"`
	Packs         []Pack        `json:"packs,omitempty" doc:"the rule packs that it was computed under"`
	Evidence      []Evidence    `json:"evidence,omitempty" doc:"what each pack asks for, and what there is"`
	Verdict       Verdict       `json:"verdict" doc:"pass, warn, fail, inconclusive or ungated"`

	KPIs           []KPI           `json:"kpis,omitempty" doc:"tidy: one entry per KPI, group and window"`
	KPIDefinitions []KPIDefinition `json:"kpi_definitions,omitempty" doc:"what each KPI means, in the order of the report"`
	KPIMonitoring  *KPIMonitoring  `json:"kpi_monitoring,omitempty" doc:"how KPIs are watched, and what that may cost in errors"`
	VersionChanges []VersionChange `json:"version_changes,omitempty" doc:"where the model's version changed (columns.version), and what each KPI did there"`

	Model        *Model        `json:"model,omitempty" doc:"the audited model, as explanations asked it"`
	Explainers   []Explainer   `json:"explainers,omitempty" doc:"what was explained, and how far it came"`
	Explanations []Explanation `json:"explanations,omitempty" doc:"tidy: where gaps and errors come from, the configured loss first"`
	Privacy      *Privacy      `json:"privacy,omitempty" doc:"how small cells are suppressed; absent where none are"`
}

// Hidden stands for a suppressed count where a count cannot be null. No count is
// negative.
const Hidden int64 = -1

// Privacy says how small cells are suppressed.
type Privacy struct {
	MinCell    int64 `json:"min_cell" doc:"counts of people from 1 to below this are suppressed, and what they could be computed from"`
	Exact      bool  `json:"exact" doc:"this document holds the exact numbers, for whoever asked for them; every report of it is suppressed"`
	Suppressed int   `json:"suppressed" doc:"measurements that are suppressed"`
	Tables     int   `json:"tables" doc:"tables that are suppressed"`
	Texts      int   `json:"texts" doc:"notes that are left out because they name counts"`
	KPIs       int   `json:"kpis,omitempty" doc:"points of indicators that are suppressed"`

	Sparse []SparseTable `json:"sparse,omitempty" doc:"where exact: tables of groups by a column that have a cell below min_cell"`

	Few []FewPeople `json:"few,omitempty" doc:"where exact, and rows name a subject: the groups and windows of fewer than min_cell people, however many rows they have"`
}

// SparseTable is what a detector holds a column of a group's rows against, with a small
// cell in it.
type SparseTable struct {
	Detector  string `json:"detector"`
	Attribute string `json:"attribute" doc:"empty for everybody"`
	Column    string `json:"column"`
}

// FewPeople is a group in a window, or everybody in it, in which few people are.
type FewPeople struct {
	Attribute string  `json:"attribute" doc:"the attribute or intersection; empty for everybody"`
	Group     *string `json:"group" doc:"null for the missing group and for everybody"`
	Window    string  `json:"window" doc:"all, or the id of a window"`
}

// Header repeats the parts of the Spec that a reader of the result needs.
type Header struct {
	Name         string   `json:"name"`
	Title        string   `json:"title"`
	Kind         string   `json:"kind" doc:"decision, recommender, chatbot or ads"`
	SpecSHA256   string   `json:"spec_sha256" doc:"digest of the normalized configuration, without paths"`
	Packs        []string `json:"packs"`
	Alpha        float64  `json:"alpha" doc:"error budget of all gates together; intervals have level 1-alpha"`
	Period       string   `json:"period" doc:"the period asked for, or all"`
	AsOf         string   `json:"as_of,omitempty" doc:"RFC 3339; labels younger than their maturity at this time are not used"`
	Seed         uint64   `json:"seed"`
	Timezone     string   `json:"timezone,omitempty" doc:"IANA zone that the windows are cut in"`
	WindowEvery  string   `json:"window_every,omitempty" doc:"hour, day, week, month, quarter, year or ranges"`
	DecisionText string   `json:"decision_text,omitempty" doc:"what counts as a positive decision, e.g. y = yes"`
	Favorable    bool     `json:"favorable" doc:"whether a positive decision is good for the person"`
	LabelText    string   `json:"label_text,omitempty" doc:"what counts as a positive label"`
	Words        Words    `json:"words" doc:"the audit's own words for its decisions and rows"`
}

// Words are the audit's own nouns and verbs, used in sentences.
type Words struct {
	Positive string `json:"positive" doc:"past participle for a positive decision: selected, offered a loan, flagged"`
	Unit     string `json:"unit" doc:"plural noun for the rows: people, clients, applications, cases"`
}

// Engine names the program.
type Engine struct {
	Name     string `json:"name"`
	Version  string `json:"version"`
	Revision string `json:"revision" doc:"source revision it was built from; empty if unknown"`
}

// Data accounts for every row: RowsRead = RowsAudited + the sum over Excluded.
type Data struct {
	Inputs      []Input     `json:"inputs"`
	RowsRead    int64       `json:"rows_read"`
	RowsAudited int64       `json:"rows_audited"`
	Copies      int64       `json:"copies" doc:"sum of weights over the audited rows; equals rows_audited without a weight column"`
	Excluded    []Exclusion `json:"excluded"`
	FirstTime   string      `json:"first_time,omitempty" doc:"RFC 3339, earliest time among audited rows"`
	LastTime    string      `json:"last_time,omitempty"`
	Joins       []Join      `json:"joins,omitempty"`
	Lists       *Lists      `json:"lists,omitempty" doc:"of a log of lists (columns.slate), whose every slot is a row"`
	// Conversations is nil where a row is no conversation.
	Conversations *Conversations `json:"conversations,omitempty" doc:"of a log of turns (columns.conversation), whose every conversation is a row"`

	Suppressed bool `json:"suppressed,omitempty" doc:"rows_read is withheld and stands as -1; so are rows_audited and copies, where they do"`
}

// Lists says what the lists of a log were like. Every count is -1 where suppressed.
type Lists struct {
	Lists      int64 `json:"lists"`
	Empty      int64 `json:"empty" doc:"lists that rank nothing"`
	Short      int64 `json:"short" doc:"lists that rank fewer items than were offered"`
	Pads       int64 `json:"pads" doc:"entries that stand for no item"`
	Duplicates int64 `json:"duplicates" doc:"entries that repeat an item of their list"`
	Beyond     int64 `json:"beyond" doc:"ranks greater than the length of their list"`
	Suppressed bool  `json:"suppressed,omitempty" doc:"every count is withheld"`
}

// Counts are all of them.
func (l *Lists) Counts() []*int64 {
	return []*int64{&l.Lists, &l.Empty, &l.Short, &l.Pads, &l.Duplicates, &l.Beyond}
}

// Conversations says how the turns of a log make conversations. Every count is -1
// where suppressed.
type Conversations struct {
	Turns         int64       `json:"turns" doc:"rows of the log's files"`
	Conversations int64       `json:"conversations"`
	NoID          int64       `json:"no_id" doc:"turns that name no conversation, left out"`
	Timeless      int64       `json:"timeless" doc:"turns with nothing to order them by"`
	Differ        []Differing `json:"differ,omitempty" doc:"columns about which turns of one conversation disagree"`
	Suppressed    bool        `json:"suppressed,omitempty" doc:"every count is withheld"`
}

// Differing counts the conversations whose turns have several values of a column.
type Differing struct {
	Column        string `json:"column"`
	Conversations int64  `json:"conversations"`
}

// Counts are all of them.
func (c *Conversations) Counts() []*int64 {
	out := []*int64{&c.Turns, &c.Conversations, &c.NoID, &c.Timeless}
	for i := range c.Differ {
		out = append(out, &c.Differ[i].Conversations)
	}
	return out
}

// Input is one file of the log or of a joined table.
type Input struct {
	Path       string `json:"path" doc:"relative to the configuration file"`
	Role       string `json:"role" doc:"log, join, reference, population or kpi"`
	Bytes      int64  `json:"bytes"`
	SHA256     string `json:"sha256"`
	Hash       string `json:"hash" doc:"full: every byte; footer: the footer of a Parquet or Arrow file"`
	Rows       int64  `json:"rows"`
	Suppressed bool   `json:"suppressed,omitempty" doc:"rows is withheld, and stands as -1"`
}

// Join says how the rows of a joined table met the log.
type Join struct {
	Path            string   `json:"path"`
	On              []string `json:"on"`
	RightRows       int64    `json:"right_rows"`
	LogUnmatched    int64    `json:"log_unmatched" doc:"rows of the log without a partner"`
	RightUnmatched  int64    `json:"right_unmatched" doc:"rows of the table that no row of the log asked for"`
	LogKeyMissing   int64    `json:"log_key_missing" doc:"rows of the log whose key is missing; part of log_unmatched"`
	RightKeyMissing int64    `json:"right_key_missing"`
	RightReplaced   int64    `json:"right_replaced,omitempty" doc:"rows of the table that a later one of their key replaces; not among right_rows. -1 where suppressed"`
	Suppressed      bool     `json:"suppressed,omitempty" doc:"the numbers of rows without a partner or a key are withheld, and stand as -1"`
}

// Exclusion is a named reason and the rows that it took out.
type Exclusion struct {
	Reason     string `json:"reason"`
	Rows       int64  `json:"rows" doc:"-1 where suppressed"`
	Text       string `json:"text" doc:"the reason in a sentence"`
	Suppressed bool   `json:"suppressed,omitempty" doc:"rows is withheld"`
}

// Window is a period of the log, half-open: Start <= t < End.
type Window struct {
	ID         string `json:"id" doc:"2008, 2008-Q2, 2008-05, 2008-W19, 2008-05-01, 2008-05-01T13+02:00, or the name of a range"`
	Start      string `json:"start" doc:"RFC 3339"`
	End        string `json:"end" doc:"RFC 3339"`
	Rows       int64  `json:"rows" doc:"rows audited; -1 where suppressed"`
	Role       string `json:"role" doc:"reference, current, or empty without a reference"`
	Version    string `json:"version,omitempty" doc:"of an audit with KPIs and columns.version: the one that decided most of its rows"`
	Suppressed bool   `json:"suppressed,omitempty" doc:"rows is withheld"`
}

// Attribute is a protected attribute with the values that were seen.
type Attribute struct {
	Attribute  string       `json:"attribute"`
	Column     string       `json:"column"`
	Provenance string       `json:"provenance,omitempty" doc:"self_reported, observed or inferred"`
	Reference  string       `json:"reference" doc:"the policy: value, largest, best, rest or none"`
	Chosen     *string      `json:"chosen" doc:"the group that became the reference over all windows; null with rest or none"`
	Values     []GroupValue `json:"values"`
}

// GroupValue is one value of an attribute; Value nil stands for the rows whose
// value is missing.
type GroupValue struct {
	Value      *string `json:"value"`
	Rows       int64   `json:"rows" doc:"-1 where suppressed"`
	N          int64   `json:"n" doc:"copies: the sum of weights; -1 where suppressed"`
	Suppressed bool    `json:"suppressed,omitempty" doc:"rows and n are withheld"`
}

// GroupKind says what a measurement's group is.
type GroupKind string

// The kinds of group.
const (
	KindValue   GroupKind = "value"   // a value of the attribute
	KindMissing GroupKind = "missing" // the rows whose value is missing
	KindOverall GroupKind = "overall" // all rows, whatever their group
	KindWorst   GroupKind = "worst"   // the largest gap: Group is the lowest, Reference the highest
)

// AllWindows is the window that holds every audited row.
const AllWindows = "all"

// Measurement is one number with everything needed to check it. A nil Value
// means undefined, and Note says why.
type Measurement struct {
	Detector      string    `json:"detector"`
	Metric        string    `json:"metric"`
	MethodVersion int       `json:"method_version" doc:"rises when a printed number of this metric changes"`
	Convention    string    `json:"convention" doc:"the named formula"`
	Attribute     string    `json:"attribute,omitempty" doc:"sex, or race*sex for an intersection; empty for a number about all rows"`
	Group         *string   `json:"group" doc:"null for the missing group, the overall group and numbers about all rows"`
	GroupKind     GroupKind `json:"group_kind"`
	Reference     *string   `json:"reference" doc:"the group compared with; (rest) is everybody else; null for a rate"`
	Window        string    `json:"window"`
	Stratum       *string   `json:"stratum"`
	Version       *string   `json:"version"`
	Column        *string   `json:"column"`

	Value       *float64  `json:"value" doc:"null when undefined"`
	N           int64     `json:"n" doc:"copies of the group that the number rests on"`
	Numerator   *int64    `json:"numerator"`
	Denominator *int64    `json:"denominator"`
	RefNum      *int64    `json:"reference_numerator"`
	RefDen      *int64    `json:"reference_denominator"`
	Interval    *Interval `json:"interval"`

	Test      string     `json:"test,omitempty"`
	P         *float64   `json:"p_value"`
	Joint     *Joint     `json:"joint,omitempty" doc:"of a pair that the data chose: what its p_value allows for"`
	PAdjusted *float64   `json:"p_adjusted"`
	Threshold *Threshold `json:"threshold"`

	Null        *Null             `json:"null,omitempty" doc:"of a distance and of a worst gap: what it is by chance alone at these sizes"`
	Power       *Power            `json:"power,omitempty" doc:"of a gap between groups: how small a gap these sizes can show"`
	Flipflop    *Flipflop         `json:"flipflop,omitempty" doc:"of a ratio: how many decisions it hangs on"`
	Parameters  map[string]string `json:"parameters,omitempty" doc:"e.g. k, cut, quantile"`
	Provenance  string            `json:"provenance,omitempty" doc:"inferred, where a group that the number is about was inferred and not known"`
	Shards      int               `json:"shards,omitempty" doc:"subject shards behind the variance; 0 when rows are taken as independent, -1 where suppressed"`
	EachSubject bool              `json:"each_subject,omitempty" doc:"every shard is one subject, so that shards counts subjects; if false, a hash deals subjects to at most 64 shards"`
	People      int64             `json:"people,omitempty" doc:"of a rate or gap that follows people: how many have rows in its group, or in the smaller of the two; from the shards filled, where shards are not subjects"`
	Verdict     Verdict           `json:"verdict,omitempty" doc:"only on gated measurements"`
	Note        string            `json:"note,omitempty"`

	// LeastCell is the smallest count above zero in the tables of groups by windows or
	// categories that the number is a function of, with those that are tied to them; 0
	// if the detector does not say. It is in no document (Privacy.Sparse).
	LeastCell int64 `json:"-"`

	Suppressed bool `json:"suppressed,omitempty" doc:"the numbers are withheld: they are about few people, or would tell about few people; n is -1 and the rest null"`
}

// Null says what a number that cannot be no gap but by accident is by chance
// alone, at the sizes of the tables behind it: a distance when nothing changed or
// the scores are calibrated; the gap between the lowest and the highest group
// when all groups are alike.
type Null struct {
	Expected float64 `json:"expected" doc:"its mean"`
	Limit    float64 `json:"limit" doc:"its 95 % value: one in twenty lies further from no gap"`

	FalseAlarm *float64 `json:"false_alarm,omitempty" doc:"of a worst gap that a gate judges by the point alone: how often some comparison would cross the limit at these sizes if all groups were treated alike"`
}

// Joint says that a p-value allows for every pair of groups that was looked at,
// because the data chose which to look at.
type Joint struct {
	Pairs    int     `json:"pairs" doc:"tests that p_value allows for"`
	Draws    int     `json:"draws" doc:"tables, or rates, drawn under parity of all groups; 0 where p_value rests on Bonferroni's bound"`
	PairTest string  `json:"pair_test" doc:"the test of the pair alone"`
	PairP    float64 `json:"pair_p_value" doc:"p of the pair alone, as if no other had been looked at"`
}

// Flipflop says how many single decisions a ratio hangs on.
type Flipflop struct {
	Parity    *int64 `json:"parity" doc:"fewest decisions that, moved from the group with the higher rate to the one with the lower, make the rates equal"`
	Threshold *int64 `json:"threshold" doc:"fewest changed decisions, of either group, that carry the ratio across its limit; null without one"`
}

// Power says how small a gap the sizes of two groups can show. All of it is about
// one test at level alpha, before any adjustment.
type Power struct {
	Detectable *float64 `json:"detectable_difference" doc:"the smallest difference of the two rates that would be found in 4 of 5 such logs, the reference's rate given; null where no difference would"`
	AtLimit    *float64 `json:"at_limit" doc:"the chance that the test of this pair alone would tell a gap as large as the limit from no gap; null without a limit, or where the limit is no gap"`
	Settle     *int64   `json:"settle_n" doc:"cases of the group, with the reference growing alike, at which the whole interval would lie within the limit in 4 of 5 such logs if the rates stay (with a subject: as many times the people); null unless that is what is missing"`
}

// Interval is a confidence interval; a nil limit is unbounded.
type Interval struct {
	Low    *float64 `json:"low"`
	High   *float64 `json:"high"`
	Level  float64  `json:"level"`
	Method string   `json:"method"`
}

// Threshold is the limit that a gate holds a measurement to. Value keeps the
// decimal as written in the configuration.
type Threshold struct {
	Key   string `json:"key" doc:"min_ratio, max_difference, min or max"`
	Value string `json:"value"`
	Side  string `json:"side" doc:"both, low or high"`
	// Policy says what it takes to fail and to pass.
	Policy Policy `json:"policy,omitempty" doc:"two-prong, interval, equivalence, point or sequence"`
	Pack   string `json:"pack,omitempty" doc:"the rule pack that sets it; absent for the configuration's own"`
	// Severity is warn where breaking the limit is a warning.
	Severity Verdict `json:"severity,omitempty" doc:"warn where breaking the limit is a warning, not a failure"`
	Strict   bool    `json:"strict,omitempty" doc:"a value equal to the limit breaks it"`
}

// Table is a small table of counts.
type Table struct {
	ID       string   `json:"id"`
	Detector string   `json:"detector"`
	Kind     string   `json:"kind" doc:"bins, curve, histogram, cuts, strata, subgroups, series or statutory"`
	Title    string   `json:"title"`
	Columns  []string `json:"columns"`
	Rows     [][]any  `json:"rows" doc:"strings, integers, floats and null"`
	Notes    []string `json:"notes,omitempty" doc:"sentences that belong below it"`

	Suppressed bool `json:"suppressed,omitempty" doc:"the rows are withheld, or, of a statutory table, some of their numbers"`
}

// Finding is a sentence for the first page, with the measurements behind it.
type Finding struct {
	ID           string  `json:"id"`
	Detector     string  `json:"detector"`
	Severity     Verdict `json:"severity" doc:"fail, inconclusive, warn or pass; info when nothing was gated"`
	Title        string  `json:"title" doc:"one sentence"`
	Detail       string  `json:"detail" doc:"rates, sizes, interval, limit"`
	Measurements []int   `json:"measurements" doc:"indices into measurements; the first is the one the sentence is about"`

	Suppressed bool `json:"suppressed,omitempty" doc:"the finding rests on suppressed numbers, and leaves them out"`
}

// GateSummary counts checks: one per gated metric and attribute, decided by
// the worst of its measurements.
type GateSummary struct {
	Checks       []Check `json:"checks"`
	Pass         int     `json:"pass"`
	Warn         int     `json:"warn"`
	Fail         int     `json:"fail"`
	Inconclusive int     `json:"inconclusive"`
	FamilySize   int     `json:"family_size" doc:"tests that share the error budget alpha; all pairs of a check whose p-values allow for each other count as one, and so does one hypothesis that several limits or packs ask for"`
	Tests        int     `json:"tests" doc:"p-values among them, pairs counted one by one, and the same hypothesis once"`
	Adjustment   string  `json:"adjustment" doc:"holm, bh, by or none"`
}

// Check is one line of the verdict: a metric, an attribute and a limit.
type Check struct {
	Detector     string    `json:"detector"`
	Metric       string    `json:"metric"`
	Attribute    string    `json:"attribute,omitempty"`
	Threshold    Threshold `json:"threshold"`
	Verdict      Verdict   `json:"verdict"`
	Reason       string    `json:"reason" doc:"why, in a sentence"`
	FalseAlarm   *float64  `json:"false_alarm,omitempty" doc:"under the policy point: how often a check of this metric would fail at these sizes if all groups were treated alike"`
	HangsOn      string    `json:"hangs_on,omitempty" doc:"rows without a group or a label that could turn the verdict, and how far, in a sentence"`
	Measurements []int     `json:"measurements" doc:"indices of the judged measurements, the deciding one first"`

	Suppressed bool `json:"suppressed,omitempty" doc:"suppressed numbers were judged too; the measurements then stand in the order of the document"`
}
