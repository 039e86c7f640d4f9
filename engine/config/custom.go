package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	yaml "go.yaml.in/yaml/v4"
)

// units are the lengths that a duration can be written in, longest first.
func units() []struct {
	suffix string
	length time.Duration
} {
	return []struct {
		suffix string
		length time.Duration
	}{{"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}}
}

// longest is the longest duration: a hundred years.
const longest = 36525 * 24 * time.Hour

func (u *Duration) decode(d *decoder, n *yaml.Node, f field, path string) {
	fail := func(message, hint string) { d.mistake(n, path, subject(f)+" "+message, hint) }
	if n.Kind != yaml.ScalarNode {
		fail("must be a length of time, not "+describe(n), "such as 30d or 12h")
		return
	}
	for _, unit := range units() {
		digits, ok := strings.CutSuffix(n.Value, unit.suffix)
		if !ok {
			continue
		}
		count, err := strconv.ParseUint(digits, 10, 32)
		if err != nil {
			break
		}
		if count == 0 || time.Duration(count) > longest/unit.length {
			fail("must be above zero and at most 36525d, not "+n.Value, "")
			return
		}
		*u = Duration(time.Duration(count) * unit.length)
		return
	}
	fail("must be a length of time, not "+describe(n), "a whole number and a unit: 30d, 2w, 12h, 90m")
}

// String is the duration as the file has it, in the longest unit up to days
// that is exact.
func (u Duration) String() string {
	for _, unit := range units()[1:] {
		if time.Duration(u)%unit.length == 0 {
			return strconv.FormatInt(int64(time.Duration(u)/unit.length), 10) + unit.suffix
		}
	}
	return time.Duration(u).String()
}

func (u *Duration) encode() *yaml.Node {
	if *u == 0 {
		return nil
	}
	return textNode(u.String())
}

// policies are the words under reference: that are not values.
func policies() []string { return []string{"largest", "best", "rest", "none"} }

func (r *Reference) decode(d *decoder, n *yaml.Node, f field, path string) {
	switch {
	case isNull(n):
		d.mistake(n, path, subject(f)+" has no value", `for a group called null, put it in quotes: "null"`)
		return
	case n.Kind == yaml.ScalarNode && slices.Contains(policies(), n.Value):
		*r = Reference{Policy: n.Value}
		return
	case n.Kind == yaml.ScalarNode:
		r.named(d, n, f, path)
		return
	}
	pairs, ok := d.pairs(n, subject(f), path)
	if !ok {
		return
	}
	found := false
	for _, p := range pairs {
		switch {
		case p.name != "value":
			d.unknown(p, path, []string{"value"})
		case p.value.Kind != yaml.ScalarNode || isNull(p.value):
			d.mistake(p.value, path, "\"value\" must be a group, not "+describe(p.value), "")
			found = true
		default:
			r.named(d, p.value, f, path)
			found = true
		}
	}
	if !found && !d.faulty[path+".value"] {
		d.mistake(n, path, `required key "value" is missing`, "write {value: best} for a group called best")
	}
}

func (r *Reference) named(d *decoder, n *yaml.Node, f field, path string) {
	if n.Value == "" {
		d.mistake(n, path, subject(f)+" is empty", "name a group, or one of "+either(policies()))
		return
	}
	*r = Reference{Policy: "value", Value: n.Value}
}

func (r *Reference) encode() *yaml.Node {
	switch {
	case r.Policy != "value":
		return textNode(r.Policy)
	case slices.Contains(policies(), r.Value):
		return mappingNode(textNode("value"), textNode(r.Value))
	}
	return textNode(r.Value)
}

func (k *Keys) decode(d *decoder, n *yaml.Node, f field, path string) {
	*k = nil
	switch {
	case n.Kind == yaml.MappingNode:
		pairs, _ := d.pairs(n, subject(f), path)
		for _, p := range pairs {
			if name, ok := d.column(p.value, f, path); ok {
				*k = append(*k, KeyPair{p.name, name})
			}
		}
	case n.Kind == yaml.SequenceNode:
		for _, item := range n.Content {
			if name, ok := d.column(item, f, path); ok {
				*k = append(*k, KeyPair{name, name})
			}
		}
	default:
		if name, ok := d.column(n, f, path); ok {
			*k = append(*k, KeyPair{name, name})
		}
	}
	if len(*k) == 0 && !d.faulty[path] {
		d.mistake(n, path, subject(f)+" names no column", "name the key column that log and table share")
	}
}

// column takes the name of a column.
func (d *decoder) column(n *yaml.Node, f field, path string) (string, bool) {
	if n.Kind != yaml.ScalarNode || isNull(n) || n.Value == "" {
		d.mistake(n, path, subject(f)+" must name a column, not "+describe(n), "")
		return "", false
	}
	return n.Value, true
}

func (k *Keys) encode() *yaml.Node {
	same := !slices.ContainsFunc(*k, func(p KeyPair) bool { return p.Log != p.Table })
	if same && len(*k) == 1 {
		return textNode((*k)[0].Log)
	}
	var nodes []*yaml.Node
	for _, p := range *k {
		nodes = append(nodes, textNode(p.Log))
		if !same {
			nodes = append(nodes, textNode(p.Table))
		}
	}
	if same {
		return listNode(nodes...)
	}
	return mappingNode(nodes...)
}

func (r *Ranges) decode(d *decoder, n *yaml.Node, f field, path string) {
	pairs, ok := d.pairs(n, subject(f), path)
	if !ok {
		return
	}
	if len(n.Content) == 0 {
		d.mistake(n, path, subject(f)+" is empty", "before: 2013-01..2014-03")
	}
	for _, p := range pairs {
		inner := join(path, p.name)
		d.enter(p, inner)
		if p.value.Kind != yaml.ScalarNode || isNull(p.value) {
			message := fmt.Sprintf("range %s must be a window or a..b, not %s", quote(p.name), describe(p.value))
			d.mistake(p.value, inner, message, "such as 2013-01..2014-03")
			continue
		}
		*r = append(*r, Span{p.name, p.value.Value})
	}
}

func (r *Ranges) encode() *yaml.Node {
	var nodes []*yaml.Node
	for _, s := range *r {
		nodes = append(nodes, textNode(s.Name), textNode(s.Text))
	}
	if nodes == nil {
		return nil
	}
	return mappingNode(nodes...)
}
