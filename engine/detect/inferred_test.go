package detect

import (
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Every number about an inferred group says so, also of an intersection, and so
// does a finding about one; others do not.
func TestMarkInferred(t *testing.T) {
	spec := &audit.Spec{Groups: []audit.GroupSpec{{Name: "race", Provenance: "inferred"}, {Name: "sex", Provenance: "observed"}},
		Intersections: audit.Intersections{Depth: 2}, Inferred: []audit.InferredGroup{{Name: "origin"}}}
	ms := []audit.Measurement{{Attribute: "race"}, {Attribute: "race*sex"}, {Attribute: "origin"}, {Column: pointer("group:race")}, {Attribute: "sex"}, {}}
	findings := []audit.Finding{{Title: "A gap.", Measurements: []int{1}}, {Title: "A gap.", Measurements: []int{4}}}
	MarkInferred(spec, ms, findings)
	for i, want := range []string{"inferred", "inferred", "inferred", "inferred", "", ""} {
		if ms[i].Provenance != want {
			t.Errorf("%d: %q", i, ms[i].Provenance)
		}
	}
	if findings[0].Title != "A gap (groups inferred, not known)." || findings[1].Title != "A gap." {
		t.Errorf("%+v", findings)
	}
}
