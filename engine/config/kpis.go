package config

import (
	"strconv"

	yaml "go.yaml.in/yaml/v4"
)

// KPIs are the indicators that an audit follows over its windows.
type KPIs struct {
	Packs  []string          `yaml:"packs" one:"true" doc:"KPI packs that come with the program (plumbline packs list): those of their KPIs whose columns the log has"`
	Map    map[string]string `yaml:"map" doc:"the log's columns by the names that packs give them: {consent: gdpr_status}"`
	Adjust []KPIChange       `yaml:"adjust" keyed:"true" doc:"what the packs leave to whoever runs the audit, by the name of the KPI: limits, target, owner, groups"`
	Define []KPI             `yaml:"define" doc:"KPIs of one's own"`

	Season int `yaml:"season" default:"0" min:"0" doc:"windows after which a season comes again, 12 months or 52 weeks: each window is also compared with the one so many before"`

	LabelBounds bool `yaml:"label_bounds" default:"false" doc:"of rates that columns.label goes into: also the lowest and the highest value that they can have over all labels that are missing or not yet mature"`

	Monitor *KPIMonitor `yaml:"monitor" doc:"how the error budget (alpha) of watching the KPIs is spent; to be fixed before the first look"`
}

// KPIMonitor is how the error budget of watching KPIs is spent.
type KPIMonitor struct {
	Horizon int               `yaml:"horizon" default:"60" min:"1" doc:"windows within which a false alarm is kept to its share: 60 months are five years"`
	Split   string            `yaml:"split" default:"weights" enum:"weights|e-bh" doc:"weights: no false claim about a level, as likely as the budget says; e-bh: a bounded share of false ones among those made, for many series"`
	Weights map[string]string `yaml:"weights" doc:"shares of the budget by name of the KPI, 1 where not given: {opt_in_rate: 3}"`
}

// KPIChange is what an audit adds to a KPI of a pack.
type KPIChange struct {
	Name   string     `yaml:"-"`
	By     []string   `yaml:"by" one:"true" doc:"attributes under columns.groups; \"*\" is all of them"`
	Target *KPITarget `yaml:"target" doc:"what is aimed at"`
	Limits *KPILimits `yaml:"limits" doc:"what it must keep: a gate"`
	Owner  string     `yaml:"owner" doc:"who answers for it"`
}

// KPI is one indicator.
type KPI struct {
	Name  string `yaml:"name" required:"true" doc:"a word for it: letters, digits, underscore"`
	Title string `yaml:"title" doc:"headline of its picture; default: the name"`
	Doc   string `yaml:"doc" doc:"what it means, in a sentence"`
	Kind  string `yaml:"kind" required:"true" enum:"rate|mean|quantile|count|distinct|ratio|growth|gap|index|manual" doc:"how the number is made"`

	Numerator   string `yaml:"numerator" doc:"CEL over the log's columns: a condition for rate and count, a number for mean and quantile, a column for distinct; sum(x), count(condition) or distinct(column) in ratio, and the first in count"`
	Denominator string `yaml:"denominator" doc:"CEL: of which rows; default: all. In a ratio sum(x), count(condition) or distinct(column)"`
	Quantile    string `yaml:"quantile" decimal:"true" doc:"of kind quantile: 0.5 is the median"`
	Unit        string `yaml:"unit" default:"event" enum:"event|subject" doc:"whether rows count or people (columns.subject); with subject, mean and quantile are about how many rows of a person meet the numerator"`
	Base        string `yaml:"base" default:"window" enum:"window|previous" doc:"of a rate of subjects, whose denominator: previous takes the people of the window before, for retention and opt-out"`

	Of   KPIOf    `yaml:"of" doc:"the KPI that a gap or a growth is about; of an index a list, or weights: {retention: 0.7, complaints: -0.3}"`
	As   string   `yaml:"as" enum:"value|change|quiet" doc:"of an index: the weighted sum of the values (default), of their relative changes since the first window, or the share of KPIs that are no worse than before as far as chance allows"`
	File string   `yaml:"file" doc:"of kind manual: CSV with the columns date, value and source, relative to this file"`
	By   []string `yaml:"by" one:"true" doc:"attributes under columns.groups: the KPI of each group, too; \"*\" is all of them"`

	Direction string     `yaml:"direction" enum:"up|down" doc:"whether more is better (up) or less (down)"`
	Target    *KPITarget `yaml:"target" doc:"what is aimed at"`
	Limits    *KPILimits `yaml:"limits" doc:"what it must keep: a gate"`
	Owner     string     `yaml:"owner" doc:"who answers for it"`
}

// KPITarget is what a KPI aims at.
type KPITarget struct {
	Min string `yaml:"min" decimal:"true" doc:"at least"`
	Max string `yaml:"max" decimal:"true" doc:"at most"`
	By  string `yaml:"by" doc:"window or date by which: 2027-01"`
}

// KPILimits are the gates of a KPI.
type KPILimits struct {
	Min string `yaml:"min" decimal:"true" doc:"at least"`
	Max string `yaml:"max" decimal:"true" doc:"at most"`
}

// KPIOf names the KPIs that one is made of, each with its weight.
type KPIOf []KPITerm

// KPITerm is a KPI with its weight, a decimal.
type KPITerm struct{ Name, Weight string }

// decode takes a name, a list of names, or a mapping from names to weights.
func (o *KPIOf) decode(d *decoder, n *yaml.Node, f field, path string) {
	*o = nil
	term := func(n *yaml.Node, weight string) {
		if n.Kind != yaml.ScalarNode || isNull(n) || n.Value == "" {
			d.mistake(n, path, subject(f)+" must name a KPI, not "+describe(n), "")
			return
		}
		*o = append(*o, KPITerm{n.Value, weight})
	}
	switch n.Kind {
	case yaml.MappingNode:
		pairs, _ := d.pairs(n, subject(f), path)
		for _, p := range pairs {
			d.enter(p, join(path, p.name))
			if _, err := strconv.ParseFloat(p.value.Value, 64); err != nil || p.value.Kind != yaml.ScalarNode {
				d.mistake(p.value, path, "the weight of "+quote(p.name)+" must be a number, not "+describe(p.value), "such as 0.4")
				continue
			}
			*o = append(*o, KPITerm{p.name, p.value.Value})
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			term(item, "1")
		}
	default:
		term(n, "1")
	}
	if len(*o) == 0 && !d.faulty[path] {
		d.mistake(n, path, subject(f)+" names no KPI", "")
	}
}

func (o *KPIOf) encode() *yaml.Node {
	if len(*o) == 0 {
		return nil
	}
	if len(*o) == 1 && (*o)[0].Weight == "1" {
		return textNode((*o)[0].Name)
	}
	var nodes []*yaml.Node
	for _, t := range *o {
		nodes = append(nodes, textNode(t.Name), decimalNode(t.Weight))
	}
	return mappingNode(nodes...)
}

// DefinesKPIs tells whether the audit has any KPI.
func (a *Audit) DefinesKPIs() bool {
	return a.KPIs != nil && len(a.KPIs.Packs)+len(a.KPIs.Define) > 0
}
