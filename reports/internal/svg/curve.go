package svg

import "strings"

// Curve is one panel of calibration curves: what happened against what the
// score said, the diagonal where both agree, and below it how many cases stand
// behind each point. Its size is fixed; the page scales it a little.
type Curve struct {
	ID, Class, Title, Desc string
	X, Y                   Scale
	FormatX, FormatY       func(float64) string
	Points                 []Bin
	Ghost                  []Bin  // the reference, a thin line without intervals
	Key                    string // its name
}

// Bin is a point of a curve and the cases behind it.
type Bin struct {
	X, Y      float64
	Low, High *float64
	Left      float64 // edges of the bin
	Right     float64
	Share     float64 // of the largest bin
	Count     string  // written over the bar, for few
	Tip       string
}

// The panel's frame, in its own units.
const (
	curveBox                = "0 0 320 300"
	curveLeft, curveRight   = 46.0, 308.0
	curveTop, curveBottom   = 10.0, 210.0
	countTop, countBottom   = 234.0, 266.0
	curveTicks, curveSample = 282.0, 18.0
)

func (v Curve) x(at float64) float64 { return curveLeft + v.X.At(at)*(curveRight-curveLeft) }
func (v Curve) y(at float64) float64 { return curveBottom - v.Y.At(at)*(curveBottom-curveTop) }

// String draws the panel.
func (v Curve) String() string {
	var c canvas
	c.open("curve "+v.Class, v.ID, curveBox, v.Title, v.Desc)
	v.axes(&c)
	v.path(&c, "ghost", v.Ghost)
	if v.Key != "" && len(v.Ghost) > 0 {
		c.el("line", "class", "ghost", "x1", num(curveLeft+6), "x2", num(curveLeft+6+curveSample), "y1", num(curveTop+9), "y2", num(curveTop+9))
		c.text("text", v.Key, "class", "halo", "x", num(curveLeft+12+curveSample), "y", num(curveTop+13))
	}
	for _, p := range v.Points {
		if p.Low != nil && p.High != nil {
			x := num(v.x(p.X))
			c.el("line", "class", "whisker", "x1", x, "x2", x, "y1", num(v.y(*p.Low)), "y2", num(v.y(*p.High)))
		}
	}
	v.path(&c, "line", v.Points)
	for _, p := range v.Points {
		v.mark(&c, p)
	}
	return c.close()
}

// axes draws the frame, and the diagonal as far as both axes reach.
func (v Curve) axes(c *canvas) {
	for _, t := range v.Y.Ticks {
		y := num(v.y(t))
		c.el("line", "class", "grid", "x1", num(curveLeft), "x2", num(curveRight), "y1", y, "y2", y)
		c.text("text", v.FormatY(t), "class", "tick", "x", num(curveLeft-6), "y", y, "dy", "4", "text-anchor", "end")
	}
	for _, t := range v.X.Ticks {
		x := num(v.x(t))
		c.el("line", "class", "grid", "x1", x, "x2", x, "y1", num(curveBottom), "y2", num(curveBottom+5))
		c.text("text", v.FormatX(t), "class", "tick", "x", x, "y", num(curveTicks), "text-anchor", "middle")
	}
	low, high := max(v.X.Min, v.Y.Min), min(v.X.Max, v.Y.Max)
	if high > low {
		c.el("line", "class", "diagonal", "x1", num(v.x(low)), "y1", num(v.y(low)), "x2", num(v.x(high)), "y2", num(v.y(high)))
	}
	c.el("line", "class", "zero", "x1", num(curveLeft), "x2", num(curveRight), "y1", num(countBottom), "y2", num(countBottom))
	c.text("text", "n", "class", "tick", "x", num(curveLeft-6), "y", num(countBottom), "text-anchor", "end")
}

func (v Curve) path(c *canvas, class string, bins []Bin) {
	if len(bins) < 2 {
		return
	}
	var pts []string
	for _, p := range bins {
		pts = append(pts, num(v.x(p.X))+","+num(v.y(p.Y)))
	}
	c.el("polyline", "class", class, "points", strings.Join(pts, " "))
}

func (v Curve) mark(c *canvas, p Bin) {
	c.b.WriteString("<g>")
	if p.Tip != "" {
		c.text("title", p.Tip)
	}
	c.el("circle", "class", "dot", "cx", num(v.x(p.X)), "cy", num(v.y(p.Y)), "r", "3.2")
	a, b := v.x(p.Left), v.x(p.Right)
	if b-a < 3 {
		a, b = v.x(p.X)-2, v.x(p.X)+2
	}
	h := max(1, p.Share*(countBottom-countTop))
	c.el("rect", "class", "bar", "x", num(a+1), "width", num(b-a-2), "y", num(countBottom-h), "height", num(h))
	if p.Count != "" {
		x := min(curveRight-14, max(curveLeft+14, (a+b)/2))
		c.text("text", p.Count, "class", "tick", "x", num(x), "y", num(countBottom-h-3), "text-anchor", "middle")
	}
	c.b.WriteString("</g>")
}
