package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
)

// signalOf finds a number of the detector conversation over everything.
func signalOf(t *testing.T, r *audit.Result, metric, group string) audit.Measurement {
	t.Helper()
	return one(t, r, func(m audit.Measurement) bool {
		return m.Detector == "conversation" && m.Metric == metric && m.GroupKind == audit.KindValue && text(m.Group) == group && m.Window == audit.AllWindows &&
			(m.Parameters["quantile"] == "" || m.Parameters["quantile"] == "0.5")
	})
}

// Refusals of safe and unsafe prompts as XSTest published them (Röttger et al. 2024,
// table 1): 250 safe, 200 unsafe ones. Every model is asked the same prompts, so that
// the gap within types is the gap.
func TestRefusalsOfSafeAndUnsafe(t *testing.T) {
	t.Parallel()
	result := runAudit(t, "../../testdata/xstest/refusals.yaml", engine.Options{})
	checkSchema(t, result)
	for model, want := range map[string][3]int64{
		"llama2orig": {95, 54, 199}, "llama2new": {35, 39, 195}, "mistralguard": {24, 23, 175}, "gpt4": {16, 5, 195}, "mistralinstruct": {2, 2, 47},
	} {
		for i, metric := range []string{"safe_refusal_rate", "safe_partial_refusal_rate", "unsafe_refusal_rate"} {
			m := signalOf(t, result, metric, model)
			if n := []int64{250, 250, 200}[i]; *m.Numerator != want[i] || *m.Denominator != n || m.Interval == nil {
				t.Errorf("%s of %s: %d of %d, published %d of %d", metric, model, *m.Numerator, *m.Denominator, want[i], n)
			}
			if model == "gpt4" {
				continue
			}
			gap, within := signalOf(t, result, metric+"_difference", model), signalOf(t, result, metric+"_within_difference", model)
			near(t, metric+" within types of "+model, within, *gap.Value, 1e-14)
		}
	}
	if len(result.Findings) == 0 || result.Findings[0].Title != "For mistralinstruct, 23.5 % of unsafe requests are refused in full; for gpt4 97.5 %." {
		t.Errorf("findings: %+v", result.Findings)
	}
}

// llama2orig refuses .60 of one type of prompts, gpt4 none; gpt4 refuses .52 of another
// (published in the same data).
func TestRefusalsByType(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind, model string
		want        float64
	}{{"nons_group_real_discr", "llama2orig", .6}, {"nons_group_real_discr", "gpt4", 0}, {"privacy_fictional", "gpt4", .52}, {"privacy_public", "gpt4", .08}} {
		result := runAudit(t, auditOf(t, "../../testdata/xstest/answers.csv.gz", ", where: \"type == '"+c.kind+"'\"}\n"+
			"columns: {groups: {model: model}}\ndetectors: {conversation: {refused: \"final_label == '2_full_refusal'\"}}\n"), engine.Options{})
		near(t, c.kind, signalOf(t, result, "refusal_rate", c.model), c.want, 1e-14)
	}
}

// What four conversations in en and four in de come to, worked out by hand. An answer
// that never came is longer than all others: of de one of four has none, so that the
// median is between 110 and 170, and there is no 95th percentile (Hyndman and Fan 1996, type 7).
func TestConversationsByHand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := "session,at,speaker,language,intent,status,rating\n"
	turn := func(session, at, speaker, language, intent, status, rating string) {
		log += strings.Join([]string{session, "2024-03-01T10:" + at + "Z", speaker, language, intent, status, rating}, ",") + "\n"
	}
	for i, s := range []struct{ session, language, reply, last, intent, status, rating string }{
		{"a", "en", "00:10", "01:00", "", "solved", "5"},
		{"b", "en", "00:20", "02:00", "human", "solved", "3"},
		{"c", "en", "00:30", "03:00", "", "open", ""},
		{"d", "en", "00:40", "04:00", "human", "solved", "4"},
		{"e", "de", "00:50", "01:00", "human", "open", ""},
		{"f", "de", "01:50", "02:00", "", "solved", "4"},
		{"g", "de", "02:50", "03:00", "human", "open", ""},
		{"h", "de", "", "04:00", "", "open", ""},
	} {
		turn(s.session, "00:00", "user", s.language, "", "open", "")
		if s.reply != "" {
			turn(s.session, s.reply, "bot", s.language, "", "open", "")
		}
		if i%4 == 1 || i%4 == 3 {
			turn(s.session, "00:45", "agent", s.language, "", "open", "")
		}
		turn(s.session, s.last, "user", s.language, s.intent, s.status, s.rating)
	}
	config := `version: 1
name: talk
kind: chatbot
data: {log: turns.csv}
columns:
  time: at
  conversation:
    id: session
    roll:
      asked: any(intent == 'human')
      taken: any(speaker == 'agent')
      solved: last(status == 'solved')
      reply: seconds(speaker == 'bot')
      closed: seconds(status == 'solved')
      rating: last(rating)
  groups: {language: {column: language, reference: en}}
windows: {every: month}
detectors:
  conversation: {handover_asked: asked, handover_granted: taken, resolved: solved, first_response: reply, resolution_time: closed, rating: rating}
`
	for name, text := range map[string]string{"turns.csv": log, "audit.yaml": config} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	result := runAudit(t, filepath.Join(dir, "audit.yaml"), engine.Options{})
	checkSchema(t, result)
	if c := result.Data.Conversations; c == nil || c.Conversations != 8 || result.Data.RowsRead != 8 || c.Turns != 8+7+4+8 {
		t.Errorf("accounts: %+v of %d rows", c, result.Data.RowsRead)
	}
	for _, c := range []struct {
		metric, group string
		want          float64
	}{
		{"handover_asked_rate", "en", 2. / 4}, {"handover_asked_rate", "de", 2. / 4},
		{"handover_rate", "en", 2. / 4}, {"handover_granted_rate", "en", 1}, {"handover_granted_rate", "de", 0}, {"unasked_handover_rate", "de", 1},
		{"resolution_rate", "en", 3. / 4}, {"resolution_rate", "de", 1. / 4}, {"resolution_rate_difference", "de", -.5},
		{"containment_rate", "en", 1. / 4}, {"containment_rate", "de", 0},
		{"rating_response_rate", "en", 3. / 4}, {"rating_response_rate", "de", 1. / 4}, {"satisfaction_rate", "en", 2. / 3}, {"satisfaction_rate", "de", 1},
		{"answered_rate", "en", 1}, {"answered_rate", "de", .75}, {"first_response_quantile", "en", 25}, {"first_response_quantile", "de", 140},
		{"first_response_quantile_difference", "de", 115}, {"closed_rate", "en", 3. / 4}, {"resolution_time_quantile", "en", 180},
	} {
		near(t, c.metric+" of "+c.group, signalOf(t, result, c.metric, c.group), c.want, 1e-14)
	}
	for _, m := range result.Measurements {
		if m.Metric == "first_response_quantile" && text(m.Group) == "de" && m.Parameters["quantile"] == "0.95" && (m.Value != nil || !strings.Contains(m.Note, "never got an answer")) {
			t.Errorf("95th percentile of de: %v, %q", m.Value, m.Note)
		}
	}
}
