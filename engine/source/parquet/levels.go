package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// levelWidth is the bits of a level that goes up to most.
func levelWidth(most uint32) int { return bits.Len32(most) }

// prefixedRuns splits off a hybrid that starts with its length.
func prefixedRuns(b []byte) (runs, rest []byte, err error) {
	if len(b) < 4 {
		return nil, nil, errValuesShort
	}
	n := uint64(binary.LittleEndian.Uint32(b))
	if n > uint64(len(b)-4) {
		return nil, nil, errors.New("run lengths go beyond their page")
	}
	return b[4 : 4+n], b[4+n:], nil
}

// levelsV1 decompresses a page of version 1 and splits off its levels.
func (p *pages) levelsV1(h *pageHeader, body []byte, n int) ([]byte, error) {
	body, err := p.decompress(body, int(h.plain))
	if err != nil {
		return nil, err
	}
	if body, err = openLevels(&p.rep, &p.legacy.rep, body, h.repEnc, n, p.leaf.rep, "repetition level"); err != nil {
		return nil, err
	}
	return openLevels(&p.def, &p.legacy.def, body, h.defEnc, n, p.leaf.def, "definition level")
}

func openLevels(to *hybrid, memory *[]byte, b []byte, encoding int32, n int, most uint32, what string) ([]byte, error) {
	if most == 0 {
		return b, nil
	}
	width := levelWidth(most)
	switch encoding {
	case encRLE:
		runs, rest, err := prefixedRuns(b)
		to.reset(runs, width, most+1, what)
		return rest, err
	case encBitPacked:
		size := (int64(n)*int64(width) + 7) / 8
		if size > int64(len(b)) || size > math.MaxInt32 {
			return nil, fmt.Errorf("a page ends before its last %s", what)
		}
		*memory = fromBitPacked(*memory, b[:size], width)
		to.literal(*memory, width, most+1, what)
		return b[size:], nil
	}
	return nil, fmt.Errorf("%ss have encoding %d", what, encoding)
}

// levelsV2 splits off the levels of a page of version 2, which are never
// compressed, and decompresses the values.
func (p *pages) levelsV2(h *pageHeader, body []byte) ([]byte, error) {
	n := h.repSize + h.defSize
	levels, body := body[:n], body[n:]
	if p.window.shared != nil { // whose memory others will use
		p.kept = append(p.kept[:0], levels...)
		if h.uncompressed {
			p.kept = append(p.kept, body...)
			body = p.kept[n:]
		}
		levels = p.kept[:n]
	}
	rep, def := levels[:h.repSize], levels[h.repSize:]
	if p.leaf.rep > 0 {
		p.rep.reset(rep, levelWidth(p.leaf.rep), p.leaf.rep+1, "repetition level")
	}
	if p.leaf.def > 0 {
		p.def.reset(def, levelWidth(p.leaf.def), p.leaf.def+1, "definition level")
	}
	size := int(h.plain - n)
	if h.uncompressed {
		if len(body) != size {
			return nil, errSize
		}
		return body, nil
	}
	return p.decompress(body, size)
}

// fromBitPacked turns levels of the deprecated encoding BIT_PACKED, which
// starts at the most significant bit, into the order of the hybrid's groups.
func fromBitPacked(dst, src []byte, width int) []byte {
	dst = append(dst[:0], make([]byte, len(src)+8)...)
	for i := range len(src) * 8 / width {
		for j := range width {
			in := i*width + j
			if src[in/8]&(0x80>>(in%8)) != 0 {
				out := i*width + width - 1 - j
				dst[out/8] |= 1 << (out % 8)
			}
		}
	}
	return dst[:len(src)]
}
