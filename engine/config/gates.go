package config

import (
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// gating decodes the parameters and limits of one detector.
type gating struct {
	d     *decoder
	decl  DetectorDecl
	main  string
	gates []audit.Gate

	inferred []string // the audit's groups, where all of them are known by probabilities alone
}

// What is said of limits on groups that are known by probabilities alone: the estimators
// are biased each in its own way, and no interval covers that.
const byColumn = "a limit needs a column that puts each row into one group, marked provenance: inferred"

func isOrAre(n int) string {
	if n == 1 {
		return " is"
	}
	return " are"
}

// entries sorts the keys of a detector into limits and parameters.
func (g *gating) entries(n *yaml.Node, v reflect.Value, path string) {
	pairs, ok := g.d.pairs(n, quote(g.decl.Name), path)
	if !ok {
		return
	}
	fields := g.d.fieldsOf(v.Type())
	var bare, rest, metrics []pair
	for _, p := range pairs {
		_, isParam := lookup(fields, p.name)
		_, isMetric := g.decl.metric(p.name)
		switch {
		case isParam:
			rest = append(rest, p)
		case isMetric || len(g.under(p.name)) > 0:
			metrics = append(metrics, p)
		case slices.Contains([]string{"min_ratio", "max_difference", "side"}, p.name):
			bare = append(bare, p)
		default:
			rest = append(rest, p)
		}
	}
	known := names(fields)
	if g.main != "" {
		known = append(known, "min_ratio", "max_difference", "side")
		g.limits(g.main, bare, path)
	} else {
		rest = append(rest, bare...)
	}
	for _, p := range metrics {
		g.metric(p, path)
	}
	for _, m := range g.decl.Metrics {
		known = append(known, m.Name)
	}
	g.d.keys(n, rest, v, fields, path, known)
}

// under lists the limits that can stand under a metric's name.
func (g *gating) under(name string) []string {
	return slices.DeleteFunc(gateKeys(), func(key string) bool {
		_, ok := g.decl.gated(name, key)
		return !ok
	})
}

// metric decodes the limits under a metric's name.
func (g *gating) metric(p pair, path string) {
	path = join(path, p.name)
	g.d.enter(p, path)
	known := append(g.under(p.name), "side")
	if len(known) == 1 {
		hint := "it is measured and shown only"
		if strings.HasSuffix(p.name, "_bounds") {
			hint += "; a limit on the number itself says whether its verdict hangs on these rows"
		}
		if slices.Contains(g.decl.Needs, "inferred") {
			hint += ", because each estimate of groups known by probabilities is biased in its own way, which no interval covers; " + byColumn
		}
		g.d.mistake(p.key, path, fmt.Sprintf("%s cannot be gated", p.name), hint)
		return
	}
	if p.value.Kind == yaml.ScalarNode {
		message := fmt.Sprintf("%s must be a mapping of limits, not %s", quote(p.name), describe(p.value))
		g.d.mistake(p.value, path, message, fmt.Sprintf("write {%s: %s}", known[0], p.value.Value))
		return
	}
	pairs, ok := g.d.pairs(p.value, quote(p.name), path)
	if !ok {
		return
	}
	var limits []pair
	for _, inner := range pairs {
		switch {
		case slices.Contains(known, inner.name):
			limits = append(limits, inner)
		case slices.Contains(gateKeys(), inner.name):
			message := fmt.Sprintf("%s cannot be limited by %s", p.name, inner.name)
			g.d.mistake(inner.key, join(path, inner.name), message, "use "+either(known[:len(known)-1]))
		default:
			g.d.unknown(inner, path, known)
		}
	}
	if len(p.value.Content) == 0 {
		g.d.mistake(p.key, path, quote(p.name)+" sets no limit", "use "+either(known[:len(known)-1]))
	}
	g.limits(p.name, limits, path)
}

// limits decodes the limits of one metric, and the side they share.
func (g *gating) limits(name string, pairs []pair, path string) {
	side, sided := "both", false
	var at *yaml.Node
	for _, p := range pairs {
		if p.name == "side" {
			at = p.key
			v := reflect.New(reflect.TypeFor[string]()).Elem()
			g.d.value(p.value, v, field{name: "side", typ: v.Type(), enum: []string{"both", "low"}}, join(path, "side"))
			if v.String() != "" {
				side = v.String()
			}
		}
	}
	for _, p := range pairs {
		if p.name == "side" {
			continue
		}
		m, ok := g.decl.gated(name, p.name)
		if !ok {
			message := fmt.Sprintf("detector %s has no %s%s to hold to %s", g.decl.Name, name, suffix(p.name), p.name)
			g.d.mistake(p.key, join(path, p.name), message, "")
			continue
		}
		sided = sided || suffix(p.name) != ""
		g.gate(m, p, side, path)
	}
	if at != nil && !sided {
		g.d.mistake(at, join(path, "side"), `"side" without min_ratio or max_difference does nothing`, "")
	}
	g.ordered(path, pairs)
}

// gate decodes one limit.
func (g *gating) gate(m MetricDecl, p pair, side, path string) {
	path = join(path, p.name)
	g.d.enter(p, path)
	number, policy := p.value, ""
	if p.value.Kind == yaml.MappingNode {
		if number, policy = g.mapped(p, path); number == nil {
			return
		}
	}
	f := field{name: p.name}
	if _, ok := g.d.decimal(number, f, path); !ok {
		return
	}
	value, ok := new(big.Rat).SetString(number.Value)
	if !ok {
		return
	}
	if _, err := stat.ParseDecimal(number.Value); err != nil {
		_, why, _ := strings.Cut(err.Error(), ": ")
		g.d.mistake(number, path, fmt.Sprintf("%q cannot be held exactly: %s", p.name, why), "write it shorter")
		return
	}
	if wrong, hint := impossible(p.name, m, value); wrong != "" {
		g.d.mistake(number, path, fmt.Sprintf("%q must be %s, not %s", p.name, wrong, number.Value), hint)
		return
	}
	if suffix(p.name) == "" {
		side = "both"
	} else if len(g.inferred) > 0 {
		message := fmt.Sprintf("%s compares groups, and %s known by probabilities alone", quote(p.name), strings.Join(g.inferred, ", ")+isOrAre(len(g.inferred)))
		g.d.mistake(p.key, path, message, "inferred_groups shows estimates; "+byColumn)
		return
	}
	gate := audit.Gate{Detector: g.decl.Name, Metric: m.Name, Key: p.name, Value: number.Value, Side: side, Policy: audit.Policy(policy),
		Where: fmt.Sprintf("%s:%d:%d", g.d.text.name, number.Line, number.Column)}
	for _, other := range g.gates {
		if other.Metric == gate.Metric && other.Key == gate.Key {
			g.d.mistake(p.key, path, fmt.Sprintf("%s already has a %s", gate.Metric, gate.Key), "first at "+other.Where)
			return
		}
	}
	g.gates = append(g.gates, gate)
}

// mapped decodes a limit written as a mapping, with a policy of its own. The
// number is nil if there is none.
func (g *gating) mapped(p pair, path string) (number *yaml.Node, policy string) {
	pairs, ok := g.d.pairs(p.value, quote(p.name), path)
	if !ok {
		return nil, ""
	}
	for _, inner := range pairs {
		at := join(path, inner.name)
		switch inner.name {
		case "limit":
			g.d.enter(inner, at)
			number = inner.value
		case "policy":
			g.d.enter(inner, at)
			v := reflect.New(reflect.TypeFor[string]()).Elem()
			g.d.value(inner.value, v, policyField(), at)
			policy = v.String()
		default:
			g.d.unknown(inner, path, []string{"limit", "policy"})
		}
	}
	if number == nil && !g.d.faulty[join(path, "limit")] {
		g.d.mistake(p.key, path, fmt.Sprintf("required key \"limit\" of %s is missing", quote(p.name)), "write {limit: 0.8, policy: interval}")
	}
	return number, policy
}

// policyField is the declaration of a limit's own policy: that of all limits.
func policyField() field {
	f, _ := lookup(fieldsOf(reflect.TypeFor[Gates]()), "policy")
	return f
}

// limitNode is the number of a limit in either form, or nil.
func limitNode(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.MappingNode {
		return child(n, "limit")
	}
	return n
}

// ordered checks that a metric's min lies below its max.
func (g *gating) ordered(path string, pairs []pair) {
	limit := map[string]*big.Rat{}
	for _, p := range pairs {
		if n := limitNode(p.value); (p.name == "min" || p.name == "max") && n != nil && !g.d.faulty[join(path, p.name)] {
			limit[p.name], _ = new(big.Rat).SetString(n.Value)
		}
	}
	low, high := limit["min"], limit["max"]
	if low != nil && high != nil && low.Cmp(high) > 0 {
		g.d.mistakeAt(join(path, "min"), `"min" is above "max": no data can pass`, "")
	}
}

// impossible says what a limit must be, if no data can break it or none can
// meet it, and why.
func impossible(key string, m MetricDecl, value *big.Rat) (wrong, hint string) {
	scale := m.Scale
	if key == "max" && m.Gap && value.Sign() < 0 {
		return "at least 0", "it limits the size of a gap, whatever its sign, and no data can meet it"
	}
	one := big.NewRat(1, 1)
	minusOne := big.NewRat(-1, 1)
	sign, toOne := value.Sign(), value.Cmp(one)
	const idle = "no data can break it"
	switch {
	case key == "min_ratio" && (sign <= 0 || toOne > 0):
		return "above 0 and at most 1", reason(sign == 0, idle)
	case key == "max_difference" && (sign < 0 || toOne >= 0):
		return "at least 0 and below 1", reason(toOne == 0, idle)
	case key == "min" && scale == "rate" && (sign <= 0 || toOne > 0):
		return "above 0 and at most 1", reason(sign == 0, idle)
	case key == "max" && scale == "rate" && (sign < 0 || toOne >= 0):
		return "at least 0 and below 1", reason(toOne == 0, idle)
	case key == "min" && scale == "difference" && (value.Cmp(minusOne) <= 0 || toOne > 0):
		return "above -1 and at most 1", reason(value.Cmp(minusOne) == 0, idle)
	case key == "max" && scale == "difference" && (value.Cmp(minusOne) < 0 || toOne >= 0):
		return "at least -1 and below 1", reason(toOne == 0, idle)
	case key == "min" && scale == "distance" && sign <= 0:
		return "above 0", reason(true, idle)
	case key == "max" && scale == "distance" && sign < 0:
		return "at least 0", "a distance is never below 0"
	case key == "min" && scale == "ratio" && sign <= 0:
		return "above 0", reason(sign == 0, idle)
	case key == "max" && scale == "ratio" && sign < 0:
		return "at least 0", ""
	}
	return outside(key, m, value)
}

// outside is impossible for what is no rate and no gap of rates, by the range of its
// values.
func outside(key string, m MetricDecl, value *big.Rat) (wrong, hint string) {
	low, high := m.ends()
	const idle, never = "no data can break it", "no data can meet it"
	switch {
	case key == "min" && low != nil && value.Cmp(low) <= 0:
		return "above " + decimalText(low), idle
	case key == "min" && high != nil && value.Cmp(high) > 0:
		return "at most " + decimalText(high), never
	case key == "max" && high != nil && value.Cmp(high) >= 0:
		return "below " + decimalText(high), idle
	case key == "max" && low != nil && value.Cmp(low) < 0:
		return "at least " + decimalText(low), never
	}
	return "", ""
}

// ends are the ends of the range of a metric; nil is none.
func (m MetricDecl) ends() (low, high *big.Rat) {
	if x, ok := new(big.Rat).SetString(m.Low); ok {
		low = x
	}
	if x, ok := new(big.Rat).SetString(m.High); ok {
		high = x
	}
	return low, high
}

func decimalText(x *big.Rat) string {
	return strings.TrimSuffix(strings.TrimRight(x.FloatString(6), "0"), ".")
}

func reason(holds bool, text string) string {
	if holds {
		return text
	}
	return ""
}
