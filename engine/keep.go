package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/scan"
	"github.com/plumbline-audit/plumbline/engine/source/files"
	"github.com/plumbline-audit/plumbline/engine/source/slate"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// Kept is what earlier audits found in files.
type Kept interface {
	// Seen says whether a file of this path and size was read before.
	Seen(path string, bytes int64) (bool, error)
	// Find lists what is kept under a key.
	Find(key string) ([]scan.Kept, error)
}

// Found is what a scan found in a file of the log, in this run or in an earlier one.
type Found struct {
	File   string // as Data.Inputs has it
	Bytes  int64
	Key    string
	Class  string
	Extent scan.Extent
	Data   []byte // nil if it was kept before
}

// keeper answers a scan that asks what is kept, and takes what it finds.
type keeper struct {
	source *files.Source
	lists  *slate.Source // nil unless the log has lists
	joins  []*input
	kept   Kept
	rescan bool
	// program is the version of plumbline: another one may read a file otherwise.
	program string

	joined string // the fingerprints of all joined tables, once known
	found  []Found
	bytes  map[string]int64
	like   map[string]slate.Accounts // what lists were like, by key and class
	fault  error                     // why nothing is kept any more
}

// newKeeper is nil where nothing can be kept: of standard input, and of the lists of
// a period, because the lists of row groups outside are not looked at.
func (j *Job) newKeeper() *keeper {
	k := &keeper{joins: j.joins, kept: j.options.Kept, rescan: j.options.Rescan, program: j.options.Version, bytes: map[string]int64{}, like: map[string]slate.Accounts{}}
	switch s := j.log.source.(type) {
	case *files.Source:
		k.source = s
	case *slate.Source:
		k.source, k.lists = s.Source, s
	}
	if k.source == nil || k.kept == nil || k.source.Once() || k.lists != nil && j.options.Period != "" {
		return nil
	}
	return k
}

// Print implements scan.Keeper: the program, the file, its name, by which it may
// have columns, and the joined tables.
func (k *keeper) Print(file string, read bool) (string, error) {
	var worth func(int64) (bool, error)
	if !read {
		worth = func(bytes int64) (bool, error) {
			if k.rescan || k.fault != nil {
				return false, nil
			}
			seen, err := k.kept.Seen(file, bytes)
			k.lose(err)
			return seen && err == nil, nil
		}
	}
	in, ok, err := k.source.Print(file, worth)
	if err != nil || !ok {
		return "", err
	}
	k.bytes[file] = in.Bytes
	joined, err := k.joinedPrint()
	return fmt.Sprintf("%q %q %d %s %s%s", k.program, in.Path, in.Bytes, in.Hash, in.SHA256, joined), err
}

func (k *keeper) joinedPrint() (string, error) {
	if k.joined != "" || len(k.joins) == 0 {
		return k.joined, nil
	}
	var b strings.Builder
	for i, join := range k.joins {
		inputs, err := join.source.Inputs()
		if err != nil {
			return "", err
		}
		for _, in := range inputs {
			fmt.Fprintf(&b, " join %d %q %d %s %s", i, in.Path, in.Bytes, in.Hash, in.SHA256)
		}
	}
	k.joined = b.String()
	return k.joined, nil
}

// Find implements scan.Keeper.
func (k *keeper) Find(key string) ([]scan.Kept, error) {
	if k.rescan || k.fault != nil {
		return nil, nil
	}
	out, err := k.kept.Find(key)
	if k.lose(err); err != nil {
		return nil, nil
	}
	for i := range out {
		data, id := out[i].Data, key+out[i].Class
		out[i].Data = func() ([]byte, error) {
			d, err := data()
			if k.lose(err); err != nil || d == nil || k.lists == nil {
				return d, nil
			}
			return k.withoutLists(id, d), nil
		}
	}
	return out, nil
}

// lose gives up what is kept: the audit is carried out without it.
func (k *keeper) lose(err error) {
	if err != nil && k.fault == nil {
		k.fault = err
	}
}

