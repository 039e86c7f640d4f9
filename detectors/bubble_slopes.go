package detectors

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// fewestWindows is how many a slope needs.
const fewestWindows = 3

var errFewWindows = errors.New("fewer than three windows have such lists")

// slope is that of the least-squares line through the means of windows, without a
// shard. windows are nil where a group has nothing.
func slope(windows []*listsOf, without int) (float64, error) {
	var xs, ys []float64
	for at, w := range windows {
		if w == nil {
			continue
		}
		var all stat.Sums
		for i, s := range w.shards {
			if i != without {
				all = plusSums(all, s)
			}
		}
		if all.N > 0 {
			xs, ys = append(xs, float64(at)), append(ys, all.X/all.N)
		}
	}
	if len(xs) < fewestWindows {
		return 0, errFewWindows
	}
	var x, y float64
	for i := range xs {
		x, y = x+xs[i]/float64(len(xs)), y+ys[i]/float64(len(xs))
	}
	var xx, xy float64
	for i := range xs {
		xx += float64((xs[i] - x) * (xs[i] - x))
		xy += float64((xs[i] - x) * (ys[i] - y))
	}
	return xy / xx, nil
}

// overTime is the windows of one group.
func overTime(by []byUsers, g listsOf) []*listsOf {
	out := make([]*listsOf, len(by)-1)
	for i, b := range by[1:] {
		at := slices.IndexFunc(b.groups, func(l listsOf) bool { return l.kind == g.kind && l.name == g.name })
		if at >= 0 {
			out[i] = &b.groups[at]
		}
	}
	return out
}

// slopes emits the change of a number from window to window, by group.
func (u userLists) slopes(e *emitter, metric string, by []byUsers, parameters map[string]string) {
	for _, g := range by[0].groups {
		windows := overTime(by, g)
		m := audit.Measurement{Group: g.label(), GroupKind: g.kind, N: g.lists, Parameters: parameters}
		of := func(without int) (float64, error) { return slope(windows, without) }
		switch v, err := of(-1); {
		case err != nil:
			m.Note = "undefined: " + err.Error()
		case !u.clustered:
			m.Value, m.Note = &v, "no interval: nothing says which lists are of one person"
		default:
			m.Value = &v
			c, err := stat.ClusteredStatistic(len(g.shards), g.used, of)
			u.fill(e, &m, c, err)
		}
		e.add(u.section, by[0].in, metric, e.metrics[metric].Convention, m)
	}
}

// tell says for which group lists narrow most, if for any beyond chance: Bonferroni over
// the groups.
func (b bubble) tell(e *emitter, u userLists, metric string, from int, by []byUsers, narrows float64) (audit.Finding, bool) {
	at, n := -1, 0
	for i := from; i < len(e.out); i++ {
		m := &e.out[i]
		if about := m.GroupKind == audit.KindValue || u.attribute.Name == "" && m.GroupKind == audit.KindOverall; !about || m.Value == nil || m.P == nil {
			continue
		}
		if n++; *m.Value*narrows > 0 && (at < 0 || *m.Value*narrows > *e.out[at].Value*narrows) {
			at = i
		}
	}
	if at < 0 || *e.out[at].P*float64(n) >= e.in.alpha {
		return audit.Finding{}, false
	}
	m, who := &e.out[at], "everybody"
	g := by[0].groups[len(by[0].groups)-1]
	if m.Group != nil {
		g = *by[0].find(*m.Group)
		who = g.called(u.attribute)
	}
	var ends []float64
	for _, w := range overTime(by, g) {
		if w != nil && w.lists > 0 {
			ends = append(ends, w.mean())
		}
	}
	d := e.metrics[metric]
	moved := "falls"
	if narrows > 0 {
		moved = "rises"
	}
	return audit.Finding{ID: "bubble-" + metric + "-" + u.attribute.Name, Detector: "bubble", Severity: audit.Info, Measurements: []int{at},
		Title:  fmt.Sprintf("Lists for %s narrow: the %s %s from %.2f to %.2f.", who, lower(d.Title), moved, ends[0], ends[len(ends)-1]),
		Detail: fmt.Sprintf("That is %+.3f a window over %d windows. %s p %s (jackknife over lists; %d groups looked at).", *m.Value, len(ends), d.Doc, smallP(min(1, *m.P*float64(n))), n)}, true
}

// lower begins a title within a sentence.
func lower(title string) string { return string(title[0]|0x20) + title[1:] }

// overlaps are the Jaccard indices of what each user is shown in one window and the one
// before, by group and the later window.
func overlaps(a detect.Attribute, c *table.Counts, who table.Dim) []byUsers {
	grouping, dims := a.Group(c), c.Dims()
	at, user, item := slices.Index(dims, table.Window), slices.Index(dims, who), len(dims)-1
	windows, users, items := c.Categories(table.Window), c.Categories(who), c.Categories(dims[item])
	_, restUser := table.KeptOf(users)
	_, restItem := table.KeptOf(items)
	type key struct{ group, user int }
	shown := map[key][]map[int]bool{}
	var order []key
	c.Each(func(codes []int, _ table.Cell) {
		if codes[user] == restUser || users[codes[user]].Missing || codes[item] == restItem || items[codes[item]].Missing {
			return
		}
		g := grouping.Of(codes)
		if g < 0 {
			g = len(grouping.Names)
		}
		k := key{g, codes[user]}
		if shown[k] == nil {
			shown[k] = make([]map[int]bool, len(windows))
			order = append(order, k)
		}
		w := &shown[k][codes[at]]
		if *w == nil {
			*w = map[int]bool{}
		}
		(*w)[codes[item]] = true
	})
	out := make([]byUsers, len(windows)+1)
	for i := range out {
		out[i].in = slice{window: detect.GateWindow, gate: true}
		if i > 0 {
			out[i].in = slice{window: windows[i-1].Name}
		}
		for g := range len(grouping.Names) + 2 {
			x := listsOf{kind: audit.KindOverall, listMean: listMean{shards: make([]stat.Sums, table.Shards)}}
			switch {
			case g < len(grouping.Names):
				x.name, x.kind = grouping.Names[g], audit.KindValue
			case g == len(grouping.Names):
				x.kind = audit.KindMissing
			}
			out[i].groups = append(out[i].groups, x)
		}
	}
	for _, k := range order {
		var before map[int]bool
		for w, now := range shown[k] {
			if now == nil {
				continue
			}
			if before != nil {
				v := jaccard(before, now)
				for _, i := range []int{0, w + 1} {
					groups := []int{len(grouping.Names) + 1}
					if len(a.Parts) > 0 {
						groups = append(groups, k.group)
					}
					for _, g := range groups {
						x := &out[i].groups[g]
						s := &x.shards[table.ShardOf(users[k.user]).Order]
						s.N, s.X, x.lists = s.N+1, s.X+v, x.lists+1
					}
				}
			}
			before = now
		}
	}
	var empty []listsOf
	for _, g := range out[0].groups {
		if g.kind != audit.KindOverall && g.lists == 0 {
			empty = append(empty, g)
		}
	}
	for i := range out {
		out[i].groups = slices.DeleteFunc(out[i].groups, func(l listsOf) bool {
			return slices.ContainsFunc(empty, func(o listsOf) bool { return o.kind == l.kind && o.name == l.name })
		})
	}
	return out
}

func jaccard(a, b map[int]bool) float64 {
	both := 0
	for x := range a {
		if b[x] {
			both++
		}
	}
	return float64(both) / math.Max(1, float64(len(a)+len(b)-both))
}
