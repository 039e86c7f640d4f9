package engine

import (
	"slices"

	"github.com/plumbline-audit/plumbline/engine/source/files"
	"github.com/plumbline-audit/plumbline/engine/source/listed"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// entries are parameters of a detector that name columns whose values may be lists, by
// where they stand below it.
type entries interface{ Lists() map[string]string }

// enlist gives columns of lists that detectors ask for a text for every row.
func (j *Job) enlist() error {
	log, ok := j.log.source.(*files.Source)
	if !ok || log.Once() { // of what is read once, lists or columns are read
		return nil
	}
	var names []string
	for _, d := range j.audit.Detectors {
		if p, ok := d.Params.(entries); ok {
			for _, name := range p.Lists() {
				if name != "" && !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	opened, err := listed.Open(log, names, table.EntryMark)
	if opened != nil {
		j.log.source = opened
	}
	return err
}
