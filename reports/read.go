package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// maxResult bounds the size of a result document that Read accepts. A result
// with a million measurements stays below it.
const maxResult = 1 << 30

// Read reads a result document that WriteJSON wrote. Fields that this version
// does not know are ignored, because added fields do not change the schema
// version; anything else that does not fit is an error.
func Read(r io.Reader) (*audit.Result, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxResult+1))
	if err != nil {
		return nil, fmt.Errorf("cannot read the result: %w", err)
	}
	if len(raw) > maxResult {
		return nil, fmt.Errorf("the result is larger than %s", size(maxResult))
	}
	if err := recognize(raw); err != nil {
		return nil, err
	}
	var doc audit.Result
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber() // keeps integers and floats of tables apart
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("not a plumbline result: %w", position(raw, err))
	}
	if err := check(&doc); err != nil {
		return nil, fmt.Errorf("damaged result: %w", err)
	}
	return &doc, nil
}

// recognize says early and plainly that a file is something else.
func recognize(raw []byte) error {
	if len(bytes.TrimSpace(raw)) == 0 {
		return errors.New("not a plumbline result: the file is empty")
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(raw, &top); err != nil {
		return fmt.Errorf("not a plumbline result: %w", position(raw, err))
	}
	var version string
	if err := json.Unmarshal(top["schema_version"], &version); err != nil || version == "" {
		return errors.New(`not a plumbline result: it has no "schema_version" text`)
	}
	if version != audit.SchemaVersion {
		return fmt.Errorf("the result has schema_version %.40q, this program reads %q; use the plumbline version that wrote it", version, audit.SchemaVersion)
	}
	for _, key := range []string{"audit", "engine", "data", "measurements", "gates", "verdict"} {
		if _, ok := top[key]; !ok {
			return fmt.Errorf("not a plumbline result: %q is missing", key)
		}
	}
	return nil
}

// position adds line and column to a JSON error.
func position(raw []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	var offset int64
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	default:
		return err
	}
	before := raw[:min(int(offset), len(raw))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return fmt.Errorf("line %d, column %d: %w", line, column, err)
}

// check holds what the renderers rely on.
func check(r *audit.Result) error {
	if !known(r.Verdict, audit.Pass, audit.Warn, audit.Fail, audit.Inconclusive, audit.Ungated) {
		return fmt.Errorf("unknown verdict %.40q", r.Verdict)
	}
	if err := nullList(r); err != nil {
		return err
	}
	if err := checkRows(r); err != nil {
		return err
	}
	for i := range r.Measurements {
		if err := checkMeasurement(&r.Measurements[i]); err != nil {
			return fmt.Errorf("measurements[%d], %s: %w", i, called(&r.Measurements[i]), err)
		}
	}
	for i, f := range r.Findings {
		if err := inRange(f.Measurements, len(r.Measurements)); err != nil {
			return fmt.Errorf("findings[%d]: %w", i, err)
		}
	}
	for i, c := range r.Gates.Checks {
		if err := inRange(c.Measurements, len(r.Measurements)); err != nil {
			return fmt.Errorf("gates.checks[%d]: %w", i, err)
		}
	}
	for i, t := range r.Tables {
		for j, row := range t.Rows {
			if len(row) != len(t.Columns) {
				return fmt.Errorf("tables[%d].rows[%d] has %d cells for %d columns", i, j, len(row), len(t.Columns))
			}
		}
	}
	return nil
}

func known[T comparable](v T, all ...T) bool {
	for _, a := range all {
		if v == a {
			return true
		}
	}
	return false
}

func inRange(indices []int, n int) error {
	for _, i := range indices {
		if i < 0 || i >= n {
			return fmt.Errorf("measurement %d does not exist; there are %d", i, n)
		}
	}
	return nil
}
