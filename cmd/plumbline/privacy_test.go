package main

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/privacy"
	"github.com/plumbline-audit/plumbline/reports"
)

// privately audits a case of testdata with small cells suppressed, and gives the
// exact result beside.
func privately(t *testing.T, path string) (exact, published *audit.Result) {
	t.Helper()
	return below(t, path, 11)
}

// below is the same with another limit.
func below(t *testing.T, path string, limit int) (exact, published *audit.Result) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`(?m)^(data: \{|  )log: `).ReplaceAllString(string(raw), "${1}log: "+folder+"/") + fmt.Sprintf("\nprivacy: {min_cell: %d, keep_exact: true}\n", limit)
	text = strings.ReplaceAll(text, "joins: [{path: ", "joins: [{path: "+folder+"/")
	copied := filepath.Join(t.TempDir(), "audit.yaml")
	if err := os.WriteFile(copied, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	exact = runAudit(t, copied, engine.Options{})
	return exact, privacy.Apply(exact)
}

func TestNothingDerivable(t *testing.T) {
	slowUnderRace(t)
	for _, c := range []struct {
		name  string
		limit int
	}{
		{"compas/all", 11}, {"compas/months", 5}, {"compas/months", 11}, {"compas/rest", 11}, {"compas/filtered", 11},
		{"ll144/crossed", 11}, {"ll144/selection", 11}, {"ll144/four-fifths", 11},
		{"ucb/audit", 10},
	} {
		t.Run(fmt.Sprint(c.name, " ", c.limit), func(t *testing.T) {
			exact, published := below(t, "../../testdata/"+c.name+".yaml", c.limit)
			a := attack(t, exact, published)
			if c.name == "ll144/crossed" {
				checkRule(t, a)
			}
			checkSchema(t, published)
		})
	}
}

// TestNothingLeftOver takes the counts of every published table from those of its
// groups: what a row leaves out of a group is a count of people as well. Of the women
// who applied to department B of Berkeley, 17 of 25 were admitted.
func TestNothingLeftOver(t *testing.T) {
	slowUnderRace(t)
	for _, c := range []struct {
		name  string
		limit int
	}{{"ucb/audit", 5}, {"ucb/audit", 10}, {"ucb/strata", 5}, {"ucb/strata", 10}, {"completejourney/audit", 5}, {"completejourney/audit", 10}} {
		exact, published := below(t, "../../testdata/"+c.name+".yaml", c.limit)
		whole := map[string][2]int64{} // by group: selected, and all
		for i := range exact.Measurements {
			if m := &exact.Measurements[i]; m.Metric == "selection_rate" && m.Numerator != nil {
				whole[value(m.Group)] = [2]int64{*m.Numerator, *m.Denominator}
			}
		}
		looked := 0
		for _, table := range published.Tables {
			for _, line := range table.Rows {
				for prefix, name := range map[string]string{"": "group", "reference_": "reference"} {
					at := func(column string) any {
						if i := slices.Index(table.Columns, column); i >= 0 {
							return line[i]
						}
						return nil
					}
					all := whole[fmt.Sprint(at(name))]
					n, ok := at(prefix + "n").(int64)
					for _, column := range []string{"cases", "favorable", "positives", "counted"} {
						k, also := at(prefix + column).(int64)
						if !ok || !also || all[1] == 0 {
							continue
						}
						looked++
						for _, left := range []int64{k, n - k, all[0] - k, all[1] - n, all[1] - all[0] - (n - k)} {
							if left > 0 && left < exact.Privacy.MinCell {
								t.Errorf("%s below %d: %v of %s tells of %d people", c.name, c.limit, line, table.ID, left)
							}
						}
					}
				}
			}
		}
		t.Logf("%s below %d: %d pairs of counts; %d of %d measurements and %d tables suppressed", c.name, c.limit, looked,
			published.Privacy.Suppressed, len(exact.Measurements), published.Privacy.Tables)
	}
}

// TestNothingDerivableAtRandom attacks audits of random logs: two attributes with
// missing values and their intersection, by month, with labels that some lack.
func TestNothingDerivableAtRandom(t *testing.T) {
	slowUnderRace(t)
	for seed, reference := range map[uint64]string{0: "a", 2: "a", 5: "best", 6: "largest"} { // the choice of the last two tells something
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 9))
			var log strings.Builder
			log.WriteString("month,race,sex,y,z\n")
			for range 300 + 1500*seed {
				pick := func(of ...string) string {
					i := 0
					for i < len(of)-1 && random.Float64() < 0.35 {
						i++
					}
					return of[i]
				}
				fmt.Fprintf(&log, "2026-%s,%s,%s,%s,%s\n", pick("01", "02", "03"), pick("a", "b", "c", "d", ""), pick("m", "f", ""), pick("yes", "no"), pick("1", "0", ""))
			}
			dir := t.TempDir()
			conf := "version: 1\nname: x\ndata: {log: log.csv}\ncolumns:\n  time: {column: month, format: \"%Y-%m\"}\n" +
				"  decision: {column: y, positive: [yes]}\n  label: {column: z, positive: [1], negative: [0]}\n" +
				"  groups: {race: {column: race, reference: " + reference + "}, sex: {column: sex, reference: m}}\nintersections: {depth: 2}\nwindows: {every: month}\n"
			for name, text := range map[string]string{"log.csv": log.String(), "audit.yaml": conf} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			exact, published := privately(t, filepath.Join(dir, "audit.yaml"))
			attack(t, exact, published)
		})
	}
}

