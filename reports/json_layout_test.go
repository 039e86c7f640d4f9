package reports

import (
	"bufio"
	"bytes"
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

// refLay is layout, cutting each value into its members first. It indents compact JSON. Objects that are members are spread over lines;
// elements of arrays take one line each, unless they hold lists of records
// themselves; arrays of scalars stay on one line.
func refLay(w *bufio.Writer, raw []byte, indent string, element bool) {
	parts := split(raw)
	object := len(raw) > 0 && raw[0] == '{'
	if len(parts) == 0 || element && !nested(parts) || !object && !composite(parts[0][0]) {
		w.Write(raw)
		return
	}
	inner := indent + "  "
	w.WriteByte(raw[0])
	for i, p := range parts {
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteString("\n" + inner)
		value := p
		if object {
			k := keyEnd(p)
			w.Write(p[:k])
			w.WriteString(": ")
			value = p[k+1:]
		}
		refLay(w, value, inner, !object)
	}
	w.WriteString("\n" + indent)
	w.WriteByte(raw[len(raw)-1])
}

// nested tells whether a member is a list of objects or lists.
func nested(members [][]byte) bool {
	for _, m := range members {
		if m[0] != '"' {
			return false
		}
		k := keyEnd(m)
		if k < len(m) && bytes.HasPrefix(m[k+1:], []byte("[")) && len(m) > k+2 && composite(m[k+2]) {
			return true
		}
	}
	return false
}

// split cuts a compact JSON object or array into its members.
func split(raw []byte) [][]byte {
	if len(raw) < 3 || !composite(raw[0]) {
		return nil
	}
	var parts [][]byte
	start, depth := 1, 0
	for i := 1; i < len(raw)-1; i++ {
		switch raw[i] {
		case '"':
			i = stringEnd(raw, i)
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, raw[start:i])
				start = i + 1
			}
		}
	}
	return append(parts, raw[start:len(raw)-1])
}

// keyEnd is the place of the colon after a member's key.
func keyEnd(member []byte) int { return stringEnd(member, 0) + 1 }

// anyJSON is a value of objects, arrays and scalars inside each other.
func anyJSON(depth int) *rapid.Generator[any] {
	text := rapid.StringOf(rapid.SampledFrom([]rune(`ab"\[]{},: é`)))
	scalar := rapid.OneOf(rapid.Just(any(nil)), rapid.Map(text, func(s string) any { return s }),
		rapid.Map(rapid.IntRange(-5, 500), func(n int) any { return n }), rapid.Map(rapid.Bool(), func(b bool) any { return b }))
	if depth == 0 {
		return scalar
	}
	inner := anyJSON(depth - 1)
	return rapid.OneOf(scalar,
		rapid.Map(rapid.SliceOfN(inner, 0, 3), func(a []any) any { return a }),
		rapid.Map(rapid.MapOfN(text, inner, 0, 3), func(m map[string]any) any { return m }))
}

func TestLayoutLikeReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		compact, err := json.Marshal(anyJSON(5).Draw(t, "document"))
		if err != nil {
			t.Fatal(err)
		}
		var got, want bytes.Buffer
		w := bufio.NewWriter(&want)
		refLay(w, compact, "", false)
		w.Flush()
		w = bufio.NewWriter(&got)
		(&layout{w: w, rest: append(compact, '\n')}).value("", false)
		if w.Flush(); got.String() != want.String() {
			t.Fatalf("%s\nwant\n%s", &got, &want)
		}
	})
}
