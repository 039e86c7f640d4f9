package files

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// nullPartition is the folder name that stands for a null (Hive, Spark).
const nullPartition = "__HIVE_DEFAULT_PARTITION__"

// partition is one folder key=value: a column that is constant in its files.
type partition struct {
	key   string
	value string
	null  bool
}

// partitions reads the folders of a file's name. Keys and values are
// percent-decoded where they can be.
func partitions(name string) ([]partition, error) {
	var all []partition
	folders := strings.Split(name, "/")
	for _, folder := range folders[:len(folders)-1] {
		key, value, ok := strings.Cut(folder, "=")
		if !ok || key == "" {
			continue
		}
		p := partition{key: decode(key), value: decode(value), null: value == nullPartition}
		if !utf8.ValidString(p.key) || !utf8.ValidString(p.value) {
			return nil, &source.Error{Path: name, Err: errors.New("the name of the partition folder is not UTF-8")}
		}
		for _, o := range all {
			if o.key == p.key {
				return nil, &source.Error{Path: name, Err: fmt.Errorf("two folders of its path give %q: %q and %q", p.key, o.value, p.value),
					Hint: "a folder key=value is a column, and a column has one value"}
			}
		}
		all = append(all, p)
	}
	return all, nil
}

func decode(s string) string {
	if decoded, err := url.PathUnescape(s); err == nil {
		return decoded
	}
	return s
}
