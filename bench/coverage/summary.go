package main

import (
	"fmt"
	"math"
	"strconv"
)

// summary is what one method did over many points.
type summary struct {
	method             string
	points             int
	sum, above, below  float64
	none               float64
	worst, worstEnough *point
	enough, under      int // points with enough cases, and of them those that are below low
}

// low is the coverage that no default interval may fall below where every group
// expects five cases of either kind.
const low = 93.0

func (s *summary) see(p point) {
	s.none += p.noneShare()
	s.points++
	c := p.coverage()
	if math.IsNaN(c) { // no sample gave an interval
		return
	}
	s.sum, s.above, s.below = s.sum+c, s.above+p.aboveShare(), s.below+p.belowShare()
	if s.worst == nil || c < s.worst.coverage() {
		s.worst = &p
	}
	if !p.enough() {
		return
	}
	if s.worstEnough == nil || c < s.worstEnough.coverage() {
		s.worstEnough = &p
	}
	s.enough++
	if c < low-p.noise() {
		s.under++
	}
}

// noise is two standard errors of a coverage near low that was drawn.
func (p point) noise() float64 {
	n, err := strconv.Atoi(p.how)
	if err != nil {
		return 0
	}
	return 2 * math.Sqrt(low*(100-low)/float64(n))
}

// mean is over all points, those with too few cases included.
func (s *summary) mean() float64 { return s.sum / float64(s.points) }

// summarize gathers points under the same key, in the order in which keys come.
func summarize(points []point, key func(point) string) []*summary {
	at := map[string]*summary{}
	var out []*summary
	for _, p := range points {
		k := p.method + "|" + key(p)
		if at[k] == nil {
			at[k] = &summary{method: p.method}
			out = append(out, at[k])
		}
		at[k].see(p)
	}
	return out
}

// where says at which rates a point lies, "" for none.
func where(p *point) string {
	switch {
	case p == nil:
		return "–"
	case p.at != "":
		return fmt.Sprintf("%.2f at %s", p.coverage(), p.at)
	case p.n2 == 0:
		return fmt.Sprintf("%.2f at %g", p.coverage(), p.p1)
	}
	return fmt.Sprintf("%.2f at %g, %g", p.coverage(), p.p1, p.p2)
}
