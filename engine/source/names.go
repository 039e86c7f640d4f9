package source

import (
	"errors"
	"io/fs"
	"strings"
)

// Find returns the index of the nth column (from 1) called name. With nth 0 it
// returns the first one and, as twins, the others of the same name: they must
// hold the same values (see Twins).
func (s Schema) Find(name string, nth int) (index int, twins []int, ok bool) {
	var all []int
	for i, c := range s {
		if c.Name == name {
			all = append(all, i)
		}
	}
	switch {
	case len(all) == 0 || nth > len(all) || nth < 0:
		return 0, nil, false
	case nth > 0:
		return all[nth-1], nil, true
	}
	return all[0], all[1:], true
}

// Nth says which of the columns of its name column i is, from 1.
func (s Schema) Nth(i int) int {
	n := 0
	for _, c := range s[:i+1] {
		if c.Name == s[i].Name {
			n++
		}
	}
	return n
}

// Nearest returns the column name that is most like name, or "" if none is
// near: equal but for case and surrounding spaces, else at most a third of the
// letters apart.
func (s Schema) Nearest(name string) string {
	fold := func(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
	want := []rune(fold(name))
	best, nearest := len(want)/3+1, ""
	for _, c := range s {
		if c.Name == "" || len(c.Name) > 1024 {
			continue
		}
		if d := distance(want, []rune(fold(c.Name))); d < best {
			best, nearest = d, c.Name
		}
	}
	return nearest
}

// distance is the Levenshtein distance.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := 1
			if x == y {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}

// Reason strips the operation and the path, which is that of this machine,
// from an error of the file system: "no such file or directory".
func Reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
