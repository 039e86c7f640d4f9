package svg

import (
	"cmp"
	"slices"
	"strings"
)

// Overlay is one panel of several curves over the same axis, each with a ribbon
// and its name at its end. Over names, which have no order, it has marks side by
// side. Its size is fixed; the page scales it a little.
type Overlay struct {
	ID, Title, Desc string
	Y               Scale
	Format          func(float64) string
	Zero            *float64
	Ticks           []Tick    // of the axis below
	Rug             []float64 // 0..1: where rows are
	Apart           bool      // marks that no line joins
	Curves          []Strand
}

// A Strand is one curve.
type Strand struct {
	Name, Class string
	Points      []Stop
}

// A Stop is a point of a curve; At is 0..1.
type Stop struct {
	At, Value float64
	Low, High *float64
	Tip       string
}

// The panel's frame, in its own units.
const (
	overlayBox                  = "0 0 340 214"
	overlayLeft, overlayRight   = 44.0, 254.0
	overlayTop, overlayBottom   = 10.0, 176.0
	overlayPitch, overlayLabels = 14.0, 258.0
)

func (o Overlay) x(at float64) float64 {
	return overlayLeft + 5 + at*(overlayRight-overlayLeft-10)
}
func (o Overlay) y(v float64) float64 {
	return overlayBottom - o.Y.At(v)*(overlayBottom-overlayTop)
}

// String draws the panel.
func (o Overlay) String() string {
	var c canvas
	c.open("overlay", o.ID, overlayBox, o.Title, o.Desc)
	o.axes(&c)
	for i, s := range o.Curves {
		c.start("g", []string{"class", s.Class})
		c.b.WriteString(">")
		o.strand(&c, s, (float64(i)-float64(len(o.Curves)-1)/2)*5)
		c.b.WriteString("</g>")
	}
	o.names(&c)
	return c.close()
}

func (o Overlay) axes(c *canvas) {
	left, right := num(overlayLeft), num(overlayRight)
	for _, t := range o.Y.Ticks {
		y := num(o.y(t))
		c.el("line", "class", "grid", "x1", left, "x2", right, "y1", y, "y2", y)
		c.text("text", o.Format(t), "class", "tick", "x", num(overlayLeft-6), "y", y, "dy", "4", "text-anchor", "end")
	}
	if o.Zero != nil && !o.Y.Outside(*o.Zero) {
		y := num(o.y(*o.Zero))
		c.el("line", "class", "zero", "x1", left, "x2", right, "y1", y, "y2", y)
	}
	for _, at := range o.Rug {
		x := num(o.x(at))
		c.el("line", "class", "rug", "x1", x, "x2", x, "y1", num(overlayBottom), "y2", num(overlayBottom+5))
	}
	for i, t := range o.Ticks {
		anchor := "middle"
		if i == 0 && t.At < 0.1 {
			anchor = "start"
		} else if i == len(o.Ticks)-1 && t.At > 0.9 {
			anchor = "end"
		}
		c.text("text", t.Text, "class", "tick", "x", num(o.x(t.At)), "y", num(overlayBottom+20), "text-anchor", anchor)
	}
}

// strand draws the ribbon, the line and what is said on pointing at a place; of
// marks side by side, shift keeps those of several groups apart.
func (o Overlay) strand(c *canvas, s Strand, shift float64) {
	var up, down, line []string
	for _, p := range s.Points {
		x := o.x(p.At)
		if o.Apart {
			o.mark(c, p, x+shift)
			continue
		}
		if p.Low != nil && p.High != nil {
			up = append(up, num(x)+","+num(o.y(*p.High)))
			down = append([]string{num(x) + "," + num(o.y(*p.Low))}, down...)
		}
		line = append(line, num(x)+","+num(o.y(p.Value)))
	}
	if len(up) > 1 {
		c.el("polygon", "class", "ribbon", "points", strings.Join(append(up, down...), " "))
	}
	if len(line) > 1 {
		c.el("polyline", "class", "line", "points", strings.Join(line, " "))
	}
}

func (o Overlay) mark(c *canvas, p Stop, x float64) {
	c.b.WriteString("<g>")
	if p.Tip != "" {
		c.text("title", p.Tip)
	}
	if p.Low != nil && p.High != nil {
		c.el("line", "class", "whisker", "x1", num(x), "x2", num(x), "y1", num(o.y(*p.Low)), "y2", num(o.y(*p.High)))
	}
	c.el("circle", "class", "dot", "cx", num(x), "cy", num(o.y(p.Value)), "r", "3.2")
	c.b.WriteString("</g>")
}

// names stand at the curves' ends, moved apart where they would meet.
func (o Overlay) names(c *canvas) {
	type end struct {
		Strand
		at float64
	}
	var ends []end
	for _, s := range o.Curves {
		if n := len(s.Points); s.Name != "" && n > 0 {
			ends = append(ends, end{s, o.y(s.Points[n-1].Value)})
		}
	}
	slices.SortStableFunc(ends, func(a, b end) int { return cmp.Compare(a.at, b.at) })
	at := make([]float64, len(ends))
	for i, e := range ends {
		if at[i] = e.at; i > 0 {
			at[i] = max(at[i], at[i-1]+overlayPitch)
		}
	}
	for i := len(at) - 1; i >= 0; i-- { // and up again, where they ran off the end
		at[i] = min(at[i], overlayBottom-overlayPitch*float64(len(at)-1-i))
	}
	for i, e := range ends {
		c.start("g", []string{"class", e.Class})
		c.b.WriteString(">")
		c.text("text", e.Name, "class", "strand", "x", num(overlayLabels), "y", num(at[i]), "dy", "4")
		c.b.WriteString("</g>")
	}
}
