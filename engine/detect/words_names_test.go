package detect

import (
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// A letter is not an adjective; a context, an outcome or a stage is not a column.
func TestSentenceNames(t *testing.T) {
	for value, want := range map[string]bool{"f": false, "F": true, "married": true, "25-34": false} {
		if adjective(value) != want {
			t.Errorf("%s: %v", value, !want)
		}
	}
	tell := teller{spec: &audit.Spec{Words: audit.Words{Unit: "answers"}}, parts: map[string]Attribute{}}
	name, context := "f", "ambiguous"
	for _, c := range []struct {
		detector, want string
		group          *string
	}{
		{"stereotype", "answers with sex f (ambiguous)", &name}, {"stereotype", "all answers (ambiguous)", nil}, {"drift", "column ambiguous", nil},
	} {
		if got := tell.about(&audit.Measurement{Detector: c.detector, Attribute: "sex", Group: c.group, Column: &context}); got != c.want {
			t.Errorf("%s: %q, want %q", c.detector, got, c.want)
		}
	}
}
