package engine

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/detect"
	"github.com/plumbline-audit/plumbline/engine/kpi"
	"github.com/plumbline-audit/plumbline/engine/pack"
	"github.com/plumbline-audit/plumbline/engine/privacy"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// Course is the history of an audit's indicators, before it is read.
type Course struct {
	audit *config.Audit
	spec  *audit.Spec
	kpis  *kpi.Set
	seen  map[[3]string]bool // what Saw has said
}

// OpenCourse takes the definitions from a configuration. It reads no log.
func OpenCourse(a *config.Audit, detectors []detect.Detector, today time.Time) (*Course, error) {
	packs, err := pack.Apply(a, Declarations(detectors), today)
	if err != nil {
		return nil, err
	}
	c := &Course{audit: packs.Audit, spec: packs.Audit.Spec(), seen: map[[3]string]bool{}}
	if c.kpis, err = kpi.New(c.audit, c.spec); err != nil {
		return nil, err
	}
	switch {
	case c.kpis.Empty():
		return nil, c.none()
	case c.spec.Windows.Every == "":
		return nil, config.Errors{c.audit.Mistake("windows", "the audit has no windows, so its indicators have no course", "windows: {every: month}")}
	}
	return c, nil
}

func (c *Course) none() error {
	return config.Errors{c.audit.Mistake("kpis", "the audit follows no indicators", "give it kpis, as in plumbline packs")}
}

// Saw tells whether a run of a period saw all that an indicator's number of a window
// is about: the window, and what it is compared with.
func (c *Course) Saw(indicator, period, window string) bool {
	if period == audit.AllWindows || period == "" {
		return true
	}
	key := [3]string{indicator, period, window}
	said, known := c.seen[key]
	if !known {
		said = c.saw(indicator, period, window)
		c.seen[key] = said
	}
	return said
}

func (c *Course) saw(indicator, period, window string) bool {
	looks := c.kpis.Looks(indicator)
	from, to, err := c.span(window)
	if err != nil || looks == kpi.LooksAtMany {
		return false
	}
	start, end, err := c.span(period)
	if err != nil {
		return false
	}
	if looks == kpi.LooksBack {
		from = from.Add(-time.Nanosecond)
	}
	return !from.Before(start) && !to.After(end)
}

// span is the time of a window or of a period.
func (c *Course) span(id string) (start, end time.Time, err error) {
	for _, r := range c.spec.Windows.Ranges {
		if r.Name == id {
			return r.Start, r.End, nil
		}
	}
	return config.ParseSpan(id, c.spec.Windows.Zone)
}

// Trend puts the points in order, and holds them to the limits of today. With small
// cells suppressed, they are so here too.
func (c *Course) Trend(points []audit.TrendPoint) (*audit.Trend, error) {
	windows, err := c.windows(points)
	if err != nil {
		return nil, err
	}
	s := c.spec
	r := &audit.Result{
		SchemaVersion: audit.SchemaVersion, Windows: windows, Verdict: audit.Ungated,
		Audit: audit.Header{Name: s.Name, Title: s.Title, Kind: s.Kind, SpecSHA256: c.audit.SHA256(), Packs: []string{}, Alpha: s.Alpha, Period: audit.AllWindows,
			WindowEvery: s.Windows.Every, Timezone: s.Windows.Zone.String(), Words: s.Words},
	}
	out := &audit.Trend{}
	if c.kpis.Recalled(points); c.kpis.Empty() {
		return nil, c.none()
	}
	r.KPIDefinitions = c.kpis.Described()
	out.Points, r.KPIMonitoring = c.kpis.Recall(points, windows, c.groups(points), s)
	r.KPIs = make([]audit.KPI, len(out.Points))
	for i := range out.Points {
		r.KPIs[i] = out.Points[i].KPI
		if p := &out.Points[i]; p.Verdict != "" {
			r.Verdict = audit.Worse(r.Verdict, p.Verdict)
		}
	}
	r.Groups = c.groups(out.Points)
	c.lacking(r)
	if p := c.audit.Privacy; p != nil {
		r.Privacy = &audit.Privacy{MinCell: p.MinCell, Exact: true}
		r = privacy.Apply(r)
		for i := range out.Points {
			out.Points[i].KPI, out.Points[i].First = r.KPIs[i], nil // what changed may be one person
		}
	}
	out.Result = r
	return out, nil
}

