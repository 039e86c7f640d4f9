package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Run is an audit that was carried out, as the ledger takes it.
type Run struct {
	Audit, Period, AsOf   string
	Spec, Method, Result  string // digests: of the configuration, of the methods, of all that was found
	Engine, Verdict       string
	RowsRead, RowsAudited int64
	Inputs                []audit.Input
	Parts                 []Part
	Values                []Value
	Rescan                bool // the whole log was read on purpose
	At                    time.Time
}

// The kinds of series.
const (
	KindMeasurement = "measurement"
	KindKPI         = "kpi"
)

// Value is one number of a series: a measurement or a KPI in one window.
type Value struct {
	Kind       string
	Scope      string // period of the run, where the number depends on it; or ""
	Key        string // what the number is
	Definition string // how it is computed: a series never mixes two definitions
	Label      bool   // it rests on labels
	Window     string

	Value, Low, High       *float64
	Numerator, Denominator *int64
	N                      *int64 // nil where suppressed
	Provisional            bool   // labels may still come
}

// FromResult takes from a result what the ledger keeps. labels are the detectors
// that read labels; maturing tells the windows whose labels may still come.
func FromResult(r *audit.Result, labels []string, maturing func(window string) bool) (Run, error) {
	same := *r
	same.Engine = audit.Engine{}
	text, err := json.Marshal(same)
	if err != nil {
		return Run{}, err
	}
	run := Run{
		Audit: r.Audit.Name, Period: r.Audit.Period, AsOf: r.Audit.AsOf, Spec: r.Audit.SpecSHA256, Result: digest(text),
		Engine: strings.TrimSpace(r.Engine.Name + " " + r.Engine.Version), Verdict: string(r.Verdict),
		RowsRead: r.Data.RowsRead, RowsAudited: r.Data.RowsAudited, Inputs: r.Data.Inputs,
	}
	methods := sha256.New()
	var named []string
	seen := map[string]int{}
	for _, m := range r.Measurements {
		named = append(named, fmt.Sprintf("%s.%s %d %s\n", m.Detector, m.Metric, m.MethodVersion, m.Convention))
		v := ofMeasurement(&m)
		v.Scope, v.Label = run.Period, slices.Contains(labels, m.Detector)
		v.Provisional = v.Label && maturing(m.Window)
		id := v.Window + "\x00" + v.Key
		if seen[id]++; seen[id] > 1 { // two numbers that nothing tells apart
			v.Key = fmt.Sprintf("%s#%d", v.Key, seen[id])
		}
		run.Values = append(run.Values, v)
	}
	slices.Sort(named)
	for _, n := range slices.Compact(named) {
		methods.Write([]byte(n)) // a hash takes everything
	}
	run.Method = hex.EncodeToString(methods.Sum(nil))
	return run, nil
}

// MeasurementKey is what tells the series of measurements apart, in the order of
// the key, which is a JSON list.
var measurementKey = [...]string{"detector", "metric", "attribute", "group_kind", "group", "reference", "stratum", "version", "column", "parameters"}

func ofMeasurement(m *audit.Measurement) Value {
	key, err := json.Marshal([]any{m.Detector, m.Metric, m.Attribute, m.GroupKind, m.Group, m.Reference, m.Stratum, m.Version, m.Column, m.Parameters})
	if err != nil {
		key = []byte(m.Metric) // texts are always encoded
	}
	v := Value{Kind: KindMeasurement, Key: string(key), Definition: strings.TrimSpace(fmt.Sprintf("%d %s", m.MethodVersion, m.Convention)),
		Window: m.Window, Value: m.Value, Numerator: m.Numerator, Denominator: m.Denominator}
	if !m.Suppressed {
		v.N = &m.N
	}
	if m.Interval != nil {
		v.Low, v.High = m.Interval.Low, m.Interval.High
	}
	return v
}

// Fields are the parts of a measurement's key that are given, as name and value.
func Fields(key string) [][2]string {
	var parts []any
	text, _, _ := strings.Cut(key, "]#")
	if text != key {
		text += "]"
	}
	if json.Unmarshal([]byte(text), &parts) != nil || len(parts) != len(measurementKey) {
		return [][2]string{{"name", key}}
	}
	var out [][2]string
	for i, p := range parts {
		switch p := p.(type) {
		case string:
			if p != "" {
				out = append(out, [2]string{measurementKey[i], p})
			}
		case map[string]any:
			for _, name := range slices.Sorted(mapsKeys(p)) {
				out = append(out, [2]string{name, fmt.Sprint(p[name])})
			}
		}
	}
	return out
}
