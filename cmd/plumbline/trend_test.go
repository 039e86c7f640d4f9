package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/ledger"
)

// campaigns is a folder with the audit testdata/completejourney/kpis.yaml, whose log
// comes month by month.
type campaigns struct {
	t    *testing.T
	dir  string
	head string
	rows map[string][]string // by month
}

func newCampaigns(t *testing.T) *campaigns {
	c := &campaigns{t: t, dir: t.TempDir(), rows: map[string][]string{}}
	from := filepath.Join("..", "..", "testdata", "completejourney")
	zipped, err := os.Open(filepath.Join(from, "eligible.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer zipped.Close()
	plain, err := gzip.NewReader(zipped)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	c.head = lines[0]
	day := slices.Index(strings.Split(strings.TrimSpace(c.head), ","), "start_date")
	for _, line := range lines[1:] {
		month := strings.Split(line, ",")[day][:len("2017-01")]
		c.rows[month] = append(c.rows[month], line)
	}
	households, err := os.ReadFile(filepath.Join(from, "households.csv"))
	if err != nil {
		t.Fatal(err)
	}
	conf, err := os.ReadFile(filepath.Join(from, "kpis.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	c.write("households.csv", string(households))
	c.write("kpis.yaml", strings.Replace(string(conf), "log: eligible.csv.gz", "log: log/*.csv", 1))
	return c
}

func (c *campaigns) write(name, text string) {
	c.t.Helper()
	path := filepath.Join(c.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		c.t.Fatal(err)
	}
}

// add writes a month's file; one without a campaign has its header alone.
func (c *campaigns) add(month string) {
	c.t.Helper()
	c.write("log/"+month+".csv", strings.Join(append([]string{c.head}, c.rows[month]...), "\n")+"\n")
}

// plumbline runs the program in the folder: its exit code, and what it printed.
func (c *campaigns) plumbline(args ...string) (code int, printed string) {
	c.t.Helper()
	cmd := exec.Command("plumbline", args...)
	var out, messages bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = c.dir, &out, &messages
	code = exitCode(c.t, cmd.Run())
	if code == 1 || code == 2 {
		c.t.Fatalf("plumbline %v: exit code %d\n%s", args, code, &messages)
	}
	return code, out.String()
}

// numbers are the points of indicators, by what they are about. What a point says
// besides its numbers is left out.
func (c *campaigns) numbers(text, key string) map[string]string {
	c.t.Helper()
	var doc map[string]json.RawMessage
	var points []audit.KPI
	err := json.Unmarshal([]byte(text), &doc)
	if err == nil {
		err = json.Unmarshal(doc[key], &points)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	out := map[string]string{}
	for _, p := range points {
		if p.Window < "2017" || p.Window == audit.AllWindows {
			continue
		}
		about := fmt.Sprint(p.KPI, " ", p.Attribute, " ", p.GroupKind, " ", p.Window)
		if p.GroupKind == audit.KindValue {
			about += " " + *p.Group
		}
		low, high := (*float64)(nil), (*float64)(nil)
		if p.Interval != nil {
			low, high = p.Interval.Low, p.Interval.High
		}
		said, err := json.Marshal([]any{p.Definition, p.Group, p.Reference, p.Value, p.Numerator, p.Denominator, p.N, low, high})
		if err != nil {
			c.t.Fatal(err)
		}
		out[about] = string(said)
	}
	return out
}

// Twelve monthly runs, each fed one month more, end with the points that one run
// over everything has. What compares a month with the one before is not seen in a
// run of one month: it has no point until a run sees both.
func TestTrendOfTwelveMonths(t *testing.T) {
	c := newCampaigns(t)
	c.add("2016-11")
	c.add("2016-12")
	for m := 1; m <= 12; m++ {
		month := fmt.Sprintf("2017-%02d", m)
		c.add(month)
		code, _ := c.plumbline("run", "kpis.yaml", "--period", month, "-o", "json", "-q")
		if empty := len(c.rows[month]) == 0; empty != (m == 1) || empty && code != 4 {
			t.Errorf("%s: %d rows, exit code %d", month, len(c.rows[month]), code)
		}
	}
	_, text := c.plumbline("trend", "kpis.yaml", "-o", "json")
	got := c.numbers(text, "points")
	c.plumbline("run", "kpis.yaml", "--out", "once", "-o", "json", "-q")
	result, err := os.ReadFile(filepath.Join(c.dir, "once", "completejourney-kpis", "all", "result.json"))
	if err != nil {
		t.Fatal(err)
	}
	want := c.numbers(string(result), "kpis")
	compared := 0
	for about, numbers := range want {
		have, ok := got[about]
		delete(got, about)
		if strings.HasPrefix(about, "reach_growth ") || strings.HasPrefix(about, "kept_targeted ") {
			compared++
			if ok {
				t.Errorf("%s: a point out of single months: %s", about, have)
			}
			continue
		}
		if have != numbers {
			t.Errorf("%s: the trend has %s, one run %s", about, have, numbers)
		}
	}
	if len(got) > 0 || compared == 0 || len(want) < 900 {
		t.Errorf("%d points of one run, %d of them compare months; the trend has besides %v", len(want), compared, got)
	}

	_, text = c.plumbline("trend", "kpis.yaml")
	c.shown(text, "Coupon campaigns, indicators by month: ")
	_, text = c.plumbline("status", "kpis.yaml")
	c.shown(text[strings.Index(text, "   STATE"):], "   STATE ")
	// One run over everything fills in the rest, and restates nothing.
	c.plumbline("run", "kpis.yaml", "-o", "json", "-q")
	_, text = c.plumbline("trend", "kpis.yaml", "-o", "json")
	if filled := c.numbers(text, "points"); len(filled) != len(want) || strings.Contains(text, `"first"`) {
		t.Errorf("after a run over everything there are %d points, want %d", len(filled), len(want))
	}
	for about, numbers := range c.numbers(text, "points") {
		if numbers != want[about] {
			t.Errorf("%s: after a run over everything the trend has %s, want %s", about, numbers, want[about])
		}
	}
}

// shown holds a text against the block of the README that begins so.
func (c *campaigns) shown(text, begins string) {
	c.t.Helper()
	for _, block := range readmeBlocks(c.t, "text") {
		if strings.HasPrefix(block, begins) {
			if !strings.HasPrefix(text, block) {
				c.t.Errorf("README shows\n%s\nbut it is\n%s", block, text)
			}
			return
		}
	}
	c.t.Errorf("README shows no %s", begins)
}

// BenchmarkTrend is the whole command over 120 months of 50 indicators of everybody
// and of 20 groups: go test -run - -bench Trend ./cmd/plumbline.
func BenchmarkTrend(b *testing.B) {
	dir := b.TempDir()
	conf := &strings.Builder{}
	conf.WriteString("version: 1\nname: long\ndata: {log: log.csv}\ncolumns: {time: day, decision: {column: x, positive: [yes]}, groups: {g: g}}\n" +
		"windows: {every: month}\ndetectors: {parity: {}}\nkpis:\n  define:\n")
	for i := range 50 {
		fmt.Fprintf(conf, "    - {name: k%d, kind: rate, numerator: x == 'yes', by: [g], limits: {min: 0.1}}\n", i)
	}
	path := filepath.Join(dir, "audit.yaml")
	if err := os.WriteFile(path, []byte(conf.String()), 0o666); err != nil {
		b.Fatal(err)
	}
	l, err := ledger.Open(context.Background(), filepath.Join(dir, "ledger.db"), ledger.Options{Create: true})
	if err != nil {
		b.Fatal(err)
	}
	for month := range 120 {
		at := time.Date(2015, time.Month(1+month), 1, 0, 0, 0, 0, time.UTC)
		run := ledger.FromResult(longResult(at.Format("2006-01"), float64(month)), ledger.Facts{Maturing: func(string) bool { return false }})
		run.At = at
		if _, err := l.Record(context.Background(), run); err != nil {
			b.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	for _, format := range []string{"text", "csv", "html", "json"} {
		b.Run(format, func(b *testing.B) {
			for b.Loop() {
				cmd := exec.Command("plumbline", "trend", "audit.yaml", "--out", ".", "-o", format+"=out")
				cmd.Dir = dir
				if text, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v: %s", err, text)
				}
			}
		})
	}
}

// longResult is a run of one month with 50 indicators of everybody and of 20 groups.
func longResult(month string, x float64) *audit.Result {
	r := &audit.Result{Audit: audit.Header{Name: "long", Period: month}}
	for i := range 50 {
		for g := range 21 {
			k, n := 100+x+float64(i), 1000+float64(g)
			rate, low, high := k/n, k/n-0.01, k/n+0.01
			p := audit.KPI{KPI: fmt.Sprintf("k%d", i), Definition: "d", GroupKind: audit.KindOverall, Window: month,
				Value: &rate, Numerator: &k, Denominator: &n, N: int64(n), Interval: &audit.Interval{Low: &low, High: &high}}
			if g > 0 {
				name := fmt.Sprintf("group %d", g)
				p.Attribute, p.GroupKind, p.Group = "g", audit.KindValue, &name
			}
			r.KPIs = append(r.KPIs, p)
		}
	}
	return r
}
