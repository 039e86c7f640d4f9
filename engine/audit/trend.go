package audit

// Trend is the course of an audit's indicators, out of its history alone.
type Trend struct {
	Result *Result      // what the audit is, its windows, definitions and points; it has no measurements
	Points []TrendPoint // the points of Result, in the same order
}

// TrendDocument is a trend as JSON. Field names are a contract, like those of a result.
type TrendDocument struct {
	SchemaVersion string          `json:"schema_version" doc:"version of this document's form"`
	Audit         Header          `json:"audit" doc:"what the audit is"`
	Windows       []Window        `json:"windows" doc:"from the first with a point to the last, in order of time; their rows are not told"`
	Definitions   []KPIDefinition `json:"kpi_definitions" doc:"what each indicator means now"`
	Monitoring    *KPIMonitoring  `json:"kpi_monitoring,omitempty" doc:"how the indicators are watched over the windows of the history, and the alarms"`
	Points        []TrendPoint    `json:"points" doc:"tidy: one entry per indicator, group and window, as known now"`
	Verdict       Verdict         `json:"verdict" doc:"the worst of the verdicts of the points: pass, fail, inconclusive or ungated"`
}

// TrendPoint is a point of an indicator as the history knows it now.
type TrendPoint struct {
	KPI
	Run         int64          `json:"run" doc:"of the history, that the number is from"`
	Period      string         `json:"period" doc:"of runs that find this number: all, or the one period whose run it is from"`
	Former      bool           `json:"former,omitempty" doc:"another definition than the audit has now: another series"`
	Provisional bool           `json:"provisional,omitempty" doc:"it rests on labels, and labels may still come"`
	First       *FirstReported `json:"first,omitempty" doc:"what was first reported, where that was another number"`
}

// FirstReported is a number as it was first reported, and why it is another now.
type FirstReported struct {
	Run    int64   `json:"run"`
	Value  float64 `json:"value"`
	Reason string  `json:"reason,omitempty" doc:"inputs, labels, spec, method or rescan, with + between several; absent where the runs were of different periods"`
}
