package scan

import (
	"cmp"
	"slices"
	"time"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// windows is the dimension of time windows. Without a time column there is one
// window. Rows outside every window have the code outsideWindow, which no table
// counts, because they are excluded.
type windows struct {
	cut    cutter
	cats   []table.Category
	spans  []span // by code
	byTime []int  // codes in the order of their spans
	last   int    // code of the window that was met last
	slots  slots
	out    []uint32
	even   even[uint32] // in place of out
	one    bool         // it is: all rows of the frame are in one window
}

// span is a window in microseconds, half-open.
type span struct{ low, high int64 }

func (s span) holds(t int64) bool { return t >= s.low && t < s.high }

// cutter finds the window that holds an instant; ok is false if there is none.
type cutter func(t int64) (id string, s span, ok bool)

const outsideWindow = ^uint32(0)

func (w *windows) categories() []table.Category { return w.cats }

func (w *windows) compute(f *frame) ([]uint32, error) {
	w.one = true
	if f.times == nil {
		if w.cats == nil {
			w.cats = []table.Category{{Name: wholeLog}}
		}
		return w.even.fill(f.rows, 0), nil
	}
	if w.last < len(w.spans) && f.low != noTime && w.spans[w.last].holds(f.low) && w.spans[w.last].holds(f.high) {
		return w.even.fill(f.rows, uint32(w.last)), nil
	}
	w.out, w.one = grow(w.out, f.rows), false
	for i, t := range f.times {
		if code := w.slots.of(t); code >= 0 {
			w.out[i] = uint32(code)
			continue
		}
		switch {
		case w.last < len(w.spans) && w.spans[w.last].holds(t):
			w.out[i] = uint32(w.last)
		case f.reason[i] != 0: // outside the period: such rows open no windows
			w.out[i] = outsideWindow
		default:
			w.out[i] = w.find(t)
		}
	}
	return w.out, nil
}

// wholeLog names the one window of an audit that does not cut time. It never
// reaches a result: there the window is audit.AllWindows.
const wholeLog = ""

func (w *windows) find(t int64) uint32 {
	at, _ := slices.BinarySearchFunc(w.byTime, t, func(code int, t int64) int {
		return cmp.Compare(w.spans[code].high, t+1) // the first span that ends after t
	})
	if at < len(w.byTime) && w.spans[w.byTime[at]].holds(t) {
		w.last = w.byTime[at]
		return uint32(w.last)
	}
	id, s, ok := w.cut(t)
	if !ok {
		return outsideWindow
	}
	w.last = len(w.spans)
	w.spans = append(w.spans, s)
	w.cats = append(w.cats, table.Category{Name: id, Order: s.low})
	w.byTime = slices.Insert(w.byTime, at, w.last)
	w.slots.fit(w.spans, w.byTime)
	return uint32(w.last)
}

// cutter is how the audit cuts time: into equal windows, named ranges, or not
// at all.
func (p *Plan) cutter() cutter {
	spec := p.req.Windows
	switch {
	case len(spec.Ranges) > 0:
		return func(t int64) (string, span, bool) {
			for _, r := range spec.Ranges {
				if s := (span{micros(r.Start), micros(r.End)}); s.holds(t) {
					return r.Name, s, true
				}
			}
			return "", span{}, false
		}
	case spec.Every != "":
		return func(t int64) (string, span, bool) {
			id, start, end := config.WindowOf(spec.Every, spec.Zone, time.UnixMicro(t))
			return id, span{micros(start), micros(end)}, true
		}
	}
	return func(int64) (string, span, bool) { return wholeLog, span{noTime, 1<<63 - 1}, true }
}
