package svg

// Dots is a dot-and-interval picture: one row per group, all on one scale. It
// has no fixed size: the page gives it the height of its rows, and everything
// inside is placed in percent, so that text and marks keep their size on a
// narrow screen. Names and values stand beside it in the page.
type Dots struct {
	ID, Class, Title, Desc string
	Scale                  Scale
	Format                 func(float64) string
	Line                   *float64    // the reference
	Band                   *[2]float64 // its interval
	Zone                   *[2]float64 // what the limit allows
	Rows                   []Dot
}

// Dot is one row. Without a Value it is a hollow mark with the reason.
type Dot struct {
	Value, Low, High *float64
	Class            string // color of the group
	Reason           string
	Tip              string
}

// String draws the picture.
func (d Dots) String() string {
	var c canvas
	c.open("dots "+d.Class, d.ID, "", d.Title, d.Desc)
	if d.Zone != nil {
		d.bar(&c, "zone", *d.Zone)
	}
	for i, t := range d.Scale.Ticks {
		x := pct(d.Scale.At(t))
		c.el("line", "class", "grid", "x1", x, "x2", x, "y1", "0", "y2", "100%")
		anchor := "middle"
		if i == 0 {
			anchor = "start"
		}
		if i == len(d.Scale.Ticks)-1 && i > 0 {
			anchor = "end"
		}
		c.text("text", d.Format(t), "class", "tick", "x", x, "y", "100%", "dy", "18", "text-anchor", anchor)
	}
	if d.Band != nil {
		d.bar(&c, "band", *d.Band)
	}
	if d.Line != nil {
		x := pct(d.Scale.At(*d.Line))
		c.el("line", "class", "ref", "x1", x, "x2", x, "y1", "0", "y2", "100%")
	}
	for i, row := range d.Rows {
		d.row(&c, row, pct((float64(i)+0.5)/float64(len(d.Rows))))
	}
	return c.close()
}

func (d Dots) bar(c *canvas, class string, span [2]float64) {
	a, b := d.Scale.At(span[0]), d.Scale.At(span[1])
	c.el("rect", "class", class, "x", pct(a), "width", pct(max(0, b-a)), "y", "0", "height", "100%")
}

func (d Dots) row(c *canvas, r Dot, y string) {
	c.start("g", []string{"class", "row " + r.Class})
	c.b.WriteString(">")
	if r.Tip != "" {
		c.text("title", r.Tip)
	}
	if r.Value == nil {
		c.el("circle", "class", "hollow", "cx", "8", "cy", y, "r", "4.5")
		c.text("text", r.Reason, "class", "reason", "x", "20", "y", y, "dy", "4")
	} else {
		if r.Low != nil && r.High != nil {
			c.el("line", "class", "iv", "x1", pct(d.Scale.At(*r.Low)), "x2", pct(d.Scale.At(*r.High)), "y1", y, "y2", y)
		}
		c.el("circle", "class", "dot", "cx", pct(d.Scale.At(*r.Value)), "cy", y, "r", "5.5")
	}
	c.b.WriteString("</g>")
}
