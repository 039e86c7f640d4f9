package detectors

import (
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// oracleEntry finds an entry of a case of the oracle drift.json, such as
// evidently/psi/0; ok is false where the tool raised an error.
func oracleEntry(t *testing.T, c map[string]any, path string) (x float64, drifted, ok bool) {
	t.Helper()
	var at any = c
	for _, key := range strings.Split(path, "/") {
		if list, isList := at.([]any); isList {
			at = list[slices.Index([]string{"0", "1"}, key)]
			continue
		}
		m, isMap := at.(map[string]any)
		if !isMap || m[key] == nil {
			if _, isText := at.(string); isText { // what the tool raised
				return 0, false, false
			}
			t.Fatalf("%v has no %s", c["id"], path)
		}
		at = m[key]
	}
	if list, isList := at.([]any); isList {
		drifted, _ = list[1].(bool)
		at = list[0]
	}
	switch v := at.(type) {
	case float64:
		return v, drifted, true
	case string:
		return math.Inf(1), false, v == "Infinity"
	}
	return 0, false, false
}

// TestCompatByName holds that each tool's numbers come out of the detector under
// its names: bank-full 2008-05 against other months, by the oracle drift.json
// (SciPy 1.17.1, Evidently 0.7.23, NannyML 0.13.1, feature-engine 1.9.4).
func TestCompatByName(t *testing.T) {
	f, err := os.Open("../engine/stat/testdata/compat.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []map[string]any }
	if err := json.NewDecoder(z).Decode(&file); err != nil {
		t.Fatal(err)
	}
	both := map[string]string{
		"evidently_psi": "evidently/psi", "evidently_kl_div": "evidently/kl_div", "evidently_jensenshannon": "evidently/jensenshannon",
		"evidently_hellinger": "evidently/hellinger", "evidently_value_drift": "evidently_default/value",
		"nannyml_jensen_shannon": "nannyml/jensen_shannon/value", "nannyml_hellinger": "nannyml/hellinger/value",
	}
	binned := map[string]string{
		"scipy_jensenshannon": "js_distance_nats", "scipy_entropy": "kl_ref_cur", "scipy_entropy_reversed": "kl_cur_ref",
		"scipy_chi2_contingency": "chi2_contingency/0", "scipy_chi2_contingency p": "chi2_contingency/1", "scipy_association_cramer": "cramers_v",
		"scipy_chi2_contingency_log_likelihood": "g_contingency/0", "scipy_chi2_contingency_log_likelihood p": "g_contingency/1",
	}
	numbers := map[string]string{
		"evidently_wasserstein": "evidently/wasserstein", "evidently_ks": "evidently/ks", "evidently_anderson": "evidently/anderson",
		"evidently_cramer_von_mises": "evidently/cramer_von_mises", "evidently_es": "evidently/es", "evidently_t_test": "evidently/t_test",
		"evidently_mannw": "evidently/mannw", "evidently_ed": "evidently/ed",
		"nannyml_kolmogorov_smirnov": "nannyml/kolmogorov_smirnov/value", "nannyml_wasserstein": "nannyml/wasserstein/value",
		"scipy_ks_2samp": "scipy/ks_auto/0", "scipy_ks_2samp p": "scipy/ks_auto/1", "scipy_wasserstein_distance": "scipy/wasserstein",
		"scipy_energy_distance": "scipy/energy_distance", "scipy_cramervonmises_2samp": "scipy/cramervonmises/0", "scipy_cramervonmises_2samp p": "scipy/cramervonmises/1",
		"scipy_anderson_ksamp": "scipy/anderson_ksamp/0", "scipy_anderson_ksamp p": "scipy/anderson_ksamp/1",
		"scipy_epps_singleton_2samp": "scipy/epps_singleton/0", "scipy_epps_singleton_2samp p": "scipy/epps_singleton/1",
		"scipy_mannwhitneyu": "scipy/mannwhitney_two_sided/0", "scipy_mannwhitneyu p": "scipy/mannwhitney_two_sided/1",
		"scipy_ttest_ind": "scipy/welch_t/0", "scipy_ttest_ind p": "scipy/welch_t/1",
		"feature_engine_psi_equal_frequency": "feature_engine_psi/equal_frequency", "feature_engine_psi_equal_width": "feature_engine_psi/equal_width",
	}
	categories := map[string]string{
		"evidently_chisquare": "evidently/chisquare", "nannyml_l_infinity": "nannyml/l_infinity/value", "nannyml_chi2": "nannyml/chi2/value",
		"feature_engine_psi": "scipy/psi_fill1e-4",
	}
	months := []string{"2008-05", "2008-06", "2008-12", "2009-05", "2010-08"}
	for _, column := range []string{"age", "job", "marital", "education"} {
		rows := slices.DeleteFunc(bankMonths(t, column), func(r row) bool { return !slices.Contains(months, r.window) })
		var ms []audit.Measurement
		for _, tool := range []string{"evidently", "nannyml", "scipy", "feature_engine"} {
			ms = append(ms, runDrift(t, driftSpec(column, column == "age"), rows, DriftParams{Compat: tool}).Measurements...)
		}
		for _, c := range file.Cases {
			p := strings.Split(c["id"].(string), "/")
			if p[0] != "bank" || p[1] != "2008-05" || !slices.Contains(months, p[2]) || p[3] != column {
				continue
			}
			of, under := categories, "scipy/"
			if column == "age" {
				of, under = numbers, "ref_deciles_open/"
			}
			wants := map[string]string{}
			for _, part := range []map[string]string{both, of} {
				for metric, path := range part {
					wants[metric] = path
				}
			}
			for metric, path := range binned {
				wants[metric] = under + path
			}
			for metric, path := range wants {
				checkCompat(t, c, ms, metric, path, p[2])
			}
		}
	}
}

func checkCompat(t *testing.T, c map[string]any, ms []audit.Measurement, metric, path, window string) {
	t.Helper()
	want, drifted, ok := oracleEntry(t, c, path)
	name, ofP := strings.CutSuffix(metric, " p")
	m := inWindow(t, ms, name, window)
	got := m.Value
	if ofP {
		got = m.P
	}
	if !ok || math.IsInf(want, 1) {
		if got != nil {
			t.Errorf("%v: %s is %v, the tool has none", c["id"], metric, *got)
		}
		return
	}
	if got == nil {
		t.Errorf("%v: %s is undefined (%s), want %v", c["id"], metric, m.Note, want)
		return
	}
	// The limit law of Cramér and von Mises is a series that ends at 1e-7.
	tolerance := max(1e-10*math.Abs(want), 1e-12)
	if math.Abs(want) < 1e-15 {
		tolerance = 1e-6 * math.Abs(want)
	}
	if math.Abs(*got-want) > tolerance {
		t.Errorf("%v: %s is %v, want %v", c["id"], metric, *got, want)
	}
	if strings.HasPrefix(metric, "evidently_") && name != "evidently_value_drift" && strings.Contains(m.Note, " calls this drift") != drifted {
		t.Errorf("%v: %s: %q, the tool says %v", c["id"], metric, m.Note, drifted)
	}
}

// NannyML's alert limit, with the windows of the reference as its chunks: mean
// and three standard deviations of SciPy's jensenshannon (base 2) of job in
// 2008-05, 2008-06 and 2008-07 against the three together.
func TestNannyMLThreshold(t *testing.T) {
	spec := driftSpec("job", false)
	spec.Windows.Reference = "2008-05..2008-07"
	ms := runDrift(t, spec, bankMonths(t, "job"), DriftParams{Compat: "nannyml"}).Measurements
	if m := inWindow(t, ms, "nannyml_jensen_shannon_threshold", "2008-08"); m.Value == nil || math.Abs(*m.Value/0.11241935475259954-1) > 1e-12 {
		t.Errorf("the limit is %v (%s)", m.Value, m.Note)
	}
	m := inWindow(t, ms, "nannyml_jensen_shannon", "2008-08")
	if m.Value == nil || math.Abs(*m.Value/0.3285850641267612-1) > 1e-12 || !strings.Contains(m.Note, "NannyML calls this drift") {
		t.Errorf("the distance is %v (%s)", m.Value, m.Note)
	}
	one := runDrift(t, driftSpec("job", false), bankMonths(t, "job"), DriftParams{Compat: "nannyml"}).Measurements
	if m := inWindow(t, one, "nannyml_jensen_shannon_threshold", "2008-08"); m.Value != nil || !strings.Contains(m.Note, "fewer than two windows") {
		t.Errorf("one window gives the limit %v (%s)", m.Value, m.Note)
	}
}

// A column of two values, in few rows: Evidently chooses its z test of them.
func TestEvidentlyChoosesForFewRows(t *testing.T) {
	rows := monthly("job", map[string]map[string]int64{"2024-01": {"a": 420, "b": 580}, "2024-02": {"a": 380, "b": 420}})
	ms := runDrift(t, driftSpec("job", false), rows, DriftParams{Compat: "evidently"}).Measurements
	// z 420/1000 against 380/800: p = 0.0196244149766398, of the pooled two-proportion test.
	m := inWindow(t, ms, "evidently_value_drift", "2024-02")
	if m.Value == nil || math.Abs(*m.Value/0.019624414976639803-1) > 1e-10 || !strings.Contains(m.Note, "it chose z") {
		t.Errorf("%v (%s)", m.Value, m.Note)
	}
}
