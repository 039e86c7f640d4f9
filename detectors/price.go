package detectors

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// PriceParams are the parameters of Price.
type PriceParams struct {
	Price     string   `yaml:"price" doc:"CEL expression of what was asked or paid: \"sales_value / quantity\""`
	List      string   `yaml:"list" doc:"CEL expression of the price without the offer: measure, too, how often and how much less was asked"`
	Factors   []string `yaml:"factors" doc:"columns that may make a price: the product, the channel, the territory; prices are compared within them, too"`
	Currency  string   `yaml:"currency" doc:"column of the currency; of more than one, list the column under columns.strata: each is measured by itself"`
	Indicated string   `yaml:"indicated" doc:"CEL expression of the price that the risk alone asks for: measure, too, how far price goes beyond it"`
	Current   string   `yaml:"current" doc:"CEL expression of the price before: measure, too, how far indicated is from it"`
}

// Check implements config's check of parameters.
func (p PriceParams) Check() error {
	if p.Current != "" && p.Indicated == "" {
		return errors.New("current needs indicated: three prices tell where a gap arises")
	}
	return nil
}

// Numbers are the expressions that give numbers, by their places.
func (p PriceParams) Numbers() map[string]string {
	return map[string]string{"price": p.Price, "list": p.List, "indicated": p.Indicated, "current": p.Current}
}

// Columns are the columns that the parameters name, by their places.
func (p PriceParams) Columns() map[string]string {
	out := map[string]string{"currency": p.Currency}
	for i, c := range p.Factors {
		out["factors."+strconv.Itoa(i)] = c
	}
	return out
}

// Price measures what groups are asked to pay.
func Price() detect.Detector {
	return detect.Detector{
		Name:  "price",
		Title: "What is asked and paid",
		Doc: `What groups are asked to pay. Prices are compared as ratios of geometric means and by quantiles. With list, how often less
than it was asked (offer_rate), by how much where it was (offer_depth), and both together (mean_discount). With factors, such as
the product, the same ratio again among rows that are alike in them: where every combination is compared by itself, weighted as the
group buys (matched) or as all buy (standardized), and by a regression of the logarithm on the factors (regression), with what of the
gap comes of the mix of factors and what does not (log points, which add up). A factor that itself comes of discrimination explains
away what it should show: whoever lists it answers for it. With indicated and current, the price that the risk asks for and the one
before: a gap in selected against indicated is no matter of risk. Prices of 0 and below have no logarithm and are counted apart;
money that is given back (a price below 0) is no offer, and a list price of 0 and below tells of none: such rows are left out and counted.
Several currencies are refused unless each is measured by itself.`,
		How: inferenceDoc + ` Logarithms of prices by Welch's test (1947), or a jackknife over people; quantiles by their order statistics.
Matched and standardized ratios have variances within combinations, or a jackknife over people (Kott 2001); the regression HC1 errors
(MacKinnon and White 1985) or cluster-robust ones (Liang and Zeger 1986). The parts of the gap: Oaxaca 1973, Blinder 1973, with the
coefficients of all groups pooled beside an own level of each (Fortin 2008).`,
		Needs:   []detect.Role{detect.RoleGroups},
		Unasked: []detect.Role{detect.RoleAsked},
		Metrics: priceMetrics(),
		Params:  PriceParams{},
		Plan: func(spec *audit.Spec, params any) (detect.Plan, error) {
			p, _ := params.(PriceParams)
			if p.Price == "" {
				return detect.Plan{}, errors.New(`price is missing: the number that was asked or paid, "sales_value / quantity"`)
			}
			d := prices{funnel: funnel{spec: spec}, params: p}
			return detect.Plan{Needs: d.needs(), Detect: d.detect}, nil
		},
	}
}

func offerRate() rate {
	return rate{
		name: "offer_rate", short: "offer rate", doc: "the rows of a group with a price below the list price",
		formula: "rows with price < list / rows with price ≥ 0 and list > 0", source: "zero inflation: whether, apart from how much", empty: "no row has both prices",
		count: func(t tally) (k, n int64) { return t.Positive, t.n() },
	}
}

// geometric are the numbers that are compared by their geometric means: which metric,
// of what.
func (p PriceParams) geometric() []geometricMean {
	out := []geometricMean{{"geometric_price", p.Price}}
	if p.Indicated != "" {
		out = append(out, geometricMean{"selected_to_indicated", quotient(p.Price, p.Indicated)})
	}
	if p.Current != "" {
		out = append(out, geometricMean{"indicated_to_current", quotient(p.Indicated, p.Current)})
	}
	return out
}

// noCurrency stands for rows whose currency is missing.
const noCurrency = "(missing)"

