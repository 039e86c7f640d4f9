package config

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"
)

// kpis checks what the file alone says about its KPIs. Expressions are held
// against the log's columns later.
func (l *lint) kpis() {
	k := l.a.KPIs
	if k == nil {
		return
	}
	if len(k.Packs)+len(k.Define) == 0 && l.clean("kpis") {
		l.bad("kpis", `"kpis" defines none`, "list packs, or define some: see plumbline packs list")
	}
	if k.LabelBounds && l.a.Columns.Label == nil && l.clean("columns") && l.clean("kpis.label_bounds") {
		l.bad("kpis.label_bounds", "label_bounds needs columns.label", "name the column of the label, and what of it is positive")
	}
	if k.Season != 0 && l.a.Windows.Every == "" && l.clean("windows") && l.clean("kpis.season") {
		l.bad("kpis.season", "season needs windows of one length", "windows: {every: month}")
	}
	seen := map[string]bool{}
	for i := range k.Define {
		d, path := &k.Define[i], fmt.Sprintf("kpis.define.%d", i)
		if l.clean(path + ".name") {
			l.kpiName(path+".name", d.Name)
			if seen[d.Name] {
				l.bad(path+".name", "KPI "+quote(d.Name)+" is defined twice", "give one of them another name; a series must have one definition")
			}
			seen[d.Name] = true
		}
		for _, m := range d.Mistakes() {
			if at := path + m.Key; l.clean(path+".kind") && l.clean(path+".of") && l.clean(at) {
				l.bad(at, m.Message, m.Hint)
			}
		}
		l.kpiNeeds(path, d)
		l.kpiBounds(path, d.Limits, d.Target)
		l.kpiBy(path, d.By)
	}
	for _, c := range k.Adjust {
		path := "kpis.adjust." + c.Name
		l.kpiBounds(path, c.Limits, c.Target)
		l.kpiBy(path, c.By)
		if len(k.Packs) == 0 && l.clean(path) {
			l.bad(path, "adjust is about KPIs of packs, and none is listed", "packs: [ethical-personalization]")
		}
	}
}

// kpiName checks that a name can be that of a column, a metric and a file.
func (l *lint) kpiName(path, name string) {
	wrong := strings.IndexFunc(name, func(r rune) bool { return !nameRune(r) || r == '.' })
	if wrong >= 0 || name == "" || len(name) > 60 || name[0] == '-' {
		l.bad(path, "the name of a KPI must be 1 to 60 letters, digits and underscores, not "+quote(name), "the title may be anything")
	}
}

// kpiNeeds checks what a KPI needs of the rest of the file.
func (l *lint) kpiNeeds(path string, d *KPI) {
	switch {
	case d.Unit == "subject" && l.a.Columns.Subject == nil && l.clean("columns") && l.clean(path+".unit"):
		l.bad(path+".unit", "unit subject needs columns.subject", "name the column of the person")
	case (d.Kind == "growth" || d.Base == "previous") && l.a.Windows.Every == "" && len(l.a.Windows.Ranges) == 0 && l.clean("windows") && l.clean(path):
		l.bad(path+".kind", "a KPI that compares windows needs windows", "windows: {every: month}")
	case d.Kind == "gap" && len(l.a.Columns.Known()) == 0 && l.clean("columns") && l.clean(path):
		l.bad(path+".kind", "a gap needs columns.groups", "")
	}
}

func (l *lint) kpiBy(path string, by []string) {
	if !slices.Equal(by, []string{"*"}) {
		l.amongGroups(path+".by", by)
	}
}

// kpiBounds checks that some number keeps the limits, and some the target.
func (l *lint) kpiBounds(path string, limits *KPILimits, target *KPITarget) {
	check := func(at, low, high string) {
		x, okLow := new(big.Rat).SetString(low)
		y, okHigh := new(big.Rat).SetString(high)
		switch {
		case !l.clean(at):
		case low == "" && high == "":
			l.bad(at, quote(at[strings.LastIndexByte(at, '.')+1:])+" is empty", "give min, max or both")
		case okLow && okHigh && x.Cmp(y) > 0:
			l.bad(at+".min", `"min" is above "max": no value can keep both`, "")
		}
	}
	if limits != nil {
		check(path+".limits", limits.Min, limits.Max)
	}
	if target != nil {
		check(path+".target", target.Min, target.Max)
		if _, _, err := ParseSpan(target.By, time.UTC); err != nil && target.By != "" && l.clean(path+".target.by") {
			l.bad(path+".target.by", quote(target.By)+" is no date", "2027-01, or 2027-01-31")
		}
	}
}

// KPIMistake is what is wrong with a KPI by itself, below its place.
type KPIMistake struct{ Key, Message, Hint string }

// Mistakes lists what is wrong with a definition whatever the log is: keys that
// its kind lacks or has no use for.
func (d *KPI) Mistakes() []KPIMistake {
	var out []KPIMistake
	given := map[string]bool{
		"numerator": d.Numerator != "", "denominator": d.Denominator != "", "quantile": d.Quantile != "",
		"of": len(d.Of) > 0, "as": d.As != "", "file": d.File != "", "by": len(d.By) > 0,
		"unit": d.Unit == "subject", "base": d.Base == "previous",
	}
	need, may := kpiKeys(d.Kind)
	for _, key := range need {
		if !given[key] {
			out = append(out, KPIMistake{".kind", fmt.Sprintf("a KPI of kind %s needs %s", d.Kind, quote(key)), ""})
		}
	}
	for _, key := range []string{"numerator", "denominator", "quantile", "of", "as", "file", "by", "unit", "base"} {
		if given[key] && !slices.Contains(need, key) && !slices.Contains(may, key) {
			out = append(out, KPIMistake{"." + key, fmt.Sprintf("%s means nothing for a KPI of kind %s", quote(key), d.Kind), "remove the key"})
		}
	}
	if len(out) > 0 {
		return out
	}
	q, isNumber := ParseNumber(d.Quantile)
	switch {
	case d.Kind == "quantile" && (!isNumber || q <= 0 || q >= 1):
		out = append(out, KPIMistake{".quantile", "a quantile lies between 0 and 1, not " + d.Quantile, "0.95 for the value that 95 of 100 do not exceed"})
	case d.Base == "previous" && (d.Unit != "subject" || d.Kind != "rate"):
		out = append(out, KPIMistake{".base", "base: previous follows people, and so needs kind rate and unit subject", ""})
	case (d.Kind == "gap" || d.Kind == "growth") && (len(d.Of) > 1 || d.Of[0].Weight != "1"):
		out = append(out, KPIMistake{".of", "a " + d.Kind + " is about one KPI", "of: name"})
	}
	return out
}

// kpiKeys lists the keys that a kind needs, and those that it may have.
func kpiKeys(kind string) (need, may []string) {
	switch kind {
	case "rate":
		return []string{"numerator"}, []string{"denominator", "unit", "base", "by"}
	case "mean":
		return []string{"numerator"}, []string{"denominator", "unit", "by"}
	case "quantile":
		return []string{"numerator", "quantile"}, []string{"denominator", "unit", "by"}
	case "count":
		return nil, []string{"numerator", "unit", "by"}
	case "distinct":
		return []string{"numerator"}, []string{"denominator", "by"}
	case "ratio":
		return []string{"numerator", "denominator"}, []string{"by"}
	case "growth":
		return []string{"of"}, nil
	case "gap":
		return []string{"of", "by"}, nil
	case "index":
		return []string{"of"}, []string{"as"}
	case "manual":
		return []string{"file"}, nil
	}
	return nil, nil
}
