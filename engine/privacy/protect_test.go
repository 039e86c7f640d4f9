package privacy

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// crossTable is a lattice of one table of counts with both margins and the total.
func crossTable(min int64, counts [][]int64) *lattice {
	l := newLattice(min)
	l.sets = [][]int{nil, {0}, {1}, {0, 1}}
	l.domain = [][]string{nil, nil}
	for i := range counts {
		l.domain[0] = append(l.domain[0], fmt.Sprintf("a%d", i))
	}
	for j := range counts[0] {
		l.domain[1] = append(l.domain[1], fmt.Sprintf("b%d", j))
	}
	add := func(n int64, set []int, values ...string) {
		r := l.at(set, values, "")
		r.published = true
		r.atoms[undecided] += n
	}
	for i, line := range counts {
		for j, n := range line {
			a, b := l.domain[0][i], l.domain[1][j]
			add(n, nil)
			add(n, []int{0}, a)
			add(n, []int{1}, b)
			add(n, []int{0, 1}, a, b)
		}
	}
	return l
}

// pattern lists the hidden rows by name.
func (l *lattice) pattern() []string {
	var out []string
	for _, r := range l.order {
		if r.hidden[decisions] {
			out = append(out, strings.Join(append([]string{}, r.values...), " "))
		}
	}
	slices.Sort(out)
	return out
}

// exhaust is the least and the largest value of a hidden cell, by trying every
// table: cells by line and column, nil where shown.
func exhaust(l *lattice, counts [][]int64, i, j int) (low, high int64) {
	type cell struct{ i, j int }
	var free []cell
	rows, columns := map[int]int64{}, map[int]int64{}
	for y, line := range counts {
		for x, n := range line {
			if l.find([]int{0, 1}, []string{l.domain[0][y], l.domain[1][x]}, "").hidden[decisions] {
				free = append(free, cell{y, x})
				rows[y] += n
				columns[x] += n
			}
		}
	}
	shownRow := func(y int) bool { return !l.find([]int{0}, []string{l.domain[0][y]}, "").hidden[decisions] }
	shownColumn := func(x int) bool { return !l.find([]int{1}, []string{l.domain[1][x]}, "").hidden[decisions] }
	low, high = 1<<40, -1
	var total int64
	for _, n := range rows {
		total += n
	}
	var try func(k int, left int64, value int64)
	try = func(k int, left, value int64) {
		if k == len(free) {
			for y, n := range rows {
				if n != 0 && shownRow(y) {
					return
				}
			}
			for x, n := range columns {
				if n != 0 && shownColumn(x) {
					return
				}
			}
			if left == 0 {
				low, high = min(low, value), max(high, value)
			}
			return
		}
		c := free[k]
		most := left
		if shownRow(c.i) {
			most = min(most, rows[c.i])
		}
		if shownColumn(c.j) {
			most = min(most, columns[c.j])
		}
		for n := int64(0); n <= most; n++ {
			rows[c.i] -= n
			columns[c.j] -= n
			v := value
			if c.i == i && c.j == j {
				v = n
			}
			try(k+1, left-n, v)
			rows[c.i] += n
			columns[c.j] += n
		}
	}
	try(0, total, 0)
	return low, high
}

// TestRule is the example of the rule of NYC Local Law 144 (6 RCNY 5-302): who
// was selected, by race and sex, with both margins published and no count of 1 to
// 10 shown. Seven Native American women were; the Native American men have to go
// with them, and the pair that costs least is that of the Native Hawaiian or
// Pacific Islander (37 + 15 = 52; Two or More Races 96, Hispanic 172). The row then
// tells 18 and the columns 48 and 22, so the seven lie anywhere in [0, 18].
func TestRule(t *testing.T) {
	names := []string{"Hispanic", "White", "Black", "Islander", "Asian", "Native", "Two"}
	counts := [][]int64{{90, 82}, {215, 197}, {95, 75}, {37, 15}, {167, 135}, {11, 7}, {52, 44}}
	l := crossTable(11, counts)
	l.protect()
	want := []string{"a3 b0", "a3 b1", "a5 b0", "a5 b1"} // Islander and Native, men and women
	if got := l.pattern(); !slices.Equal(got, want) {
		t.Errorf("hidden %v of %v, want %v", got, names, want)
	}
	if low, high := exhaust(l, counts, 5, 1); low != 0 || high != 18 {
		t.Errorf("the seven lie in [%d, %d], want [0, 18]", low, high)
	}
	// Without the second pair they would be told: 555 women less all others.
	for _, b := range []string{"b0", "b1"} {
		l.find([]int{0, 1}, []string{"a3", b}, "").hidden = [2]bool{}
	}
	if low, high := exhaust(l, counts, 5, 1); low != 7 || high != 7 {
		t.Errorf("without the second pair they lie in [%d, %d], want 7", low, high)
	}
}

// TestPromise holds on any table that what room says is so: the interval of a
// hidden small count, found by trying every table, is as wide as asked.
func TestPromise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.Int64Range(2, 5).Draw(t, "limit")
		counts := drawTable(t, 2, 3, 9)
		l := crossTable(limit, counts)
		l.protect()
		for i, line := range counts {
			for j, n := range line {
				r := l.find([]int{0, 1}, []string{l.domain[0][i], l.domain[1][j]}, "")
				if !l.small(n) {
					continue
				}
				if !r.hidden[decisions] {
					t.Fatalf("the count %d is shown", n)
				}
				if l.find(nil, nil, "").hidden[decisions] {
					continue // nothing is shown at all
				}
				if low, high := exhaust(l, counts, i, j); high-low < limit {
					t.Fatalf("%v: cell %d %d = %d lies in [%d, %d], hidden %v", counts, i, j, n, low, high, l.pattern())
				}
			}
		}
	})
}

func drawTable(t *rapid.T, rows, columns int, most int64) [][]int64 {
	counts := make([][]int64, rows)
	for i := range counts {
		for range columns {
			counts[i] = append(counts[i], rapid.Int64Range(0, most).Draw(t, "n"))
		}
	}
	return counts
}

// TestMoreHidesMore holds that a larger limit hides at least the small counts of a
// smaller one, and that the pattern does not depend on the order of the rows.
func TestMoreHidesMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.Int64Range(2, 20).Draw(t, "limit")
		counts := drawTable(t, rapid.IntRange(1, 5).Draw(t, "rows"), rapid.IntRange(1, 5).Draw(t, "columns"), 60)
		few, more, again := crossTable(limit, counts), crossTable(limit+3, counts), crossTable(limit, counts)
		slices.Reverse(again.order)
		few.protect()
		more.protect()
		again.protect()
		if a, b := few.pattern(), again.pattern(); !slices.Equal(a, b) {
			t.Fatalf("in one order %v are hidden, in another %v", a, b)
		}
		for _, r := range few.order {
			if few.small(r.cases()) && !more.find(r.set, r.values, "").hidden[decisions] {
				t.Fatalf("a count of %d is hidden under %d and shown under %d", r.cases(), limit, limit+3)
			}
		}
	})
}
