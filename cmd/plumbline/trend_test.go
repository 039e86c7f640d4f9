package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
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

// points are the points of windows under a key of a document, each as it is compared.
func (c *campaigns) points(text, key string, as func(audit.KPI) any) map[string]string {
	c.t.Helper()
	var doc map[string]json.RawMessage
	var points []audit.KPI
	err := json.Unmarshal([]byte(text), &doc)
	if err == nil && doc[key] != nil { // a month without rows has none
		err = json.Unmarshal(doc[key], &points)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	out := map[string]string{}
	for _, p := range points {
		if p.Window == audit.AllWindows {
			continue
		}
		about := fmt.Sprint(p.KPI, " ", p.Attribute, " ", p.GroupKind, " ", p.Window)
		if p.GroupKind == audit.KindValue {
			about += " " + *p.Group
		}
		said, err := json.Marshal(as(p))
		if err != nil {
			c.t.Fatal(err)
		}
		out[about] = string(said)
	}
	return out
}

// numbers are what a point counts. What it says besides is left out.
func numbers(p audit.KPI) any {
	low, high := (*float64)(nil), (*float64)(nil)
	if p.Interval != nil {
		low, high = p.Interval.Low, p.Interval.High
	}
	return []any{p.Definition, p.Group, p.Reference, p.Value, p.Numerator, p.Denominator, p.N, low, high}
}

// claims are what is claimed of the windows to date.
func claims(p audit.KPI) any {
	return []any{p.ToDate, p.Sequence, p.Change, p.Alarm, p.State}
}

// whole is all of that, and the limits of the chart.
func whole(p audit.KPI) any { return []any{numbers(p), claims(p), p.Control} }

// verdicts are those of the limits of indicators.
func (c *campaigns) verdicts(text string) map[string]audit.Verdict {
	var r audit.Result
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		c.t.Fatal(err)
	}
	out := map[string]audit.Verdict{}
	for _, m := range r.Measurements {
		if m.Detector == "kpis" {
			out[m.Parameters["kpi"]] = m.Verdict
		}
	}
	return out
}

func (c *campaigns) read(path ...string) string {
	c.t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{c.dir}, path...)...))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}

// Twelve monthly runs, each fed one month more, end with the points, the sequences,
// the alarms and the verdicts that one run over everything has; and every month said
// of itself what that run says of it.
func TestTrendOfTwelveMonths(t *testing.T) {
	c := newCampaigns(t)
	c.add("2016-11")
	c.add("2016-12")
	monthly := map[string]string{}
	for m := 1; m <= 12; m++ {
		month := fmt.Sprintf("2017-%02d", m)
		c.add(month)
		code, _ := c.plumbline("run", "kpis.yaml", "--period", month, "-o", "json", "-q")
		if empty := len(c.rows[month]) == 0; empty != (m == 1) || empty && code != 4 {
			t.Errorf("%s: %d rows, exit code %d", month, len(c.rows[month]), code)
		}
		for about, said := range c.points(c.read("audits", "completejourney-kpis", month, "result.json"), "kpis", claims) {
			monthly[about] = said
		}
	}
	_, text := c.plumbline("trend", "kpis.yaml", "-o", "json")
	c.plumbline("run", "kpis.yaml", "--out", "once", "-o", "json", "-q")
	once := c.read("once", "completejourney-kpis", "all", "result.json")
	want := c.points(once, "kpis", whole)
	if diff := cmp.Diff(want, c.points(text, "points", whole)); diff != "" || len(want) < 1100 {
		t.Errorf("%d points of one run; the trend differs (-run +trend):\n%s", len(want), diff)
	}
	type watched struct {
		Monitoring *audit.KPIMonitoring `json:"kpi_monitoring"`
	}
	var a, b watched
	if err := errors.Join(json.Unmarshal([]byte(once), &a), json.Unmarshal([]byte(text), &b)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a, b); diff != "" || len(a.Monitoring.Series) != 10 {
		t.Errorf("the trend is watched otherwise (-run +trend):\n%s", diff)
	}
	had := map[string]audit.Verdict{}
	for about, verdict := range c.points(text, "points", func(p audit.KPI) any { return p.Verdict }) {
		if verdict != `""` {
			had[strings.Fields(about)[0]] = audit.Verdict(strings.Trim(verdict, `"`))
		}
	}
	if diff := cmp.Diff(c.verdicts(once), had); diff != "" || len(had) != 3 {
		t.Errorf("verdicts differ (-run +trend):\n%s", diff)
	}
	claimed := c.points(once, "kpis", claims)
	for about, said := range monthly {
		if claimed[about] != said {
			t.Errorf("%s: its month said %s, one run %s", about, said, claimed[about])
		}
	}

	_, shown := c.plumbline("trend", "kpis.yaml")
	c.shown(shown, "Coupon campaigns, indicators by month: ")
	_, shown = c.plumbline("status", "kpis.yaml")
	c.shown(shown[strings.Index(shown, "   STATE"):], "   STATE ")
	// One run over everything adds no number.
	c.plumbline("run", "kpis.yaml", "-o", "json", "-q")
	_, again := c.plumbline("trend", "kpis.yaml", "-o", "json")
	if diff := cmp.Diff(text, again); diff != "" {
		t.Errorf("a run over everything changes the trend:\n%s", diff)
	}
	if code, said := c.plumbline("ledger", "verify"); code != 0 {
		t.Errorf("the ledger: %d %s", code, said)
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
	definitions := definitionsOf(b, path)
	l, err := ledger.Open(context.Background(), filepath.Join(dir, "ledger.db"), ledger.Options{Create: true})
	if err != nil {
		b.Fatal(err)
	}
	for month := range 120 {
		at := time.Date(2015, time.Month(1+month), 1, 0, 0, 0, 0, time.UTC)
		r := longResult(definitions, at.Format("2006-01"), float64(month))
		run := ledger.FromResult(r, ledger.Facts{Maturing: func(string) bool { return false }, ToDate: r.KPIs})
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

// definitionsOf are the indicators of an audit.
func definitionsOf(b *testing.B, path string) []audit.KPIDefinition {
	all := detectors.All()
	a, err := config.Load(path, engine.Declarations(all), engine.DefaultDetectors(all))
	if err != nil {
		b.Fatal(err)
	}
	course, err := engine.OpenCourse(a, all, time.Now())
	if err != nil {
		b.Fatal(err)
	}
	t, err := course.Trend(nil)
	if err != nil {
		b.Fatal(err)
	}
	return t.Result.KPIDefinitions
}

// longResult is a run of one month with indicators of everybody and of 20 groups.
func longResult(definitions []audit.KPIDefinition, month string, x float64) *audit.Result {
	r := &audit.Result{Audit: audit.Header{Name: "long", Period: month}}
	for i, d := range definitions {
		for g := range 21 {
			k, n := 100+x+float64(i), 1000+float64(g)
			rate, low, high := k/n, k/n-0.01, k/n+0.01
			p := audit.KPI{KPI: d.Name, Definition: d.Definition, GroupKind: audit.KindOverall, Window: month,
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
