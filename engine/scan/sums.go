package scan

import (
	"github.com/plumbline-audit/plumbline/engine/table"
)

// sums are the exact sums of the numbers of each cell, and of their squares. The
// classes of numbers that occur have a place each, in order of appearance.
type sums struct {
	place   [table.FixedClasses]uint16 // place + 1, 0 for none
	classes []int                      // by place
	cells   int                        // that there is room for
	fixed   []table.Fixed              // place * cells + cell
}

// fit makes room for the cells that are known by now.
func (s *sums) fit(cells int) {
	if cells <= s.cells {
		return
	}
	size := max(2*s.cells, cells)
	s.fixed = moved(s.fixed, s.cells, size, len(s.classes)*size)
	s.cells = size
}

func (s *sums) add(cell uint32, x float64, copies int64) {
	class := table.FixedClass(x)
	s.at(class, cell).Add(x, copies)
}

// addAll adds the numbers of consecutive rows, a copy of each.
func (s *sums) addAll(cells, ids []uint32, xs []float64) {
	cells, ids = cells[:len(xs)], ids[:len(xs)]
	for i, x := range xs {
		if ids[i] >= firstNumber {
			s.at(table.FixedClass(x), cells[i]).AddUnits(table.FixedUnits(x))
		}
	}
}

func (s *sums) at(class int, cell uint32) *table.Fixed {
	place := s.place[class]
	if place == 0 {
		place = s.open(class)
	}
	return &s.fixed[(int(place)-1)*s.cells+int(cell)]
}

// open gives a class a place.
func (s *sums) open(class int) uint16 {
	s.classes = append(s.classes, class)
	s.fixed = append(s.fixed, make([]table.Fixed, s.cells)...)
	s.place[class] = uint16(len(s.classes))
	return s.place[class]
}

// moments are those of one cell.
func (s *sums) moments(cell uint32) *table.Moments {
	var m table.Moments
	for place, class := range s.classes {
		m.AddFixed(class, &s.fixed[place*s.cells+int(cell)])
	}
	return &m
}

func (s *sums) bytes() int64 { return int64(cap(s.fixed)) * 40 }
