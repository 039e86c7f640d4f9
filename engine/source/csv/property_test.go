package csv

import (
	"bytes"
	"context"
	stdcsv "encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// scan reads rows with a buffer of that size to begin with.
func scan(text io.Reader, o Options, size int) (rows [][]string, err error) {
	o, err = o.withDefaults()
	if err != nil {
		return nil, err
	}
	s, err := begin(text, &o, size)
	if err != nil {
		return nil, err
	}
	rows = append(rows, s.header)
	want := make([]int32, len(s.header))
	for i := range want {
		want[i] = int32(i)
	}
	s.expect(len(want), want, len(want))
	for {
		if err := s.next(); err != nil {
			if err == io.EOF {
				err = nil
			}
			return rows, err
		}
		row := make([]string, len(s.cells))
		for i, c := range s.cells {
			row[i] = string(unescape(nil, s.buf[c.start:c.end], c, s.quote))
			if c.start == c.end && !c.quoted {
				row[i] = "∅"
			}
		}
		rows = append(rows, row)
	}
}

func TestAgainstStandardLibrary(t *testing.T) {
	cellText := rapid.StringOfN(rapid.RuneFrom([]rune("ab1 \",;\n\t|'é")), 0, 6, -1)
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(2, 5).Draw(t, "columns")
		table := rapid.SliceOfN(rapid.SliceOfN(cellText, columns, columns), 1, 20).Draw(t, "table")
		var text bytes.Buffer
		w := stdcsv.NewWriter(&text)
		w.UseCRLF = rapid.Bool().Draw(t, "crlf")
		if err := w.WriteAll(table); err != nil {
			t.Fatal(err)
		}
		want, err := stdcsv.NewReader(bytes.NewReader(text.Bytes())).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		got, err := scan(&text, Options{Separator: ','}, rapid.IntRange(16, 64).Draw(t, "buffer"))
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range got {
			for i := range row {
				row[i] = strings.ReplaceAll(blank(row[i]), "\r\n", "\n") // as the standard library does
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Whatever the size of the buffer and of the pieces that arrive, the rows and
// the fault are the same.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		"a,b\n1,2\n", "a;b\r\n\"x\"\"\r\ny\";2", "a\n\n\"\"\n", "a,b\n1\n", "a\tb\r\"1", "a,b\n\"1\"x,2\n",
		"\uFEFFa|b\n,\"\"\n", "a,b\n1,\x00\n", "a,b\n123456789012345678901234567890,2\n", "a,b\n\"\r\n\r\r\n\n", "\n\n\r\r\n",
	} {
		f.Add([]byte(seed), byte(0), byte(16))
		f.Add([]byte(seed), byte('"'), byte(17))
	}
	f.Fuzz(func(t *testing.T, text []byte, quote, size byte) {
		o := Options{Separator: ',', MaxCell: 24, Quote: quote}
		if quote == 1 {
			o.NoQuote = true
		}
		want, wantErr := scan(bytes.NewReader(text), o, 1<<16)
		got, gotErr := scan(iotest.OneByteReader(bytes.NewReader(text)), o, 16+int(size))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if a, b := describe(wantErr), describe(gotErr); a != b {
			t.Errorf("fault %q, in small pieces %q", a, b)
		}
		for _, row := range want[min(1, len(want)):] {
			if len(row) != len(want[0]) {
				t.Errorf("%d cells, header has %d", len(row), len(want[0]))
			}
		}
		o.Separator = 0
		_, _ = scan(bytes.NewReader(text), o, 1<<16)
	})
}

func describe(err error) string {
	var f *fault
	switch {
	case err == nil:
		return ""
	case errors.As(err, &f) && f.column >= 0:
		return f.Error() + " in a column"
	}
	return err.Error()
}

// table is a log of ten columns.
func table(rows int) string {
	var b strings.Builder
	b.WriteString("id,time,group,sex,age,decision,score,label,version,note\n")
	groups := []string{"white", "Black", "Asian", "other", ""}
	for i := range rows {
		id := 1000000 + i
		b.WriteString(strings.Join([]string{strconv.Itoa(id), "2024-0" + strconv.Itoa(1+i%9) + "-11T10:00:00Z", groups[i*7%5],
			[]string{"f", "m"}[i*3%2], strconv.Itoa(18 + i*31%70), []string{"yes", "no"}[i*5%3%2], "0." + strconv.Itoa(i*7919%1000),
			strconv.Itoa(i % 2), "v1." + strconv.Itoa(i%4), "some text here"}, ","))
		b.WriteByte('\n')
	}
	return b.String()
}

// Five columns out of ten; the metric is rows per second on one core.
func BenchmarkRead(b *testing.B) {
	const rows = 500_000
	f, err := openText(b, table(rows), Options{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		r, err := f.Unit().Open(context.Background(), []int{1, 2, 4, 5, 6})
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for {
			batch, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			n += batch.Rows
		}
		if r.Close() != nil || n != rows {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
