package expr

import (
	"strings"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// nearest is the column whose name is closest to the one asked for, or "" if
// none is close enough to be a slip of the pen.
func nearest(name string, schema source.Schema) string {
	best, distance := "", max(1, len(name)/3)+1
	for _, col := range schema {
		if strings.EqualFold(col.Name, name) {
			return col.Name
		}
		if d := editDistance(name, col.Name, distance); d < distance {
			best, distance = col.Name, d
		}
	}
	return best
}

// editDistance counts the insertions, deletions and replacements that turn a
// into b (Levenshtein), giving up at limit.
func editDistance(a, b string, limit int) int {
	if abs(len(a)-len(b)) >= limit || len(a) > 64 || len(b) > 64 {
		return limit
	}
	var row [65]int
	for j := range len(b) + 1 {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			d := diagonal
			if a[i] != b[j] {
				d = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], d
		}
	}
	return min(limit, row[len(b)])
}

func abs(n int) int { return max(n, -n) }
