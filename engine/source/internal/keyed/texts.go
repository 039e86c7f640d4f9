package keyed

// Texts holds strings back to back, more than source.Strings may.
type Texts struct {
	buf  []byte
	ends []int
}

// Add appends a string.
func (t *Texts) Add(b []byte) {
	t.buf = append(t.buf, b...)
	t.ends = append(t.ends, len(t.buf))
}

// Len is the number of strings.
func (t *Texts) Len() int { return len(t.ends) }

// At is string i, without a copy.
func (t *Texts) At(i int) []byte {
	start := 0
	if i > 0 {
		start = t.ends[i-1]
	}
	return t.buf[start:t.ends[i]]
}

// Bytes is the memory that the strings take.
func (t *Texts) Bytes() int64 { return int64(cap(t.buf)) + 8*int64(cap(t.ends)) }
