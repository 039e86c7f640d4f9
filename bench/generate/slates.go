package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/parquet-go/parquet-go"
)

// slots are how many items a list has.
const slots = 10

// shelfItem is an item of a list, by the type that the file gives it.
type shelfItem struct {
	Name  string `parquet:"name,dict"`
	Group string `parquet:"group,dict"`
}

// shelf is a row: who was shown which items, in their order.
type shelf struct {
	Request int64       `parquet:"request"`
	Items   []shelfItem `parquet:"items,list"`
}

// writeSlates writes lists of ten items of three groups, the third of which comes
// late, as list<struct>. A list names no item twice.
func writeSlates(w io.Writer, o options) error {
	codec, err := parquetCodec(o.codec)
	if err != nil {
		return err
	}
	out := parquet.NewGenericWriter[shelf](w, parquet.Compression(codec), parquet.DataPageVersion(1),
		parquet.PageBufferSize(1<<20), parquet.MaxRowsPerRowGroup(min(o.rowGroup, 200_000)), parquet.CreatedBy("plumbline", "generate", ""))
	rng := rand.New(rand.NewPCG(o.seed, 0))
	catalog := make([]shelfItem, 1000)
	for i := range catalog {
		group := "large"
		switch i % 10 {
		case 6, 7, 8:
			group = "middle"
		case 9:
			group = "small"
		}
		catalog[i] = shelfItem{fmt.Sprintf("item %03d", i), group}
	}
	rows := make([]shelf, 1024)
	for i := range rows {
		rows[i].Items = make([]shelfItem, slots)
	}
	for done := int64(0); done < o.rows; {
		n := int(min(int64(len(rows)), o.rows-done))
		for i := range rows[:n] {
			rows[i].Request = done + int64(i)
			stock(rng, catalog, rows[i].Items)
		}
		if _, err := out.Write(rows[:n]); err != nil {
			return err
		}
		done += int64(n)
	}
	return out.Close()
}

// stock fills a list: each place from a hundredth of the catalog of its own, so that
// nothing is drawn twice.
func stock(rng *rand.Rand, catalog, items []shelfItem) {
	for k := range items {
		draw := rng.IntN(100)
		if k < 3 && draw%10 == 9 { // a small one in front: draw again
			draw = rng.IntN(100)
		}
		items[k] = catalog[k*100+draw]
	}
}

// slatesAudit are the roles of the audits of lists.
const slatesAudit = `version: 1
name: %s
ledger: none
kind: recommender
data: {log: log.parquet}
columns:
  slate: {items: items}
  groups: {group: {column: item.group, reference: large}}
detectors: %s
`

// generateSlates writes the lists and their audits.
func generateSlates(o options) error {
	if o.format != "parquet" || o.files != 1 {
		return fmt.Errorf("--slates writes one Parquet file")
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return err
	}
	if err := toFile(filepath.Join(o.out, "log.parquet"), func(w io.Writer) error { return writeSlates(w, o) }); err != nil {
		return err
	}
	for _, a := range [][2]string{
		{"places", "{count_table: {}} # of go run ./bench/compare/count"},
		{"slates", "{exposure: {}, ranking: {k: 5}}"},
	} {
		text := fmt.Sprintf(slatesAudit, a[0], a[1])
		if err := os.WriteFile(filepath.Join(o.out, a[0]+".yaml"), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
