package svg

// Waterfall is a picture of steps from one number to another: a bar for each,
// from where the last ended. Like Dots it has no fixed size, and names and
// values stand beside it in the page.
type Waterfall struct {
	ID, Class, Title, Desc string
	Scale                  Scale
	Format                 func(float64) string
	Steps                  []Step
	Joined                 bool // a line leads from each bar's end to the next
}

// A Step is one bar, with the interval of its end.
type Step struct {
	From, To  float64
	Low, High *float64
	Class     string
	Tip       string
}

// String draws the picture.
func (w Waterfall) String() string {
	var c canvas
	c.open("dots "+w.Class, w.ID, "", w.Title, w.Desc)
	for i, t := range w.Scale.Ticks {
		x := pct(w.Scale.At(t))
		c.el("line", "class", "grid", "x1", x, "x2", x, "y1", "0", "y2", "100%")
		anchor := "middle"
		switch i {
		case 0:
			anchor = "start"
		case len(w.Scale.Ticks) - 1:
			anchor = "end"
		}
		c.text("text", w.Format(t), "class", "tick", "x", x, "y", "100%", "dy", "18", "text-anchor", anchor)
	}
	zero := pct(w.Scale.At(0))
	c.el("line", "class", "zero", "x1", zero, "x2", zero, "y1", "0", "y2", "100%")
	n := float64(len(w.Steps))
	for i, s := range w.Steps {
		top, middle := (float64(i)+0.2)/n, pct((float64(i)+0.5)/n)
		a, b := w.Scale.At(min(s.From, s.To)), w.Scale.At(max(s.From, s.To))
		if w.Joined && i > 0 {
			x := pct(w.Scale.At(w.Steps[i-1].To))
			c.el("line", "class", "join", "x1", x, "x2", x, "y1", pct((float64(i)-0.5)/n), "y2", middle)
		}
		c.start("g", []string{"class", "row " + s.Class})
		c.b.WriteString(">")
		c.text("title", s.Tip)
		c.el("rect", "class", "bar", "x", pct(a), "width", pct(max(0.002, b-a)), "y", pct(top), "height", pct(0.6/n))
		if s.Low != nil && s.High != nil {
			c.el("line", "class", "iv", "x1", pct(w.Scale.At(*s.Low)), "x2", pct(w.Scale.At(*s.High)), "y1", middle, "y2", middle)
		}
		c.b.WriteString("</g>")
	}
	return c.close()
}
