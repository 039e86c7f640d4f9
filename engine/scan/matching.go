package scan

import (
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

// joinAccounts adds up what the workers' matchers saw.
func (p *Plan) joinAccounts(workers []*worker) []JoinAccounts {
	var out []JoinAccounts
	for i, b := range p.columns.joins {
		t := b.Table()
		a := JoinAccounts{RightRows: int64(t.Rows()), RightKeyMissing: t.NullKeys()}
		matchers := make([]*join.Matcher, len(workers))
		for w := range workers {
			m := workers[w].joins[i]
			matchers[w] = m.matcher
			a.LogKeyMissing += m.matcher.NullKeys() + m.repeated.LogKeyMissing
			a.LogUnmatched += m.matcher.Unmatched() + m.matcher.NullKeys() + m.repeated.LogUnmatched + m.repeated.LogKeyMissing
		}
		a.RightUnmatched = t.Unused(matchers...) + t.NullKeys()
		out = append(out, a)
	}
	return out
}
