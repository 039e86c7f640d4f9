package reports

import (
	"bytes"
	"reflect"
	"strconv"
)

// pieceSize is how many measurements are encoded at a time. Nearly all of a result are
// measurements, and nearly all of a trend are points: a buffer for all of them would be
// copied each time that it grows.
const pieceSize = 256

// piecesJSON is the inside of a list as layout writes it, in pieces, which are made on
// all processors. place is what faults call the list.
func piecesJSON[T any](all []T, place string) ([][]byte, error) {
	pieces := make([][]byte, (len(all)+pieceSize-1)/pieceSize)
	faults := make([]error, len(pieces))
	type scratch struct {
		compact bytes.Buffer
		types   rounder
	}
	onAll(len(pieces), func() *scratch { return &scratch{types: rounder{}} }, func(s *scratch, i int) {
		from := i * pieceSize
		pieces[i], faults[i] = pieceJSON(&s.compact, s.types, all[from:min(from+pieceSize, len(all))], from, place)
	})
	for _, err := range faults {
		if err != nil {
			return nil, err
		}
	}
	return pieces, nil
}

// pieceJSON lays out some elements of a list, of which the first is number from.
func pieceJSON[T any](compact *bytes.Buffer, types rounder, some []T, from int, place string) ([]byte, error) {
	copied := make([]T, len(some))
	for i := range some {
		if bad := types.into(reflect.ValueOf(&copied[i]).Elem(), reflect.ValueOf(&some[i]).Elem()); bad != nil {
			return nil, bad.in("[" + strconv.Itoa(from+i) + "]").in(place).fault()
		}
	}
	compact.Reset()
	if err := encode(compact, copied); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.Grow(compact.Len() + len(some)*len("\n    "))
	l := &layout{w: &out, rest: compact.Bytes()}
	for range some {
		if l.rest = l.rest[1:]; out.Len() > 0 { // after its bracket or comma
			out.WriteByte(',')
		}
		out.WriteString("\n    ")
		l.value("    ", true)
	}
	return out.Bytes(), nil
}
