package svg

import "strings"

// Lines is one panel of a set of small multiples: a line over time with a
// ribbon for its intervals. Its size is fixed; the page scales it a little.
type Lines struct {
	ID, Class, Title, Desc string
	Scale                  Scale
	Format                 func(float64) string
	Zero                   *float64 // the line of no gap
	Limits, Targets        []float64
	Ticks                  []Tick
	Marks                  []Tick // upright lines, such as where a version changed
	Points                 []Point
}

// Tick is a label on the time axis; At is 0..1.
type Tick struct {
	At   float64
	Text string
}

// Point is one window. Without a Value it is a hollow mark on the axis.
type Point struct {
	At               float64
	Value, Low, High *float64
	Break            bool   // no window stands between this one and the one before
	Breach           bool   // the whole interval is beyond the limit
	Label            string // written at the point, for few
}

// The panel's frame, in its own units.
const (
	frameLeft, frameRight     = 44.0, 312.0
	frameTop, frameBottom     = 12.0, 142.0
	fewPoints                 = 40
	panelBox                  = "0 0 320 172"
	labelRoom                 = 30.0
	pointRadius, breachRadius = "2.4", 3.6
)

// String draws the panel.
func (l Lines) String() string {
	var c canvas
	c.open("lines "+l.Class, l.ID, panelBox, l.Title, l.Desc)
	l.axes(&c)
	l.marks(&c)
	for _, run := range l.runs() {
		l.ribbon(&c, run)
	}
	for _, run := range l.runs() {
		l.line(&c, run)
	}
	for _, p := range l.Points {
		l.mark(&c, p)
	}
	return c.close()
}

func (l Lines) x(at float64) float64 { return frameLeft + 6 + at*(frameRight-frameLeft-12) }
func (l Lines) y(v float64) float64  { return frameBottom - l.Scale.At(v)*(frameBottom-frameTop) }

func (l Lines) axes(c *canvas) {
	left, right := num(frameLeft), num(frameRight)
	for _, t := range l.Scale.Ticks {
		y := num(l.y(t))
		c.el("line", "class", "grid", "x1", left, "x2", right, "y1", y, "y2", y)
		c.text("text", l.Format(t), "class", "tick", "x", num(frameLeft-6), "y", y, "dy", "4", "text-anchor", "end")
	}
	if l.Zero != nil {
		y := num(l.y(*l.Zero))
		c.el("line", "class", "zero", "x1", left, "x2", right, "y1", y, "y2", y)
	}
	for _, v := range l.Limits {
		if !l.Scale.Outside(v) {
			y := num(l.y(v))
			c.el("line", "class", "limit", "x1", left, "x2", right, "y1", y, "y2", y)
		}
	}
	for _, v := range l.Targets {
		if !l.Scale.Outside(v) {
			y := num(l.y(v))
			c.el("line", "class", "target", "x1", left, "x2", right, "y1", y, "y2", y)
		}
	}
	for i, t := range l.Ticks {
		anchor := "middle"
		if i == 0 && len(l.Ticks) > 1 {
			anchor = "start"
		} else if i == len(l.Ticks)-1 && i > 0 {
			anchor = "end"
		}
		x := num(l.x(t.At))
		c.el("line", "class", "grid", "x1", x, "x2", x, "y1", num(frameBottom), "y2", num(frameBottom+5))
		c.text("text", t.Text, "class", "tick", "x", x, "y", num(frameBottom+19), "text-anchor", anchor)
	}
}

// fewMarks is how many marks have room for their texts.
const fewMarks = 3

// marks draws upright lines; a text stands on the side that has room for it.
func (l Lines) marks(c *canvas) {
	for i, m := range l.Marks {
		x := l.x(m.At)
		c.el("line", "class", "version", "x1", num(x), "x2", num(x), "y1", num(frameTop-8), "y2", num(frameBottom))
		if len(l.Marks) > fewMarks || m.Text == "" {
			continue
		}
		next := frameRight
		if i+1 < len(l.Marks) {
			next = l.x(l.Marks[i+1].At)
		}
		anchor, dx := "start", 3.0
		if next-x < markRoom {
			anchor, dx = "end", -3
		}
		c.text("text", m.Text, "class", "tick", "x", num(x+dx), "y", num(frameTop-2), "text-anchor", anchor)
	}
}

// markRoom is the width of a mark's text.
const markRoom = 70.0

// runs cuts the points where the series is broken.
func (l Lines) runs() [][]Point {
	var out [][]Point
	var run []Point
	for _, p := range l.Points {
		if (p.Break || p.Value == nil) && len(run) > 0 {
			out, run = append(out, run), nil
		}
		if p.Value != nil {
			run = append(run, p)
		}
	}
	if len(run) > 0 {
		out = append(out, run)
	}
	return out
}

func (l Lines) ribbon(c *canvas, run []Point) {
	var up, down []string
	for _, p := range run {
		if p.Low == nil || p.High == nil {
			continue
		}
		x := num(l.x(p.At))
		up = append(up, x+","+num(l.y(*p.High)))
		down = append([]string{x + "," + num(l.y(*p.Low))}, down...)
		if len(run) == 1 {
			c.el("line", "class", "iv", "x1", x, "x2", x, "y1", num(l.y(*p.Low)), "y2", num(l.y(*p.High)))
		}
	}
	if len(up) > 1 {
		c.el("polygon", "class", "ribbon", "points", strings.Join(append(up, down...), " "))
	}
}

func (l Lines) line(c *canvas, run []Point) {
	if len(run) < 2 {
		return
	}
	var pts []string
	for _, p := range run {
		pts = append(pts, num(l.x(p.At))+","+num(l.y(*p.Value)))
	}
	c.el("polyline", "class", "line", "points", strings.Join(pts, " "))
}

func (l Lines) mark(c *canvas, p Point) {
	x := l.x(p.At)
	if p.Value == nil {
		c.el("circle", "class", "hollow", "cx", num(x), "cy", num(frameBottom), "r", "2.6")
		return
	}
	y := l.y(*p.Value)
	switch {
	case p.Breach:
		d := breachRadius
		c.el("path", "class", "breach", "d", "M"+num(x-d)+" "+num(y-d)+"L"+num(x+d)+" "+num(y+d)+"M"+num(x-d)+" "+num(y+d)+"L"+num(x+d)+" "+num(y-d))
	case l.Scale.Outside(*p.Value):
		d := 4.0
		if y > frameTop+1 {
			d = -4
		}
		c.el("path", "class", "off", "d", "M"+num(x-4)+" "+num(y+d)+"L"+num(x)+" "+num(y)+"L"+num(x+4)+" "+num(y+d)+"Z")
	case len(l.Points) <= fewPoints:
		c.el("circle", "class", "dot", "cx", num(x), "cy", num(y), "r", pointRadius)
	}
	if p.Label != "" {
		l.label(c, x, y, p.Label)
	}
}

func (l Lines) label(c *canvas, x, y float64, text string) {
	anchor := "middle"
	if x < frameLeft+labelRoom {
		anchor = "start"
	} else if x > frameRight-labelRoom {
		anchor = "end"
	}
	dy := -8.0
	if y < frameTop+14 {
		dy = 17
	}
	c.text("text", text, "class", "mark", "x", num(x), "y", num(y+dy), "text-anchor", anchor)
}
