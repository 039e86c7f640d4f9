package scan

// Extent says when rows are, whatever else is asked of them.
type Extent struct {
	Low, High int64 // microseconds, of the rows with a time; valid if Some
	Some      bool
	Rows      int64 // all rows
	Timeless  int64 // rows without a time
	Stated    bool  // some times are those of statistics, which may be wider than what they are of
}

func (e *Extent) see(low, high int64) {
	if !e.Some {
		e.Low, e.High, e.Some = low, high, true
		return
	}
	e.Low, e.High = min(e.Low, low), max(e.High, high)
}

func (e *Extent) merge(o Extent) {
	if o.Some {
		e.see(o.Low, o.High)
	}
	e.Rows += o.Rows
	e.Timeless += o.Timeless
	e.Stated = e.Stated || o.Stated
}

// extend widens the worker's extent to the times of its frame.
func (w *worker) extend() {
	f := &w.frame
	w.extent.Rows += int64(f.rows) * f.repeat
	switch {
	case w.clock == nil:
	case f.low != noTime:
		w.extent.see(f.low, f.high)
	default:
		for _, t := range f.times {
			if t == noTime {
				w.extent.Timeless += f.repeat
			} else {
				w.extent.see(t, t)
			}
		}
	}
}
