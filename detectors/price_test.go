package detectors

import (
	"math"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// sold are n rows of a group that bought a product at a price.
func sold(group, product string, price float64, n int64) row {
	return row{group: []string{group}, n: n, nums: map[string]float64{table.Number("p"): price},
		texts: map[string]string{"text:product": product, "text:currency": "EUR"}}
}

func runPrice(t *testing.T, spec *audit.Spec, p PriceParams, rows []row) (detect.Output, error) {
	t.Helper()
	plan, err := Price().Plan(spec, p)
	if err != nil {
		t.Fatal(err)
	}
	return plan.Detect(memory{t: t, spec: spec, rows: rows})
}

// f buys x at 2 and y at 8, m x at 1 and y at 4: always twice. f buys x three times as
// often as y, m the other way round: geometric means are 2^(3/4) 8^(1/4) = 2^(3/2) and
// 4^(3/4) = 2^(3/2): no gap at all before factors are alike, twice after.
func TestPrice(t *testing.T) {
	rows := []row{sold("f", "x", 2, 30), sold("f", "y", 8, 10), sold("m", "x", 1, 10), sold("m", "y", 4, 30), sold("f", "z", -1, 3), sold("m", "z", 0, 2)}
	out, err := runPrice(t, newSpec(named("m"), "g"), PriceParams{Price: "p", Factors: []string{"product"}}, rows)
	if err != nil {
		t.Fatal(err)
	}
	for metric, want := range map[string]float64{"geometric_price_ratio": 1, "price_ratio_matched": 2, "price_ratio_standardized": 2, "price_ratio_regression": 2,
		"price_explained": -math.Ln2, "price_unexplained": math.Ln2} {
		if m := get(t, out.Measurements, metric, "f", "m"); m.Value == nil || math.Abs(*m.Value-want) > 1e-12 {
			t.Errorf("%s: %v (%s), want %v", metric, m.Value, m.Note, want)
		}
	}
	if m := get(t, out.Measurements, "geometric_price", "f", ""); math.Abs(*m.Value-math.Pow(2, 1.5)) > 1e-12 || m.N != 40 {
		t.Errorf("geometric mean: %v of %d", *m.Value, m.N)
	}
	notes := strings.Join(out.Notes, "; ")
	if !strings.Contains(notes, "3 rows have a negative price") || !strings.Contains(notes, "2 rows have a price of 0") {
		t.Errorf("notes: %q", out.Notes)
	}
}

// Of six rows with both prices, two of ten were below: money that was given back (−5) and
// a list price below 0 are no offers, and a row without a list price tells nothing. The
// discounts are worked out by hand: 0.2 and 0.5 of 10, and none.
func TestOffers(t *testing.T) {
	p := PriceParams{Price: "p", List: "l"}
	priced := func(group string, price, list float64, able string) row {
		r := sold(group, "x", price, 10)
		r.texts[p.offerable()], r.texts[p.below()] = able, table.Fails
		if price < list {
			r.texts[p.below()] = table.Holds
		}
		if able != "" {
			r.nums[table.Number(p.discount())] = (list - price) / list
		}
		return r
	}
	rows := []row{priced("m", 10, 10, table.Holds), priced("m", 8, 10, table.Holds), priced("m", -5, 10, table.Fails), priced("m", 5, -3, table.Fails), priced("m", 4, 0, ""),
		priced("f", 5, 10, table.Holds), priced("f", 10, 10, table.Holds), priced("f", 10, 10, table.Holds), priced("f", 10, 10, table.Holds)}
	rows[4].texts[p.below()] = ""
	out, err := runPrice(t, newSpec(named("m"), "g"), p, rows)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		metric, group string
		value         float64
		n             int64
	}{{"offer_rate", "m", .5, 20}, {"offer_rate", "f", .25, 40}, {"mean_discount", "m", .1, 20}, {"mean_discount", "f", .125, 40}, {"offer_depth", "m", .2, 10}, {"offer_depth", "f", .5, 10}} {
		if m := get(t, out.Measurements, want.metric, want.group, ""); m.Value == nil || math.Abs(*m.Value-want.value) > 1e-12 || m.N != want.n {
			t.Errorf("%s of %s: %v of %d (%s), want %v of %d", want.metric, want.group, m.Value, m.N, m.Note, want.value, want.n)
		}
	}
	notes := strings.Join(out.Notes, "; ")
	if !strings.Contains(notes, "10 of 90 rows lack the price or the list price") || !strings.Contains(notes, "20 of 90 rows have a price below 0, a list price that is not above 0") {
		t.Errorf("notes: %q", out.Notes)
	}
}

// Two currencies are refused, unless each is a stratum: then they are measured apart.
func TestPriceInTwoCurrencies(t *testing.T) {
	rows := []row{sold("f", "x", 2, 30), sold("m", "x", 1, 30), sold("f", "x", 300, 30), sold("m", "x", 100, 30)}
	rows[2].texts["text:currency"], rows[3].texts["text:currency"] = "JPY", "JPY"
	spec, p := newSpec(named("m"), "g"), PriceParams{Price: "p", Currency: "currency"}
	if _, err := runPrice(t, spec, p, rows); err == nil || !strings.Contains(err.Error(), "2 currencies (EUR, JPY)") {
		t.Fatalf("two currencies: %v", err)
	}
	spec.Roles = append(spec.Roles, audit.RoleColumn{Role: string(table.Stratum("currency")), Column: "currency"})
	out, err := runPrice(t, spec, p, rows)
	if err != nil {
		t.Fatal(err)
	}
	for currency, want := range map[string]float64{"EUR": 2, "JPY": 3} {
		found := false
		for _, m := range out.Measurements {
			if m.Metric == "geometric_price_ratio" && m.GroupKind == audit.KindValue && textOr(m.Stratum) == currency {
				if found = true; math.Abs(*m.Value-want) > 1e-12 {
					t.Errorf("%s: %v, want %v", currency, *m.Value, want)
				}
			}
		}
		if !found {
			t.Errorf("nothing about %s", currency)
		}
	}
}

func TestPriceNeedsAPrice(t *testing.T) {
	if _, err := Price().Plan(newSpec(named("a"), "g"), PriceParams{}); err == nil {
		t.Error("no price passes")
	}
	if (PriceParams{Price: "p", Current: "c"}).Check() == nil {
		t.Error("current without indicated passes")
	}
}
