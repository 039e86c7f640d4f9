package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// A bill is what explaining will cost in rows that the model scores.
type bill struct {
	rows, inputs, background int64
	walks                    bool  // trees answer questions about one input exactly
	left, pending            int64 // pending is not on the bill yet
	items                    []string
	total                    int64
	short                    bool     // what is not on the bill yet does not fit
	misses                   []string // what the budget does not reach for
}

// add puts an explainer on the bill, as far as the budget goes.
func (b *bill) add(name string, rows int64) {
	b.pending = 0
	switch left := max(0, b.left); {
	case b.short && rows == 0 || rows > 0 && left == 0:
		b.misses = append(b.misses, name)
	case b.short || rows > left:
		b.misses = append(b.misses, "all of "+name)
	}
	b.short = false
	if rows = min(rows, max(0, b.left)); rows > 0 {
		b.items, b.total, b.left = append(b.items, fmt.Sprintf("%s %d", name, rows)), b.total+rows, b.left-rows
	}
}

// Cost says, before anything is read, about how many rows the model will score
// for a log of so many rows; -1 where nobody knows.
func (j *Job) Cost(logRows int64) string {
	e := j.spec.Explain
	if j.spec.Model == nil {
		return fmt.Sprintf("explain at most %d sampled rows, without a model", j.sampled(logRows))
	}
	b := j.bill(logRows, e.ModelRows)
	text := fmt.Sprintf("explain at most %d sampled rows: the model scores up to about %d rows, and no more than %d: %s", b.rows, b.total, e.ModelRows, strings.Join(b.items, ", "))
	flips := e.Flip != nil && slices.ContainsFunc(j.spec.Groups, func(g audit.GroupSpec) bool {
		return slices.ContainsFunc(j.inputs, func(in audit.ModelInputSpec) bool { return in.Column == g.Column })
	})
	if flips {
		text += fmt.Sprintf(", and flip %d for each group", b.rows)
	}
	switch {
	case len(b.misses) > 0:
		text += "; that does not reach for " + strings.Join(b.misses, ", ") + ": " + j.enough(logRows)
	case flips && b.left < b.rows:
		text += "; what comes last may not be reached: raise explain.budget.model_rows or lower explain.rows"
	}
	return text
}

// sampled is the most rows that are explained.
func (j *Job) sampled(logRows int64) int64 {
	rows := int64(j.spec.Explain.Rows)
	if logRows >= 0 && !j.spec.HasWeight { // else a row stands for several
		rows = min(rows, logRows)
	}
	return rows
}

// enough says about what budget reaches for everything.
func (j *Job) enough(logRows int64) string {
	const most = 1 << 50
	fits := func(budget int64) bool { return len(j.bill(logRows, budget).misses) == 0 }
	low, high := j.spec.Explain.ModelRows, max(1, j.spec.Explain.ModelRows)
	for high < most && !fits(high) {
		low, high = high, 2*high
	}
	if high >= most {
		return "raise explain.budget.model_rows or lower explain.rows"
	}
	for high-low > 1 {
		if middle := low + (high-low)/2; fits(middle) {
			high = middle
		} else {
			low = middle
		}
	}
	return fmt.Sprintf("about %d would do; raise explain.budget.model_rows, or lower explain.rows", roundedUp(high))
}

// roundedUp keeps two digits.
func roundedUp(n int64) int64 {
	unit := int64(1)
	for n/unit >= 100 {
		unit *= 10
	}
	return (n + unit - 1) / unit * unit
}

