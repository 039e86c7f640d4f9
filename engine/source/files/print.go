package files

import "github.com/plumbline-audit/plumbline/engine/source"

// Print identifies what is in a file, by its name in Inputs: as Inputs does, or, of
// a Parquet or Arrow file whose footer tells, by that. Where every byte has to be
// read for it, worth is asked first, with the size of the file; nil is always.
func (s *Source) Print(name string, worth func(bytes int64) (bool, error)) (in source.Input, ok bool, err error) {
	f := s.named(name)
	if f == nil || s.Once() {
		return in, false, nil
	}
	if f.text == nil && !s.options.FullHash && f.rows >= 0 {
		return source.Input{Path: f.name, Bytes: f.info.Size(), SHA256: f.sum, Hash: "footer", Rows: f.rows}, true, nil
	}
	if worth != nil {
		if ok, err := worth(f.info.Size()); err != nil || !ok {
			return in, false, err
		}
	}
	if f.text != nil {
		in, err = f.text.Input()
		in.Path = f.name
	} else {
		in, err = s.fingerprint(f)
	}
	return in, err == nil, err
}

// Adopt notes how many rows a file has that is not read, because what is in it is
// known.
func (s *Source) Adopt(name string, rows int64) {
	if f := s.named(name); f != nil {
		f.met.Store(rows + 1)
	}
}

func (s *Source) named(name string) *file {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byName == nil {
		s.byName = map[string]*file{}
		for _, f := range s.files {
			s.byName[f.name] = f
		}
	}
	return s.byName[name]
}
