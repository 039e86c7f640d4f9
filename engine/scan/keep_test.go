package scan

import (
	"crypto/sha256"
	"encoding"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/plumbline-audit/plumbline/engine/table"
)

// memoryKeeper keeps parts in memory. A file is its name.
type memoryKeeper struct {
	kept         map[string][]Kept
	read, reused []string
}

func (k *memoryKeeper) Print(file string, _ bool) (string, error) { return file, nil }
func (k *memoryKeeper) Find(key string) ([]Kept, error)           { return k.kept[key], nil }

func (k *memoryKeeper) Reuse(file, _ string, _ Kept, _ int64) { k.reused = append(k.reused, file) }

func (k *memoryKeeper) Keep(file, key string, p Kept) error {
	data, err := p.Data()
	k.kept[key] = append(k.kept[key], Kept{Class: p.Class, Extent: p.Extent, Data: func() ([]byte, error) { return data, nil }})
	k.read = append(k.read, file)
	return err
}

// everything is everything that an outcome says.
func everything(t rapid.TB, o *Outcome) string {
	out := fmt.Sprintln(o.Accounts, o.Joins, o.AsOf, o.HasAsOf, o.Trusted)
	add := func(m encoding.BinaryMarshaler) {
		data, err := m.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		out += fmt.Sprintf("%q\n", data)
	}
	for _, c := range o.tables {
		out += fmt.Sprint(c.Over())
		add(c)
	}
	for _, v := range o.values {
		add(v)
	}
	for _, s := range o.samples {
		add(s)
	}
	return out
}

// A log that grows is scanned month by month with a keeper, for any period and any
// age of labels: every outcome is that of a scan of the whole log, and what was
// read once is read again only if the period or the age cuts it.
func TestWhatIsKeptIsTheScan(t *testing.T) {
	a := audited(t, peopleColumns+"weight: n\nsubject: id\nscore: {column: n}\nlabel: {column: d, positive: [yes], matures_after: 9d}\n", "windows: {every: week}\n")
	needs := []table.Need{
		need(table.Group("sex"), table.Window, table.Decision, table.Label, table.Shard), need(table.File, table.Decision), bySubject,
		{Dims: []table.Dim{table.Group("sex"), table.File}, Value: "score"}, {Dims: []table.Dim{table.Group("sex"), table.Label}, Most: 3},
		{Dims: []table.Dim{table.Window}, InScope: true},
	}
	rapid.Check(t, func(r *rapid.T) {
		k := &memoryKeeper{kept: map[string][]Kept{}}
		log := &memoryLog{schema: people}
		for month := range rapid.IntRange(1, 4).Draw(r, "months") {
			rows := make([][]any, rapid.IntRange(0, 12).Draw(r, "rows"))
			for i := range rows {
				rows[i] = []any{
					rapid.SampledFrom([]any{"f", "m", "", nil}).Draw(r, "sex"), rapid.SampledFrom([]any{"yes", "no", "?", nil}).Draw(r, "d"),
					rapid.SampledFrom([]any{on(1 + 10*month), on(9 + 10*month), on(11 + 10*month), nil}).Draw(r, "at"),
					fmt.Sprint(rapid.IntRange(0, 9).Draw(r, "id")), rapid.IntRange(0, 3).Draw(r, "n"),
				}
			}
			if len(rows) == 0 {
				log.add()
			} else {
				log.add(drawBatch(r, rows))
			}
			req := request(a, log, needs...)
			req.Samples = []table.SampleNeed{{K: 3, Columns: []table.Dim{table.Group("sex"), table.Column("score")}}}
			req.Workers = rapid.SampledFrom([]int{1, 3}).Draw(r, "workers")
			if rapid.Bool().Draw(r, "as of a day") {
				asOf := time.UnixMicro(on(rapid.IntRange(1, 50).Draw(r, "as of"))).UTC()
				req.AsOf = &asOf
			}
			if from := rapid.IntRange(-20, 40).Draw(r, "period"); from > 0 {
				req.Period = &Span{time.UnixMicro(on(from)), time.UnixMicro(on(from + 12))}
			}
			want, err := scanned(req)
			if err != nil {
				r.Fatal(err)
			}
			req.Keeper = k
			for range 2 {
				k.read, k.reused = nil, nil
				got, err := scanned(req)
				if err != nil {
					r.Fatal(err)
				}
				if a, b := everything(r, got), everything(r, want); a != b {
					r.Fatalf("kept\n%s\nread\n%s", a, b)
				}
			}
			if len(k.read)+len(k.reused) > len(log.units) || len(k.read) > 0 {
				r.Fatalf("read again: %v; kept: %v", k.read, k.reused)
			}
		}
	})
}

