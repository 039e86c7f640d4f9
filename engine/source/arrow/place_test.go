package arrow

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// What is wrong with a message is said with its place; its length is signed.
func TestPlaces(t *testing.T) {
	whole := written(t, decisions(10), false, false)
	first := int(binary.LittleEndian.Uint32(whole[4:])) + 8 // where the message behind the schema begins
	for _, c := range []struct {
		at   int
		with []byte
		want string
	}{
		{first + 4, []byte{0xf0, 0xff, 0xff, 0xff}, "x, record batch 0: message at byte 472 claims -16 bytes of metadata"},
		{first + 8, []byte{0xff, 0xff, 0xff, 0x0f}, "x, record batch 0: message at byte 472: metadata is damaged"},
	} {
		b := bytes.Clone(whole)
		copy(b[c.at:], c.with)
		f, err := New(bytes.NewReader(b), int64(len(b)), Options{Name: "x"})
		if err == nil {
			_, err = each(f, []int{0}, nil)
		}
		if err == nil || err.Error() != c.want {
			t.Error(err)
		}
	}
}
