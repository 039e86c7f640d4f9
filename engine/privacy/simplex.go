package privacy

import (
	"math"
	"slices"
)

const tiny = 1e-9

// solve brings the equations into reduced form, with the largest cells as the
// basis, so that few steps are short. Equations that follow from others go.
func (x *system) solve() {
	order := make([]int, len(x.at))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(x.at[b] - x.at[a]) })
	done := 0
	for _, c := range order {
		p := -1
		for i := done; i < len(x.rows); i++ {
			if math.Abs(x.rows[i][c]) > tiny {
				p = i
				break
			}
		}
		if p < 0 {
			continue
		}
		x.rows[done], x.rows[p] = x.rows[p], x.rows[done]
		x.basis = append(x.basis, c)
		x.pivot(done, c)
		if done++; done == len(x.rows) {
			break
		}
	}
	x.rows = x.rows[:done]
}

// pivot solves an equation for a cell and puts it into all others.
func (x *system) pivot(equation, c int) {
	own := x.rows[equation]
	x.terms += len(own) + len(x.rows)
	by := own[c]
	var used []int
	for j, v := range own {
		if v != 0 {
			own[j] = v / by
			used = append(used, j)
		}
	}
	for i, row := range x.rows {
		if f := row[c]; i != equation && f != 0 {
			for _, j := range used {
				if row[j] -= float64(f * own[j]); math.Abs(row[j]) < tiny {
					row[j] = 0
				}
			}
			row[c] = 0
			x.terms += len(used)
		}
	}
	x.basis[equation] = c
}

// climb raises an objective as far as is needed, or as it goes, and returns by how
// much. It is the simplex method from a point that need not be a corner: a cell
// outside the basis may stand above zero, and then it can also fall.
func (x *system) climb(objective []float64, need float64, pivots int) (gained float64) {
	gain := slices.Clone(objective) // per unit of each cell outside the basis
	for i, b := range x.basis {
		if by := objective[b]; by != 0 {
			for j, v := range x.rows[i] {
				gain[j] -= float64(by * v)
			}
		}
	}
	for range pivots {
		enter, direction := x.entering(gain)
		if enter < 0 || gained >= need-tiny {
			return gained
		}
		step, leave := math.Inf(1), -1
		if direction < 0 {
			step = x.at[enter]
		}
		if rest := (need - gained) / math.Abs(gain[enter]); rest < step {
			step = rest
		}
		for i, row := range x.rows {
			if v := row[enter] * direction; v > tiny {
				if most := x.at[x.basis[i]] / v; most < step-tiny || most < step+tiny && leave >= 0 && x.basis[i] < x.basis[leave] {
					step, leave = math.Max(0, most), i
				}
			}
		}
		for i, row := range x.rows {
			if v := row[enter]; v != 0 {
				b := x.basis[i]
				x.at[b] = math.Max(0, x.at[b]-float64(v*direction*step))
			}
		}
		x.at[enter] += direction * step
		gained += math.Abs(gain[enter]) * step
		if leave >= 0 {
			x.pivot(leave, enter)
			by := gain[enter]
			for j, v := range x.rows[leave] {
				gain[j] -= float64(by * v)
			}
			gain[enter] = 0
		} else if direction < 0 {
			x.at[enter] = math.Max(0, x.at[enter])
		}
	}
	return gained
}

// entering is the cell whose move gains the most per unit, and which way.
func (x *system) entering(gain []float64) (best int, direction float64) {
	best = -1
	most := 1e-7
	for j, g := range gain {
		if g > most {
			best, direction, most = j, 1, g
		} else if -g > most && x.at[j] > tiny {
			best, direction, most = j, -1, -g
		}
	}
	return best, direction
}
