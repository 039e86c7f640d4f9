package published

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
)

// reading is a way to take the rows under one header. The zero reading is the
// likeliest: one table, unless there is evidence of several.
type reading struct {
	other   bool   // several tables where one is likelier, or one where several are
	key     string // an attribute whose values are tables of their own
	apart   bool   // names of one attribute are no table with those of another, recognized or not
	unknown bool   // people of unknown group are a group like others
	crossed bool   // blocks of columns side by side are parts of one table
}

// says tells a reader which reading was taken.
func (x reading) says() string {
	switch {
	case x.key != "":
		return fmt.Sprintf("the impact ratios follow if every %s is a table of its own, and it was taken so", x.key)
	case x.crossed:
		return "the impact ratios follow if the parts that stand side by side are one table, and it was taken so"
	case x.unknown:
		return "the impact ratios follow if people of unknown group count as a group like the others, and it was taken so"
	}
	return "the impact ratios follow in another division into tables than the one that the names suggest, and it was taken so"
}

// tables parts a block into tables in the likeliest way in which the impact
// ratios follow; where they follow in none, in the likeliest of all.
func (b *block) tables(f notation) []*table {
	b.scale()
	b.keyed()
	b.idle(f)
	first := b.split(reading{})
	others := b.readings()
	if len(others) == 0 {
		return first
	}
	ratios, rest := trouble(first, b.stated)
	if ratios == 0 {
		return first
	}
	for _, x := range others {
		tried := b.split(x)
		if r, o := trouble(tried, b.stated); r == 0 && o <= rest && len(tried) > 0 {
			for _, t := range tried {
				if len(t.groups) < 2 {
					r++
				}
			}
			if r == 0 {
				first, _ := tried[0].lines()
				tried[0].remarks = append(tried[0].remarks, remark{Note, "reading", first, x.says()})
				return tried
			}
		}
	}
	return first
}

// readings are the other ways to take a block.
func (b *block) readings() []reading {
	axes := map[string]bool{}
	kinds := map[string]bool{}
	out := []reading{}
	unknown := false
	for _, r := range b.rows {
		if r.kind == groupRow {
			kinds[r.key()] = true
			for _, axis := range r.place.axes() {
				axes[axis] = true
			}
		}
		unknown = unknown || r.kind == unknownRow && r.cells[Ratio].known()
	}
	if unknown {
		out = append(out, reading{unknown: true})
	}
	if _, tables := b.layout.column[Table]; tables && b.made > 0 {
		out = append(out, reading{crossed: true})
	}
	if len(kinds) > 1 {
		out = append(out, reading{other: true}, reading{apart: true})
	}
	if len(b.layout.categories) > 1 {
		for _, axis := range slices.Sorted(maps.Keys(axes)) {
			if axis != "" && len(axes) > 1 {
				out = append(out, reading{key: axis})
			}
		}
	}
	return out
}

// trouble counts what does not follow in tables: impact ratios, and all else.
func trouble(tables []*table, stated *statement) (ratios, rest int) {
	c := &checker{report: &Report{}, tables: tables, stated: stated}
	for i, t := range tables {
		c.table(i+1, t)
	}
	for _, f := range c.report.Findings {
		switch {
		case f.Severity != Problem:
		case f.Column == Ratio:
			ratios++
		default:
			rest++
		}
	}
	return ratios, rest
}

// taken gives the rows of a block as a reading has them.
func (b *block) taken(x reading) []row {
	rows := slices.Clone(b.rows)
	for i := range rows {
		r := &rows[i]
		r.place = maps.Clone(r.place)
		if x.unknown && r.kind == unknownRow && r.cells[Ratio].known() {
			r.kind = groupRow
			r.place = place{"": plainWords(r.label)}
		}
		if x.crossed && r.kind == groupRow {
			r.place["heading"], r.table = plainWords(r.table), ""
		}
		if value, ok := r.place[x.key]; ok && x.key != "" {
			r.table = strings.TrimSpace(r.table + " " + value)
			delete(r.place, x.key)
		}
	}
	for first := 0; first < len(rows); {
		last := first + 1
		for last < len(rows) && rows[last].start == noBoundary && (rows[last].table == rows[first].table || rows[last].kind != groupRow) {
			last++
		}
		b.resolve(rows[first:last], x)
		first = last
	}
	return rows
}

