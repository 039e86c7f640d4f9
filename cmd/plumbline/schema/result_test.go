package schema

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports"
)

// TestResult: an empty result follows the schema; a wrong one does not.
func TestResult(t *testing.T) {
	s, err := Result()
	if err != nil {
		t.Fatal(err)
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	validate := func(r *audit.Result, change func(doc map[string]any)) error {
		t.Helper()
		var b bytes.Buffer
		if err := reports.WriteJSON(&b, r); err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		change(doc)
		return resolved.Validate(doc)
	}
	good := &audit.Result{SchemaVersion: audit.SchemaVersion, Verdict: audit.Ungated}
	if err := validate(good, func(map[string]any) {}); err != nil {
		t.Errorf("an empty result: %v", err)
	}
	if err := validate(good, func(doc map[string]any) { doc["later"] = 1 }); err != nil {
		t.Errorf("a field of a later version: %v", err)
	}
	for name, change := range map[string]func(map[string]any){
		"unknown verdict":  func(doc map[string]any) { doc["verdict"] = "maybe" },
		"other version":    func(doc map[string]any) { doc["schema_version"] = "2" },
		"no measurements":  func(doc map[string]any) { delete(doc, "measurements") },
		"null for a list":  func(doc map[string]any) { doc["findings"] = nil },
		"text for a count": func(doc map[string]any) { doc["data"].(map[string]any)["rows_read"] = "7" },
	} {
		if err := validate(good, change); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestStatus: a status of every state follows its schema; an unknown state does not.
func TestStatus(t *testing.T) {
	s, err := Status()
	if err != nil {
		t.Fatal(err)
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	validate := func(st *audit.Status) error {
		t.Helper()
		var b bytes.Buffer
		if err := reports.StatusFormats(st, reports.Text{})[1].Write(&b, nil); err != nil {
			t.Fatal(err)
		}
		var doc any
		if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		return resolved.Validate(doc)
	}
	st := &audit.Status{SchemaVersion: audit.StatusVersion, Items: []audit.StatusItem{}, Notes: []string{}}
	for _, state := range audit.EvidenceStates() {
		st.Items = append(st.Items, audit.StatusItem{State: state, Waiver: &audit.Waived{Until: "2027-01-31"}})
	}
	if err := validate(st); err != nil {
		t.Error(err)
	}
	st.Items[0].State = "good"
	if validate(st) == nil {
		t.Error("an unknown state follows the schema")
	}
}
