package config

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// SHA256 is the digest of the normalized configuration: every default filled
// in, keys in the order of declaration, spelling of numbers kept. Where the
// rows come from is left out, so that an audit that moves, or reads the same
// rows as Parquet instead of CSV, stays the same audit; the files have digests
// of their own.
func (a *Audit) SHA256() string {
	sum := sha256.Sum256([]byte(a.Canonical()))
	return hex.EncodeToString(sum[:])
}

// Canonical is what SHA256 digests: the normalized configuration as JSON
// without spaces. It depends on no YAML library.
func (a *Audit) Canonical() string {
	n := a.node()
	without(n, "alerts", "waivers") // who is told, and what may wait, is no part of what is audited
	if data := child(n, "data"); data != nil {
		without(data, "log", "format", "csv", "limits")
		if joins := child(data, "joins"); joins != nil {
			for _, j := range joins.Content {
				without(j, "path", "format", "csv")
			}
		}
	}
	without(n, "ledger")
	a.digestPopulations(n)
	a.digestPacks(n)
	if digest, ok := a.Digests["model"]; ok {
		child(child(n, "model"), "path").Value = "sha256:" + digest
	}
	var b strings.Builder
	canonical(&b, n)
	return b.String()
}

// digestPopulations puts the digests of population tables in the place of their
// paths: a table that moves is the same, and one that changes is not.
func (a *Audit) digestPopulations(n *yaml.Node) {
	var paths []*yaml.Node
	if columns := child(n, "columns"); columns != nil {
		if groups := child(columns, "groups"); groups != nil {
			for i := 1; i < len(groups.Content); i += 2 {
				if p := child(groups.Content[i], "population"); p != nil {
					paths = append(paths, p)
				}
			}
		}
	}
	if crossed := child(n, "intersections"); crossed != nil {
		if list := child(crossed, "population"); list != nil {
			paths = append(paths, list.Content...)
		}
	}
	for _, p := range paths {
		if digest, ok := a.Digests[p.Value]; ok {
			p.Value = "sha256:" + digest
		}
	}
}

// digestPacks puts what packs say in the place of how they are called.
func (a *Audit) digestPacks(n *yaml.Node) {
	list := child(n, "packs")
	if list == nil {
		return
	}
	for _, p := range list.Content {
		name := p
		if p.Kind == yaml.MappingNode {
			name = child(p, "name")
		}
		if digest, ok := a.Digests["pack:"+name.Value]; ok {
			name.Value = digest
		}
	}
}

func child(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func without(n *yaml.Node, keys ...string) {
	var kept []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		if !slices.Contains(keys, n.Content[i].Value) {
			kept = append(kept, n.Content[i], n.Content[i+1])
		}
	}
	n.Content = kept
}

// jsonText is a text as JSON, with & < > as they are, so that any JSON library
// writes the same.
func jsonText(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil { // a string is always encoded
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func canonical(b *strings.Builder, n *yaml.Node) {
	open, shut := "[", "]"
	switch n.Kind {
	case yaml.ScalarNode:
		if n.Tag != "!!str" {
			b.WriteString(n.Value)
			return
		}
		b.WriteString(jsonText(n.Value))
		return
	case yaml.MappingNode:
		open, shut = "{", "}"
	}
	b.WriteString(open)
	for i, c := range n.Content {
		switch {
		case i == 0:
		case n.Kind == yaml.MappingNode && i%2 == 1:
			b.WriteByte(':')
		default:
			b.WriteByte(',')
		}
		canonical(b, c)
	}
	b.WriteString(shut)
}

// Tabulated is what of the configuration decides which rows are counted where, as
// Canonical has it: tables of two audits that agree in it, and in the tables that
// they ask for, add up.
func (a *Audit) Tabulated() string {
	n := a.node()
	var kept []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		if slices.Contains([]string{"data", "columns", "windows"}, n.Content[i].Value) {
			kept = append(kept, n.Content[i], n.Content[i+1])
		}
	}
	n.Content = kept
	if data := child(n, "data"); data != nil {
		without(data, "log")
		if joins := child(data, "joins"); joins != nil {
			for _, j := range joins.Content {
				without(j, "path")
			}
		}
	}
	if windows := child(n, "windows"); windows != nil {
		without(windows, "reference")
	}
	if columns := child(n, "columns"); columns != nil {
		without(columns, "expected_attributes")
		if groups := child(columns, "groups"); groups != nil {
			for i := 1; i < len(groups.Content); i += 2 {
				without(groups.Content[i], "reference", "min_rows", "expected", "population", "provenance")
			}
		}
	}
	var b strings.Builder
	canonical(&b, n)
	return b.String()
}
