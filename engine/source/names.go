package source

import (
	"errors"
	"io/fs"

	"github.com/plumbline-audit/plumbline/engine/spelling"
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

// Nearest returns the column name that is most like name: name itself, if there
// is such a column, or "" if none is near.
func (s Schema) Nearest(name string) string {
	names := make([]string, len(s))
	for i, c := range s {
		if c.Name == name {
			return name
		}
		names[i] = c.Name
	}
	return spelling.Nearest(name, names)
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
