package config

import (
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// Size is a number of bytes. In YAML it is a whole number with a unit, 16MiB, or
// without one.
type Size int64

// mostBytes is what the readers can hold in one piece.
const mostBytes Size = 1 << 30

// binary lists the units that a size can be written in, largest first.
func binary() []struct {
	suffix string
	bytes  Size
} {
	return []struct {
		suffix string
		bytes  Size
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}, {"", 1}}
}

func (s *Size) decode(d *decoder, n *yaml.Node, f field, path string) {
	if n.Kind == yaml.ScalarNode {
		for _, unit := range binary() {
			number, ok := strings.CutSuffix(n.Value, unit.suffix)
			if !ok {
				continue
			}
			count, err := strconv.ParseUint(strings.TrimSuffix(number, " "), 10, 63)
			if err != nil {
				break
			}
			if count == 0 || count > uint64(mostBytes/unit.bytes) {
				d.mistake(n, path, subject(f)+" must be above zero and at most 1GiB, not "+n.Value, "")
				return
			}
			*s = Size(count) * unit.bytes
			return
		}
	}
	d.mistake(n, path, subject(f)+" must be a size, not "+describe(n), "a whole number and a unit: 512KiB, 16MiB, 1GiB")
}

// String is the size in the largest unit that is exact.
func (s Size) String() string {
	for _, unit := range binary() {
		if s%unit.bytes == 0 {
			return strconv.FormatInt(int64(s/unit.bytes), 10) + unit.suffix
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

func (s *Size) encode() *yaml.Node {
	if *s == 0 {
		return nil
	}
	return textNode(s.String())
}