// geometricMean is a metric and the number that it is about.
type geometricMean struct{ metric, number string }

// quotient is of numbers with decimals: 3 / 4 of whole ones is 0.
func quotient(a, b string) string { return "double(" + a + ") / double(" + b + ")" }

// discount is the share of the list price that was taken off.
func (p PriceParams) discount() string {
	return quotient("("+p.List+") - ("+p.Price+")", p.List)
}

// below is whether less than the list price was asked. Cells of text are compared as
// numbers.
func (p PriceParams) below() string { return "double(" + p.Price + ") < double(" + p.List + ")" }

// offerable is whether a row can tell of an offer: nothing was given back, there was a
// price to take something off, and what was taken off is a finite number.
func (p PriceParams) offerable() string {
	return "double(" + p.Price + ") >= 0.0 && double(" + p.List + ") > 0.0 && " + p.discount() + " > -1e308"
}

func priceMetrics() []detect.Metric {
	var out []detect.Metric
	number := func(name, title, doc, convention, source string, null detect.Null, scale detect.Scale, shown bool) {
		version := 1
		if null == detect.NullNoGap {
			version = 2 // 1 took the mean of a group whose numbers are all the same for certain
		}
		out = append(out, detect.Metric{Name: name, Title: title, Doc: doc, Convention: convention, Source: source, Null: null, Scale: scale, Version: version, Shown: shown})
	}
	for _, g := range []struct{ name, title, of string }{
		{"geometric_price", "Geometric mean price", "price"},
		{"selected_to_indicated", "Selected to indicated price", "price / indicated price"},
		{"indicated_to_current", "Indicated to current price", "indicated price / current price"},
	} {
		number(g.name, g.title, "Geometric mean of "+g.of+" of a group: the mean of its logarithm, turned back.", "exp(mean ln("+g.of+")), rows where it is above 0", "Interval: Student, of the logarithm", detect.NullNone, detect.ScaleNumber, true)
		number(g.name+"_ratio", g.title+", ratio", "How many times the geometric mean of "+g.of+" of the reference a group has.", "exp(mean ln of the group − of the reference)",
			"Interval and test: Welch 1947, of the logarithm; with a subject, a jackknife over people", detect.NullNoGap, detect.ScaleRatio, false)
	}
	number("price_quantile_difference", "Quantile of prices, difference", "How much higher (+) or lower (−) a quantile of the group's prices is, in the price's unit.", "quantile of the group − of the reference, type 7 at .1, .25, .5, .75, .9",
		"Interval and test: order statistics", detect.NullNone, detect.ScaleNumber, true)
	out = append(out, versioned(2, offerRate().metrics())...)
	for _, m := range []struct{ name, title, doc, convention string }{
		{"mean_discount", "Mean discount", "share of the list price that is taken off, none counted as 0", "mean of (list − price) / list, rows with price ≥ 0 and list > 0"},
		{"offer_depth", "Depth of offers", "share of the list price that is taken off where any is", "mean of (list − price) / list, rows with price ≥ 0 and list > 0 where it is above 0"},
	} {
		number(m.name, m.title, "Mean "+m.doc+".", m.convention, "Interval: Student; with a subject, a jackknife over people", detect.NullLimit, detect.ScaleNumber, false)
		number(m.name+"_difference", m.title+", difference", "Mean "+m.doc+": of the group less of the reference.", "of the group − of the reference",
			"Interval and test: Welch 1947; with a subject, a jackknife over people", detect.NullNoGap, detect.ScaleNumber, false)
		versioned(2, out[len(out)-2:])
	}
	for _, m := range []struct{ name, title, doc, convention string }{
		{"price_ratio_matched", "Price ratio, matched", "Ratio of geometric mean prices where all factors are alike, as the group's rows are spread over them.", "exp of Σ n_c d_c / Σ n_c over combinations c that both have; d_c difference of mean logarithms, n_c rows of the group"},
		{"price_ratio_standardized", "Price ratio, standardized", "The same, as the rows of both are spread over the factors.", "as matched, with n_c the rows of both"},
		{"price_ratio_regression", "Price ratio, regression", "The same by a regression of the logarithm of the price on groups and factors, each factor with an effect of its own.", "exp of the group's coefficient; the reference has 0"},
	} {
		number(m.name, m.title, m.doc, m.convention, "Domain: actuarial and econometric practice; see how", detect.NullNone, detect.ScaleRatio, true)
	}
	number("price_explained", "Explained by factors", "The part of the gap in mean logarithms that comes of the mix of factors.", "ln ratio of geometric means − the group's coefficient", "Oaxaca 1973, Blinder 1973, pooled coefficients", detect.NullNone, detect.ScaleNumber, true)
	number("price_unexplained", "Not explained by factors", "The part of the gap in mean logarithms that is left where factors are alike.", "the group's coefficient in the regression", "Oaxaca 1973, Blinder 1973, pooled coefficients", detect.NullNone, detect.ScaleNumber, true)
	return out
}

