package config

import (
	"bytes"
	"reflect"
	"slices"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v4"
)

// YAML prints the configuration with all defaults filled in. The text is
// itself a configuration, and reads back as the same Audit.
func (a *Audit) YAML() ([]byte, error) {
	var b bytes.Buffer
	dumper, err := yaml.NewDumper(&b, yaml.WithIndent(2), yaml.WithLineWidth(-1))
	if err != nil {
		return nil, err
	}
	if err := dumper.Dump(a.node()); err != nil {
		return nil, err
	}
	if err := dumper.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// node is the configuration as a YAML tree.
func (a *Audit) node() *yaml.Node {
	n := encodeStruct(reflect.ValueOf(*a))
	spread(n, 2)
	return n
}

// spread chooses the layout: sections and the entries of groups and detectors
// on lines of their own, what is inside them on one line.
func spread(n *yaml.Node, levels int) {
	if n.Kind == yaml.MappingNode && levels > 0 {
		n.Style &^= yaml.FlowStyle
		for i := 1; i < len(n.Content); i += 2 {
			deeper := levels - 1
			if key := n.Content[i-1].Value; key == "groups" || key == "joins" {
				deeper++
			}
			spread(n.Content[i], deeper)
		}
	}
}

func textNode(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if !plain(s) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

func listNode(items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle, Content: items}
}

func mappingNode(pairs ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Style: yaml.FlowStyle, Content: pairs}
}

// plain tells whether a text means itself without quotes to every reader of
// YAML, old or new.
func plain(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
		later := r >= '0' && r <= '9' || r == '-' || r == '.' || r == '/' || r == ' '
		if !letter && (i == 0 || !later) {
			return false
		}
	}
	words := []string{"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "none"}
	return s != "" && !strings.HasSuffix(s, " ") && !slices.Contains(words, strings.ToLower(s))
}

// encodeStruct is a struct as a mapping of its keys; if only the key is there
// that a bare value stands for, it is that value.
func encodeStruct(v reflect.Value) *yaml.Node {
	out := mappingNode()
	fields := fieldsOf(v.Type())
	for _, f := range fields {
		if f.reserved {
			continue
		}
		if n := encode(v.FieldByIndex(f.index), f); n != nil {
			out.Content = append(out.Content, textNode(f.name), n)
		}
	}
	short, ok := shortOf(fields)
	if ok && len(out.Content) == 2 && out.Content[0].Value == short.name {
		return out.Content[1]
	}
	return out
}

// encode is a value as a node, or nil if the key can be left out.
func encode(v reflect.Value, f field) *yaml.Node {
	if c, ok := addressed(v).(custom); ok {
		return c.encode()
	}
	if v.IsZero() && !f.hasDef && !f.required {
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		if n := encode(v.Elem(), f); n != nil {
			return n
		}
		return mappingNode() // an empty section is there all the same
	case reflect.Struct:
		n := encodeStruct(v)
		if n.Kind == yaml.MappingNode && len(n.Content) == 0 {
			return nil
		}
		return n
	case reflect.Slice:
		return encodeSlice(v, f)
	case reflect.Map:
		return encodeMap(v, f)
	}
	return encodeScalar(v, f)
}

// addressed returns a pointer to a copy of the value, which methods need.
func addressed(v reflect.Value) any {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return p.Interface()
}

func encodeSlice(v reflect.Value, f field) *yaml.Node {
	if v.Len() == 0 {
		return nil
	}
	if f.keyed {
		out := mappingNode()
		for i := range v.Len() {
			item := v.Index(i)
			out.Content = append(out.Content, textNode(item.FieldByName("Name").String()), encodeStruct(item))
		}
		return out
	}
	element := f.element()
	element.required = true // an empty text in a list is a value
	out := listNode()
	for i := range v.Len() {
		out.Content = append(out.Content, encode(v.Index(i), element))
	}
	return out
}

func encodeMap(v reflect.Value, f field) *yaml.Node {
	if v.Len() == 0 {
		return nil
	}
	element := f.element()
	element.required = true
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	out := mappingNode()
	for _, k := range keys {
		out.Content = append(out.Content, textNode(k.String()), encode(v.MapIndex(k), element))
	}
	return out
}

func encodeScalar(v reflect.Value, f field) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int"}
	switch v.Kind() {
	case reflect.String:
		if !f.decimal {
			return textNode(v.String())
		}
		return decimalNode(v.String())
	case reflect.Bool:
		n.Tag, n.Value = "!!bool", strconv.FormatBool(v.Bool())
	case reflect.Int, reflect.Int64:
		n.Value = strconv.FormatInt(v.Int(), 10)
	case reflect.Uint64:
		n.Value = strconv.FormatUint(v.Uint(), 10)
	case reflect.Float64:
		return decimalNode(strconv.FormatFloat(v.Float(), 'g', -1, 64))
	}
	return n
}

// decimalNode is a number as it was written.
func decimalNode(s string) *yaml.Node {
	tag := "!!int"
	if strings.ContainsAny(s, ".eE") {
		tag = "!!float"
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: s}
}

// encode is never asked about parameters that are nil; a detector without
// parameters and limits is an empty mapping.
func (ds *Detectors) encode() *yaml.Node {
	out := mappingNode()
	for _, d := range *ds {
		out.Content = append(out.Content, textNode(d.Name), d.node())
	}
	if len(out.Content) == 0 {
		return nil
	}
	return out
}

// node is the detector's parameters, then its limits under the full names of
// their metrics.
func (d Detector) node() *yaml.Node {
	out := mappingNode()
	if d.Params != nil {
		out = encodeStruct(reflect.ValueOf(d.Params))
	}
	done := map[string]bool{}
	for _, g := range d.Gates {
		if done[g.Metric] {
			continue
		}
		done[g.Metric] = true
		out.Content = append(out.Content, textNode(g.Metric), d.limits(g.Metric))
	}
	return out
}

func (d Detector) limits(metric string) *yaml.Node {
	out := mappingNode()
	side := ""
	for _, g := range d.Gates {
		if g.Metric != metric {
			continue
		}
		limit := decimalNode(g.Value)
		if g.Policy != "" {
			limit = mappingNode(textNode("limit"), limit, textNode("policy"), textNode(string(g.Policy)))
		}
		out.Content = append(out.Content, textNode(g.Key), limit)
		if suffix(g.Key) != "" {
			side = g.Side
		}
	}
	if side != "" {
		out.Content = append(out.Content, textNode("side"), textNode(side))
	}
	return out
}
