package guess

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Paths are what the file says of itself: its name, and where the log is.
type Paths struct {
	Name string
	Log  []string // relative to the file
}

// Write writes the draft as an audit.yaml with comments.
func (d *Draft) Write(w io.Writer, p Paths) error {
	var b strings.Builder
	d.head(&b, p)
	b.WriteString("columns:\n")
	d.rows(&b)
	d.verdicts(&b)
	d.people(&b)
	columns(&b, "strata", d.Strata, "people are compared within these, too")
	columns(&b, "features", d.Features, "watched for drift, and searched for subgroups")
	if d.Every != "" {
		fmt.Fprintf(&b, "windows: {every: %s}\n", d.Every)
	}
	b.WriteString("# detectors: without this key all that suit these columns run; plumbline detectors lists them.\n" +
		"# A limit makes a check of a number, such as  detectors: {parity: {min_ratio: 0.8}}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func (d *Draft) head(b *strings.Builder, p Paths) {
	fmt.Fprintf(b, "# Drafted from the %s. Every line is a guess: look at it.\n", d.looked())
	if d.Export != "" {
		fmt.Fprintf(b, "# The log looks like %s.\n", d.Export)
	}
	if len(d.Missing) > 0 {
		b.WriteString("#\n# Not guessed:\n")
		for _, m := range d.Missing {
			fmt.Fprintf(b, "# - %s\n", oneLine(m))
		}
	}
	fmt.Fprintf(b, "version: 1\nname: %s\n", scalar(p.Name))
	if d.Kind != "" {
		fmt.Fprintf(b, "kind: %s\n", d.Kind)
	}
	b.WriteString("data:\n")
	if len(p.Log) == 1 {
		fmt.Fprintf(b, "  log: %s\n", scalar(p.Log[0]))
	} else {
		fmt.Fprintf(b, "  log: [%s]\n", scalars(p.Log))
	}
	if len(d.Joins) > 0 {
		b.WriteString("  joins:\n")
	}
	for _, j := range d.Joins {
		on := scalar(j.On)
		if j.On != j.OnTable {
			on = fmt.Sprintf("{%s: %s}", scalar(j.On), scalar(j.OnTable))
		}
		fmt.Fprintf(b, "    - {path: %s, on: %s} # %s\n", scalar(j.Path), on, j.Why)
	}
}

func (d *Draft) looked() string {
	if d.All {
		return fmt.Sprintf("names, types and values of all %d rows", d.Looked)
	}
	return fmt.Sprintf("names, types and values of the first %d rows", d.Looked)
}

// rows writes what a row is.
func (d *Draft) rows(b *strings.Builder) {
	if t := d.Time; t != nil {
		line(b, "time", t.Role, pair("unit", t.Unit), pair("format", t.Format))
	}
	if d.ID != nil {
		line(b, "id", *d.ID)
	}
	if d.Subject != nil {
		line(b, "subject", *d.Subject)
	}
	if d.Weight != nil {
		line(b, "weight", *d.Weight)
	}
	if d.Version != nil {
		line(b, "version", *d.Version)
	}
	if t := d.Turns; t != nil {
		parts := []string{pair("id", t.Column), pair("order", t.Order), "roll: {turns: count()}"}
		fmt.Fprintf(b, "  conversation: {%s} # rows are turns: %s\n", strings.Join(filled(parts), ", "), oneLine(t.Why))
	}
	if s := d.Slate; s != nil {
		parts := []string{pair("item", s.Item), pair("item_group", s.ItemGroup), pair("rank", s.Rank), pair("offered", s.Offered)}
		switch {
		case s.Slots:
			parts = append([]string{pair("key", s.Column)}, parts...)
		case len(s.Places) > 0:
			parts = append([]string{pairs("places", s.Places)}, parts...)
		default:
			parts = append([]string{pair("items", s.Column)}, parts...)
		}
		parts = append(parts, pair("separator", s.Separator))
		if s.JSON {
			parts = append(parts, "json: true")
		}
		parts = append(parts, "duplicates: first")
		fmt.Fprintf(b, "  slate: {%s} # %s\n", strings.Join(filled(parts), ", "), s.Why)
	}
}

func (d *Draft) verdicts(b *strings.Builder) {
	if r := d.Decision; r != nil {
		line(b, "decision", r.Role, r.sides()...)
	}
	if s := d.Score; s != nil {
		var bad string
		if s.Unfavorable {
			bad = "unfavorable"
		}
		line(b, "score", s.Role, pair("higher_is", bad))
	}
	if r := d.Label; r != nil {
		label := *r
		label.Unfavorable = false // it is the decision that is good or bad for somebody
		line(b, "label", r.Role, label.sides()...)
	}
}

func (r *Rule) sides() []string {
	parts := []string{pairs("positive", r.Positive), pairs("negative", r.Negative), pair("at_least", r.AtLeast)}
	if r.Unfavorable {
		parts = append(parts, "favorable: false")
	}
	return parts
}

func (d *Draft) people(b *strings.Builder) {
	if len(d.Groups) == 0 {
		b.WriteString("  # groups: {sex: column_of_sex}\n")
		return
	}
	b.WriteString("  groups:\n")
	for _, g := range d.Groups {
		var bins string
		if len(g.Bins) > 0 {
			bins = "bins: [" + strings.Join(g.Bins, ", ") + "]"
		}
		b.WriteString("  ")
		line(b, scalar(g.Name), g.Role, bins, pairs("missing", g.Missing))
	}
}

// columns writes columns as a list.
func columns(b *strings.Builder, key string, roles []Role, why string) {
	if len(roles) == 0 {
		return
	}
	var names []string
	for _, r := range roles {
		names = append(names, scalar(r.Column))
	}
	fmt.Fprintf(b, "  %s: [%s] # %s\n", key, strings.Join(names, ", "), why)
}

// line writes a role: its column alone, or with more about it.
func line(b *strings.Builder, key string, r Role, more ...string) {
	more = filled(more)
	column := scalar(r.Column)
	if r.Nth > 0 {
		column = fmt.Sprintf("{name: %s, nth: %d}", column, r.Nth)
	}
	if len(more) > 0 || r.Nth > 0 {
		column = "{" + strings.Join(append([]string{"column: " + column}, more...), ", ") + "}"
	}
	fmt.Fprintf(b, "  %s: %s", key, column)
	if r.Why != "" {
		b.WriteString(" # " + oneLine(r.Why))
	}
	b.WriteByte('\n')
}

func filled(parts []string) []string {
	return slices.DeleteFunc(slices.Clone(parts), func(s string) bool { return s == "" })
}

func pair(key, value string) string {
	if value == "" {
		return ""
	}
	return key + ": " + scalar(value)
}

func pairs(key string, values []string) string {
	if len(values) == 0 {
		return ""
	}
	return key + ": [" + scalars(values) + "]"
}

func scalars(values []string) string {
	var out []string
	for _, v := range values {
		out = append(out, scalar(v))
	}
	return strings.Join(out, ", ")
}

// scalar writes a text so that YAML reads the same text: in double quotes
// unless it is a plain word.
func scalar(s string) string {
	if plainWord(s) && !slices.Contains([]string{"null", "true", "false", "yes", "no", "on", "off", "y", "n"}, strings.ToLower(s)) {
		return s
	}
	return strconv.Quote(s)
}

// plainWord tells whether YAML takes the text for itself without quotes: a name, or a
// whole number.
func plainWord(s string) bool {
	if n, err := strconv.ParseUint(s, 10, 32); err == nil {
		return strconv.FormatUint(n, 10) == s
	}
	for i, r := range s {
		letter := r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '_'
		if !letter && (i == 0 || !(r >= '0' && r <= '9') && !strings.ContainsRune("./-", r)) {
			return false
		}
	}
	return s != ""
}

// oneLine keeps a comment a comment.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, s)
}
