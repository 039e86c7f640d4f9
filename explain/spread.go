package explain

import "slices"

// leastTogether is the fewest people of a part that a mean is told of, where
// privacy.min_cell does not ask for more.
const leastTogether = 5

// spread tells how a number is spread over rows without telling that of any:
// people in the order of their numbers, in equal parts, and the mean of each
// part (microaggregation: Domingo-Ferrer and Mateo-Sanz, IEEE Transactions on
// Knowledge and Data Engineering 14 (2002) 189-201). A person with several rows
// counts once, with their mean. Nil where there are too few people for two
// parts.
func (s *Study) spread(rows []int, of func(row int) float64, most int) []float64 {
	var sums, counts []float64
	for i, person := range s.people(rows) {
		if person == len(sums) {
			sums, counts = append(sums, 0), append(counts, 0)
		}
		sums[person] += of(rows[i])
		counts[person]++
	}
	for i := range sums {
		sums[i] /= counts[i]
	}
	slices.Sort(sums)
	parts := min(most, len(sums)/max(leastTogether, s.least))
	if parts < 2 {
		return nil
	}
	out := make([]float64, parts)
	for k := range out {
		part := sums[k*len(sums)/parts : (k+1)*len(sums)/parts]
		for _, x := range part {
			out[k] += x / float64(len(part))
		}
	}
	return out
}
