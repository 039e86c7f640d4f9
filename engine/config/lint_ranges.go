package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// FirstWindow as windows.reference stands for the earliest window with rows.
const FirstWindow = "first"

func (l *lint) windows() {
	w := &l.a.Windows
	zone := time.UTC
	if l.clean("windows.timezone") {
		loc, err := LoadZone(w.Timezone)
		if err != nil {
			l.zone("windows.timezone", w.Timezone)
			return // ids mean nothing without the zone
		}
		zone = loc
	}
	for _, key := range []string{"every", "ranges"} {
		if l.given("windows." + key) {
			l.needsTime("windows."+key, "windows."+key)
		}
	}
	if l.given("windows.every") && l.given("windows.ranges") {
		l.bad("windows.ranges", `"every" and "ranges" exclude each other`, "cut time into equal windows or name the ranges")
	}
	l.ranges(zone)
	if l.given("windows.reference") && l.clean("windows.reference") {
		l.windowReference(zone)
	}
}

// ranges checks that named windows are such, and do not overlap: a row is
// counted in one window.
func (l *lint) ranges(zone *time.Location) {
	var known []placed
	for i, s := range l.a.Windows.Ranges {
		path := "windows.ranges." + s.Name
		if s.Name == "" || s.Name == audit.AllWindows || s.Name == FirstWindow || strings.Contains(s.Name, "..") {
			l.bad(path, fmt.Sprintf("a range cannot be called %s", quote(s.Name)), "choose another name")
			continue
		}
		start, end, err := ParseSpan(s.Text, zone)
		if err != nil {
			l.badError(path, err)
			continue
		}
		known = append(known, placed{audit.Range{Name: s.Name, Start: start, End: end}, i})
	}
	slices.SortStableFunc(known, func(a, b placed) int { return a.Start.Compare(b.Start) })
	for i := 1; i < len(known); i++ {
		early, late := known[i-1], known[i]
		if late.Start.Before(early.End) {
			if late.at < early.at { // the mistake is in what the file says second
				early, late = late, early
			}
			l.bad("windows.ranges."+late.Name, fmt.Sprintf("range %s overlaps range %s", quote(late.Name), quote(early.Name)), "a row is counted in one window")
		}
		if known[i].End.Before(known[i-1].End) { // the longer one reaches on
			known[i] = known[i-1]
		}
	}
}

// placed is a range with its place among those of the file.
type placed struct {
	audit.Range
	at int
}

func (l *lint) windowReference(zone *time.Location) {
	const path = "windows.reference"
	w := &l.a.Windows
	reference := w.Reference.Windows
	switch {
	case w.Reference.File != "" && reference != "":
		l.bad(path, `"windows" and "file" exclude each other`, "compare with windows of this log, or with a saved profile")
	case w.Reference.File != "":
	case reference == "" && l.given(path+".file"):
		l.bad(path+".file", `"file" is empty`, "name the profile that an earlier audit saved")
	case !l.clean("windows.every") || !l.clean("windows.ranges"):
	case w.Every == "" && len(w.Ranges) == 0:
		l.bad(path, "a reference window needs windows", "give windows.every or windows.ranges")
	case reference == FirstWindow:
	case w.Every == "":
		var names []string
		for _, s := range w.Ranges {
			names = append(names, s.Name)
		}
		if !slices.Contains(names, reference) {
			l.bad(path, fmt.Sprintf("reference %s is not the name of a range", quote(reference)), orHint(didYouMean(reference, names), "the ranges are "+either(names)))
		}
	default:
		start, end, err := ParseSpan(reference, zone)
		if err != nil {
			l.badError(path, err)
			return
		}
		first, from, _ := WindowOf(w.Every, zone, start)
		last, _, until := WindowOf(w.Every, zone, end.Add(-1))
		if !from.Equal(start) || !until.Equal(end) {
			l.bad(path, fmt.Sprintf("reference %s does not fall on whole windows of every: %s", quote(reference), w.Every), fmt.Sprintf("the windows around it are %s..%s", first, last))
		}
	}
}
