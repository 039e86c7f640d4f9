package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/ledger"
)

func (a *app) ledgerCommand() *cobra.Command {
	return group("ledger", "list, show, check and export the history of audits",
		a.ledgerListCommand(), a.ledgerShowCommand(), a.ledgerExportCommand(), a.ledgerVerifyCommand(), a.ledgerPruneCommand(),
		a.ledgerAlarmsCommand(), a.ledgerAckCommand())
}

// ledgerLong says which ledger the commands read.
const ledgerLong = "LEDGER is a file, the address of a PostgreSQL database (postgres://user@host/database; the\n" +
	"password comes from PGPASSWORD or a pgpass file), or an audit.yaml that names one; default:\naudits/ledger.db."

// onLedger makes a command that reads a ledger.
func (a *app) onLedger(cmd *cobra.Command, do func(ctx context.Context, l *ledger.Ledger) error) *cobra.Command {
	cmd.Use += " [LEDGER]"
	cmd.Long += "\n\n" + ledgerLong
	cmd.Args = func(_ *cobra.Command, args []string) error {
		if len(args) > 1 {
			return errors.New("one ledger at a time")
		}
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		where := defaultLedger()
		if len(args) == 1 {
			where = args[0]
		}
		return done(a.withLedger(cmd.Context(), where, do))
	}
	return cmd
}

func (a *app) withLedger(ctx context.Context, where string, do func(context.Context, *ledger.Ledger) error) error {
	if namesAudit(where) {
		conf, err := a.load(where)
		if err != nil {
			return err
		}
		where = ledgerOf(conf, runFlags{out: "audits"}, make([]destination, 1))
		if where == "" {
			return usage("the audit keeps no history: it says ledger: none")
		}
	}
	l, err := ledger.Open(ctx, where, ledger.Options{})
	if err != nil {
		return err
	}
	defer l.Close()
	return do(ctx, l)
}

// namesAudit tells an audit.yaml from a ledger.
func namesAudit(where string) bool {
	ext := filepath.Ext(where)
	return !ledger.IsAddress(where) && (ext == ".yaml" || ext == ".yml")
}

func (a *app) ledgerListCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{Use: "list", Short: "list the runs, and why each differs from the one before",
		Example: "  plumbline ledger list\n  plumbline ledger list /srv/audits/ledger.db"}
	formatFlag(cmd, &format)
	return a.onLedger(cmd, func(ctx context.Context, l *ledger.Ledger) error {
		runs, err := l.Runs(ctx, "")
		if err != nil {
			return err
		}
		if format == "json" {
			return a.print(asJSON(listed(runs)))
		}
		return a.print(func(w io.Writer) error { return listRuns(w, runs) })
	})
}

func (a *app) ledgerShowCommand() *cobra.Command {
	var run int64
	var format string
	cmd := &cobra.Command{Use: "show", Short: "show a run: its files, and the windows that it wrote or restated",
		Example: "  plumbline ledger show --run 3"}
	cmd.Flags().Int64Var(&run, "run", 0, "`N` as ledger list has it; default: the last")
	formatFlag(cmd, &format)
	return a.onLedger(cmd, func(ctx context.Context, l *ledger.Ledger) error {
		shown, err := findRun(ctx, l, run)
		if err != nil {
			return err
		}
		if format == "json" {
			return a.print(asJSON(shown))
		}
		return a.print(shown.write)
	})
}

func findRun(ctx context.Context, l *ledger.Ledger, id int64) (*shownRun, error) {
	runs, err := l.Runs(ctx, "")
	if err != nil {
		return nil, err
	}
	for i := len(runs) - 1; i >= 0; i-- {
		if id != 0 && runs[i].ID != id {
			continue
		}
		out := &shownRun{listedRun: listedRun(runs[i])}
		if out.Inputs, err = l.Inputs(ctx, runs[i].ID); err != nil {
			return nil, err
		}
		revisions, err := l.Revisions(ctx, runs[i].Audit)
		for _, rev := range revisions {
			if rev.Run == runs[i].ID {
				out.Windows = append(out.Windows, shownRevision{rev.Kind, rev.Scope, rev.Window, rev.Number, rev.Reason, rev.Provisional})
			}
		}
		return out, err
	}
	if id == 0 {
		return nil, fmt.Errorf("ledger %s: it has no run", l.Name())
	}
	return nil, fmt.Errorf("ledger %s: it has no run %d; see plumbline ledger list", l.Name(), id)
}

func (a *app) ledgerExportCommand() *cobra.Command {
	var audit, versions string
	cmd := &cobra.Command{Use: "export", Short: "print the numbers of an audit as CSV, with every version",
		Example: "  plumbline ledger export --audit bank > history.csv\n  plumbline ledger export --audit bank --versions now"}
	cmd.Flags().StringVar(&audit, "audit", "", "`NAME` of the audit; may be left out if the ledger has one")
	cmd.Flags().Var(choice(&versions, "all", "all", "now", "first"), "versions", "all, now (as known now) or first (as first reported)")
	return a.onLedger(cmd, func(ctx context.Context, l *ledger.Ledger) error {
		name, err := onlyAudit(ctx, l, audit)
		if err != nil {
			return err
		}
		list, err := l.Versions(ctx, ledger.Query{Audit: name})
		switch {
		case err != nil:
			return err
		case versions == "now":
			list = ledger.AsKnownNow(list)
		case versions == "first":
			list = ledger.AsFirstReported(list)
		}
		return a.print(func(w io.Writer) error { return exportVersions(w, list) })
	})
}

