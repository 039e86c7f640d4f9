package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	yaml "go.yaml.in/yaml/v4"

	"github.com/plumbline-audit/plumbline/detectors"
)

// scheduled prints the file of a scheduler for an audit in a folder with a name that
// has to be quoted everywhere.
func scheduled(t *testing.T, kind string, args ...string) (out, dir string) {
	t.Helper()
	name := `it's 5% "of" $HOME ${{x}} $(y) {{z}}`
	if kind == "github" { // which refuses it
		name = strings.Replace(name, "${{", "{{", 1)
	}
	dir = filepath.Join(t.TempDir(), name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "audit.yaml")
	text := "version: 1\nname: My_audit\ntitle: 'Loans: \"2026\" ${{x}}'\ndata: {log: log.csv}\ncolumns:\n  time: at\n  decision: {column: yes, positive: [\"1\"]}\nwindows: {every: month, timezone: Europe/Lisbon}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	a := &app{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" }, now: time.Now, detectors: detectors.All()}
	if code := a.main(append([]string{"schedule", kind, path}, args...)); code != 0 {
		t.Fatal(code, stderr.String())
	}
	return stdout.String(), dir
}

func words(program, dir string) []string {
	return []string{program, "run", filepath.Join(dir, "audit.yaml"), "--out", filepath.Join(dir, "audits"), "--progress", "off", "--period", "last-month"}
}

// checked gives a file to a scheduler's own checker, which .ci/run installs; where it
// is not there, the test has looked at what it can look at itself. A mutilated file
// has to be refused: a checker that takes everything checks nothing.
func checked(t *testing.T, program, file, content, right, wrong string, args ...string) {
	t.Helper()
	checker, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%s is not installed", program)
	}
	check := func(text string) (string, error) {
		path := filepath.Join(t.TempDir(), file)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		said, err := exec.Command(checker, append(args, path)...).CombinedOutput()
		return string(said), err
	}
	if said, err := check(content); err != nil {
		t.Errorf("%s: %v: %s", program, err, said)
	}
	if !strings.Contains(content, right) {
		t.Fatalf("there is no %q to mutilate in %s", right, content)
	}
	if said, err := check(strings.Replace(content, right, wrong, 1)); err == nil {
		t.Errorf("%s takes %q for %q: %s", program, wrong, right, said)
	}
}

