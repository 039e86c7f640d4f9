package detectors

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

// adRow are n rows of a group for an ad that came as far as said.
func adRow(group, ad, said string, n int64) row {
	r := ways(group, said, n)
	r.texts["text:ad"] = ad
	return r
}

func runDelivery(t testing.TB, p DeliveryParams, rows []row) (detect.Output, error) {
	t.Helper()
	spec := newSpec(named("m"), "g")
	p.Stages = []FunnelStage{{"eligible", "a"}, {"delivered", "b"}}
	plan, err := Delivery().Plan(spec, p)
	if err != nil {
		t.Fatal(err)
	}
	return plan.Detect(memory{t: t, spec: spec, rows: rows})
}

func ofAd(t *testing.T, ms []audit.Measurement, metric, ad, group string) audit.Measurement {
	t.Helper()
	for _, m := range ms {
		if m.Metric == metric && m.GroupKind != audit.KindMissing && textOr(m.Stratum) == ad && textOr(m.Group) == group && m.Window == audit.AllWindows && textOr(m.Column) == "delivered" {
			return m
		}
	}
	t.Fatalf("no %s of %s for %q", metric, ad, group)
	return audit.Measurement{}
}

// Ad x goes to 300 of 500 f and 100 of 500 m: three quarters of it, against a half, are
// f: a quarter would have to move. Ad y goes to 200 of each. Imana's D is .75 − .5, with
// z = .25 / sqrt(.625 (1 − .625) (1/400 + 1/400)) = 7.302967433402214, p = 2.814e-13.
func TestDelivery(t *testing.T) {
	rows := []row{
		adRow("f", "x", "yy", 300), adRow("f", "x", "yn", 200), adRow("m", "x", "yy", 100), adRow("m", "x", "yn", 400),
		adRow("f", "y", "yy", 200), adRow("f", "y", "yn", 300), adRow("m", "y", "yy", 200), adRow("m", "y", "yn", 300),
		adRow("", "y", "yy", 50), adRow("f", "y", "ny", 9),
	}
	out, err := runDelivery(t, DeliveryParams{Ad: "ad", Threshold: .1, Least: 100}, rows)
	if err != nil {
		t.Fatal(err)
	}
	if v := ofAd(t, out.Measurements, "delivery_variance", "x", ""); math.Abs(*v.Value-.25) > 1e-15 || v.Null.Limit > .06 || *v.P > .002 {
		t.Errorf("variance: %v %+v %v", *v.Value, v.Null, *v.P)
	}
	if v := ofAd(t, out.Measurements, "delivery_variance", "y", ""); *v.Value != 0 || *v.P != 1 {
		t.Errorf("variance of an even ad: %v, p %v", *v.Value, *v.P)
	}
	d := ofAd(t, out.Measurements, "ad_share_difference", "x − y", "f")
	if math.Abs(*d.Value-.25) > 1e-15 || math.Abs(d.Joint.PairP/2.8143e-13-1) > 1e-3 || *d.P != 2*d.Joint.PairP || d.Test != "pooled-z, holm" {
		t.Errorf("paired ads: %v p %v %+v %s", *d.Value, *d.P, d.Joint, d.Test)
	}
	if w := ofAd(t, out.Measurements, "ads_within_share", "", ""); *w.Numerator != 1 || *w.Denominator != 2 {
		t.Errorf("within: %d of %d", *w.Numerator, *w.Denominator)
	}
	if len(out.Findings) != 1 || !strings.HasPrefix(out.Findings[0].Title, "Delivery of x is not composed by g as its audience: 25.0 %") || len(out.Findings[0].Measurements) != 1 {
		t.Errorf("findings: %+v", out.Findings)
	}
	if _, err := runDelivery(t, DeliveryParams{Ad: "ad", Least: 1, Threshold: .1, Pairs: []AdPair{{"p", "x", "z"}}}, rows); err == nil || !strings.Contains(err.Error(), `no value "z"`) {
		t.Errorf("a pair with an ad that is not there: %v", err)
	}
}

