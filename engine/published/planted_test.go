package published

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"testing"
)

// planted is a kind of error. plant makes it in a sheet, if the sheet can have
// it, and says which line, or which table, must be named.
type planted struct {
	name  string
	plant func(s *sheet) (where func() (table, line int), ok bool)
}

// kinds are the errors that published tables have, as far as they can be found by
// arithmetic.
func kinds() []planted {
	row := func(p int, s *sheet, i int) func() (int, int) {
		return func() (int, int) { return p + 1, s.parts[p].lines[i] }
	}
	column := func(s *sheet, role Role) int {
		at := map[Role]int{Applicants: 0, Selected: 1, Rate: 2, Ratio: 3, Share: 4}[role]
		if s.style.scoring {
			at--
		}
		return at
	}
	pick := func(s *sheet) (int, *part, int) {
		t := s.r.IntN(3)
		return t, s.parts[t], s.r.IntN(len(s.parts[t].n))
	}
	value := func(p *part, i int) float64 { return float64(p.k[i]) / float64(p.n[i]) }
	hasRatio := func(s *sheet, p *part, i int) bool { return p.cells[i][column(s, Ratio)] != s.style.mark }
	best := func(s *sheet, p *part) int {
		top := -1
		for i := range p.n {
			if hasRatio(s, p, i) && (top < 0 || value(p, i) > value(p, top)) {
				top = i
			}
		}
		return top
	}
	no := func() (func() (int, int), bool) { return nil, false }
	reprint := func(s *sheet, p *part) { s.print(p) }
	return []planted{
		{"a rate of other counts", func(s *sheet) (func() (int, int), bool) {
			t, p, i := pick(s)
			v := value(p, i) + 0.07
			if s.style.scoring || s.style.suppress || v > 1 {
				return no()
			}
			p.cells[i][column(s, Rate)] = s.rate(new(big.Rat).SetFloat64(v))
			return row(t, s, i), true
		}},
		{"a rate a hundred times too small", func(s *sheet) (func() (int, int), bool) {
			t, p, i := pick(s)
			if s.style.scoring || s.style.suppress || s.style.percent == "" || value(p, i) < 0.03 {
				return no()
			}
			p.cells[i][column(s, Rate)] = "0" + map[bool]string{true: ",", false: "."}[s.style.comma] + fmt.Sprintf("%02.0f", 100*value(p, i)) + "%"
			return row(t, s, i), true
		}},
		{"an impact ratio of other rates", func(s *sheet) (func() (int, int), bool) {
			t, p, i := pick(s)
			if i == best(s, p) || !hasRatio(s, p, i) || p.k[i] < 5 {
				return no()
			}
			p.cells[i][column(s, Ratio)] = s.ratio(new(big.Rat).SetFloat64(value(p, i)/value(p, best(s, p)) - 0.09))
			return row(t, s, i), value(p, i)/value(p, best(s, p)) > 0.1
		}},
		{"a ratio turned round", func(s *sheet) (func() (int, int), bool) {
			t, p, i := pick(s)
			v := value(p, i) / value(p, best(s, p))
			if !hasRatio(s, p, i) || v > 0.85 || p.k[i] < 5 {
				return no()
			}
			p.cells[i][column(s, Ratio)] = s.ratio(new(big.Rat).SetFloat64(1 / v))
			return row(t, s, i), true
		}},
		{"ratios against a lower rate", func(s *sheet) (func() (int, int), bool) {
			t, p, j := pick(s)
			if !hasRatio(s, p, j) || value(p, j) > 0.85*value(p, best(s, p)) || p.k[j] < 5 {
				return no()
			}
			for i := range p.n {
				if hasRatio(s, p, i) {
					p.cells[i][column(s, Ratio)] = s.ratio(new(big.Rat).Quo(s.base(p, i), s.base(p, j)))
				}
			}
			return func() (int, int) { return t + 1, 0 }, true
		}},
		{"no ratio of one", func(s *sheet) (func() (int, int), bool) {
			t, p, _ := pick(s)
			p.cells[best(s, p)][column(s, Ratio)] = s.ratio(big.NewRat(9, 10))
			return row(t, s, best(s, p)), true
		}},
		{"more selected than applied", func(s *sheet) (func() (int, int), bool) {
			t, p, i := pick(s)
			if s.style.scoring {
				return no()
			}
			p.cells[i][1] = s.count(p.n[i] + 3)
			return row(t, s, i), true
		}},
		{"digits of a count turned round", func(s *sheet) (func() (int, int), bool) {
			t, p, i := pick(s)
			digits := []byte(strconv.FormatInt(p.k[i], 10))
			slices.Reverse(digits)
			k, _ := strconv.ParseInt(string(digits), 10, 64)
			if gap := float64(k-p.k[i]) / float64(p.n[i]); s.style.scoring || s.style.suppress || gap < 0.05 && gap > -0.05 {
				return no()
			}
			p.cells[i][1] = s.count(k)
			return row(t, s, i), true
		}},
		{"rates of two groups exchanged", func(s *sheet) (func() (int, int), bool) {
			t, p, i := pick(s)
			j := (i + 1) % len(p.n)
			if gap := value(p, i) - value(p, j); s.style.scoring || s.style.suppress || gap < 0.05 && gap > -0.05 {
				return no()
			}
			c := column(s, Rate)
			p.cells[i][c], p.cells[j][c] = p.cells[j][c], p.cells[i][c]
			return row(t, s, i), true
		}},
		{"a total that does not add up", func(s *sheet) (func() (int, int), bool) {
			t, p, _ := pick(s)
			if !s.style.totals || p.unknown >= 0 {
				return no()
			}
			var sum int64
			for _, n := range p.n {
				sum += n
			}
			p.total[0] = s.count(sum + 1 + s.r.Int64N(40))
			return func() (int, int) { return t + 1, p.totalAt }, true
		}},
		{"a part larger than the sum of parts", func(s *sheet) (func() (int, int), bool) {
			p := s.parts[1]
			i := s.r.IntN(len(p.n))
			if p.n[i] < 12 {
				return no()
			}
			p.n[i] -= p.n[i] / 3
			p.k[i] = min(p.k[i], p.n[i])
			if p.unknown >= 0 {
				p.unknown += p.n[i] / 3
			}
			reprint(s, p)
			return row(1, s, i), p.n[i]/3 > 60
		}},
		{"selected by race and not by both", func(s *sheet) (func() (int, int), bool) {
			p := s.parts[1]
			i := s.r.IntN(len(p.n))
			if s.style.scoring || s.style.suppress || p.k[i] < 3 {
				return no()
			}
			p.k[i] -= max(2, p.k[i]/2)
			reprint(s, p)
			// People of unknown sex, if there are any, could be the difference.
			return row(1, s, i), p.unknown < 0 && people(p) == people(s.parts[2])
		}},
		{"unknown people who do not make up the difference", func(s *sheet) (func() (int, int), bool) {
			p := s.parts[1]
			if p.unknown < 0 {
				return no()
			}
			p.unknown += 37
			return func() (int, int) { return 2, 0 }, true
		}},
		{"a group listed twice", func(s *sheet) (func() (int, int), bool) {
			t, p, i := pick(s)
			p.names = append(p.names, p.names[i])
			p.cells = append(p.cells, p.cells[i])
			last := len(p.cells) - 1
			return func() (int, int) { return t + 1, p.lines[last] }, true
		}},
		{"a share of other counts", func(s *sheet) (func() (int, int), bool) {
			t, p, i := pick(s)
			if !s.style.shares {
				return no()
			}
			var sum int64
			for _, n := range p.n {
				sum += n
			}
			p.cells[i][column(s, Share)] = s.decimal(big.NewRat(100*p.n[i]+9*sum, sum), 1) + "%"
			return row(t, s, i), len(p.n) > 2
		}},
	}
}

