package stat

import "math"

// Interrupted is a series of windows that something interrupts, such as a new model:
// what its level did there.
type Interrupted struct {
	Level      float64 // how much higher the level is after, the trend allowed for
	Trend      float64 // how much it moves from one window to the next
	Error      float64 // standard error of Level
	DF         float64 // of Student's t
	Dispersion float64 // how many times more the windows scatter than their sizes explain; 0 where sizes explain nothing
}

// Look is one window of such a series. Without any variance the windows weigh alike,
// and their scatter alone says how sure the level is.
type Look struct {
	At       float64 // its place in time, in windows
	After    float64 // 0 before, 1 after; between, where both were at work, the share of the new
	Value    float64
	Variance float64 // of Value, by the size of the window; 0 if not known
}

// leastLooks is how many windows each side needs, so that there is something to tell
// a step from a trend by.
const leastLooks = 3

// ErrFewLooks is about a series that is too short on one side.
const ErrFewLooks Reason = "fewer than 3 windows with a value before or after"

// ErrNoScatter is about windows that lie on a line, and that no sizes are known of.
const ErrNoScatter Reason = "the windows lie exactly on a line, so that nothing says how sure a step is"

// ErrOneLine is about windows that are all at one time.
const ErrOneLine Reason = "a step and a trend cannot be told apart"

// Interrupt fits a level, a trend and a step by weighted least squares: segmented
// regression with a common trend (Wagner, Soumerai, Zhang and Ross-Degnan 2002,
// Journal of Clinical Pharmacy and Therapeutics 27, 299-309, formula 1 without the
// change of trend), with quasi-likelihood errors (McCullagh and Nelder 1989,
// Generalized Linear Models, section 4.5): windows that scatter more than their sizes
// explain widen the interval, those that scatter less do not narrow it. Windows are
// taken as independent of each other.
func Interrupt(looks []Look) (Interrupted, error) {
	var before, after int
	known := true
	for _, x := range looks {
		if x.After > 0.5 {
			after++
		} else {
			before++
		}
		known = known && x.Variance > 0
	}
	if before < leastLooks || after < leastLooks {
		return Interrupted{}, ErrFewLooks
	}
	var f fit
	for _, x := range looks {
		f.add(x, known, looks[0].At)
	}
	inverse, ok := f.inverse()
	if !ok {
		return Interrupted{}, ErrOneLine
	}
	var b [3]float64
	for i := range b {
		for k := range b {
			b[i] += float64(inverse[i][k] * f.right[k])
		}
	}
	rest, size := 0.0, 0.0
	for _, x := range looks {
		w, row := x.design(known, looks[0].At)
		d := x.Value - b[0] - float64(b[1]*row[1]) - float64(b[2]*row[2])
		rest += float64(w * float64(d*d))
		size += float64(w * float64(x.Value*x.Value))
	}
	out := Interrupted{Level: b[2], Trend: b[1], DF: float64(len(looks) - 3)}
	scale := rest / out.DF
	switch {
	case known:
		out.Dispersion = scale
		scale = max(1, scale)
	case rest <= 1e-20*size: // nothing but what rounding left
		return out, ErrNoScatter
	}
	out.Error = math.Sqrt(scale * inverse[2][2])
	return out, nil
}

// Interval is that of the step.
func (x Interrupted) Interval(alpha float64) Interval {
	half := float64(StudentUpper(alpha/2, x.DF) * x.Error)
	return Interval{Low: x.Level - half, High: x.Level + half, Method: MethodInterrupted}
}

// MethodInterrupted is Interrupted's interval.
const MethodInterrupted = "segmented-regression-t"

// fit is the normal equations.
type fit struct {
	left  [3][3]float64
	right [3]float64
}

func (x Look) design(known bool, first float64) (weight float64, row [3]float64) {
	weight = 1
	if known {
		weight = 1 / x.Variance
	}
	return weight, [3]float64{1, x.At - first, x.After}
}

func (f *fit) add(x Look, known bool, first float64) {
	w, row := x.design(known, first)
	for i := range row {
		for k := range row {
			f.left[i][k] += float64(w * float64(row[i]*row[k]))
		}
		f.right[i] += float64(w * float64(row[i]*x.Value))
	}
}

// inverse of the left side, by cofactors; ok is false where the step and the trend
// cannot be told apart.
func (f *fit) inverse() (out [3][3]float64, ok bool) {
	m := f.left
	minor := func(i, k int) float64 {
		a, b := (i+1)%3, (i+2)%3
		c, d := (k+1)%3, (k+2)%3
		return float64(m[a][c]*m[b][d]) - float64(m[a][d]*m[b][c])
	}
	det := 0.0
	for k := range 3 {
		det += float64(m[0][k] * minor(0, k))
	}
	if !(math.Abs(det) > 1e-9*float64(float64(m[0][0]*m[1][1])*m[2][2])) {
		return out, false
	}
	for i := range 3 {
		for k := range 3 {
			out[i][k] = minor(k, i) / det
		}
	}
	return out, true
}