// checkRule holds what follows for the example of the rule, from both margins: the
// seven Native American women who were selected lie in [0, 18], for their row
// tells 18 and the columns leave 48 and 22.
func checkRule(t *testing.T, a *attacker) {
	var cells []int
	for _, s := range []string{"t1", "f1", "u1"} {
		cells = append(cells, a.cell("race*sex", "Native American*Female", audit.AllWindows, s))
	}
	if low, high := a.interval(cells); math.Abs(low) > 1e-6 || math.Abs(high-18) > 1e-6 {
		t.Errorf("the seven lie in [%g, %g], want [0, 18]", low, high)
	}
}

// TestNothingPrinted looks for every suppressed number, written as reports write
// numbers, in every report.
func TestNothingPrinted(t *testing.T) {
	slowUnderRace(t)
	for _, name := range []string{"compas/all", "compas/months", "compas/robust", "compas/strata", "bank/audit", "bank/kpis", "ll144/selection", "ll144/four-fifths",
		"ucb/audit", "completejourney/audit"} {
		t.Run(name, func(t *testing.T) {
			exact, published := privately(t, "../../testdata/"+name+".yaml")
			shown := map[string]bool{}
			for i := range published.Measurements {
				for _, s := range written(&published.Measurements[i]) {
					shown[s] = true
				}
			}
			for i := range published.KPIs {
				for _, s := range written(pointAsMeasured(&published.KPIs[i])) {
					shown[s] = true
				}
			}
			all := map[string]string{} // what is printed, and where
			for _, f := range reports.All() {
				var b strings.Builder
				if err := f.Write(&b, published); err != nil {
					t.Fatal(err)
				}
				law := f.Name == "ll144" && !strings.Contains(b.String(), "Applicants")
				unexplained := f.Name == "explanations" && len(published.Explanations) == 0
				unfollowed := f.Name == "kpis" && len(published.KPIs) == 0
				if !law && !unexplained && !unfollowed && !strings.Contains(b.String(), "suppressed") {
					t.Errorf("%s does not say that something is suppressed", f.Name)
				}
				for _, s := range printed.FindAllString(b.String(), -1) {
					all[s] = f.Name
				}
			}
			hidden, next := 0, 0
			var secret []*audit.Measurement
			for i := range exact.Measurements {
				if next < len(published.Measurements) && isNext(&exact.Measurements[i], &published.Measurements[next]) {
					if next++; !published.Measurements[next-1].Suppressed {
						continue
					}
				}
				secret = append(secret, &exact.Measurements[i])
			}
			for i := range exact.KPIs {
				if published.KPIs[i].Suppressed {
					secret = append(secret, pointAsMeasured(&exact.KPIs[i]))
				}
			}
			for _, m := range secret {
				for _, s := range written(m) {
					if shown[s] {
						continue // the same number, of others, is no secret
					}
					hidden++
					if format, ok := all[s]; ok {
						t.Errorf("%s prints the suppressed %s", format, s)
					}
				}
			}
			if hidden < 20 {
				t.Errorf("only %d suppressed numbers were looked for", hidden)
			}
		})
	}
}

// isNext tells whether a published measurement is the next exact one, which is not
// left out.
func isNext(exact, published *audit.Measurement) bool {
	return exact.Detector == published.Detector && exact.Metric == published.Metric && exact.Attribute == published.Attribute && exact.Window == published.Window &&
		(published.Suppressed || (exact.Group == nil) == (published.Group == nil) && value(exact.Group) == value(published.Group))
}

// pointAsMeasured has the numbers of a point of an indicator.
func pointAsMeasured(p *audit.KPI) *audit.Measurement {
	return &audit.Measurement{Value: p.Value, Interval: p.Interval}
}

// printed finds the forms of written in a report.
var printed = regexp.MustCompile(`-?\d\.\d{8,}(e-?\d+)?|= \d+ / \d+|\d+ of \d+ people|"numerator":\d+,"denominator":\d+`)

// written are the forms in which a report prints the numbers of a measurement that
// nothing else looks like: values in full, and counts side by side.
func written(m *audit.Measurement) []string {
	var out []string
	long := func(x *float64) {
		if x != nil {
			if s := strconv.FormatFloat(*x, 'g', 15, 64); len(s) >= 10 {
				out = append(out, s)
			}
		}
	}
	long(m.Value)
	long(m.P)
	if m.PAdjusted != nil && (m.P == nil || *m.P != *m.PAdjusted) {
		long(m.PAdjusted)
	}
	if m.Interval != nil {
		long(m.Interval.Low)
		long(m.Interval.High)
	}
	if m.Numerator != nil && m.Denominator != nil && *m.Numerator > 0 && *m.Denominator > 30 {
		k, n := *m.Numerator, *m.Denominator
		out = append(out, fmt.Sprintf("%d of %d %s", k, n, "people"), fmt.Sprintf("= %d / %d", k, n), fmt.Sprintf(`"numerator":%d,"denominator":%d`, k, n))
	}
	return out
}

// TestExactKept holds that the result that keeps exact numbers renders like the
// one that does not, and that suppressing changes nothing in the argument.
func TestExactKept(t *testing.T) {
	exact, published := privately(t, "../../testdata/compas/all.yaml")
	var stored, again, once bytes.Buffer
	if err := reports.WriteJSON(&stored, exact); err != nil {
		t.Fatal(err)
	}
	read, err := reports.Read(&stored)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(reports.WriteJSON(&again, privacy.Apply(read)), reports.WriteJSON(&once, published)); err != nil {
		t.Fatal(err)
	}
	if again.String() != once.String() {
		t.Error("a stored exact result is suppressed otherwise than the one that was stored")
	}
	reread, err := reports.Read(&once)
	if err != nil {
		t.Fatal(err)
	}
	if privacy.Apply(reread) != reread {
		t.Error("a suppressed result is suppressed again")
	}
}
