// Package table holds the mergeable statistics that every number of an audit is
// computed from. Tables add up, over workers, files, months and machines, in
// any order, to the same bytes.
package table

import (
	"fmt"
	"hash/fnv"
	"strings"
)

// Dim names a dimension of a table.
type Dim string

// The dimensions that every audit may have. Group, Stratum, Missing and Column
// name further ones.
const (
	Window   Dim = "window"
	Decision Dim = "decision"
	Label    Dim = "label"
	Version  Dim = "version"
	Shard    Dim = "shard"   // hash of the subject, modulo Shards
	Subject  Dim = "subject" // the subject itself while there are few, else its shard
	Half     Dim = "half"    // hash of the id, modulo 2; without an id see below
	File     Dim = "file"    // the file of the log that a row is in; see MaxFiles
	Rank     Dim = "rank"    // the place of a slot in its list, from 1; missing for what was offered and not ranked
)

// Without an id, Half is a hash of what a row says in all groups and columns that
// tables of halves are about. Rows that say the same are in one half, whatever was
// decided about them, so that a half tells nothing of the outcome.

// MaxFiles is the number of files that the dimension File tells apart. The rows
// of all others, in the order of paths, are in one category, OtherFiles.
const (
	MaxFiles   = 64
	OtherFiles = "(other files)"
)

// Shards is the number of subject shards that a delete-a-group jackknife uses.
const Shards = 64

// Group is the dimension of a protected attribute.
func Group(attribute string) Dim { return Dim("group:" + attribute) }

// Stratum is the dimension of a stratifying column.
func Stratum(column string) Dim { return Dim("stratum:" + column) }

// Missing is the dimension that tells whether a role's value is missing; role is
// score, label, or feature:NAME and so on as the configuration has them.
func Missing(role string) Dim { return Dim("missing:" + role) }

// The categories of the dimensions Decision, Label and Missing.
const (
	Positive  = "positive"
	Negative  = "negative"
	Unknown   = "missing"
	Unlisted  = "unlisted"
	Immature  = "immature"
	IsMissing = "missing"
	IsPresent = "present"
)

// Probability names, as a Need's Value, the probability that a row has a value of
// an attribute that is known by probabilities alone.
func Probability(attribute, value string) string { return "probability:" + attribute + ":" + value }

// Need is a table that somebody wants. Two needs with the same Key are one.
type Need struct {
	Dims []Dim
	// Value asks for a table of Values: the distribution of a number per cell,
	// not just how many rows it has. It names the role as Missing does: score,
	// feature:NAME. "" asks for Counts.
	Value string
	// InScope counts every row inside the period that passes where, also rows
	// that are not audited because their decision is missing or unlisted.
	InScope bool
	// Most bounds the cells of a table of counts; 0 is no bound. Of a table that
	// would have more, only that is known: Counts.Over.
	Most int
	// Within asks of a table of Values for one part of the number line, seen
	// closely. Only a plan's Refine can ask for it.
	Within Stretch
}

// Key identifies the need.
func (n Need) Key() string {
	var b strings.Builder
	if n.InScope {
		b.WriteString("in-scope ")
	}
	if n.Most > 0 {
		fmt.Fprintf(&b, "at most %d cells of ", n.Most)
	}
	if n.Value != "" {
		b.WriteString(n.Value)
		if n.Within != (Stretch{}) {
			fmt.Fprintf(&b, " from %v to %v", n.Within.Low, n.Within.High)
		}
		b.WriteString(" by ")
	}
	for i, d := range n.Dims {
		if i > 0 {
			b.WriteByte('|')
		}
		b.WriteString(string(d))
	}
	return b.String()
}

// Column is the dimension of a column's own values as text, such as a
// categorical feature. role is as in Missing.
func Column(role string) Dim { return Dim("column:" + role) }

// ColumnHash is the dimension of a column's own values, as Column has it if there
// are at most 10,000 of them, else each mapped to one of Hashes categories
// (HashCategory).
func ColumnHash(role string) Dim { return Dim("column-hash:" + role) }

// Hashes is the number of categories that values are hashed to.
const Hashes = 1 << 10

// HashCategory is the category that a value is hashed to. It does not depend on
// the audit's seed, so that tables of different audits can be compared. Its
// Order, which is above 0, tells it from a value's own.
func HashCategory(value string) Category {
	h := fnv.New64a()
	_, _ = h.Write([]byte(value)) // a hash takes everything
	x := h.Sum64()                // then the finalizer of splitmix64
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	at := int64((x ^ x>>31) % Hashes)
	return Category{Name: fmt.Sprintf("#%d", at), Order: at + 1}
}
