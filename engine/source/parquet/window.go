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
	ahead     int   // bytes worth reading at once
	memory    []byte
	shared    *shared // in place of memory, if not nil
	buf       []byte  // within either, what was read and not yet taken
}

// shared is memory for the windows of all columns of a reader that do not look at
// a page's bytes once it is open: there is less of it than if each had its own,
// and it stays in the processor's cache.
type shared struct {
	memory []byte
	owner  *window // whose bytes it holds
}

// own makes the memory this window's. What another one has overwritten is read
// again.
func (w *window) own() {
	if w.shared != nil && w.shared.owner != w {
		w.shared.owner = w
		w.next -= int64(len(w.buf))
		w.buf = nil
	}
}

// room is memory for size bytes.
func (w *window) room(size int) []byte {
	to := &w.memory
	if w.shared != nil {
		to = &w.shared.memory
	}
	if have := cap(*to); have < size { // by a quarter at least, or every page that is a little larger would leave garbage
		*to = make([]byte, max(size, have+have/4))
	}
	return (*to)[:size]
}

// open starts on size bytes from start on, which hold so many values. The
// pages of a compressed chunk are of no use once they are decompressed, so its
// window can share memory, which it then fills with about what a batch takes. But
// a chunk of which a batch takes little is better read in one go.
func (w *window) open(r io.ReaderAt, start, size, values int64, compressed bool, s *shared) {
	*w = window{r: r, next: start, end: start + size, ahead: readAhead, memory: w.memory}
	if batch := size / max(1, values/batchRows); compressed && s != nil && batch > readAhead/4 {
		w.shared, w.ahead, w.memory = s, int(min(batch+batch/16+1<<10, readAhead)), nil
	}
}

// left is the number of bytes of the chunk not yet taken.
func (w *window) left() int64 { return w.end - w.next + int64(len(w.buf)) }

// offset is where in the file the next byte to take is.
func (w *window) offset() int64 { return w.next - int64(len(w.buf)) }

// peek returns at least n bytes without taking them, or fewer if the chunk
// ends. Bytes that were taken before are overwritten.
func (w *window) peek(n int) ([]byte, error) {
	w.own()
	if len(w.buf) >= n || w.next == w.end {
		return w.buf, nil
	}
	// Pages that are not small are read one by one, each with room for the next
	// header and to be a little larger than those before: little is moved then.
	w.most = max(w.most, n)
	ahead := max(w.ahead, cap(w.memory)) // memory of an earlier chunk shows how much is worth reading
	if w.most > w.ahead/2 {
		ahead = w.most + w.most/16 + 1<<10
	}
	size := int(min(int64(max(n, ahead)), w.left()))
	memory := w.room(size)
	have := copy(memory, w.buf)
	got, err := w.r.ReadAt(memory[have:], w.next)
	if got < size-have {
		if err == io.EOF {
			err = errors.New("file ends early: it was cut while it was read")
		}
		return nil, err
	}
	w.next += int64(got)
	w.buf = memory
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
