package config

import (
	"maps"
	"slices"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// explainSpec is what is explained; nil where nothing is.
func (a *Audit) explainSpec() *audit.ExplainSpec {
	e := a.Explain
	if e == nil {
		return nil
	}
	s := &audit.ExplainSpec{
		Rows: e.Rows, BackgroundRows: e.Background.Rows, Background: e.Background.From,
		ModelRows: int64(e.Budget.ModelRows), Time: time.Duration(e.Budget.Time),
		ParityRows: e.Probe.Rows, Tolerance: e.Probe.Tolerance, Beyond: e.Probe.Beyond,
	}
	if !e.anything() {
		s.Importance = &audit.ImportanceSpec{Loss: "log_loss", Repeats: 5}
		s.Attribution = &audit.AttributionSpec{Of: "probability"}
		s.Gap = &audit.GapSpec{}
		return s
	}
	if x := e.Importance; x != nil {
		s.Importance = &audit.ImportanceSpec{Loss: x.Loss, Within: x.Within, Repeats: x.Repeats}
		for _, name := range slices.Sorted(maps.Keys(x.Groups)) {
			s.Importance.Groups = append(s.Importance.Groups, audit.FeatureGroup{Name: name, Features: x.Groups[name]})
		}
	}
	if x := e.Attribution; x != nil {
		s.Attribution = &audit.AttributionSpec{Of: x.Of, Paths: x.Paths}
	}
	if x := e.Gap; x != nil {
		s.Gap = &audit.GapSpec{Attributes: x.Attributes, Metrics: x.Metrics}
	}
	if x := e.Dependence; x != nil {
		s.Dependence = &audit.DependenceSpec{Features: x.Features, By: x.By, Points: x.Points, Individual: x.Individual}
	}
	if x := e.Flip; x != nil {
		s.Flip = &audit.FlipSpec{Attributes: x.Attributes}
	}
	if x := e.Proxies; x != nil {
		s.Proxies = &audit.ProxiesSpec{Attributes: x.Attributes, Features: x.Features}
	}
	if x := e.Decomposition; x != nil {
		s.Decomposition = &audit.DecompositionSpec{Attributes: x.Attributes, Strata: x.Strata, Features: x.Features}
	}
	if x := e.Surrogate; x != nil {
		s.Surrogate = &audit.SurrogateSpec{Rounds: x.Rounds, Depth: x.Depth, MinFidelity: x.MinFidelity}
	}
	if x := e.Stability; x != nil {
		s.Stability = &audit.StabilitySpec{Top: x.Top}
	}
	return s
}