// onlyAudit is the audit that was named, or the only one of a ledger.
func onlyAudit(ctx context.Context, l *ledger.Ledger, name string) (string, error) {
	runs, err := l.Runs(ctx, name)
	if err != nil {
		return "", err
	}
	for _, r := range runs {
		if name != "" && r.Audit != name {
			return "", usage("the ledger has several audits, %s and %s among them: say which with --audit", name, r.Audit)
		}
		name = r.Audit
	}
	if len(runs) == 0 {
		return "", fmt.Errorf("ledger %s: it has no run of %s", l.Name(), orDash(name))
	}
	return name, nil
}

func (a *app) ledgerVerifyCommand() *cobra.Command {
	var full string
	cmd := &cobra.Command{Use: "verify", Short: "check that what is in the ledger is what was written",
		Long: "Verify checks the database, everything that is stored under a digest, and the numbers of\n" +
			"every version of every window. It names what is damaged, and exits with 1. With --full it\n" +
			"reads the log of an audit again, and names the files that have changed or are gone since the\n" +
			"last run, and those in which it finds something else than what is kept of them.",
		Example: "  plumbline ledger verify\n  plumbline ledger verify --full audit.yaml"}
	cmd.Flags().StringVar(&full, "full", "", "`AUDIT`, an audit.yaml: read its log and compare")
	return a.onLedger(cmd, func(ctx context.Context, l *ledger.Ledger) error {
		faults, err := l.Verify(ctx)
		if err == nil && full != "" {
			var more []string
			more, err = a.compareLog(ctx, l, full)
			faults = append(faults, more...)
		}
		if err != nil {
			return err
		}
		if len(faults) > 0 {
			for _, f := range faults {
				a.notes.fault(fmt.Errorf("ledger %s: %s", l.Name(), f))
			}
			return &outcome{code: exitBroken}
		}
		return a.print(lines([]string{"ledger " + l.Name() + ": nothing is damaged"}))
	})
}

// compareLog reads the log of an audit, and names the files in which it finds
// something else than what the ledger keeps of them.
func (a *app) compareLog(ctx context.Context, l *ledger.Ledger, path string) (faults []string, err error) {
	conf, err := a.load(path)
	if err != nil {
		return nil, err
	}
	options, err := a.options(conf, runFlags{}, &meter{})
	if err != nil {
		return nil, err
	}
	last, recorded, err := l.LastInputs(ctx, conf.Name)
	if err != nil {
		return nil, err
	}
	options.Kept, options.Rescan, options.Progress = nothingKept{}, true, nil
	options.HashFull = slices.ContainsFunc(recorded, func(in audit.Input) bool { return in.Hash == "full" && strings.HasSuffix(in.Path, ".parquet") })
	job, err := attempt(ctx, func(ctx context.Context) (*engine.Job, error) { return engine.Open(ctx, conf, a.detectors, options) })
	if err != nil {
		return nil, err
	}
	found, err := attempt(ctx, job.Run)
	if err != nil {
		return nil, err
	}
	faults = changedSince(last, recorded, found.Data.Inputs)
	parts := l.Parts(ctx, conf.Name)
	for _, f := range job.Found() {
		same, err := parts.Same(ledger.Part{Key: f.Key, Class: f.Class, Data: f.Data})
		if err != nil {
			return nil, err
		}
		if !same {
			faults = append(faults, f.File+" has the fingerprint that it had, and something else is found in it; plumbline run --rescan reads it again")
		}
	}
	return faults, nil
}

// changedSince names the files of a run that are gone, or are others than they were.
func changedSince(run int64, recorded, now []audit.Input) (faults []string) {
	for _, was := range recorded {
		i := slices.IndexFunc(now, func(in audit.Input) bool { return in.Path == was.Path && in.Role == was.Role })
		switch {
		case i < 0:
			faults = append(faults, fmt.Sprintf("%s is gone, or audit.yaml no longer names it; run %d read it", was.Path, run))
		case now[i].Bytes != was.Bytes || now[i].Hash == was.Hash && now[i].SHA256 != was.SHA256:
			faults = append(faults, fmt.Sprintf("%s is not what run %d read; plumbline run reads it again, and restates its windows", was.Path, run))
		}
	}
	return faults
}

func (a *app) ledgerPruneCommand() *cobra.Command {
	var keep int
	cmd := &cobra.Command{Use: "prune", Short: "forget the tables of files that only old runs rest on",
		Long: "Prune forgets what was found in files, where none of the last runs of an audit and period\n" +
			"rests on it. Runs and numbers stay, with all their versions: they are the history."}
	cmd.Flags().IntVar(&keep, "keep", 3, "`N` last runs of each audit and period")
	return a.onLedger(cmd, func(ctx context.Context, l *ledger.Ledger) error {
		if keep < 1 {
			return usage("--keep: at least the last run is kept")
		}
		parts, bytes, err := l.Prune(ctx, keep)
		if err != nil {
			return err
		}
		return a.print(lines([]string{fmt.Sprintf("ledger %s: forgot the tables of %s files, %s bytes", l.Name(), grouped(parts), grouped(bytes))}))
	})
}
