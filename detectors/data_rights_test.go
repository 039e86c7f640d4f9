package detectors

import (
	"math"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// The remissions of Freireich et al. (1963) as requests, of f under 6-MP: half answered
// by day 23, within 13 and no end; 62.75 % open on day 20, with Greenwood's error .1141.
// The placebo group, of which all are seen to their end: half by day 8, 1 in 21 open.
func TestDataRights(t *testing.T) {
	request := func(group, answered string, days ...float64) (out []row) {
		for _, d := range days {
			r := ways(group, "--", 1)
			r.texts["answered"], r.nums = answered, map[string]float64{table.Number("days"): d}
			out = append(out, r)
		}
		return out
	}
	rows := request("f", "true", 6, 6, 6, 7, 10, 13, 16, 22, 23)
	rows = append(rows, request("f", "false", 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)...)
	rows = append(rows, request("m", "true", 1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)...)
	rows = append(rows, request("m", "true", -4)...)
	rows = append(rows, ways("f", "yn", 30), ways("f", "yy", 10), ways("f", "ny", 5), ways("m", "yn", 40))
	for i, n := range []int64{5, 3, 1} { // contacts of three people of m
		r := ways("m", "--", n)
		r.texts["contact"], r.texts["id"] = "true", string(rune('1'+i))
		rows = append(rows, r)
	}
	spec := newSpec(named("m"), "g")
	p := DataRightsParams{Use: "a", OutsideConsent: "b", RequestDays: "days", Answered: "answered", Due: 20, Person: "id", Contact: "contact", MostContacts: 3}
	plan, err := DataRights().Plan(spec, p)
	if err != nil {
		t.Fatal(err)
	}
	out, err := plan.Detect(memory{t: t, spec: spec, rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	days := map[string]audit.Measurement{}
	for _, m := range out.Measurements {
		if m.Metric == "request_days" && m.GroupKind == audit.KindValue && m.Parameters["quantile"] == "0.5" {
			days[*m.Group] = m
		}
	}
	if f := days["f"]; *f.Value != 23 || *f.Interval.Low != 13 || f.Interval.High != nil {
		t.Errorf("f: %v in %+v", *f.Value, f.Interval)
	}
	if m := days["m"]; *m.Value != 8 {
		t.Errorf("m: %v", *m.Value)
	}
	if f := get(t, out.Measurements, "overdue_share", "f", ""); math.Abs(*f.Value-.6275) > 5e-5 || f.N != 21 {
		t.Errorf("overdue: %v of %d", *f.Value, f.N)
	}
	gap := get(t, out.Measurements, "overdue_share_difference", "f", "m")
	se := math.Sqrt(.1141*.1141 + (2./21)*(19./21)/21)
	if math.Abs(*gap.Value-(.6275-2./21)) > 5e-5 || math.Abs(*gap.Interval.High-*gap.Value-1.96*se) > 5e-4 {
		t.Errorf("gap: %v %+v", *gap.Value, gap.Interval)
	}
	if m := get(t, out.Measurements, "outside_consent_rate", "f", ""); *m.Numerator != 10 || *m.Denominator != 40 {
		t.Errorf("outside consent: %d of %d", *m.Numerator, *m.Denominator)
	}
	if m := get(t, out.Measurements, "contacts_per_person", "m", ""); *m.Value != 3 || m.N != 3 {
		t.Errorf("contacts: %v of %d", *m.Value, m.N)
	}
	if m := get(t, out.Measurements, "contact_pressure_rate", "m", ""); *m.Numerator != 1 || *m.Denominator != 3 {
		t.Errorf("pressure: %d of %d", *m.Numerator, *m.Denominator)
	}
}

func TestDataRightsChecks(t *testing.T) {
	if _, err := DataRights().Plan(newSpec(none, "g"), DataRightsParams{}); err == nil {
		t.Error("nothing passes")
	}
	for _, p := range []DataRightsParams{{RequestDays: "d"}, {Contact: "c"}} {
		if p.Check() == nil {
			t.Errorf("%+v passes", p)
		}
	}
}
