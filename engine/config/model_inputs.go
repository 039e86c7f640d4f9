package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	yaml "go.yaml.in/yaml/v4"

	"github.com/plumbline-audit/plumbline/engine/source"
)

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// inputPath is where an input stands in the configuration.
func inputPath(a *Audit, i int) string {
	if path := join("model.inputs", a.Model.Inputs[i].Name); a.Given(path) {
		return path
	}
	return join("model.inputs", strconv.Itoa(i))
}

func (in *Inputs) decode(d *decoder, n *yaml.Node, f field, path string) {
	*in = nil
	switch n.Kind {
	case yaml.MappingNode:
		pairs, _ := d.pairs(n, subject(f), path)
		for _, p := range pairs {
			inner := join(path, p.name)
			d.enter(p, inner)
			if p.value.Kind == yaml.MappingNode {
				if input, ok := in.typed(d, p, inner); ok {
					*in = append(*in, input)
				}
			} else if name, ok := d.column(p.value, f, inner); ok {
				*in = append(*in, Input{Name: p.name, Column: name})
			}
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			inner := join(path, strconv.Itoa(i))
			d.enter(pair{key: item, value: item}, inner)
			if name, ok := d.column(item, f, inner); ok {
				*in = append(*in, Input{Name: name, Column: name})
			}
		}
	default:
		d.mistake(n, path, subject(f)+" must be a list or a mapping, not "+describe(n), "write [age, priors_count], or {model_name: column}")
		return
	}
	if len(*in) == 0 && !d.faulty[path] {
		d.mistake(n, path, subject(f)+" names no column", "give the columns that the model takes")
	}
}

// typed reads {column: zip, type: category}.
func (*Inputs) typed(d *decoder, p pair, path string) (Input, bool) {
	out := Input{Name: p.name}
	pairs, ok := d.pairs(p.value, quote(p.name), path)
	for _, key := range pairs {
		inner := join(path, key.name)
		d.enter(key, inner)
		switch key.name {
		case "column":
			out.Column, _ = d.column(key.value, field{name: "column"}, inner)
		case "type":
			kind := field{name: "type", enum: []string{"number", "category"}}
			if key.value.Kind != yaml.ScalarNode {
				d.mistake(key.value, inner, `"type" must be number or category, not `+describe(key.value), "")
			} else if d.oneOf(key.value, kind, inner, key.value.Value) {
				out.Type = key.value.Value
			}
		default:
			d.unknown(key, path, []string{"column", "type"})
		}
	}
	if ok && out.Column == "" && !d.faulty[join(path, "column")] {
		d.mistakeAt(path, `required key "column" is missing`, "column: the log's column")
	}
	return out, ok && out.Column != ""
}

func (in *Inputs) encode() *yaml.Node {
	var nodes []*yaml.Node
	same := !slices.ContainsFunc(*in, func(i Input) bool { return i.Name != i.Column || i.Type != "" })
	for _, i := range *in {
		column := textNode(i.Column)
		if i.Type != "" {
			column = mappingNode(textNode("column"), column, textNode("type"), textNode(i.Type))
		}
		if !same {
			nodes = append(nodes, textNode(i.Name))
		}
		nodes = append(nodes, column)
	}
	switch {
	case nodes == nil:
		return nil
	case same:
		return listNode(nodes...)
	}
	return mappingNode(nodes...)
}

// numberInput gives the model's input that a column is used for, if the model
// takes numbers there.
func (a *Audit) numberInput(u use) (ModelColumn, bool) {
	for _, m := range a.ModelColumns {
		if u.ofModel() && m.Part() == u.part && m.Kind == "number" {
			return m, true
		}
	}
	return ModelColumn{}, false
}

// numeral tells whether all values of a type are numbers to a model, as true
// and false are.
func numeral(t source.Type) bool {
	switch t.Kind {
	case source.Int, source.Uint, source.Float, source.Decimal, source.Bool:
		return true
	}
	return false
}

// inputNumbers doubts a column of words for a number that the model takes: the
// audit stands, but nothing can be explained with the model.
func (c *checker) inputNumbers(u use, m ModelColumn, s seen) {
	if numeral(s.t) {
		return
	}
	for _, v := range s.values {
		if _, err := strconv.ParseFloat(v, 64); err == nil || v == "" || v == "true" || v == "false" || slices.Contains(m.Missing, v) {
			continue
		}
		c.doubt(u.path, fmt.Sprintf("nothing will be explained with the model: column %s is its input %s, which takes numbers, and has the value %s", quote(u.role.Column.Name), quote(m.Name), quote(v)),
			"name another column, or list the value under missing in columns.features if it stands for none")
		return
	}
}
