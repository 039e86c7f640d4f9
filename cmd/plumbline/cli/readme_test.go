package cli

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// What the README shows of verify-table is what it says of NYU Langone's
// published table by sex, which engine/published/testdata has.
func TestReadmeVerifyTable(t *testing.T) {
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile("(?s)```text\n(✕ line .*?)```").FindSubmatch(readme)
	if shown == nil {
		t.Fatal("README shows no line of verify-table")
	}
	var out, errs bytes.Buffer
	a := &app{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, getenv: func(string) string { return "" }, now: time.Now}
	if code := a.main([]string{"verify-table", "../../../engine/published/testdata/nyu-langone-sex.csv"}); code != exitFailed {
		t.Errorf("exit code %d: %s", code, errs.String())
	}
	if !strings.Contains(out.String(), string(shown[1])) {
		t.Errorf("README shows\n%s\nbut the command says\n%s", shown[1], out.String())
	}
}
