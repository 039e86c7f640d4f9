package published

import (
	"fmt"
	"slices"
	"strings"
)

// spread is a heading under which the same kinds of numbers stand several times,
// side by side: for men and for women, for two years, or as whole tables.
type spread struct {
	headers []string
	roles   []Role
	blocks  []columns
	tables  bool   // every block has names of its own
	pooled  string // heading of a column of applicants that serves several blocks
	// uncounted are blocks with rates and no number of applicants, where others have one.
	uncounted []string
}

// columns are those of one block, in the order of the first block's roles; -1 stands
// for one that the block lacks.
type columns struct {
	name string
	at   []int
}

// unfold puts what stands side by side below each other: every block of columns
// becomes lines of its own, with the name of the block in a cell. Whoever names
// columns says where they are.
func (r *reader) unfold(lines []line) []line {
	if len(r.guesser.columns) > 0 {
		return lines
	}
	var out []line
	for i := 0; i < len(lines); {
		s, used := r.spread(lines, i)
		if used == 0 {
			out = append(out, lines[i])
			i++
			continue
		}
		end := i + used
		for end < len(lines) && !r.begins(lines, end) {
			end++
		}
		if (end-i)*len(s.blocks) > maxLines { // no published table
			out = append(out, lines[i:end]...)
			i = end
			continue
		}
		if s.tables {
			out = append(out, s.apart(lines[i], lines[i+used:end])...)
		} else {
			s.share(r, lines[i+used:end])
			out = append(out, r.stacked(s, lines[i], lines[i+used:end])...)
		}
		i = end
	}
	return out
}

// begins says whether a heading stands on a line.
func (r *reader) begins(lines []line, i int) bool {
	if _, used := r.header(lines, i); used > 0 {
		return true
	}
	_, used := r.spread(lines, i)
	return used > 0
}

// spread looks for a heading of several blocks on a line, or on it and the next.
func (r *reader) spread(lines []line, i int) (spread, int) {
	upper := lines[i]
	wordy := r.wordy(upper)
	years := line{cells: slices.DeleteFunc(slices.Clone(upper.cells), isYear)}
	if upper.filled() < 2 || !wordy && years.filled() > 0 && !r.wordy(years) {
		return spread{}, 0
	}
	if s, ok := r.sideBySide(upper.cells, lines[i+1:]); ok {
		return s, 1
	}
	if i+1 < len(lines) && !lines[i+1].blank && lines[i+1].filled() > 1 && (r.wordy(lines[i+1]) || r.divides(upper, lines[i+1])) {
		lower := lines[i+1]
		if s, ok := r.sideBySide(lower.cells, lines[i+2:]); ok && r.titles(&s, upper) {
			return s, 2
		}
		s := spread{headers: merged(upper.cells, lower.cells)}
		s.roles = r.layout(s.headers).roles
		for j := range s.roles { // Male %, behind Male selected
			if (s.roles[j] == "" || s.roles[j] == Share) && bareHeading(lower.cell(j)) {
				s.roles[j] = Share
				if j > 0 && s.roles[j-1] == Selected {
					s.roles[j] = Rate
				}
			}
		}
		if s.inOrder(r.names(upper, lower)) || s.byName(r.guesser) {
			s.heads(upper, lower, r.guesser)
			return s, 2
		}
	}
	if !wordy {
		return spread{}, 0
	}
	s := spread{headers: upper.cells, roles: r.layout(upper.cells).roles}
	if s.inOrder(nil) {
		s.named(r.guesser)
		return s, 1
	}
	return s, map[bool]int{true: 1}[s.byName(r.guesser)]
}

// names are the cells of an upper line of headings that could name blocks.
func (r *reader) names(upper, lower line) (out []string) {
	roles := r.layout(lower.cells).roles
	first := slices.IndexFunc(roles, Role.numeric)
	for j, c := range upper.cells {
		if c == "" || j < first && lower.cell(j) == "" && r.role(c, j) == Category || r.residue(c) == "" {
			continue
		}
		if j < len(roles) && roles[j] == Category {
			continue
		}
		out = append(out, c)
	}
	return out
}

// inOrder finds the same roles in the same order several times. Names, if given,
// must be as many as the blocks.
func (s *spread) inOrder(names []string) bool {
	var at []int
	for j, role := range s.roles {
		if role.numeric() {
			at = append(at, j)
		}
	}
	size := 1
	for size < len(at) && s.roles[at[size]] != s.roles[at[0]] {
		size++
	}
	if size < 2 || len(at) < 2*size || len(at)%size != 0 {
		return false
	}
	blocks := len(at) / size
	if names != nil && len(names) != blocks || names == nil && blocks < 2 {
		return false
	}
	for k, j := range at {
		if s.roles[j] != s.roles[at[k%size]] || slices.ContainsFunc(at[:k%size], func(o int) bool { return s.roles[o] == s.roles[j] }) {
			return false
		}
	}
	s.blocks = nil
	for b := range blocks {
		c := columns{at: at[b*size : (b+1)*size]}
		if names != nil {
			c.name = names[b]
		} else {
			c.name = fmt.Sprintf("columns %d to %d", c.at[0]+1, c.at[size-1]+1)
		}
		if slices.ContainsFunc(s.blocks, func(o columns) bool { return o.name == c.name }) {
			return false
		}
		s.blocks = append(s.blocks, c)
	}
	return true
}

