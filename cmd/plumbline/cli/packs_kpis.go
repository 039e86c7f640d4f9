package cli

import (
	"io"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/kpi"
)

// kpiPackEntry is a KPI pack as the catalogue lists it.
type kpiPackEntry struct {
	Name    string                `json:"name"`
	Title   string                `json:"title"`
	Release string                `json:"release"`
	Doc     string                `json:"doc"`
	Columns []kpiColumn           `json:"columns"`
	KPIs    []audit.KPIDefinition `json:"kpis"`
	NotALog []kpiElsewhere        `json:"not_a_log"`
}

// kpiColumn is a column that a KPI pack names.
type kpiColumn struct {
	Name string `json:"name"`
	Doc  string `json:"doc"`
}

// kpiElsewhere is a KPI that no log tells.
type kpiElsewhere struct {
	Title string `json:"title"`
	Needs string `json:"needs"`
}

// kpiPacks are those that come with the program.
func kpiPacks() ([]kpiPackEntry, error) {
	var out []kpiPackEntry
	for _, name := range kpi.Packs() {
		e, err := kpiPack(name)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

func kpiPack(name string) (kpiPackEntry, error) {
	p, err := kpi.LoadPack(name)
	if err != nil {
		return kpiPackEntry{}, err
	}
	e := kpiPackEntry{Name: p.Name, Title: p.Title, Release: p.Release, Doc: p.Doc, KPIs: p.Definitions()}
	for _, c := range p.Columns {
		e.Columns = append(e.Columns, kpiColumn(c))
	}
	for _, m := range p.NotALog {
		e.NotALog = append(e.NotALog, kpiElsewhere(m))
	}
	return e, nil
}

// allPacks lists packs of both kinds.
func allPacks(rules []packEntry, kpis []kpiPackEntry) []any {
	var out []any
	for _, e := range rules {
		out = append(out, e)
	}
	for _, e := range kpis {
		out = append(out, e)
	}
	return out
}

// showKPIs prints everything about a KPI pack.
func (a *app) showKPIs(name, format string) error {
	e, err := kpiPack(name)
	if err != nil {
		return err
	}
	if format == "json" {
		return a.print(asJSON(e))
	}
	out := page{}
	out.wrap("", "", e.Name+" "+e.Release+": "+e.Title)
	out.wrap("", "", e.Doc)
	out.line("")
	out.line("Columns, which kpis.map finds in the log")
	for _, c := range e.Columns {
		out.wrap("  - ", "    ", c.Name+": "+c.Doc)
	}
	out.line("")
	out.line("KPIs")
	for _, k := range e.KPIs {
		out.wrap("  - ", "    ", k.Name+": "+k.Doc)
		out.wrap("      ", "        ", k.Formula)
	}
	out.line("")
	out.line("Needs data that is no log: enter it with kind: manual, from a CSV of date, value, source")
	for _, m := range e.NotALog {
		out.wrap("  - ", "    ", m.Title+": "+m.Needs)
	}
	return a.print(func(w io.Writer) error {
		_, err := io.WriteString(w, out.String())
		return err
	})
}
