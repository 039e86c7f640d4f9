package config

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// explain checks what is explained against the rest of the file.
func (l *lint) explain() {
	e := l.a.Explain
	if e == nil {
		return
	}
	l.needsModel(e)
	if rows := e.Budget.ModelRows; l.clean("explain.budget.model_rows") && (rows < 1 || rows != math.Trunc(rows) || rows > 1e15) {
		l.bad("explain.budget.model_rows", "\"model_rows\" must be a whole number from 1 to 1e15", "such as 2e6")
	}
	if e.Probe.Tolerance < 0 && l.clean("explain.probe.tolerance") {
		l.bad("explain.probe.tolerance", "\"tolerance\" must not be negative", "")
	}
	if x := e.Importance; x != nil {
		if m := l.a.Model; m != nil && (m.Type == "xgboost" || m.Type == "lightgbm") && len(x.Groups) == 0 && l.given("explain.importance.repeats") && l.clean("explain.importance.repeats") {
			l.bad("explain.importance.repeats", "\"repeats\" goes with groups, or with models other than trees: the importance of a tree's input needs no draws", "remove the key")
		}
		if l.given("explain.importance.loss") && l.clean("explain.importance.loss") && l.a.Columns.Label == nil && l.clean("columns.label") {
			l.bad("explain.importance.loss", "a loss needs columns.label", "say what turned out to be true, or remove the key: gaps are explained without")
		}
	}
	if x := e.Gap; x != nil {
		l.amongGroups("explain.gap.attributes", x.Attributes)
		for i, metric := range x.Metrics {
			l.gapMetric(listPath("explain.gap.metrics", i, len(x.Metrics), l), metric)
		}
	}
	if x := e.Attribution; x != nil && x.Of == "decision" && l.a.Model != nil && l.a.Model.Threshold == "" && l.clean("model") {
		l.bad("explain.attribution.of", "a decision needs model.threshold", "threshold: 0.5")
	}
	if x := e.Dependence; x != nil && x.By != "" {
		l.amongGroups("explain.dependence.by", []string{x.By})
	}
	if x := e.Flip; x != nil {
		l.amongGroups("explain.flip.attributes", x.Attributes)
	}
	if x := e.Proxies; x != nil {
		l.amongGroups("explain.proxies.attributes", x.Attributes)
	}
	if x := e.Decomposition; x != nil {
		l.amongGroups("explain.decomposition.attributes", x.Attributes)
		l.amongStrata("explain.decomposition.strata", x.Strata)
	}
}

// needsModel refuses explainers that ask the model where there is none.
func (l *lint) needsModel(e *Explain) {
	if l.a.Model != nil || !l.clean("model") {
		return
	}
	const hint = "say which model made the scores: model: {type: xgboost, path: model.json}"
	if !e.anything() {
		l.bad("explain", "\"explain\" needs a model", hint)
		return
	}
	for _, asked := range []struct {
		name  string
		given bool
	}{{"importance", e.Importance != nil}, {"attribution", e.Attribution != nil}, {"gap", e.Gap != nil}, {"dependence", e.Dependence != nil}, {"flip", e.Flip != nil}} {
		if at := "explain." + asked.name; asked.given && l.clean(at) {
			l.bad(at, asked.name+" asks the model, and there is none", hint)
		}
	}
}

// gapMetric checks that the columns allow a gap.
func (l *lint) gapMetric(path, metric string) {
	switch {
	case !l.clean(path):
	case strings.HasSuffix(metric, "positive_rate") && l.a.Columns.Label == nil && l.clean("columns.label"):
		l.bad(path, metric+" needs columns.label", "say what turned out to be true")
	case metric != "mean_score" && l.a.Model != nil && l.a.Model.Threshold == "" && l.clean("model.threshold"):
		l.bad(path, metric+" needs model.threshold", "threshold: 0.5")
	}
}

func (l *lint) amongGroups(path string, names []string) {
	var known []string
	for _, g := range l.a.Columns.Known() {
		known = append(known, g.Name)
	}
	l.among(path, names, "protected attribute", "columns.groups", known)
}

func (l *lint) amongStrata(path string, names []string) {
	var known []string
	for _, r := range l.a.Columns.Strata {
		known = append(known, r.Column.Name)
	}
	l.among(path, names, "stratum", "columns.strata", known)
}

func (l *lint) among(path string, names []string, noun, home string, known []string) {
	if !l.clean(home) {
		return
	}
	for i, name := range names {
		if at := listPath(path, i, len(names), l); !slices.Contains(known, name) && l.clean(at) {
			l.bad(at, fmt.Sprintf("there is no %s %s under %s", noun, quote(name), home), orHint(didYouMean(name, known), knownHint(known)))
		}
	}
}

func knownHint(known []string) string {
	if len(known) == 0 {
		return ""
	}
	return "there are " + strings.Join(known, ", ")
}

// listPath is the place of an element, or of the bare value that stands for a
// list of one.
func listPath(path string, i, n int, l *lint) string {
	if at := fmt.Sprintf("%s.%d", path, i); n > 1 || l.given(at) {
		return at
	}
	return path
}
