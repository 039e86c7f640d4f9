package detectors

import (
	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// dealt is how often a category occurs in one shard of subjects.
type dealt struct {
	shard, category int
	n               int64
}

// row counts rows, and lost those without a value, in a shard counted from 1; 0
// is none.
func (p *portion) row(shard int, n int64) {
	p.rows += n
	if shard > 0 {
		p.shard(shard).N += n
	}
}

func (p *portion) lost(shard int, n int64) {
	p.missing += n
	if shard > 0 {
		p.shard(shard).K += n
	}
}

func (p *portion) shard(shard int) *stat.Shard {
	if p.shards == nil {
		p.shards = make([]stat.Shard, table.Shards)
	}
	return &p.shards[shard-1]
}

// byShard are the counts of categories, or of numbers between edges, by shard.
func (p *portion) byShard(edges []float64) [][]int64 {
	out := make([][]int64, table.Shards)
	for g := range out {
		switch {
		case edges == nil:
			out[g] = make([]int64, len(p.counts))
		case p.numbers.people == nil:
			out[g] = make([]int64, len(edges)+1)
		default:
			out[g] = p.numbers.people.all[g].Cut(edges, false)
		}
	}
	for _, d := range p.dealt {
		out[d.shard][d.category] += d.n
	}
	return out
}

// rename maps the categories of a portion to others.
func (p *portion) rename(to []int, categories int) {
	counts := make([]int64, categories)
	for i, n := range p.counts {
		counts[to[i]] += n
	}
	p.counts = counts
	for i := range p.dealt {
		p.dealt[i].category = to[p.dealt[i].category]
	}
}
