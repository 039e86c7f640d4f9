package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine/ledger"
)

const monthlyAudit = `version: 1
name: monthly
data:
  log: log/*.csv
  joins: [{path: races.csv, on: race}]
columns:
  time: {column: month, format: "%Y-%m"}
  decision: {column: high, positive: [yes], negative: [no], favorable: false}
  label: {column: two_year_recid, positive: [1], negative: [0], matures_after: 100d}
  weight: n
  groups:
    race: {column: race, reference: Caucasian}
    code: code
windows: {every: month}
detectors: {parity: {}, equal_opportunity: {}, drift: {}, completeness: {}, label_coverage: {}}
`

// monthly is a folder with an audit whose log comes month by month: COMPAS
// (testdata/compas/months.csv) by month of screening.
type monthly struct {
	t      *testing.T
	dir    string
	months []string
	rows   map[string][]string
}

func newMonthly(t *testing.T) *monthly {
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "compas", "months.csv"))
	if err != nil {
		t.Fatal(err)
	}
	m := &monthly{t: t, dir: t.TempDir(), rows: map[string][]string{}}
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n")[1:] {
		month, _, _ := strings.Cut(line, ",")
		if m.rows[month] == nil {
			m.months = append(m.months, month)
		}
		m.rows[month] = append(m.rows[month], line)
	}
	m.write("audit.yaml", monthlyAudit)
	m.write("races.csv", "race,code\nAfrican-American,1\nAsian,2\nCaucasian,3\nHispanic,4\nNobody,9\n")
	return m
}

func (m *monthly) write(name, text string) {
	m.t.Helper()
	path := filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		m.t.Fatal(err)
	}
}

// add writes a month, the last rows of which may be left out.
func (m *monthly) add(month string, without int) {
	rows := m.rows[month]
	m.write("log/"+month+".csv", "month,race,high,two_year_recid,n\n"+strings.Join(rows[:len(rows)-without], "\n")+"\n")
}

// plumbline runs the program in the folder; it says what it printed on stderr.
func (m *monthly) plumbline(code int, args ...string) string {
	m.t.Helper()
	cmd := exec.Command("plumbline", args...)
	var messages bytes.Buffer
	cmd.Dir, cmd.Stderr = m.dir, &messages
	if got := exitCode(m.t, cmd.Run()); got != code {
		m.t.Fatalf("plumbline %v: exit code %d, want %d\n%s", args, got, code, &messages)
	}
	return messages.String()
}

func (m *monthly) run(out string, code int, args ...string) string {
	m.t.Helper()
	return m.plumbline(code, append([]string{"run", "audit.yaml", "-v", "--out", out}, args...)...)
}

func (m *monthly) result(out, period string) string {
	m.t.Helper()
	data, err := os.ReadFile(filepath.Join(m.dir, out, "monthly", period, "result.json"))
	if err != nil {
		m.t.Fatal(err)
	}
	return string(data)
}

func (m *monthly) mustSay(said, want string) {
	m.t.Helper()
	if !strings.Contains(said, want) {
		m.t.Errorf("it does not say %q, but\n%s", want, said)
	}
}

