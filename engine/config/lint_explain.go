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
		if m := l.a.Model; m != nil && (m.Type == "xgboost" || m.Type == "lightgbm") && len(x.Groups) == 0 && len(x.Within) == 0 && l.given("explain.importance.repeats") && l.clean("explain.importance.repeats") {
			l.bad("explain.importance.repeats", "\"repeats\" goes with groups or within, or with models other than trees: the importance of a tree's input needs no draws", "remove the key")
		}
		if l.given("explain.importance.loss") && l.clean("explain.importance.loss") && l.a.Columns.Label == nil && l.clean("columns.label") {
			l.bad("explain.importance.loss", "a loss needs columns.label", "say what turned out to be true, or remove the key: gaps are explained without")
		}
	}
	if x := e.Importance; x != nil {
		l.amongStrata("explain.importance.within", x.Within)
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
	if x := e.Attribution; x != nil && x.Paths && l.a.Model != nil && l.a.Model.Type != "xgboost" && l.a.Model.Type != "lightgbm" && l.clean("model.type") {
		l.bad("explain.attribution.paths", "\"paths\" are those of trees, and model.type is "+l.a.Model.Type, "remove the key")
	}
	if x := e.Dependence; x != nil && x.By != "" {
		l.amongGroups("explain.dependence.by", []string{x.By})
	}
	if x := e.Dependence; x != nil && x.Individual > 0 && l.a.Privacy != nil && l.a.Privacy.MinCell > 0 {
		l.bad("explain.dependence.individual", "curves of single rows tell of single people, and privacy.min_cell asks not to", "remove one of the two")
	}
	if x := e.Flip; x != nil {
		l.amongGroups("explain.flip.attributes", x.Attributes)
		l.explainsGroups("explain.flip")
	}
	l.explainsLog(e)
}

// explainsLog checks the explainers that look at the log's columns.
func (l *lint) explainsLog(e *Explain) {
	c := &l.a.Columns
	features := len(c.Features) > 0 || l.a.Model != nil || !l.clean("columns.features")
	outcome := c.Decision != nil || c.Score != nil || !l.clean("columns.decision") || !l.clean("columns.score")
	if x := e.Proxies; x != nil {
		l.amongGroups("explain.proxies.attributes", x.Attributes)
		l.explainsGroups("explain.proxies")
		if len(c.Features) > 0 {
			l.amongFeatures("explain.proxies.features", x.Features)
		}
		if !features && l.clean("explain.proxies") {
			l.bad("explain.proxies", "proxies are looked for among columns.features, and there are none", "features: [age, job]")
		}
	}
	if x := e.Decomposition; x != nil {
		l.amongGroups("explain.decomposition.attributes", x.Attributes)
		l.explainsGroups("explain.decomposition")
		l.amongStrata("explain.decomposition.strata", x.Strata)
		if len(c.Features) > 0 {
			l.amongFeatures("explain.decomposition.features", x.Features)
		}
		switch {
		case !l.clean("explain.decomposition"):
		case !features && len(c.Strata) == 0 && l.clean("columns.strata"):
			l.bad("explain.decomposition", "a gap is taken apart by columns.strata or columns.features, and there are neither", "strata: [job]")
		case !outcome:
			l.bad("explain.decomposition", "a gap is one of columns.decision or columns.score, and there are neither", "")
		}
	}
	if x := e.Surrogate; x != nil && l.clean("explain.surrogate") {
		switch {
		case len(c.Features) == 0 && l.clean("columns.features"):
			l.bad("explain.surrogate", "a surrogate is made from columns.features, and there are none", "features: [age, job]")
		case !outcome:
			l.bad("explain.surrogate", "a surrogate stands in for columns.score or columns.decision, and there are neither", "")
		}
	}
}

// explainsGroups refuses what is about groups where there are none.
func (l *lint) explainsGroups(path string) {
	if len(l.a.Columns.Known()) == 0 && l.clean("columns.groups") && l.clean(path) {
		l.bad(path, strings.TrimPrefix(path, "explain.")+" is about protected attributes, and columns.groups has none", "groups: {sex: {column: sex}}")
	}
}

func (l *lint) amongFeatures(path string, names []string) {
	var known []string
	for _, r := range l.a.Columns.Features {
		known = append(known, r.Column.Name)
	}
	l.among(path, names, "feature", "columns.features", known)
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
