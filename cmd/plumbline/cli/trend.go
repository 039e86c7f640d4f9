package cli

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/ledger"
	"github.com/plumbline-audit/plumbline/reports"
)

func (a *app) trendCommand() *cobra.Command {
	var outputs []string
	var out string
	cmd := &cobra.Command{
		Use:   "trend AUDIT [flags]",
		Short: "show the indicators over time, out of the history",
		Long: "Trend shows every indicator of an audit.yaml over its windows, as the history of its runs knows\n" +
			"them now. It reads no log. Numbers that were others when they were first reported, definitions\n" +
			"that changed, and numbers for which labels may still come are marked. Limits are judged by the\n" +
			"value of all windows to date, with an interval that holds at every look, and changes are alarmed.\n\n" +
			"Formats: html, json, csv (a row per indicator, group and window) and text.",
		Example: "  plumbline trend audit.yaml\n" +
			"  plumbline trend audit.yaml -o html=trend.html -o csv=trend.csv",
		Args: want("the path of an audit.yaml", false),
		RunE: func(cmd *cobra.Command, args []string) error {
			return done(a.trend(cmd.Context(), args[0], out, outputs))
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	outputFlag(cmd, &outputs, "what to write, `FORMAT[=PATH]`; repeatable; without PATH to stdout; default: text on stdout")
	cmd.Flags().StringVar(&out, "out", "audits", "`DIR` of the history, DIR/ledger.db, unless audit.yaml names one")
	return cmd
}

func (a *app) trend(ctx context.Context, path, out string, outputs []string) error {
	list, err := destinations(outputs, nil, stdoutPath)
	if err != nil {
		return err
	}
	formats := reports.TrendFormats(nil)
	for _, d := range list {
		if !slices.ContainsFunc(formats, func(f reports.Format) bool { return f.Name == d.format.Name }) {
			return usage("-o: a trend has no format %s; use html, json, csv or text", d.format.Name)
		}
	}
	course, err := a.course(ctx, path, out)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		text := a.text()
		return a.print(func(w io.Writer) error { return text.WriteTrend(w, course) })
	}
	formats = reports.TrendFormats(course)
	for i := range list {
		at := slices.IndexFunc(formats, func(f reports.Format) bool { return f.Name == list[i].format.Name })
		list[i].format = formats[at]
	}
	paths, err := a.publish(ctx, course.Result, list, "")
	if err != nil {
		return err
	}
	for _, p := range paths {
		a.notes.info("wrote %s", p)
	}
	return nil
}

// course reads the indicators of an audit out of its history.
func (a *app) course(ctx context.Context, path, out string) (*audit.Trend, error) {
	conf, err := a.load(path)
	if err != nil {
		return nil, err
	}
	a.tuneCollector()
	course, err := engine.OpenCourse(conf, a.detectors, a.now())
	if err != nil {
		return nil, err
	}
	l, err := readHistory(ctx, conf, out)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	all, err := l.Versions(ctx, ledger.Query{Audit: conf.Name, Kind: ledger.KindKPI})
	if err != nil {
		return nil, err
	}
	points := ledger.Trend(all, course.Saw)
	if len(points) == 0 {
		return nil, fmt.Errorf("ledger %s: it has no indicators of %s; plumbline run writes them", l.Name(), conf.Name)
	}
	versions, err := l.WindowVersions(ctx, conf.Name)
	if err != nil {
		return nil, err
	}
	trend, err := course.Trend(points)
	if err == nil {
		course.Versions(trend, versions)
	}
	return trend, err
}
