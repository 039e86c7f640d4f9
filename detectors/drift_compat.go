package detectors

import (
	"math"

	"github.com/plumbline-audit/plumbline/engine/stat"
)

// compatNumber is a number of another tool.
type compatNumber struct {
	tool, name          string
	convention, source  string // convention also says where the tool is odd
	numeric, categories bool   // for what kind of column
	of                  func(pair compatPair) (compatValue, error)
}

func (c compatNumber) metric() string { return c.tool + "_" + c.name }

// compatPair is what a tool compares.
type compatPair struct {
	numeric  bool
	ref, cur stat.Sample   // of a column of numbers
	bins     [2][]int64    // the categories that either side has, or the native bins of numbers
	chunks   []compatChunk // the reference by its windows
}

// compatChunk is one window of the reference.
type compatChunk struct {
	numbers stat.Sample
	counts  []int64
}

// compatValue is the tool's number and what the tool says beside it.
type compatValue struct {
	x    float64
	note string
	test stat.Test // if it has a p-value beside it
}

// compat emits the numbers of the tool that the parameters name.
func (d *drift) compat(m moved, ref, cur []int64, note string) {
	if d.params.Compat == "none" {
		return
	}
	p := compatPair{numeric: m.column.numeric, bins: [2][]int64{ref, cur}}
	for _, part := range m.parts {
		if part.n() > 0 {
			p.chunks = append(p.chunks, compatChunk{part.numbers.all, part.counts})
		}
	}
	if p.numeric {
		p.ref, p.cur = m.ref.numbers.all, m.cur.numbers.all
	} else { // categories that neither side has are unknown to the tools
		p.bins[0], p.bins[1] = known(ref, ref, cur), known(cur, ref, cur)
		for i := range p.chunks {
			p.chunks[i].counts = known(p.chunks[i].counts, ref, cur)
		}
	}
	for _, c := range compatNumbers() {
		if c.tool != d.params.Compat || p.numeric && !c.numeric || !p.numeric && !c.categories {
			continue
		}
		out := valued(0, note)
		if note == "" {
			v, err := c.of(p)
			switch {
			case err != nil:
				out = valued(0, "undefined: "+err.Error())
			case math.IsInf(v.x, 0) || math.IsNaN(v.x):
				out = valued(0, "undefined: infinite")
			default:
				out.Value, out.Note = &v.x, v.note
				if v.test.Method != "" {
					out.Test, out.P = v.test.Method, &v.test.P
				}
			}
		}
		d.put(m, c.metric(), out)
	}
}

// known keeps the counts of the categories that either side has.
func known(counts, ref, cur []int64) []int64 {
	var out []int64
	for i, n := range counts {
		if ref[i]+cur[i] > 0 {
			out = append(out, n)
		}
	}
	return out
}

// compatNumbers lists them by tool.
func compatNumbers() []compatNumber {
	var out []compatNumber
	for _, of := range [][]compatNumber{evidentlyNumbers(), nannyNumbers(), scipyNumbers(), featureEngineNumbers()} {
		out = append(out, of...)
	}
	return out
}

// judged says whether a tool calls a number drift, by its own limit.
func judged(tool string, x, limit float64, drift bool) compatValue {
	verb := " does not call"
	if drift {
		verb = " calls"
	}
	return compatValue{x: x, note: tool + verb + " this drift: its own limit is " + plain(limit)}
}
