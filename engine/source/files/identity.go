package files

import (
	"io/fs"
	"os"
)

// identities are files or folders that were met, whatever they are called: a
// link leads to one under another name, and is not to be read again.
type identities map[stamp][]fs.FileInfo

// stamp is what two names of one file have in common, so that few need to be
// compared.
type stamp struct{ size, changed int64 }

// add says whether this one is new.
func (ids identities) add(info fs.FileInfo) bool {
	at := stamp{info.Size(), info.ModTime().UnixNano()}
	for _, o := range ids[at] {
		if os.SameFile(o, info) {
			return false
		}
	}
	ids[at] = append(ids[at], info)
	return true
}
