package scan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Keeper keeps what scans find in files, from one audit to the next.
type Keeper interface {
	// Print identifies what is in a file, and all else than the log and the
	// request that decides what a scan finds in it. It is "" before the file is
	// read if nothing can be known of it.
	Print(file string, read bool) (string, error)
	// Find lists what is kept under a key.
	Find(key string) ([]Kept, error)
	// Keep is told of what a scan found.
	Keep(file, key string, k Kept) error
	// Reuse is told that a file is not read, what is taken instead, and how many
	// rows the file has.
	Reuse(file, key string, k Kept, rows int64)
}

// Kept is an encoded part of a file.
type Kept struct {
	Class  string // what of the request it depends on besides the key
	Extent Extent
	Data   func() ([]byte, error)
}

// partForm is raised when a scan finds something else in the same file than before,
// or when parts are encoded otherwise: what was kept is then read anew.
const partForm = 2

// keeps tells whether what is found is kept by file. Ids are compared over all
// files, so that none can be counted alone.
func (p *Plan) keeps() bool {
	return p.req.Keeper != nil && p.id < 0 && len(p.req.Log.Units()) > 0
}

// key is what the tables of a file depend on: the file, what is asked of its rows,
// and the types that the log has. It is what a function gives that has written down
// once what is the same for all files.
func (p *Plan) key() func(print string) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("part %d", partForm)
	line("spec %q", p.req.Audit.Tabulated())
	line("seed %d", p.req.Audit.Seed)
	line("zone %q", p.req.Windows.Zone)
	line("model %+v", p.req.Audit.ModelColumns)
	for _, n := range slices.Concat(p.Tables, p.Values) {
		line("table %q", n.Key())
	}
	for _, s := range p.samples {
		line("table %q", s.need.Key())
	}
	for _, i := range p.columns.used {
		c, o := p.columns.schema[i], p.columns.origin[i]
		line("column %q %+v %+v", c.Name, c.Type, o)
	}
	request := sha256.Sum256([]byte(b.String()))
	return func(print string) string {
		sum := sha256.Sum256(append(request[:], print...))
		return hex.EncodeToString(sum[:])
	}
}

// class is what of a file's tables depends on the period and on the age of labels,
// given when its rows are: nothing if all of them are inside, and mature.
func (p *Plan) class(e Extent, asOf int64) string {
	period, label := "", ""
	if r := p.req.Period; r != nil && e.Some {
		low, high := micros(r.Start), micros(r.End)
		switch {
		case e.Low >= low && e.High < high:
		case e.High < low || e.Low >= high:
			return outsidePeriod
		default:
			period = fmt.Sprintf("from %d to %d", low, high)
		}
	}
	if l := p.req.Audit.Columns.Label; l != nil && l.MaturesAfter > 0 && e.Some {
		switch last := asOf - int64(l.MaturesAfter)/1000; {
		case e.High <= last:
		case e.Low > last:
			label = "immature"
		default:
			label = fmt.Sprintf("mature to %d", last)
		}
	}
	return strings.TrimSpace(period + " " + label)
}

// outsidePeriod is the class of a file of which no row is in the period.
const outsidePeriod = "outside"
