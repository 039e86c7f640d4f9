package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/plumbline-audit/plumbline/engine/spelling"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const helpTemplate = `{{with (or .Long .Short)}}{{. | trimTrailingWhitespaces}}

{{end}}{{.UsageString}}`

const usageTemplate = `Usage:
  {{if .HasAvailableSubCommands}}{{.CommandPath}} COMMAND{{else}}{{.UseLine}}{{end}}
{{- if .HasExample}}

Examples:
{{.Example}}
{{- end}}
{{- if .HasAvailableSubCommands}}

Commands:
{{- range .Commands}}{{if (or .IsAvailableCommand (eq .Name "help"))}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{- end}}
{{- if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsagesWrapped 100 | trimTrailingWhitespaces}}
{{- end}}
{{- if .HasAvailableInheritedFlags}}

Flags of every command:
{{.InheritedFlags.FlagUsagesWrapped 100 | trimTrailingWhitespaces}}
{{- end}}
`

// flagError adds the nearest flag to an unknown one, and says in plain words
// what a number must be.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "" {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := spelling.Nearest(unknown.GetSpecifiedName(), names); near != "" {
			return fmt.Errorf("%w; did you mean --%s?", err, near)
		}
	}
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		name, value := invalid.GetFlag().Name, invalid.GetValue()
		switch kind := invalid.GetFlag().Value.Type(); {
		case kind == "int" && errors.Is(err, strconv.ErrRange), kind == "uint64" && errors.Is(err, strconv.ErrRange):
			return fmt.Errorf("--%s: %s is too large", name, value)
		case kind == "int":
			return fmt.Errorf("--%s must be a whole number, not %s", name, quotedIfOdd(value))
		case kind == "uint64":
			return fmt.Errorf("--%s must be a whole number, 0 or more, not %s", name, quotedIfOdd(value))
		}
	}
	return err
}

// quotedIfOdd quotes a text that is empty or has more in it than a word.
func quotedIfOdd(s string) string {
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsGraphic(r) || unicode.IsSpace(r) }) {
		return strconv.Quote(s)
	}
	return s
}

// unknownCommand refuses arguments of a command that only has subcommands.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	err := fmt.Errorf("unknown command %q", strings.TrimSpace(ownPath(cmd)+" "+args[0]))
	if near := spelling.Nearest(args[0], names); near != "" {
		return fmt.Errorf("%w; did you mean %q?", err, near)
	}
	return err
}

// ownPath is a command's path without the program's name.
func ownPath(cmd *cobra.Command) string {
	if !cmd.HasParent() {
		return ""
	}
	return strings.TrimSpace(ownPath(cmd.Parent()) + " " + cmd.Name())
}

// borrowed gives the commands that cobra brings the manners of ours.
func borrowed(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Short = "show the help of a command"
		case "completion":
			c.Short, c.Long = "print the completion script of a shell", ""
			c.Args = unknownCommand
			c.RunE = func(cmd *cobra.Command, _ []string) error { return done(cmd.Help()) }
			for _, shell := range c.Commands() {
				shell.Short = "print the completion script of " + shell.Name()
			}
		}
	}
}

// group is a command that only has subcommands; alone it prints its help.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: unknownCommand,
		RunE: func(cmd *cobra.Command, args []string) error { return done(cmd.Help()) }}
	c.AddCommand(commands...)
	return c
}

// want takes exactly one argument, or at least one.
func want(what string, many bool) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return fmt.Errorf("%s needs %s", ownPath(cmd), what)
		case len(args) > 1 && !many:
			return fmt.Errorf("%s takes one argument, not %d", ownPath(cmd), len(args))
		}
		return nil
	}
}

// choiceValue is a flag with a fixed set of values.
type choiceValue struct {
	value   *string
	allowed []string
}

// choice makes a flag's value out of a variable, its default and all values.
func choice(v *string, preset string, allowed ...string) pflag.Value {
	*v = preset
	return &choiceValue{v, allowed}
}

func (c *choiceValue) String() string { return *c.value }
func (c *choiceValue) Type() string   { return strings.Join(c.allowed, "|") }

func (c *choiceValue) Set(s string) error {
	for _, a := range c.allowed {
		if s == a {
			*c.value = s
			return nil
		}
	}
	last := len(c.allowed) - 1
	return fmt.Errorf("must be %s or %s", strings.Join(c.allowed[:last], ", "), c.allowed[last])
}

// onceValue is a flag that may be given once: of two values one would be dropped
// without a word.
type onceValue struct {
	value *string
	given bool
}

func once(v *string) pflag.Value { return &onceValue{value: v} }

func (o *onceValue) String() string {
	if o.value == nil { // of a zero value, which pflag asks for
		return ""
	}
	return *o.value
}

func (o *onceValue) Type() string { return "string" }

func (o *onceValue) Set(s string) error {
	if o.given {
		return fmt.Errorf("it was given as %s before; one run audits one period", quotedIfOdd(*o.value))
	}
	*o.value, o.given = s, true
	return nil
}
