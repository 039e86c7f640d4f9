// Package published checks tables of selection rates and impact ratios that
// somebody else published: it computes every number again out of the others and
// says which do not follow. A printed number stands for all numbers that are
// rounded to it, so rounding is never taken for an error.
package published

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Severity says what a finding means.
type Severity string

const (
	Problem Severity = "problem" // the number cannot be right if the others are
	Note    Severity = "note"    // the number follows, in a way that a reader should know
	Unread  Severity = "unread"  // the cell could not be read, and was left out
)

// Finding is one thing to say about a table.
type Finding struct {
	Severity Severity `json:"severity"`
	Kind     string   `json:"kind"`
	Table    int      `json:"table"`           // from 1
	Line     int      `json:"line"`            // of the file
	Lines    []int    `json:"lines,omitempty"` // all lines that it is about, where they are several
	Group    string   `json:"group,omitempty"`
	Column   Role     `json:"column,omitempty"`
	Printed  string   `json:"printed,omitempty"`
	Follows  string   `json:"follows,omitempty"` // what the other numbers give
	Text     string   `json:"text"`
}

// Understood is what a table was taken for.
type Understood struct {
	Table      int             `json:"table"`
	Title      string          `json:"title,omitempty"`
	Attribute  string          `json:"attribute"`
	FirstLine  int             `json:"first_line"`
	LastLine   int             `json:"last_line"`
	Groups     int             `json:"groups"`
	Columns    map[Role]string `json:"columns"` // headers
	Applicants string          `json:"applicants,omitempty"`
	Unknown    string          `json:"unknown,omitempty"`
}

// Report is what a check gives.
type Report struct {
	Tables   []Understood `json:"tables"`
	Checks   int          `json:"checks"` // numbers and sums that were computed again
	Findings []Finding    `json:"findings"`
}

