package scan

import (
	"cmp"
	"math/bits"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/plumbline-audit/plumbline/engine/table"
)

func compareMet(a, b table.Category) int {
	order := func(missing bool) int {
		if missing {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(order(a.Missing), order(b.Missing)), cmp.Compare(a.Order, b.Order), cmp.Compare(a.Name, b.Name))
}

// addUp makes one part of those of different units. It holds them together to the
// limits that each was held to on its own.
func (p *Plan) addUp(parts []*Part) (*Part, error) {
	out := &Part{accounts: table.Accounts{Excluded: map[table.Exclusion]int64{}, Duplicates: -1},
		tables: make([]*table.Counts, len(p.Tables)), values: make([]*table.Values, len(p.Values)), samples: make([]*table.Sample, len(p.samples))}
	for _, o := range parts {
		out.accounts.Merge(o.accounts)
		out.extent.merge(o.extent)
		out.trusted += o.trusted
		out.copies = min(out.copies+o.copies, maxCopies+1)
		out.joins = addJoins(out.joins, o.joins)
	}
	if err := p.checkCopies(out.copies); err != nil {
		return nil, err
	}
	var err error
	if out.met, err = p.allMet(parts); err != nil {
		return nil, err
	}
	if err := p.addTables(parts, out); err != nil {
		return nil, err
	}
	held := int64(0)
	for i, v := range out.values {
		if held += v.Bytes(); p.req.Memory > 0 && held > p.req.Memory-p.joinBytes() {
			q := p.numbers[p.Values[i].Value]
			w := &worker{plan: p}
			w.frame.names = p.columns.names()
			return nil, w.tooManyNumbers(&q)
		}
	}
	for i := range out.samples {
		out.samples[i] = parts[0].samples[i]
		for _, o := range parts[1:] {
			if out.samples[i], err = out.samples[i].Merge(o.samples[i]); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// addTables adds up the tables, several at a time.
func (p *Plan) addTables(parts []*Part, out *Part) error {
	var group errgroup.Group
	group.SetLimit(max(1, p.req.Workers))
	for i, need := range p.Tables {
		group.Go(func() (err error) {
			defer recovered("table "+need.Key(), &err)
			out.tables[i], err = p.addCounts(parts, i, out)
			return err
		})
	}
	for i, need := range p.Values {
		group.Go(func() (err error) {
			defer recovered("table "+need.Key(), &err)
			all := make([]*table.Values, len(parts))
			for k, o := range parts {
				all[k] = o.values[i]
				for _, d := range need.Dims {
					if spill := p.spillOf(d, o, out); spill != nil && err == nil {
						all[k], err = all[k].Recode(d, spill)
					}
				}
			}
			if err == nil {
				out.values[i], err = table.SumValues(all)
			}
			return err
		})
	}
	return group.Wait()
}

// addCounts adds up one table of counts. Of a bounded one that is too large in a
// part, or in all together, only that is known, as with mergeTable.
func (p *Plan) addCounts(parts []*Part, i int, sum *Part) (_ *table.Counts, err error) {
	need, width := p.Tables[i], 0
	for _, d := range need.Dims {
		width += bits.Len(uint(max(0, len(sum.metOf(d).Categories)-1)))
	}
	all := make([]*table.Counts, len(parts))
	for k, o := range parts {
		if all[k] = o.tables[i]; all[k].Over() || need.Most > 0 && width > keyBits {
			return table.TooMany(need.Dims), nil
		}
		for _, d := range need.Dims {
			if spill := p.spillOf(d, o, sum); spill != nil && err == nil {
				all[k], err = all[k].Recode(d, spill)
			}
		}
	}
	if err != nil {
		return nil, err
	}
	out, err := table.SumCounts(all)
	if err == nil && need.Most > 0 && out.Len() > need.Most {
		return table.TooMany(need.Dims), nil
	}
	return out, err
}

// spillOf is how a part's categories of a dimension become those of the sum, if
// only all parts together have too many of them; nil if they stay.
func (p *Plan) spillOf(d table.Dim, part, sum *Part) func(table.Category) table.Category {
	if part.metOf(d).Hashed || !sum.metOf(d).Hashed {
		return nil
	}
	return keepMissing(p.roles[d].spill)
}

func keepMissing(spill func(table.Category) table.Category) func(table.Category) table.Category {
	return func(c table.Category) table.Category {
		if c.Missing {
			return c
		}
		return spill(c)
	}
}

func (o *Part) metOf(d table.Dim) metBy {
	if i := slices.IndexFunc(o.met, func(m metBy) bool { return m.Dim == d }); i >= 0 {
		return o.met[i]
	}
	return metBy{Dim: d}
}

// allMet is what all parts met, held to the limits as checkLimits holds workers.
func (p *Plan) allMet(parts []*Part) ([]metBy, error) {
	out := make([]metBy, len(parts[0].met))
	at := map[table.Dim]int{}
	for i, first := range parts[0].met {
		known := map[table.Category]bool{}
		m := metBy{Dim: first.Dim}
		for _, o := range parts {
			m.Hashed = m.Hashed || o.met[i].Hashed
			for _, c := range o.met[i].Categories {
				known[c] = true
			}
		}
		for c := range known {
			m.Categories = append(m.Categories, c)
		}
		slices.SortFunc(m.Categories, compareMet)
		out[i], at[m.Dim] = m, i
	}
	size := func(d table.Dim) int {
		if i, ok := at[d]; ok {
			return len(out[i].Categories)
		}
		return len(p.files())
	}
	for i := range out {
		r, ok := p.roles[out[i].Dim]
		if !ok || r.limit+r.plain == 0 || out[i].Dim == table.Subject {
			continue
		}
		values := len(out[i].Categories)
		if slices.Contains(out[i].Categories, missingCategory) {
			values--
		}
		if r.plain > 0 {
			out[i].hash(out[i].Hashed || values > r.plain, r.spill)
		} else if values > r.limit {
			return nil, tooMany(r.name, p.columns.names()[r.column], r.limit, r.hint)
		}
	}
	if i, ok := at[table.Subject]; ok { // last, because it looks at the others
		subjects := len(out[i].Categories)
		out[i].hash(out[i].Hashed || subjects > table.MaxSubjects || p.manyCells(size, subjects), p.roles[table.Subject].spill)
	}
	return out, nil
}

// hash tells the values apart no more, if they are too many.
func (m *metBy) hash(many bool, spill func(table.Category) table.Category) {
	if m.Hashed = many; !many {
		return
	}
	spill = keepMissing(spill)
	for i, c := range m.Categories {
		m.Categories[i] = spill(c)
	}
	slices.SortFunc(m.Categories, compareMet)
	m.Categories = slices.Compact(m.Categories)
}
