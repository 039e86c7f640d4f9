package config

import (
	"fmt"
	"math/big"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// model checks what no key of the model tells alone.
func (l *lint) model() {
	m := l.a.Model
	if m == nil || !l.clean("model.type") || m.Type == "" {
		return
	}
	l.goes("model.path", m.Path != "", m.local(), m.Type+" reads a model file", "path: the model's file, relative to this one")
	l.goes("model.command", len(m.Command) > 0, m.Type == "exec", "exec starts a command", "command: [python3, score.py]")
	l.goes("model.url", m.URL != "", m.remote(), m.Type+" asks a server", "url: where rows are sent")
	if !m.local() && len(m.Inputs) == 0 && l.clean("model.inputs") {
		l.bad("model", "required key \"inputs\" is missing", "inputs: the columns that the model takes, in its order; "+m.Type+" has no file that names them")
	}
	if m.Iterations != 0 && m.Type != "xgboost" {
		l.bad("model.iterations", `"iterations" goes with type: xgboost`, "")
	}
	l.output(m)
	l.threshold(m)
	l.inputs(m)
	l.server(m)
}

// goes checks a key that belongs to some types and is missed by them.
func (l *lint) goes(path string, given, belongs bool, why, hint string) {
	key := strings.TrimPrefix(path, "model.")
	switch {
	case !l.clean(path):
	case belongs && !given:
		l.bad("model", fmt.Sprintf("required key %q is missing: %s", key, why), hint)
	case !belongs && given:
		l.bad(path, fmt.Sprintf("%q does not go with type: %s", key, l.a.Model.Type), "")
	}
}

// output checks which number is the score.
func (l *lint) output(m *Model) {
	class, ofClass := strings.CutPrefix(m.Output, "class:")
	switch {
	case !l.clean("model.output"):
	case ofClass && m.Type == "exec":
		l.bad("model.output", "a command says itself what its numbers are", "let it write the class's score as the column score")
	case ofClass && class == "":
		l.bad("model.output", "\"output\" names no class", "write class:2, counted from 0")
	case ofClass:
		if n, err := strconv.Atoi(class); err != nil || n < 0 {
			l.bad("model.output", fmt.Sprintf("class %s is not a number from 0", quote(class)), "model files number their classes: class:2 is the third")
		}
	case m.Output != "margin" && m.Output != "probability":
		l.bad("model.output", fmt.Sprintf("\"output\" must be margin, probability or class:NUMBER, not %s", quote(m.Output)), didYouMean(m.Output, []string{"margin", "probability"}))
	}
}

// threshold checks that scores can lie on either side of it.
func (l *lint) threshold(m *Model) {
	if m.Threshold == "" || !l.clean("model.threshold") {
		return
	}
	value, _, ok := m.cut()
	if !ok {
		hint := "write 0.5, >= 0.5 or > 0.5"
		if strings.HasPrefix(strings.TrimSpace(m.Threshold), "<") {
			hint = "write >= or >, and favorable: low where low scores bring the favorable decision"
		}
		l.bad("model.threshold", "\"threshold\" must be a number, with >= or > before it, not "+quote(m.Threshold), hint)
		return
	}
	cut, ok := new(big.Rat).SetString(value)
	if ok && m.Output != "margin" && m.local() && (cut.Sign() <= 0 || cut.Cmp(big.NewRat(1, 1)) >= 0) && m.Type != "linear" && !l.given("model.output") {
		l.bad("model.threshold", fmt.Sprintf("every probability lies on one side of %s", value), "output: margin compares the sum before the link")
	}
}

// inputs checks that none is named twice.
func (l *lint) inputs(m *Model) {
	seen := map[string]bool{}
	for i, in := range m.Inputs {
		if at := inputPath(l.a, i); seen[in.Name] && l.clean(at) {
			l.bad(at, fmt.Sprintf("input %s is listed twice", quote(in.Name)), "")
		}
		seen[in.Name] = true
	}
}

// server checks what is said about a server.
func (l *lint) server(m *Model) {
	if m.remote() && m.URL != "" && l.clean("model.url") {
		switch at, err := url.Parse(m.URL); {
		case err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https":
			l.bad("model.url", fmt.Sprintf("%s is no http or https address", quote(m.URL)), "such as http://127.0.0.1:5000/invocations")
		case at.User != nil:
			l.bad("model.url", "\"url\" holds a name or a password", "give a token in an environment variable: token_variable: MODEL_TOKEN")
		}
	}
	if m.TokenVariable != "" && !m.remote() && l.clean("model.token_variable") {
		l.bad("model.token_variable", `"token_variable" goes with a server`, "")
	}
	if m.TokenVariable != "" && strings.ContainsFunc(m.TokenVariable, func(r rune) bool { return !variableRune(r) }) && l.clean("model.token_variable") {
		l.bad("model.token_variable", "\"token_variable\" must be the name of an environment variable", "write the name, never the token itself")
	}
	r := m.Request
	for _, key := range []struct {
		name  string
		given bool
		types []string
	}{
		{"form", r.Form != "", []string{"http"}}, {"key", r.Key != "", []string{"http"}}, {"path", r.Path != "", []string{"http"}},
		{"headers", len(r.Headers) > 0, []string{"http"}},
		{"field", r.Field != "", []string{"http", "mlflow"}},
		{"output", r.Output != "", []string{"oip-v2"}}, {"columns", r.Columns, []string{"oip-v2"}}, {"binary", r.Binary, []string{"oip-v2"}},
	} {
		if at := "model.request." + key.name; key.given && !slices.Contains(key.types, m.Type) && l.clean(at) {
			l.bad(at, fmt.Sprintf("%q does not go with type: %s", key.name, m.Type), "")
		}
	}
	if m.Type == "http" && r.Form == "" && l.clean("model.request") {
		l.bad("model", "required key \"request.form\" is missing: http has no form of its own", "request: {form: records, path: predictions}")
	}
	for name := range r.Headers {
		if at := "model.request.headers." + name; strings.EqualFold(name, "Authorization") && l.clean(at) {
			l.bad(at, "a token does not belong in this file", "name the environment variable that holds it: token_variable: MODEL_TOKEN")
		}
	}
}

func variableRune(r rune) bool {
	return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_'
}
