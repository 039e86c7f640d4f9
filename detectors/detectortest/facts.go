package detectortest

import (
	"math"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

// facts are what a set of rows holds, counted here and nowhere else: a detector
// that counts wrong does not agree with itself only.
type facts struct {
	scope, audited                  int64 // copies, with and without the rows that have no decision
	positive, negative              int64 // decisions
	tp, fp, fn, tn                  int64 // decision against label
	scored, scoredTrue, scoredFalse int64 // with a finite score; of them by label
	scores                          []float64
}

// count adds rows up.
func count(rows []row) facts {
	var f facts
	for _, r := range rows {
		n := r.Copies
		f.scope += n
		if r.Offer == nil || n == 0 {
			continue
		}
		f.audited += n
		selected, known := *r.Offer == "yes", r.Repaid != nil && (*r.Repaid == "yes" || *r.Repaid == "no")
		deserved := known && *r.Repaid == "yes"
		add(&f.positive, &f.negative, selected, n)
		switch {
		case known && selected:
			add(&f.tp, &f.fp, deserved, n)
		case known:
			add(&f.fn, &f.tn, deserved, n)
		}
		if r.Score == nil || math.IsNaN(*r.Score) || math.IsInf(*r.Score, 0) {
			continue
		}
		f.scored += n
		f.scores = append(f.scores, *r.Score)
		if known {
			add(&f.scoredTrue, &f.scoredFalse, deserved, n)
		}
	}
	slices.Sort(f.scores)
	return f
}

func add(yes, no *int64, is bool, n int64) {
	if is {
		*yes += n
	} else {
		*no += n
	}
}

// labeled is the copies with a label that can be used.
func (f facts) labeled() int64 { return f.tp + f.fp + f.fn + f.tn }

// constant says that the scores do not differ.
func (f facts) constant() bool {
	return len(f.scores) == 0 || f.scores[0] == f.scores[len(f.scores)-1]
}

// plus pools two sets of rows.
func (f facts) plus(o facts) facts {
	out := facts{
		scope: f.scope + o.scope, audited: f.audited + o.audited, positive: f.positive + o.positive, negative: f.negative + o.negative,
		tp: f.tp + o.tp, fp: f.fp + o.fp, fn: f.fn + o.fn, tn: f.tn + o.tn,
		scored: f.scored + o.scored, scoredTrue: f.scoredTrue + o.scoredTrue, scoredFalse: f.scoredFalse + o.scoredFalse,
		scores: slices.Concat(f.scores, o.scores),
	}
	slices.Sort(out.scores)
	return out
}

// value is the group of a row in an attribute; nil is missing.
func (r *row) value(attribute string) *string {
	switch attribute {
	case "g":
		return r.G
	case "h":
		return r.H
	}
	return nil
}

// slice is the rows that measurements of one attribute, window and version are
// about.
type slice struct{ attribute, window, version string }

// breakdown is the facts of a slice by value; those of the missing group apart.
type breakdown struct {
	values  map[string]facts
	missing facts
}

// breakdown counts a slice, once.
func (w *world) breakdown(s slice) breakdown {
	if b, ok := w.counted[s]; ok {
		return b
	}
	by, missing := map[string][]row{}, []row(nil)
	for _, r := range w.rows {
		if s.window != audit.AllWindows && r.At.Format("2006-01") != s.window || s.version != "" && s.version != r.Model {
			continue
		}
		if v := r.value(s.attribute); v != nil {
			by[*v] = append(by[*v], r)
		} else {
			missing = append(missing, r)
		}
	}
	b := breakdown{map[string]facts{}, count(missing)}
	for v, rows := range by {
		b.values[v] = count(rows)
	}
	if w.counted == nil {
		w.counted = map[slice]breakdown{}
	}
	w.counted[s] = b
	return b
}

// about gives the facts of what a measurement is about, of its reference, and of
// every value that has rows beside them.
func (w *world) about(m *audit.Measurement) (own, reference facts, values map[string]facts) {
	s := slice{attribute: m.Attribute, window: m.Window}
	if m.Version != nil {
		s.version = *m.Version
	}
	b := w.breakdown(s)
	switch {
	case m.GroupKind == audit.KindOverall:
		own = b.missing
		for _, f := range b.values {
			own = own.plus(f)
		}
	case m.GroupKind == audit.KindMissing:
		own = b.missing
	case m.Group != nil:
		own = b.values[*m.Group]
	}
	switch {
	case m.Reference == nil:
	case *m.Reference == detect.Rest:
		for v, f := range b.values {
			if m.Group == nil || v != *m.Group {
				reference = reference.plus(f)
			}
		}
	default:
		reference = b.values[*m.Reference]
	}
	return own, reference, b.values
}

// everybody is the facts of all rows of a window.
func (w *world) everybody(window string) facts {
	own, _, _ := w.about(&audit.Measurement{Window: window, GroupKind: audit.KindOverall})
	return own
}
