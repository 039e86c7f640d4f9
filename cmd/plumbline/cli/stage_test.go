package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/reports"
)

// says is a report of one word in the audit's folder.
func says(file, text string) destination {
	return destination{format: reports.Format{File: file, Write: func(w io.Writer, _ *audit.Result) error {
		_, err := io.WriteString(w, text)
		return err
	}}}
}

// tree lists what a folder holds, hidden or not.
func tree(t *testing.T, root string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		if rel, _ := filepath.Rel(root, path); rel != "." {
			out = append(out, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func holds(t *testing.T, root string, want ...string) {
	t.Helper()
	if got := tree(t, root); !slices.Equal(got, want) {
		t.Errorf("%s holds %q, want %q", root, got, want)
	}
}

// TestPublishFails: when one report fails, none is there.
func TestPublishFails(t *testing.T) {
	root := t.TempDir()
	folder := filepath.Join(root, "out", "name", "all")
	bad := says("report.html", "half")
	bad.format.Write = func(w io.Writer, _ *audit.Result) error {
		io.WriteString(w, "half")
		return errors.New("out of ink")
	}
	list := []destination{says("result.json", "{}"), bad}
	if _, err := (&app{}).publish(context.Background(), nil, list, folder); err == nil {
		t.Error("no error")
	}
	holds(t, root)
}

// TestPublishInterrupted: what was written aside is taken away again.
func TestPublishInterrupted(t *testing.T) {
	root := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	list := []destination{says("result.json", "{}")}
	if _, err := (&app{}).publish(ctx, nil, list, filepath.Join(root, "out")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	holds(t, root)
}

// TestPublishReplaces: the new report takes the place of the old one, and
// leaves alone what plumbline did not write.
func TestPublishReplaces(t *testing.T) {
	root := t.TempDir()
	folder := filepath.Join(root, "all")
	a := &app{}
	for _, list := range [][]destination{
		{says("report.html", "old"), says("result.json", "old")},
		{says("result.json", "new")},
	} {
		if _, err := a.publish(context.Background(), nil, list, folder); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "signature.txt"), []byte("Ada"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	holds(t, root, "all", "all/result.json", "all/signature.txt")
	if got, _ := os.ReadFile(filepath.Join(folder, "result.json")); string(got) != "new" {
		t.Errorf("result.json holds %q", got)
	}
}

// TestTry: the trial before a scan leaves nothing behind, and does not touch
// what is there.
func TestTry(t *testing.T) {
	root := t.TempDir()
	list := []destination{says("result.json", "{}"), {path: filepath.Join(root, "deep", "er", "x.html")}}
	if err := try(list, filepath.Join(root, "out", "name", "all")); err != nil {
		t.Fatal(err)
	}
	holds(t, root)
}
