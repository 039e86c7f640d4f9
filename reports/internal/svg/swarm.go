package svg

import (
	"math"
	"slices"
)

// Swarm is one panel of dots along an axis, in a lane for each group: each dot
// stands for an equal part of the group, and dots that would meet are moved
// apart across the axis. Its size is fixed; the page scales it a little.
type Swarm struct {
	ID, Title, Desc string
	Scale           Scale
	Format          func(float64) string
	Zero            float64 // the line of no effect
	Lanes           []Lane
}

// A Lane is one group.
type Lane struct {
	Name, Class string
	Dots        []float64
	Mean        float64 // a line across the lane
	Tip         string
}

// The panel's frame, in its own units.
const (
	swarmLeft, swarmRight = 8.0, 312.0
	laneName, laneHeight  = 16.0, 50.0
	swarmTicks            = 22.0
	swarmRadius           = 3.0
	swarmReach            = 12.5 // how far a dot is moved at most
)

func (s Swarm) x(v float64) float64 { return swarmLeft + 4 + s.Scale.At(v)*(swarmRight-swarmLeft-8) }

// String draws the panel.
func (s Swarm) String() string {
	var c canvas
	bottom := float64(len(s.Lanes)) * laneHeight
	c.open("swarm", s.ID, "0 0 320 "+num(bottom+swarmTicks), s.Title, s.Desc)
	for i, t := range s.Scale.Ticks {
		x := num(s.x(t))
		c.el("line", "class", "grid", "x1", x, "x2", x, "y1", "0", "y2", num(bottom))
		anchor := "middle"
		switch i {
		case 0:
			anchor = "start"
		case len(s.Scale.Ticks) - 1:
			anchor = "end"
		}
		c.text("text", s.Format(t), "class", "tick", "x", x, "y", num(bottom+16), "text-anchor", anchor)
	}
	zero := num(s.x(s.Zero))
	c.el("line", "class", "zero", "x1", zero, "x2", zero, "y1", "0", "y2", num(bottom))
	for i, l := range s.Lanes {
		s.lane(&c, l, float64(i)*laneHeight)
	}
	return c.close()
}

func (s Swarm) lane(c *canvas, l Lane, top float64) {
	middle := top + laneName + (laneHeight-laneName)/2
	c.start("g", []string{"class", l.Class})
	c.b.WriteString(">")
	if l.Tip != "" {
		c.text("title", l.Tip)
	}
	for _, at := range s.piled(l.Dots) {
		c.el("circle", "class", "dot", "cx", num(at[0]), "cy", num(middle+at[1]), "r", num(swarmRadius))
	}
	x := num(s.x(l.Mean))
	c.el("line", "class", "mean", "x1", x, "x2", x, "y1", num(middle-15), "y2", num(middle+15))
	c.text("text", l.Name, "class", "halo", "x", num(swarmLeft), "y", num(top+12))
	c.b.WriteString("</g>")
}

// piled places dots: along the axis where they belong, and across it as near to
// the middle as there is room.
func (s Swarm) piled(dots []float64) [][2]float64 {
	var out [][2]float64
	for _, v := range slices.Sorted(slices.Values(dots)) {
		x, y := s.x(v), 0.0
		for step := 0; step*2 <= int(2*swarmReach); step++ {
			y = float64((step+1)/2) * swarmRadius
			if (step+len(out))%2 == 0 {
				y = -y
			}
			meets := func(at [2]float64) bool { return math.Hypot(at[0]-x, at[1]-y) < 1.9*swarmRadius }
			if math.Abs(y) <= swarmReach && !slices.ContainsFunc(out, meets) {
				break
			}
		}
		out = append(out, [2]float64{x, max(-swarmReach, min(swarmReach, y))})
	}
	return out
}
