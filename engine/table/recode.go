package table

import "slices"

// Recode gives the rows of a dimension's categories to others: those that go to
// one category add up.
func (c *Counts) Recode(d Dim, to func(Category) Category) (*Counts, error) {
	cats, err := c.recoded(d, to)
	if err != nil {
		return nil, err
	}
	b, err := NewBuilder(c.dims, cats)
	if err != nil {
		return nil, err
	}
	c.Each(b.Add)
	return b.Counts(), nil
}

// recoded lists the categories of all dimensions, those of one in other words.
func (c *Counts) recoded(d Dim, to func(Category) Category) ([][]Category, error) {
	from, _, err := c.pick([]Dim{d})
	if err != nil {
		return nil, err
	}
	cats := slices.Clone(c.cats)
	cats[from[0]] = slices.Clone(cats[from[0]])
	for i, cat := range cats[from[0]] {
		cats[from[0]][i] = to(cat)
	}
	return cats, nil
}

// Recode is that of Counts. A table in buckets stays in buckets.
func (v *Values) Recode(d Dim, to func(Category) Category) (*Values, error) {
	cats, err := v.Counts().recoded(d, to)
	if err != nil {
		return nil, err
	}
	b, err := NewValuesBuilder(v.Dims(), cats)
	if err != nil {
		return nil, err
	}
	b.bucketed = !v.Exact()
	v.Each(b.merge)
	return b.Values(), nil
}
