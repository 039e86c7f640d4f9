package cli

import (
	"encoding/json"
	"strings"
	"text/template"
)

// scheduleTemplate is the file of a scheduler. Every argument is quoted as that
// scheduler reads it.
func scheduleTemplate(kind string) *template.Template {
	text := map[string]string{"systemd": systemdText, "cron": cronText, "kubernetes": kubernetesText, "airflow": airflowText, "github": githubText}[kind]
	return template.Must(template.New(kind).Funcs(template.FuncMap{
		"shell": shellWords, "cronshell": func(w []string) string { return strings.ReplaceAll(shellWords(w), "%", `\%`) },
		"unit": unitWords, "json": jsonText, "list": func(w string) []string { return []string{w} },
		"kubernetes": func(words []string) []string { // $(NAME) stands for a variable
			out := make([]string, len(words))
			for i, w := range words {
				out[i] = strings.ReplaceAll(w, "$(", "$$(")
			}
			return out
		},
		"directory": func(s string) string { return strings.ReplaceAll(s, "%", "%%") },
	}).Parse(text))
}

// shellWords quotes for a POSIX shell.
func shellWords(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w
		if w == "" || strings.IndexFunc(w, func(r rune) bool {
			return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+:=@", r))
		}) >= 0 {
			out[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(out, " ")
}

// unitWords quotes for a systemd unit: systemd.service(5), command lines.
func unitWords(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		w = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "%", "%%", "$", "$$").Replace(w)
		if strings.ContainsAny(w, " \t'\";") {
			w = `"` + w + `"`
		}
		out[i] = w
	}
	return strings.Join(out, " ")
}

// jsonText quotes for YAML and Python, which read JSON's strings and lists.
func jsonText(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

const systemdText = `# Two units. Save each under its name in /etc/systemd/system, then:
#   systemctl daemon-reload && systemctl enable --now {{.Name}}.timer
# Try it at once with: systemctl start {{.Name}}.service; journalctl -u {{.Name}}

# --- {{.Name}}.service ---
[Unit]
Description=plumbline audit: {{.Title}}
# Exit code 3 (a gate failed) and 4 (undecided) make the unit fail; name a unit that
# tells somebody:
#OnFailure=your-alert@%n.service

[Service]
Type=oneshot
ExecStart={{unit .Words}}
WorkingDirectory={{directory .Dir}}
Nice=10
PrivateTmp=yes
NoNewPrivileges=yes

# --- {{.Name}}.timer ---
[Unit]
Description=plumbline audit after every {{.Every}}: {{.Title}}

[Timer]
OnCalendar={{.Calendar}}
# A run that was missed, because the machine was off, is made up for.
Persistent=true
RandomizedDelaySec=5m

[Install]
WantedBy=timers.target
`

const cronText = `# plumbline audit after every {{.Every}}: {{.Title}}
# Add to a crontab (crontab -e). Cron mails what is printed; exit code 3 means that a
# gate failed, 4 that one could not be decided. CRON_TZ is read by cronie; other crons
# use the zone of the machine.
CRON_TZ={{.Zone}}
{{.Cron}} cd {{cronshell (list .Dir)}} && {{cronshell .Words}} --quiet
`

const kubernetesText = `# plumbline audit after every {{.Every}}: {{.Title}}
#   kubectl apply -f this-file
# The claim holds the audit and its log, and gets the reports.
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {{.Name}}
spec:
  schedule: {{json .Cron}}
  timeZone: {{json .Zone}}
  concurrencyPolicy: Forbid
  startingDeadlineSeconds: 86400
  successfulJobsHistoryLimit: 3
  failedJobsHistoryLimit: 12
  jobTemplate:
    spec:
      # A second try would read the same log and come to the same verdict.
      backoffLimit: 0
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: plumbline
              image: {{json .Image}}
              command: {{json (kubernetes .Words)}}
              workingDir: {{json .Dir}}
              volumeMounts:
                - name: audit
                  mountPath: {{json .Dir}}
          volumes:
            - name: audit
              persistentVolumeClaim:
                claimName: {{json .Claim}}
`

const airflowText = `"""plumbline audit after every {{.Every}}: {{.Title}}

Save in the folder of DAGs. Exit code 3 (a gate failed) and 4 (undecided) make the task fail.
"""

import pendulum
from airflow import DAG

try:  # Airflow 3
    from airflow.providers.standard.operators.bash import BashOperator
except ImportError:
    from airflow.operators.bash import BashOperator

COMMAND = {{json (shell .Words)}}

with DAG(
    dag_id={{json .Name}},
    schedule={{json .Cron}},
    start_date=pendulum.datetime(2024, 1, 1, tz={{json .Zone}}),
    catchup=False,
    max_active_runs=1,
    tags=["plumbline"],
) as dag:
    BashOperator(
        task_id="audit",
        # raw: nothing in the command is a template of Airflow's
        bash_command="{{"{% raw %}"}}" + COMMAND + "{{"{% endraw %}"}}",
        cwd={{json .Dir}},
        retries=0,
    )
`

const githubText = `# plumbline audit after every {{.Every}}: {{.Title}}
# Save as .github/workflows/{{.Name}}.yml. GitHub reads the time as UTC.
name: {{json .Name}}
on:
  schedule:
    - cron: {{json .Cron}}
  workflow_dispatch:
permissions:
  contents: read
concurrency:
  group: {{json .Name}}
jobs:
  audit:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-go@v5
        with:
          go-version: stable
      - run: {{json (print "go install " .Module)}}
      # The history of the runs before, to which this one adds, whatever its verdict.
      - uses: actions/cache/restore@v4
        with:
          path: {{json (print .Out "/ledger.db")}}
          key: {{json (print .Name "-${{ github.run_id }}")}}
          restore-keys: {{json (print .Name "-")}}
      - run: {{json (shell .Words)}}
      - uses: actions/cache/save@v4
        if: always()
        with:
          path: {{json (print .Out "/ledger.db")}}
          key: {{json (print .Name "-${{ github.run_id }}")}}
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: {{json .Name}}
          path: {{json .Out}}
`
