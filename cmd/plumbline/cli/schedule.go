package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/spelling"
)

// schedulers are the kinds that a file can be made for.
func schedulers() []string { return []string{"systemd", "cron", "kubernetes", "airflow", "github"} }

// scheduleFlags are the flags of schedule.
type scheduleFlags struct {
	program, out, at, period, image, claim string
}

func (a *app) scheduleCommand() *cobra.Command {
	var f scheduleFlags
	cmd := &cobra.Command{
		Use:   "schedule KIND AUDIT [flags]",
		Short: "print a ready file for a scheduler",
		Long: "Schedule prints what systemd, cron, kubernetes, airflow or github needs to run AUDIT after\n" +
			"every window that its configuration cuts time into: on the first of a month for months.\n\n" +
			"Where AUDIT follows indicators, the job audits all windows to date, because what is known\n" +
			"of an indicator rests on them; else the window that is over (--period last-month).\n" +
			"A job that ends with exit code 3 (a gate failed) or 4 (undecided) counts as failed.",
		Example: "  plumbline schedule systemd audit.yaml --out /srv/audits\n" +
			"  plumbline schedule kubernetes audit.yaml --image registry.example.org/plumbline:1.4",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage("schedule takes a kind (%s) and the path of an audit.yaml", strings.Join(schedulers(), ", "))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return done(a.schedule(args[0], args[1], f)) },
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return schedulers(), cobra.ShellCompDirectiveNoFileComp
			}
			return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.program, "program", "", "`PATH` of plumbline where the job runs; default: /usr/local/bin/plumbline, for github plumbline")
	flags.StringVar(&f.out, "out", "", "`DIR` for reports; default: audits beside AUDIT")
	flags.StringVar(&f.at, "at", "06:00", "`HH:MM` in the zone of the audit's windows")
	flags.StringVar(&f.period, "period", "", "`ID` that the job audits, as last-month, or all for all windows to date")
	flags.StringVar(&f.image, "image", "", "container `IMAGE` with plumbline, for kubernetes")
	flags.StringVar(&f.claim, "claim", "plumbline", "`NAME` of the PersistentVolumeClaim with the audit, for kubernetes; it is mounted at AUDIT's folder")
	return cmd
}

// job is what a scheduler has to do, and when.
type job struct {
	Name, Title          string
	Program, Audit, Dir  string
	Out, Period          string
	Zone, Every          string
	Hour, Minute         int
	Image, Claim, Module string
}

var hourMinute = regexp.MustCompile(`^([01][0-9]|2[0-3]):([0-5][0-9])$`)

func (a *app) schedule(kind, path string, f scheduleFlags) error {
	if !slices.Contains(schedulers(), kind) {
		if near := spelling.Nearest(kind, schedulers()); near != "" {
			return usage("no scheduler %q; did you mean %s?", kind, near)
		}
		return usage("no scheduler %q; there are %s", kind, strings.Join(schedulers(), ", "))
	}
	conf, err := a.load(path)
	if err != nil {
		return err
	}
	clock := hourMinute.FindStringSubmatch(f.at)
	switch {
	case clock == nil:
		return usage("--at: %q is not a time of day; write 06:00", f.at)
	case kind == "kubernetes" && f.image == "":
		return usage("schedule kubernetes needs --image: a container image with plumbline in it")
	case strings.ContainsAny(path+f.out+f.program+f.image+f.claim, "\n\r\x00"):
		return usage("schedule: a path or a name has a line break in it")
	case kind == "github" && strings.Contains(path+f.out+f.program, "${{"):
		return usage("schedule github: GitHub takes ${{ in a path for an expression of its own")
	}
	j, err := a.job(kind, path, conf, f)
	if err != nil {
		return err
	}
	j.Hour, _ = strconv.Atoi(clock[1])
	j.Minute, _ = strconv.Atoi(clock[2])
	return a.print(func(w io.Writer) error { return scheduleTemplate(kind).Execute(w, j) })
}

func (a *app) job(kind, path string, conf *config.Audit, f scheduleFlags) (job, error) {
	every := conf.Windows.Every
	if every == "" {
		every = "month"
	} else if every == "hour" {
		every = "day" // hours are audited together once a day
	}
	j := job{Name: unitName(conf.Name), Title: plainLine(orElse(conf.Title, conf.Name)), Audit: path, Out: f.out, Every: every, Image: f.image, Claim: f.claim,
		Zone: orElse(conf.Windows.Timezone, "UTC"), Program: orElse(f.program, "/usr/local/bin/plumbline"), Period: f.period}
	switch {
	case j.Period == "":
		j.Period = "last-" + every
	case j.Period != "" && j.Period != "all":
		if _, err := a.period(j.Period, conf); err != nil {
			return j, err
		}
	default:
		j.Period = ""
	}
	if kind == "github" {
		j.Program, j.Audit = orElse(f.program, "plumbline"), filepath.ToSlash(path)
		v, _ := version()
		j.Module = "github.com/plumbline-audit/plumbline/cmd/plumbline@latest"
		if strings.HasPrefix(v, "v") {
			j.Module = strings.TrimSuffix(j.Module, "latest") + v
		}
	} else {
		var err error
		if j.Audit, err = filepath.Abs(path); err != nil {
			return j, fmt.Errorf("%s: %w", path, err)
		}
	}
	j.Dir = filepath.Dir(j.Audit)
	if j.Out == "" {
		j.Out = filepath.Join(j.Dir, "audits")
	} else if kind != "github" {
		var err error
		if j.Out, err = filepath.Abs(j.Out); err != nil {
			return j, fmt.Errorf("%s: %w", f.out, err)
		}
	}
	if inside, err := filepath.Rel(j.Dir, j.Out); kind == "kubernetes" && (err != nil || !filepath.IsLocal(inside)) {
		return j, usage("--out %s is not below %s, where the claim is mounted: what is written elsewhere is gone with the container", j.Out, j.Dir)
	}
	return j, nil
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// unitName is a name that every scheduler takes: letters, digits and hyphens.
func unitName(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		} else if s := b.String(); s != "" && !strings.HasSuffix(s, "-") {
			b.WriteByte('-')
		}
	}
	s := strings.Trim(b.String(), "-")
	return "plumbline-" + orElse(strings.Trim(s[:min(len(s), 40)], "-"), "audit")
}

// plainLine is a title on one line without anything that a format could take for
// its own.
func plainLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune("\"'\\%${}#`", r) {
			return ' '
		}
		return r
	}, s)
}

// Words are the arguments of the job.
func (j job) Words() []string {
	out := []string{j.Program, "run", j.Audit, "--out", j.Out, "--progress", "off"}
	if j.Period != "" {
		out = append(out, "--period", j.Period)
	}
	return out
}

// Cron is when, in five fields.
func (j job) Cron() string {
	day := map[string]string{"day": "* * *", "week": "* * 1", "month": "1 * *", "quarter": "1 1,4,7,10 *", "year": "1 1 *"}[j.Every]
	return fmt.Sprintf("%d %d %s", j.Minute, j.Hour, day)
}

// Calendar is when, as systemd writes it.
func (j job) Calendar() string {
	day := map[string]string{"day": "*-*-*", "week": "Mon *-*-*", "month": "*-*-01", "quarter": "*-01,04,07,10-01", "year": "*-01-01"}[j.Every]
	return fmt.Sprintf("%s %02d:%02d:00 %s", day, j.Hour, j.Minute, j.Zone)
}