// versioned are metrics of one version.
func versioned(version int, metrics []detect.Metric) []detect.Metric {
	for i := range metrics {
		metrics[i].Version = version
	}
	return metrics
}

// prices measures prices; whether less was asked is read as a stage of a funnel is.
type prices struct {
	funnel
	params PriceParams
}

func (d prices) needs() []table.Need {
	var out []table.Need
	for _, a := range detect.Attributes(d.spec) {
		out = append(out, detect.GroupNeed(d.spec, a))
		for _, g := range d.params.geometric() {
			out = append(out, d.numberNeed(a, g.number))
		}
		if d.params.List != "" {
			out = append(out, d.discountNeed(a), d.offers().need(a))
		}
		if len(d.params.Factors) > 0 {
			out = append(out, d.factorNeed(a))
		}
	}
	return out
}

// offers reads whether less was asked.
func (d prices) offers() funnel {
	return funnel{spec: d.spec, stages: []FunnelStage{{When: d.params.below()}, {When: d.params.offerable()}}}
}

// discountNeed is the table of discounts, by whether a row can tell of one.
func (d prices) discountNeed(a detect.Attribute) table.Need {
	n := d.numberNeed(a, d.params.discount())
	n.Dims = append(n.Dims, table.When(d.params.offerable()))
	return n
}

func (d prices) numberNeed(a detect.Attribute, number string) table.Need {
	dims := a.Dims()
	if windowed(d.spec) {
		dims = append(dims, table.Window)
	}
	if d.spec.HasSubject {
		dims = append(dims, table.Shard)
	}
	if d.params.Currency != "" {
		dims = append(dims, table.Text(d.params.Currency))
	}
	return table.Need{Dims: dims, Value: table.Number(number)}
}

func (d prices) factorNeed(a detect.Attribute) table.Need {
	dims := a.Dims()
	if d.spec.HasSubject {
		dims = append(dims, table.Shard)
	}
	for _, f := range d.factors() {
		dims = append(dims, table.Text(f))
	}
	return table.Need{Dims: dims, Value: table.Number(d.params.Price)}
}

// factors are the columns to compare within; where there are several currencies, each
// of them too.
func (d prices) factors() []string {
	out := slices.Clone(d.params.Factors)
	if c := d.params.Currency; c != "" && !slices.Contains(out, c) {
		out = append(out, c)
	}
	return out
}

func (d prices) detect(t detect.Tables) (detect.Output, error) {
	e := newEmitter("price", d.spec)
	var found []audit.Finding
	for _, a := range detect.Attributes(d.spec) {
		s := describedSection(d.spec, a, t)
		if s.absent != "" {
			e.note("attribute " + a.Name + ": " + s.absent)
		}
		for _, g := range d.params.geometric() {
			v := t.Values(d.numberNeed(a, g.number))
			currencies, err := d.currencies(v)
			if err != nil {
				return detect.Output{}, err
			}
			for _, currency := range currencies {
				if err := d.geometricMeans(e, s, g, v, currency); err != nil {
					return detect.Output{}, err
				}
			}
		}
		if d.params.List != "" {
			if err := d.discounts(e, s, t); err != nil {
				return detect.Output{}, err
			}
		}
		if len(d.params.Factors) > 0 {
			v := t.Values(d.factorNeed(a))
			d.unlisted(e, v)
			d.within(e, s, v)
			found = append(found, d.tell(e, s)...)
		}
	}
	canonical(e.out, priceMetrics())
	d.placed(e.out, found)
	return detect.Output{Measurements: e.out, Findings: found, Notes: e.notes}, nil
}

// currencies are those there are: one nil for all rows where there is but one.
func (d prices) currencies(v *table.Values) ([]*string, error) {
	cats := v.Categories(table.Text(d.params.Currency))
	if len(cats) < 2 {
		return []*string{nil}, nil
	}
	var names []string
	var out []*string
	for _, c := range cats {
		name := c.Name
		if c.Missing {
			name = noCurrency
		}
		names, out = append(names, name), append(out, &name)
	}
	if !slices.ContainsFunc(d.spec.Roles, func(r audit.RoleColumn) bool {
		return table.Dim(r.Role) == table.Stratum(d.params.Currency)
	}) {
		return nil, fmt.Errorf("prices are in %d currencies (%s) and cannot be averaged; list %s under columns.strata, and each is measured by itself", len(names), some(names, 5), d.params.Currency)
	}
	return out, nil
}
