package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/notify"
	"github.com/plumbline-audit/plumbline/engine/privacy"
)

// runFlags are the flags of run.
type runFlags struct {
	out               string
	outputs           []string
	period, asOf      string
	workers           int
	memory            byteSize
	seed              uint64
	seeded            bool
	plan              bool
	hash              string
	failOn            string
	allowInconclusive bool
	exitZero          bool
	progress          string
	saveReference     string
	profile           string
	baselines         []string
	rescan            bool
}

func (a *app) runCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run AUDIT [flags]",
		Short: "audit the log and write the report",
		Long: "Run audits the log that AUDIT (an audit.yaml) names, prints the summary and writes\n" +
			"report.html, result.json and measurements.csv to audits/NAME/all.\n\n" +
			"Exit code: 0 nothing failed, 1 the audit could not be carried out, 2 mistake in the\n" +
			"arguments or in AUDIT, 3 a gate failed, 4 a gate could not be decided, 130 interrupted.\n\n" +
			formatHelp(),
		Example: "  plumbline run audit.yaml\n" +
			"  plumbline run audit.yaml --period last-month --out /srv/audits\n" +
			"  plumbline run audit.yaml -o json=- | jq .verdict",
		Args: want("the path of an audit.yaml", false),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.seeded = cmd.Flags().Changed("seed")
			return done(a.profiled(f.profile, func() error { return a.run(cmd.Context(), args[0], f) }))
		},
		ValidArgsFunction: yamlFiles,
	}
	outputFlag(cmd, &f.outputs, "report to write, `FORMAT[=PATH]`; repeatable, - is stdout; default: html, json and csv in --out")
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.out, "out", "audits", "`DIR` for reports, DIR/NAME/PERIOD/report.html, and the history, DIR/ledger.db")
	flags.Var(once(&f.period), "period", "audit only this window: `ID` as 2026-10, 2026-Q4, 2026-W07, or last-month, last-week, ...")
	flags.StringVar(&f.asOf, "as-of", "", "`TIME`, date or today at which the age of labels is taken (default: the log's last time) and that of evidence")
	flags.Var(choice(&f.failOn, "fail", "fail", "warn"), "fail-on", "what exits with 3: fail or warn")
	flags.BoolVar(&f.allowInconclusive, "allow-inconclusive", false, "exit with 0 instead of 4")
	flags.BoolVar(&f.exitZero, "exit-zero", false, "exit with 0 instead of 3 or 4")
	flags.StringArrayVar(&f.baselines, "baseline", nil, "`RESULT`, a result.json whose explanations explain.stability compares with; repeatable, the earliest first")
	flags.StringVar(&f.saveReference, "save-reference", "", "`FILE` for the profile of the reference windows, for windows.reference: {file: FILE} of later audits")
	flags.BoolVar(&f.rescan, "rescan", false, "read every file of the log, also those that the ledger knows")
	flags.BoolVar(&f.plan, "plan", false, "print what the scan would do, and stop")
	flags.Var(choice(&f.hash, "footer", "footer", "full"), "hash", "how a Parquet file is fingerprinted: by its footer or in full")
	flags.Uint64Var(&f.seed, "seed", 0, "`N` to use instead of the configuration's seed")
	flags.IntVar(&f.workers, "workers", 0, "`N` threads; default: one per processor")
	flags.Var(&f.memory, "memory", "most that tables may take, as 512MiB; default: no limit")
	flags.Var(choice(&f.progress, "auto", "auto", "on", "off"), "progress", "show progress on stderr; auto: if it is a terminal")
	flags.StringVar(&f.profile, "profile", "", "`FILE` for a CPU profile of the run, for go tool pprof")
	return cmd
}

