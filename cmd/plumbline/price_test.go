package main

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
)

// offers are prices of 5 people of f and 6 of m: what they pay, what their risk asks for,
// what they paid before, and the price on the list.
const offers = `who,pays,risk,before,list,currency
f,110,100,80,125,EUR
f,144,100,100,150,EUR
f,120,120,100,120,EUR
f,150,125,100,150,EUR
f,96,100,125,120,EUR
m,90,90,100,100,EUR
m,100,100,100,125,EUR
m,81,90,75,90,EUR
m,110,100,80,110,EUR
m,125,125,100,125,EUR
m,99,90,90,110,EUR
`

// priced audits offers.
func priced(t *testing.T, log, columns, detector string) (*audit.Result, error) {
	t.Helper()
	dir := t.TempDir()
	text := "version: 1\nname: offers\ndata: {log: offers.csv}\ncolumns:\n  groups: {who: {column: who, reference: m}}\n" + columns + "detectors:\n  price: " + detector + "\n"
	for name, content := range map[string]string{"offers.csv": log, "audit.yaml": text} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all := detectors.All()
	a, err := config.Load(filepath.Join(dir, "audit.yaml"), engine.Declarations(all), engine.DefaultDetectors(all))
	if err != nil {
		t.Fatal(err)
	}
	job, err := engine.Open(t.Context(), a, all, engine.Options{Workers: 2})
	if err != nil {
		return nil, err
	}
	return job.Run(t.Context())
}

// The three-price pattern: what risk asks for against what was paid before, and what is
// paid against what risk asks for. Geometric means, their ratios, Welch's p and interval
// of the logarithms are scipy 1.17.1's (ttest_ind, equal_var=False, confidence_interval).
func TestThreePrices(t *testing.T) {
	t.Parallel()
	r, err := priced(t, offers, "", "{price: pays, indicated: risk, current: before}")
	if err != nil {
		t.Fatal(err)
	}
	for metric, want := range map[string]struct{ f, m, ratio, p, low, high float64 }{
		"selected_to_indicated": {1.1278245172199863, 1.0143114155968953, 1.1119114897827425, .23036646671424366, .9128785769752943, 1.3543391117878516},
		"indicated_to_current":  {1.0844717711976986, 1.0911236359717214, .9939036562358959, .9546084324058418, .7785882208426107, 1.2687637077401557},
	} {
		near(t, metric+" of f", measured(t, r, metric, "who", "f", ""), want.f, 1e-12)
		near(t, metric+" of m", measured(t, r, metric, "who", "m", ""), want.m, 1e-12)
		m := measured(t, r, metric+"_ratio", "who", "f", "")
		near(t, metric+"_ratio", m, want.ratio, 1e-12)
		if m.P == nil || math.Abs(*m.P-want.p) > 1e-10 || m.Interval == nil || math.Abs(*m.Interval.Low-want.low) > 1e-9 || math.Abs(*m.Interval.High-want.high) > 1e-9 {
			t.Errorf("%s: %+v, want p %v, %v to %v", metric, m, want.p, want.low, want.high)
		}
	}
	near(t, "price", measured(t, r, "geometric_price_ratio", "who", "f", ""), 1.224660037051302, 1e-12)
}

// Half of the offers are in yen, at 150 times the price, and those of f twice as dear
// again: the ratio of prices is another in each currency, and twice the euro's. A ratio
// of two prices has no unit, and is the same in both; so are discounts, of all rows at
// once.
func TestPricesInTwoCurrencies(t *testing.T) {
	t.Parallel()
	both := offers
	for _, line := range strings.Split(strings.TrimSpace(offers), "\n")[1:] {
		cells, times := strings.Split(line, ","), 150
		if cells[0] == "f" {
			times = 300
		}
		for i := 1; i < 5; i++ {
			x, err := strconv.Atoi(cells[i])
			if err != nil {
				t.Fatal(err)
			}
			cells[i] = strconv.Itoa(x * times)
		}
		both += strings.Join(append(cells[:5], "JPY"), ",") + "\n"
	}
	const detector = "{price: pays, list: list, indicated: risk, current: before, currency: currency}"
	if _, err := priced(t, both, "", detector); err == nil || !strings.Contains(err.Error(), "2 currencies (EUR, JPY) and cannot be averaged; list currency under columns.strata") {
		t.Fatalf("two currencies: %v", err)
	}
	r, err := priced(t, both, "  strata: [currency]\n", detector)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "price in EUR", measured(t, r, "geometric_price_ratio", "who", "f", "EUR"), 1.224660037051302, 1e-12)
	near(t, "price in JPY", measured(t, r, "geometric_price_ratio", "who", "f", "JPY"), 2*1.224660037051302, 1e-12)
	for _, currency := range []string{"EUR", "JPY"} {
		near(t, "selected to indicated in "+currency, measured(t, r, "selected_to_indicated_ratio", "who", "f", currency), 1.1119114897827425, 1e-12)
	}
	// (15/125 + 6/150 + 24/120) / 5, and of m (10/100 + 25/125 + 9/90 + 11/110) / 6
	near(t, "discount of f", measured(t, r, "mean_discount", "who", "f", ""), .36/5, 1e-14)
	near(t, "discount of m", measured(t, r, "mean_discount", "who", "m", ""), .5/6, 1e-14)
	for _, m := range r.Measurements {
		if (m.Metric == "geometric_price" || m.Metric == "price_quantile_difference") && m.Stratum == nil {
			t.Fatalf("a price over both currencies: %+v", m)
		}
	}
}

// Whole numbers are divided as what they are: 3 of a list price of 4 is a quarter off, and
// three quarters of what the risk asks for.
func TestPricesOfWholeNumbers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"log.jsonl":  `{"g":"f","p":3,"l":4}` + "\n" + `{"g":"m","p":3,"l":3}` + "\n",
		"audit.yaml": "version: 1\nname: whole\ndata: {log: log.jsonl}\ncolumns: {groups: {g: {column: g, reference: m}}}\ndetectors: {price: {price: p, list: l, indicated: l}}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := runAudit(t, filepath.Join(dir, "audit.yaml"), engine.Options{Workers: 1})
	near(t, "discount", measured(t, r, "mean_discount", "g", "f", ""), .25, 1e-15)
	near(t, "selected to indicated", measured(t, r, "selected_to_indicated", "g", "f", ""), .75, 1e-15)
	near(t, "offers", measured(t, r, "offer_rate", "g", "f", ""), 1, 0)
}
