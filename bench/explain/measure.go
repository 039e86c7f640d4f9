package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/explain"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// cost is what a work took, in seconds.
type cost struct{ cpu, wall float64 }

func measure(work func() error) (cost, error) {
	cpu, begin := used(), time.Now()
	err := work()
	return cost{used() - cpu, time.Since(begin).Seconds()}, err
}

// costs are those of several turns.
type costs []cost

// cpu is the median of the processor's times.
func (c costs) cpu() float64 {
	times := make([]float64, len(c))
	for i := range c {
		times[i] = c[i].cpu
	}
	slices.Sort(times)
	return (times[(len(times)-1)/2] + times[len(times)/2]) / 2
}

// measured is what a work showed.
type measured struct {
	work, ours, theirs string
	reached, target    string
	met                bool
	agreed             string // how far the numbers are alike
}

func (m measured) verdict() string {
	if m.met {
		return "met"
	}
	return "not met"
}

// scoring is margins of all rows, by the layout and by XGBoost's two ways, of
// which the faster counts.
func (b *bench) scoring(ctx context.Context) (measured, error) {
	all := batch(b.values, 0, rows)
	margins := make([]float64, rows)
	var ours, matrix, array costs
	for range b.turns {
		if err := b.turn(ctx, &matrix, map[string]any{"do": "predict", "count": rows}); err != nil {
			return measured{}, err
		}
		c, err := measure(func() error { return b.forest.Margins(all, margins) })
		if err != nil {
			return measured{}, err
		}
		ours = append(ours, c)
		if err := b.turn(ctx, &array, map[string]any{"do": "in_place", "count": rows}); err != nil {
			return measured{}, err
		}
	}
	theirs := make([]float32, rows)
	if err := b.read("margins.f32", theirs); err != nil {
		return measured{}, err
	}
	for row, x := range theirs {
		if float64(x) != margins[row] {
			return measured{}, fmt.Errorf("row %d: margin %v, of XGBoost %v", row, margins[row], x)
		}
	}
	best, way := matrix, "predict"
	if array.cpu() < matrix.cpu() {
		best, way = array, "inplace_predict"
	}
	rate := func(c costs) string { return fmt.Sprintf("%.0f M row·trees/s", rows*trees/c.cpu()/1e6) }
	ratio := best.cpu() / ours.cpu()
	return measured{
		work: fmt.Sprintf("margins of %d rows", rows), ours: rate(ours), theirs: "XGBoost, " + way + ": " + rate(best),
		reached: fmt.Sprintf("%.2f times", ratio), target: "at least 1.5 times", met: ratio >= 1.5,
		agreed: "all margins equal to the last bit",
	}, nil
}

// turn asks the peer once.
func (b *bench) turn(ctx context.Context, of *costs, work map[string]any) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c, err := b.peer.ask(work)
	*of = append(*of, c)
	return err
}

func (b *bench) read(name string, to any) error {
	f, err := os.Open(b.path(name))
	if err != nil {
		return err
	}
	defer f.Close()
	return binary.Read(f, binary.LittleEndian, to)
}

// importanceRows are explained: five times as many as explain.rows has without
// being told.
const importanceRows = 10_000

