package main

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"

	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// What everything is measured on.
const (
	rows      = 200_000
	inputs    = 30
	trees     = 500
	depth     = 6
	trainRows = 100_000
	whole     = 10 // inputs that are whole numbers
	missing   = .05
)

// makeRows makes so many rows, row after row in 32 bits, and their labels: normal
// numbers and small counts, 5 % of them missing, and a label that depends on
// some of them, two by two.
func makeRows(rows int) (values, labels []float32) {
	random := stat.Generator(1, "bench", "explain")
	values, labels = make([]float32, 0, rows*inputs), make([]float32, rows)
	for row := range rows {
		margin := -0.8
		for i := range inputs {
			x := random.NormFloat64()
			if i < whole {
				x = float64(poisson(random, float64(1+i)))
			}
			if i%3 == 0 {
				margin += 0.3 * math.Sin(x+float64(i))
			}
			if i%5 == 1 && len(values)%inputs > 0 {
				if before := float64(values[len(values)-1]); before == before {
					margin += 0.2 * x * math.Tanh(before)
				}
			}
			if random.Float64() < missing {
				x = math.NaN()
			}
			values = append(values, float32(x))
		}
		if random.Float64() < 1/(1+math.Exp(-margin)) {
			labels[row] = 1
		}
	}
	return values, labels
}

// poisson draws a count (Knuth, The Art of Computer Programming, 3.4.1).
func poisson(random *rand.Rand, mean float64) int {
	limit, p, n := math.Exp(-mean), random.Float64(), 0
	for ; p > limit; n++ {
		p *= random.Float64()
	}
	return n
}

func bytesOf(values any) ([]byte, error) {
	var out bytes.Buffer
	err := binary.Write(&out, binary.LittleEndian, values)
	return out.Bytes(), err
}

// batch gives some rows by columns.
func batch(values []float32, from, to int) model.Batch {
	b := model.Batch{Rows: to - from, Columns: make([][]float64, inputs)}
	for i := range b.Columns {
		b.Columns[i] = make([]float64, b.Rows)
		for row := range b.Columns[i] {
			b.Columns[i][row] = float64(values[(from+row)*inputs+i])
		}
	}
	return b
}
