package kpi

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
)

// entry is a value that somebody entered.
type entry struct {
	at     time.Time
	value  float64
	source string
	line   int
}

// maxManual bounds a file of values; it has a line per month.
const maxManual = 1 << 20

// readManual reads the values of a KPI that no log tells.
func (s *Set) readManual(d *Definition, bad func(path, message, hint string)) {
	path := d.File
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.audit.Dir, path)
	}
	data, err := readAll(path)
	if err == nil {
		var list []entry
		if list, err = entries(data, s.windows.Zone); err == nil {
			s.manual[d.Name] = list
			sum := sha256.Sum256(data)
			digest := hex.EncodeToString(sum[:])
			if !slices.ContainsFunc(s.Inputs, func(i audit.Input) bool { return i.Path == d.File }) {
				s.Inputs = append(s.Inputs, audit.Input{Path: d.File, Role: "kpi", Bytes: int64(len(data)), SHA256: digest, Hash: "full", Rows: int64(len(list))})
			}
			return
		}
	}
	bad(d.Path+".file", fmt.Sprintf("values of KPI %s, %s: %v", d.Name, d.File, err), "")
}

func readAll(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.Unwrap(err) // the name is said already
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxManual+1))
	if err == nil && len(data) > maxManual {
		err = fmt.Errorf("it is larger than %d bytes", maxManual)
	}
	return data, err
}

// entries are the lines of a file, in order of time.
func entries(data []byte, zone *time.Location) ([]entry, error) {
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff")))).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) < 2 {
		return nil, errors.New("it has no values; give a header, date,value,source, and a line per value")
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[strings.TrimSpace(name)] = i
	}
	for _, name := range []string{"date", "value", "source"} {
		if _, ok := at[name]; !ok {
			return nil, fmt.Errorf("it has no column %q; the header must name date, value and source", name)
		}
	}
	var out []entry
	for i, row := range rows[1:] {
		e := entry{source: strings.TrimSpace(row[at["source"]]), line: i + 2}
		var ok bool
		if e.value, ok = config.ParseNumber(strings.TrimSpace(row[at["value"]])); !ok || math.IsNaN(e.value) || math.IsInf(e.value, 0) {
			return nil, fmt.Errorf("line %d: %q is not a number", e.line, row[at["value"]])
		}
		start, _, err := config.ParseSpan(strings.TrimSpace(row[at["date"]]), zone)
		if err != nil {
			return nil, fmt.Errorf("line %d: date %q: %v", e.line, row[at["date"]], err)
		}
		if e.source == "" {
			return nil, fmt.Errorf("line %d has no source; say where the value is from", e.line)
		}
		e.at = start
		out = append(out, e)
	}
	slices.SortStableFunc(out, func(a, b entry) int { return a.at.Compare(b.at) })
	return out, nil
}

// entered are a KPI's values by window; notes say which have no place.
func (m *measurer) entered(d *Definition) series {
	out := series{}
	list, outside := m.set.manual[d.Name], 0
	for _, e := range list {
		at := m.windowAt(e.at)
		if at == "" {
			outside++
			continue
		}
		k := place{window: at, kind: audit.KindOverall}
		x := e.value
		if have := out[k]; have != nil {
			have.value, have.source = &x, e.source
			have.note = "several values were entered for this window; the last counts"
			continue
		}
		out[k] = &estimate{value: &x, source: e.source}
	}
	if outside > 0 {
		m.note(fmt.Sprintf("KPI %s: %d of %d values that were entered lie outside the windows of the log, and are not shown.", d.Name, outside, len(list)))
	}
	return out
}

// windowAt is the window that a time lies in, "" for none.
func (m *measurer) windowAt(t time.Time) string {
	for _, w := range m.windows {
		start, err1 := time.Parse(time.RFC3339, w.Start)
		end, err2 := time.Parse(time.RFC3339, w.End)
		if err1 == nil && err2 == nil && !t.Before(start) && t.Before(end) {
			return w.ID
		}
	}
	return ""
}
