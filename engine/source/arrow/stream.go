package arrow

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
)

// stream is where the messages of a stream come from: a file, which can be read
// again, or a reader, which cannot.
type stream struct {
	f      *File
	rewind func() io.Reader // or nil
	once   *messages        // behind the schema, until it is taken
}

// Stream reads a stream from r, as on standard input. It is one unit that can
// be opened once, and is hashed as it is read.
func Stream(r io.Reader, opt Options) (*File, error) {
	f := &File{opt: opt.withDefaults("arrow stream"), close: func() error { return nil }}
	f.stream = &stream{f: f}
	if err := guarded(func() error { return f.stream.first(r) }); err != nil {
		return nil, fault(f.opt.Name, err)
	}
	return f, nil
}

// begin reads the schema of a stream in a file.
func (s *stream) begin() error {
	var err error
	s.f.schema, err = newMessages(s.rewind(), s.f.size, s.f.opt.MaxRows).schema()
	return err
}

// first reads the schema of a stream that cannot be read again.
func (s *stream) first(r io.Reader) error {
	m := newMessages(r, -1, s.f.opt.MaxRows)
	head, err := m.r.Peek(headLength)
	if len(head) == 0 && err == io.EOF {
		return errors.New("stream is empty")
	}
	if err != nil && err != io.EOF {
		return err
	}
	if err := notArrow(append(head, make([]byte, headLength-len(head))...)); err != nil {
		return err
	}
	s.f.schema, err = m.schema()
	s.once = m
	return err
}

// open is at the first message behind the schema.
func (s *stream) open() (*messages, error) {
	if s.rewind != nil {
		m := newMessages(s.rewind(), s.f.size, s.f.opt.MaxRows)
		_, err := m.schema()
		return m, err
	}
	s.f.mu.Lock()
	defer s.f.mu.Unlock()
	m := s.once
	if m == nil {
		return nil, &hinted{errors.New("stream was read already"), "it can be read once; store it in a file to read it again"}
	}
	s.once = nil
	return m, nil
}

// finish keeps the hash of a stream that was read to its end.
func (s *stream) finish(m *messages) {
	s.f.mu.Lock()
	defer s.f.mu.Unlock()
	s.f.size, s.f.sum = m.read, hex.EncodeToString(m.hash.Sum(nil))
}

// messages reads a stream message by message.
type messages struct {
	r    *bufio.Reader
	hash hash.Hash
	read int64 // bytes handed on
	size int64 // of all, or -1
	most int64 // rows of a batch
	meta []byte
	body int64 // size of the body of the message at hand
	at   int64 // in it
}

func newMessages(r io.Reader, size, most int64) *messages {
	return &messages{r: bufio.NewReaderSize(r, 1<<16), hash: sha256.New(), size: size, most: most}
}

// fill reads all of b and hashes it.
func (m *messages) fill(b []byte) error {
	n, err := io.ReadFull(m.r, b)
	m.hash.Write(b[:n])
	m.read += int64(n)
	return err
}

func (m *messages) schema() (*schema, error) {
	first, err := m.next()
	if err == io.EOF {
		return nil, errors.New("stream ends before its schema")
	}
	if err != nil {
		return nil, err
	}
	if first.kind != headerSchema {
		return nil, errors.New("stream does not begin with a schema")
	}
	if first.body != 0 {
		return nil, fmt.Errorf("schema has a body of %d bytes", first.body)
	}
	return parseSchema(first.header, first.version)
}

// next reads past the rest of the body at hand to the metadata of the next
// message. A stream ends with a mark or without one.
func (m *messages) next() (message, error) {
	if err := m.skip(m.body - m.at); err != nil {
		return message{}, err
	}
	m.body, m.at = 0, 0
	start := m.read
	var word [4]byte
	if err := m.fill(word[:]); err != nil {
		if err == io.EOF {
			return message{}, io.EOF
		}
		return message{}, readError(err)
	}
	n := binary.LittleEndian.Uint32(word[:])
	if n == 0xffffffff {
		if err := m.fill(word[:]); err != nil {
			return message{}, readError(err)
		}
		n = binary.LittleEndian.Uint32(word[:])
	}
	if n == 0 {
		return message{}, m.end()
	}
	if int32(n) < 0 { // the length is signed (format/Columnar, "Encapsulated message format")
		return message{}, fmt.Errorf("message at byte %d claims %d bytes of metadata", start, int32(n))
	}
	if m.size >= 0 && int64(n) > m.size-m.read {
		return message{}, fmt.Errorf("message at byte %d claims %d bytes of metadata, but only %d are left of the file", start, n, m.size-m.read)
	}
	if n > maxMetadata {
		return message{}, fmt.Errorf("message at byte %d claims %d bytes of metadata, above the limit of %d", start, n, maxMetadata)
	}
	if err := m.metadata(int(n)); err != nil {
		return message{}, readError(err)
	}
	got, err := parseMessage(m.meta, m.most)
	if err != nil {
		return got, fmt.Errorf("message at byte %d: %w", start, err)
	}
	if m.size >= 0 && got.body > m.size-m.read {
		err = readError(io.ErrUnexpectedEOF)
	}
	m.body = got.body
	return got, err
}

// metadata reads n bytes; memory grows with what is there.
func (m *messages) metadata(n int) error {
	m.meta = m.meta[:0]
	for len(m.meta) < n {
		step := min(n-len(m.meta), 1<<20)
		m.meta = slices.Grow(m.meta, step)
		b := m.meta[len(m.meta) : len(m.meta)+step]
		if err := m.fill(b); err != nil {
			return err
		}
		m.meta = m.meta[:len(m.meta)+step]
	}
	return nil
}

// end holds that nothing follows the end of the stream: of two streams one
// behind the other the second would be lost.
func (m *messages) end() error {
	var b [512]byte
	for {
		n, err := io.ReadFull(m.r, b[:])
		m.hash.Write(b[:n])
		m.read += int64(n)
		for _, x := range b[:n] {
			if x != 0 {
				return &hinted{errors.New("there is data behind the end of the stream"), "streams cannot be joined one behind the other"}
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return io.EOF
		}
		if err != nil {
			return err
		}
	}
}

// skip reads n bytes that nobody asked for.
func (m *messages) skip(n int64) error {
	if n <= 0 {
		return nil
	}
	var buf [1 << 14]byte
	for n > 0 {
		b := buf[:min(n, int64(len(buf)))]
		if err := m.fill(b); err != nil {
			return readError(err)
		}
		n -= int64(len(b))
	}
	return nil
}

func (m *messages) known() bool { return m.size >= 0 }

// readBody reads a part of the body, which comes in order.
func (m *messages) readBody(b []byte, at int64) error {
	if at < m.at {
		return errors.New("buffers overlap")
	}
	if err := m.skip(at - m.at); err != nil {
		return err
	}
	m.at = at + int64(len(b))
	return readError(m.fill(b))
}
