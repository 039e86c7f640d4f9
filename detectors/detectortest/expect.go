package detectortest

import (
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

// answer says whether a number can exist.
type answer int

const (
	unknown  answer = iota // the harness cannot tell
	possible               // nothing that the harness knows speaks against it
	defined                // the name is known, and its denominators are not 0
	empty                  // there is nothing to divide by
)

// fraction is the numerator and denominator of a metric of the catalogue.
type fraction func(f facts) (k, n int64)

// fractions are the rates of the catalogue by name. base_rate of a detector of
// scores counts the rows with a score.
func fractions(ofScores bool) map[string]fraction {
	out := map[string]fraction{
		"selection_rate":            func(f facts) (k, n int64) { return f.positive, f.audited },
		"favorable_rate":            func(f facts) (k, n int64) { return f.negative, f.audited },
		"true_positive_rate":        func(f facts) (k, n int64) { return f.tp, f.tp + f.fn },
		"false_negative_rate":       func(f facts) (k, n int64) { return f.fn, f.tp + f.fn },
		"false_positive_rate":       func(f facts) (k, n int64) { return f.fp, f.fp + f.tn },
		"true_negative_rate":        func(f facts) (k, n int64) { return f.tn, f.fp + f.tn },
		"positive_predictive_value": func(f facts) (k, n int64) { return f.tp, f.tp + f.fp },
		"false_discovery_rate":      func(f facts) (k, n int64) { return f.fp, f.tp + f.fp },
		"negative_predictive_value": func(f facts) (k, n int64) { return f.tn, f.tn + f.fn },
		"false_omission_rate":       func(f facts) (k, n int64) { return f.fn, f.tn + f.fn },
		"accuracy":                  func(f facts) (k, n int64) { return f.tp + f.tn, f.labeled() },
		"base_rate":                 func(f facts) (k, n int64) { return f.tp + f.fn, f.labeled() },
		"label_share":               func(f facts) (k, n int64) { return f.labeled(), f.audited },
		"treatment_equality":        func(f facts) (k, n int64) { return f.fn, f.fp },
	}
	if ofScores {
		out["base_rate"] = func(f facts) (k, n int64) { return f.scoredTrue, f.scoredTrue + f.scoredFalse }
	}
	return out
}

// levels say of other metrics of the catalogue whether a group has what they
// take.
func levels() map[string]func(f facts) bool {
	scored := func(f facts) bool { return f.scored > 0 }
	judged := func(f facts) bool { return f.scoredTrue+f.scoredFalse > 0 }
	out := map[string]func(f facts) bool{
		"mean_score": scored, "score_mean": scored, "ks": scored, "wasserstein": scored, "quantile": scored, "superiority": scored,
		"share_above": scored, "log_loss": judged, "auc": func(f facts) bool { return f.scoredTrue > 0 && f.scoredFalse > 0 },
	}
	for _, name := range []string{"calibration_in_the_large", "calibration_error", "calibration_error_rms", "calibration_error_max",
		"brier_score", "brier_reliability", "brier_resolution", "brier_uncertainty"} {
		out[name] = judged
	}
	odds := func(f facts) bool { return f.tp+f.fn > 0 && f.fp+f.tn > 0 }
	for _, name := range []string{"equalized_odds", "equalized_odds_mean", "average_odds", "average_absolute_odds"} {
		out[name] = odds
	}
	for _, name := range []string{"missing_share"} {
		out[name] = func(f facts) bool { return f.scope > 0 }
	}
	for _, name := range []string{"immature_label_share", "unlisted_label_share"} {
		out[name] = func(f facts) bool { return f.audited > 0 }
	}
	return out
}

// expect says whether a measurement can have a number.
func (t *trial) expect(m *audit.Measurement) answer {
	d := t.detector(m.Detector)
	if d == nil || ownGroup(m) || strings.HasPrefix(m.Metric, "scoring_") { // of everyone scored, also of rows that are not audited
		return unknown
	}
	metric := declared(d, m.Metric)
	if metric == nil || metric.Null == detect.NullNoChange || m.Stratum != nil ||
		m.Column != nil && m.Metric != "missing_share" {
		return t.between(m)
	}
	name := strings.TrimSuffix(strings.TrimSuffix(m.Metric, "_difference"), "_ratio")
	a, b, values := t.world.about(m)
	ok, ratio, known := t.takes(d, name, m)
	switch {
	case m.GroupKind == audit.KindWorst:
		return t.worst(ok, ratio, known, values, strings.HasSuffix(m.Metric, "_ratio"))
	case metric.Null == detect.NullNone && !known && m.Attribute == "":
		return unknown
	case m.Metric == "audited_share" || m.Metric == "excluded_share":
		return told(len(t.world.rows) > 0, true)
	case m.Reference == nil && !known && m.Denominator != nil && *m.Denominator > a.scope: // a share of more than the group
		return told(ok(t.world.everybody(m.Window)), false)
	case m.Reference == nil:
		return told(ok(a), known)
	}
	if m.Metric == "standardized_mean_difference" {
		deviates := a.scored > 0 && b.scored > 0 && !b.constant() || m.Parameters["sd"] == "pooled" && !(a.constant() && b.constant())
		return told(ok(a) && ok(b) && deviates, false)
	}
	both := ok(a) && ok(b)
	if strings.HasSuffix(m.Metric, "_ratio") && ratio != nil {
		k, _ := ratio(b)
		both = both && k > 0
	}
	return told(both, known)
}

// ownGroup says that a group is no value of an attribute but one that the
// detector made up, as a search does; what is in it only the detector knows.
func ownGroup(m *audit.Measurement) bool { return m.Attribute == "" && m.Group != nil }

// told turns what a metric takes into an answer.
func told(ok, known bool) answer {
	switch {
	case !ok:
		return empty
	case known:
		return defined
	}
	return possible
}

// takes is what a metric needs of a group, its counts if it is a rate, and
// whether the catalogue knows its name. Of other metrics a group needs what the
// detector says it needs.
func (t *trial) takes(d *detect.Detector, name string, m *audit.Measurement) (ok func(facts) bool, rate fraction, known bool) {
	if rate = fractions(slices.Contains(d.Needs, detect.RoleScore))[name]; rate != nil {
		return func(f facts) bool { _, n := rate(f); return n > 0 }, rate, true
	}
	if name == "share_above" { // how many depends on the cut
		return levels()[name], nil, m.Reference == nil
	}
	if ok = levels()[name]; ok != nil {
		return ok, nil, true
	}
	needs := func(r detect.Role) bool { return slices.Contains(d.Needs, r) }
	return func(f facts) bool {
		return f.scope > 0 && (len(d.Needs) == 0 || f.audited > 0) && (!needs(detect.RoleScore) || f.scored > 0) &&
			(!needs(detect.RoleLabel) || f.labeled() > 0) && (!needs(detect.RoleScore) || !needs(detect.RoleLabel) || f.scoredTrue+f.scoredFalse > 0)
	}, nil, false
}

// worst is about the lowest and the highest group of an attribute.
func (t *trial) worst(ok func(facts) bool, rate fraction, known bool, values map[string]facts, ratio bool) answer {
	groups, highest := 0, int64(0)
	for _, f := range values {
		if ok(f) {
			groups++
			if rate != nil {
				k, _ := rate(f)
				highest = max(highest, k)
			}
		}
	}
	return told(groups >= 2 && (!ratio || rate == nil || highest > 0), known)
}

// between is about metrics that compare windows: without audited rows on both
// sides of the reference window there is nothing to compare.
func (t *trial) between(m *audit.Measurement) answer {
	own, _, _ := t.world.about(&audit.Measurement{Window: audit.AllWindows, Attribute: m.Attribute, Group: m.Group, GroupKind: m.GroupKind})
	if own.scope == 0 {
		return empty
	}
	return unknown
}

func declared(d *detect.Detector, metric string) *detect.Metric {
	for i := range d.Metrics {
		if d.Metrics[i].Name == metric {
			return &d.Metrics[i]
		}
	}
	return nil
}