// named gives blocks the names that one of their headings has.
func (s *spread) named(g guesser) {
	var names []string
	for _, b := range s.blocks {
		for _, j := range b.at {
			if name := g.residue(s.headers[j]); name != "" {
				names = append(names, name)
				break
			}
		}
	}
	if len(names) == len(s.blocks) && len(slices.Compact(slices.Sorted(slices.Values(names)))) == len(names) {
		for i := range s.blocks {
			s.blocks[i].name = names[i]
		}
	}
}

// byName groups columns by what their headings say beside the kind of number, as
// Applicants 2023, Applicants 2024, Hired 2023 and Hired 2024 do. The blocks have
// the kinds of numbers that the fullest of them has, two at least.
func (s *spread) byName(g guesser) bool {
	var names, keys []string
	of := map[string]map[Role]int{}
	for j, role := range s.roles {
		if !role.numeric() {
			continue
		}
		name := g.residue(s.headers[j])
		key := strings.ToLower(name)
		if of[key] == nil {
			of[key] = map[Role]int{}
			names, keys = append(names, name), append(keys, key)
		}
		if _, twice := of[key][role]; twice {
			return false
		}
		of[key][role] = j
	}
	first := 0 // the fullest
	for i, k := range keys {
		if k != "" && (keys[first] == "" || len(of[k]) > len(of[keys[first]])) {
			first = i
		}
	}
	if len(keys) == 0 || keys[first] == "" {
		return false
	}
	s.blocks = nil
	named := 0
	for i, key := range keys {
		c := columns{name: names[i]}
		for _, role := range Roles() {
			_, has := of[keys[first]][role]
			j, mine := of[key][role]
			switch {
			case mine && !has:
				of[key] = nil
			case mine:
				c.at = append(c.at, j)
			case has:
				c.at = append(c.at, -1)
			}
		}
		if len(of[key]) > 1 {
			s.blocks = append(s.blocks, c)
			if key != "" {
				named++
			}
		}
	}
	return named > 1
}

// heads gives every column of a block the one of its two headings that says what
// it holds.
func (s *spread) heads(upper, lower line, g guesser) {
	up, left := make([]string, len(s.headers)), ""
	for j := range s.headers {
		if u := upper.cell(j); u != "" {
			left = u
		}
		up[j] = left
		if low := lower.cell(j); g.role(low, j) == Category && g.role(left, j) != Category { // the name of a block above names
			s.headers[j] = low
		}
	}
	for _, b := range s.blocks {
		for _, j := range b.at {
			if j < 0 {
				continue
			}
			if low := lower.cell(j); g.role(low, j) == s.roles[j] || bareHeading(low) {
				s.headers[j] = low
			} else if g.role(up[j], j) == s.roles[j] {
				s.headers[j] = up[j]
			}
		}
	}
}

// sideBySide finds tables beside each other, each with a column of names.
func (r *reader) sideBySide(headers []string, below []line) (spread, bool) {
	s := spread{headers: headers, roles: r.layout(headers).roles, tables: true}
	names := func(j int) bool { return s.roles[j] == Category || headers[j] == "" && r.texts(below, j) }
	numbers := 0
	for j, role := range s.roles {
		switch {
		case names(j) && (len(s.blocks) == 0 || numbers > 0):
			if len(s.blocks) == 0 && slices.ContainsFunc(s.roles[:j], Role.numeric) {
				return s, false
			}
			s.blocks, numbers = append(s.blocks, columns{}), 0
		case role.numeric():
			numbers++
		}
		if n := len(s.blocks); n > 0 {
			s.blocks[n-1].at = append(s.blocks[n-1].at, j)
		}
	}
	if len(s.blocks) < 2 || numbers == 0 {
		return s, false
	}
	for _, b := range s.blocks[1:] {
		if !slices.ContainsFunc(b.at, func(j int) bool {
			return s.roles[j].numeric() && slices.ContainsFunc(s.blocks[0].at, func(o int) bool { return s.roles[o] == s.roles[j] })
		}) {
			return s, false
		}
	}
	return s, true
}

// titles gives tables beside each other what stands above each: the attribute that
// its names have, or what it is about, as a tool is. Names of groups, such as Male
// above one and Female above the other, are parts of the names below.
func (r *reader) titles(s *spread, upper line) bool {
	s.headers = slices.Clone(s.headers)
	titles, taken := make([]string, len(s.blocks)), 0
	for k, b := range s.blocks {
		for _, j := range b.at {
			c := upper.cell(j)
			if c == "" {
				continue
			}
			plain := plainWords(c)
			known, _ := r.recognized(plain)
			if titles[k] != "" || len(known) > 0 || r.role(c, j).numeric() {
				return false
			}
			titles[k] = c
			taken++
		}
	}
	if taken != upper.filled() {
		return false
	}
	for k, title := range titles {
		if first := s.blocks[k].at[0]; headed(title) != "" || r.axisTitle.MatchString(plainWords(title)) {
			s.headers[first] = strings.TrimSpace(title + " " + s.headers[first])
		} else {
			s.blocks[k].name = title
		}
	}
	return true
}

// residue is what a heading says beside the kind of number that its column holds.
func (g guesser) residue(header string) string {
	s := strings.NewReplacer("_", " ", ",", " ", "(", " ", ")", " ", "[", " ", "]", " ", ":", " ", ".", " ").Replace(header)
	return strings.Trim(strings.Join(strings.Fields(g.kindWords.ReplaceAllString(s, " ")), " "), " -–—/|*")
}
