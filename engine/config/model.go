package config

import (
	"strings"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Model is the audited model, which explanations ask.
type Model struct {
	Type       string   `yaml:"type" required:"true" enum:"xgboost|lightgbm|linear|exec|mlflow|oip-v2|http" doc:"xgboost, lightgbm and linear read a model file; exec starts a command; mlflow, oip-v2 and http ask a server"`
	Path       string   `yaml:"path" json:",omitempty" doc:"of xgboost (JSON or UBJSON), lightgbm (text) and linear (JSON): the model file, relative to this file"`
	Inputs     Inputs   `yaml:"inputs" json:",omitempty" doc:"columns that the model takes, in its order: a list, or a mapping from the model's name to the log's column; default: the names in the model file"`
	Output     string   `yaml:"output" default:"probability" doc:"which of the model's numbers is the score: margin, probability, or class:NAME of several"`
	Threshold  string   `yaml:"threshold" json:",omitempty" doc:"score from which the decision turns: 0.5 or >= 0.5 takes it in, > 0.5 does not; without it gaps in decisions are not explained"`
	Favorable  string   `yaml:"favorable" default:"high" enum:"high|low" doc:"whether high or low scores bring the decision that is good for the person"`
	Iterations int      `yaml:"iterations" json:",omitempty" min:"1" doc:"of xgboost: how many boosting rounds count; default: all in the file"`
	Command    []string `yaml:"command" json:",omitempty" doc:"of exec: the program and its arguments; it runs in the folder of this file"`
	URL        string   `yaml:"url" json:",omitempty" doc:"of mlflow, oip-v2 and http: where rows are sent, such as http://127.0.0.1:5000/invocations"`

	TokenVariable string   `yaml:"token_variable" json:",omitempty" doc:"environment variable that holds the server's bearer token; the token itself is never written down"`
	Timeout       Duration `yaml:"timeout" default:"30s" doc:"longest that one batch may take"`
	Batch         int      `yaml:"batch" default:"4096" min:"1" doc:"rows that a command or server is asked at a time"`
	Parallel      int      `yaml:"parallel" default:"1" min:"1" doc:"commands that run, or requests that are under way, at a time"`
	MaxBytes      Size     `yaml:"max_bytes" default:"64MiB" doc:"largest body of a request or an answer"`
	Request       Request  `yaml:"request" json:",omitempty" doc:"what the server's protocol leaves open"`
}

// Request is what a server's protocol leaves open.
type Request struct {
	Form    string            `yaml:"form" enum:"split|records|instances|csv|jsonl" doc:"of http: how rows are written; split is {columns, data}, instances a list of lists, csv has no header"`
	Key     string            `yaml:"key" doc:"of http: the key that wraps the rows; default: instances for instances, else none"`
	Path    string            `yaml:"path" doc:"of http: where the scores are in the answer, as predictions or outputs.0.data; default: the whole answer"`
	Field   string            `yaml:"field" doc:"key of the score, where the answer for a row is an object"`
	Output  string            `yaml:"output" doc:"of oip-v2: the tensor that holds the scores, such as predict_proba"`
	Columns bool              `yaml:"columns" doc:"of oip-v2: send a tensor for each input, as inputs of categories need"`
	Binary  bool              `yaml:"binary" doc:"of oip-v2: send tensors as bytes after the JSON"`
	Headers map[string]string `yaml:"headers" doc:"of http: headers of every request; a token belongs in token_variable"`
}

// Inputs are the columns that a model takes. In YAML they are a list of names,
// or a mapping from the model's name to the column, or to a mapping with its
// type.
type Inputs []Input

// Input is one column that a model takes.
type Input struct {
	Name   string // the model's
	Column string // the log's
	Type   string // number, category, or "" for what the column holds
}

// ModelColumn is a column of the log that the model takes.
type ModelColumn struct {
	Name    string // the model's
	Column  string
	Kind    string   // number, category, or "" for what the column holds
	Role    Role     // without markers: the model got what the log has
	Missing []string // markers that the features give the column
	Path    string   // in the configuration, for messages
}

// Part is the name by which tables know an input's own values.
func (m ModelColumn) Part() string { return "input:" + m.Column }

// local tells whether the model is a file.
func (m *Model) local() bool {
	return m.Type == "xgboost" || m.Type == "lightgbm" || m.Type == "linear"
}

// remote tells whether the model is behind a server.
func (m *Model) remote() bool { return m.Type == "mlflow" || m.Type == "oip-v2" || m.Type == "http" }

// cut reads the threshold: the decimal, and whether a score has to be above it.
func (m *Model) cut() (value string, strict, ok bool) {
	text := strings.TrimSpace(m.Threshold)
	if rest, found := strings.CutPrefix(text, ">="); found {
		text = rest
	} else if rest, found := strings.CutPrefix(text, "≥"); found {
		text = rest
	} else if rest, found := strings.CutPrefix(text, ">"); found {
		text, strict = rest, true
	}
	text = strings.TrimSpace(text)
	return text, strict, isDecimal(text)
}

// WithInputs is the audit with the columns that its model takes, which may be
// known from the model file alone.
func (a *Audit) WithInputs(inputs []audit.ModelInputSpec) *Audit {
	with := *a
	with.ModelColumns = nil
	for _, in := range inputs {
		c := ModelColumn{Name: in.Name, Column: in.Column, Kind: in.Kind, Role: Role{Column: Ref{Name: in.Column}}, Path: "model.path"}
		for i, given := range a.modelInputs() {
			if given.Name == in.Name {
				c.Path = inputPath(a, i)
			}
		}
		for _, f := range a.Columns.Features {
			if f.Column.Name == in.Column {
				c.Role.Column, c.Role.Type, c.Missing = f.Column, f.Type, f.Missing
			}
		}
		with.ModelColumns = append(with.ModelColumns, c)
	}
	return &with
}

func (a *Audit) modelInputs() Inputs {
	if a.Model == nil {
		return nil
	}
	return a.Model.Inputs
}

// spec is the model as explainers know it.
func (a *Audit) modelSpec(positiveFavorable bool) *audit.ModelSpec {
	m, dir := a.Model, a.Dir
	if m == nil {
		return nil
	}
	s := &audit.ModelSpec{
		Type: m.Type, Path: m.Path, Dir: dir, Output: m.Output, Iterations: m.Iterations,
		Command: m.Command, URL: m.URL, TokenVariable: m.TokenVariable,
		Batch: m.Batch, Parallel: m.Parallel, Timeout: time.Duration(m.Timeout), MaxBytes: int64(m.MaxBytes),
		Request: audit.RequestSpec{Form: m.Request.Form, Key: m.Request.Key, Path: m.Request.Path, Field: m.Request.Field,
			Output: m.Request.Output, Columns: m.Request.Columns, Binary: m.Request.Binary},
	}
	for _, name := range sortedKeys(m.Request.Headers) {
		s.Request.Headers = append(s.Request.Headers, audit.HeaderSpec{Name: name, Value: m.Request.Headers[name]})
	}
	for _, in := range m.Inputs {
		s.Inputs = append(s.Inputs, audit.ModelInputSpec{Name: in.Name, Column: in.Column, Kind: in.Type})
	}
	if len(a.ModelColumns) > 0 {
		s.Inputs = nil
		for _, c := range a.ModelColumns {
			s.Inputs = append(s.Inputs, audit.ModelInputSpec{Name: c.Name, Column: c.Column, Kind: c.Kind, Missing: c.Missing})
		}
	}
	if value, strict, ok := m.cut(); ok && m.Threshold != "" {
		s.Threshold = value
		s.Below = (m.Favorable == "low") == positiveFavorable
		s.Strict = strict != s.Below // at the cut a score is on the high side, unless it has to be above
	}
	return s
}
