package detectors_test

import (
	"fmt"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// groupShare is a detector of one's own: the share of all rows that each group
// of each attribute makes up. It declares its table of counts, and reads it.
func groupShare() detect.Detector {
	return detect.Detector{
		Name:  "group_share",
		Title: "Group sizes",
		Doc:   "The share of the audited rows that each group makes up.",
		Needs: []detect.Role{detect.RoleGroups},
		Main:  "group_share",
		Metrics: []detect.Metric{{
			Name: "group_share", Title: "Share of rows", Doc: "Share of the audited rows that belong to the group.",
			Convention: "rows of the group / rows", Null: detect.NullLimit, Scale: detect.ScaleRate, Version: 1,
		}},
		Plan: func(spec *audit.Spec, _ any) (detect.Plan, error) {
			var p detect.Plan
			for _, a := range detect.Attributes(spec) {
				p.Needs = append(p.Needs, table.Need{Dims: a.Dims()})
			}
			p.Detect = func(tables detect.Tables) (detect.Output, error) {
				var out detect.Output
				for _, a := range detect.Attributes(spec) {
					counts := tables.Counts(table.Need{Dims: a.Dims()})
					groups, total := a.Group(counts), counts.Total().N
					counts.Each(func(codes []int, cell table.Cell) {
						m := audit.Measurement{
							Detector: "group_share", Metric: "group_share", MethodVersion: 1, Convention: "rows of the group / rows",
							Attribute: a.Name, GroupKind: audit.KindMissing, Window: audit.AllWindows,
							N: cell.N, Numerator: &cell.N, Denominator: &total,
						}
						if at := groups.Of(codes); at >= 0 {
							m.Group, m.GroupKind = &groups.Names[at], audit.KindValue
						}
						if interval, err := stat.Wilson(cell.N, total, spec.Alpha); err == nil {
							share := float64(cell.N) / float64(total)
							m.Value, m.Interval = &share, detect.Interval(interval, spec.Alpha)
						} else { // every row has weight 0: undefined is not zero
							m.Note = "undefined: " + err.Error()
						}
						out.Measurements = append(out.Measurements, m)
					})
				}
				return out, nil
			}
			return p, nil
		},
	}
}

// oneTable is a scan that counted one table.
type oneTable struct{ counts *table.Counts }

func (t oneTable) Counts(table.Need) *table.Counts     { return t.counts }
func (oneTable) Sample(table.SampleNeed) *table.Sample { return nil }

func (oneTable) Values(table.Need) *table.Values { return nil }
func (t oneTable) Scan() *table.Accounts         { return &table.Accounts{} }

// A team adds a detector of its own by writing a value like groupShare and
// handing it to the engine beside All().
func Example() {
	spec := &audit.Spec{
		Alpha:  0.05,
		Groups: []audit.GroupSpec{{Name: "marital", Column: "marital", Reference: audit.Reference{Policy: "largest"}}},
		Gates:  []audit.Gate{{Detector: "group_share", Metric: "group_share", Key: "min", Value: "0.1"}},
	}
	mine := groupShare()
	all := append(detectors.All(), mine)

	builder, err := table.NewBuilder(
		[]table.Dim{table.Group("marital")},
		[][]table.Category{{{Name: "single"}, {Name: "married"}, {Name: "divorced"}, {Missing: true}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for code, n := range []int64{12790, 27214, 5207, 80} {
		builder.Add([]int{code}, table.Cell{N: n, Rows: n})
	}

	plan, err := mine.Plan(spec, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("needs:", plan.Needs[0].Key())
	out, err := plan.Detect(oneTable{builder.Counts()})
	if err != nil {
		fmt.Println(err)
		return
	}
	gates, verdict := detect.Judge(spec, all, out.Measurements)
	for _, m := range out.Measurements {
		if m.Group != nil {
			fmt.Printf("%s %.3f %s\n", *m.Group, *m.Value, m.Verdict)
		} else {
			fmt.Printf("(missing) %.3f, never judged\n", *m.Value)
		}
	}
	fmt.Println(gates.Checks[0].Metric, verdict)
	// Output:
	// needs: group:marital
	// divorced 0.115 pass
	// married 0.601 pass
	// single 0.282 pass
	// (missing) 0.002, never judged
	// group_share pass
}