// windows lists the windows from the first with a point to the last, and those
// between.
func (c *Course) windows(points []audit.TrendPoint) (out []audit.Window, err error) {
	spec := c.spec.Windows
	add := func(id string, start, end time.Time) {
		out = append(out, audit.Window{ID: id, Start: start.In(spec.Zone).Format(time.RFC3339), End: end.In(spec.Zone).Format(time.RFC3339)})
	}
	if len(spec.Ranges) > 0 {
		for _, r := range spec.Ranges {
			add(r.Name, r.Start, r.End)
		}
		return out, nil
	}
	var first, last time.Time
	seen := map[string]bool{}
	for i := range points {
		id := points[i].Window
		if seen[id] {
			continue
		}
		seen[id] = true
		start, _, err := c.span(id)
		if err != nil {
			continue // a range that the audit had once
		}
		if now, _, _ := config.WindowOf(spec.Every, spec.Zone, start); now != id {
			continue // cut otherwise than now
		}
		if first.IsZero() || start.Before(first) {
			first = start
		}
		if start.After(last) {
			last = start
		}
	}
	for t := first; len(points) > 0 && !t.After(last); {
		id, start, end := config.WindowOf(spec.Every, spec.Zone, t)
		if len(out) == maxWindows {
			return nil, fmt.Errorf("more than %d windows of one %s between %s and %s", maxWindows, spec.Every, first.Format(time.DateOnly), last.Format(time.DateOnly))
		}
		add(id, start, end)
		t = end
	}
	return out, nil
}

// groups lists the groups that points are about, in the order of a result.
func (c *Course) groups(points []audit.TrendPoint) []audit.Attribute {
	bands := map[string][]string{}
	for _, g := range c.audit.Columns.Known() {
		bands[g.Name] = g.Bands()
	}
	values := map[string][]string{}
	var names []string
	seen := map[[2]string]bool{}
	for i := range points {
		p := &points[i]
		if p.GroupKind != audit.KindValue || p.Group == nil || seen[[2]string{p.Attribute, *p.Group}] {
			continue
		}
		seen[[2]string{p.Attribute, *p.Group}] = true
		if values[p.Attribute] == nil {
			names = append(names, p.Attribute)
		}
		values[p.Attribute] = append(values[p.Attribute], *p.Group)
	}
	slices.Sort(names)
	var out []audit.Attribute
	for _, name := range names {
		a := audit.Attribute{Attribute: name, Column: name, Reference: "none"}
		slices.SortFunc(values[name], func(x, y string) int {
			return cmp.Or(cmp.Compare(slices.Index(bands[name], x), slices.Index(bands[name], y)), table.CompareNames(x, y))
		})
		for _, v := range values[name] {
			a.Values = append(a.Values, audit.GroupValue{Value: &v})
		}
		out = append(out, a)
	}
	return out
}

// lacking says of definitions without a point why there is none.
func (c *Course) lacking(r *audit.Result) {
	has := map[string]bool{}
	for i := range r.KPIs {
		has[r.KPIs[i].KPI] = true
	}
	for i := range r.KPIDefinitions {
		d := &r.KPIDefinitions[i]
		switch {
		case has[d.Name] || d.NotMeasured != "":
		case c.kpis.Looks(d.Name) != kpi.LooksHere:
			d.NotMeasured = "it compares windows, and the history has no two of them"
		default:
			d.NotMeasured = "no run of the history has it"
		}
	}
}

// Versions marks which version of the model decided most rows of each window, and
// where that changed. What the indicators did there only a run over all windows says.
func (c *Course) Versions(t *audit.Trend, of map[string]string) {
	r, last := t.Result, ""
	for i := range r.Windows {
		w := &r.Windows[i]
		version := of[w.ID]
		if version == "" {
			continue
		}
		w.Version = version
		if last != "" && version != last {
			r.VersionChanges = append(r.VersionChanges, audit.VersionChange{Window: w.ID, From: last, To: version, KPIs: []audit.VersionEffect{}})
		}
		last = version
	}
}
