package detectors

import (
	"fmt"
	"math"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/stat"
)

// number is a stratified estimate: with people its interval and test are of the
// jackknife.
func (p paired) number(metric string, estimate func(stat.Strata) (float64, error), interval func(stat.Strata) (stat.Interval, error), test bool) audit.Measurement {
	var m audit.Measurement
	v, err := estimate(p.m.counts(-1))
	if err != nil {
		m.Note = "undefined: " + err.Error()
		return p.put(metric, m)
	}
	m.Value = &v
	if p.m.shards() > 0 {
		p.clustered(&m, estimate, test, false)
		return p.put(metric, m)
	}
	m.Interval, m.Note = p.c.in.interval(interval(p.m.counts(-1)))
	if t, err := p.m.counts(-1).Test(stat.TwoSided); err == nil && test {
		m.Test, m.P = t.Method, &t.P
	}
	return p.put(metric, m)
}

// clustered gives an estimate the interval and the test of the jackknife, of
// its logarithm where it is a ratio.
func (p paired) clustered(m *audit.Measurement, estimate func(stat.Strata) (float64, error), test, logs bool) {
	j, err := jackknifed(p.m, func(s stat.Strata) (float64, error) {
		x, err := estimate(s)
		if logs {
			x = math.Log(x)
		}
		return x, err
	})
	if err != nil {
		m.Note = "no interval: " + err.Error()
		return
	}
	m.Shards = j.Shards
	i, err := around(j, p.c.in.alpha)
	if logs {
		i.Low, i.High = math.Exp(i.Low), math.Exp(i.High)
	}
	m.Interval, m.Note = p.c.in.interval(i, err)
	if t, err := j.TTest(0, stat.TwoSided); err == nil && test {
		m.Test, m.P = t.Method, &t.P
	}
}

func (p paired) standardized() {
	m := audit.Measurement{Parameters: map[string]string{"standard": p.standard()}}
	estimate := func(s stat.Strata) (float64, error) {
		a, b, _ := onStandard(s, p.m.standard)
		return a - b, nil
	}
	v, _ := estimate(p.m.counts(-1))
	a, b, variance := onStandard(p.m.counts(-1), p.m.standard)
	m.Value = &v
	m.Note = fmt.Sprintf("standardized rates %s and %s", short4(a), short4(b))
	if p.m.shards() > 0 {
		note := m.Note
		p.clustered(&m, estimate, true, false)
		m.Note = strings.Trim(note+"; "+m.Note, "; ")
	} else if variance > 0 {
		half := float64(stat.NormalUpper(p.c.in.alpha/2) * math.Sqrt(variance))
		m.Interval = bounds(max(-1, v-half), min(1, v+half), p.c.in.alpha, methodStandardized)
	}
	p.put("standardized_difference", m)
}

func short4(x float64) string { return fmt.Sprintf("%.4f", x) }

// standard names the standard population.
func (p paired) standard() string {
	if p.c.params.Standard == "" {
		return "all"
	}
	return p.c.params.Standard
}

func (p paired) kitagawa() {
	rates, composition := parts(p.m.counts(-1))
	p.put("rate_part", audit.Measurement{Value: &rates})
	p.put("composition_part", audit.Measurement{Value: &composition})
}

// ratios are the Mantel-Haenszel ratio of rates and of odds.
func (p paired) ratios() {
	for _, r := range []struct {
		metric string
		of     func(stat.Strata, float64) (float64, stat.Interval, error)
	}{{"mantel_haenszel_ratio", stat.Strata.RiskRatio}, {"mantel_haenszel_odds_ratio", stat.Strata.OddsRatio}} {
		estimate := func(s stat.Strata) (float64, error) {
			x, _, err := r.of(s, p.c.in.alpha)
			if err == stat.ErrNoVariation {
				err = nil
			}
			return x, err
		}
		if p.m.shards() == 0 {
			p.number(r.metric, estimate, func(s stat.Strata) (stat.Interval, error) {
				_, i, err := r.of(s, p.c.in.alpha)
				return i, err
			}, true)
			continue
		}
		var m audit.Measurement
		if v, err := estimate(p.m.counts(-1)); err != nil {
			m.Note = "undefined: " + err.Error()
		} else {
			m.Value = &v
			p.clustered(&m, estimate, true, true)
		}
		p.put(r.metric, m)
	}
}

// tests are the statistics as other tools print them; they take rows as
// independent.
func (p paired) tests() {
	s, note := p.m.counts(-1), ""
	if p.m.shards() > 0 {
		note = "takes rows as independent, though people have several"
	}
	for _, t := range []struct {
		metric string
		of     func() (stat.Test, error)
	}{
		{"cmh_chi_square", func() (stat.Test, error) {
			t, err := s.Test(stat.TwoSided)
			t.Statistic *= t.Statistic
			return t, err
		}},
		{"cmh_chi_square_corrected", s.TestCorrected},
		{"breslow_day_tarone", func() (stat.Test, error) { t, _, err := s.Homogeneity(); return t, err }},
	} {
		m := audit.Measurement{Note: note}
		switch x, err := t.of(); err {
		case nil:
			m.Value, m.Test, m.P = &x.Statistic, x.Method, &x.P
		case stat.ErrSparse:
			m.Value, m.Test, m.Note = &x.Statistic, x.Method, err.Error()
		default:
			m.Note = "undefined: " + err.Error()
		}
		p.put(t.metric, m)
	}
}

// disparity is over all strata of the pair, as its convention has it.
func (p paired) disparity(all matched) {
	var m audit.Measurement
	if v, err := disparity(all.counts(-1)); err == nil {
		m.Value = &v
	}
	p.note = ""
	p.put("conditional_demographic_disparity", m)
}
