package explain

// followPeople gives the curves of an input errors by people, where one may
// have several rows.
func (p *dependencePlan) followPeople(d *dependence, scores []float64, rows *Rows) {
	accumulated := 0
	for i, g := range p.groups {
		for k := range p.grid {
			_, d.partial[i].se[k] = rows.meanAndError(g.rows, func(row int) float64 { return scores[row*len(p.grid)+k] })
		}
		if len(p.edges[i]) > 1 {
			d.accumulated[accumulated].se = p.peopleErrors(i, scores, rows.People)
			accumulated++
		}
	}
}

// peopleErrors are those of accumulated effects. A row adds to the mean of its
// interval, and that to the curve from there on, less what the centering takes
// off everywhere.
func (p *dependencePlan) peopleErrors(group int, scores []float64, people []int) []float64 {
	intervals := len(p.edges[group]) - 1
	var bins, persons []int
	var effects []float64
	sums, counts := make([]float64, intervals), make([]float64, intervals)
	for j, row := range p.groups[group].rows {
		if bin := p.bins[group][j]; bin >= 0 {
			at := p.ask[group][j]
			bins, persons, effects = append(bins, bin), append(persons, people[row]), append(effects, scores[at+1]-scores[at])
			sums[bin] += scores[at+1] - scores[at]
			counts[bin]++
		}
	}
	centered, beyond := make([]float64, intervals), 0.0
	for bin := intervals - 1; bin >= 0; bin-- {
		centered[bin] = (beyond + counts[bin]/2) / float64(len(bins))
		beyond += counts[bin]
	}
	out := make([]float64, intervals+1)
	influence := make([]float64, len(bins))
	for k := range out {
		for i, bin := range bins {
			weight := -centered[bin]
			if bin < k {
				weight++
			}
			influence[i] = float64(weight*(effects[i]-sums[bin]/counts[bin])) / counts[bin]
		}
		out[k] = clusteredError(influence, persons)
	}
	return out
}
