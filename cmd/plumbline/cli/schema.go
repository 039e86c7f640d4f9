package cli

import (
	"encoding/json"
	"io"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/spf13/cobra"

	"github.com/plumbline-audit/plumbline/cmd/plumbline/schema"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/pack"
)

func (a *app) schemaCommand() *cobra.Command {
	one := func(use, short string, make func() (*jsonschema.Schema, error)) *cobra.Command {
		return &cobra.Command{
			Use: use, Short: short, Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error {
				s, err := make()
				if err != nil {
					return done(err)
				}
				return done(a.print(func(w io.Writer) error {
					enc := json.NewEncoder(w)
					enc.SetEscapeHTML(false)
					enc.SetIndent("", "  ")
					return enc.Encode(s)
				}))
			},
		}
	}
	return group("schema", "print the JSON Schema of a configuration, a rule pack, a result, a status or a trend",
		one("config", "print the JSON Schema of audit.yaml, for editors", func() (*jsonschema.Schema, error) {
			return config.Schema(a.declarations()), nil
		}),
		one("pack", "print the JSON Schema of a rule pack, for editors", func() (*jsonschema.Schema, error) {
			return pack.Schema(a.declarations()), nil
		}),
		one("result", "print the JSON Schema of result.json", schema.Result),
		one("status", "print the JSON Schema of what status -o json prints", schema.Status),
		one("trend", "print the JSON Schema of what trend -o json writes", schema.Trend),
	)
}