func people(p *part) (sum int64) {
	for _, n := range p.n {
		sum += n
	}
	return sum
}

// Nothing is invented: a thousand tables without an error, printed in many ways,
// give no problem and leave no cell unread.
func TestCleanTables(t *testing.T) {
	for seed := range uint64(1000) {
		s := newSheet(seed)
		tables := 3
		if seed%2 == 1 {
			if s.dressed(); s.style.dress.jobs {
				tables = 6
			}
		}
		file := s.file()
		r, err := Verify(file, nil)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, file)
		}
		if len(r.Tables) != tables || r.Checks < 15 {
			t.Fatalf("seed %d: %d tables, %d checks\n%s", seed, len(r.Tables), r.Checks, file)
		}
		for _, f := range r.Findings {
			if f.Severity != Note {
				t.Errorf("seed %d: line %d, %s: %s\n%+v\n%s", seed, f.Line, f.Group, f.Text, s.style, file)
			}
		}
		if t.Failed() {
			return
		}
	}
}

// All is found: every kind of error, planted in 25 tables, is named with
// its line.
func TestPlantedErrors(t *testing.T) {
	for _, kind := range kinds() {
		t.Run(kind.name, func(t *testing.T) {
			done := 0
			for seed := uint64(0); done < 25; seed++ {
				if seed > 20_000 {
					t.Fatalf("planted only %d", done)
				}
				s := newSheet(seed)
				if seed%2 == 1 {
					s.dressed()
					d := &s.style.dress
					d.jobs, d.unquoted, d.fraction = false, false, false
					switch kind.name {
					case "a group listed twice", "a total that does not add up": // the total is none by its numbers
						d.merged, d.total = false, "Summe"
					}
				}
				where, ok := kind.plant(s)
				if !ok {
					continue
				}
				done++
				file := s.file()
				table, line := where()
				r, err := Verify(file, nil)
				if err != nil {
					t.Fatalf("seed %d: %v\n%s", seed, err, file)
				}
				if !slices.ContainsFunc(r.Findings, func(f Finding) bool {
					return f.Severity == Problem && (line == 0 && f.Table == table || f.Line == line || slices.Contains(f.Lines, line))
				}) {
					t.Fatalf("seed %d: nothing found in table %d, line %d: %+v\n%+v\n%s", seed, table, line, r.Findings, s.style, file)
				}
			}
		})
	}
}
