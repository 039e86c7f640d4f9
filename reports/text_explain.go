package reports

// toldFeatures is how many inputs the first screen names.
const toldFeatures = 5

// explained tells of the first question that was answered, and of the first
// gap: the largest inputs, each with its interval.
func (s *screen) explained() {
	told := 0
	for _, q := range questions(s.r) {
		if len(q.features) == 0 || told == 1 {
			continue
		}
		told++
		s.add("")
		unit := ""
		if q.inPoints() {
			unit = ", in points"
		}
		s.wrap("", "", "What carries the "+q.subject()+unit+" (explained with the model on "+count(int64(s.r.Model.Rows))+" sampled rows):", 2)
		for i, e := range q.features {
			if i == toldFeatures || e.Value == nil {
				break
			}
			line := featureName(e) + "  " + q.amount(*e.Value)
			if spread := q.spread(e); spread != "" {
				line += "  (" + spread + ")"
			}
			s.wrap("  ", "    ", line, 2)
		}
	}
}
