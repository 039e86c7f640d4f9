package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/kpi"
)

// Asks says what an audit needs evidence for. It reads the configuration and the
// files that belong to it, and no log. Of the options it takes the seed, the day and
// the audited model.
func Asks(a *config.Audit, detectors []detect.Detector, o Options) (*audit.Asked, error) {
	j, err := newJob(a, detectors, o)
	if err != nil {
		return nil, err
	}
	if err := j.loadPopulations(); err != nil { // their digests are part of the configuration's
		return nil, err
	}
	out := &audit.Asked{Name: j.spec.Name, Title: j.spec.Title, Spec: j.audit.SHA256(), HasVersion: j.spec.HasVersion, Zone: j.spec.Windows.Zone, Drift: map[[2]string]bool{}, Waive: waivers(j.audit)}
	metrics := map[[2]string]detect.Metric{}
	declared := slices.Clone(detectors)
	if !j.kpis.Empty() {
		declared = append(declared, j.kpis.Detector())
	}
	var ran []detect.Detector
	for _, d := range declared {
		for _, m := range d.Metrics {
			metrics[[2]string{d.Name, m.Name}] = m
			out.Drift[[2]string{d.Name, m.Name}] = m.Null == detect.NullNoChange
		}
		if slices.ContainsFunc(j.audit.Detectors, func(w config.Detector) bool { return w.Name == d.Name }) {
			ran = append(ran, d)
		}
	}
	out.Methods = methods(ran)
	for _, g := range j.spec.Gates {
		m := metrics[[2]string{g.Detector, g.Metric}]
		asked := audit.AskedGate{Detector: g.Detector, Metric: g.Metric, Key: g.Key, Value: g.Value, Pack: g.Pack, Method: m.Version, Attributes: []string{""}}
		if m.Null == detect.NullNoGap && g.Detector != kpi.Name {
			asked.Attributes = nil
			for _, at := range detect.Attributes(j.spec) {
				asked.Attributes = append(asked.Attributes, at.Name)
			}
		}
		asked.MaxAge, asked.AgeOf = j.maxAge(g.Pack)
		out.Gates = append(out.Gates, asked)
	}
	for _, p := range j.packs.Packs {
		limits := slices.ContainsFunc(j.spec.Gates, func(g audit.Gate) bool { return g.Pack == p.Name })
		if p.MaxAge > 0 && !limits {
			out.Packs = append(out.Packs, audit.AskedPack{Name: p.Name, MaxAge: p.Age()})
		}
	}
	return out, nil
}

// maxAge is how old evidence for a pack's limit may be: as its pack says, or else the
// strictest of the audit's packs.
func (j *Job) maxAge(name string) (age time.Duration, of string) {
	for _, p := range j.packs.Packs {
		switch {
		case p.MaxAge == 0:
		case p.Name == name:
			return p.Age(), p.Name
		case age == 0 || p.Age() < age:
			age, of = p.Age(), p.Name
		}
	}
	return age, of
}

// waivers tells which of a configuration's waivers hold at a time.
func waivers(a *config.Audit) func(time.Time) []audit.Waiving {
	return func(at time.Time) (out []audit.Waiving) {
		for _, w := range a.Waivers {
			out = append(out, audit.Waiving{Metric: w.Metric, Attribute: w.Attribute, Version: w.Version,
				Waived: audit.Waived{Reason: w.Reason, By: w.By, Until: w.Until, Over: !w.Holds(at, a.Windows.Zone())}})
		}
		return out
	}
}

// methods names the metrics of detectors, with their versions.
func methods(list []detect.Detector) string {
	var b strings.Builder
	for _, d := range list {
		for _, m := range d.Metrics {
			fmt.Fprintf(&b, "%s.%s %d\n", d.Name, m.Name, m.Version)
		}
	}
	return b.String()
}
