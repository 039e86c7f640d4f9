package main

import (
	"io"
	"math"
	"strconv"
	"time"
)

// lines is how many lines are made at a time.
const lines = 1 << 16

// writeText writes rows of the log as CSV or JSON Lines. A missing value is an
// empty cell, or null.
func writeText(w io.Writer, l *decisions, o options, rows part) error {
	list := columns(o.subject)
	form := csvLine
	if o.format == "jsonl" {
		form = jsonLine
	} else if err := header(w, list); err != nil {
		return err
	}
	batches, texts := make([]*batch, o.workers), make([][]byte, o.workers)
	return inOrder(o.workers, rows.split(lines),
		func(slot int, p part) ([]byte, error) {
			if batches[slot] == nil {
				batches[slot] = newBatch(lines)
			}
			b, text := batches[slot], texts[slot][:0]
			l.fill(b, p.first, int(p.rows))
			for row := range b.rows {
				text = form(text, list, b, row)
			}
			texts[slot] = text
			return text, nil
		},
		func(text []byte) error {
			_, err := w.Write(text)
			return err
		})
}

func header(w io.Writer, list []column) error {
	var text []byte
	for i, c := range list {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(text, c.name...)
	}
	_, err := w.Write(append(text, '\n'))
	return err
}

// csvLine writes a row without quotes, which no value needs.
func csvLine(text []byte, list []column, b *batch, row int) []byte {
	for i, c := range list {
		if i > 0 {
			text = append(text, ',')
		}
		text, _ = appendValue(text, c, b, i, row)
	}
	return append(text, '\n')
}

func jsonLine(text []byte, list []column, b *batch, row int) []byte {
	for i, c := range list {
		if i == 0 {
			text = append(text, '{')
		} else {
			text = append(text, ',')
		}
		text = append(append(append(text, '"'), c.name...), '"', ':')
		quoted := c.kind == category || c.kind == instant
		begin := len(text)
		if quoted {
			text = append(text, '"')
		}
		var ok bool
		if text, ok = appendValue(text, c, b, i, row); !ok {
			text = append(text[:begin], "null"...)
		} else if quoted {
			text = append(text, '"')
		}
	}
	return append(text, '}', '\n')
}

// appendValue writes a value, and says whether there is one.
func appendValue(text []byte, c column, b *batch, i, row int) ([]byte, bool) {
	switch c.kind {
	case category:
		if b.codes[i][row] == absent {
			return text, false
		}
		return append(text, c.values[b.codes[i][row]]...), true
	case real:
		if math.IsNaN(b.reals[i][row]) {
			return text, false
		}
		return strconv.AppendFloat(text, b.reals[i][row], 'f', -1, 64), true
	case instant:
		return time.UnixMicro(b.ints[i][row]).UTC().AppendFormat(text, "2006-01-02T15:04:05.000Z"), true
	}
	return strconv.AppendInt(text, b.ints[i][row], 10), true
}