// importance is the exact importance of every input for the log loss, in
// passes over the same rows: node by node, and of XGBoost.
func (b *bench) importance(ctx context.Context) (measured, error) {
	asked := func(n int) (explain.Rows, explain.Quantity) {
		labels := b.labels[:n]
		return explain.Rows{Batch: batch(b.values, 0, n)}, explain.Quantity{Name: "log_loss", Of: func(row int, p float64) float64 {
			if labels[row] == 1 {
				return -math.Log(max(p, 1e-15))
			}
			return -math.Log(max(1-p, 1e-15))
		}}
	}
	worst, err := b.bruteForce(asked(150))
	if err != nil {
		return measured{}, err
	}
	nodes, err := readPlain(b.path("model.json"))
	if err != nil {
		return measured{}, err
	}
	all, loss := asked(importanceRows)
	var ours, walked, theirs costs
	for range b.turns {
		if err := b.turn(ctx, &theirs, map[string]any{"do": "predict", "count": rows}); err != nil {
			return measured{}, err
		}
		c, err := measure(func() error {
			_, err := explain.TreeImportance(b.forest, all, 0, model.Probability, []explain.Contrast{{Quantity: loss}})
			return err
		})
		if err != nil {
			return measured{}, err
		}
		ours = append(ours, c)
		total := 0.0
		c, err = measure(func() error {
			total = nodes.total(b.values[:importanceRows*inputs])
			return nil
		})
		if err := errors.Join(err, b.sameTotal(total)); err != nil {
			return measured{}, err
		}
		walked = append(walked, c)
	}
	each := func(c costs, rows float64) float64 { return c.cpu() / rows * 1e6 }
	mine, pass, library := each(ours, importanceRows), each(walked, importanceRows), each(theirs, rows)
	return measured{
		work:    fmt.Sprintf("exact importance of %d inputs, %d rows", inputs, importanceRows),
		ours:    fmt.Sprintf("%.0f µs a row", mine),
		theirs:  fmt.Sprintf("a pass node by node: %.1f µs a row (XGBoost, predict: %.1f µs; %.0f of those)", pass, library, mine/library),
		reached: fmt.Sprintf("%.1f passes", mine/pass), target: "at most 10 passes", met: mine/pass <= 10,
		agreed: fmt.Sprintf("%.0e from scoring 150 rows with each other's values", worst),
	}, nil
}

// sameTotal holds the sum of the leaves of all rows against the forest's.
func (b *bench) sameTotal(total float64) error {
	margins := make([]float64, importanceRows)
	if err := b.forest.Margins(batch(b.values, 0, importanceRows), margins); err != nil {
		return err
	}
	sum := 0.0
	for _, m := range margins {
		sum += m - math.Log(.3/.7) // base_score
	}
	if math.Abs(sum-total) > 1e-5*importanceRows {
		return fmt.Errorf("node by node the margins add up to %v, of the layout to %v", total, sum)
	}
	return nil
}

// bruteForce scores every row with every other's value of an input, and gives
// the largest difference from the exact importance.
func (b *bench) bruteForce(all explain.Rows, loss explain.Quantity) (float64, error) {
	exact, err := explain.TreeImportance(b.forest, all, 0, model.Probability, []explain.Contrast{{Quantity: loss}})
	if err != nil {
		return 0, err
	}
	worst, n := 0.0, all.Rows
	for input := range inputs {
		mixed := model.Batch{Rows: n * n, Columns: make([][]float64, inputs)}
		for i, column := range all.Columns {
			for row := range n {
				if i == input {
					mixed.Columns[i] = append(mixed.Columns[i], column...)
				} else {
					mixed.Columns[i] = append(mixed.Columns[i], slices.Repeat(column[row:row+1], n)...)
				}
			}
		}
		scores := make([]float64, n*n)
		if err := b.forest.Score(context.Background(), mixed, model.Probability, scores); err != nil {
			return 0, err
		}
		sum := 0.0
		for at, p := range scores {
			if row, other := at/n, at%n; row != other {
				sum += loss.Of(row, p)
			}
		}
		worst = max(worst, math.Abs(sum/float64(n*(n-1))-exact[0][input].Switched))
	}
	if worst > 1e-6 { // margins of XGBoost are summed in 32 bits
		return 0, fmt.Errorf("importance differs by %g from scoring every exchange", worst)
	}
	return worst, nil
}

const (
	attributedRows = 300
	backgroundRows = 100
)