// now is what a ledger knows now, without which run said it.
func (m *monthly) now(where string) string {
	m.t.Helper()
	cmd := exec.Command("plumbline", "ledger", "export", "--versions", "now", where)
	cmd.Dir = m.dir
	data, err := cmd.Output()
	if err != nil {
		m.t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		m.t.Fatal(err)
	}
	var lines []string
	for _, r := range rows {
		lines = append(lines, fmt.Sprint(slices.Concat(r[:14], r[17:])))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// A log that grows by a month is audited each month: only the new month is read, and
// at the end the result and what the ledger knows are those of one run over
// everything. A month that is changed afterwards is noticed and restated.
func TestMonthByMonth(t *testing.T) {
	t.Parallel()
	m := newMonthly(t)
	for i, month := range m.months[:9] {
		m.add(month, 0)
		said := m.run("audits", 0)
		if i > 0 {
			read := 1
			if i >= 4 { // the first days of a month are 100 days ago: its labels are final from now on
				read++
			}
			m.mustSay(said, fmt.Sprintf("run %d (inputs); read %d of %d files", i+1, read, i+1))
			m.run("audits", 0, "--period", month, "--out", "byperiod")
		}
	}
	m.mustSay(m.run("audits", 0), "nothing new")
	m.run("fresh", 0)
	if m.result("audits", "all") != m.result("fresh", "all") {
		t.Error("month by month gives another result than all at once")
	}
	if m.now("audits/ledger.db") != m.now("fresh/ledger.db") {
		t.Error("the ledger knows something else than after one run over everything")
	}
	m.run("fresh", 0, "--period", m.months[8], "--rescan")
	if m.result("byperiod", m.months[8]) != m.result("fresh", m.months[8]) {
		t.Error("a period's result is another with what was kept")
	}
	m.plumbline(0, "ledger", "verify", "audits/ledger.db")

	m.add(m.months[1], 3)
	said := m.run("audits", 0)
	m.mustSay(said, "changed since the last run: log/2013-02.csv; it was read again")
	m.mustSay(said, "read 1 of 9 files")
	m.mustSay(said, "restated: window 2013-02, version ")
	m.write("races.csv", "race,code\nAfrican-American,1\nAsian,2\nCaucasian,3\nHispanic,3\nNobody,9\n")
	m.mustSay(m.run("audits", 0), "read 9 of 9 files")
	m.run("fresh", 0, "--rescan")
	if m.result("audits", "all") != m.result("fresh", "all") {
		t.Error("what was kept of a changed log gives another result")
	}
	m.mustSay(m.run("audits", 0, "--as-of", "2015-06-01"), "because of labels")

	// What is kept of two files is exchanged. Nothing is damaged, but nothing is true.
	m.plumbline(0, "ledger", "verify", "--full", "audit.yaml", "audits/ledger.db")
	kept, err := os.ReadFile(filepath.Join(m.dir, "log", "2013-01.csv"))
	if err != nil {
		t.Fatal(err)
	}
	m.write("log/2013-01.csv", string(kept)+strings.SplitAfter(string(kept), "\n")[1])
	m.mustSay(m.plumbline(1, "ledger", "verify", "--full", "audit.yaml", "audits/ledger.db"), "log/2013-01.csv is not what run ")
	if err := os.Remove(filepath.Join(m.dir, "log", "2013-01.csv")); err != nil {
		t.Fatal(err)
	}
	m.mustSay(m.plumbline(1, "ledger", "verify", "--full", "audit.yaml", "audits/ledger.db"), "log/2013-01.csv is gone, or audit.yaml no longer names it; run ")
	m.write("log/2013-01.csv", string(kept))
	db, err := sql.Open("sqlite", filepath.Join(m.dir, "audits", "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(`update part set digest = case path when 'log/2013-05.csv' then (select digest from part where path = 'log/2013-06.csv' order by id desc limit 1)
		else (select digest from part where path = 'log/2013-05.csv' order by id desc limit 1) end where path in ('log/2013-05.csv', 'log/2013-06.csv')`)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	m.plumbline(0, "ledger", "verify", "audits/ledger.db")
	m.mustSay(m.plumbline(1, "ledger", "verify", "--full", "audit.yaml", "audits/ledger.db"), "log/2013-05.csv has the fingerprint that it had, and something else is found in it")
	m.mustSay(m.run("audits", 0, "--rescan"), "something else was found in log/2013-06.csv than before")
	m.plumbline(0, "ledger", "verify", "--full", "audit.yaml", "audits/ledger.db")
}

// A ledger that cannot be used stops no report.
func TestLedgerFaults(t *testing.T) {
	t.Parallel()
	m := newMonthly(t)
	m.add(m.months[0], 0)
	m.run("fresh", 0)
	for name, text := range map[string]string{"damaged": "no database, of some length at least, so that it is not taken for an empty one ......................................", "folder": ""} {
		if name == "folder" {
			m.write(name+"/ledger.db/x", "")
		} else {
			m.write(name+"/ledger.db", text)
		}
		said := m.run(name, 1)
		m.mustSay(said, "the reports are written, but not the history: ledger "+name+"/ledger.db: ")
		if m.result(name, "all") != m.result("fresh", "all") {
			t.Errorf("%s: another result", name)
		}
	}
	m.write("audit.yaml", strings.Replace(monthlyAudit, "data:", "ledger: none\ndata:", 1))
	m.run("none", 0)
	if _, err := os.Stat(filepath.Join(m.dir, "none", "ledger.db")); !os.IsNotExist(err) {
		t.Error("ledger: none leaves a ledger")
	}
	m.mustSay(m.plumbline(2, "ledger", "list", "audit.yaml"), "keeps no history")
	m.write("audit.yaml", strings.Replace(monthlyAudit, "data:", "ledger: postgres://me:secret@localhost/x\ndata:", 1))
	m.mustSay(m.run("none", 2), "the address holds a password")
	m.write("audit.yaml", strings.Replace(monthlyAudit, "data:", "ledger: history/own.db\ndata:", 1))
	m.run("none", 0)
	if _, err := os.Stat(filepath.Join(m.dir, "history", "own.db")); err != nil {
		t.Error(err)
	}
}

// A clock that goes backwards is said, and does no harm.
func TestClockBackwards(t *testing.T) {
	t.Parallel()
	m := newMonthly(t)
	m.add(m.months[0], 0)
	m.run("audits", 0)
	db, err := sql.Open("sqlite", filepath.Join(m.dir, "audits", "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec("update run set written_at = '2999-01-01T00:00:00Z'")
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	m.add(m.months[1], 0)
	said := m.run("audits", 0)
	m.mustSay(said, "run 1 was written at 2999-01-01T00:00:00Z, and this machine's clock says that it is ")
	m.mustSay(said, "run 2 (inputs); read 1 of 2 files")
	m.run("fresh", 0)
	if m.result("audits", "all") != m.result("fresh", "all") || m.now("audits/ledger.db") != m.now("fresh/ledger.db") {
		t.Error("the clock decides what is found")
	}
}

// A run that is killed at any moment leaves the ledger whole, and the next one ends
// with the same bytes as if nothing had happened.
func TestKilled(t *testing.T) {
	slowUnderRace(t)
	t.Parallel()
	m := newMonthly(t)
	m.killed(filepath.Join(m.dir, "audits", "ledger.db"), 50)
}

// So does one with a server.
func TestKilledPostgres(t *testing.T) {
	slowUnderRace(t)
	where := os.Getenv("PLUMBLINE_TEST_POSTGRES")
	if where == "" {
		t.Skip("no PostgreSQL: PLUMBLINE_TEST_POSTGRES is not set; .ci/run starts a server")
	}
	t.Parallel()
	db, err := sql.Open("pgx", where)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("killed_%d", rand.Uint64())
	if _, err := db.Exec("create schema " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.Exec("drop schema " + name + " cascade"); err != nil {
			t.Error(err)
		}
		db.Close()
	})
	separator := "?"
	if strings.Contains(where, "?") {
		separator = "&"
	}
	where += separator + "search_path=" + name
	m := newMonthly(t)
	m.write("audit.yaml", strings.Replace(monthlyAudit, "data:", "ledger: "+strconv.Quote(where)+"\ndata:", 1))
	m.killed(where, 12)
}

// killed kills runs that write to a ledger.
func (m *monthly) killed(where string, kills int) {
	t := m.t
	t.Helper()
	for _, month := range m.months[:6] {
		m.add(month, 0)
	}
	began := time.Now()
	m.run("audits", 0)
	took := time.Since(began)
	random := rand.New(rand.NewPCG(1, 2))
	killed := 0
	for i := range kills {
		m.add(m.months[i%6], 1+i%4) // so that there is something to write
		cmd := exec.Command("plumbline", "run", "audit.yaml", "-q", "--out", "audits")
		cmd.Dir = m.dir
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(random.Int64N(int64(took))), func() { cmd.Process.Kill() })
		if cmd.Wait() != nil {
			killed++
		}
		timer.Stop()
		l, err := ledger.Open(context.Background(), where, ledger.Options{})
		if err != nil {
			t.Fatal(err)
		}
		faults, err := l.Verify(context.Background())
		if err != nil || len(faults) > 0 {
			t.Fatalf("after kill %d: %v, %v", i, faults, err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if killed < kills/4 {
		t.Errorf("only %d of %d runs were killed", killed, kills)
	}
	m.run("audits", 0)
	m.write("audit.yaml", monthlyAudit)
	m.run("fresh", 0)
	if m.result("audits", "all") != m.result("fresh", "all") || m.now(where) != m.now("fresh/ledger.db") {
		t.Error("after the kills the result is another")
	}
}
