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
		if _, err := unpack(packed, sum); err == nil {
			return sum, nil
		}
		if err := t.exec("delete from content where digest = ?", sum); err != nil {
			return "", err
		}
	}
	if packed, err = pack(data); err != nil {
		return "", err
	}
	return sum, t.exec("insert into content values (?, ?, ?)", sum, len(data), packed)
}

func pack(data []byte) ([]byte, error) {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	if err != nil {
		return nil, err
	}
	return w.EncodeAll(data, nil), w.Close()
}

// maxContent bounds what content is unpacked to.
const maxContent = 1 << 31

var errDamaged = errors.New("it is not what was stored")

// unpack gives content back if it is what the digest says.
func unpack(packed []byte, sum string) ([]byte, error) {
	r, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxContent))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := r.DecodeAll(packed, nil)
	if err != nil || digest(data) != sum {
		return nil, errDamaged
	}
	return data, nil
}
