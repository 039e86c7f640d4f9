package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// byteSize is a flag for an amount of memory: 512MiB, 2GiB, 1.5GB, 1000000.
type byteSize int64

// units are the suffixes of a size, the longest first.
func units() []unit {
	return []unit{
		{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40},
		{"kB", 1e3}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12},
		{"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {"T", 1 << 40}, {"B", 1},
	}
}

type unit struct {
	suffix string
	bytes  float64
}

func (b *byteSize) Type() string { return "SIZE" }

func (b *byteSize) String() string {
	if *b == 0 {
		return ""
	}
	return strconv.FormatInt(int64(*b), 10)
}

func (b *byteSize) Set(s string) error {
	number, factor := strings.TrimSpace(s), 1.0
	for _, u := range units() {
		if len(number) > len(u.suffix) && strings.EqualFold(number[len(number)-len(u.suffix):], u.suffix) {
			number, factor = strings.TrimSpace(number[:len(number)-len(u.suffix)]), u.bytes
			break
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(n) {
		return fmt.Errorf("write a size as 512MiB, 2GiB or 1000000")
	}
	if n *= factor; n < 1 || n > 1<<62 {
		return fmt.Errorf("must be from 1 byte to 4 EiB")
	}
	*b = byteSize(n)
	return nil
}
