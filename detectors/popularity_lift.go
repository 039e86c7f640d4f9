package detectors

import (
	"errors"
	"slices"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// novelty turns means of log2(popularity) into those of −log2(popularity / total).
func (p popularity) novelty(logs []byUsers) []byUsers {
	total, _ := strconv.ParseFloat(p.Total, 64) // Check has read it
	whole := stat.Log2(total)
	out := slices.Clone(logs)
	for i := range out {
		out[i].groups = slices.Clone(out[i].groups)
		for g := range out[i].groups {
			x := &out[i].groups[g]
			x.shards = slices.Clone(x.shards)
			for s, sums := range x.shards {
				x.shards[s] = stat.Sums{N: sums.N, X: float64(whole*sums.N) - sums.X}
			}
		}
	}
	return out
}

// errNoProfile is where nobody's earlier choices are known.
var errNoProfile = errors.New("no list has a profile whose popularity is above 0")

// lift is what a list's mean popularity is over that of the profile, less 1.
func lift(shown, before []stat.Sums, without int) (float64, error) {
	var a, b stat.Sums
	for i := range shown {
		if i != without {
			a, b = plusSums(a, shown[i]), plusSums(b, before[i])
		}
	}
	if !(a.N > 0) || !(b.X > 0) {
		return 0, errNoProfile
	}
	return a.X/a.N/(b.X/b.N) - 1, nil
}

// lift emits how far lists are above profiles, by group, and the differences.
func (p popularity) lift(e *emitter, u userLists) {
	shown, before := u.numbers[p.arp()], u.numbers[p.profile()]
	for i, b := range shown {
		for g, x := range b.groups {
			y := before[i].groups[g].shards
			m := audit.Measurement{Group: x.label(), GroupKind: x.kind, N: x.lists, Parameters: withK(p.K)}
			c, err := stat.ClusteredStatistic(len(y), x.used, func(without int) (float64, error) { return lift(x.shards, y, without) })
			p.fillLift(e, u, &m, x.shards, y, c, err)
			m.P, m.Test = nil, ""
			e.add(u.section, b.in, "popularity_lift", e.metrics["popularity_lift"].Convention, m)
		}
	}
	if u.attribute.Name == "" {
		return
	}
	for i, b := range shown {
		for _, pair := range u.pairs(e, "popularity_lift_difference", b) {
			m := audit.Measurement{Group: &pair[0].name, GroupKind: pair[0].kind, Reference: &pair[1].name, N: pair[0].lists, Parameters: withK(p.K)}
			of := func(without int) (float64, error) {
				var gaps [2]float64
				for k, x := range pair {
					y := before[i].find(x.name)
					if y == nil {
						return 0, errNoProfile
					}
					var err error
					if gaps[k], err = lift(x.shards, y.shards, without); err != nil {
						return 0, err
					}
				}
				return gaps[0] - gaps[1], nil
			}
			c, err := stat.ClusteredStatistic(len(pair[0].shards), func(s int) bool { return pair[0].used(s) || pair[1].used(s) }, of)
			if v, none := of(-1); none == nil {
				m.Value = &v
			}
			p.fillClustered(e, u, &m, c, err)
			u.bonferroni(&m, b)
			e.add(u.section, b.in, "popularity_lift_difference", e.metrics["popularity_lift_difference"].Convention, m)
		}
	}
}

func (p popularity) fillLift(e *emitter, u userLists, m *audit.Measurement, shown, before []stat.Sums, c stat.Clustered, err error) {
	if v, none := lift(shown, before, -1); none == nil {
		m.Value = &v
	}
	p.fillClustered(e, u, m, c, err)
}

// fillClustered fills in the interval of a value that is there.
func (p popularity) fillClustered(e *emitter, u userLists, m *audit.Measurement, c stat.Clustered, err error) {
	switch {
	case m.Value == nil:
		m.Note = "undefined: " + errNoProfile.Error()
	case !u.clustered:
		m.Note = "no interval: nothing says which lists are of one person"
	default:
		u.fill(e, m, c, err)
	}
}
