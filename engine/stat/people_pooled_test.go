package stat

import (
	"math"
	"testing"
)

// Of people with m rows who all agree with themselves two rows of a person
// correlate by 1, so a group is worth as many rows as it has people; of people whose
// rows are as unlike as chance has it the correlation is 0 or below, and a row
// counts in full.
func TestCrowd(t *testing.T) {
	alike, own := make([]Shard, 40), make([]Shard, 40)
	for i := range alike {
		alike[i], own[i] = Shard{0, 5}, Shard{1, 5}
		if i%2 == 0 {
			alike[i].K = 5
		}
	}
	group := func(s []Shard) People { return People{Shards: s, Subjects: 40} }
	c := CrowdOf([]People{group(alike), group(alike)})
	// Each variance of a group's own mean is on 39 degrees of freedom: 40/39 of one.
	if got := c.cap(group(alike), 200); math.Abs(got-40) > 1.2 {
		t.Errorf("40 people who each agree with themselves are worth %v rows", got)
	}
	if got := CrowdOf([]People{group(own), group(own)}).cap(group(own), 200); got != 200 {
		t.Errorf("rows that do not agree are worth %v", got)
	}
	// A group of single rows owes nothing to people who have many.
	single := make([]Shard, 40)
	for i := range single {
		single[i] = Shard{int64(i % 2), 1}
	}
	if got := CrowdOf([]People{group(alike), group(single)}).cap(group(single), 40); got != 40 {
		t.Errorf("40 single rows are worth %v", got)
	}
}

// Two positives of two people look like independent rows by themselves; beside
// groups in which people agree they do not.
func TestCrowdTest(t *testing.T) {
	positives := func(ks ...int64) People {
		s := make([]Shard, 40)
		for i := range s {
			s[i].N = 5
			if i < len(ks) {
				s[i].K = ks[i]
			}
		}
		return People{Shards: s, Subjects: 40}
	}
	table := []People{positives(1, 1), positives(5, 5, 4), positives(5, 5, 4), positives(5, 4)}
	alone, err := ScoreTestClustered(table[0], table[1], TwoSided)
	together, err2 := CrowdOf(table).ScoreTest(table[0], table[1], TwoSided)
	if err != nil || err2 != nil || !(together.P > alone.P) || together.P < 0.05 {
		t.Errorf("alone %v, beside all %v (%v, %v)", alone.P, together.P, err, err2)
	}
}
