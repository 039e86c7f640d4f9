package published

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Limits of what is taken for a published table: MaxBytes is the largest file.
const (
	MaxBytes   = 16 << 20
	maxLines   = 20_000
	maxColumns = 100
)

// line is a line of the file; number counts from 1, blank says that an empty
// line stands before it.
type line struct {
	number int
	blank  bool
	cells  []string
	note   string   // how the line was made out of the file's
	made   int      // a column that the file does not have, from 1
	left   []string // columns that were left out
	// uncounted are blocks of columns whose rates have no counts.
	uncounted []string
	short     bool // cells are missing, and nobody knows which
}

// filled counts the cells with something in them.
func (l line) filled() int {
	n := 0
	for _, c := range l.cells {
		if c != "" {
			n++
		}
	}
	return n
}

func (l line) cell(i int) string {
	if i < 0 || i >= len(l.cells) {
		return ""
	}
	return l.cells[i]
}

// readLines splits a text into cells; empty lines are left out.
func readLines(text string, separator rune) ([]line, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = separator, -1, true
	var out []line
	blank, from := false, int64(0)
	for {
		cells, err := r.Read()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			var bad *csv.ParseError
			if errors.As(err, &bad) {
				return nil, fmt.Errorf("line %d: %w", bad.Line, bad.Err)
			}
			return nil, err
		}
		number, _ := r.FieldPos(0)
		raw := text[from:r.InputOffset()]
		from = r.InputOffset()
		l := line{number: number, blank: blank || strings.HasPrefix(raw, "\n") || strings.HasPrefix(raw, "\r\n")}
		if len(cells) > maxColumns || len(out) == maxLines {
			return nil, fmt.Errorf("line %d: more than %d columns or %d lines; a published table is smaller", number, maxColumns, maxLines)
		}
		for _, c := range cells {
			l.cells = append(l.cells, plainCell(c))
		}
		if l.furniture() {
			continue
		}
		if blank = l.filled() == 0; !blank {
			out = append(out, l)
		}
	}
}

// decodeText takes UTF-8 and UTF-16 with a byte order mark; what is not UTF-8 is
// taken for Windows-1252, in which spreadsheets save.
func decodeText(data []byte) (string, error) {
	switch {
	case len(data) > MaxBytes:
		return "", fmt.Errorf("the file has more than %d MB; a published table is smaller", MaxBytes>>20)
	case bytes.HasPrefix(data, []byte{0xEF, 0xBB, 0xBF}):
		data = data[3:]
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		return wide(data[2:], binary.LittleEndian), nil
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return wide(data[2:], binary.BigEndian), nil
	}
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) || bytes.HasPrefix(data, []byte("%PDF")) || bytes.IndexByte(data, 0) >= 0 {
		return "", errors.New("this is not a text file; save the table as CSV")
	}
	if utf8.Valid(data) {
		return string(data), nil
	}
	var b strings.Builder
	for _, c := range data {
		switch c {
		case 0x91, 0x92:
			b.WriteByte('\'')
		case 0x96:
			b.WriteRune('–')
		case 0x97:
			b.WriteRune('—')
		default:
			b.WriteRune(rune(c))
		}
	}
	return b.String(), nil
}

func wide(data []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units))
}

// separators are the characters that may part cells, the likeliest first: the
// one that gives most lines the same number of cells, more than one.
func separators(text string) []rune {
	list := []rune{',', ';', '\t', '|'}
	score := map[rune]int{}
	for _, sep := range list {
		counts := map[int]int{}
		for i, l := range strings.SplitN(text, "\n", 201) {
			if i < 200 {
				counts[outside(l, sep)]++
			}
		}
		for n, lines := range counts {
			if n > 0 {
				score[sep] = max(score[sep], lines*min(n, 3))
			}
		}
	}
	slices.SortStableFunc(list, func(a, b rune) int { return score[b] - score[a] })
	return list
}

// outside counts a character that does not stand in quotes.
func outside(l string, sep rune) int {
	n, quoted := 0, false
	for _, r := range l {
		switch {
		case r == '"':
			quoted = !quoted
		case r == sep && !quoted:
			n++
		}
	}
	return n
}