// Only the new file of a log is read, whatever came to be its place.
func TestOnlyNewFilesAreRead(t *testing.T) {
	a := audited(t, peopleColumns+"subject: id\n", "windows: {every: month}\n")
	log := subjectLog(nil, 900)
	k := &memoryKeeper{kept: map[string][]Kept{}}
	req := request(a, log, bySubject, need(table.File))
	req.Keeper = k
	mustScan(t, req)
	more := subjectLog(nil, 1200)
	more.units[0].name = "unit 0"
	log.units = slices.Insert(log.units, 0, more.units[0]) // together too many subjects to tell apart
	k.read = nil
	got := mustScan(t, req)
	if fmt.Sprint(k.read, k.reused) != "[unit 0] [unit 1]" {
		t.Errorf("read %v, kept %v", k.read, k.reused)
	}
	req.Keeper = nil
	if want := mustScan(t, req); everything(t, got) != everything(t, want) {
		t.Error("what was kept differs from what is read")
	}
}

// Many distinct numbers in all files together go into buckets, as they do in one.
func TestKeptNumbersOverflowTogether(t *testing.T) {
	a := audited(t, peopleColumns+"score: {column: n}\n", "")
	log := &memoryLog{schema: people}
	for unit := range 2 {
		xs := make([]any, 40_000)
		for i := range xs {
			xs[i] = unit*len(xs) + i
		}
		log.add(batch(len(xs), constant(textType, "f"), constant(textType, "yes"), constant(micro, on(1)), constant(textType, "1"), plain(intType, xs...)))
	}
	req := request(a, log, table.Need{Dims: []table.Dim{table.Group("sex")}, Value: "score"})
	want := mustScan(t, req)
	req.Keeper = &memoryKeeper{kept: map[string][]Kept{}}
	mustScan(t, req)
	if got := mustScan(t, req); everything(t, got) != everything(t, want) || got.values[0].Exact() {
		t.Error("what was kept differs from what is read")
	}
}

// A group of too many values is refused whichever files they are in.
func TestKeptLimits(t *testing.T) {
	a := audited(t, peopleColumns, "")
	a.Columns.Groups[0].MaxValues = 1
	log := &memoryLog{schema: people}
	for _, sex := range []string{"f", "m"} {
		log.add(batch(2, constant(textType, sex), plain(textType, "yes", "no"), constant(micro, on(1)), constant(textType, "1"), constant(intType, 1)))
	}
	req := request(a, log, bySex)
	req.Keeper = &memoryKeeper{kept: map[string][]Kept{}}
	refused(t, req, "column sex: group sex has more than 1 distinct values")
}

// What is kept is of the very files and request that ask for it.
func TestDamagedPart(t *testing.T) {
	a := audited(t, peopleColumns, "")
	log := &memoryLog{schema: people}
	log.add(batch(1, constant(textType, "f"), constant(textType, "yes"), constant(micro, on(1)), constant(textType, "1"), constant(intType, 1)))
	req := request(a, log, bySex)
	k := &memoryKeeper{kept: map[string][]Kept{}}
	req.Keeper = k
	mustScan(t, req)
	for _, list := range k.kept {
		data, _ := list[0].Data()
		for n := range len(data) {
			list[0].Data = func() ([]byte, error) { return data[:n:n], nil }
			if _, err := scanned(req); n > 0 && err == nil {
				t.Fatalf("%d of %d bytes are taken for a part", n, len(data))
			}
		}
	}
}

// What is kept of a file is used by later programs. If this digest changes, they
// would find something else in the same file: raise partForm, and note the new one.
func TestPartForm(t *testing.T) {
	a := audited(t, peopleColumns+"weight: n\nsubject: id\nscore: {column: n}\n", "windows: {every: week}\n")
	log := &memoryLog{schema: people}
	log.add(batch(4, plain(textType, "f", "m", nil, "f"), plain(textType, "yes", "no", "?", nil), plain(micro, on(1), on(9), nil, on(40)),
		plain(textType, "a", "b", "a", nil), plain(intType, 1, 2, 3, 0)))
	req := request(a, log, need(table.Group("sex"), table.Window, table.Decision, table.Shard), table.Need{Dims: []table.Dim{table.Group("sex")}, Value: "score"})
	req.Samples = []table.SampleNeed{{K: 3, Columns: []table.Dim{table.Group("sex"), table.Column("score")}}}
	k := &memoryKeeper{kept: map[string][]Kept{}}
	req.Keeper = k
	mustScan(t, req)
	for _, list := range k.kept {
		data, err := list[0].Data()
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%d %.8x", partForm, sha256.Sum256(data)); got != "2 a5914b1758c9f51b" {
			t.Errorf("%s", got)
		}
	}
}
