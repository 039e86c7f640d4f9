package stat

import (
	"math"
	"math/rand/v2"
)

// gaussian draws standard normal numbers that are the same on every processor,
// by the ziggurat of Marsaglia and Tsang (2000), Journal of Statistical Software
// 5(8), with 256 layers of equal area under exp(-x²/2).
type gaussian struct {
	edge   [layers + 1]float64 // of each layer, falling; the last is 0
	height [layers + 1]float64 // of the density at each edge
}

const (
	layers = 256
	// tailFrom is where the lowest layer ends and the tail begins, and
	// layerArea the area of every layer, tail included (Doornik 2005, "An
	// improved ziggurat method to generate normal random samples").
	tailFrom  = 3.6541528853610088
	layerArea = 0.00492867323399
)

func newGaussian() *gaussian {
	g := &gaussian{}
	top := portableExp(-tailFrom * tailFrom / 2)
	g.edge[0], g.height[0] = layerArea/top, top // as wide as its area, were it a box
	g.edge[1], g.height[1] = tailFrom, top
	for i := 2; i < layers; i++ {
		g.height[i] = layerArea/g.edge[i-1] + g.height[i-1]
		g.edge[i] = math.Sqrt(-2 * portableLog(g.height[i]))
	}
	g.height[layers] = 1
	return g
}

func (g *gaussian) draw(rng *rand.Rand) float64 {
	for {
		bits := rng.Uint64()
		layer := int(bits & (layers - 1))
		u := float64(int64(bits)>>11) * (1.0 / (1 << 52)) // -1 to 1; the layer's bits are not among its own
		x := float64(u * g.edge[layer])
		if math.Abs(x) < g.edge[layer+1] {
			return x
		}
		if layer == 0 {
			return math.Copysign(beyondTail(rng), x)
		}
		low, high := g.height[layer], g.height[layer+1]
		if low+float64(rng.Float64()*(high-low)) < portableExp(float64(-x*x)/2) {
			return x
		}
	}
}

// beyondTail draws a number above tailFrom (Marsaglia 1964).
func beyondTail(rng *rand.Rand) float64 {
	for {
		x := -portableLog(1-rng.Float64()) / tailFrom
		y := -portableLog(1 - rng.Float64())
		if 2*y > float64(x*x) {
			return tailFrom + x
		}
	}
}
