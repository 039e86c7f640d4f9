package csv

import "bytes"

const (
	sampleBytes = 64 << 10
	sampleRows  = 50
)

// detect finds the separator by the first lines: of those that split the header
// the one by which most lines have as many cells as the header, then the one
// that makes the most cells. A file that none of them splits has one column.
func detect(sample []byte, complete bool, o Options) byte {
	if len(sample) > sampleBytes {
		sample, complete = sample[:sampleBytes], false
	}
	best, bestScore := byte(','), score{}
	for _, sep := range []byte{',', ';', '\t', '|'} {
		if sep == o.Quote && !o.NoQuote {
			continue
		}
		o.Separator = sep
		if s := try(sample, complete, o); s.cells > 1 && bestScore.less(s) {
			best, bestScore = sep, s
		}
	}
	return best
}

// score says how well a separator fits.
type score struct {
	cells int // in the header
	equal int // rows of as many cells
	rows  int // all rows
}

func (a score) less(b score) bool {
	if a.cells == 0 {
		return true
	}
	if x, y := a.equal*b.rows, b.equal*a.rows; x != y {
		return x < y
	}
	return a.cells < b.cells
}

func try(sample []byte, complete bool, o Options) score {
	s := newScanner(bytes.NewReader(sample), o, len(sample)+1)
	s.fill()
	var result score
	for result.rows < sampleRows && s.next() == nil {
		if s.pos == s.end && !complete && result.rows > 0 {
			break // may be cut
		}
		if result.rows == 0 {
			result.cells = s.rowCells
		}
		if s.rowCells == result.cells {
			result.equal++
		}
		result.rows++
	}
	return result
}
