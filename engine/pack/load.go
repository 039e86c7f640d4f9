package pack

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/source"
)

//go:embed packs/*.yaml
var shipped embed.FS

// largest is the most bytes that a pack may have; a configuration may have as many.
const largest = 1 << 20

// Names lists the packs that come with the program.
func Names() []string {
	entries, err := shipped.ReadDir("packs")
	if err != nil {
		return nil // it is part of the program
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(out)
	return out
}

// IsFile tells the path of a pack from the name of one that comes with the
// program.
func IsFile(name string) bool {
	return strings.ContainsAny(name, `/\`) || strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// UnknownError is a name that no pack of the program has.
type UnknownError struct{ Name, Hint string }

func (e *UnknownError) Error() string { return fmt.Sprintf("unknown pack %q; %s", e.Name, e.Hint) }

// Load reads a pack: by its name, or from a file whose path starts from dir. A
// file that says it was verified on a day that has begun nowhere is refused; a zero
// today asks for nothing. A wrong pack gives config.Errors.
func Load(name, dir string, detectors []config.DetectorDecl, today time.Time) (*Pack, error) {
	if !IsFile(name) {
		text, err := shipped.ReadFile(path.Join("packs", name+".yaml"))
		if err != nil {
			hint := config.DidYouMean(name, Names())
			if hint == "" {
				hint = "there are " + strings.Join(Names(), ", ") + "; a file's path ends in .yaml"
			}
			return nil, &UnknownError{name, hint}
		}
		return checked(Parse("pack "+name, text, detectors, time.Time{}))
	}
	file := name
	if !filepath.IsAbs(name) {
		file = filepath.Join(dir, name)
	}
	text, err := read(file)
	if err != nil {
		return nil, err
	}
	p, errs := Parse(file, text, detectors, today)
	if slices.Contains(Names(), p.Name) && p.doc.Clean("name") { // a report names the pack it was computed under
		p.doc.Bad("name", fmt.Sprintf("%q is the name of a pack that comes with the program", p.Name), "give the file's pack another")
		errs = p.doc.Errors()
	}
	return checked(p, errs)
}

func checked(p *Pack, errs config.Errors) (*Pack, error) {
	if len(errs) > 0 {
		return p, errs
	}
	return p, nil
}

func read(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, source.Reason(err))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, largest+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, source.Reason(err))
	}
	return text, nil
}

// Parse reads a pack from memory; name stands for the file in messages. The Pack is
// complete if there are no Errors.
func Parse(name string, text []byte, detectors []config.DetectorDecl, today time.Time) (*Pack, config.Errors) {
	p := &Pack{Source: name}
	sum := sha256.Sum256(text)
	p.SHA256 = hex.EncodeToString(sum[:])
	doc, listed, ok := config.ParseDocument(name, "the pack", text, p, detectors)
	p.doc, p.Detectors = doc, listed
	if ok {
		(&lint{p, detectors}).all(today)
	}
	return p, p.doc.Errors()
}
