package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/ledger"
	"github.com/plumbline-audit/plumbline/engine/scan"
)

// history is the ledger of a run. A fault of it never stops the audit: the reports
// come first, and then the fault.
type history struct {
	where string // "" if nothing is kept
	open  *ledger.Ledger
	parts *ledger.Parts
	fault error
}

// ledgerFile is the name of the ledger in the output folder.
const ledgerFile = "ledger.db"

// ledgerOf is where an audit's history is; "" for nowhere. Unless the configuration
// names a place, it is beside the reports: a run that puts none into the output
// folder, as with -o json=-, is a question, and leaves nothing there.
func ledgerOf(conf *config.Audit, f runFlags, targets []destination) string {
	switch where := conf.Ledger; {
	case where == "none":
		return ""
	case ledger.IsAddress(where):
		return where
	case where != "" && filepath.IsAbs(where):
		return where
	case where != "":
		return filepath.Join(conf.Dir, where)
	}
	for _, d := range targets {
		if d.path == "" {
			return filepath.Join(f.out, ledgerFile)
		}
	}
	return ""
}

// openHistory opens the ledger, if there is one.
func (a *app) openHistory(ctx context.Context, where, name string) *history {
	h := &history{where: where}
	if where == "" || !ledger.IsAddress(where) && !fileExists(where) {
		return h
	}
	if h.open, h.fault = ledger.Open(ctx, where, ledger.Options{}); h.fault == nil {
		h.parts = h.open.Parts(ctx, name)
	}
	return h
}

// kept is what earlier runs found; nil if nothing is to be kept of this one.
func (h *history) kept() engine.Kept {
	switch {
	case h.where == "" || h.fault != nil:
		return nil
	case h.parts == nil:
		return nothingKept{}
	}
	return h.parts
}

// nothingKept is a ledger that does not exist yet.
type nothingKept struct{}

func (nothingKept) Seen(string, int64) (bool, error) { return false, nil }
func (nothingKept) Find(string) ([]scan.Kept, error) { return nil, nil }

func (h *history) close() {
	if h.open != nil {
		_ = h.open.Close() // what was written was committed
	}
}

// record writes a run into the ledger, and says which alarms are open after it. It is
// done even if the program is asked to stop: the reports are there, and it takes no
// time. Without a history every breach is one that opens.
func (a *app) record(ctx context.Context, h *history, job *engine.Job, r *audit.Result) ([]audit.Alarm, error) {
	if h.where == "" {
		return ledger.Untold(ledger.Standings(r)), nil
	}
	ctx = context.WithoutCancel(ctx)
	err := h.fault
	if err == nil {
		err = job.KeptFault()
	}
	if err == nil && h.open == nil {
		h.open, err = ledger.Open(ctx, h.where, ledger.Options{Create: true})
	}
	var alarms []audit.Alarm
	if err == nil {
		alarms, err = a.write(ctx, h, job, r)
	}
	if err != nil {
		h.fault = err
		return ledger.Untold(ledger.Standings(r)), fmt.Errorf("the reports are written, but not the history: %w", err)
	}
	return alarms, nil
}

// readHistory opens the history of an audit to read it.
func readHistory(ctx context.Context, conf *config.Audit, out string) (*ledger.Ledger, error) {
	where := ledgerOf(conf, runFlags{out: out}, make([]destination, 1))
	if where == "" {
		return nil, usage("the audit keeps no history: it says ledger: none")
	}
	return ledger.Open(ctx, where, ledger.Options{})
}

// told notes that the news of alarms was told.
func (h *history) told(ctx context.Context, alarms []audit.Alarm, at time.Time) error {
	if h.open == nil || h.fault != nil || !slices.ContainsFunc(alarms, func(a audit.Alarm) bool { return a.News() }) {
		return nil
	}
	return h.open.Told(context.WithoutCancel(ctx), alarms, at)
}

func (a *app) write(ctx context.Context, h *history, job *engine.Job, r *audit.Result) ([]audit.Alarm, error) {
	facts := ledger.Facts{Methods: job.Methods(), Labeled: job.Labeled(), LabeledKPIs: job.LabeledKPIs(), Maturing: job.Maturing(r), Matures: job.Matures()}
	versions, err := job.Versions(r)
	if err != nil {
		return nil, err
	}
	for _, v := range versions {
		facts.Versions = append(facts.Versions, ledger.VersionIn(v.Version, v.First, v.Last))
	}
	if f := job.Followed(); f != nil {
		facts.ToDate, facts.First = f.Points, f.First()
	}
	run := ledger.FromResult(r, facts)
	run.At = a.now()
	read, files := map[string]bool{}, map[string]bool{}
	for _, f := range job.Found() {
		files[f.File] = true
		if f.Data != nil {
			read[f.File] = true
		}
		run.Parts = append(run.Parts, ledger.Part{File: f.File, Bytes: f.Bytes, Key: f.Key, Class: f.Class, Extent: f.Extent, Data: f.Data})
	}
	out, err := h.open.Record(ctx, run)
	if err != nil {
		return nil, err
	}
	if before := out.Later; before != nil {
		a.notes.caution(fmt.Sprintf("ledger %s: run %d was written at %s, and this machine's clock says that it is %s: one of the clocks is wrong; "+
			"runs are in the order of their numbers, so that nothing else is", h.open.Name(), before.ID, before.WrittenAt, run.At.UTC().Format(time.RFC3339)))
	}
	if h.parts != nil {
		for _, path := range h.parts.Damaged {
			a.notes.caution(fmt.Sprintf("ledger %s: what was found in %s was damaged; the file was read again", h.open.Name(), path))
		}
	}
	for _, path := range out.Differ {
		a.notes.caution(fmt.Sprintf("ledger %s: something else was found in %s than before, though its fingerprint is the same: "+
			"bytes that it does not cover were changed (--hash full covers all), or plumbline counts otherwise", h.open.Name(), path))
	}
	for _, path := range out.Changed {
		a.notes.info("changed since the last run: %s; it was read again", path)
	}
	a.restated(out)
	switch {
	case out.Run == 0:
		a.notes.detail("ledger %s: nothing new", h.open.Name())
	case len(files) > 0:
		a.notes.detail("ledger %s: run %d (%s); read %d of %d files", h.open.Name(), out.Run, out.Reason, len(read), len(files))
	default:
		a.notes.detail("ledger %s: run %d (%s)", h.open.Name(), out.Run, out.Reason)
	}
	return out.Alarms, nil
}

// restated names the windows whose numbers are others than before, the first few of
// them.
func (a *app) restated(out ledger.Recorded) {
	const most = 6
	more := 0
	for _, rev := range out.Revisions {
		if rev.Number == 1 || rev.Window == audit.AllWindows {
			continue
		}
		if more++; more <= most {
			a.notes.info("restated: window %s, version %d, because of %s", rev.Window, rev.Number, strings.ReplaceAll(rev.Reason, "+", " and "))
		}
	}
	if more > most {
		a.notes.info("restated: %d windows more; plumbline ledger show lists them", more-most)
	}
}

func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
