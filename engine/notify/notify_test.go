package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
)

// watched is a result of one indicator whose states follow each other.
func watched(states ...audit.KPIState) *audit.Result {
	r := &audit.Result{Audit: audit.Header{Name: "bank", Period: "all"}, Verdict: audit.Fail,
		KPIMonitoring: &audit.KPIMonitoring{Series: []audit.KPISeries{{KPI: "opt_in"}}}}
	r.Gates.Checks = []audit.Check{{Detector: "parity", Metric: "selection_rate_ratio", Attribute: `a"b\`, Verdict: audit.Fail, Reason: "0.5"}}
	for i, s := range states {
		id, x := string(rune('a'+i)), 0.25
		r.Windows = append(r.Windows, audit.Window{ID: id})
		r.KPIs = append(r.KPIs, audit.KPI{KPI: "opt_in", GroupKind: audit.KindOverall, Window: id, Value: &x, Change: &x, State: s})
	}
	return r
}

// alarm is one of that result in some state.
func alarm(states ...audit.AlarmState) (out []audit.Alarm) {
	for i, state := range states {
		out = append(out, audit.Alarm{ID: int64(i + 1), Kind: audit.AlarmIndicator, State: state, Indicator: "opt_in", Window: "b", Since: "a", Text: "opt_in is outside its limits to date"})
	}
	return out
}

// The signature is that of RFC 4231, test case 2.
func TestSignature(t *testing.T) {
	if got := Signature("Jefe", []byte("what do ya want for nothing?")); got != "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" {
		t.Error(got)
	}
}

func TestWebhook(t *testing.T) {
	var bodies, signatures []string
	answers := []int{503, 429, 204}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		bodies, signatures = append(bodies, string(b)), append(signatures, r.Header.Get("X-Plumbline-Signature-256"))
		w.WriteHeader(answers[min(len(bodies)-1, len(answers)-1)])
	}))
	defer s.Close()
	var waited []time.Duration
	env := map[string]string{"HOOK": "secret"}
	teller := Teller{Getenv: func(k string) string { return env[k] }, Wait: func(d time.Duration) { waited = append(waited, d) }, Client: s.Client()}
	a := &config.Audit{Alerts: &config.Alerts{Webhook: &config.AlertWebhook{URL: s.URL, SecretEnv: "HOOK", Tries: 3}}}
	if told, wrong := teller.Tell(context.Background(), a, watched(audit.Breach), alarm(audit.AlarmOpened, audit.AlarmStillOpen)); !told || len(wrong) > 0 || len(bodies) != 3 || len(waited) != 2 {
		t.Fatal(told, wrong, bodies, waited)
	}
	var m Message
	if err := json.Unmarshal([]byte(bodies[2]), &m); err != nil || m.Audit != "bank" || len(m.Events) != 2 || signatures[2] != Signature("secret", []byte(bodies[2])) {
		t.Error(err, bodies[2], signatures[2])
	}

	for name, change := range map[string]func(){
		"404":           func() { answers = []int{404} },
		"tried 3 times": func() { answers = []int{500} },
		"variable HOOK": func() { delete(env, "HOOK") },
	} {
		env["HOOK"], bodies = "secret", nil
		change()
		told, wrong := teller.Tell(context.Background(), a, watched(audit.Breach), alarm(audit.AlarmClosed))
		if told || len(wrong) != 1 || !strings.Contains(wrong[0].Error(), name) {
			t.Errorf("%s: %v", name, wrong)
		}
	}

	// Nothing is told where there is no news.
	env["HOOK"], bodies = "secret", nil
	if told, wrong := teller.Tell(context.Background(), a, watched(audit.Breach, audit.Breach), alarm(audit.AlarmStillOpen)); !told || len(wrong) > 0 || len(bodies) > 0 {
		t.Error(told, wrong, bodies)
	}
	all := alarm(audit.AlarmOpened, audit.AlarmClosed, audit.AlarmStillOpen, audit.AlarmStillOpen)
	all[3].Acknowledged = &audit.Acknowledgment{By: "A. Silva"}
	b, err := body("slack", Of(watched(audit.Breach), all))
	if err != nil || string(b) != `{"text":"plumbline audit bank (all): fail\n• opt_in is outside its limits to date\n• closed: opt_in is outside its limits to date\n• still open, and told before: 2; acknowledged: 1"}` {
		t.Error(string(b), err)
	}
}

func TestCommand(t *testing.T) {
	dir := t.TempDir()
	teller := Teller{}
	a := &config.Audit{Dir: dir, Alerts: &config.Alerts{Command: []string{"/bin/sh", "-c", "cat > told.json"}}}
	if told, wrong := teller.Tell(context.Background(), a, watched(audit.Breach), alarm(audit.AlarmOpened)); !told || len(wrong) > 0 {
		t.Fatal(told, wrong)
	}
	data, err := os.ReadFile(filepath.Join(dir, "told.json"))
	if err != nil || !json.Valid(data) || !bytes.Contains(data, []byte(`"state":"opened"`)) {
		t.Error(err, string(data))
	}
	a.Alerts.Command = []string{"/bin/sh", "-c", "echo no; exit 7"}
	if told, wrong := teller.Tell(context.Background(), a, watched(audit.Breach), alarm(audit.AlarmOpened)); told || len(wrong) != 1 || !strings.Contains(wrong[0].Error(), "exit status 7: no") {
		t.Error(told, wrong)
	}
}

func TestMetrics(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "plumbline.prom")
	for range 2 { // the second replaces the first
		if err := SaveMetrics(path, watched(audit.Assured, audit.Breach), alarm(audit.AlarmStillOpen, audit.AlarmClosed)); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`plumbline_verdict{audit="bank",period="all",verdict="fail"} 1` + "\n",
		`plumbline_check_failed{audit="bank",detector="parity",metric="selection_rate_ratio",attribute="a\"b\\",limit="",pack="",verdict="fail"} 1` + "\n",
		`plumbline_indicator_breach{audit="bank",indicator="opt_in",attribute="",window="b"} 1` + "\n",
		"# TYPE plumbline_indicator_value gauge\n",
		`plumbline_alarm_open{audit="bank",kind="indicator",indicator="opt_in",detector="",metric="",attribute="",limit="",pack="",since="a",acknowledged="false"} 1` + "\n# HELP",
	} {
		if !strings.Contains(string(data), want) {
			t.Errorf("no %s in\n%s", want, data)
		}
	}
	if !strings.HasSuffix(string(data), "# EOF\n") {
		t.Error("metrics have no end")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Error(left)
	}
	if err := SaveMetrics(filepath.Join(dir, "none", "x.prom"), watched(audit.Breach), nil); err == nil {
		t.Error("a folder that is not there was written to")
	}
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed")
	}
	check := exec.Command(promtool, "check", "metrics")
	check.Stdin = bytes.NewReader(data)
	if said, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, said)
	}
}
