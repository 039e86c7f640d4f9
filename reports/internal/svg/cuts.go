package svg

import (
	"math"
	"strings"
	"unicode/utf8"
)

// Cuts is one panel of a ratio at every cut of a score: the zone that the limit
// allows, the cut that is used, and a mark for each cut, which is a cross where
// the limit would be broken.
type Cuts struct {
	ID, Class, Title, Desc string
	Scale                  Scale
	Format                 func(float64) string
	Zone                   [2]float64
	Points                 []Cut
	Used                   int // position of the cut that is used, or -1
}

// Cut is one cut; without a Value it is a hollow mark on the axis.
type Cut struct {
	Name   string // written below, where there is room
	Value  *float64
	Within bool
	Tip    string
}

// Names below the axis: at most so many, and so wide at least for each letter.
const (
	cutNames  = 10
	cutLetter = 7.0
)

// String draws the panel, in the frame of Lines.
func (v Cuts) String() string {
	var c canvas
	c.open("cuts "+v.Class, v.ID, panelBox, v.Title, v.Desc)
	left, right := num(frameLeft), num(frameRight)
	top, bottom := v.y(v.Zone[1]), v.y(v.Zone[0])
	c.el("rect", "class", "zone", "x", left, "y", num(top), "width", num(frameRight-frameLeft), "height", num(bottom-top))
	for _, t := range v.Scale.Ticks {
		y := num(v.y(t))
		c.el("line", "class", "grid", "x1", left, "x2", right, "y1", y, "y2", y)
		c.text("text", v.Format(t), "class", "tick", "x", num(frameLeft-6), "y", y, "dy", "4", "text-anchor", "end")
	}
	if v.Used >= 0 {
		x := num(v.x(v.Used))
		c.el("line", "class", "ref", "x1", x, "x2", x, "y1", num(frameTop), "y2", num(frameBottom))
	}
	v.line(&c)
	every := v.every()
	for i, p := range v.Points {
		v.mark(&c, i, p)
		switch {
		case i == v.Used:
			c.text("text", p.Name, "class", "mark", "x", num(v.x(i)), "y", num(frameBottom+19), "text-anchor", "middle")
		case i%every == 0 && (v.Used < 0 || max(i-v.Used, v.Used-i) >= every):
			c.text("text", p.Name, "class", "tick", "x", num(v.x(i)), "y", num(frameBottom+19), "text-anchor", "middle")
		}
	}
	return c.close()
}

// every is how many cuts have one name, so that names do not run into each other.
func (v Cuts) every() int {
	longest := 0
	for _, p := range v.Points {
		longest = max(longest, utf8.RuneCountInString(p.Name))
	}
	room := math.Ceil(cutLetter * float64(longest+1) / (v.x(1) - v.x(0)))
	return max((len(v.Points)+cutNames-1)/cutNames, int(room))
}

func (v Cuts) x(i int) float64 {
	return frameLeft + 10 + (frameRight-frameLeft-20)*float64(i)/float64(max(1, len(v.Points)-1))
}

func (v Cuts) y(ratio float64) float64 { return frameBottom - v.Scale.At(ratio)*(frameBottom-frameTop) }

func (v Cuts) line(c *canvas) {
	var run []string
	draw := func() {
		if len(run) > 1 {
			c.el("polyline", "class", "line", "points", strings.Join(run, " "))
		}
		run = nil
	}
	for i, p := range v.Points {
		if p.Value == nil {
			draw()
			continue
		}
		run = append(run, num(v.x(i))+","+num(v.y(*p.Value)))
	}
	draw()
}

func (v Cuts) mark(c *canvas, i int, p Cut) {
	x := v.x(i)
	c.b.WriteString("<g>")
	if p.Tip != "" {
		c.text("title", p.Tip)
	}
	switch {
	case p.Value == nil:
		c.el("circle", "class", "hollow", "cx", num(x), "cy", num(frameBottom), "r", "2.6")
	case p.Within:
		c.el("circle", "class", "dot", "cx", num(x), "cy", num(v.y(*p.Value)), "r", "3")
	default:
		y, d := v.y(*p.Value), breachRadius
		c.el("path", "class", "breach", "d", "M"+num(x-d)+" "+num(y-d)+"L"+num(x+d)+" "+num(y+d)+"M"+num(x-d)+" "+num(y+d)+"L"+num(x+d)+" "+num(y-d))
	}
	c.b.WriteString("</g>")
}