// resolve decides whether rows that follow each other are one table, and by
// which attributes.
func (b *block) resolve(rows []row, x reading) {
	halves(rows)
	if x.apart {
		return
	}
	adopt(rows)
	var kinds []string
	segments := 0
	of := map[string][]*row{}
	strange := false
	last := ""
	for i := range rows {
		r := &rows[i]
		if r.kind != groupRow {
			continue
		}
		key := r.key()
		if of[key] == nil {
			kinds = append(kinds, key)
		}
		if len(of) == 0 || key != last {
			segments++
		}
		last = key
		of[key] = append(of[key], r)
		_, odd := r.place[""]
		strange = strange || odd
	}
	if len(kinds) < 2 {
		return
	}
	several := !strange && (segments == len(kinds) || len(b.layout.categories) > 1)
	for _, key := range kinds {
		several = several && len(of[key]) > 1
	}
	several = several && evident(kinds, of)
	if several != x.other {
		return
	}
	for i := range rows {
		if r := &rows[i]; r.kind == groupRow {
			r.place = place{"": plainWords(r.label)}
		}
	}
}

// evident says whether lists of rows are tables of their own: because each counts
// the same people, because each has a highest group, or because no ratio says
// otherwise.
func evident(kinds []string, of map[string][]*row) bool {
	sums, tops, ratios := true, true, false
	var first span
	for i, key := range kinds {
		sum, top := point(0), false
		for _, r := range of[key] {
			sum = sum.plus(r.count(Applicants))
			n := r.cells[Ratio]
			ratios = ratios || n.known()
			top = top || n.known() && !n.bounds && n.span().meets(point(1)) && (n.printed == nil || n.printed.Cmp(big.NewRat(1, 1)) == 0)
		}
		if i == 0 {
			first = sum
		}
		sums, tops = sums && sum.exact() && sum.meets(first), tops && top
	}
	return sums || tops || !ratios
}

// halves settles names with a sex and more, such as Cis male: among names of
// sexes they are one, among intersections the rest is a race.
func halves(rows []row) {
	half := func(r row) bool { return r.kind == groupRow && r.place[sexAxis] != "" && r.place[""] != "" }
	sexes, rests, count := map[string]bool{}, map[string]bool{}, 0
	for _, r := range rows {
		if half(r) {
			sexes[r.place[sexAxis]], rests[r.place[""]] = true, true
			count++
		}
	}
	crossed := len(sexes) > 1 && len(rests) > 1 && count == len(sexes)*len(rests)
	known := make([]row, len(rows))
	copy(known, rows)
	for i := range rows {
		r := &rows[i]
		if !half(*r) {
			continue
		}
		asRace := crossed
		for _, j := range nearby(i, len(rows)) {
			if near := known[j]; near.kind == groupRow && !half(near) && near.place[sexAxis] != "" {
				asRace = near.place[raceAxis] != ""
				break
			}
		}
		p := maps.Clone(r.place)
		if asRace {
			p[raceAxis] = p[""]
		} else {
			p[sexAxis] = plainWords(r.label)
		}
		delete(p, "")
		r.place = p
	}
}

// keyed finds a column that parts rows into tables, such as the job or the year,
// where the same groups are listed again for each of its values.
func (b *block) keyed() {
	if _, named := b.layout.column[Table]; named || !b.repeats(func(r row) string { return "" }) {
		return
	}
	for j, role := range b.layout.roles {
		if role != "" || slices.Contains(b.layout.categories, j) {
			continue
		}
		at, last := map[int]string{}, ""
		for _, r := range b.rows {
			value := line{cells: r.raw}.cell(j)
			if value != "" {
				last = value
			} else if r.kind != totalRow {
				value = last
			}
			at[r.line] = value
		}
		distinct := map[string]bool{}
		groups := 0
		for _, r := range b.rows {
			if r.kind == groupRow {
				groups++
				distinct[at[r.line]] = true
			}
		}
		if len(distinct) < 2 || 2*len(distinct) > groups || b.repeats(func(r row) string { return at[r.line] }) {
			continue
		}
		for i := range b.rows {
			b.rows[i].table = at[b.rows[i].line]
		}
		b.layout.column, b.layout.roles = maps.Clone(b.layout.column), slices.Clone(b.layout.roles)
		b.layout.column[Table], b.layout.roles[j] = j, Table
		b.remark(Note, "reading", b.rows[0].line, fmt.Sprintf("the same groups are listed for each value of the column %q, so each was taken as a table of its own", b.layout.headers[j]))
		return
	}
}

// repeats says whether a group stands twice under one key.
func (b *block) repeats(key func(row) string) bool {
	seen := map[string]bool{}
	for _, r := range b.rows {
		if r.kind != groupRow {
			continue
		}
		k := key(r) + "\x00" + r.place.key()
		if seen[k] {
			return true
		}
		seen[k] = true
	}
	return false
}
