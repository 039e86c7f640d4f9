package engine

import (
	"bytes"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// profile is what a file of reference windows holds: the tables of an audit's
// reference windows, without the windows, so that a later audit can compare new
// rows with old ones that it need not read.
type profile struct {
	Version int            `json:"plumbline_profile"`
	Name    string         `json:"name"`
	Columns string         `json:"columns_sha256"` // which column plays which role, and how
	Windows []string       `json:"windows"`
	Rows    int64          `json:"rows"`
	Tables  []profileTable `json:"tables"`
}

type profileTable struct {
	Need string `json:"need"`
	Data []byte `json:"data"`
}

const profileVersion = 1

// maxProfile bounds the file that is read.
const maxProfile = 1 << 28

// Profile is the content of a file of the reference windows, to be used as
// windows.reference: {file: …} of later audits. Run must have succeeded.
func (j *Job) Profile() ([]byte, error) {
	if j.tables == nil || j.spec.Windows.ReferenceFile != "" {
		return nil, errors.New("the audit has no reference windows to save")
	}
	p := profile{Version: profileVersion, Name: j.spec.Name, Columns: j.columnsDigest(), Windows: []string{}, Tables: []profileTable{}}
	keep := map[string]bool{}
	for _, w := range j.reference {
		p.Windows, p.Rows = append(p.Windows, w.ID), p.Rows+w.Rows
		keep[w.ID] = true
	}
	all := j.spec.Windows.Every == "" // the log is one window
	if all {
		p.Rows = j.tables.Scan().Audited
	}
	if p.Rows == 0 {
		return nil, errors.New("the reference windows have no rows to save")
	}
	for _, n := range j.profileNeeds() {
		data, err := j.tables.outside(n, func(c table.Category) bool { return all || keep[c.Name] })
		if err != nil {
			return nil, err
		}
		p.Tables = append(p.Tables, profileTable{withoutWindow(n).Key(), data})
	}
	return json.MarshalIndent(p, "", " ")
}

// profileNeeds are the tables by window that detectors ask for, each once. Sums of
// single subjects stay out of the file.
func (j *Job) profileNeeds() []table.Need {
	var out []table.Need
	seen := map[string]bool{}
	for _, d := range j.enabled {
		for _, n := range d.plan.Needs {
			if slices.Contains(n.Dims, table.Subject) {
				continue
			}
			if key := withoutWindow(n).Key(); slices.Contains(n.Dims, table.Window) && !seen[key] {
				seen[key] = true
				out = append(out, n)
			}
		}
	}
	return out
}

func withoutWindow(n table.Need) table.Need {
	n.Dims = slices.DeleteFunc(slices.Clone(n.Dims), func(d table.Dim) bool { return d == table.Window })
	return n
}

// outside encodes a table of some windows, without the window.
func (t *tables) outside(n table.Need, keep func(table.Category) bool) ([]byte, error) {
	dims := withoutWindow(n).Dims
	var out encoding.BinaryMarshaler
	if n.Value == "" {
		c, err := t.Counts(n).Only(table.Window, keep)
		if err != nil {
			return nil, err
		}
		if out, err = c.Rollup(dims...); err != nil {
			return nil, err
		}
	} else {
		v, err := t.Values(n).Only(table.Window, keep)
		if err != nil {
			return nil, err
		}
		if out, err = v.Rollup(dims...); err != nil {
			return nil, err
		}
	}
	return out.MarshalBinary()
}

// columnsDigest tells apart configurations whose tables mean different things.
// When rows were made, and how they are recognized, changes no meaning.
func (j *Job) columnsDigest() string {
	c := j.audit.Columns
	c.Time, c.ID, c.ExpectedAttributes = nil, nil, nil
	c.Groups = slices.Clone(c.Groups)
	for i := range c.Groups {
		c.Groups[i].Expected, c.Groups[i].Population = nil, ""
	}
	text, _ := json.Marshal(c) // plain values, which always encode
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// saved are the tables of a profile.
type saved struct {
	input  audit.Input
	counts map[string]*table.Counts
	values map[string]*table.Values
	rows   int64
	faults *lacks
}

// loadProfile reads the profile that the configuration names, if any.
func (j *Job) loadProfile() error {
	name := j.spec.Windows.ReferenceFile
	if name == "" {
		return nil
	}
	p, input, err := j.readProfile(name)
	if err == nil && p.Columns != j.columnsDigest() {
		err = errors.New("it was saved by an audit with other columns; save it anew")
	}
	s := &saved{input: input, counts: map[string]*table.Counts{}, values: map[string]*table.Values{}, rows: p.Rows}
	for _, t := range p.Tables {
		if err != nil {
			break
		}
		c, v := &table.Counts{}, &table.Values{}
		if c.UnmarshalBinary(t.Data) == nil {
			s.counts[t.Need] = c
		} else if err = v.UnmarshalBinary(t.Data); err == nil {
			s.values[t.Need] = v
		}
	}
	if err != nil {
		return config.Errors{j.audit.Mistake("windows.reference.file", fmt.Sprintf("profile %s: %v", name, err), "")}
	}
	j.saved = s
	return nil
}

func (j *Job) readProfile(name string) (p profile, in audit.Input, err error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(j.audit.Dir, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return p, in, errors.Unwrap(err) // the name is said already
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxProfile+1))
	switch {
	case err != nil:
		return p, in, err
	case len(data) > maxProfile:
		return p, in, fmt.Errorf("it is larger than %d bytes", maxProfile)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return p, in, fmt.Errorf("not a profile: %w", err)
	}
	if p.Version != profileVersion {
		return p, in, fmt.Errorf("it has version %d; this program reads version %d", p.Version, profileVersion)
	}
	sum := sha256.Sum256(data)
	in = audit.Input{Path: filepath.ToSlash(name), Role: "reference", Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:]), Hash: "full", Rows: p.Rows}
	return p, in, nil
}

// Scan says how many rows the profile stands for.
func (s *saved) Scan() *table.Accounts { return &table.Accounts{Read: s.rows, Audited: s.rows} }

// Counts is the profile's table for a need, without the window.
func (s *saved) Counts(n table.Need) *table.Counts {
	c, ok := s.counts[withoutWindow(n).Key()]
	if !ok {
		s.lack(n)
		return &table.Counts{}
	}
	return c
}

// Values is the profile's table for a need, without the window.
func (s *saved) Values(n table.Need) *table.Values {
	v, ok := s.values[withoutWindow(n).Key()]
	if !ok {
		s.lack(n)
		return &table.Values{}
	}
	return v
}

// Sample is empty: a profile holds no rows, and so no person's data.
func (s *saved) Sample(n table.SampleNeed) *table.Sample {
	s.faults.add(fmt.Errorf("profile %s holds no rows, and so no %s", s.input.Path, n.Key()))
	return &table.Sample{}
}

func (s *saved) lack(n table.Need) {
	s.faults.add(fmt.Errorf("profile %s has no table %s: save it anew, with the detectors of this audit", s.input.Path, withoutWindow(n).Key()))
}

// Reference gives the tables of the profile, if the audit has one.
func (t *tables) Reference() detect.Tables {
	if t.saved == nil {
		return nil
	}
	return t.saved
}
