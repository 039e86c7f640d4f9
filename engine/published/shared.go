package published

import "slices"

// share gives blocks without applicants the column of applicants that stands once
// for all of them, as where one pool went through two tools: to those whose own
// rates or ratios follow from it. A later stage may have a smaller pool, so the
// others are held against no counts, which is said of their rates.
func (s *spread) share(r *reader, below []line) {
	owner, pool := s.pool()
	if pool < 0 {
		return
	}
	lacks := func(b columns) bool { return s.find(b, Applicants) < 0 }
	follows := make([]bool, len(s.blocks))
	if kind, _ := r.blockNames(*s); kind == "Table" && !slices.Contains(s.roles[pool+1:], Applicants) { // men are no women's applicants
		for k, b := range s.blocks {
			follows[k] = lacks(b) && s.follow(b, r.guesser, below, pool)
		}
	}
	at := 0
	if owner >= 0 {
		at = slices.Index(s.blocks[owner].at, pool)
	} else if slices.Contains(follows, true) {
		for k := range s.blocks {
			s.blocks[k].at = slices.Insert(slices.Clone(s.blocks[k].at), 0, -1)
		}
	}
	for k, b := range s.blocks {
		switch {
		case follows[k]:
			s.blocks[k].at = slices.Clone(b.at)
			s.blocks[k].at[at] = pool
			s.pooled = s.headers[pool]
		case lacks(b) && s.find(b, Rate) >= 0:
			s.uncounted = append(s.uncounted, b.name)
		}
	}
}

// pool is the first column of applicants and the block that has it; -1 for none.
func (s *spread) pool() (owner, j int) {
	j = slices.Index(s.roles, Applicants)
	return slices.IndexFunc(s.blocks, func(b columns) bool { return j >= 0 && slices.Contains(b.at, j) }), j
}

// find is the column of a block that has a role, or -1.
func (s *spread) find(b columns, role Role) int {
	for _, j := range b.at {
		if j >= 0 && s.roles[j] == role {
			return j
		}
	}
	return -1
}

// follow says whether half of a block's rates, or else of its ratios, follow if its
// people are those that a column counts.
func (s *spread) follow(b columns, g guesser, below []line, applicants int) bool {
	k, rate, ratio := s.find(b, Selected), s.find(b, Rate), s.find(b, Ratio)
	if k < 0 {
		return false
	}
	agree, all := 0, 0
	var rates, ratios []span
	for _, l := range below[:min(len(below), mostLooked)] {
		chosen, of := g.number(l.cell(k), true), g.number(l.cell(applicants), true)
		if !chosen.known() || !of.known() || chosen.low.Sign() == 0 { // 0 of any number are 0
			continue
		}
		want, ok := chosen.span().over(of.span())
		if !ok || want.high == nil {
			continue
		}
		if printed := g.number(l.cell(rate), false); printed.known() {
			if all++; want.meets(printed.span()) || want.meets(printed.scale().span()) {
				agree++
			}
		}
		if printed := g.ratio(l.cell(ratio)); printed.known() && printed.high != nil {
			rates, ratios = append(rates, want), append(ratios, printed.span())
		}
	}
	if rate < 0 && len(ratios) > 1 {
		agree, all = ratiosAgree(rates, ratios)
		agree, all = agree-1, all-1 // the highest is 1 whatever the counts
	}
	return agree > 0 && 2*agree >= all
}
