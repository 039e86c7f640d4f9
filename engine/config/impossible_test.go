package config

import (
	"math/big"
	"strings"
	"testing"
)

// A limit that no data can break would pass whatever happens, and one that no data
// can meet would fail: both are mistakes.
func TestImpossible(t *testing.T) {
	share := MetricDecl{Scale: "number", Low: "0", High: "1"}
	gap := MetricDecl{Scale: "number", Low: "-1", High: "1", Gap: true}
	for _, c := range []struct {
		m          MetricDecl
		key, value string
		want       string // empty: possible
	}{
		{share, "max", "2", "below 1"}, {share, "max", "1", "below 1"}, {share, "max", "0.99", ""}, {share, "max", "-0.1", "at least 0"},
		{share, "min", "0", "above 0"}, {share, "min", "1.1", "at most 1"}, {share, "min", "1", ""}, {share, "max", "0", ""},
		{gap, "max", "5", "below 1"}, {gap, "max", "-0.2", "at least 0"}, {gap, "min", "-1", "above -1"}, {gap, "min", "-0.1", ""},
		{MetricDecl{Scale: "difference", Gap: true}, "max", "-0.2", "at least 0"},
		{MetricDecl{Scale: "difference"}, "max", "-0.2", ""},
		{MetricDecl{Scale: "number"}, "max", "1000", ""},
	} {
		value, _ := new(big.Rat).SetString(c.value)
		wrong, hint := impossible(c.key, c.m, value)
		if wrong != c.want || wrong != "" && !strings.Contains(hint, "no data can") {
			t.Errorf("%+v %s %s: %q (%q), want %q", c.m, c.key, c.value, wrong, hint, c.want)
		}
	}
}
