package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/kpi"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

const (
	months = 60
	rates  = 10 // and as many gaps of them
	groups = 3
)

// world is how many rows an audit has, and how often what is counted occurs.
type world struct {
	name  string
	rows  int64 // of each group and month
	share float64
}

func worlds() []world {
	return []world{{"2,000 rows a month and group, rate .3", 2000, .3}, {"200 rows, rate .1", 200, .1}, {"13 rows, rate .05", 13, .05}}
}

// quiet is what was said about audits that nothing changed in.
type quiet struct {
	world
	alarms int // audits with an alarm
	claims int // audits with a claim about a level that is false
	either int
	months int // audits in which some monthly z test of one series is below .05
}

// simulateAudits follows audits without a change.
func simulateAudits(audits int) ([]quiet, error) {
	var out []quiet
	for _, w := range worlds() {
		q := quiet{world: w}
		set, spec, err := w.audit()
		if err != nil {
			return nil, err
		}
		var running sync.WaitGroup
		var guard sync.Mutex
		next := make(chan int)
		for range runtime.GOMAXPROCS(0) {
			running.Go(func() {
				for i := range next {
					t := w.draw(stat.Generator(1, "monitor", w.name, strconv.Itoa(i)))
					alarm, claim := judged(set.Measure(spec, kpi.View{Tables: t, Windows: t.windows, Groups: t.attributes()}, nil))
					guard.Lock()
					q.alarms, q.claims, q.either, q.months = q.alarms+one(alarm), q.claims+one(claim), q.either+one(alarm || claim), q.months+one(t.significant())
					guard.Unlock()
				}
			})
		}
		for i := range audits {
			next <- i
		}
		close(next)
		running.Wait()
		out = append(out, q)
	}
	return out, nil
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// audit is the configuration: every rate keeps its limits exactly at the true value,
// and every gap a limit of 0, so that any claim of breach is false.
func (w world) audit() (*kpi.Set, *audit.Spec, error) {
	var b strings.Builder
	b.WriteString("version: 1\nname: quiet\ndata: {log: log.csv}\ncolumns:\n  time: at\n  decision: {column: x0, positive: [\"1\"]}\n  groups: {g: {column: g, min_rows: 1}}\nwindows: {every: month}\ndetectors: {completeness: {}}\nkpis:\n  define:\n")
	for i := range rates {
		fmt.Fprintf(&b, "    - {name: rate%d, kind: rate, numerator: x%d == 1, by: g, limits: {max: %g}}\n    - {name: gap%d, kind: gap, of: rate%d, by: g, limits: {max: 0}}\n", i, i, w.share, i, i)
	}
	all := detectors.All()
	a, mistakes := config.Parse("audit.yaml", []byte(b.String()), engine.Declarations(all), engine.DefaultDetectors(all))
	if len(mistakes) > 0 {
		return nil, nil, mistakes
	}
	spec := a.Spec()
	set, err := kpi.New(a, spec)
	return set, spec, err
}

// judged says whether there was an alarm, or at any look a claim that is false.
func judged(out kpi.Output) (alarm, claim bool) {
	for _, p := range out.Points {
		alarm = alarm || p.Alarm != ""
		claim = claim || p.State == audit.Breach && p.ToDate != nil
	}
	return alarm, claim
}

// drawn is a table of counts for each rate, that nobody scanned.
type drawn struct {
	windows []audit.Window
	counts  [rates][groups][months]int64
	rows    int64
}

func (w world) draw(rng *rand.Rand) *drawn {
	d := &drawn{rows: w.rows}
	for t := range months {
		d.windows = append(d.windows, audit.Window{ID: fmt.Sprintf("%d-%02d", 2020+t/12, t%12+1)})
	}
	for i := range rates {
		for g := range groups {
			for t := range months {
				d.counts[i][g][t] = stat.Binomial(rng, w.rows, w.share)
			}
		}
	}
	return d
}

func (d *drawn) attributes() []audit.Attribute {
	a := audit.Attribute{Attribute: "g"}
	for g := range groups {
		name := strconv.Itoa(g)
		a.Values = append(a.Values, audit.GroupValue{Value: &name, Rows: d.rows, N: d.rows})
	}
	return []audit.Attribute{a}
}

// Counts implements detect.Tables.
func (d *drawn) Counts(need table.Need) *table.Counts {
	at := 0
	var cats [][]table.Category
	for _, dim := range need.Dims {
		switch dim {
		case table.Window:
			var all []table.Category
			for t, w := range d.windows {
				all = append(all, table.Category{Name: w.ID, Order: int64(t)})
			}
			cats = append(cats, all)
		case table.Group("g"):
			var all []table.Category
			for g := range groups {
				all = append(all, table.Category{Name: strconv.Itoa(g)})
			}
			cats = append(cats, all)
		default:
			cats = append(cats, []table.Category{{Name: table.Holds}, {Name: table.Fails}})
			for i := range rates {
				if dim == table.When(fmt.Sprintf("x%d == 1", i)) {
					at = i
				}
			}
		}
	}
	b, err := table.NewBuilder(need.Dims, cats)
	if err != nil { // three small dimensions
		return nil
	}
	for g := range groups {
		for t := range months {
			for k, n := range []int64{d.counts[at][g][t], d.rows - d.counts[at][g][t]} {
				codes := []int{t, g, k}
				if len(need.Dims) == 2 {
					codes = []int{t, k}
				}
				b.Add(codes, table.Cell{N: n, Rows: n})
			}
		}
	}
	return b.Counts()
}

// Values implements detect.Tables; rates need none.
func (d *drawn) Values(table.Need) *table.Values { return nil }

// Sample implements detect.Tables.
func (d *drawn) Sample(table.SampleNeed) *table.Sample { return nil }

// Scan implements detect.Tables.
func (d *drawn) Scan() *table.Accounts { return nil }

// significant says whether some month of the first rate differs from those before
// it by a z test at .05, which is what people do who look every month.
func (d *drawn) significant() bool {
	var k, n int64
	for t := range months {
		now := d.counts[0][0][t]
		if t > 0 {
			p := float64(k+now) / float64(n+d.rows)
			se := math.Sqrt(p * (1 - p) * (1/float64(n) + 1/float64(d.rows)))
			if se > 0 && math.Abs(float64(now)/float64(d.rows)-float64(k)/float64(n)) > 1.959963984540054*se {
				return true
			}
		}
		k, n = k+now, n+d.rows
	}
	return false
}