// Count is how many findings have a severity.
func (r *Report) Count(s Severity) int {
	n := 0
	for _, f := range r.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// ErrColumn is a column that was named and that no table has.
var ErrColumn = errors.New("no such column")

// Verify reads the tables of a CSV file and checks them.
func Verify(data []byte, columns Columns) (*Report, error) {
	text, err := decodeText(data)
	if err != nil {
		return nil, err
	}
	r, lines, tables, err := read(text, columns)
	if err != nil {
		return nil, err
	}
	if err := r.chosen(columns); err != nil {
		return nil, err
	}
	if len(tables) == 0 {
		for _, b := range r.blocks {
			if len(b.remarks) > 0 {
				return nil, fmt.Errorf("no table found: line %d: %s", b.remarks[0].line, b.remarks[0].text)
			}
		}
		return nil, r.noTable(lines)
	}
	return r.check(tables), nil
}

// check computes tables again.
func (r *reader) check(tables []*table) *Report {
	c := &checker{report: &Report{Findings: []Finding{}}, tables: tables}
	if r.agreed {
		c.stated = r.stated
	}
	c.run()
	return c.report
}

// mostReread bounds the lines of a file that is read in several ways.
const mostReread = 2000

// read parts a text into cells in the way that gives tables: at the likeliest
// character, at others, at runs of spaces.
func read(text string, columns Columns) (r *reader, lines []line, tables []*table, err error) {
	ways := []func() ([]line, error){}
	for _, separator := range separators(text) {
		ways = append(ways, func() ([]line, error) { return readLines(text, separator) })
	}
	g, words := newGuesser(columns), newLabels()
	spaced := len(ways)
	ways = append(ways, func() ([]line, error) { return spacedLines(text) }, func() ([]line, error) { return g.pastedLines(text) })
	for i, way := range ways {
		tried, err := way()
		if errors.Is(err, errNotPasted) {
			break
		}
		if err != nil {
			return nil, nil, nil, err
		}
		attempt := &reader{guesser: g, labels: words}
		found := attempt.tables(tried)
		if attempt.vague && len(tried) < mostReread {
			attempt, found = attempt.reread(tried, found)
		}
		if i == 0 || len(found) > 0 {
			r, lines, tables = attempt, tried, found
		}
		if len(found) == 0 {
			continue
		}
		if i >= spaced {
			first, _ := found[0].lines()
			found[0].remarks = append(found[0].remarks, remark{Note, "reading", first, "the columns were told apart by the spaces between them; see above whether they are right"})
		}
		break
	}
	return r, lines, tables, nil
}

// chosen holds the columns that were named against the headers.
func (r *reader) chosen(columns Columns) error {
	for _, role := range Roles() {
		for _, name := range columns[role] {
			found := false
			for _, b := range r.blocks {
				for j, h := range b.layout.headers {
					found = found || (Columns{role: {name}}).named(h, j) != ""
				}
			}
			if !found {
				return fmt.Errorf("%s=%s: %w", role, name, ErrColumn)
			}
		}
	}
	return nil
}

// noTable says what was looked for, and what was there.
func (r *reader) noTable(lines []line) error {
	for i, l := range lines {
		if l.filled() < 2 {
			continue
		}
		turned := 0
		for _, row := range lines[i:] {
			if r.role(row.cell(0), 0).numeric() && row.filled() > 1 {
				turned++
			}
		}
		if turned > 1 {
			return fmt.Errorf("no table found: from line %d on every line seems to hold one kind of number, and every column a group; turn rows into columns (transpose), as spreadsheets do on pasting", l.number)
		}
		return fmt.Errorf("no table found: line %d begins %q, and no line that could be read as a header names columns such as applicants, selected, selection rate and impact ratio; "+
			"name them yourself, as in --columns category=1,applicants=2,selected=3", l.number, strings.Join(l.cells[:min(4, len(l.cells))], ", "))
	}
	return errors.New("no table found: no line has more than one cell; put commas, or two spaces, between the columns")
}

// checker collects findings.
type checker struct {
	report *Report
	tables []*table
	stated *statement // of sentences on unknown people that agree
}

func (c *checker) run() {
	for i, t := range c.tables {
		c.report.Tables = append(c.report.Tables, t.understood(i+1, c.stated))
		c.table(i+1, t)
		for _, m := range t.remarks {
			c.find(Finding{Severity: m.severity, Kind: m.kind, Table: i + 1, Line: m.line, Text: m.text})
		}
	}
	c.axes()
	slices.SortStableFunc(c.report.Findings, func(a, b Finding) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Table - b.Table
	})
}

// table checks a table by itself.
func (c *checker) table(id int, t *table) {
	for _, rows := range [][]row{t.groups, t.totals, t.unknown} {
		for j := range rows {
			c.cells(id, t, &rows[j])
		}
	}
	c.everybody(id, t)
	c.twice(id, t)
	c.ratios(id, t)
	c.sums(id, t)
	c.shares(id, t, Share, Applicants)
	c.shares(id, t, Part, Selected)
	c.verdicts(id, t)
	c.median(id, t)
}

func (c *checker) find(f Finding) { c.report.Findings = append(c.report.Findings, f) }

// understood describes a table.
func (t *table) understood(id int, stated *statement) Understood {
	u := Understood{Table: id, Title: strings.TrimSpace(t.title + " " + t.name), Attribute: t.attribute(), Groups: len(t.groups), Columns: t.headers}
	u.FirstLine, u.LastLine = t.lines()
	if n := t.sum(Applicants); n.exact() && n.low.Sign() > 0 {
		u.Applicants = count(n)
	}
	if n, ok, _ := t.unknowns(stated); ok {
		if u.Unknown = count(n); n.low.Sign() == 0 && !n.exact() && n.high != nil {
			u.Unknown = "up to " + grouped(n.high)
		}
	}
	return u
}

// sum adds a count over the groups.
func (t *table) sum(role Role) span {
	s := point(0)
	for _, r := range t.groups {
		s = s.plus(r.count(role))
	}
	return s
}
