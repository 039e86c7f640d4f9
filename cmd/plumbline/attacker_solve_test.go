package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// solver knows what a distance is. Of a group cut by two values of another attribute
// and by reference and later windows it tries every table that has the sizes which are
// shown, and keeps those that give the chi-square which is shown (Pearson 1900).
type solver struct {
	r                       *audit.Result
	attribute, group, other string
}

// sizes are how many of the group are in the reference window, and later.
func (s solver) sizes() (ref, later int, ok bool) {
	all := -1
	for i := range s.r.Measurements {
		m := &s.r.Measurements[i]
		if m.Detector == "parity" && m.Metric == "selection_rate" && m.Attribute == s.attribute && value(m.Group) == s.group && m.Denominator != nil {
			switch m.Window {
			case audit.AllWindows:
				all = int(m.N)
			case s.r.Windows[0].ID:
				ref, ok = int(m.N), true
			}
		}
	}
	return ref, all - ref, ok && all >= 0
}

// totals are the numbers of one of the two values in the group over the whole period
// that agree with the distances shown; nil if none is shown.
func (s solver) totals() (out []int) {
	shown := map[string]float64{}
	for i := range s.r.Measurements {
		m := &s.r.Measurements[i]
		if m.Detector == "drift" && m.Attribute == s.attribute && value(m.Group) == s.group && m.Column != nil && *m.Column == "group:"+s.other && m.Value != nil {
			shown[m.Metric] = *m.Value
		}
	}
	ref, later, ok := s.sizes()
	if len(shown) == 0 || !ok {
		return nil
	}
	for a := range ref + 1 {
		for b := range later + 1 {
			if n := ref + later; a+b > 0 && a+b < n && s.fits(shown, float64(a), float64(ref), float64(b), float64(later)) && !slices.Contains(out, a+b) {
				out = append(out, a+b)
			}
		}
	}
	slices.Sort(out)
	return out
}

// fits tells whether a of n in the reference and b of k later give the distances.
func (s solver) fits(shown map[string]float64, a, n, b, k float64) bool {
	share := (a + b) / (n + k)
	chi := 0.0
	for _, c := range [][2]float64{{a, n * share}, {n - a, n * (1 - share)}, {b, k * share}, {k - b, k * (1 - share)}} {
		chi += (c[0] - c[1]) * (c[0] - c[1]) / c[1]
	}
	for metric, want := range map[string]float64{"chi_square": chi, "total_variation": math.Abs(a/n - b/k), "l_infinity": math.Abs(a/n - b/k)} {
		if x, ok := shown[metric]; ok && math.Abs(x-want) > 1e-11 {
			return false
		}
	}
	return true
}

// derives tells whether a set of solutions gives a small count away: there are some,
// and all are small or nearly the same, where a solution and its mirror image, which
// swaps the two values, count as one. That two mirrored ones lie far apart hides
// nothing: a second table, or a guess which of both values is rare, chooses.
func derives(solutions []int, of int, least int64) bool {
	if len(solutions) == 0 {
		return false
	}
	low, high := math.MaxInt, 0
	for _, n := range solutions {
		n = min(n, of-n)
		low, high = min(low, n), max(high, n)
	}
	return high < int(least) || high-low < int(least)
}

// TestDistancesTellNoCounts solves the distances of drift within groups for the counts
// that they were computed from. Of race d few are women, in January two of 55: the
// log's own table is the source of what is to be hidden.
func TestDistancesTellNoCounts(t *testing.T) {
	cells := map[string][4]int{ // by sex and race, by month
		"f,a": {253, 216, 220, 211}, "m,a": {254, 249, 257, 240}, "f,b": {130, 113, 132, 125}, "m,b": {153, 151, 128, 168},
		"f,c": {84, 70, 83, 63}, "m,c": {71, 69, 54, 56}, "f,d": {2, 2, 1, 1}, "m,d": {53, 61, 47, 39},
	}
	log := "month,sex,race,y,n,job\n"
	for _, who := range []string{"f,a", "m,a", "f,b", "m,b", "f,c", "m,c", "f,d", "m,d"} {
		for i, n := range cells[who] {
			log += fmt.Sprintf("2026-0%d,%s,yes,%d,%s\n2026-0%d,%s,no,%d,q\n", i+1, who, n/2, map[bool]string{true: "rare", false: "q"}[who == "f,d"], i+1, who, n-n/2)
		}
	}
	for name, depth := range map[string]string{"crossed": "intersections: {depth: 2}\n", "not crossed": ""} {
		for between, drift := range map[string]string{"windows": "{}", "columns": "{columns: [\"group:sex\", \"group:race\"]}"} {
			t.Run(name+" "+between, func(t *testing.T) {
				dir := t.TempDir()
				conf := "version: 1\nname: x\ndata: {log: log.csv}\ncolumns:\n  time: {column: month, format: \"%Y-%m\"}\n  decision: {column: y, positive: [yes], negative: [no]}\n" +
					"  weight: n\n  features: [job]\n  groups: {sex: {column: sex, reference: m}, race: {column: race, reference: a}}\nwindows: {every: month}\n" + depth + "detectors: {parity: {}, drift: " + drift + "}\n"
				for file, text := range map[string]string{"log.csv": log, "audit.yaml": conf} {
					if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				exact, published := privately(t, filepath.Join(dir, "audit.yaml"))
				for _, race := range []string{"a", "b", "c", "d"} {
					of := 0
					for _, sex := range []string{"f", "m"} {
						for _, n := range cells[sex+","+race] {
							of += n
						}
					}
					if got := (solver{exact, "race", race, "sex"}).totals(); race == "d" && !slices.Equal(got, []int{6, of - 6}) {
						t.Errorf("the exact result has %v women of race d, want 6 or its mirror image: the attack does not work", got)
					}
					if got := (solver{published, "race", race, "sex"}).totals(); derives(got, of, 11) {
						t.Errorf("of %d of race %s, %v are women or men", of, race, got)
					}
				}
				within(t, published)
			})
		}
	}
}

// within holds that nothing of one attribute is said within the groups of the other.
func within(t *testing.T, r *audit.Result) {
	t.Helper()
	shown := 0
	for i := range r.Measurements {
		m := &r.Measurements[i]
		if m.Detector != "drift" || m.Column == nil || m.Suppressed {
			continue
		}
		shown++
		if m.Attribute != "" && strings.HasPrefix(*m.Column, "group:") {
			t.Errorf("%s of %s within %s %s is shown", m.Metric, *m.Column, m.Attribute, value(m.Group))
		}
	}
	if shown == 0 {
		t.Error("everything of drift is suppressed")
	}
	for _, table := range r.Tables {
		for _, line := range table.Rows {
			for j, column := range table.Columns {
				if n, ok := line[j].(int64); ok && n > 0 && n < r.Privacy.MinCell {
					t.Errorf("table %s shows %d as %s", table.ID, n, column)
				}
			}
		}
	}
	if r.Privacy.Sparse != nil {
		t.Error("the published result lists the tables with small cells")
	}
}

// TestDerives holds what the attack takes for given away.
func TestDerives(t *testing.T) {
	for _, c := range []struct {
		solutions []int
		want      bool
	}{{nil, false}, {[]int{6}, true}, {[]int{6, 200}, true}, {[]int{1, 4, 10}, true}, {[]int{6, 60, 146, 200}, false}, {[]int{90, 95, 111, 116}, true}} {
		if got := derives(c.solutions, 206, 11); got != c.want {
			t.Errorf("%v of 206: %v, want %v", c.solutions, got, c.want)
		}
	}
}
