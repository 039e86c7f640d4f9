package engine

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

// maxPopulation bounds a population table; it has a line per group.
const maxPopulation = 1 << 20

// loadPopulations reads the population tables that the configuration names,
// adds them to the spec, and puts their digests into that of the configuration.
func (j *Job) loadPopulations() error {
	with := *j.audit
	with.Digests = map[string]string{}
	maps.Copy(with.Digests, j.audit.Digests)
	j.audit = &with
	var mistakes config.Errors
	load := func(at, name, single string) {
		p, in, err := readPopulation(j.audit.Dir, name, j.spec, single)
		if err != nil {
			mistakes = append(mistakes, j.audit.Mistake(at, fmt.Sprintf("population table %s: %v", name, err), ""))
			return
		}
		j.spec.Populations = append(j.spec.Populations, p)
		with.Digests[name] = in.SHA256
		if !slices.ContainsFunc(j.populations, func(o audit.Input) bool { return o.Path == in.Path }) {
			j.populations = append(j.populations, in)
		}
	}
	for _, g := range j.audit.Columns.Groups {
		if g.Population != "" {
			load("columns.groups."+g.Name+".population", g.Population, g.Name)
		}
	}
	for i, name := range j.audit.Intersections.Population {
		load(fmt.Sprintf("intersections.population.%d", i), name, "")
	}
	if len(mistakes) > 0 {
		return mistakes
	}
	return nil
}

// readPopulation reads one table: of the attribute single, or of an
// intersection whose attributes its columns name.
func readPopulation(dir, name string, spec *audit.Spec, single string) (p audit.Population, in audit.Input, err error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return p, in, errors.Unwrap(err) // the name is said already
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxPopulation+1))
	switch {
	case err != nil:
		return p, in, err
	case len(data) > maxPopulation:
		return p, in, fmt.Errorf("it is larger than %d bytes", maxPopulation)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff")))).ReadAll()
	if err != nil {
		return p, in, err
	}
	if len(rows) < 2 {
		return p, in, errors.New("it has no rows; give a header and a line per group")
	}
	t := populationTable{header: rows[0], share: slices.Index(rows[0], "share"), count: slices.Index(rows[0], "count")}
	if err := t.columns(spec, single); err != nil {
		return p, in, err
	}
	sum := sha256.Sum256(data)
	in = audit.Input{Path: filepath.ToSlash(name), Role: "population", Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:]), Hash: "full", Rows: int64(len(rows) - 1)}
	p = audit.Population{Path: in.Path, Attributes: t.attributes}
	p.Shares, err = t.shares(rows[1:])
	return p, in, err
}

// populationTable reads the columns of a population table.
type populationTable struct {
	header       []string
	share, count int // their columns; -1 without
	attributes   []string
	at           []int // the columns of the attributes
}

func (t *populationTable) columns(spec *audit.Spec, single string) error {
	if (t.share < 0) == (t.count < 0) {
		return fmt.Errorf("its columns are %s; it needs either a column share or a column count", strings.Join(t.header, ", "))
	}
	if single != "" {
		at := slices.Index(t.header, "value")
		if at < 0 {
			return fmt.Errorf("its columns are %s; it needs a column value with the values of %s", strings.Join(t.header, ", "), single)
		}
		t.attributes, t.at = []string{single}, []int{at}
		return nil
	}
	for _, g := range spec.Groups {
		if at := slices.Index(t.header, g.Name); at >= 0 {
			t.attributes, t.at = append(t.attributes, g.Name), append(t.at, at)
		}
	}
	if n := len(t.at); n < 2 || n > spec.Intersections.Depth {
		return fmt.Errorf("its columns name %d attributes; it needs 2 to %d of the audit's, by their names", n, spec.Intersections.Depth)
	}
	return nil
}

// shares reads the rows. Counts are held against their sum; shares are taken as
// they are written, and have to add up to 1 but for rounding.
func (t *populationTable) shares(rows [][]string) ([]audit.Share, error) {
	var out []audit.Share
	seen := map[string]bool{}
	sum := new(big.Rat)
	var total int64
	for i, row := range rows {
		s := audit.Share{}
		for _, at := range t.at {
			s.Values = append(s.Values, row[at])
		}
		if name := detect.Cross(s.Values...); seen[name] || slices.Contains(s.Values, "") {
			return nil, fmt.Errorf("line %d: value %q is empty or listed twice", i+2, name)
		} else {
			seen[name] = true
		}
		text, most := row[max(t.share, t.count)], big.NewRat(1, 1)
		if t.count >= 0 {
			most = big.NewRat(1<<40, 1)
		}
		x, ok := decimal(text)
		switch {
		case !ok || x.Cmp(most) > 0 || t.count >= 0 && !x.IsInt():
			hint := "a share is a decimal from 0 to 1 with at most 12 decimals"
			if t.count >= 0 {
				hint = "a count is a whole number"
			}
			return nil, fmt.Errorf("line %d: %q; %s", i+2, text, hint)
		case t.count >= 0:
			total += x.Num().Int64()
		}
		s.Count, s.Total = x.Num().Int64(), x.Denom().Int64()
		sum.Add(sum, x)
		out = append(out, s)
	}
	if t.count >= 0 {
		if total == 0 {
			return nil, errors.New("all counts are 0")
		}
		for i := range out {
			out[i].Total = total
		}
		return out, nil
	}
	const rounding = 0.005
	if all, _ := sum.Float64(); all < 1-rounding || all > 1+rounding {
		return nil, fmt.Errorf("the shares add up to %.6g, not 1; list every group, or give counts", all)
	}
	return out, nil
}

// decimal reads a plain number of at most 12 decimals that is not negative.
func decimal(text string) (*big.Rat, bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	if whole == "" || len(whole) > 13 || len(fraction) > 12 || strings.Trim(whole+fraction, "0123456789") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}
