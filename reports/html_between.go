package reports

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// between shows the comparisons of groups with their reference group: for each
// attribute a map of columns by groups, a sentence per column and the two
// distributions of those that lie apart.
func (k *maker) between(ms []*audit.Measurement, metric string) []*driftView {
	var out []*driftView
	seen := map[string]bool{}
	for _, m := range ms {
		if m.Metric != metric || m.Reference == nil || m.Group == nil || seen[m.Attribute] {
			continue
		}
		seen[m.Attribute] = true
		if v := k.betweenGroups(ms, metric, m.Attribute, *m.Reference, len(out)+1); v != nil {
			out = append(out, v)
		}
	}
	return out
}

func (k *maker) betweenGroups(ms []*audit.Measurement, metric, attribute, ref string, at int) *driftView {
	columns, by := k.apart(ms, metric, attribute)
	if !slices.ContainsFunc(columns, moving.defined) {
		return nil
	}
	name, against := define(metric).label, memberName(attribute, ref)
	v := &driftView{Heading: attributeName(attribute), Title: k.apartTitle(columns, attribute, against, name)}
	v.Sub = sentenceCase(name) + " of each column, each group of " + v.Heading + " against " + against + ", over the whole period. Shaded and marked ▲: larger than chance alone gives at these sizes in 19 of 20 cases; the shades begin at any size, at 0.1 and at 0.25."
	if all := len(columns); all > heatColumns {
		columns = columns[:heatColumns]
		v.Note = fmt.Sprintf("The %d of %d columns that lie furthest apart are drawn; all are in measurements.csv. ", heatColumns, all)
	}
	k.heat(v, columns, metric, by)
	v.Table = k.driftTable(columns, metric, by)
	for _, c := range columns {
		v.Said = append(v.Said, heatSaid{columnName(c.column), k.apartSentence(c, attribute, against)})
		if flagged(c.whole) && len(v.Shifts) < shiftColumns {
			if s := k.apartShift(fmt.Sprintf("d%d-%d", at, len(v.Shifts)+1), c, attribute, against); s != nil {
				v.Shifts = append(v.Shifts, *s)
			}
		}
	}
	return v
}

// apart collects the columns of one attribute, those furthest apart first. The
// whole of a column is the group that lies furthest from the reference.
func (k *maker) apart(ms []*audit.Measurement, metric, attribute string) ([]moving, across) {
	var out []moving
	by := across{per: "group", whole: "most"}
	for _, m := range ms {
		if m.Metric != metric || m.Attribute != attribute || m.Reference == nil || m.Group == nil {
			continue
		}
		i := slices.IndexFunc(out, func(c moving) bool { return c.column == *m.Column })
		if i < 0 {
			i = len(out)
			out = append(out, moving{column: *m.Column, at: map[string]*audit.Measurement{}})
		}
		out[i].at[*m.Group] = m
		switch x := out[i].whole; {
		case flagged(m) && !flagged(x), flagged(m) == flagged(x) && sizeOf(m) > sizeOf(x):
			out[i].whole = m
		}
		if flagged(m) {
			out[i].beyond++
		}
		if !slices.ContainsFunc(by.axes, func(a axis) bool { return a.id == *m.Group }) {
			name := memberName(attribute, *m.Group)
			by.axes = append(by.axes, axis{*m.Group, name, [2]string{"", shorten(name, 7)}})
		}
	}
	slices.SortStableFunc(out, func(a, b moving) int { return cmp.Compare(sizeOf(b.whole), sizeOf(a.whole)) })
	return out, by
}

func (k *maker) apartTitle(columns []moving, attribute, against, name string) string {
	n := 0
	for _, c := range columns {
		if flagged(c.whole) {
			n++
		}
	}
	if n == 0 {
		return "No column lies further from " + against + " in any group than chance alone would put it."
	}
	top := columns[slices.IndexFunc(columns, func(c moving) bool { return flagged(c.whole) })]
	return fmt.Sprintf("%s lies furthest apart: its %s is %s between %s and %s, where chance alone stays below %s. %d of %s differ by more than chance.", columnSubject(top.column), name,
		coefficient.write(*top.whole.Value), memberName(attribute, *top.whole.Group), against, coefficient.write(top.whole.Null.Limit), n, plural(len(columns), "column", "columns"))
}

// apartSentence is one column's line: for how many groups it lies apart, and how
// in the one that is furthest.
func (k *maker) apartSentence(c moving, attribute, against string) string {
	switch {
	case c.beyond == 0 && sizeOf(c.whole) < 0:
		return "Not comparable."
	case c.beyond == 0:
		return fmt.Sprintf("Within what chance gives for all %s.", plural(len(c.at), "group", "groups"))
	}
	group := memberName(attribute, *c.whole.Group)
	s := fmt.Sprintf("Beyond chance for %d of %s, most for %s (%s, n %s).", c.beyond, plural(len(c.at), "group", "groups"), group, short(*c.whole.Value), count(c.whole.N))
	_, parts, _ := k.portions(c.column+"/"+attribute, *c.whole.Group)
	return s + tail(" ", apartWords(parts, group, against))
}

// apartWords says where a group has more rows than the reference, and where fewer.
func apartWords(parts []portion, group, against string) string {
	if len(parts) == 0 {
		return ""
	}
	up, down := extremeShifts(parts)
	if up == down {
		return "No share differs."
	}
	u, d := parts[up], parts[down]
	s := fmt.Sprintf("In %s are %s of %s and %s of %s", shorten(u.name, 40), percent(u.now), group, percent(u.before), against)
	if len(parts) > 2 {
		s += fmt.Sprintf("; in %s, %s and %s", shorten(d.name, 40), percent(d.now), percent(d.before))
	}
	return s + "."
}

// apartShift draws the group that lies furthest from the reference.
func (k *maker) apartShift(id string, c moving, attribute, against string) *shiftView {
	group := memberName(attribute, *c.whole.Group)
	s, parts, total := k.portions(c.column+"/"+attribute, *c.whole.Group)
	if len(parts) == 0 {
		return nil
	}
	v := &shiftView{ID: id, Name: columnName(c.column), Title: apartWords(parts, group, against),
		Sub: fmt.Sprintf("Share of %s in each bin: %s (n %s) and %s (n %s), the group that lies furthest apart. One scale.", unit(k.r), against, count(total[0]), group, count(total[1]))}
	k.draw(v, s, parts, [2]string{shorten(against, 20), shorten(group, 20)})
	return v
}