// Keep implements scan.Keeper.
func (k *keeper) Keep(file, key string, p scan.Kept) error {
	data, err := p.Data()
	if err == nil && k.lists != nil {
		data, err = k.withLists(file, data)
	}
	if err != nil {
		return err
	}
	k.note(Found{File: file, Bytes: k.bytes[file], Key: key, Class: p.Class, Extent: p.Extent, Data: data})
	return nil
}

// Reuse implements scan.Keeper.
func (k *keeper) Reuse(file, key string, p scan.Kept, rows int64) {
	if k.lists != nil {
		k.lists.AdoptLists(file, k.like[key+p.Class])
	} else {
		k.source.Adopt(file, rows)
	}
	k.note(Found{File: file, Bytes: k.bytes[file], Key: key, Class: p.Class, Extent: p.Extent})
}

// withLists puts what a file's lists are like before what was found in it.
func (k *keeper) withLists(file string, data []byte) ([]byte, error) {
	like, err := json.Marshal(k.lists.AccountsOf(file))
	return append(append(like, '\n'), data...), err
}

// withoutLists takes it off again; nil if it is not there.
func (k *keeper) withoutLists(id string, data []byte) []byte {
	like, rest, ok := bytes.Cut(data, []byte("\n"))
	var a slate.Accounts
	if !ok || json.Unmarshal(like, &a) != nil {
		return nil
	}
	k.like[id] = a
	return rest
}

func (k *keeper) note(f Found) {
	if !slices.ContainsFunc(k.found, func(o Found) bool { return o.Key == f.Key && o.Class == f.Class }) {
		k.found = append(k.found, f)
	}
}

// Found is what the run rests on, file by file; nil if nothing can be kept of the
// log.
func (j *Job) Found() []Found {
	if j.keeper == nil {
		return nil
	}
	return j.keeper.found
}

// KeptFault is why what is kept could not be asked; nil if it could.
func (j *Job) KeptFault() error {
	if j.keeper == nil {
		return nil
	}
	return j.keeper.fault
}

// Methods names the metrics of the detectors that run, with their versions.
func (j *Job) Methods() string {
	ran := make([]detect.Detector, len(j.enabled))
	for i, d := range j.enabled {
		ran[i] = d.Detector
	}
	return methods(ran)
}

// Labeled lists the detectors that read labels.
func (j *Job) Labeled() (out []string) {
	for _, d := range j.enabled {
		if slices.ContainsFunc(d.plan.Needs, func(n table.Need) bool { return slices.Contains(n.Dims, table.Label) }) {
			out = append(out, d.Name)
		}
	}
	return out
}

// LabeledKPIs lists the indicators that the columns of the label go into.
func (j *Job) LabeledKPIs() []string { return j.kpis.Labeled() }

// Matures is the age from which a label is final; 0 if every label is.
func (j *Job) Matures() time.Duration {
	if l := j.audit.Columns.Label; l != nil {
		return time.Duration(l.MaturesAfter)
	}
	return 0
}

// Maturing tells the windows of a result for some of whose rows labels may still
// come.
func (j *Job) Maturing(r *audit.Result) func(window string) bool {
	l := j.audit.Columns.Label
	asOf, err := time.Parse(time.RFC3339Nano, r.Audit.AsOf)
	if l == nil || l.MaturesAfter == 0 || err != nil {
		return func(string) bool { return false }
	}
	final := asOf.Add(-time.Duration(l.MaturesAfter))
	open := map[string]bool{}
	windows := r.Windows
	if j.followed != nil {
		windows = j.followed.windows
	}
	for _, w := range windows {
		if end, err := time.Parse(time.RFC3339, w.End); err == nil {
			open[w.ID] = end.After(final)
		}
	}
	last, err := time.Parse(time.RFC3339Nano, r.Data.LastTime)
	open[audit.AllWindows] = err == nil && last.After(final)
	return func(window string) bool { return open[window] }
}
