package svg

import (
	"cmp"
	"math"
	"slices"
)

// Slope is a slope chart: each line joins a rate of the reference, at the left,
// with that of the group, at the right. Lines that fall and lines that rise are
// told apart at a glance, so that a reversal is.
type Slope struct {
	ID, Title, Desc string
	Scale           Scale
	Format          func(float64) string
	Heads           [2]string
	Lines           []SlopeLine
}

// SlopeLine is one stratum, or all of them together.
type SlopeLine struct {
	From, To float64
	Class    string // pooled, adjusted, with or against
	Name     string // written at the right, if there is room
	Tip      string
}

// The chart's frame, in its own units.
const (
	slopeLeft, slopeRight = 46.0, 208.0
	slopeTop, slopeBottom = 28.0, 300.0
	slopeBox              = "0 0 360 312"
	slopePitch            = 15.0
	slopeLabels           = 18
)

// String draws the chart.
func (s Slope) String() string {
	var c canvas
	c.open("slope", s.ID, slopeBox, s.Title, s.Desc)
	left, right := num(slopeLeft), num(slopeRight)
	for _, t := range s.Scale.Ticks {
		y := num(s.y(t))
		c.el("line", "class", "grid", "x1", left, "x2", right, "y1", y, "y2", y)
		c.text("text", s.Format(t), "class", "tick", "x", num(slopeLeft-8), "y", y, "dy", "4", "text-anchor", "end")
	}
	c.text("text", s.Heads[0], "class", "tick", "x", left, "y", "12", "text-anchor", "middle")
	c.text("text", s.Heads[1], "class", "tick", "x", right, "y", "12", "text-anchor", "middle")
	for _, l := range s.Lines {
		y1, y2 := num(s.y(l.From)), num(s.y(l.To))
		c.start("g", []string{"class", l.Class})
		c.b.WriteString(">")
		if l.Tip != "" {
			c.text("title", l.Tip)
		}
		c.el("line", "x1", left, "x2", right, "y1", y1, "y2", y2)
		c.el("circle", "cx", left, "cy", y1, "r", "3.5")
		c.el("circle", "cx", right, "cy", y2, "r", "3.5")
		c.b.WriteString("</g>")
	}
	s.labels(&c)
	return c.close()
}

func (s Slope) y(v float64) float64 {
	// Without the last digits, which a stored result does not keep.
	return math.Round(1e6*(slopeBottom-s.Scale.At(v)*(slopeBottom-slopeTop))) / 1e6
}

// labels stand at the right ends, moved apart where they would meet.
func (s Slope) labels(c *canvas) {
	var named []SlopeLine
	for _, l := range s.Lines {
		if l.Name != "" {
			named = append(named, l)
		}
	}
	if len(named) > slopeLabels {
		named = slices.DeleteFunc(named, func(l SlopeLine) bool { return l.Class != "pooled" && l.Class != "adjusted" })
	}
	slices.SortStableFunc(named, func(a, b SlopeLine) int { return cmp.Compare(b.To, a.To) })
	at := make([]float64, len(named))
	for i, l := range named {
		at[i] = s.y(l.To)
		if i > 0 {
			at[i] = max(at[i], at[i-1]+slopePitch)
		}
	}
	for i := len(at) - 1; i >= 0; i-- { // and up again, where they ran off the end
		room := slopeBottom + 6 - slopePitch*float64(len(at)-1-i)
		at[i] = min(at[i], room)
	}
	for i, l := range named {
		end := s.y(l.To)
		c.el("line", "class", "lead", "x1", num(slopeRight+5), "x2", num(slopeRight+16), "y1", num(end), "y2", num(at[i]))
		c.text("text", l.Name, "class", "name "+l.Class, "x", num(slopeRight+19), "y", num(at[i]), "dy", "4")
	}
}
