package config

import (
	"net/url"
	"path/filepath"
	"strings"
)

// Alerts are who is told of a run.
type Alerts struct {
	Metrics string        `yaml:"metrics" doc:"file of metrics in OpenMetrics text, for the textfile collector of node-exporter or a scraper; relative to this file; replaced at once, never half written"`
	Webhook *AlertWebhook `yaml:"webhook" doc:"address that gets JSON where something has to be told"`
	Command []string      `yaml:"command" one:"true" doc:"program with its arguments that gets the same JSON on standard input"`
}

// AlertWebhook is an address that is told.
type AlertWebhook struct {
	URL       string `yaml:"url" required:"true" short:"true" doc:"https address"`
	SecretEnv string `yaml:"secret_env" doc:"environment variable with the secret that signs the body: header X-Plumbline-Signature-256, sha256=HMAC in hexadecimal digits"`
	Format    string `yaml:"format" default:"json" enum:"json|slack" doc:"json: what happened, one entry each; slack: a text that Slack and Mattermost show"`
	Tries     int    `yaml:"tries" default:"3" min:"1" doc:"how often it is tried"`
}

// alerts checks who is told.
func (l *lint) alerts() {
	a := l.a.Alerts
	if a == nil {
		return
	}
	if a.Metrics == "" && a.Webhook == nil && len(a.Command) == 0 && l.clean("alerts") {
		l.bad("alerts", `"alerts" tells nobody`, "give metrics, webhook or command")
	}
	if a.Metrics != "" && strings.HasSuffix(a.Metrics, string(filepath.Separator)) && l.clean("alerts.metrics") {
		l.bad("alerts.metrics", quote(a.Metrics)+" is a folder, and metrics are a file", "node-exporter reads files that end in .prom")
	}
	if len(a.Command) > 0 && a.Command[0] == "" && l.clean("alerts.command") {
		l.bad("alerts.command", "the program of a command is empty", "")
	}
	if w := a.Webhook; w != nil && l.clean("alerts.webhook") && l.clean("alerts.webhook.url") {
		u, err := url.Parse(w.URL)
		switch {
		case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
			l.bad("alerts.webhook.url", "a webhook is an http or https address, not "+quote(w.URL), "https://example.org/hook")
		case u.User != nil:
			l.bad("alerts.webhook.url", "the address has a name or a password in it, which reports and logs would show", "sign with secret_env")
		}
	}
}
