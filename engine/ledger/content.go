package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"github.com/klauspost/compress/zstd"
)

// Content is stored once, compressed, under the SHA-256 of what it is.

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// put stores data, unless it is there, and returns its digest. What is there and
// damaged is replaced.
func (t *tx) put(data []byte) (string, error) {
	sum := digest(data)
	var packed []byte
	known, err := t.one([]any{&packed}, "select data from content where digest = ?", sum)
	if err != nil {
		return "", err
	}
	if known {
		if _, err := t.content.unpack(packed, sum); err == nil {
			return sum, nil
		}
		if err := t.exec("delete from content where digest = ?", sum); err != nil {
			return "", err
		}
	}
	if packed, err = t.content.pack(data); err != nil {
		return "", err
	}
	return sum, t.exec("insert into content values (?, ?, ?)", sum, len(data), packed)
}

// content packs and unpacks. It belongs to one ledger.
type content struct {
	w *zstd.Encoder // nil until something is packed
	r *zstd.Decoder // likewise
}

func (c *content) pack(data []byte) (_ []byte, err error) {
	if c.w == nil {
		if c.w, err = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1)); err != nil {
			return nil, err
		}
	}
	return c.w.EncodeAll(data, nil), nil
}

// maxContent bounds what content is unpacked to.
const maxContent = 1 << 31

var errDamaged = errors.New("it is not what was stored")

// unpack gives content back if it is what the digest says.
func (c *content) unpack(packed []byte, sum string) (data []byte, err error) {
	if c.r == nil {
		if c.r, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxContent)); err != nil {
			return nil, err
		}
	}
	if data, err = c.r.DecodeAll(packed, nil); err != nil || digest(data) != sum {
		return nil, errDamaged
	}
	return data, nil
}

func (c *content) close() {
	if c.r != nil {
		c.r.Close()
	}
}