// interventional is Shapley values of margins, by shap.TreeExplainer and here.
func (b *bench) interventional(ctx context.Context) (measured, error) {
	first := rows - attributedRows
	explained, background := batch(b.values, first, rows), batch(b.values, 0, backgroundRows)
	values := make([][]float64, attributedRows)
	for i := range values {
		values[i] = make([]float64, inputs)
	}
	var ours, theirs costs
	for range b.turns {
		if err := b.turn(ctx, &theirs, map[string]any{"do": "explain", "first": first, "count": attributedRows, "background": backgroundRows}); err != nil {
			return measured{}, err
		}
		c, err := measure(func() error {
			s, err := model.NewShapley(b.forest, background, 0)
			if err == nil {
				s.Block(explained, 0, values)
			}
			return err
		})
		if err != nil {
			return measured{}, err
		}
		ours = append(ours, c)
	}
	other := make([]float64, attributedRows*inputs)
	if err := b.read("values.f64", other); err != nil {
		return measured{}, err
	}
	worst := 0.0
	for at, x := range other {
		worst = max(worst, math.Abs(x-values[at/inputs][at%inputs]))
	}
	if worst > 1e-4 {
		return measured{}, fmt.Errorf("attributions differ by %g from shap's", worst)
	}
	ratio := theirs.cpu() / ours.cpu()
	rate := func(c costs) string { return fmt.Sprintf("%.0f rows/s", attributedRows/c.cpu()) }
	return measured{
		work: fmt.Sprintf("interventional Shapley values of %d rows against %d", attributedRows, backgroundRows),
		ours: rate(ours), theirs: "shap.TreeExplainer: " + rate(theirs),
		reached: fmt.Sprintf("%.1f times", ratio), target: "at least 5 times", met: ratio >= 5,
		agreed: fmt.Sprintf("at most %.0e apart", worst),
	}, nil
}

// permutedRows are attributed by drawn orders.
const permutedRows = 60

// command is permutation Shapley values over a command: the share of the time
// in which it waits for rows.
func (b *bench) command(ctx context.Context) (measured, error) {
	note := b.path("busy")
	script, err := filepath.Abs(source("scorer.py"))
	if err != nil {
		return measured{}, err
	}
	var columns []model.Input
	for i := range inputs {
		columns = append(columns, model.Input{Name: "f" + strconv.Itoa(i)})
	}
	var shares []float64
	var rate float64
	for range min(b.turns, 3) {
		scorer, err := model.NewExec(model.Command{Argv: []string{b.python, script, b.path("model.json"), note}, Inputs: columns, Timeout: 2 * time.Minute})
		if err != nil {
			return measured{}, err
		}
		p := permuter(scorer, batch(b.values, 0, backgroundRows))
		if err := scorer.Score(ctx, batch(b.values, 0, 1), model.Probability, make([]float64, 1)); err != nil { // it starts
			return measured{}, err
		}
		var got *explain.Attributions
		c, err := measure(func() (err error) {
			got, err = p.Of(ctx, batch(b.values, rows-permutedRows, rows))
			return err
		})
		if err := errors.Join(err, scorer.Close()); err != nil {
			return measured{}, err
		}
		text, err := os.ReadFile(note)
		if err != nil {
			return measured{}, err
		}
		busy, err := strconv.ParseFloat(strings.TrimSpace(string(text)), 64)
		if err != nil {
			return measured{}, err
		}
		shares = append(shares, 1-busy/c.wall)
		rate = float64(got.ModelRows) / c.wall
	}
	slices.Sort(shares)
	share := shares[len(shares)/2]
	return measured{
		work: fmt.Sprintf("permutation Shapley values of %d rows against %d, over exec", permutedRows, backgroundRows),
		ours: fmt.Sprintf("%.0f model rows/s", rate), theirs: "the command, one thread of XGBoost behind Arrow",
		reached: fmt.Sprintf("%.1f %% of the time outside the command", 100*share), target: "under 10 %", met: share < .1,
	}, nil
}

func permuter(scorer model.Scorer, background model.Batch) *explain.Permuter {
	return &explain.Permuter{Scorer: scorer, Output: model.Probability, Background: background, Rounds: 1, Batch: 1 << 16, Seed: 1,
		Value: func(score float64) float64 { return score }}
}
