package pack

import (
	"github.com/google/jsonschema-go/jsonschema"

	"github.com/plumbline-audit/plumbline/engine/config"
)

// Schema describes a pack's file to editors, as JSON Schema 2020-12, out of the
// declarations that it is read by.
func Schema(detectors []config.DetectorDecl) *jsonschema.Schema {
	s := config.DocumentSchema(&Pack{}, detectors)
	s.Title = "rule pack"
	s.Description = "what a law or a practice asks of an audit by plumbline"
	return s
}
