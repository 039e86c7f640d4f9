package engine

import (
	"fmt"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// versionNeed is the table that says in which windows a version of the model decided.
var versionNeed = table.Need{Dims: []table.Dim{table.Window, table.Version}}

// ModelVersion is a version of the audited model, and where it decided.
type ModelVersion struct {
	Version     string
	First, Last audit.Window
}

// Versions lists the versions of the audited model that decided rows of the log; nil
// if no column names them. Rows without one have none. The job has run.
func (j *Job) Versions(r *audit.Result) ([]ModelVersion, error) {
	if !j.spec.HasVersion {
		return nil, nil
	}
	c, err := j.tables.outcome.Counts(versionNeed)
	if err != nil {
		return nil, fmt.Errorf("versions of the model: %w", err)
	}
	windows, versions := c.Categories(table.Window), c.Categories(table.Version)
	decided := map[[2]string]bool{}
	c.Each(func(codes []int, cell table.Cell) {
		if cell.Rows > 0 {
			decided[[2]string{windows[codes[0]].Name, versions[codes[1]].Name}] = true
		}
	})
	list := r.Windows
	if len(list) == 0 { // time is not cut
		list = []audit.Window{{ID: r.Audit.Period}}
	}
	var out []ModelVersion
	for _, v := range versions {
		if v.Missing {
			continue
		}
		m := ModelVersion{Version: v.Name}
		for _, w := range list {
			if len(r.Windows) > 0 && !decided[[2]string{w.ID, v.Name}] {
				continue
			}
			if m.First.ID == "" {
				m.First = w
			}
			m.Last = w
		}
		if m.First.ID != "" {
			out = append(out, m)
		}
	}
	return out, nil
}
