package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"time"
)

// known are the tallies of an earlier run, by study and reference. A study depends
// on nothing but itself, so that those which no change touches need not run again.
type known map[string]tally

func (s study) key() string { return s.name + "|" + called(s.reference) }

// auditsHeader are the columns of audits.csv. The last is all that differs from run
// to run.
func auditsHeader() []string {
	return []string{"audit", "reference", "audits", "fail", "pass", "inconclusive", "bare_rule", "again", "again_fail", "ms"}
}

// writeAudits writes what became of each study's audits.
func (r *results) writeAudits(w io.Writer) error {
	rows := [][]string{auditsHeader()}
	for _, t := range r.audits {
		again, failed := 0, 0
		if t.again != nil {
			again, failed = t.again.audits, t.again.fail
		}
		row := []string{t.name, called(t.reference)}
		for _, n := range []int{t.audits, t.fail, t.pass, t.undecided, t.bareFail, again, failed} {
			row = append(row, strconv.Itoa(n))
		}
		rows = append(rows, append(row, digits(float64(t.each.Microseconds())/1000)))
	}
	return csv.NewWriter(w).WriteAll(rows)
}

// readAudits reads what writeAudits wrote; there may be no file yet.
func readAudits(path string) (known, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return known{}, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := csv.NewReader(f)
	in.FieldsPerRecord = len(auditsHeader())
	rows, err := in.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	out := known{}
	for i, row := range rows[min(1, len(rows)):] {
		var n [7]int
		for j := range n {
			if n[j], err = strconv.Atoi(row[2+j]); err != nil {
				return nil, fmt.Errorf("%s: line %d: %w", path, i+2, err)
			}
		}
		ms, err := strconv.ParseFloat(row[9], 64)
		if err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", path, i+2, err)
		}
		t := tally{audits: n[0], fail: n[1], pass: n[2], undecided: n[3], bareFail: n[4], each: time.Duration(ms * float64(time.Millisecond))}
		if n[5] > 0 {
			t.again = &tally{audits: n[5], fail: n[6]}
		}
		out[row[0]+"|"+row[1]] = t
	}
	return out, nil
}
