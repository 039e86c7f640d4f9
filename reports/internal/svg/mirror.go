package svg

// Mirror is one panel of two histograms on one scale: a group above the axis
// and the one it is compared with below.
type Mirror struct {
	ID, Class, Title, Desc string
	X                      Scale
	Format                 func(float64) string
	Top                    float64 // share at the edge of the panel
	TopText                string
	Above, Below           []Bar
	Names                  [2]string
}

// Bar is a bin with its share.
type Bar struct {
	Left, Right, Share float64
	Tip                string
}

const (
	mirrorBox                 = "0 0 320 214"
	mirrorLeft, mirrorRight   = 46.0, 308.0
	mirrorTop, mirrorBottom   = 12.0, 188.0
	mirrorMiddle, mirrorTicks = (mirrorTop + mirrorBottom) / 2, 205.0
)

// String draws the panel.
func (m Mirror) String() string {
	var c canvas
	c.open("mirror "+m.Class, m.ID, mirrorBox, m.Title, m.Desc)
	for _, y := range []float64{mirrorTop, mirrorMiddle, mirrorBottom} {
		class, text := "grid", m.TopText
		if y == mirrorMiddle {
			class, text = "zero", "0"
		}
		c.el("line", "class", class, "x1", num(mirrorLeft), "x2", num(mirrorRight), "y1", num(y), "y2", num(y))
		c.text("text", text, "class", "tick", "x", num(mirrorLeft-6), "y", num(y), "dy", "4", "text-anchor", "end")
	}
	for _, t := range m.X.Ticks {
		c.text("text", m.Format(t), "class", "tick", "x", num(m.x(t)), "y", num(mirrorTicks), "text-anchor", "middle")
	}
	m.bars(&c, "bar", m.Above, -1)
	m.bars(&c, "bar other", m.Below, 1)
	c.text("text", m.Names[0], "class", "halo", "x", num(mirrorRight), "y", num(mirrorTop+13), "text-anchor", "end")
	c.text("text", m.Names[1], "class", "halo", "x", num(mirrorRight), "y", num(mirrorBottom-5), "text-anchor", "end")
	return c.close()
}

func (m Mirror) x(at float64) float64 { return mirrorLeft + m.X.At(at)*(mirrorRight-mirrorLeft) }

func (m Mirror) bars(c *canvas, class string, bars []Bar, side float64) {
	if !(m.Top > 0) {
		return
	}
	for _, b := range bars {
		h := min(1, b.Share/m.Top) * (mirrorMiddle - mirrorTop)
		if !(h > 0) {
			continue
		}
		y := mirrorMiddle
		if side < 0 {
			y -= h
		}
		left, right := m.x(b.Left), m.x(b.Right)
		c.start("rect", []string{"class", class, "x", num(left + 0.75), "width", num(max(1.5, right-left-1.5)), "y", num(y), "height", num(h)})
		if b.Tip == "" {
			c.b.WriteString("/>")
			continue
		}
		c.b.WriteString(">")
		c.text("title", b.Tip)
		c.b.WriteString("</rect>")
	}
}
