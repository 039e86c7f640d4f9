package files

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is met again by way of a link is read once, under the name of the folder
// that it is in.
func TestLinks(t *testing.T) {
	const text = "a,b\n1,2\n"
	dir := folderOf(t, map[string]string{"log/2023-12/a.csv": text, "log/2024-01/a.csv": text, "out/b.csv": text, "copy/b.csv": text})
	for link, to := range map[string]string{
		"log/0-latest":       "2024-01",         // before what it leads to
		"log/2024-01/up":     "..",              // a loop
		"log/2024-01/b.csv":  "../../out/b.csv", // outside
		"log/2024-01/z.csv":  "a.csv",
		"log/2023-12/to-out": "../../out",
		"latest":             "log/2024-01",
		"self":               "self",
	} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip("links cannot be made here: ", err)
		}
	}
	if err := os.Link(filepath.Join(dir, "copy/b.csv"), filepath.Join(dir, "copy/c.csv")); err != nil {
		t.Skip("links cannot be made here: ", err)
	}
	for paths, want := range map[string]string{
		"log":                            "log/2023-12/a.csv log/2023-12/to-out/b.csv log/2024-01/a.csv",
		"log/*":                          "log/2023-12/a.csv log/2023-12/to-out/b.csv log/2024-01/a.csv",
		"log/**/*.csv":                   "log/2023-12/a.csv log/2023-12/to-out/b.csv log/2024-01/a.csv",
		"log/**":                         "log/2023-12/a.csv log/2023-12/to-out/b.csv log/2024-01/a.csv",
		"log/*/a.csv":                    "log/2023-12/a.csv log/2024-01/a.csv",
		"latest":                         "latest/a.csv latest/b.csv latest/up/2023-12/a.csv", // up leads to the others
		"log/2024-01 latest":             "log/2024-01/a.csv log/2024-01/b.csv log/2024-01/up/2023-12/a.csv",
		"log/2024-01/a.csv latest/a.csv": "log/2024-01/a.csv",
		"copy":                           "copy/b.csv",
		"sel*":                           "self: too many levels of symbolic links",
	} {
		var got []string
		s, err := Open(context.Background(), Options{Base: dir, Paths: strings.Fields(paths)})
		if err != nil {
			got = append(got, err.Error())
		} else {
			for _, u := range s.Units() {
				got = append(got, u.Name())
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s:\ngot  %s\nwant %s", paths, strings.Join(got, " "), want)
		}
	}
}
