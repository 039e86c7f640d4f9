package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

func TestSame(t *testing.T) {
	for _, c := range []struct {
		a, b []string
		want string
	}{
		{[]string{"x,1"}, []string{"x,1"}, ""},
		{[]string{"x,1"}, []string{"x,2"}, `"x,1" against "x,2"`},
		{[]string{"x,1", "y,1"}, []string{"x,1"}, `2 lines against 1; too much is "y,1"`},
		{nil, []string{"x,1"}, `0 lines against 1; too much is "x,1"`},
	} {
		got := ""
		if err := same(c.a, c.b); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%v and %v: %q, want %q", c.a, c.b, got, c.want)
		}
	}
}

// Medians of an odd and an even number of runs; the greatest memory of any.
func TestSummarize(t *testing.T) {
	list := []sample{{Wall: 3, Memory: 10}, {Wall: 1, Memory: 30}, {Wall: 2, Memory: 20}}
	if s := summarize(list); s.wall != 2 || s.low != 1 || s.high != 3 || s.memory != 30 || s.runs != 3 {
		t.Errorf("%+v", s)
	}
	if s := summarize(append(list, sample{Wall: 4})); s.wall != 2 { // of 2 and 3, in whole nanoseconds
		t.Errorf("%+v", s)
	}
}

// Contenders run as often as asked, three times where that takes minutes, less
// where time runs short, and always once.
func TestTurns(t *testing.T) {
	for _, c := range []struct {
		repeat     int
		turn, left time.Duration
		want       int
	}{
		{7, time.Second, time.Minute, 7},
		{7, 30 * time.Second, time.Hour, 3},
		{3, 30 * time.Second, 70 * time.Second, 2},
		{3, time.Minute, -time.Second, 1},
		{3, 0, 0, 3},
	} {
		if got := turns(c.repeat, c.turn, c.left); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
}

func TestTargets(t *testing.T) {
	of := map[string]summary{
		plumbline: {wall: time.Second, cpu: 2 * time.Second, memory: 100 * mega},
		duckdb:    {wall: 5 * time.Second, cpu: 5 * time.Second}, polars: {wall: 4 * time.Second, cpu: 8 * time.Second},
		fairlearn: {wall: 600 * time.Second, inside: 500 * time.Second},
	}
	for _, c := range []struct {
		target
		peer, value string
		processor   float64
		met         bool
	}{
		{target{peers: []string{duckdb, polars}, limit: 0.25}, polars, "0.25", 0.25, true},
		{target{peers: []string{duckdb}, limit: 0.19}, duckdb, "0.20", 0.4, false},
		{target{peers: []string{polars}, atLeast: true, limit: 3}, polars, "4.00 times faster", 4, true},
		{target{peers: []string{fairlearn}, inside: true, atLeast: true, limit: 500}, fairlearn, "500 times faster", 0, true},
		{target{memory: true, limit: 99 * mega}, "", "100 MB", 0, false},
		{target{limit: 1.5}, "", "1.00 s", 0, true},
	} {
		o := c.evaluate(of)
		if value, _ := o.words(); o.peer != c.peer || value != c.value || o.met() != c.met || o.processor != c.processor {
			t.Errorf("%+v: %s %s %v", c.target, o.peer, value, o.met())
		}
	}
}

// Every target is about a work that is run, and contenders that it has.
func TestTargetsHaveWorks(t *testing.T) {
	names := map[string][]string{}
	for _, w := range works(&bench{options: options{rows: 20_000_000, threads: 2}}) {
		for _, c := range w.contenders {
			names[w.id] = append(names[w.id], c.name)
		}
	}
	for _, target := range targets() {
		for _, name := range append(target.peers, target.evaluate(nil).ours) {
			if !slices.Contains(names[target.work], name) {
				t.Errorf("%s: %s does not take part in %s", target.title, name, target.work)
			}
		}
	}
}

func TestAuditCells(t *testing.T) {
	group, column, mean, n := "male", "age", 0.25, int64(3)
	at := audit.Measurement{Attribute: "sex", Group: &group, GroupKind: audit.KindValue, Window: "2025-04"}
	rate, score, drift, all := at, at, audit.Measurement{Window: "2025-04", GroupKind: audit.KindOverall}, at
	rate.Metric, rate.Numerator, rate.Denominator = "selection_rate", &n, &n
	score.Detector, score.Metric, score.N, score.Value = "calibration", "mean_score", 4, &mean
	drift.Detector, drift.Metric, drift.Column, drift.N = "drift", "total_variation", &column, 5
	all.Window, all.Metric, all.Numerator, all.Denominator = audit.AllWindows, "selection_rate", &n, &n
	got := auditCells(&audit.Result{
		Measurements: []audit.Measurement{rate, score, drift, all},
		Tables:       []audit.Table{{ID: "drift/device", Rows: [][]any{{"ios", nil, nil, 7, 8}}}},
	})
	want := []string{"selection_rate,sex,male,2025-04,3,3", "score,sex,male,2025-04,4,1000", "feature,age,2025-04,5", "category,device,ios,7,8"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// One line per person: the table's 7,214.
func TestWriteCompas(t *testing.T) {
	b, dir := &bench{root: filepath.Join("..", "..")}, t.TempDir()
	if err := b.writeCompas(dir); err != nil {
		t.Fatal(err)
	}
	lines, err := printedCells(filepath.Join(dir, "compas.csv"))
	if err != nil || len(lines) != 7214+1 {
		t.Errorf("%d lines, %v", len(lines), err)
	}
}

func TestOutputSaysWhy(t *testing.T) {
	_, err := output(context.Background(), "", "go", "no-such-command")
	if err == nil || !strings.Contains(err.Error(), "no-such-command: unknown command") {
		t.Error(err)
	}
}
