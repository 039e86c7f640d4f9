package detectors

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

type oracle struct {
	Tools []string
	Cases []struct {
		ID         string
		Attributes []string
		Reference  audit.Reference
		Favorable  bool
		Cells      []struct {
			Values []string
			Counts [4]int64 `json:"tp_fp_fn_tn"`
		}
		Expect [][8]any
	}
}

// Every number that Fairlearn, AIF360, Aequitas and Clarify print for COMPAS and
// ACSIncome and these detectors compute, under the convention that its name
// stands for, to 1e-12.
func TestAgreesWithOtherTools(t *testing.T) {
	text, err := os.ReadFile("testdata/oracles.json")
	if err != nil {
		t.Fatal(err)
	}
	var o oracle
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, c := range o.Cases {
		t.Run(c.ID, func(t *testing.T) {
			spec := newSpec(c.Reference, c.Attributes...)
			spec.Favorable, spec.Intersections.Depth = c.Favorable, len(c.Attributes)
			var rows []row
			for _, x := range c.Cells {
				rows = append(rows, outcomes(x.Values, x.Counts[0], x.Counts[1], x.Counts[2], x.Counts[3])...)
			}
			ms := index(run(t, spec, rows, Parity(), EqualOpportunity(), ErrorRates()))
			for _, e := range c.Expect {
				group, _ := e[4].(string)
				reference, _ := e[5].(string)
				k := key{e[2].(string), attribute(c.Attributes), audit.GroupKind(e[3].(string)), group, reference}
				if k.kind == audit.KindWorst {
					k.group, k.reference = "", ""
				}
				got, ok := ms[k]
				if !ok || got.Value == nil {
					t.Errorf("%s %s: no value for %v", o.Tools[int(e[0].(float64))], e[1], k)
					continue
				}
				want := e[6].(float64) * e[7].(float64)
				if math.Abs(*got.Value-want) > 1e-12*math.Max(math.Abs(want), 1e-3) {
					t.Errorf("%s %s: %v is %v, want %v", o.Tools[int(e[0].(float64))], e[1], k, *got.Value, want)
				}
				checked++
			}
		})
	}
	if checked < 1000 {
		t.Errorf("only %d values compared", checked)
	}
}

type key struct {
	metric, attribute string
	kind              audit.GroupKind
	group, reference  string
}

func attribute(names []string) string {
	if len(names) == 2 {
		return names[0] + "*" + names[1]
	}
	return names[0]
}

// index finds measurements over all windows by what they are about; there is
// one worst row per metric and attribute.
func index(ms []audit.Measurement) map[key]*audit.Measurement {
	out := map[key]*audit.Measurement{}
	for i := range ms {
		m := &ms[i]
		k := key{metric: m.Metric, attribute: m.Attribute, kind: m.GroupKind}
		if m.Group != nil && m.GroupKind != audit.KindWorst {
			k.group = *m.Group
		}
		if m.Reference != nil && m.GroupKind != audit.KindWorst {
			k.reference = *m.Reference
		}
		if m.Window == audit.AllWindows && m.Version == nil {
			out[k] = m
		}
	}
	return out
}
