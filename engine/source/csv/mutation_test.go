package csv

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/source/internal/text"
)

// A good file with a few bytes changed, lost or doubled gives rows of as many
// cells as the header has, or one clear error.
func TestMutations(t *testing.T) {
	for _, file := range []string{"excel-bom-crlf-semicolon.csv", "pandas.csv.gz", "rfc4180.csv.gz", "two-gzip-members.csv.gz", "duckdb.csv.zst",
		"polars.csv.zst", "pyarrow.csv.zst", "tab-no-final-newline.tsv.zst", "utf16le-bom.csv.zst"} {
		good, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(1, 2))
		for i := range 125 {
			bad := slices.Clone(good)
			for range 1 + rng.IntN(3) {
				bad = mutate(rng, bad)
			}
			checkMutation(t, bad, fmt.Sprintf("%s, mutation %d", file, i))
		}
	}
}

func mutate(rng *rand.Rand, b []byte) []byte {
	at := rng.IntN(len(b))
	n := min(1+rng.IntN(40), len(b)-at)
	switch rng.IntN(4) {
	case 0:
		b[at] ^= 1 << rng.IntN(8)
		return b
	case 1:
		return append(slices.Delete(b, at, at+n), '\n')
	case 2:
		return slices.Insert(b, at, b[at:at+n]...)
	}
	return b[:at+1]
}

func checkMutation(t *testing.T, bad []byte, name string) {
	t.Helper()
	f, err := New(text.Stream(iotest.HalfReader(bytes.NewReader(bad)), "log.csv"), Options{})
	var rows [][]string
	if err == nil {
		rows, err = readAll(f)
	}
	var known *source.Error
	switch {
	case err == nil && len(rows) > 0 && len(rows[0]) != len(f.Schema()):
		t.Errorf("%s: %d cells, header has %d", name, len(rows[0]), len(f.Schema()))
	case err != nil && (!errors.As(err, &known) || !strings.HasPrefix(err.Error(), "log.csv") || len(err.Error()) > 600 ||
		strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' })):
		t.Errorf("%s: %q", name, err)
	}
}
