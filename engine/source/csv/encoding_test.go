package csv

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"
)

func utf16Bytes(s string, order binary.ByteOrder) string {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, 0, 0)
		order.PutUint16(out[len(out)-2:], u)
	}
	return string(out)
}

func TestEncodings(t *testing.T) {
	little := func(s string) string { return utf16Bytes(s, binary.LittleEndian) }
	big := func(s string) string { return utf16Bytes(s, binary.BigEndian) }
	tests := []struct{ name, text, encoding, want string }{
		{"utf-8 declared", "a,b\n1,é\n", "utf-8", "1/é"},
		{"little endian with a mark", "\xFF\xFE" + little("a,b\r\n1,é\U0001F600\r\n"), "", "1/é\U0001F600"},
		{"big endian with a mark", "\xFE\xFF" + big("a;b\n1;é\n"), "utf-16", "1/é"},
		{"a mark beside a declaration", "\xFF\xFE" + little("a,b\n1,é\n"), "utf-8", "1/é"},
		{"little endian declared", little("a,b\n1,é\n"), "utf-16", "1/é"},
		{"big endian declared", big("a,b\n1,é\n"), "utf-16", "1/é"},
		{"latin-1", "a,b\n\xA3,R\xEDo\n", "latin-1", "£/Río"},
		{"half a pair", "\xFF\xFE" + little("a,b\n1,") + "\x00\xD8x\x00", "", "log.csv, line 2, column b: half of a UTF-16 surrogate pair"},
		{"second half of a pair", "\xFF\xFE" + little("a,b\n1,") + "\x00\xDC", "", "log.csv, line 2, column b: half of a UTF-16 surrogate pair"},
		{"odd number of bytes", "\xFF\xFE" + little("a,b\n1,2") + "\n", "",
			"log.csv, line 2, column b: UTF-16 text with an odd number of bytes: it is cut off"},
		{"no utf-16", "a,b\n1,2\n", "utf-16", "log.csv, line 1: this is not UTF-16 text: it has no byte order mark, and no ASCII letter begins it"},
		{"empty", "", "utf-16", "log.csv: the file is empty: there is no header line"},
		{"unknown", "a,b\n", "ebcdic", "log.csv: unknown encoding ebcdic"},
		{"a mark of UTF-8 beside latin-1", "\xEF\xBB\xBFa,b\n1,2\n", "latin-1", "log.csv, line 1: this is UTF-8 text, as its byte order mark says, and not latin-1"},
		{"utf-16 without a mark", little("a,b\n1,2\n"), "", "log.csv, line 1: a NUL byte; if this is UTF-16 text without a byte order mark, say so: encoding: utf-16"},
		{"xz", "\xFD7zXZ\x00", "", "log.csv, line 1: this is compressed with xz; decompress it, or compress it with gzip or Zstandard"},
		{"bzip2", "BZh91AY&SY\x00", "", "log.csv, line 1: this is compressed with bzip2; decompress it, or compress it with gzip or Zstandard"},
		{"not bzip2", "BZh9,b\n1,2\n", "", "1/2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			f, err := openText(t, test.text, Options{Encoding: test.encoding})
			if err == nil {
				var rows [][]string
				if rows, err = readAll(f); err == nil {
					got = strings.Join(rows[0], "/")
				}
			}
			if err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// Any text comes out of every encoding as it went in, in pieces of any size.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("ab,\né€\U0001F600\u00FF\u0080"))).Draw(t, "text")
		raw := "\xFF\xFE" + utf16Bytes(text, binary.LittleEndian)
		encoding := ""
		if rapid.Bool().Draw(t, "latin") {
			text = strings.Map(func(r rune) rune {
				if r > 0xFF {
					return -1
				}
				return r
			}, text)
			raw, encoding = "", latin1
			for _, r := range text {
				raw += string([]byte{byte(r)})
			}
		} else {
			text = "\uFEFF" + text
		}
		r, err := decode(iotest.HalfReader(strings.NewReader(raw)), encoding)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(iotest.OneByteReader(r))
		if err != nil || string(got) != text {
			t.Fatalf("got %q, %v; want %q", got, err, text)
		}
	})
}

// Several gzip members or Zstandard frames are one text; what is cut off or
// damaged is said to be.
func TestCompression(t *testing.T) {
	gz := func(s string) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write([]byte(s))
		w.Close()
		return b.String()
	}
	zs := func(s string) string {
		w, err := zstd.NewWriter(nil)
		if err != nil {
			t.Fatal(err)
		}
		return string(w.EncodeAll([]byte(s), nil))
	}
	skippable := "\x50\x2A\x4D\x18\x02\x00\x00\x00xx"
	flip := func(s string) string { return s[:len(s)-2] + string(s[len(s)-2]^1) + s[len(s)-1:] }
	tests := []struct{ name, text, want string }{
		{"gzip members", gz("a,b\n1") + gz(",2\n") + gz("") + gz("3,4"), "1/2 3/4"},
		{"zstd frames", zs("a,b\n1") + skippable + zs(",2\n") + zs("3,4"), "1/2 3/4"},
		{"skippable frame first", skippable + zs("a,b\n1,2"), "1/2"},
		{"gzip, then a little", gz("a,b\n1,2\n") + "3,4", "log.csv, line 3: what follows the gzip data is not gzip"},
		{"many empty members", gz("a,b\n") + strings.Repeat(gz(""), 300) + gz("1,2\n"), "1/2"},
		{"gzip, then half a header", gz("a,b\n1,2\n") + "\x1f\x8b\x08", "log.csv, line 3: the gzip data is cut off"},
		{"gzip, then something", gz("a,b\n1,2\n") + "3,4\n56789012", "log.csv, line 3: what follows the gzip data is not gzip"},
		{"zstd, then something", zs("a,b\n1,2\n") + "3,4\n", "log.csv, line 3: the Zstandard data is damaged"},
		{"zstd cut off", zs("a,b\n1,2\n")[:12], "log.csv, line 1: the Zstandard data is cut off"},
		{"zstd checksum", flip(zs("a,b\n1,2\n")), "log.csv, line 3: the Zstandard checksum is wrong: the file is damaged"},
		{"gzip header cut off", "\x1f\x8b\x08", "log.csv, line 1: the gzip header is cut off or damaged"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			f, err := openText(t, test.text, Options{})
			if err == nil {
				var rows [][]string
				rows, err = readAll(f)
				for _, row := range rows {
					got = append(got, strings.Join(row, "/"))
				}
			}
			if err != nil {
				got = []string{err.Error()}
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, " "), test.want)
			}
		})
	}
}
