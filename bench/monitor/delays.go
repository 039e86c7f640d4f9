package main

import (
	"math"
	"slices"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/stat"
)

const (
	before = 36  // months before the change
	longer = 400 // months after it that are waited for
)

// method is a way to look at a series of monthly estimates with standard error 1.
type method struct {
	name string
	// look takes the values so far, and says whether it is an alarm.
	start func() (look func(z []float64) bool)
}

// delay is what a method came to.
type delay struct {
	method
	early  float64 // share of series with an alarm before the change
	median []int   // months from the change to the alarm, by size of the change
}

func shifts() []float64 { return []float64{1, 1.5, 2, 3} }

func methods() []method {
	return []method{
		{"cumulative interval alone, level known", cumulative},
		{"change detector, A = 120, level known", detector(120, false)},
		{"change detector, A = 120, level learned", detector(120, true)},
		{"change detector of an audit of one series (A = 2,400), level learned", detector(2400, true)},
		{"change detector of an audit of 20 series (A = 48,000), level learned", detector(48000, true)},
		{"one shift of 2, both signs averaged each month, A = 120, level known", averaged(2, 120)},
		{"one shift of 1, the same", averaged(1, 120)},
		{"classical CUSUM, k = 0.5, h = 4, level known", classical(0.5, 4)},
		{"three standard errors in one month", func() func([]float64) bool {
			return func(z []float64) bool { return math.Abs(z[len(z)-1]) > 3 }
		}},
		{"1.96 standard errors in one month", func() func([]float64) bool {
			return func(z []float64) bool { return math.Abs(z[len(z)-1]) > 1.96 }
		}},
	}
}

func cumulative() func([]float64) bool {
	mix, err := stat.NewMixture(15, 0.05)
	sum := 0.0
	return func(z []float64) bool {
		sum += z[len(z)-1]
		return err == nil && math.Abs(sum) > mix.Radius(float64(len(z)))
	}
}

// averaged is the e-detector in its plainest form: M = max(M, 1)·e, e the mean of the
// likelihood ratios of one shift up and down (Shin, Ramdas and Rinaldo 2023, arXiv
// 2203.03532).
func averaged(shift, at float64) func() func([]float64) bool {
	return func() func([]float64) bool {
		m := 1.0
		return func(z []float64) bool {
			x := z[len(z)-1]
			m = max(m, 1) * (math.Exp(shift*x-shift*shift/2) + math.Exp(-shift*x-shift*shift/2)) / 2
			return m >= at
		}
	}
}

// classical is Page's two-sided CUSUM.
func classical(k, h float64) func() func([]float64) bool {
	return func() func([]float64) bool {
		up, down := 0.0, 0.0
		return func(z []float64) bool {
			x := z[len(z)-1]
			up, down = max(0, up+x-k), max(0, down-x-k)
			return max(up, down) > h
		}
	}
}

// detector is that of the product; where the level is learned, each month is held
// against the mean of those before it.
func detector(at float64, learned bool) func() func([]float64) bool {
	return func() func([]float64) bool {
		d, sum := stat.NewChangeDetector(stat.Shifts()...), 0.0
		return func(z []float64) bool {
			x, n := z[len(z)-1], float64(len(z)-1)
			if learned && n > 0 {
				x = (x - sum/n) / math.Sqrt(1+1/n)
			}
			sum += z[len(z)-1]
			if !learned || n > 0 {
				d.Add(x)
			}
			return d.Log() >= math.Log(at)
		}
	}
}

// delays follows series that change after three years.
func delays(paths int) []delay {
	var out []delay
	for _, m := range methods() {
		d := delay{method: m}
		for _, shift := range shifts() {
			rng := stat.Generator(1, "delays", strconv.FormatFloat(shift, 'g', -1, 64))
			var late []int
			early := 0
			for range paths {
				look := m.start()
				var z []float64
				alarm := 0
				for t := range before + longer {
					x := rng.NormFloat64()
					if t >= before {
						x += shift
					}
					z = append(z, x)
					if alarm == 0 && look(z) {
						alarm = t + 1
					}
					if alarm > 0 && t+1 >= before {
						break
					}
				}
				switch {
				case alarm > 0 && alarm <= before:
					early++
				case alarm == 0:
					late = append(late, longer)
				default:
					late = append(late, alarm-before)
				}
			}
			d.early = float64(early) / float64(paths)
			slices.Sort(late)
			d.median = append(d.median, late[len(late)/2])
		}
		out = append(out, d)
	}
	return out
}
