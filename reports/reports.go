// Package reports renders an audit's result. A report is a pure function of
// *audit.Result: the same result gives the same bytes, on every machine.
//
// Seven formats are here: json (the document itself), csv (its measurements, one
// row each), explanations and kpis (the same of those), ll144 (the tables of a law in its own layout), text (the first
// screen, for a terminal) and html (the whole report in one file). Read is the way
// back from result.json.
package reports

import (
	"io"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Format is a way to write a result down.
type Format struct {
	Name  string // as given to -o
	Ext   string // of the file, with its dot
	File  string // the usual file name
	Doc   string // what it is for, in a sentence
	Write func(io.Writer, *audit.Result) error
}

// All lists the formats, the most read first.
func All() []Format {
	return []Format{
		{Name: "html", Ext: ".html", File: "report.html", Doc: "The whole report in one file: findings, pictures, tables, method and provenance.", Write: WriteHTML},
		{Name: "json", Ext: ".json", File: "result.json", Doc: "The result document, from which every other report can be made again.", Write: WriteJSON},
		{Name: "csv", Ext: ".csv", File: "measurements.csv", Doc: "The measurements, one row each, for a spreadsheet or a statistics program. A text that a spreadsheet would run as a formula has an apostrophe in front.", Write: WriteCSV},
		{Name: "explanations", Ext: ".csv", File: "explanations.csv", Doc: "The explanations, one row each, as csv has the measurements.", Write: WriteExplanations},
		{Name: "kpis", Ext: ".csv", File: "kpis.csv", Doc: "The indicators, one row per indicator, group and window.", Write: WriteKPIs},
		{Name: "ll144", Ext: ".csv", File: "ll144.csv", Doc: "The tables of NYC Local Law 144 in the layout of its rule, of an audit that makes them.", Write: WriteTables},
		{Name: "text", Ext: ".txt", File: "summary.txt", Doc: "The first screen: verdict, findings, and what could not be decided.", Write: Text{}.Write},
	}
}

// Lookup finds a format by its name.
func Lookup(name string) (Format, bool) {
	for _, f := range All() {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}