// systemd's own checker reads both units; where it is not installed they are only read.
func TestScheduleSystemd(t *testing.T) {
	out, _ := scheduled(t, "systemd", "--program", "/bin/true")
	parts := regexp.MustCompile(`(?m)^# --- (\S+) ---\n`).Split(out, -1)
	names := regexp.MustCompile(`(?m)^# --- (\S+) ---$`).FindAllStringSubmatch(out, -1)
	if len(names) != 2 || names[0][1] != "plumbline-my-audit.service" || names[1][1] != "plumbline-my-audit.timer" {
		t.Fatal(out)
	}
	if !strings.Contains(parts[2], "OnCalendar=*-*-01 06:00:00 Europe/Lisbon\n") || !strings.Contains(parts[1], "5%% ") {
		t.Error(out)
	}
	checker, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	dir := t.TempDir()
	var files []string
	for i, n := range names {
		files = append(files, filepath.Join(dir, n[1]))
		if err := os.WriteFile(files[i], []byte(parts[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	said, err := exec.Command(checker, append([]string{"verify", "--man=no"}, files...)...).CombinedOutput()
	if err != nil || strings.Contains(string(said), "plumbline-my-audit") {
		t.Errorf("%v: %s", err, said)
	}
}

// The line is given to a shell as cron does: with \% for a percent sign.
func TestScheduleCron(t *testing.T) {
	out, dir := scheduled(t, "cron", "--program", "/bin/echo", "--at", "23:05")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	last := lines[len(lines)-1]
	command, ok := strings.CutPrefix(last, "5 23 1 * * ")
	if !ok || strings.Contains(strings.ReplaceAll(command, `\%`, ""), "%") || !slices.Contains(lines, "CRON_TZ=Europe/Lisbon") {
		t.Fatal(out)
	}
	said, err := exec.Command("/bin/sh", "-c", strings.ReplaceAll(command, `\%`, "%")).Output()
	if want := strings.Join(append(words("", dir)[1:], "--quiet"), " ") + "\n"; err != nil || string(said) != want {
		t.Errorf("%v: %s, want %s", err, said, want)
	}
	checked(t, "crontab", "crontab", out, "5 23 1 * *", "5 24 1 * *", "-n")
}

func TestScheduleKubernetes(t *testing.T) {
	out, dir := scheduled(t, "kubernetes", "--image", "example.org/plumbline:1")
	var job struct {
		Kind     string
		Metadata struct{ Name string }
		Spec     struct {
			Schedule          string
			TimeZone          string `yaml:"timeZone"`
			ConcurrencyPolicy string `yaml:"concurrencyPolicy"`
			JobTemplate       struct {
				Spec struct {
					Template struct {
						Spec struct {
							RestartPolicy string `yaml:"restartPolicy"`
							Containers    []struct {
								Image        string
								Command      []string
								VolumeMounts []struct {
									MountPath string `yaml:"mountPath"`
								} `yaml:"volumeMounts"`
							}
						}
					}
				}
			} `yaml:"jobTemplate"`
		}
	}
	if err := yaml.Unmarshal([]byte(out), &job); err != nil {
		t.Fatal(err, out)
	}
	c := job.Spec.JobTemplate.Spec.Template.Spec.Containers[0]
	for i := range c.Command {
		c.Command[i] = strings.ReplaceAll(c.Command[i], "$$(", "$(") // as the kubelet does
	}
	if job.Kind != "CronJob" || job.Metadata.Name != "plumbline-my-audit" || job.Spec.Schedule != "0 6 1 * *" || job.Spec.TimeZone != "Europe/Lisbon" ||
		!slices.Equal(c.Command, words("/usr/local/bin/plumbline", dir)) || c.VolumeMounts[0].MountPath != dir || c.Image != "example.org/plumbline:1" {
		t.Errorf("%+v", job)
	}
	checked(t, "kubernetes-validate", "job.yaml", out, "timeZone:", "timezone:", "--strict")
}

// Airflow itself reads the DAG where PLUMBLINE_AIRFLOW names the Python that has it.
func TestScheduleAirflowItself(t *testing.T) {
	python := os.Getenv("PLUMBLINE_AIRFLOW")
	if python == "" {
		t.Skip("PLUMBLINE_AIRFLOW names no Python with Airflow")
	}
	out, dir := scheduled(t, "airflow", "--program", "/bin/echo")
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "audit_dag.py"), []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
	const look = `import sys, json
sys.path.insert(0, sys.argv[1])
import audit_dag
task = audit_dag.dag.get_task("audit")
print("looked", json.dumps([audit_dag.dag.dag_id, str(audit_dag.dag.schedule), task.cwd, task.render_template(task.bash_command, {})]))`
	check := exec.Command(python, "-c", look, home)
	check.Env = append(os.Environ(), "AIRFLOW_HOME="+home, "AIRFLOW__CORE__LOAD_EXAMPLES=False")
	said, err := check.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	_, text, _ := strings.Cut(string(said), "looked ")
	text, _, _ = strings.Cut(text, "\n")
	var got []string
	if err := json.Unmarshal([]byte(text), &got); err != nil || len(got) != 4 || got[0] != "plumbline-my-audit" || got[1] != "0 6 1 * *" || got[2] != dir {
		t.Fatalf("%v: %s", err, said)
	}
	ran, err := exec.Command("/bin/sh", "-c", got[3]).Output()
	if want := strings.Join(words("", dir)[1:], " ") + "\n"; err != nil || string(ran) != want {
		t.Errorf("%v: %s, want %s", err, ran, want)
	}
}

func TestScheduleAirflow(t *testing.T) {
	out, _ := scheduled(t, "airflow")
	if !strings.Contains(out, `tz="Europe/Lisbon"`) || !strings.Contains(out, `schedule="0 6 1 * *"`) {
		t.Error(out)
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed")
	}
	check := exec.Command(python, "-c", "import ast, sys; ast.parse(sys.stdin.read())")
	check.Stdin = strings.NewReader(out)
	if said, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, said)
	}
}

// What is written outside the claim would be gone with the container.
func TestScheduleKubernetesElsewhere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "audit.yaml")
	if err := os.WriteFile(path, []byte("version: 1\nname: a\ndata: {log: log.csv}\ncolumns: {time: t, decision: {column: d, positive: [1]}}\nwindows: {every: month}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for out, want := range map[string]int{filepath.Join(dir, "reports"): 0, t.TempDir(): exitUsage} {
		var stdout, stderr bytes.Buffer
		a := &app{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" }, now: time.Now, detectors: detectors.All()}
		code := a.main([]string{"schedule", "kubernetes", path, "--out", out, "--image", "i:1"})
		if code != want || want != 0 && !strings.Contains(stderr.String(), "where the claim is mounted") {
			t.Errorf("--out %s: exit code %d, want %d; %s", out, code, want, &stderr)
		}
	}
}

func TestScheduleGitHub(t *testing.T) {
	out, dir := scheduled(t, "github", "--program", "/bin/echo")
	var flow struct {
		On struct {
			Schedule []struct{ Cron string }
		} `yaml:"on"`
		Jobs map[string]struct {
			Steps []struct{ Uses, Run string }
		}
	}
	if err := yaml.Unmarshal([]byte(out), &flow); err != nil {
		t.Fatal(err, out)
	}
	if flow.On.Schedule[0].Cron != "0 6 1 * *" || strings.Count(out, "${{") != strings.Count(out, `-${{ github.run_id }}"`) {
		t.Error(out)
	}
	run := flow.Jobs["audit"].Steps[4].Run
	said, err := exec.Command("/bin/sh", "-c", run).Output()
	if want := strings.Join(words("", dir)[1:], " ") + "\n"; err != nil || string(said) != want {
		t.Errorf("%v: %s, want %s", err, said, want)
	}
	checked(t, "actionlint", ".github/workflows/audit.yml", out, "0 6 1 * *", "0 6 32 * *")
}
