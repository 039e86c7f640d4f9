package scan

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// slotsLog are slots as a log of lists gives them: the list, the place (nil where a
// slot was offered and not ranked) and the group.
func slotsLog(units ...[][3]any) *memoryLog {
	log := &memoryLog{schema: schemaOf(source.ItemList, intType, source.ItemRank, intType, "g", textType)}
	for _, slots := range units {
		var cols [3][]any
		for _, s := range slots {
			for i, v := range s {
				cols[i] = append(cols[i], v)
			}
		}
		log.add(batch(len(slots), plain(intType, cols[0]...), plain(intType, cols[1]...), plain(textType, cols[2]...)))
	}
	return log
}

func listNeed(number string) table.Need {
	return table.Need{Value: table.ListNumber(number, 0, table.Group("g"))}
}

// Lists: (a a b b) of two each; (b b a a), the same with the groups exchanged, in
// another order of rows; one that shows nothing; (a, unknown, b), of which a pool of a
// and b is left. By hand in stat.TestListByHand: 1 infeasible prefix of the first two, 0
// of the last.
func TestNumbersOfLists(t *testing.T) {
	first := [][3]any{{1, 1, "a"}, {1, 2, "a"}, {1, 3, "b"}, {1, 4, "b"}, {2, 4, "a"}, {2, 2, "b"}, {2, 1, "b"}, {2, 3, "a"}}
	second := [][3]any{{3, nil, "a"}, {3, nil, "b"}, {4, 1, "a"}, {4, 2, nil}, {4, 3, "b"}}
	var texts []string
	for _, log := range []*memoryLog{slotsLog(first, second), slotsLog(second, first)} {
		ndkl, infeasible, chance := listNeed(table.ListNDKL), listNeed(table.ListInfeasible), listNeed(table.ListNDKLChance)
		o := mustScan(t, request(audited(t, "slate: {items: l}\ngroups: {g: g}\n", ""), log, ndkl, infeasible, chance))
		text := ""
		for _, n := range []table.Need{ndkl, infeasible, chance} {
			v, err := o.Values(n)
			if err != nil {
				t.Fatal(err)
			}
			v.Each(func(_ []int, d *table.Distribution) {
				for _, p := range d.Points {
					text += fmt.Sprintf("%v*%d ", math.Round(p.X*1e6)/1e6, p.N)
				}
				text += fmt.Sprintf("none %d\n", d.Missing.N)
			})
		}
		texts = append(texts, text)
	}
	two := math.Ln2 / (1 + 1/math.Log2(3))
	third := 2./3*math.Log(4./3) + 1./3*math.Log(2./3)
	four := (math.Ln2 + math.Ln2/math.Log2(3) + third/2) / (1 + 1/math.Log2(3) + 1./2 + 1/math.Log2(5))
	want := fmt.Sprintf("%v*1 %v*2 none 1\n0*1 1*2 none 1\n", math.Round(two*1e6)/1e6, math.Round(four*1e6)/1e6)
	if !strings.HasPrefix(texts[0], want) || texts[1] != texts[0] {
		t.Errorf("got\n%sand\n%swant\n%s", texts[0], texts[1], want)
	}
}

// One row per slot without a key says nothing of lists as a whole.
func TestNumbersOfListsNeedLists(t *testing.T) {
	_, err := scanned(request(audited(t, "slate: {rank: r}\ngroups: {g: g}\n", ""), slotsLog(), listNeed(table.ListNDKL)))
	if err == nil || !strings.Contains(err.Error(), "which slots are one list") {
		t.Error(err)
	}
}
