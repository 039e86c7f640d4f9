package parquet

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// words are vocabularies that get codes, or do not.
var words = map[string]func(i int) string{
	"short": func(i int) string {
		return []string{"", "a", "b", "a\x00", "a\x00\x00", "abcdefgh", "abcdefg", "abcdefg\x00"}[i%8]
	},
	"long":     func(i int) string { return strings.Repeat("x", i%40) + fmt.Sprint(i%3) },
	"too long": func(i int) string { return strings.Repeat("y", i%20*17) },
	"many":     func(i int) string { return fmt.Sprint(i) },
	"returning": func(i int) string {
		return fmt.Sprint(i * i % 6007) // in the end too many, of which each was met often
	},
}

// TestIntern holds strings of pages without a dictionary against those that were
// written, whether they get codes, do not, or cease to.
func TestIntern(t *testing.T) {
	names := []string{"short", "long", "too long", "many", "returning"}
	rapid.Check(t, func(t *rapid.T) {
		var want []source.Value
		var pages [][]byte
		seed := rapid.IntRange(0, 1000).Draw(t, "seed")
		for range rapid.IntRange(1, 4).Draw(t, "pages") {
			word := words[rapid.SampledFrom(names).Draw(t, "words")]
			nulls := rapid.IntRange(1, 5).Draw(t, "nulls") // one in so many
			n := rapid.SampledFrom([]int{1, 7, 600, 5000, 34_000}).Draw(t, "rows")
			var levels []int
			var body []byte
			for i := range n {
				if nulls > 1 && (seed+i*i)%nulls == 0 {
					want, levels = append(want, source.Value{}), append(levels, 1, 0)
					continue
				}
				s := word(seed + 7*i)
				want, levels = append(want, source.Value{Kind: source.String, Str: s}), append(levels, 1, 1)
				body = append(body, texts(s)...)
			}
			body = append(sizedRuns(levels...), body...)
			pages = append(pages, dataPage(int64(n), encPlain, body, len(body)))
		}
		c := flat("s", typeByteArray, repOptional, int64(len(want)), pages...)
		c.path[0].i32(6, 0) // converted type UTF8
		file := handFile(c)
		f, err := New(bytes.NewReader(file), int64(len(file)), Options{Name: "hand"})
		if err != nil {
			t.Fatal(err)
		}
		var got []source.Value
		if err := readColumn(f, 0, func(v source.Vector, rows int) {
			for i := range rows {
				got = append(got, v.Value(i))
			}
			if n := v.Dict.Len(); n > mostInterned {
				t.Fatalf("dictionary of %d entries", n)
			}
		}); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Fatal("other strings than were written")
		}
	})
}

// Few strings get codes, many do not.
func TestInterned(t *testing.T) {
	for name, want := range map[string]string{"short": "7000:coded", "long": "7000:coded", "many": "7000:plain", "too long": "7000:plain"} {
		var all []string
		for i := range 7_000 {
			all = append(all, words[name](i))
		}
		body := texts(all...)
		f := openBytes(t, handFile(flat("s", typeByteArray, repRequired, 7_000, dataPage(7_000, encPlain, body, len(body)))))
		if got := batchForms(t, f); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// Strings that were made to share one slot get no codes in the end, but are read.
func TestInternCollisions(t *testing.T) {
	inverse := uint64(golden) // of golden, modulo 2^64, by Newton's method
	for range 6 {
		inverse *= 2 - golden*inverse
	}
	var all []string
	for i := range uint64(200) {
		word := binary.LittleEndian.AppendUint64(nil, (77<<(64-internBits)+i)*inverse)
		for range 20 {
			all = append(all, string(word))
		}
	}
	body := texts(all...)
	f := openBytes(t, handFile(flat("s", typeByteArray, repRequired, int64(len(all)), dataPage(int64(len(all)), encPlain, body, len(body)))))
	if got := batchForms(t, f); got != "4000:plain" {
		t.Error(got)
	}
	for i, v := range columnValues(t, f, "s") {
		if v.Str != all[i] {
			t.Fatalf("row %d is %q, want %q", i, v.Str, all[i])
		}
	}
}

// A string that goes beyond its page is told as it is of strings without codes.
func TestInternDamage(t *testing.T) {
	body := append(texts("yes", "no"), 200, 0, 0, 0, 'x')
	f := openBytes(t, handFile(flat("s", typeByteArray, repRequired, 3, dataPage(3, encPlain, body, len(body)))))
	err := readColumn(f, 0, func(source.Vector, int) {})
	if want := "string of 200 bytes goes beyond its page"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("%v, want …%s", err, want)
	}
}

func BenchmarkIntern(b *testing.B) {
	for _, name := range []string{"short", "long"} {
		var all []string
		for i := range 1 << 15 {
			all = append(all, words[name](i*i>>3))
		}
		body := texts(all...)
		b.Run(name, func(b *testing.B) {
			var c interner
			c.reset(source.Type{Kind: source.String})
			codes := make([]uint32, len(all))
			b.SetBytes(int64(len(all)))
			for b.Loop() {
				v := values{data: body}
				if _, err := c.codes(codes, &v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
