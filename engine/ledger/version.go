package ledger

import (
	"context"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// KindVersion is the kind of series that says which version of the model decided most
// rows of a window: its key is the version, and it has no number.
const KindVersion = "version"

// versions adds the versions of a result's windows.
func (r *Run) versions(result *audit.Result) {
	for _, w := range result.Windows {
		if w.Version != "" {
			r.Values = append(r.Values, Value{Kind: KindVersion, Scope: r.Period, Key: w.Version, Window: w.ID})
		}
	}
}

// WindowVersions are the versions of an audit's windows, as the last run that saw a
// window knows them.
func (l *Ledger) WindowVersions(ctx context.Context, name string) (map[string]string, error) {
	all, err := l.Versions(ctx, Query{Audit: name, Kind: KindVersion})
	out, last := map[string]string{}, map[string]int64{}
	for _, v := range all {
		if !v.Gone && v.Run >= last[v.Window] {
			out[v.Window], last[v.Window] = v.Key, v.Run
		}
	}
	return out, err
}
