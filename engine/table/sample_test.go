package table

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func drawSampled(t *rapid.T) Sampled {
	hash := rapid.OneOf(rapid.Uint64(), rapid.Uint64Range(0, 5)).Draw(t, "hash")
	field := rapid.Custom(func(t *rapid.T) Field {
		if rapid.Bool().Draw(t, "missing") {
			return Field{Missing: true}
		}
		return Field{Text: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "text")}
	})
	return Sampled{hash, []Field{field.Draw(t, "x"), field.Draw(t, "y")}, Cell{rapid.Int64Range(0, 3).Draw(t, "n"), 1}}
}

// TestSample holds that a sample does not depend on how rows are split and
// merged, and that it has the first k distinct rows with all their copies.
func TestSample(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(1, 8).Draw(t, "k")
		columns := []string{"x", "y"}
		whole, parts := NewSample(k, columns), [3]*Sample{}
		for i := range parts {
			parts[i] = NewSample(k, columns)
		}
		totals := map[string]Sampled{}
		for range rapid.IntRange(0, 200).Draw(t, "rows") {
			r := drawSampled(t)
			whole.Add(r)
			parts[rapid.IntRange(0, 2).Draw(t, "part")].Add(r)
			key := fmt.Sprint(r.Hash, r.Fields)
			sum := totals[key]
			totals[key] = Sampled{r.Hash, r.Fields, sum.Cell.Add(r.Cell)}
		}
		want := make([]Sampled, 0, len(totals))
		for _, r := range totals {
			want = append(want, r)
		}
		slices.SortFunc(want, compareSampled)
		want = want[:min(k, len(want))]
		if fmt.Sprint(whole.Rows()) != fmt.Sprint(want) {
			t.Fatalf("%v, want %v", whole.Rows(), want)
		}
		ab, err := parts[0].Merge(parts[1])
		if err != nil {
			t.Fatal(err)
		}
		abc, _ := ab.Merge(parts[2])
		cb, _ := parts[2].Merge(parts[1])
		cba, _ := cb.Merge(parts[0])
		data := encode(t, whole)
		if !bytes.Equal(encode(t, abc), data) || !bytes.Equal(encode(t, cba), data) {
			t.Fatal("a split changes the sample")
		}
		var again Sample
		if err := again.UnmarshalBinary(data); err != nil || !bytes.Equal(encode(t, &again), data) {
			t.Fatalf("decoding: %v", err)
		}
	})
}

func FuzzSampleUnmarshal(f *testing.F) {
	s := NewSample(2, []string{"x"})
	s.Add(Sampled{7, []Field{{Text: "a"}}, Cell{2, 1}})
	s.Add(Sampled{9, []Field{{Missing: true}}, Cell{1, 1}})
	f.Add(encode(f, s))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s Sample
		if s.UnmarshalBinary(data) == nil && !bytes.Equal(encode(t, &s), data) {
			t.Fatal("another encoding of the same sample")
		}
	})
}
