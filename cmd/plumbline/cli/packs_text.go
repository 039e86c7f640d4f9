package cli

import (
	"io"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/pack"
)

// packEntry is a pack as the catalogue lists it.
type packEntry struct {
	Name         string            `json:"name"`
	Title        string            `json:"title"`
	Release      string            `json:"release"`
	SHA256       string            `json:"sha256"`
	Jurisdiction string            `json:"jurisdiction"`
	Status       string            `json:"status"`
	Citation     []string          `json:"citation"`
	Verified     string            `json:"verified"`
	MaxAgeDays   int               `json:"max_age_days,omitempty"`
	Reference    string            `json:"reference"`
	Checks       []string          `json:"checks"`
	Requirements []packRequirement `json:"requirements"`
	Wording      []string          `json:"wording,omitempty"`
	NotClaimed   []string          `json:"not_claimed"`
}

// packRequirement is evidence that a pack asks for.
type packRequirement struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Citation string `json:"citation,omitempty"`
	From     string `json:"from"`
}

func describedPack(p *pack.Pack) packEntry {
	e := packEntry{
		Name: p.Name, Title: p.Title, Release: p.Release, SHA256: p.SHA256, Jurisdiction: p.Jurisdiction, Status: p.Status,
		Citation: p.Citation, Verified: p.Verified, MaxAgeDays: int(p.Age() / (24 * time.Hour)), Reference: p.Reference,
		Checks: []string{}, Requirements: []packRequirement{}, Wording: p.Wording, NotClaimed: p.NotClaimed,
	}
	for _, c := range p.Checks {
		e.Checks = append(e.Checks, c.Text())
	}
	for _, r := range p.Requirements {
		e.Requirements = append(e.Requirements, packRequirement{r.Name, r.Title, r.Citation, r.From()})
	}
	return e
}

// showPack prints everything about a pack.
func showPack(w io.Writer, p *pack.Pack) error {
	e, out := describedPack(p), page{}
	out.wrap("", "", e.Name+" "+e.Release+": "+e.Title)
	out.line("")
	fact := func(name, text string) {
		if text != "" {
			out.wrap(name+strings.Repeat(" ", 12-len(name)), strings.Repeat(" ", 12), text)
		}
	}
	fact("where", e.Jurisdiction+", "+strings.ReplaceAll(e.Status, "_", " "))
	fact("verified", e.Verified)
	if e.MaxAgeDays > 0 {
		fact("evidence", "good for "+several(e.MaxAgeDays, "day"))
	}
	fact("reference", map[string]string{"any": "any", "highest": "the group with the highest rate", "named": "a control group that audit.yaml names"}[e.Reference])
	fact("sha256", e.SHA256)
	list := func(head string, items []string, none string) {
		out.line("")
		out.line("%s", head)
		for _, s := range items {
			out.wrap("  - ", "    ", s)
		}
		if len(items) == 0 {
			out.line("  %s", none)
		}
	}
	list("Sources", e.Citation, "none")
	list("Limits", e.Checks, "none: the pack judges nothing")
	var asked []string
	for _, a := range p.Attributes {
		asked = append(asked, "attribute "+a.Name+": "+a.Doc)
	}
	for _, r := range e.Requirements {
		s := r.ID + ": " + r.Title
		if r.Citation != "" {
			s += " (" + r.Citation + ")"
		}
		asked = append(asked, s+"; "+r.From)
	}
	list("Evidence asked for", asked, "none")
	if len(e.Wording) > 0 {
		list("Wording", e.Wording, "")
	}
	list("Not claimed", e.NotClaimed, "none")
	_, err := io.WriteString(w, out.String())
	return err
}
