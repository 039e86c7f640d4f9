package files

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// A key that the first lines lack is a column once it is asked for, typed by all
// its values.
func TestLook(t *testing.T) {
	ctx := context.Background()
	many := strings.Repeat("{\"d\":\"yes\",\"o\":{\"x\":1}}\n", 10_000)
	dir := folderOf(t, map[string]string{
		"a.jsonl": many + "{\"d\":\"no\",\"group\":\"b\",\"other\":1,\"o\":{\"x\":2,\"y\":3}}\n{\"d\":\"no\",\"o\":{\"y\":0.5}}\n",
		"b.jsonl": many,
	})
	s := open(t, Options{Base: dir, Paths: []string{"a.jsonl"}})
	if diff := cmp.Diff([]string{"d", "o.x"}, names(s.Schema())); diff != "" {
		t.Fatal(diff)
	}
	if found, err := s.Look(ctx, []string{"d", "nowhere"}); found || err != nil {
		t.Error(found, err)
	}
	found, err := s.Look(ctx, []string{"group", "o.y", "nowhere"})
	if diff := cmp.Diff([]string{"d", "o.x", "o.y", "group"}, names(s.Schema())); diff != "" || !found || err != nil {
		t.Fatal(found, err, diff)
	}
	got, err := counts(s, "d", "group", "o.y")
	if diff := cmp.Diff(map[string]int{"yes|∅|∅": 10_000, "no|b|3": 1, "no|∅|0.5": 1}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if kind := s.Schema()[2].Type.Kind; kind != source.Float {
		t.Error(kind)
	}

	s = open(t, Options{Base: dir, Paths: []string{"*.jsonl"}, MissingNull: true})
	if found, err := s.Look(ctx, []string{"group"}); !found || err != nil {
		t.Error(found, err)
	}
	got, err = counts(s, "group")
	if diff := cmp.Diff(map[string]int{"∅": 20_001, "b": 1}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}

	s = open(t, Options{Paths: []string{"-"}, Format: "jsonl", Stdin: strings.NewReader(many + "{\"group\":1}\n")})
	if found, err := s.Look(ctx, []string{"group"}); found || err != nil || !s.Partial() {
		t.Error(found, err, s.Partial())
	}

	bad := folderOf(t, map[string]string{"a.jsonl": many + "{\"group\":tru}\n"})
	if _, err := open(t, Options{Base: bad, Paths: []string{"a.jsonl"}}).Look(ctx, []string{"group"}); err == nil || !strings.HasPrefix(err.Error(), "a.jsonl, line 10001, column group: ") {
		t.Error(err)
	}
}
