package model

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// maxNesting bounds how deep a document may nest: models nest about eight deep.
const maxNesting = 64

// ubjson turns a UBJSON document (ubjson.org, draft 12, with typed and counted
// containers) into JSON, so that both forms of XGBoost's files are read by one
// reader. Numbers of 32 bits keep their value: they are written as the shortest
// decimal that gives them back.
func ubjson(data []byte) ([]byte, error) {
	d := ubjsonDecoder{in: data, out: make([]byte, 0, 3*len(data))}
	if err := d.value(0); err != nil {
		return nil, err
	}
	if d.at != len(d.in) {
		return nil, d.fault("%d bytes follow the document", len(d.in)-d.at)
	}
	return d.out, nil
}

type ubjsonDecoder struct {
	in  []byte
	at  int
	out []byte
}

func (d *ubjsonDecoder) fault(format string, args ...any) error {
	return fmt.Errorf("byte %d: %s", d.at, fmt.Sprintf(format, args...))
}

// take gives the next n bytes.
func (d *ubjsonDecoder) take(n int) ([]byte, error) {
	if n < 0 || n > len(d.in)-d.at {
		return nil, d.fault("the file was cut off: %d bytes are needed, %d are left", n, len(d.in)-d.at)
	}
	d.at += n
	return d.in[d.at-n : d.at], nil
}

func (d *ubjsonDecoder) marker() (byte, error) {
	for {
		b, err := d.take(1)
		if err != nil {
			return 0, err
		}
		if b[0] != 'N' { // a no-op
			return b[0], nil
		}
	}
}

func (d *ubjsonDecoder) value(depth int) error {
	m, err := d.marker()
	if err != nil {
		return err
	}
	return d.valueOf(m, depth)
}

func (d *ubjsonDecoder) valueOf(marker byte, depth int) error {
	switch marker {
	case 'Z':
		d.out = append(d.out, "null"...)
	case 'T':
		d.out = append(d.out, "true"...)
	case 'F':
		d.out = append(d.out, "false"...)
	case 'S', 'H':
		return d.text(marker == 'H')
	case 'C':
		b, err := d.take(1)
		if err != nil {
			return err
		}
		return d.quote(b)
	case 'd', 'D':
		return d.float(marker)
	case '[':
		return d.container(']', depth)
	case '{':
		return d.container('}', depth)
	default:
		n, err := d.integer(marker)
		if err != nil {
			return err
		}
		d.out = strconv.AppendInt(d.out, n, 10)
	}
	return nil
}

func (d *ubjsonDecoder) integer(marker byte) (int64, error) {
	width := map[byte]int{'i': 1, 'U': 1, 'I': 2, 'l': 4, 'L': 8}[marker]
	if width == 0 {
		return 0, d.fault("%q is no type of UBJSON", marker)
	}
	b, err := d.take(width)
	if err != nil {
		return 0, err
	}
	switch marker {
	case 'i':
		return int64(int8(b[0])), nil
	case 'U':
		return int64(b[0]), nil
	case 'I':
		return int64(int16(binary.BigEndian.Uint16(b))), nil
	case 'l':
		return int64(int32(binary.BigEndian.Uint32(b))), nil
	}
	return int64(binary.BigEndian.Uint64(b)), nil
}

func (d *ubjsonDecoder) float(marker byte) error {
	bits, x := 64, 0.0
	if marker == 'd' {
		b, err := d.take(4)
		if err != nil {
			return err
		}
		bits, x = 32, float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
	} else {
		b, err := d.take(8)
		if err != nil {
			return err
		}
		x = math.Float64frombits(binary.BigEndian.Uint64(b))
	}
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return d.fault("a number is not finite")
	}
	d.out = strconv.AppendFloat(d.out, x, 'g', -1, bits)
	return nil
}

// length reads a count, which may not be larger than what is left of the file.
func (d *ubjsonDecoder) length() (int, error) {
	m, err := d.marker()
	if err != nil {
		return 0, err
	}
	n, err := d.integer(m)
	if err != nil {
		return 0, err
	}
	if n < 0 || n > int64(len(d.in)-d.at) {
		return 0, d.fault("a count of %d where %d bytes are left: the file was cut off, or is damaged", n, len(d.in)-d.at)
	}
	return int(n), nil
}

func (d *ubjsonDecoder) bytes() ([]byte, error) {
	n, err := d.length()
	if err != nil {
		return nil, err
	}
	return d.take(n)
}

func (d *ubjsonDecoder) text(number bool) error {
	b, err := d.bytes()
	if err != nil {
		return err
	}
	if number {
		if !json.Valid(b) {
			return d.fault("%q is no number", b)
		}
		d.out = append(d.out, b...)
		return nil
	}
	return d.quote(b)
}

func (d *ubjsonDecoder) quote(b []byte) error {
	quoted, err := json.Marshal(string(b))
	d.out = append(d.out, quoted...)
	return err
}

// container reads an array or an object, whose elements may have one declared
// type and whose number may be declared.
func (d *ubjsonDecoder) container(end byte, depth int) error {
	if depth == maxNesting {
		return d.fault("nested deeper than %d", maxNesting)
	}
	element, count, err := d.header()
	if err != nil {
		return err
	}
	d.out = append(d.out, map[byte]byte{']': '[', '}': '{'}[end])
	for i := 0; count < 0 || i < count; i++ {
		if count < 0 && d.ends(end) {
			break
		}
		if i > 0 {
			d.out = append(d.out, ',')
		}
		if end == '}' {
			if err := d.key(); err != nil {
				return err
			}
		}
		if element != 0 {
			err = d.valueOf(element, depth+1)
		} else {
			err = d.value(depth + 1)
		}
		if err != nil {
			return err
		}
	}
	d.out = append(d.out, end)
	return nil
}

// header reads the optional "$type" and "#count"; count is -1 without.
func (d *ubjsonDecoder) header() (element byte, count int, err error) {
	if d.at < len(d.in) && d.in[d.at] == '$' {
		b, err := d.take(2)
		if err != nil {
			return 0, 0, err
		}
		element = b[1]
		if d.at == len(d.in) || d.in[d.at] != '#' {
			return 0, 0, d.fault("a type without a count")
		}
	}
	if d.at < len(d.in) && d.in[d.at] == '#' {
		d.at++
		count, err = d.length()
		return element, count, err
	}
	return element, -1, nil
}

// ends says whether the container ends here, and steps over its end.
func (d *ubjsonDecoder) ends(end byte) bool {
	if d.at < len(d.in) && d.in[d.at] == end {
		d.at++
		return true
	}
	return false
}

func (d *ubjsonDecoder) key() error {
	b, err := d.bytes()
	if err != nil {
		return err
	}
	err = d.quote(b)
	d.out = append(d.out, ':')
	return err
}
