package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/privacy"
)

// privately audits a case of testdata with small cells suppressed, and gives the
// exact result beside.
func privately(t *testing.T, path string) (exact, published *audit.Result) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(raw), "log: ", "log: "+folder+"/", 1) + "\nprivacy: {min_cell: 11, keep_exact: true}\n"
	copied := filepath.Join(t.TempDir(), "audit.yaml")
	if err := os.WriteFile(copied, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	exact = runAudit(t, copied, engine.Options{})
	return exact, privacy.Apply(exact)
}

func TestNothingDerivable(t *testing.T) {
	for _, name := range []string{"compas/all", "compas/months", "compas/rest", "compas/disparity", "compas/filtered", "bank/audit"} {
		t.Run(name, func(t *testing.T) {
			exact, published := privately(t, "../../testdata/"+name+".yaml")
			attack(t, exact, published)
			checkSchema(t, published)
		})
	}
}
