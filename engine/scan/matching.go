package scan

import (
	"math/bits"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/source/join"
)

// matching adds the columns of one joined table to a worker's frames.
type matching struct {
	bound   *boundJoin
	matcher *join.Matcher
	keys    []vector
	// repeated are the rows that constant batches stand for beyond the one that
	// the matcher has seen.
	repeated JoinAccounts
}

func newMatching(b *boundJoin) *matching {
	return &matching{bound: b, matcher: b.Table().NewMatcher(), keys: make([]vector, len(b.keys))}
}

// gather finds the partner of every row, and fills the used columns.
func (m *matching) gather(f *frame) {
	for i, at := range m.bound.keys {
		m.keys[i] = f.cols[at]
	}
	unmatched, missing := m.matcher.Unmatched(), m.matcher.NullKeys()
	rows := m.matcher.Match(m.keys, f.rows)
	m.repeated.LogUnmatched += (m.matcher.Unmatched() - unmatched) * (f.repeat - 1)
	m.repeated.LogKeyMissing += (m.matcher.NullKeys() - missing) * (f.repeat - 1)
	for i, at := range m.bound.give {
		m.bound.Table().Gather(m.bound.from[i], rows, &f.cols[at])
	}
}

// JoinAccounts says how the log and a joined table met.
type JoinAccounts struct {
	RightRows       int64
	LogUnmatched    int64 // rows of the log without a partner, those without a key included
	LogKeyMissing   int64
	RightUnmatched  int64 // rows of the table that no row of the log asked for
	RightKeyMissing int64
}

// joinPart says how the rows of a part met a joined table.
type joinPart struct {
	JoinAccounts
	Used []uint64 // a bit for each row of the table that some row asked for
}

// joinParts adds up what the workers' matchers saw.
func (p *Plan) joinParts(workers []*worker) []joinPart {
	var out []joinPart
	for i, b := range p.columns.joins {
		t := b.Table()
		j := joinPart{JoinAccounts: JoinAccounts{RightRows: int64(t.Rows()) - t.Replaced(), RightKeyMissing: t.NullKeys()}, Used: make([]uint64, (t.Rows()+63)/64)}
		for w := range workers {
			m := workers[w].joins[i]
			j.LogKeyMissing += m.matcher.NullKeys() + m.repeated.LogKeyMissing
			j.LogUnmatched += m.matcher.Unmatched() + m.matcher.NullKeys() + m.repeated.LogUnmatched + m.repeated.LogKeyMissing
			j.use(m.matcher.Used())
		}
		out = append(out, j)
	}
	return out
}

func (j *joinPart) use(words []uint64) {
	for k, word := range words {
		j.Used[k] |= word
	}
}

// addJoins adds up how the rows of other units met the same tables.
func addJoins(sum, more []joinPart) []joinPart {
	if sum == nil {
		for _, j := range more {
			j.Used = slices.Clone(j.Used)
			sum = append(sum, j)
		}
		return sum
	}
	for i := range sum {
		sum[i].LogKeyMissing += more[i].LogKeyMissing
		sum[i].LogUnmatched += more[i].LogUnmatched
		sum[i].use(more[i].Used)
	}
	return sum
}

// accounts says how the log and the table met. Rows of the table without a whole
// key are among those that no row asked for.
func (j *joinPart) accounts() JoinAccounts {
	a := j.JoinAccounts
	a.RightUnmatched = a.RightRows
	for _, word := range j.Used {
		a.RightUnmatched -= int64(bits.OnesCount64(word))
	}
	return a
}
