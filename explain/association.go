package explain

import (
	"math"
	"math/rand/v2"
	"slices"
)

// A crossing is a table of the groups of an attribute by the bins of a feature.
type crossing struct {
	groups, bins []int // of each row
	nGroups      int
	nBins        int
	log          []float64 // k ln k, for every count
}

// featureBins is how many bins the numbers of a feature get.
const featureBins = 10

// newCrossing counts the rows that have a group; a missing value is a bin.
func newCrossing(f Feature, rows, groups []int, nGroups int, log []float64) crossing {
	c := crossing{groups: groups, nGroups: nGroups, log: log}
	if f.Categories != nil {
		for _, row := range rows {
			bin := len(f.Categories)
			if x := f.Values[row]; x >= 0 && int(x) < bin {
				bin = int(x)
			}
			c.bins = append(c.bins, bin)
		}
		c.compact()
		return c
	}
	var sorted []float64
	for _, row := range rows {
		if x := f.Values[row]; x == x {
			sorted = append(sorted, x)
		}
	}
	slices.Sort(sorted)
	edges := slices.Compact(slices.Clone(sorted))
	if len(edges) > featureBins {
		edges = nil
		for k := 1; k <= featureBins; k++ {
			edges = append(edges, sorted[k*len(sorted)/featureBins-1])
		}
		edges = slices.Compact(edges)
	}
	for _, row := range rows {
		at := len(edges)
		if x := f.Values[row]; x == x {
			at, _ = slices.BinarySearch(edges, x)
		}
		c.bins = append(c.bins, at)
	}
	c.compact()
	return c
}

// compact numbers the bins that occur.
func (c *crossing) compact() {
	seen := slices.Clone(c.bins)
	slices.Sort(seen)
	seen = slices.Compact(seen)
	for i, bin := range c.bins {
		c.bins[i], _ = slices.BinarySearch(seen, bin)
	}
	c.nBins = len(seen)
}

// logs gives k ln k for counts up to n.
func logs(n int) []float64 {
	out := make([]float64, n+1)
	for k := 2; k <= n; k++ {
		out[k] = float64(float64(k) * math.Log(float64(k)))
	}
	return out
}

// entropy is that of counts, times their sum and without its constant:
// n ln n - Σ k ln k.
func (c *crossing) entropy(counts []int) float64 {
	n, sum := 0, 0.0
	for _, k := range counts {
		n += k
		sum += c.log[k]
	}
	return c.log[n] - sum
}

// table counts the cells, a row for each group.
func (c *crossing) table(groups []int) (cells, byGroup, byBin []int) {
	cells, byGroup, byBin = make([]int, c.nGroups*c.nBins), make([]int, c.nGroups), make([]int, c.nBins)
	for i, g := range groups {
		cells[g*c.nBins+c.bins[i]]++
		byGroup[g]++
		byBin[c.bins[i]]++
	}
	return cells, byGroup, byBin
}

// information is the mutual information in nats: H(A) + H(X) - H(A, X).
func (c *crossing) information(groups []int) float64 {
	cells, byGroup, byBin := c.table(groups)
	return (c.entropy(byGroup) + c.entropy(byBin) - c.entropy(cells)) / float64(len(groups))
}

// An association is how far a feature tells the groups apart.
type association struct {
	// information is the mutual information less what chance gives at this
	// size, (r-1)(c-1)/2n (Miller 1955), and at least 0.
	information float64
	share       float64 // of the entropy of the groups
	cramer      float64 // bias-corrected (Bergsma, J. Korean Stat. Soc. 42 (2013) 323-328)
}

// associate measures a feature.
func (c *crossing) associate() association {
	var a association
	cells, byGroup, byBin := c.table(c.groups)
	n := float64(len(c.groups))
	groups := 0
	for _, k := range byGroup {
		if k > 0 {
			groups++
		}
	}
	free := float64((groups - 1) * (c.nBins - 1))
	a.information = max(0, c.information(c.groups)-free/(2*n))
	if h := c.entropy(byGroup) / n; h > 0 {
		a.share = min(1, a.information/h)
	}
	chi := 0.0
	for g, ng := range byGroup {
		for b, nb := range byBin {
			if ng > 0 && nb > 0 {
				expected := float64(ng) * float64(nb) / n
				d := float64(cells[g*c.nBins+b]) - expected
				chi += float64(d*d) / expected
			}
		}
	}
	phi := max(0, chi/n-free/(n-1))
	r, k := float64(groups), float64(c.nBins)
	r -= float64((r-1)*(r-1)) / (n - 1)
	k -= float64((k-1)*(k-1)) / (n - 1)
	if least := min(r, k) - 1; least > 0 {
		a.cramer = math.Sqrt(min(1, phi/least))
	}
	return a
}

// associationDraws is how often the groups are dealt anew.
const associationDraws = 999

// permuted gives each feature's p: how often groups that are dealt to people at
// random have as much information, the log itself counted as one.
func permuted(random *rand.Rand, crossings []crossing, people []int) []float64 {
	if len(crossings) == 0 {
		return nil
	}
	observed, as := make([]float64, len(crossings)), make([]int, len(crossings))
	for i := range crossings {
		observed[i] = crossings[i].information(crossings[i].groups)
	}
	groups := crossings[0].groups
	var ofPerson []int // people are numbered in order of appearance
	for i, person := range people {
		if person == len(ofPerson) {
			ofPerson = append(ofPerson, groups[i])
		}
	}
	dealt := make([]int, len(groups))
	for range associationDraws {
		random.Shuffle(len(ofPerson), func(i, j int) { ofPerson[i], ofPerson[j] = ofPerson[j], ofPerson[i] })
		for i, person := range people {
			dealt[i] = ofPerson[person]
		}
		for i := range crossings {
			// Rounding must not tell equal tables apart.
			if crossings[i].information(dealt) >= observed[i]-1e-12 {
				as[i]++
			}
		}
	}
	p := make([]float64, len(crossings))
	for i, k := range as {
		p[i] = float64(k+1) / (associationDraws + 1)
	}
	return p
}
