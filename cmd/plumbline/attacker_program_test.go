package main

import (
	"math"
	"slices"
	"testing"
)

// program is a linear program over cells that are at least zero, kept at its last
// corner, where the next question starts.
type program struct {
	t       *testing.T
	rows    [][]float64 // equations, solved for the basis; the last column is the sum
	basis   []int
	columns int
}

// program solves the equations and finds a first corner: artificial cells, one per
// equation, are brought to zero.
func (a *attacker) program() *program {
	if a.solved != nil {
		return a.solved
	}
	n := len(a.names)
	p := &program{t: a.t, columns: n}
	for i, e := range a.rows {
		row := make([]float64, n+len(a.rows)+1)
		sign := 1.0
		if e.sum < 0 {
			sign = -1
		}
		for c, by := range e.cells {
			row[c] = sign * by
		}
		row[n+i], row[len(row)-1] = 1, sign*e.sum
		p.rows, p.basis = append(p.rows, row), append(p.basis, n+i)
	}
	objective := make([]float64, n+len(a.rows))
	for i := range a.rows {
		objective[n+i] = 1
	}
	if rest := p.minimize(objective); rest > 1e-6 {
		a.t.Fatalf("what is published contradicts itself, by %g", rest)
	}
	// Artificial cells leave the basis, or their equation follows from others.
	for i := 0; i < len(p.rows); i++ {
		if p.basis[i] < n {
			continue
		}
		c := slices.IndexFunc(p.rows[i][:n], func(x float64) bool { return math.Abs(x) > 1e-7 })
		if c >= 0 {
			p.pivot(i, c)
			continue
		}
		p.rows, p.basis = slices.Delete(p.rows, i, i+1), slices.Delete(p.basis, i, i+1)
		i--
	}
	for i := range p.rows {
		p.rows[i] = append(p.rows[i][:n:n], p.rows[i][len(p.rows[i])-1])
	}
	a.solved = p
	return p
}

// least minimizes the sum of some cells, times a sign.
func (p *program) least(cells []int, sign float64) float64 {
	objective := make([]float64, p.columns)
	for _, c := range cells {
		objective[c] = sign
	}
	return p.minimize(objective)
}

// minimize is the simplex method with Bland's rule, which ends.
func (p *program) minimize(objective []float64) float64 {
	reduced := slices.Clone(objective)
	value := 0.0
	for i, b := range p.basis {
		if by := objective[b]; by != 0 {
			for j := range reduced {
				reduced[j] -= by * p.rows[i][j]
			}
		}
	}
	for {
		enter := slices.IndexFunc(reduced, func(x float64) bool { return x < -1e-7 })
		if enter < 0 {
			break
		}
		leave, ratio := -1, math.Inf(1)
		for i, row := range p.rows {
			if row[enter] > 1e-7 {
				if q := row[len(row)-1] / row[enter]; q < ratio-1e-9 || q < ratio+1e-9 && leave >= 0 && p.basis[i] < p.basis[leave] {
					leave, ratio = i, q
				}
			}
		}
		if leave < 0 {
			return math.Inf(-1)
		}
		p.pivot(leave, enter)
		by := reduced[enter]
		for j := range reduced {
			reduced[j] -= by * p.rows[leave][j]
		}
	}
	for i, b := range p.basis {
		value += objective[b] * p.rows[i][len(p.rows[i])-1]
	}
	return value
}

func (p *program) pivot(row, column int) {
	by := p.rows[row][column]
	for j := range p.rows[row] {
		p.rows[row][j] /= by
	}
	for i := range p.rows {
		if x := p.rows[i][column]; i != row && x != 0 {
			for j, y := range p.rows[row] {
				if y != 0 {
					p.rows[i][j] -= x * y
				}
			}
			p.rows[i][column] = 0
		}
	}
	p.basis[row] = column
}
