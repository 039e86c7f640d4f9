package config

import "strings"

// driftParams stands for the parameters of a detector.
type driftParams struct {
	Bins    int       `yaml:"bins" default:"10" min:"2" doc:"number of bins"`
	Method  string    `yaml:"method" default:"psi" enum:"psi|ks" doc:"distance"`
	Cuts    []float64 `yaml:"cuts" default:"[0.1, 0.5]" above:"0" below:"1" doc:"where scores are cut"`
	Columns []string  `yaml:"columns" doc:"columns to watch; default: all"`
}

func decls() []DetectorDecl {
	rates := func(name string) []MetricDecl {
		return []MetricDecl{
			{Name: name, Doc: "share of rows", Gates: []string{"min", "max"}, Scale: "rate"},
			{Name: name + "_ratio", Gates: []string{"min_ratio", "min", "max"}, Scale: "ratio"},
			{Name: name + "_difference", Gates: []string{"max_difference"}, Scale: "difference"},
		}
	}
	return []DetectorDecl{
		{Name: "parity", Doc: "selection rates", Main: "selection_rate", Needs: []string{"decision", "groups"},
			Metrics: append(rates("selection_rate"), rates("favorable_rate")...)},
		{Name: "equal_opportunity", Main: "true_positive_rate", Needs: []string{"decision", "label", "groups"}, Metrics: rates("true_positive_rate")},
		{Name: "drift", Params: driftParams{}, Needs: []string{"time"}, Unasked: []string{"reference"},
			Metrics: []MetricDecl{{Name: "psi", Gates: []string{"max"}, Scale: "number"}, {Name: "entropy"}}},
		{Name: "completeness"},
	}
}

func defaultsOf(kind string) []string {
	return []string{"parity", "equal_opportunity", "drift", "completeness"}
}

func parse(s string) (*Audit, Errors) { return Parse("audit.yaml", []byte(s), decls(), defaultsOf) }

// outline is a configuration that lacks only what a test adds to columns, and
// what it adds after them.
func outline(columns, after string) string {
	return "version: 1\nname: t\ndata: {log: a.csv}\ncolumns:\n" + indent(columns) + after
}

func indent(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString("  " + line)
	}
	return b.String()
}

// campaign is the example of the documentation.
const campaign = `version: 1
name: bank-campaign
title: Term-deposit campaign, monthly audit
kind: ads                       # decision | recommender | chatbot | ads
data:
  log: bank/*.parquet           # path, glob, folder or list
  format: auto                  # parquet | csv
  joins: [{path: people.parquet, on: user_id}]
  where: "channel == 'phone' && amount > 100"
columns:
  time: contacted_at
  id: contact_id
  subject: customer_id
  decision: {column: offered, positive: [yes], favorable: true}
  score: {column: score, higher_is: favorable}
  label: {column: subscribed, positive: [yes], matures_after: 30d}
  weight: n
  groups:
    marital: {column: marital, reference: married}
    age: {column: age, bins: [25, 60]}
    race: {column: race, provenance: self_reported}
    sex: {column: status, map: {A92: female, "*": male}, missing: ["?", unknown]}
  strata: [job]
  features: [age, job, balance]
  version: model_version
windows: {every: month, timezone: Europe/Lisbon, reference: 2008-05..2008-12}
intersections: {depth: 2, min_rows: 100}
detectors: {parity: {min_ratio: 0.8}, equal_opportunity: {}, drift: {}}
alpha: 0.05
seed: 1
`
