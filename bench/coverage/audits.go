package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// study is a kind of audit that is simulated many times and judged as the
// product judges it.
type study struct {
	name       string
	null       bool // no gate should fail: groups are alike, or levels keep their limits
	attributes int
	reference  audit.Reference
	gates      []audit.Gate
	draw       func(*audit.Spec, *rand.Rand) *world
	bare       bool    // the four-fifths rule speaks about it
	power      float64 // the least share of audits that have to fail, in percent; 0 for none
	atMost     int     // audits, where one takes long; 0 for as many as asked
}

// tally is what became of the audits of a study.
type tally struct {
	study
	audits, fail, pass, undecided int
	bareFail                      int
	each                          time.Duration // per audit, on one processor
	again                         *tally        // of more audits, where too many failed
}

// share is k of the audits in percent, spread two standard errors of it.
func (t tally) share(k int) float64 { return 100 * float64(k) / float64(t.audits) }
func (t tally) spread(k int) float64 {
	p := float64(k) / float64(t.audits)
	return 200 * math.Sqrt(p*(1-p)/float64(t.audits))
}

// verdict is the answer to one simulated audit.
type verdict struct {
	verdict audit.Verdict
	bare    bool
	took    time.Duration
	err     error
}

// repeats is how many times as many audits tell chance from fault where a study
// fails more often than it may: of forty studies one or two do by chance.
const repeats = 4

// run simulates audits.
func (s study) run(audits int) (tally, error) {
	out, err := s.some(0, audits)
	if err == nil && s.null && out.tooMany() {
		var again tally
		again, err = s.some(audits, repeats*audits)
		out.again = &again
	}
	return out, err
}

// tooMany says that more audits fail than may, by two standard errors.
func (t tally) tooMany() bool {
	return t.share(t.fail) > 100*alpha+200*math.Sqrt(alpha*(1-alpha)/float64(t.audits))
}

// some simulates audits, the first after skip others; the i-th of all depends on
// the study and i alone.
func (s study) some(skip, audits int) (tally, error) {
	out := tally{study: s, audits: audits}
	verdicts := make([]verdict, audits)
	each(audits, func(i int) { verdicts[i] = s.audit(uint64(skip + i + 1)) })
	var took time.Duration
	for _, v := range verdicts {
		took += v.took
		switch {
		case v.err != nil:
			return out, v.err
		case v.verdict == audit.Fail:
			out.fail++
		case v.verdict == audit.Pass:
			out.pass++
		default:
			out.undecided++
		}
		if v.bare {
			out.bareFail++
		}
	}
	out.each = took / time.Duration(max(1, audits))
	return out, nil
}

// audit simulates a log and judges it by the product's own path from tables to
// verdict.
func (s study) audit(seed uint64) verdict {
	spec := newSpec(s.attributes, s.reference, seed)
	spec.Gates = s.gates
	w := s.draw(spec, stat.Generator(seed, "coverage", "audit", s.name))
	start := time.Now()
	all := detectors.All()
	var ms []audit.Measurement
	for _, d := range all {
		if !gated(s.gates, d.Name) {
			continue
		}
		plan, err := d.Plan(spec, d.Params)
		if err != nil {
			return verdict{err: err}
		}
		out, err := plan.Detect(w)
		if err != nil {
			return verdict{err: err}
		}
		ms = append(ms, out.Measurements...)
	}
	_, v := detect.Judge(spec, all, ms)
	return verdict{verdict: v, bare: s.bare && w.belowFourFifths(), took: time.Since(start)}
}

func gated(gates []audit.Gate, detector string) bool {
	for _, g := range gates {
		if g.Detector == detector {
			return true
		}
	}
	return false
}

// belowFourFifths is the bare rule: in some attribute the lowest selection rate
// is below four fifths of the highest.
func (w *world) belowFourFifths() bool {
	for a := range w.spec.Groups {
		var positive, all [20]int64
		for _, c := range w.cells {
			all[c.groups[a]] += c.n
			if c.decision {
				positive[c.groups[a]] += c.n
			}
		}
		for i, n := range all {
			for j, m := range all {
				if n > 0 && m > 0 && 5*positive[i]*m < 4*positive[j]*n {
					return true
				}
			}
		}
	}
	return false
}

// fourFifths is the gate min_ratio: 0.8 on selection rates.
func fourFifths() []audit.Gate {
	return []audit.Gate{{Detector: "parity", Metric: "selection_rate_ratio", Key: "min_ratio", Value: "0.8", Side: "both"}}
}

func most(detector, metric, limit string) audit.Gate {
	return audit.Gate{Detector: detector, Metric: metric, Key: "max", Value: limit, Side: "both"}
}

// references are the two kinds of reference: chosen by the data, and named.
func references() []audit.Reference {
	return []audit.Reference{{Policy: "largest"}, {Policy: "value", Value: "g01"}}
}

func called(r audit.Reference) string {
	if r.Named() {
		return "named"
	}
	return r.Policy
}

// parityStudies are whole audits at exact parity of all groups, of single rows
// and of as many subjects with ten rows each.
func parityStudies() []study {
	var out []study
	for _, rate := range []float64{.3, .1} {
		at := fmt.Sprintf(" at %g", rate)
		for _, p := range []parity{
			{name: "7 groups of 100" + at, people: equal(7, 100, rate), attributes: 1},
			{name: "14 groups of 1,000" + at, people: equal(14, 1000, rate), attributes: 1},
			{name: "3 attributes of 7, 5 and 2 groups, 700 in all," + at, people: crossed([]int{7, 5, 2}, 700, rate), attributes: 3},
		} {
			for _, rows := range []int{1, 10} {
				out = append(out, p.studies(rows, true)...)
			}
		}
	}
	rare := parity{name: "7 groups of 40 at 0.05", people: equal(7, 40, .05), attributes: 1, icc: 0.5}
	few := parity{name: "2 groups of 25 at 0.1", people: equal(2, 25, .1), attributes: 1, minRows: 20}
	return append(append(out, rare.studies(5, true)...), few.studies(20, true)...)
}

// powerStudies are two groups of 1,000 whose rates differ or, to see what it
// takes to pass, do not.
func powerStudies() []study {
	two := func(people int, p, q float64) []body {
		return []body{{[]int{0}, people, p}, {[]int{1}, people, q}}
	}
	var out []study
	for _, p := range [][2]float64{{.30, .18}, {.10, .06}, {.30, .24}} {
		x := parity{name: fmt.Sprintf("2 groups of 1,000 at %.2f and %.2f", p[0], p[1]), people: two(1000, p[0], p[1]), attributes: 1}
		for _, rows := range []int{1, 10} {
			for _, s := range x.studies(rows, false) {
				if p[0] == .30 && p[1] == .18 {
					s.power = 95
				}
				out = append(out, s)
			}
		}
	}
	for _, people := range []int{1000, 3000, 10000} {
		x := parity{name: fmt.Sprintf("2 groups of %d at 0.1", people), people: two(people, .1, .1), attributes: 1}
		out = append(out, x.studies(1, true)...)
	}
	return out
}

// studies are the audits of a world with either kind of reference.
func (p parity) studies(rows int, null bool) []study {
	if p.rows = rows; p.icc == 0 {
		p.icc = 0.3
	}
	if rows > 1 {
		p.name += fmt.Sprintf(", %d rows of each subject (icc %g)", rows, p.icc)
	}
	var out []study
	for _, ref := range references() {
		out = append(out, study{name: p.name, null: null, attributes: p.attributes, reference: ref, gates: fourFifths(), draw: p.draw, bare: true})
	}
	return out
}
