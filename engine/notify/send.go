package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
)

// Teller tells how a run came out.
type Teller struct {
	Getenv func(string) string
	Wait   func(time.Duration) // between tries
	Client *http.Client
}

// The time that one try, and a command, may take.
const (
	oneTry     = 10 * time.Second
	oneCommand = time.Minute
)

// Tell writes the metrics, and, where there is news, calls the webhook and the
// command. What went wrong is returned, for a warning: the audit stands. told is
// false if there was news and nobody could be told.
func (t Teller) Tell(ctx context.Context, a *config.Audit, r *audit.Result, alarms []audit.Alarm) (told bool, wrong []error) {
	how := a.Alerts
	if how == nil {
		return true, nil
	}
	if how.Metrics != "" {
		path := how.Metrics
		if !filepath.IsAbs(path) {
			path = filepath.Join(a.Dir, path)
		}
		if err := SaveMetrics(path, r, alarms); err != nil {
			wrong = append(wrong, fmt.Errorf("alerts.metrics: %w", err))
		}
	}
	m := Of(r, alarms)
	if !m.news() || how.Webhook == nil && len(how.Command) == 0 {
		return true, wrong
	}
	if how.Webhook != nil {
		err := t.post(ctx, how.Webhook, m)
		if told = err == nil; !told {
			wrong = append(wrong, fmt.Errorf("alerts.webhook: %w", err))
		}
	}
	if len(how.Command) > 0 {
		if err := command(ctx, how.Command, a.Dir, m); err != nil {
			wrong = append(wrong, fmt.Errorf("alerts.command: %w", err))
		} else {
			told = true
		}
	}
	return told, wrong
}

// body is what a webhook gets.
func body(format string, m Message) ([]byte, error) {
	if format != "slack" {
		return json.Marshal(m)
	}
	text := fmt.Sprintf("plumbline audit %s (%s): %s", m.Audit, m.Period, m.Verdict)
	open, seen := 0, 0
	for _, e := range m.Events {
		switch {
		case e.State == audit.AlarmClosed:
			text += "\n• closed: " + e.Text
		case e.News():
			text += "\n• " + e.Text
		default:
			open++
			if e.Acknowledged != nil {
				seen++
			}
		}
	}
	if open > 0 {
		text += fmt.Sprintf("\n• still open, and told before: %d", open)
	}
	if seen > 0 {
		text += fmt.Sprintf("; acknowledged: %d", seen)
	}
	// Slack reads these three as its own.
	text = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
	return json.Marshal(map[string]string{"text": text})
}

// Signature is the header of a signed body.
func Signature(secret string, body []byte) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write(body)
	return "sha256=" + hex.EncodeToString(h.Sum(nil))
}

// errRefused is about an answer that another try would not change.
var errRefused = errors.New("refused")

// post tries until it is taken, refused, or tried often enough.
func (t Teller) post(ctx context.Context, w *config.AlertWebhook, m Message) error {
	data, err := body(w.Format, m)
	if err != nil {
		return err
	}
	signature := ""
	if w.SecretEnv != "" {
		secret := t.Getenv(w.SecretEnv)
		if secret == "" {
			return fmt.Errorf("the variable %s, which has the secret, is empty; nothing was sent", w.SecretEnv)
		}
		signature = Signature(secret, data)
	}
	for try := range w.Tries {
		if try > 0 {
			t.Wait(time.Second << min(try-1, 5))
		}
		if err = t.once(ctx, w.URL, signature, data); err == nil || errors.Is(err, errRefused) || ctx.Err() != nil {
			return err
		}
	}
	return fmt.Errorf("%w; tried %d times", err, w.Tries)
}

func (t Teller) once(ctx context.Context, address, signature string, data []byte) error {
	ctx, cancel := context.WithTimeout(ctx, oneTry)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(data))
	if err != nil {
		return errRefused
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "plumbline")
	if signature != "" {
		req.Header.Set("X-Plumbline-Signature-256", signature)
	}
	answer, err := t.Client.Do(req)
	if err != nil {
		var whole *url.Error // which repeats the address, and that may be a secret
		if errors.As(err, &whole) {
			err = whole.Err
		}
		return err
	}
	defer answer.Body.Close()
	io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<16))
	switch code := answer.StatusCode; {
	case code < 300:
		return nil
	case code == http.StatusTooManyRequests || code >= 500:
		return fmt.Errorf("the server answered %s", answer.Status)
	}
	return fmt.Errorf("%w: the server answered %s", errRefused, answer.Status)
}

// command gives the message to a program.
func command(ctx context.Context, words []string, dir string, m Message) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, oneCommand)
	defer cancel()
	c := exec.CommandContext(ctx, words[0], words[1:]...)
	c.Dir, c.Stdin = dir, bytes.NewReader(append(data, '\n'))
	c.WaitDelay = time.Second
	if said, err := c.CombinedOutput(); err != nil {
		line, _, _ := strings.Cut(strings.TrimSpace(string(said)), "\n")
		return fmt.Errorf("%s: %w: %.200s", words[0], err, line)
	}
	return nil
}
