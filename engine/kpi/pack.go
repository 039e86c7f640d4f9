package kpi

import (
	"embed"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
)

//go:embed packs/*.yaml
var shipped embed.FS

// suited gives an audit without kpis the pack that suits its kind. Of that what the
// log's columns tell is followed, and nothing is said of the rest.
func suited(a *config.Audit) (with *config.Audit, ofKind bool) {
	name := map[string]string{"recommender": "ethical-personalization", "chatbot": "chatbot-conduct", "ads": "ad-delivery"}[a.Kind]
	if a.KPIs != nil || name == "" {
		return a, false
	}
	own := *a
	own.KPIs = &config.KPIs{Packs: []string{name}}
	return &own, true
}

// keep drops the other definitions. What one is made of comes before it.
func (s *Set) keep(kept func(*Definition) bool) {
	s.all = slices.DeleteFunc(s.all, func(d *Definition) bool {
		if kept(d) {
			return false
		}
		delete(s.byName, d.Name)
		return true
	})
	s.others = nil
}

// Pack is a collection of KPIs for a kind of system.
type Pack struct {
	Version  int          `yaml:"version" required:"true" enum:"1" doc:"version of this file's form"`
	Name     string       `yaml:"name" required:"true" doc:"as kpis.packs lists it"`
	Title    string       `yaml:"title" required:"true" doc:"what it is about"`
	Release  string       `yaml:"release" required:"true" doc:"version of the pack"`
	Doc      string       `yaml:"doc" required:"true" doc:"who needs it"`
	Source   []string     `yaml:"source" one:"true" doc:"where its KPIs are asked for"`
	Columns  []Column     `yaml:"columns" keyed:"true" doc:"the columns that its expressions name, which kpis.map finds in the log"`
	KPIs     []config.KPI `yaml:"kpis" doc:"its KPIs; yes(column) is true of the values true, yes and 1"`
	NotALog  []Manual     `yaml:"not_a_log" doc:"KPIs of the same list that no log tells: enter them with kind: manual"`
	document *config.Document
}

// Column is a column that a pack names.
type Column struct {
	Name string `yaml:"-"`
	Doc  string `yaml:"doc" short:"true" doc:"what it holds"`
}

// Manual is a KPI that needs data which is no log.
type Manual struct {
	Title string `yaml:"title" required:"true" doc:"what it is"`
	Needs string `yaml:"needs" required:"true" doc:"which data it needs: a survey, a budget, a register"`
}

// Packs lists the KPI packs that come with the program.
func Packs() []string {
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

// LoadPack reads a pack by its name.
func LoadPack(name string) (*Pack, error) {
	text, err := shipped.ReadFile(path.Join("packs", name+".yaml"))
	if err != nil {
		return nil, fmt.Errorf("unknown KPI pack %q", name)
	}
	p := &Pack{}
	p.document, _, _ = config.ParseDocument("pack "+name, "the pack", text, p, nil)
	if errs := p.document.Errors(); len(errs) > 0 {
		return nil, errs
	}
	return p, nil
}

// spelled replaces yes(column) and no(column) in a pack's expression by what they
// stand for: a truth value, in a file with types or without.
func spelled(text string) string {
	for word, values := range map[string]string{"yes(": "'true', 'True', 'TRUE', 'yes', 'Yes', '1'", "no(": "'false', 'False', 'FALSE', 'no', 'No', '0'"} {
		for from := 0; ; {
			at := strings.Index(text[from:], word)
			if at < 0 {
				break
			}
			at += from
			end := strings.IndexByte(text[at:], ')')
			if end < 0 || at > 0 && letter(text[at-1]) {
				from = at + len(word)
				continue
			}
			text = text[:at] + "string(" + text[at+len(word):at+end] + ") in [" + values + "]" + text[at+end+1:]
		}
	}
	return text
}

// columns are the names of the columns that a pack uses.
func (p *Pack) columns() []string {
	var out []string
	for _, c := range p.Columns {
		out = append(out, c.Name)
	}
	return out
}

// addPacks adds the KPIs of the packs that the audit lists, with the log's columns
// in the place of theirs.
func (s *Set) addPacks(bad func(path, message, hint string)) {
	k := s.audit.KPIs
	var columns []string
	for i, name := range k.Packs {
		path := fmt.Sprintf("kpis.packs.%d", i)
		p, err := LoadPack(name)
		if err != nil {
			hint := config.DidYouMean(name, Packs())
			if hint == "" {
				hint = "there are " + strings.Join(Packs(), ", ")
			}
			bad(path, err.Error(), hint)
			continue
		}
		columns = append(columns, p.columns()...)
		for _, own := range p.KPIs {
			d := &Definition{KPI: own, Pack: p.Name, Path: path}
			if have := s.byName[d.Name]; have != nil { // packs may share a KPI; it is told once
				continue
			}
			d.Numerator, d.Denominator = renamed(d.Numerator, k.Map), renamed(d.Denominator, k.Map)
			s.add(d)
		}
		s.addElsewhere(p)
	}
	for _, from := range slices.Sorted(maps.Keys(k.Map)) {
		if !slices.Contains(columns, from) && len(columns) > 0 {
			bad("kpis.map."+from, fmt.Sprintf("no listed pack has a column %q", from), config.DidYouMean(from, columns))
		}
	}
}

// addElsewhere lists what a pack is about and no log tells, unless the audit has
// values of that name that somebody entered.
func (s *Set) addElsewhere(p *Pack) {
	for _, m := range p.NotALog {
		name := strings.ToLower(strings.Join(strings.FieldsFunc(m.Title, func(r rune) bool { return r > 0x7f || !letter(byte(r)) && !digit(byte(r)) }), "_"))
		if slices.ContainsFunc(s.audit.KPIs.Define, func(k config.KPI) bool { return k.Name == name }) {
			continue
		}
		s.others = append(s.others, audit.KPIDefinition{Name: name, Title: m.Title, Kind: "manual", Scale: "number", Unit: "event", Pack: p.Name,
			Formula: "entered by hand", NotMeasured: "no log tells it: it needs " + m.Needs})
	}
}

// Definitions describes the KPIs of the pack, before any log.
func (p *Pack) Definitions() []audit.KPIDefinition {
	s := &Set{audit: &config.Audit{}, byName: map[string]*Definition{}, manual: map[string][]entry{}}
	for _, k := range p.KPIs {
		s.add(&Definition{KPI: k, Pack: p.Name})
	}
	var out []audit.KPIDefinition
	for _, d := range s.all {
		s.finish(d, &audit.Spec{})
		out = append(out, s.described(d))
	}
	return out
}
