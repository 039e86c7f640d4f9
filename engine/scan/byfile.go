package scan

import (
	"cmp"
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// filed is a file of the log and what is found in it.
type filed struct {
	name  string
	units []source.Unit
	key   string
	kept  []Kept // under the key
	part  *Part
	spent Spent

	reused *Kept // that part is made of
}

func (f *filed) bytes() (sum int64) {
	for _, u := range f.units {
		sum += u.Bytes()
	}
	return sum
}

// byFile lists the files of the log, with what is kept of them.
func (p *Plan) byFile() ([]*filed, error) {
	var out []*filed
	key, at := p.key(), map[string]*filed{}
	for _, u := range p.logUnits() {
		name := fileOf(u)
		f := at[name]
		if f == nil {
			f = &filed{name: name}
			at[name], out = f, append(out, f)
		}
		f.units = append(f.units, u)
	}
	for _, f := range out {
		print, err := p.req.Keeper.Print(f.name, false)
		if err != nil {
			return nil, err
		}
		if print == "" {
			continue
		}
		f.key = key(print)
		if f.kept, err = p.req.Keeper.Find(f.key); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// runByFile scans the files of which nothing is kept, and adds what is kept of the
// others. The outcome is that of a scan of all.
func (p *Plan) runByFile(ctx context.Context) (*Outcome, error) {
	files, err := p.byFile()
	if err != nil {
		return nil, err
	}
	asOf, hasAsOf, err := p.asOfByFile(ctx, files)
	if err != nil {
		return nil, err
	}
	if err := p.recallAll(files, asOf); err != nil {
		return nil, err
	}
	var unread []*filed
	for _, f := range files {
		if f.part == nil {
			unread = append(unread, f)
		}
	}
	if err := p.read(ctx, unread, asOf); err != nil {
		return nil, err
	}
	parts := make([]*Part, len(files))
	var spent Spent
	for i, f := range files {
		parts[i] = f.part
		spent.add(f.spent)
	}
	sum, err := p.addUp(parts)
	if err != nil {
		return nil, err
	}
	out := p.outcome(sum, asOf, hasAsOf)
	out.Spent = spent
	return out, nil
}

// read scans files, and keeps what is found.
func (p *Plan) read(ctx context.Context, files []*filed, asOf int64) error {
	sized(files, (*filed).bytes)
	var crews []*crew
	for _, f := range files {
		crews = append(crews, newCrew(f.units, func(workers []*worker) (err error) {
			for _, w := range workers {
				f.spent.add(w.spent)
			}
			f.part, err = p.part(workers)
			return err
		}))
	}
	if err := p.work(ctx, crews, asOf, nil, (*worker).count); err != nil {
		return err
	}
	key := p.key()
	for _, f := range files {
		print, err := p.req.Keeper.Print(f.name, true)
		if err != nil {
			return err
		}
		kept := Kept{Class: p.class(f.part.extent, asOf), Extent: f.part.extent, Data: f.part.MarshalBinary}
		if print == "" {
			continue
		}
		if err := p.req.Keeper.Keep(f.name, key(print), kept); err != nil {
			return err
		}
	}
	return nil
}

// recallAll finds what is kept of files and fits the request. The keeper is asked by
// one goroutine, and what it says decoded by several.
func (p *Plan) recallAll(files []*filed, asOf int64) error {
	var group errgroup.Group
	group.SetLimit(max(1, p.req.Workers))
	var fault error
	for _, f := range files {
		k, class := p.fitting(f, asOf)
		if k == nil {
			continue
		}
		data, err := k.Data()
		if err != nil {
			fault = err
			break
		}
		if data == nil {
			continue
		}
		group.Go(func() (err error) {
			defer recovered("what was kept of "+f.name, &err)
			f.part, err = p.recall(f, class, data)
			return err
		})
		f.reused = k
	}
	if err := group.Wait(); err != nil || fault != nil {
		return cmp.Or(err, fault)
	}
	for _, f := range files {
		if f.part == nil {
			continue
		}
		p.req.Keeper.Reuse(f.name, f.key, *f.reused, f.part.accounts.Read)
		if p.req.Progress != nil {
			p.req.Progress(f.part.accounts.Read, f.bytes())
		}
	}
	return nil
}

// fitting is what is kept of a file for the period and the age of labels, and for
// which; nil if nothing is.
func (p *Plan) fitting(f *filed, asOf int64) (*Kept, string) {
	if len(f.kept) == 0 {
		return nil, ""
	}
	class := p.class(f.kept[0].Extent, asOf)
	for i, k := range f.kept {
		if k.Class == class || class == outsidePeriod {
			return &f.kept[i], class
		}
	}
	return nil, ""
}

// recall is the part that was kept of a file.
func (p *Plan) recall(f *filed, class string, data []byte) (*Part, error) {
	part, err := p.decodePart(data)
	if err != nil {
		return nil, fmt.Errorf("what was kept of %s: %w", f.name, err)
	}
	if class == outsidePeriod {
		p.empty(part)
		return part, nil
	}
	return part, p.rename(part, f.name)
}

// rename makes a part's file the one that it is in this log: which place it has
// depends on the others.
func (p *Plan) rename(part *Part, file string) (err error) {
	if !p.wants(table.File) {
		return nil
	}
	cats := p.files()
	is := cats[len(cats)-1]
	for _, c := range cats {
		if c.Name == file {
			is = c
		}
	}
	to := func(table.Category) table.Category { return is }
	for i, n := range p.Tables {
		if hasDim(n, table.File) && !part.tables[i].Over() && err == nil {
			part.tables[i], err = part.tables[i].Recode(table.File, to)
		}
	}
	for i, n := range p.Values {
		if hasDim(n, table.File) && err == nil {
			part.values[i], err = part.values[i].Recode(table.File, to)
		}
	}
	return err
}

func hasDim(n table.Need, d table.Dim) bool {
	for _, has := range n.Dims {
		if has == d {
			return true
		}
	}
	return false
}

// empty makes a part that of a file of which no row is in the period: how its rows
// meet the joined tables is the same.
func (p *Plan) empty(part *Part) {
	rows := part.extent.Rows
	part.accounts = table.Accounts{Read: rows, Excluded: map[table.Exclusion]int64{}, Duplicates: -1}
	if n := rows - part.extent.Timeless; n > 0 {
		part.accounts.Excluded[table.OutsidePeriod] = n
	}
	if n := part.extent.Timeless; n > 0 {
		part.accounts.Excluded[table.NoTime] = n
	}
	part.copies, part.trusted = 0, 0
	for i := range part.met {
		if r, ok := p.roles[part.met[i].Dim]; (!ok || r.presence) && part.met[i].Dim != table.Window {
			continue // its categories are fixed
		}
		part.met[i].Categories, part.met[i].Hashed = nil, false
	}
	for i, n := range p.Tables {
		b, err := table.NewBuilder(n.Dims, make([][]table.Category, len(n.Dims)))
		if err == nil { // no categories are never too many
			part.tables[i] = b.Counts()
		}
	}
	for i, n := range p.Values {
		b, err := table.NewValuesBuilder(n.Dims, make([][]table.Category, len(n.Dims)))
		if err == nil {
			part.values[i] = b.Values()
		}
	}
	for i, s := range p.samples {
		part.samples[i] = table.NewSample(s.need.K, part.samples[i].Columns())
	}
}

// asOfByFile is asOf, for which only files of which nothing is kept are read.
func (p *Plan) asOfByFile(ctx context.Context, files []*filed) (at int64, ok bool, err error) {
	if l := p.req.Audit.Columns.Label; l == nil || l.MaturesAfter == 0 || p.req.AsOf != nil || p.timeAt < 0 {
		return p.asOf(ctx)
	}
	var all Extent
	rest := *p
	unread := &partOf{Source: p.req.Log}
	for _, f := range files {
		if len(f.kept) > 0 && !f.kept[0].Extent.Stated {
			all.merge(f.kept[0].Extent)
		} else {
			unread.files = append(unread.files, f.name)
		}
	}
	if len(unread.files) == len(files) {
		return p.asOf(ctx)
	}
	rest.req.Log = unread
	if at, ok, err = rest.asOf(ctx); err != nil {
		return 0, false, err
	}
	if ok {
		all.see(at, at)
	}
	return all.High, all.Some, nil
}

// partOf is some files of a log.
type partOf struct {
	source.Source
	files []string
}

// Units implements source.Source.
func (s *partOf) Units() []source.Unit {
	var out []source.Unit
	for _, u := range s.Source.Units() {
		for _, name := range s.files {
			if fileOf(u) == name {
				out = append(out, u)
			}
		}
	}
	return out
}
