package svg

// Pyramid is two distributions over named bins on one scale: the reference to
// the left of the middle, what is compared with it to the right. Like Dots it
// is placed in percent, and the names of its rows stand beside it in the page.
type Pyramid struct {
	ID, Title, Desc string
	Top             float64 // share at either edge
	Heads           [2]string
	Rows            []PyramidRow
}

// PyramidRow is one bin: shares before and now, as numbers and as text.
type PyramidRow struct {
	Before, Now         float64
	BeforeText, NowText string
	Moved               bool // drawn stronger
}

// pyramidRoom is the part of either half that bars may fill; the rest is for
// the numbers at their ends.
const pyramidRoom = 0.30

// String draws the picture.
func (p Pyramid) String() string {
	var c canvas
	c.open("pyramid", p.ID, "", p.Title, p.Desc)
	c.el("line", "class", "zero", "x1", "50%", "x2", "50%", "y1", "0", "y2", "100%")
	c.text("text", p.Heads[0], "class", "tick", "x", "50%", "y", "0", "dx", "-8", "dy", "-6", "text-anchor", "end")
	c.text("text", p.Heads[1], "class", "tick", "x", "50%", "y", "0", "dx", "8", "dy", "-6")
	n := float64(max(1, len(p.Rows)))
	for i, r := range p.Rows {
		top, mid := pct((float64(i)+0.14)/n), pct((float64(i)+0.5)/n)
		class := "bar"
		if r.Moved {
			class = "bar moved"
		}
		before, now := p.length(r.Before), p.length(r.Now)
		c.el("rect", "class", "bar other", "x", pct(0.5-before), "width", pct(before), "y", top, "height", pct(0.72/n))
		c.el("rect", "class", class, "x", "50%", "width", pct(now), "y", top, "height", pct(0.72/n))
		c.text("text", r.BeforeText, "x", pct(0.5-before), "y", mid, "dx", "-6", "dy", "4", "text-anchor", "end")
		class = "value"
		if r.Moved {
			class = "value moved"
		}
		c.text("text", r.NowText, "class", class, "x", pct(0.5+now), "y", mid, "dx", "6", "dy", "4")
	}
	return c.close()
}

func (p Pyramid) length(share float64) float64 {
	if !(p.Top > 0) {
		return 0
	}
	return min(1, max(0, share/p.Top)) * pyramidRoom
}
