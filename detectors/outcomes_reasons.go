package detectors

import (
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// mostReasons bounds the reason codes that are measured, the most frequent first.
const mostReasons = 50

func reasonRate() rate {
	return rate{
		name: "reason_rate", short: "share citing it", doc: "the unfavorable rows of a group that cite the reason",
		formula: "unfavorable rows that cite the reason / unfavorable rows with any reason", source: "reason codes, 12 CFR 1002.9; one row can cite several, so that shares do not add up to 1", empty: "no unfavorable row gives a reason",
		count: func(t tally) (k, n int64) { return t.Positive, t.n() },
	}
}

// reasonNeed is the lists of reasons of unfavorable rows.
func (o outcomesOf) reasonNeed(a detect.Attribute) table.Need {
	n := funnel{spec: o.spec, stages: []FunnelStage{{When: o.unfavorable}}}.need(a)
	n.Dims = append(n.Dims, table.Text(o.reasons))
	return n
}

// cited are the reasons of a list, each once.
func (o outcomesOf) cited(list table.Category) []string {
	if list.Missing {
		return nil
	}
	var out []string
	text, separator := list.Name, o.separator
	if entries, ok := strings.CutPrefix(text, table.EntryMark); ok { // of a column of lists
		text, separator = entries, table.EntryMark
	}
	for code := range strings.SplitSeq(text, separator) {
		if code = strings.TrimSpace(code); code != "" && !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	return out
}

// reasonShares emits how often each reason is cited.
func (o outcomesOf) reasonShares(e *emitter, a detect.Attribute, c *table.Counts) {
	lists, at := c.Categories(table.Text(o.reasons)), slices.Index(c.Dims(), table.Text(o.reasons))
	cites, often := make([][]string, len(lists)), map[string]int64{}
	for i, l := range lists {
		cites[i] = o.cited(l)
	}
	f := funnel{spec: o.spec, stages: []FunnelStage{{When: o.unfavorable}}}
	read, without := f.reader(c), int64(0)
	c.Each(func(codes []int, cell table.Cell) {
		if read(codes)[0] != holds {
			return
		}
		if len(cites[codes[at]]) == 0 {
			without += cell.N
		}
		for _, code := range cites[codes[at]] {
			often[code] += cell.N
		}
	})
	if without > 0 {
		e.note(whole(without) + " unfavorable rows give no reason, and are in no share of reasons")
	}
	codes := make([]string, 0, len(often))
	for code := range often {
		codes = append(codes, code)
	}
	slices.SortFunc(codes, func(x, y string) int {
		if often[x] != often[y] {
			return int(min(1, max(-1, often[y]-often[x])))
		}
		return strings.Compare(x, y)
	})
	if len(codes) > mostReasons {
		e.note("outcomes: of " + whole(int64(len(codes))) + " reasons the " + whole(mostReasons) + " most frequent are measured")
		codes = codes[:mostReasons]
	}
	var first *section
	for _, code := range codes {
		s := f.sectionOf(a, c, func(cell []int) (passed, counts bool) {
			own := cites[cell[at]]
			return slices.Contains(own, code), read(cell)[0] == holds && len(own) > 0
		})
		if first == nil {
			f.choose(&s)
			first = &s
		}
		s.chosen, s.absent = first.chosen, first.absent
		f.about(e, code, func() { e.rate(s, reasonRate()) })
	}
}

// tell says of the reason that two groups are given most unequally.
func (o outcomesOf) tell(ms []audit.Measurement) (out []audit.Finding) {
	for _, a := range detect.Attributes(o.spec) {
		if b := widestBeyond(o.spec, a, ms, []string{reasonRate().name}); b != nil {
			f := b.finding("outcomes", a, ms, "unfavorable rows with a reason", "cite “"+textOr(ms[b.gap].Column)+"”")
			f.ID += "-reasons"
			out = append(out, f)
		}
	}
	return out
}
