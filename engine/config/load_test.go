package config

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "audit.yaml")
	if err := os.WriteFile(path, []byte(campaign), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := Load(path, decls(), defaultsOf)
	if err != nil || a.Dir != dir || a.Path != path {
		t.Errorf("%v %+v", err, a)
	}
	if _, err := Load(filepath.Join(dir, "none.yaml"), nil, nil); err == nil || err.Error() != filepath.Join(dir, "none.yaml")+": no such file or directory" {
		t.Error(err)
	}
	if _, err := Load(dir, nil, nil); err == nil {
		t.Error("a folder was read as a file")
	}
	if err := os.WriteFile(path, []byte("version: 3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var errs Errors
	if _, err := Load(path, decls(), defaultsOf); !errors.As(err, &errs) || errs[0].Where() != path+":1:1" {
		t.Error(err)
	}
}
