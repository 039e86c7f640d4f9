package model

import (
	"math"
	"math/bits"
)

// score writes the margins of the rows of a batch.
func (l *layout) score(f *Forest, batch Batch, scores []float64) {
	bins := make([]uint16, max(1, l.columns)*blockRows)
	sums := make([]float64, blockRows*f.classes)
	for from := 0; from < batch.Rows; from += blockRows {
		to := min(from+blockRows, batch.Rows)
		for i := range l.inputs {
			l.inputs[i].bins(batch.Columns[i][from:to], f.single, bins)
		}
		for class, base := range f.base {
			for row := range blockRows {
				sums[class*blockRows+row] = base
			}
		}
		for i := range l.trees {
			t := &l.trees[i]
			t.add(bins, sums[t.class*blockRows:][:blockRows], f.single)
		}
		for row := from; row < to; row++ {
			for class := range f.classes {
				scores[row*f.classes+class] = sums[class*blockRows+row-from]
			}
		}
	}
}

// bins writes the bins of some rows of one input into its columns. Rows beyond
// the last keep what they had: they are scored and dropped.
func (b *binning) bins(values []float64, single bool, bins []uint16) {
	if len(b.columns) == 0 {
		return
	}
	for row, x := range values {
		if single {
			x = float64(float32(x))
		}
		nan := x != x
		bin := uint16(0)
		if nan {
			bin = b.bin(0)
		} else {
			bin = b.bin(x)
		}
		for i := range b.columns {
			c := &b.columns[i]
			bins[c.at*blockRows+row] = c.bin(x, bin, nan)
		}
	}
}

// bin counts the cuts below x. The step has no branch: which half is right
// cannot be foretold.
func (b *binning) bin(x float64) uint16 {
	key := ordered(x)
	low := 0
	for half := (len(b.cuts) + 1) / 2; half > 0; half /= 2 {
		_, less := bits.Sub64(b.cuts[low+half-1], key, 0)
		low += half & -int(less)
	}
	return uint16(low)
}

// ordered gives a number that orders as the float does; both zeros are one.
func ordered(x float64) uint64 {
	b := math.Float64bits(x + 0)
	return b ^ (uint64(int64(b)>>63) | 1<<63)
}

// bin gives the bin of a value in this column; plain is that among the cuts.
func (c *binColumn) bin(x float64, plain uint16, nan bool) uint16 {
	switch {
	case nan && c.missing != missingNone,
		c.missing == missingZero && x >= -zeroAtMost && x <= zeroAtMost:
		return c.missingBin
	case c.node != nil:
		if c.node.goesLeft(x) {
			return 0
		}
		return 1
	}
	return plain
}

// add adds the tree's leaves to the sums of a block of rows, four walks at a
// time: their steps do not wait for one another.
func (t *perfectTree) add(bins []uint16, sums []float64, single bool) {
	nodes, leaves := t.nodes, t.leaves
	sums = sums[:blockRows]
	for row := 0; row < blockRows; row += 4 {
		a, b, c, d := 0, 0, 0, 0
		for range t.depth {
			a = next(nodes[a], bins, row, a)
			b = next(nodes[b], bins, row+1, b)
			c = next(nodes[c], bins, row+2, c)
			d = next(nodes[d], bins, row+3, d)
		}
		first := len(nodes)
		sums[row] += leaves[a-first]
		sums[row+1] += leaves[b-first]
		sums[row+2] += leaves[c-first]
		sums[row+3] += leaves[d-first]
	}
	if single {
		for row, sum := range sums {
			sums[row] = float64(float32(sum))
		}
	}
}

// next goes one level down: left if the bin is at most the cut.
func next(node uint32, bins []uint16, row, at int) int {
	bin := uint32(bins[int(node>>16)+row])
	right := (node&0xffff - bin) >> 31
	return 2*at + 1 + int(right)
}