// The distance is that of the shares themselves, and who all get it have none.
func TestDeliveryVarianceIsTotalVariation(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var rows []row
		var got, all [3]float64
		for g, name := range []string{"a", "b", "m"} {
			k, n := rapid.Int64Range(1, 40).Draw(rt, name), rapid.Int64Range(0, 40).Draw(rt, name+" left")
			rows = append(rows, adRow(name, "x", "yy", k), adRow(name, "x", "yn", n))
			got[g], all[g] = float64(k), float64(k+n)
		}
		want := 0.0
		for g := range got {
			want += math.Abs(got[g]/(got[0]+got[1]+got[2])-all[g]/(all[0]+all[1]+all[2])) / 2
		}
		out, err := runDelivery(t, DeliveryParams{Threshold: .1, Least: 1}, rows)
		if err != nil {
			rt.Fatal(err)
		}
		if m := ofAd(t, out.Measurements, "delivery_variance", "", ""); math.Abs(*m.Value-want) > 1e-12 {
			rt.Fatalf("variance %v, want %v", *m.Value, want)
		}
	})
}

// One of two people of f is reached, three times; both of m, once and twice.
func TestDeliveryToPeople(t *testing.T) {
	person := func(group, id, said string, n int64) row {
		r := ways(group, said, n)
		r.texts["id"] = id
		return r
	}
	rows := []row{person("f", "1", "yy", 3), person("f", "1", "yn", 1), person("f", "2", "yn", 2), person("m", "3", "yy", 1), person("m", "4", "yy", 2), person("m", "", "yy", 2)}
	out, err := runDelivery(t, DeliveryParams{Person: "id", Threshold: .1, Least: 1}, rows)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		metric, group string
		want          float64
	}{{"person_reach_rate", "f", .5}, {"person_reach_rate", "m", 1}, {"frequency", "f", 3}, {"frequency", "m", 1.5}, {"deliveries_per_person", "f", 1.5}, {"deliveries_per_person", "m", 1.5}} {
		if m := get(t, out.Measurements, c.metric, c.group, ""); m.Value == nil || *m.Value != c.want {
			t.Errorf("%s of %s: %v, want %v", c.metric, c.group, m.Value, c.want)
		}
	}
	if len(out.Notes) != 1 || !strings.HasPrefix(out.Notes[0], "2 rows have no id") {
		t.Errorf("notes: %q", out.Notes)
	}
}

// Deliveries to people without a group have no reach where their audience is not in the
// log, nor are they everybody's; one row that stops short and they are counted.
func TestDeliveryToTheUnknown(t *testing.T) {
	person := func(group, id, said string) row {
		r := ways(group, said, 1)
		r.texts["id"] = id
		return r
	}
	rows := []row{person("f", "1", "yy"), person("f", "2", "yn"), person("m", "3", "yy"), person("m", "4", "yn"), person("", "5", "yy"), person("", "6", "yy")}
	reach := func(rows []row) (all, missing *audit.Measurement, notes []string) {
		out, err := runDelivery(t, DeliveryParams{Person: "id"}, rows)
		if err != nil {
			t.Fatal(err)
		}
		for i, m := range out.Measurements {
			switch {
			case m.Metric == "person_reach_rate" && m.GroupKind == audit.KindOverall:
				all = &out.Measurements[i]
			case m.Metric == "person_reach_rate" && m.GroupKind == audit.KindMissing && m.N > 0:
				missing = &out.Measurements[i]
			}
		}
		return all, missing, out.Notes
	}
	all, missing, notes := reach(rows)
	if *all.Numerator != 2 || *all.Denominator != 4 || missing != nil || !strings.Contains(strings.Join(notes, "; "), "2 people without a known g, with 50.0 % of the stage delivered, are in the log only there") {
		t.Errorf("everybody %+v, unknown %+v, notes %q", all, missing, notes)
	}
	all, missing, _ = reach(append(rows, person("", "7", "yn")))
	if *all.Numerator != 4 || *all.Denominator != 7 || missing == nil || *missing.Numerator != 2 || *missing.Denominator != 3 {
		t.Errorf("everybody %+v, unknown %+v", all, missing)
	}
}

func TestDeliveryNeedsStages(t *testing.T) {
	if _, err := Delivery().Plan(newSpec(named("a"), "g"), DeliveryParams{}); err == nil || !strings.Contains(err.Error(), "stages are missing") {
		t.Errorf("no stages: %v", err)
	}
	if err := (DeliveryParams{Stages: make([]FunnelStage, 2), Pairs: []AdPair{{}}}).Check(); err == nil {
		t.Error("pairs without ads pass")
	}
}
