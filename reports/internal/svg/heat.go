package svg

// Heat is a heat map with printed values: rows and columns of cells, each
// marked when it is beyond its own limit. It is placed in percent; the names of
// its rows stand beside it in the page.
type Heat struct {
	ID, Title, Desc string
	Heads           [][2]string // over each column, in two lines
	Rows            [][]HeatCell
}

// HeatCell is one value. Level 0 is within its limit; 1 to 3 are beyond it, the
// larger the stronger.
type HeatCell struct {
	Text, Tip string
	Level     int
	Empty     bool
}

// heatClass are the levels' classes.
func heatClass(level int) string { return []string{"", "h1", "h2", "h3"}[min(3, max(0, level))] }

// String draws the picture.
func (h Heat) String() string {
	var c canvas
	c.open("heat", h.ID, "", h.Title, h.Desc)
	rows, cols := float64(max(1, len(h.Rows))), float64(max(1, len(h.Heads)))
	for j, head := range h.Heads {
		x := pct((float64(j) + 0.5) / cols)
		c.text("text", head[0], "class", "tick", "x", x, "y", "0", "dy", "-20", "text-anchor", "middle")
		c.text("text", head[1], "class", "tick", "x", x, "y", "0", "dy", "-6", "text-anchor", "middle")
	}
	for i := range len(h.Rows) + 1 {
		y := pct(float64(i) / rows)
		c.el("line", "class", "grid", "x1", "0", "x2", "100%", "y1", y, "y2", y)
	}
	for i, row := range h.Rows {
		for j, cell := range row {
			h.cell(&c, cell, float64(i)/rows, float64(j)/cols, 1/rows, 1/cols)
		}
	}
	return c.close()
}

func (h Heat) cell(c *canvas, v HeatCell, y, x, height, width float64) {
	if v.Tip != "" {
		c.b.WriteString("<g>")
		c.text("title", v.Tip)
	}
	class := "within"
	if v.Empty {
		class = "reason"
	}
	if v.Level > 0 {
		class = "beyond"
		c.el("rect", "class", heatClass(v.Level), "x", pct(x+0.02*width), "width", pct(0.96*width), "y", pct(y+0.04*height), "height", pct(0.92*height))
		c.text("text", "▲", "class", "beyond mark", "x", pct(x+width), "y", pct(y), "dx", "-5", "dy", "12", "text-anchor", "end")
	}
	c.text("text", v.Text, "class", class, "x", pct(x+width/2), "y", pct(y+height/2), "dy", "6", "text-anchor", "middle")
	if v.Tip != "" {
		c.b.WriteString("</g>")
	}
}
