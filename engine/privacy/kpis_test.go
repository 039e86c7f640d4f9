package privacy

import (
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// A value to date is made of all windows: where one is hidden, none is shown, and
// neither is what a change was.
func TestMonitoringIsHidden(t *testing.T) {
	f := func(x float64) *float64 { return &x }
	point := func(kpi, window string, k, n float64) audit.KPI {
		return audit.KPI{KPI: kpi, GroupKind: audit.KindOverall, Window: window, Value: f(k / n), Numerator: f(k), Denominator: f(n), N: int64(n),
			ToDate: f(.5), Sequence: &audit.Interval{Low: f(.1), High: f(.9)}, Change: f(1), Control: &audit.Interval{Low: f(0), High: f(1)}, Season: &audit.KPISeason{Window: "a", Change: .1}, State: audit.Assured}
	}
	r := &audit.Result{Privacy: &audit.Privacy{MinCell: 11, Exact: true}, Windows: []audit.Window{{ID: "a", Rows: 100}, {ID: "b", Rows: 100}},
		KPIs: []audit.KPI{point("few", "a", 50, 100), point("few", "b", 3, 100), point("many", "a", 50, 100), point("many", "b", 40, 100)},
		KPIMonitoring: &audit.KPIMonitoring{Series: []audit.KPISeries{
			{KPI: "few", LogE: f(1), Alarms: []audit.KPIAlarm{{Window: "b", Since: "b", Before: f(.5), After: f(.03)}}},
			{KPI: "many", Alarms: []audit.KPIAlarm{{Window: "b", Since: "b", Before: f(.5), After: f(.4)}}}}}}
	r.VersionChanges = []audit.VersionChange{{Window: "b", From: "1", To: "2", KPIs: []audit.VersionEffect{{KPI: "few", Before: f(.5), Step: f(.1)}, {KPI: "many", Before: f(.5), Step: f(.1)}}}}
	got := Apply(r)
	if e := got.VersionChanges[0].KPIs; e[0].Before != nil || e[0].Step != nil || !e[0].Suppressed || e[1].Step == nil || r.VersionChanges[0].KPIs[0].Step == nil {
		t.Errorf("%+v", e)
	}
	for _, p := range got.KPIs {
		hidden := p.ToDate == nil && p.Sequence == nil && p.Change == nil && p.Control == nil && p.Season == nil
		if hidden != (p.KPI == "few") {
			t.Errorf("%+v", p)
		}
	}
	few, many := got.KPIMonitoring.Series[0], got.KPIMonitoring.Series[1]
	if few.LogE != nil || few.Alarms[0].After != nil || few.Alarms[0].Before != nil || many.Alarms[0].After == nil {
		t.Errorf("%+v %+v", few, many)
	}
	if r.KPIMonitoring.Series[0].LogE == nil || r.KPIMonitoring.Series[0].Alarms[0].After == nil || r.KPIs[0].ToDate == nil {
		t.Error("the exact result was changed")
	}
}