// run is the audit from configuration to exit code.
func (a *app) run(ctx context.Context, path string, f runFlags) error {
	targets, err := destinations(f.outputs, []string{"html", "json", "csv"}, "")
	if err != nil {
		return err
	}
	if f.workers < 0 {
		return usage("--workers: %d is negative; give the number of threads", f.workers)
	}
	conf, err := a.load(path)
	if err != nil {
		return err
	}
	if err := checkReference(f.saveReference, conf, targets); err != nil {
		return err
	}
	m, b := &meter{}, &budget{start: a.now()}
	a.tuneCollector()
	options, err := a.options(conf, f, m)
	if err != nil {
		return err
	}
	earlier, err := a.baselines(ctx, f.baselines, conf)
	if err != nil {
		return err
	}
	options.Explain = a.explainBeside(earlier)
	h := a.openHistory(ctx, ledgerOf(conf, f, targets), conf.Name)
	defer h.close()
	options.Kept, options.Rescan = h.kept(), f.rescan
	job, err := attempt(ctx, func(ctx context.Context) (*engine.Job, error) {
		return engine.Open(ctx, conf, a.detectors, options)
	})
	if err != nil {
		return err
	}
	a.notes.warn(job.Warnings())
	if f.plan {
		return a.print(lines(job.Describe()))
	}
	if len(f.outputs) == 0 {
		targets = append(targets, further(job.Runs("ll144"), conf.Explain != nil, job.FollowsKPIs())...)
	}
	folder := filepath.Join(f.out, folderName(conf.Name), folderName(orAll(options.Period)))
	if err := errors.Join(try(targets, folder), tryReference(f.saveReference)); err != nil {
		return err
	}
	b.opened = a.now()
	result, err := a.scan(ctx, job, m, f.progress)
	if err != nil {
		return err
	}
	b.audited = a.now()
	shown := privacy.Apply(result)
	paths, err := a.publish(ctx, shown, exactly(targets, result), folder)
	if err != nil {
		return err
	}
	if shown != result {
		a.notes.caution("result.json holds the exact numbers of small cells, because of privacy.keep_exact: do not publish it; plumbline report result.json -o json gives one that is suppressed")
	}
	b.published, b.spent = a.now(), job.Spent()
	a.notes.detail("%s", b.line(shown.Data.RowsRead))
	if !takesStdout(targets) && !a.notes.quiet {
		if err := a.summary(shown); err != nil {
			return err
		}
	}
	for _, p := range paths {
		a.notes.info("wrote %s", p)
	}
	alarms, unwritten := a.record(ctx, h, job, shown)
	a.tell(ctx, conf, h, shown, alarms)
	if err := errors.Join(unwritten, a.saveReference(ctx, job, f.saveReference)); err != nil {
		return err
	}
	return a.judge(shown, f)
}

// tell tells whom the configuration names. What goes wrong with that is said, and
// changes nothing of the audit.
func (a *app) tell(ctx context.Context, conf *config.Audit, h *history, shown *audit.Result, alarms []audit.Alarm) {
	t := notify.Teller{Getenv: a.getenv, Wait: time.Sleep, Client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	told, wrong := t.Tell(ctx, conf, shown, alarms)
	if told {
		if err := h.told(ctx, alarms, a.now()); err != nil {
			wrong = append(wrong, err)
		}
	}
	for _, err := range wrong {
		a.notes.caution(err.Error())
	}
}

// exactly makes result.json that of the whole result: it alone keeps exact numbers,
// where the configuration asks for it.
func exactly(targets []destination, result *audit.Result) []destination {
	out := slices.Clone(targets)
	for i := range out {
		if write := out[i].format.Write; out[i].format.Name == "json" {
			out[i].format.Write = func(w io.Writer, _ *audit.Result) error { return write(w, result) }
		}
	}
	return out
}

// options is what the flags add to the configuration.
func (a *app) options(conf *config.Audit, f runFlags, m *meter) (o engine.Options, err error) {
	o.Stdin, o.Today, o.Explained = a.stdin, a.now(), m.explain
	o.Workers, o.Memory, o.HashFull, o.Progress = f.workers, int64(f.memory), f.hash == "full", m.add
	if a.notes.verbose {
		o.Now = a.now
	}
	o.Version, o.Revision = version()
	if f.seeded {
		o.Seed = &f.seed
	}
	if o.Period, err = a.period(f.period, conf); err != nil {
		return o, err
	}
	o.AsOf, err = a.asOf(f.asOf, conf)
	return o, err
}

// scan runs the job and shows its progress.
func (a *app) scan(ctx context.Context, job *engine.Job, m *meter, mode string) (*audit.Result, error) {
	if a.notes.verbose {
		for _, line := range job.Describe() {
			a.notes.detail("%s", line)
		}
	}
	m.totalRows, m.totalBytes = job.Size()
	stop := a.watch(m, mode)
	r, err := attempt(ctx, job.Run)
	stop()
	return r, err
}

func takesStdout(list []destination) bool {
	for _, d := range list {
		if d.path == stdoutPath {
			return true
		}
	}
	return false
}

func orAll(period string) string {
	if period == "" {
		return audit.AllWindows
	}
	return period
}

func lines(list []string) func(io.Writer) error {
	return func(w io.Writer) error {
		for _, line := range list {
			if _, err := fmt.Fprintln(w, line); err != nil {
				return err
			}
		}
		return nil
	}
}

// yamlFiles completes the name of an audit.yaml.
func yamlFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
}
