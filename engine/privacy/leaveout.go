package privacy

import "slices"

// leaveOut takes the suppressed measurements of robustness out of the result. Which
// comparisons it looks at depends on how they came out, so that even a line
// without a number tells something. Other detectors measure what the configuration
// and the groups ask for.
func (s *suppressor) leaveOut() {
	at := make([]int, len(s.r.Measurements)) // the new place of each; -1 if it has none
	kept := s.r.Measurements[:0]
	for i := range s.r.Measurements {
		m := &s.r.Measurements[i]
		if m.Suppressed && m.Detector == "robustness" {
			at[i] = -1
			s.r.Privacy.Suppressed--
			continue
		}
		at[i] = len(kept)
		kept = append(kept, *m)
	}
	s.r.Measurements = kept
	moved := func(list []int) []int {
		out := slices.Clone(list)
		for j, i := range out {
			out[j] = at[i]
		}
		return slices.DeleteFunc(out, func(i int) bool { return i < 0 })
	}
	for i := range s.r.Findings {
		s.r.Findings[i].Measurements = moved(s.r.Findings[i].Measurements)
	}
	for i := range s.r.Gates.Checks {
		s.r.Gates.Checks[i].Measurements = moved(s.r.Gates.Checks[i].Measurements)
	}
	for i := range s.r.Evidence {
		s.r.Evidence[i].Measurements = moved(s.r.Evidence[i].Measurements)
	}
}
