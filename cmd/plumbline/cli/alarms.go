package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/ledger"
)

func (a *app) ledgerAlarmsCommand() *cobra.Command {
	var name, format string
	var open bool
	cmd := &cobra.Command{Use: "alarms", Short: "list the alarms, what became of them, and who has seen to them",
		Long: "Alarms lists every breach that a run has found: a check that failed, an indicator outside its\n" +
			"limits to date, an indicator that left its level. A breach opens one alarm, whatever the number\n" +
			"of runs that see it; the alarm closes when a run shows that the limit is kept again. That a run\n" +
			"could not tell closes nothing.",
		Example: "  plumbline ledger alarms\n  plumbline ledger alarms --open audit.yaml"}
	cmd.Flags().BoolVar(&open, "open", false, "only those that are not closed")
	cmd.Flags().StringVar(&name, "audit", "", "`NAME` of the audit; default: all, or that of audit.yaml")
	formatFlag(cmd, &format)
	cmd = a.onLedger(cmd, nil)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return done(a.alarms(cmd.Context(), args, name, format, open))
	}
	return cmd
}

func (a *app) alarms(ctx context.Context, args []string, name, format string, open bool) error {
	where := defaultLedger()
	if len(args) == 1 {
		if where = args[0]; name == "" && namesAudit(where) {
			conf, err := a.load(where)
			if err != nil {
				return err
			}
			name = conf.Name
		}
	}
	return a.withLedger(ctx, where, func(ctx context.Context, l *ledger.Ledger) error {
		all, err := l.Alarms(ctx, name)
		if err != nil {
			return err
		}
		list := []ledger.KeptAlarm{}
		for _, k := range all {
			if !open || k.State != audit.AlarmClosed {
				list = append(list, k)
			}
		}
		if format == "json" {
			return a.print(asJSON(list))
		}
		return a.print(func(w io.Writer) error { return listAlarms(w, list, l.Name()) })
	})
}

func defaultLedger() string { return filepath.Join("audits", ledgerFile) }

func listAlarms(w io.Writer, list []ledger.KeptAlarm, ledger string) error {
	if len(list) == 0 {
		_, err := fmt.Fprintf(w, "ledger %s: no alarm\n", ledger)
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(t, "ALARM\tAUDIT\tSTATE\tSINCE\tLAST SEEN\tWHAT")
	for i := range list {
		k := &list[i]
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Audit, stateOf(k), k.Since, k.Window, what(k))
	}
	return t.Flush()
}

// stateOf is open or closed, and who has seen to it.
func stateOf(k *ledger.KeptAlarm) string {
	state := "open"
	if k.State == audit.AlarmClosed {
		state = "closed"
	}
	if k.Acknowledged != nil {
		state += ", acknowledged by " + k.Acknowledged.By
	}
	return state
}

func what(k *ledger.KeptAlarm) string {
	text := k.Text
	if k.Detector != "" {
		text = k.Detector + ": " + text
	}
	if k.Attribute != "" {
		text = "by " + k.Attribute + ", " + text
	}
	if k.Acknowledged != nil {
		text += " (acknowledged: " + k.Acknowledged.Reason + ")"
	}
	return strings.ReplaceAll(text, "\t", " ")
}

func (a *app) ledgerAckCommand() *cobra.Command {
	var by, reason string
	cmd := &cobra.Command{Use: "ack ID [LEDGER]", Short: "note that somebody has seen to an alarm, and why it may stand",
		Long: "Ack adds to the history who has seen an alarm, and why it may stand. The alarm of a limit stays\n" +
			"open until a run shows that the limit is kept again; the alarm of a change is closed by it.\n\n" + ledgerLong,
		Example: "  plumbline ledger ack 3 --by 'A. Silva' --reason 'campaign ended; offers stop in May'",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return usage("ledger ack takes the number of an alarm, as ledger alarms lists them, and at most one ledger")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return done(a.acknowledge(cmd.Context(), args, strings.TrimSpace(by), strings.TrimSpace(reason)))
		}}
	cmd.Flags().StringVar(&by, "by", "", "`NAME` of who has seen to it")
	cmd.Flags().StringVar(&reason, "reason", "", "`TEXT`: why it may stand, or what is being done")
	return cmd
}

func (a *app) acknowledge(ctx context.Context, args []string, by, reason string) error {
	id, err := strconv.ParseInt(args[0], 10, 64)
	where := defaultLedger()
	if len(args) == 2 {
		where = args[1]
	}
	switch {
	case err != nil || id < 1:
		return usage("ledger ack: %s is not the number of an alarm; plumbline ledger alarms lists them", quotedIfOdd(args[0]))
	case by == "":
		return usage("ledger ack needs --by: who has seen to it")
	case reason == "":
		return usage("ledger ack needs --reason: why it may stand, or what is being done")
	}
	return a.withLedger(ctx, where, func(ctx context.Context, l *ledger.Ledger) error {
		k, err := l.Acknowledge(ctx, id, by, reason, a.now())
		if err != nil {
			return err
		}
		return a.print(lines([]string{fmt.Sprintf("ledger %s: alarm %d is %s", l.Name(), id, stateOf(&k))}))
	})
}
