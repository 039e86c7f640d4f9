package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/ledger"
	"github.com/plumbline-audit/plumbline/reports"
)

func (a *app) statusCommand() *cobra.Command {
	var outputs []string
	var out, asOf string
	var seed uint64
	cmd := &cobra.Command{
		Use:   "status AUDIT [flags]",
		Short: "say whether the evidence in the history is still good",
		Long: "Status holds what AUDIT, an audit.yaml, sets limits on against its history. It reads no log. For\n" +
			"each version of the model in service, gated metric and attribute it says one of:\n\n" +
			"  current      measured, under this configuration, and not too old\n" +
			"  stale:model  of another version of the model, or the configuration has changed since\n" +
			"  stale:method by another version of the method than this program has\n" +
			"  stale:data   a later run found drift: a drift check failed or warned\n" +
			"  stale:age    older than the audit's rule packs allow (max_age)\n" +
			"  missing      no run has measured it\n" +
			"  immature     it rests on labels that may still come\n" +
			"  waived       one of these, and a waiver of audit.yaml says that it may wait\n\n" +
			"It does not say how the checks came out, and asks no clock unless told --as-of today.\n\n" +
			"Exit code: 0 all is current or waived, 1 the history cannot be read, 2 mistake in the arguments\n" +
			"or in AUDIT, 3 something is missing or stale, 4 something is immature.",
		Example: "  plumbline status audit.yaml --as-of today\n" +
			"  plumbline status audit.yaml -o json=status.json -o text",
		Args: want("the path of an audit.yaml", false),
		RunE: func(cmd *cobra.Command, args []string) error {
			o := engine.Options{Today: a.now(), Explain: a.explain}
			if cmd.Flags().Changed("seed") {
				o.Seed = &seed
			}
			return done(a.status(cmd.Context(), args[0], out, asOf, outputs, o))
		},
		ValidArgsFunction: yamlFiles,
	}
	outputFlag(cmd, &outputs, "text, json or csv, `FORMAT[=PATH]`; repeatable; without PATH to stdout; default: text")
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&asOf, "as-of", "", "`TIME`, date or today at which age is taken; default: the end of the last audited window")
	flags.StringVar(&out, "out", "audits", "`DIR` of the history, DIR/ledger.db, unless audit.yaml names one")
	flags.Uint64Var(&seed, "seed", 0, "`N`, where the runs were given it")
	return cmd
}

func (a *app) status(ctx context.Context, path, out, asOf string, outputs []string, o engine.Options) error {
	list, err := destinations(outputs, []string{"text"}, stdoutPath)
	if err != nil {
		return err
	}
	for _, d := range list {
		if !slices.ContainsFunc(reports.StatusFormats(nil, reports.Text{}), func(f reports.Format) bool { return f.Name == d.format.Name }) {
			return usage("-o: a status has no format %s; use text, json or csv", d.format.Name)
		}
	}
	conf, err := a.load(path)
	if err != nil {
		return err
	}
	st, err := a.examine(ctx, conf, out, asOf, o)
	if err != nil {
		return err
	}
	for i := range list {
		text := reports.Text{}
		if list[i].path == stdoutPath {
			text = a.text()
		}
		formats := reports.StatusFormats(st, text)
		list[i].format = formats[slices.IndexFunc(formats, func(f reports.Format) bool { return f.Name == list[i].format.Name })]
	}
	paths, err := a.publish(ctx, &audit.Result{}, list, "")
	if err != nil {
		return err
	}
	for _, p := range paths {
		a.notes.info("wrote %s", p)
	}
	switch {
	case st.Stale > 0:
		return &outcome{code: exitFailed}
	case st.Immature > 0:
		return &outcome{code: exitInconclusive}
	}
	return nil
}

// examine holds what an audit asks for against its history.
func (a *app) examine(ctx context.Context, conf *config.Audit, out, asOf string, o engine.Options) (*audit.Status, error) {
	at, err := a.asOf(asOf, conf)
	if err != nil {
		return nil, err
	}
	asked, err := attempt(ctx, func(context.Context) (*audit.Asked, error) { return engine.Asks(conf, a.detectors, o) })
	if err != nil {
		return nil, err
	}
	l, err := readHistory(ctx, conf, out)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	proofs, err := l.Proofs(ctx, conf.Name)
	if err != nil {
		return nil, err
	}
	return ledger.Status(asked, proofs, at), nil
}
