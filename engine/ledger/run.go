package ledger

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
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
	First                 string // window of indicators before which the run knows nothing; or ""
	At                    time.Time

	Evidence
	Gates     []Gate
	Standings []Standing
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
	Numerator, Denominator *float64 // counts or sums
	N                      *int64   // nil where suppressed
	Provisional            bool     // labels may still come
	Grounds                []byte   // of an indicator: what following it over windows needs besides; nil for nothing
}

// Facts are what a result does not say about how it came to be.
type Facts struct {
	Methods     string                   // names and versions of all methods
	Labeled     []string                 // detectors that read labels
	LabeledKPIs []string                 // indicators that do
	Maturing    func(window string) bool // windows whose labels may still come
	Matures     time.Duration            // age from which a label is final
	Versions    []ModelVersion           // of the audited model
	ToDate      []audit.KPI              // of a run of a period: indicators of all windows to date, as a run over all of them has them
	First       string                   // of such a run: the first window of the log, before which it knows nothing
}

// FromResult takes from a result what the ledger keeps.
func FromResult(r *audit.Result, f Facts) Run {
	run := Run{
		Audit: r.Audit.Name, Period: r.Audit.Period, AsOf: r.Audit.AsOf, Spec: r.Audit.SpecSHA256, Method: digest([]byte(f.Methods)),
		Engine: strings.TrimSpace(r.Engine.Name + " " + r.Engine.Version), Verdict: string(r.Verdict),
		RowsRead: r.Data.RowsRead, RowsAudited: r.Data.RowsAudited, Inputs: r.Data.Inputs,
		Values: make([]Value, len(r.Measurements)),
	}
	type id struct{ window, key string }
	seen := make(map[id]int, len(run.Values))
	for i := range r.Measurements {
		m, v := &r.Measurements[i], &run.Values[i]
		*v = ofMeasurement(m)
		v.Scope, v.Label = run.Period, slices.Contains(f.Labeled, m.Detector)
		v.Provisional = v.Label && f.Maturing(m.Window)
		at := id{v.Window, v.Key}
		if seen[at]++; seen[at] > 1 { // two numbers that nothing tells apart
			v.Key = fmt.Sprintf("%s#%d", v.Key, seen[at])
		}
	}
	run.kpis(r, f)
	run.evidence(r, f)
	run.Standings = Standings(r)
	run.versions(r)
	return run
}

// content is a digest of what the run found: not of who found it, and when.
func (r *Run) content(windows map[place]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q %q %q %q %q %q %d %d\n", r.Audit, r.Period, r.AsOf, r.Spec, r.Method, r.Verdict, r.RowsRead, r.RowsAudited)
	for _, in := range r.Inputs {
		fmt.Fprintf(&b, "%q %q %d %s %s %d\n", in.Role, in.Path, in.Bytes, in.SHA256, in.Hash, in.Rows)
	}
	for _, at := range slices.SortedFunc(maps.Keys(windows), comparePlaces) {
		fmt.Fprintf(&b, "%q %q %q %s\n", at.kind, at.scope, at.window, windows[at])
	}
	return digest([]byte(b.String()))
}

// measurementKey is what tells the series of measurements apart, in the order of
// their keys, which are JSON lists.
var measurementKey = [...]string{"detector", "metric", "attribute", "group_kind", "group", "reference", "stratum", "version", "column", "parameters"}

func ofMeasurement(m *audit.Measurement) Value {
	kind := string(m.GroupKind)
	key := append(make([]byte, 0, 160), '[')
	for i, text := range []*string{&m.Detector, &m.Metric, &m.Attribute, &kind, m.Group, m.Reference, m.Stratum, m.Version, m.Column} {
		if i > 0 {
			key = append(key, ',')
		}
		key = appendText(key, text)
	}
	if len(m.Parameters) > 0 {
		if text, err := json.Marshal(m.Parameters); err == nil { // texts are always encoded
			key = append(append(key, ','), text...)
		}
	}
	v := Value{Kind: KindMeasurement, Key: string(append(key, ']')), Definition: strings.TrimSpace(strconv.Itoa(m.MethodVersion) + " " + m.Convention),
		Window: m.Window, Value: m.Value, Numerator: asNumber(m.Numerator), Denominator: asNumber(m.Denominator)}
	if !m.Suppressed {
		v.N = &m.N
	}
	if m.Interval != nil {
		v.Low, v.High = m.Interval.Low, m.Interval.High
	}
	return v
}

// asNumber is a count as a number: counts are at most 2^53.
func asNumber(n *int64) *float64 {
	if n == nil {
		return nil
	}
	x := float64(*n)
	return &x
}

// appendText writes a text as JSON; null for none.
func appendText(b []byte, s *string) []byte {
	if s == nil {
		return append(b, "null"...)
	}
	for i := range len(*s) {
		if c := (*s)[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			text, err := json.Marshal(*s)
			if err != nil { // a text is always encoded
				return append(b, "null"...)
			}
			return append(b, text...)
		}
	}
	return append(append(append(b, '"'), *s...), '"')
}

// Fields are what the key of a measurement's series says, by name. Any other key is
// its own metric.
func Fields(key string) map[string]string {
	out := map[string]string{}
	text, again, _ := strings.Cut(key, "]#")
	if again != "" {
		text += "]"
	}
	var parts []json.RawMessage
	if json.Unmarshal([]byte(text), &parts) != nil || len(parts) > len(measurementKey) {
		return map[string]string{"metric": key}
	}
	for i, p := range parts {
		var s *string
		if json.Unmarshal(p, &s) != nil {
			out[measurementKey[i]] = string(p)
		} else if s != nil {
			out[measurementKey[i]] = *s
		}
	}
	return out
}