// bill is what everything that is asked for costs, with a budget.
func (j *Job) bill(logRows, budget int64) *bill {
	e := j.spec.Explain
	b := &bill{rows: j.sampled(logRows), inputs: int64(len(j.inputs)), background: int64(e.BackgroundRows), left: budget}
	forest, trees := j.scorer.(*model.Forest)
	b.walks = trees && !forest.LinearLeaves() && (forest.Classes() == 1 || j.output == model.Margin)
	b.add("probes", 3*min(int64(e.ParityRows), b.rows))
	decides := j.spec.Model.Threshold != ""
	attribute := j.attributing(b)
	if g := e.Gap; g != nil {
		rate := func(m string) bool { return m != "mean_score" }
		rows := attribute("decision", decides && (len(g.Metrics) == 0 || slices.ContainsFunc(g.Metrics, rate)))
		rows += attribute("score", len(g.Metrics) == 0 || slices.Contains(g.Metrics, "mean_score"))
		b.add("gap", rows)
	}
	if x := e.Importance; x != nil {
		b.add("importance", b.importance(x))
	}
	if x := e.Attribution; x != nil {
		margin := x.Of == "margin" && j.output != model.Margin && (&Audited{Scorer: j.scorer}).hasMargin()
		rows := attribute("decision", x.Of == "decision") + attribute("margin", margin) + attribute("score", x.Of != "decision" && !margin)
		if x.Paths {
			rows += b.rows
		}
		b.add("attribution", rows)
	}
	if x := e.Dependence; x != nil {
		b.add("dependence", b.dependence(x))
	}
	if e.Proxies != nil {
		b.add("proxies", attribute("decision", decides)+attribute("score", !decides))
	}
	if e.Stability != nil && (j.spec.Windows.Every != "" || j.spec.HasVersion) {
		b.add("stability", attribute("score", true))
	}
	return b
}

// attributing gives the cost of attributing a value to the inputs, against
// every background; explainers share it, so that it is paid once.
func (j *Job) attributing(b *bill) func(value string, asked bool) int64 {
	backgrounds := 1
	if j.spec.Explain.Background == "reference" {
		backgrounds = max(1, len(j.spec.Groups))
	}
	linear, sums := j.scorer.(*model.Linear)
	forest, trees := j.scorer.(*model.Forest)
	trees = trees && !forest.LinearLeaves()
	paid := map[string]bool{}
	return func(value string, asked bool) int64 {
		if !asked || paid[value] {
			return 0
		}
		output := j.output
		if value == "margin" {
			output = model.Margin
		}
		exact := value != "decision" && (trees && output == model.Margin || sums && linear.Additive(output))
		total, fits := int64(0), true
		for range backgrounds {
			rows := b.rows + b.background
			if !exact {
				rows = b.permuted(b.left - b.pending - total)
			}
			fits = fits && (rows > 0 || b.rows == 0 || b.inputs == 0)
			total += rows
		}
		b.pending += total
		paid[value], b.short = fits, b.short || !fits // what did not fit is tried again
		return total
	}
}

// permuted follows Study.permuted.
func (b *bill) permuted(left int64) int64 {
	if b.rows == 0 || b.inputs == 0 {
		return 0
	}
	most := max(0, left) / shareOfBudget / b.rows
	switch pass := 2 * b.inputs * b.background; {
	case b.inputs <= mostEnumerated && b.background<<b.inputs <= most:
		return b.rows * b.background << b.inputs
	case leastPasses*pass <= most:
		return b.rows * most / pass * pass
	}
	others := min(b.background, most/(2*b.inputs))
	if others < 1 && max(0, left)/b.rows < 2*b.inputs {
		return 0
	}
	return b.rows * 2 * b.inputs * max(1, others)
}

func (b *bill) importance(x *audit.ImportanceSpec) int64 {
	drawn := int64(len(x.Groups))
	total := int64(0)
	if b.walks {
		total += b.rows
	} else {
		drawn += b.inputs
	}
	if drawn > 0 {
		total += b.rows * (1 + drawn*int64(x.Repeats))
	}
	if len(x.Within) > 0 {
		total += b.rows * (1 + (b.inputs+int64(len(x.Groups)))*int64(x.Repeats))
	}
	return total
}

// dependence asks every row for every point, and twice for the ends of the
// interval that it lies in.
func (b *bill) dependence(x *audit.DependenceSpec) int64 {
	if b.walks {
		return b.rows
	}
	features := int64(len(x.Features))
	if features == 0 {
		features = b.inputs
	}
	ends := int64(2)
	if x.By != "" {
		ends = 4
	}
	return b.rows * features * (int64(x.Points) + ends)
}
