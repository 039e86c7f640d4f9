package parquet

import (
	"errors"
	"io"
)

// readAhead is how much of a chunk is read at once.
const readAhead = 256 << 10

// window is the part of a chunk that is in memory.
type window struct {
	r         io.ReaderAt
	next, end int64 // file offsets: of the next byte to read, of the chunk's end
	most      int   // bytes asked for at once so far
	memory    []byte
	buf       []byte // within memory, what was read and not yet taken
}

// left is the number of bytes of the chunk not yet taken.
func (w *window) left() int64 { return w.end - w.next + int64(len(w.buf)) }

// offset is where in the file the next byte to take is.
func (w *window) offset() int64 { return w.next - int64(len(w.buf)) }

// peek returns at least n bytes without taking them, or fewer if the chunk
// ends. Bytes that were taken before are overwritten.
func (w *window) peek(n int) ([]byte, error) {
	if len(w.buf) >= n || w.next == w.end {
		return w.buf, nil
	}
	// Pages that are not small are read one by one, each with room for the next
	// header and to be a little larger than those before: little is moved then.
	w.most = max(w.most, n)
	ahead := max(readAhead, cap(w.memory)) // memory of an earlier chunk shows how much is worth reading
	if w.most > readAhead/2 {
		ahead = w.most + w.most/16 + 1<<10
	}
	size := int(min(int64(max(n, ahead)), w.left()))
	if cap(w.memory) < size {
		w.memory = make([]byte, size)
	}
	have := copy(w.memory[:size], w.buf)
	got, err := w.r.ReadAt(w.memory[have:size], w.next)
	if got < size-have {
		if err == io.EOF {
			err = errors.New("file ends early: it was cut while it was read")
		}
		return nil, err
	}
	w.next += int64(got)
	w.buf = w.memory[:size]
	return w.buf, nil
}

// take returns the next n bytes, valid until the next call.
func (w *window) take(n int) ([]byte, error) {
	b, err := w.peek(n)
	if err != nil {
		return nil, err
	}
	if len(b) < n {
		return nil, errors.New("page goes beyond its column chunk")
	}
	w.buf = b[n:]
	return b[:n:n], nil
}

// pass leaves out n bytes.
func (w *window) pass(n int64) {
	inside := min(n, int64(len(w.buf)))
	w.buf = w.buf[inside:]
	w.next = min(w.next+n-inside, w.end)
}
