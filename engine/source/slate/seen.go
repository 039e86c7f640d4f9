package slate

// seen tells what a list had before, and where.
type seen struct {
	near  []sighting // by key, of small ones: codes of texts, ranks, most ids
	far   map[uint64]int
	epoch uint32
}

// sighting is where a key was in the list of this epoch.
type sighting struct {
	epoch uint32
	at    int32
}

// mostNear bounds the memory of small keys: 8 MiB.
const mostNear = 1 << 20

// begin forgets the list before.
func (s *seen) begin() {
	if s.epoch++; s.epoch == 0 { // it has gone round
		clear(s.near)
		s.epoch = 1
	}
	if len(s.far) > 0 {
		clear(s.far)
	}
}

// find says where a key is in the list.
func (s *seen) find(key uint64) (at int, ok bool) {
	if key < uint64(len(s.near)) {
		x := s.near[key]
		return int(x.at), x.epoch == s.epoch
	}
	at, ok = s.far[key]
	return at, ok
}

// put notes where a key is.
func (s *seen) put(key uint64, at int) {
	if key >= mostNear {
		if s.far == nil {
			s.far = map[uint64]int{}
		}
		s.far[key] = at
		return
	}
	if key >= uint64(len(s.near)) {
		s.near = append(s.near, make([]sighting, max(int(key)+1, 2*len(s.near), 256)-len(s.near))...)
	}
	s.near[key] = sighting{s.epoch, int32(at)}
}
