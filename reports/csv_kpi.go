package reports

import (
	"bufio"
	"io"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// kpiColumns is the header of the indicators' export, in order.
func kpiColumns() []string {
	return []string{
		"kpi", "title", "kind", "unit", "definition", "pack",
		"attribute", "group", "group_kind", "reference", "window",
		"value", "numerator", "denominator", "n", "unknown",
		"interval_low", "interval_high", "interval_level", "interval_method", "shards", "estimate",
		"to_date", "sequence_low", "sequence_high", "sequence_level", "sequence_method", "change_log", "alarm_since", "control_low", "control_high", "control_method",
		"target_min", "target_max", "target_by", "limit_min", "limit_max", "state", "verdict", "direction", "owner", "source", "note",
		"immature", "label_low", "label_high", "label_open", "season_window", "season_change", "season_low", "season_high",
	}
}

// WriteKPIs writes the indicators as [WriteCSV] writes measurements: one row per
// indicator, group and window. Without any there is a header.
func WriteKPIs(w io.Writer, r *audit.Result) error {
	out := bufio.NewWriter(w)
	csvLine(out, kpiColumns())
	definitions := map[string]*audit.KPIDefinition{}
	for i := range r.KPIDefinitions {
		definitions[r.KPIDefinitions[i].Name] = &r.KPIDefinitions[i]
	}
	for i := range r.KPIs {
		d := definitions[r.KPIs[i].KPI]
		if d == nil {
			d = &audit.KPIDefinition{}
		}
		csvLine(out, kpiRow(d, &r.KPIs[i]))
	}
	return out.Flush()
}

func kpiRow(d *audit.KPIDefinition, p *audit.KPI) []string {
	iv, level := audit.Interval{}, ""
	if p.Interval != nil {
		iv = *p.Interval
		level = csvFloat(&iv.Level)
	}
	seq, seqLevel, control := audit.Interval{}, "", audit.Interval{}
	if p.Sequence != nil {
		seq = *p.Sequence
		seqLevel = csvFloat(&seq.Level)
	}
	if p.Control != nil {
		control = *p.Control
	}
	target, limits := audit.KPIRange{}, audit.KPIRange{}
	if d.Target != nil {
		target = *d.Target
	}
	if d.Limits != nil {
		limits = *d.Limits
	}
	value, numerator, denominator, n := csvFloat(p.Value), csvFloat(p.Numerator), csvFloat(p.Denominator), strconv.FormatInt(p.N, 10)
	if p.Suppressed {
		value, numerator, denominator, n = withheld, withheld, withheld, withheld
	}
	return append([]string{
		csvText(p.KPI), csvText(d.Title), csvText(d.Kind), csvText(d.Unit), csvText(p.Definition), csvText(d.Pack),
		csvText(p.Attribute), csvOptional(p.Group), csvText(string(p.GroupKind)), csvOptional(p.Reference), csvText(p.Window),
		value, numerator, denominator, n, csvPositive(p.Unknown),
		csvFloat(iv.Low), csvFloat(iv.High), level, csvText(iv.Method), csvPositive(int64(p.Shards)), strconv.FormatBool(p.Estimate),
		csvFloat(p.ToDate), csvFloat(seq.Low), csvFloat(seq.High), seqLevel, csvText(seq.Method), csvFloat(p.Change), csvText(p.Alarm), csvFloat(control.Low), csvFloat(control.High), csvText(control.Method),
		csvText(target.Min), csvText(target.Max), csvText(target.By), csvText(limits.Min), csvText(limits.Max),
		csvText(string(p.State)), csvText(string(p.Verdict)), csvText(d.Direction), csvText(d.Owner), csvText(p.Source), csvText(p.Note),
	}, kpiLateRow(p)...)
}

// kpiLateRow is what labels may still do to a point, and how it stands beside the
// season before.
func kpiLateRow(p *audit.KPI) []string {
	out := make([]string, 8)
	out[0] = csvPositive(p.Immature)
	if b := p.LabelBounds; b != nil {
		out[1], out[2], out[3] = csvFloat(&b.Low), csvFloat(&b.High), strconv.FormatInt(b.Open, 10)
	}
	if x := p.Season; x != nil {
		out[4], out[5] = csvText(x.Window), csvFloat(&x.Change)
		if x.Interval != nil {
			out[6], out[7] = csvFloat(x.Interval.Low), csvFloat(x.Interval.High)
		}
	}
	return out
}
