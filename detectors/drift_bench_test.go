package detectors

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// Ten columns of two windows of 500,000 rows, from tables that are there.
func BenchmarkDriftOfTenColumns(b *testing.B) {
	spec := &audit.Spec{Alpha: 0.05, Seed: 1, HasTime: true, Windows: audit.WindowSpec{Every: "month", Zone: time.UTC}, Intersections: audit.Intersections{Depth: 1}}
	var rows []row
	rng := stat.Generator(1, "bench")
	for c := range 10 {
		name := fmt.Sprint("c", c)
		numeric := c < 5
		spec.Roles = append(spec.Roles, audit.RoleColumn{Role: "feature:" + name, Column: name, Numeric: numeric})
		for _, w := range []string{"2020-01", "2020-02"} {
			for i := range 20_000 {
				r := row{window: w, n: 25}
				if numeric {
					r.nums = map[string]float64{"feature:" + name: math.Round(rng.NormFloat64()*1e4) / 1e3}
				} else {
					r.texts = map[string]string{"feature:" + name: fmt.Sprint(i % 12)}
				}
				rows = append(rows, r)
			}
		}
	}
	m := cached{memory{t: b, spec: spec, rows: rows}, map[string]any{}}
	plan, err := Drift().Plan(spec, DriftParams{})
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range plan.Needs {
		if n.Value != "" {
			m.Values(n)
		} else {
			m.Counts(n)
		}
	}
	for b.Loop() {
		if _, err := plan.Detect(m); err != nil {
			b.Fatal(err)
		}
	}
}

// cached keeps tables.
type cached struct {
	memory
	kept map[string]any
}

func (c cached) Counts(n table.Need) *table.Counts {
	if _, ok := c.kept[n.Key()]; !ok {
		c.kept[n.Key()] = c.memory.Counts(n)
	}
	return c.kept[n.Key()].(*table.Counts)
}

func (c cached) Values(n table.Need) *table.Values {
	if _, ok := c.kept[n.Key()]; !ok {
		c.kept[n.Key()] = c.memory.Values(n)
	}
	return c.kept[n.Key()].(*table.Values)
}
