package main

import (
	"fmt"
	"time"
)

// target is a line of the table: plumbline's time against a peer's, or against a
// limit.
type target struct {
	title string
	work  string
	ours  string   // plumbline if empty
	peers []string // the faster one counts; none: the limit is absolute
	// inside takes the peer's own time, without starting Python and loading
	// its library, against plumbline's whole process.
	inside  bool
	memory  bool    // bytes instead of seconds
	atLeast bool    // how many times faster, instead of the share of the time
	limit   float64 // ratio, seconds or bytes
}

const mega = 1 << 20

// targets are the lines in order. Those whose work was not run are left out.
func targets() []target {
	databases := []string{duckdb, polars}
	return []target{
		{title: "count table: 3 groups x decision x label x 12 months, dictionaries, snappy", work: "count-snappy", peers: databases, limit: 0.35},
		{title: "the same, zstd", work: "count-zstd", peers: databases[:1], limit: 0.45},
		{title: "the same, plain strings", work: "count-plain", peers: databases[:1], limit: 0.45},
		{title: "the same, uncompressed", work: "count-none", peers: databases[:1], limit: 0.2},
		{title: "whole audit with all intervals, JSON and HTML, against the aggregates alone", work: "audit", peers: databases, limit: 0.15},
		{title: "whole audit, peak memory", work: "audit", memory: true, limit: 150 * mega},
		{title: "lists of 10 items: count table, 3 groups x 10 places, against unnest", work: "places", peers: databases[:1], limit: 0.4},
		{title: "lists of 10 items: exposure, first places, list numbers, all intervals, JSON and HTML", work: "slates", limit: 8},
		{title: "the same, peak memory", work: "slates", memory: true, limit: 400 * mega},
		{title: "count table, against decoding its columns alone, snappy", work: "count-snappy", peers: []string{decode}, limit: 1.4},
		{title: "count table, against decoding its columns alone, zstd", work: "count-zstd", peers: []string{decode}, limit: 1.4},
		{title: "whole audit, against decoding its columns alone", work: "audit", peers: []string{decode}, limit: 2.5},
		{title: "5 metrics, 1 attribute, 1 million rows: the file, against arrays in memory", work: "fairlearn", peers: []string{fairlearn}, inside: true, atLeast: true, limit: 500},
		{title: "the same with 1,000 bootstrap replicates (Fairlearn: 5, extrapolated)", work: "bootstrap", peers: []string{replicas}, inside: true, atLeast: true, limit: 10000},
		{title: "drift of 10 columns, 500,000 rows against 500,000", work: "drift", peers: []string{evidently}, atLeast: true, limit: 200},
		{title: "count table, ten times the rows: time", work: "scale-count", ours: large, peers: []string{small}, limit: 10.5},
		{title: "count table, ten times the rows: memory", work: "scale-count", ours: large, peers: []string{small}, memory: true, limit: 1.1},
		{title: "whole audit, ten times the rows: time", work: "scale-audit", ours: large, peers: []string{small}, limit: 10.5},
		{title: "whole audit, ten times the rows: memory", work: "scale-audit", ours: large, peers: []string{small}, memory: true, limit: 1.1},
		{title: "count table, 1 worker → 2 workers", work: "workers-count", ours: two, peers: []string{one}, atLeast: true, limit: 1.7},
		{title: "whole audit, 1 worker → 2 workers", work: "workers-audit", ours: two, peers: []string{one}, atLeast: true, limit: 1.7},
		{title: "COMPAS: 7,214 rows, all detectors, HTML and JSON", work: "compas", limit: 0.150},
		{title: "plumbline version", work: "version", limit: 0.030},
	}
}

// outcome is a target with what was measured.
type outcome struct {
	target
	peer         string
	mine, theirs float64 // seconds or bytes
	value        float64 // what is held against the limit
	processor    float64 // the same of user and system time, which other jobs move less; 0 where it says nothing
}

// met says whether the target was reached.
func (o outcome) met() bool {
	if o.atLeast {
		return o.value >= o.limit
	}
	return o.value <= o.limit
}

// evaluate holds a target against what was measured.
func (t target) evaluate(of map[string]summary) outcome {
	o := outcome{target: t}
	if o.ours == "" {
		o.ours = plumbline
	}
	o.mine = t.number(of[o.ours], false)
	o.value = o.mine
	for _, peer := range t.peers {
		if x := t.number(of[peer], t.inside); o.peer == "" || x < o.theirs {
			o.peer, o.theirs = peer, x
		}
	}
	switch {
	case o.peer == "":
	case t.atLeast:
		o.value = o.theirs / o.mine
	default:
		o.value = o.mine / o.theirs
	}
	a, b := of[o.ours].cpu.Seconds(), of[o.peer].cpu.Seconds()
	switch {
	case t.memory || t.inside || o.ours == two || a == 0 || b == 0:
	case t.atLeast:
		o.processor = b / a
	default:
		o.processor = a / b
	}
	return o
}

func (t target) number(s summary, inside bool) float64 {
	switch {
	case t.memory:
		return float64(s.memory)
	case inside:
		return s.inside.Seconds()
	}
	return s.wall.Seconds()
}

// amount prints seconds or bytes.
func (t target) amount(x float64) string {
	if t.memory {
		return fmt.Sprintf("%.0f MB", x/mega)
	}
	return seconds(time.Duration(x * float64(time.Second)))
}

// words print what is held against the limit, and the limit.
func (o outcome) words() (value, limit string) {
	switch {
	case o.peer == "":
		return o.amount(o.value), "at most " + o.amount(o.limit)
	case o.atLeast && o.limit >= 10:
		return o.ratio(o.value), fmt.Sprintf("at least %.0f", o.limit)
	case o.atLeast:
		return o.ratio(o.value), fmt.Sprintf("at least %.1f", o.limit)
	}
	return o.ratio(o.value), fmt.Sprintf("at most %.2f", o.limit)
}

// ratio prints one with as many digits as matter.
func (o outcome) ratio(x float64) string {
	switch {
	case o.atLeast && o.limit >= 10:
		return fmt.Sprintf("%.0f times faster", x)
	case o.atLeast:
		return fmt.Sprintf("%.2f times faster", x)
	}
	return fmt.Sprintf("%.2f", x)
}

// seconds prints a duration with three digits.
func seconds(d time.Duration) string {
	switch s := d.Seconds(); {
	case s < 1:
		return fmt.Sprintf("%.0f ms", s*1000)
	case s < 10:
		return fmt.Sprintf("%.2f s", s)
	default:
		return fmt.Sprintf("%.1f s", s)
	}
}
