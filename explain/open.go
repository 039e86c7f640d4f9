package explain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// A Mistake is what is wrong with the configured model, and where it is
// configured.
type Mistake struct{ Key, Message, Hint string }

func (m *Mistake) Error() string { return m.Message }

// Place is the key of the configuration that the mistake is about, and how to
// mend it.
func (m *Mistake) Place() (key, hint string) { return m.Key, m.Hint }

// A Job is what is explained, before the rows are read.
type Job struct {
	spec   *audit.Spec
	scorer model.Scorer // of a model file; else it is made when the columns' types are known
	inputs []audit.ModelInputSpec
	output model.Output
	class  int
	about  audit.Model

	earlier []Earlier // explanations of other audits
}

// Beside gives the job explanations of other audits, the earliest first, which
// those of this one are compared with.
func (j *Job) Beside(earlier []Earlier) { j.earlier = earlier }

// Open reads the audited model, if there is one. What it cannot be is a
// *Mistake.
func Open(spec *audit.Spec) (*Job, error) {
	j := &Job{spec: spec}
	m := spec.Model
	if m == nil {
		return j, nil
	}
	j.about = audit.Model{Type: m.Type, Path: filepath.ToSlash(m.Path), Command: m.Command, URL: address(m.URL), Output: m.Output, Inputs: []audit.ModelInput{}}
	if m.Threshold != "" {
		j.about.Threshold = j.decision().text(m.Threshold)
	}
	j.output = model.Probability
	if m.Output == "margin" {
		j.output = model.Margin
	}
	class, ofClass := strings.CutPrefix(m.Output, "class:")
	if ofClass {
		n, err := strconv.Atoi(class)
		if err != nil || n < 0 {
			return nil, &Mistake{Key: "model.output", Message: fmt.Sprintf("class %q is not a number from 0", class)}
		}
		j.class = n
	}
	var err error
	switch m.Type {
	case "exec":
		j.inputs = m.Inputs
		err = j.openCommand()
	case "mlflow", "oip-v2", "http":
		j.inputs = m.Inputs
	default:
		err = j.openFile(ofClass)
	}
	if err != nil {
		return j, err
	}
	return j, errors.Join(j.checkGroups(), j.checkColumns())
}

// address is where rows are sent, without what may be a key.
func address(given string) string {
	at, err := url.Parse(given)
	if err != nil || at.RawQuery == "" {
		return given
	}
	at.RawQuery = ""
	return at.String()
}

// checkGroups looks for inputs that are exchanged together among the model's.
func (j *Job) checkGroups() error {
	e := j.spec.Explain
	if e == nil || e.Importance == nil {
		return nil
	}
	var errs []error
	for _, g := range e.Importance.Groups {
		key := "explain.importance.groups." + g.Name
		if slices.Contains(j.columns(), g.Name) {
			errs = append(errs, &Mistake{Key: key, Message: fmt.Sprintf("%q is an input already", g.Name), Hint: "give the group a name of its own"})
		}
		errs = append(errs, j.amongInputs(key, g.Features))
	}
	return errors.Join(errs...)
}

// Inputs are the columns that the model takes.
func (j *Job) Inputs() []audit.ModelInputSpec { return j.inputs }

// Use gives the job the spec, once the log has told about the columns.
func (j *Job) Use(spec *audit.Spec) { j.spec = spec }

// Digest is the digest of the model file; "" without one.
func (j *Job) Digest() string { return j.about.SHA256 }

// maxModel bounds a model file.
const maxModel = 1 << 30

// readFile reads a file of the configuration's folder, and its digest.
func readFile(dir, name string) (data []byte, digest string, err error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, "", errors.Unwrap(err) // the name is said already
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, "", errors.New("it is no file")
	}
	data, err = io.ReadAll(io.LimitReader(f, maxModel+1))
	if err == nil && len(data) > maxModel {
		err = errors.New("it is larger than 1 GiB")
	}
	if err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(data)
	return data, hex.EncodeToString(sum[:]), nil
}

// openFile reads a model file and holds its inputs against the configured
// ones.
func (j *Job) openFile(ofClass bool) error {
	m := j.spec.Model
	data, digest, err := readFile(m.Dir, m.Path)
	if err != nil {
		return &Mistake{Key: "model.path", Message: fmt.Sprintf("model %s: %v", m.Path, err)}
	}
	j.about.SHA256 = digest
	switch m.Type {
	case "xgboost":
		j.scorer, err = model.ReadXGBoost(data, model.XGBoostOptions{Iterations: m.Iterations})
	case "lightgbm":
		j.scorer, err = model.ReadLightGBM(data)
	case "linear":
		j.scorer, err = model.ReadLinear(data)
	}
	if err != nil {
		return &Mistake{Key: "model.path", Message: fmt.Sprintf("model %s: %v", m.Path, err), Hint: wrongType(data, m.Type)}
	}
	if forest, ok := j.scorer.(*model.Forest); ok {
		j.about.Trees = forest.Trees()
	}
	classes := j.scorer.Classes()
	switch {
	case classes > 1 && !ofClass:
		return &Mistake{Key: "model.output", Message: fmt.Sprintf("the model gives %d numbers for a row", classes), Hint: "choose one: output: class:0"}
	case j.class >= classes:
		return &Mistake{Key: "model.output", Message: fmt.Sprintf("the model has no class %d", j.class), Hint: fmt.Sprintf("it has %d, counted from 0", classes)}
	}
	if err := j.nameInputs(); err != nil {
		return err
	}
	return j.tryOutput()
}

// tryOutput finds out whether the model can give what is asked, by a row
// without values.
func (j *Job) tryOutput() error {
	row := model.Batch{Rows: 1, Columns: make([][]float64, len(j.scorer.Inputs()))}
	for i := range row.Columns {
		row.Columns[i] = []float64{0}
	}
	scores := make([]float64, j.scorer.Classes())
	if err := j.scorer.Score(context.Background(), row, j.output, scores); err != nil {
		return &Mistake{Key: "model.output", Message: fmt.Sprintf("model %s: %v", j.spec.Model.Path, err)}
	}
	return nil
}

// wrongType guesses what a file is that is not what the configuration says.
func wrongType(data []byte, given string) string {
	head := string(data[:min(len(data), 4096)])
	looks := ""
	switch {
	case strings.HasPrefix(head, "tree\n"):
		looks = "lightgbm"
	case strings.Contains(head, "learner"):
		looks = "xgboost"
	case strings.Contains(head, `"coefficients"`):
		looks = "linear"
	}
	if looks == "" || looks == given {
		return ""
	}
	return "it looks like type: " + looks
}

// openCommand looks for the program and for files among its arguments.
func (j *Job) openCommand() error {
	m := j.spec.Model
	program := m.Command[0]
	if strings.ContainsRune(program, filepath.Separator) && !filepath.IsAbs(program) {
		program = filepath.Join(m.Dir, program)
	}
	if _, err := exec.LookPath(program); err != nil {
		return &Mistake{Key: "model.command", Message: fmt.Sprintf("the program %s cannot be started: %v", m.Command[0], errors.Unwrap(err))}
	}
	for _, arg := range m.Command {
		if _, digest, err := readFile(m.Dir, arg); err == nil && !filepath.IsAbs(arg) {
			j.about.Files = append(j.about.Files, audit.ModelFile{Path: filepath.ToSlash(arg), SHA256: digest})
		}
	}
	return nil
}

// decision is model.threshold.
func (j *Job) decision() *Decision {
	m := j.spec.Model
	if m == nil || m.Threshold == "" {
		return nil
	}
	cut, err := strconv.ParseFloat(m.Threshold, 64)
	if err != nil { // the configuration has checked it
		return nil
	}
	return &Decision{Cut: cut, Strict: m.Strict, Below: m.Below}
}

// text is the decision in signs: ≥ 0.5.
func (d *Decision) text(cut string) string {
	sign := "≥"
	switch {
	case d.Below && d.Strict:
		sign = "<"
	case d.Below:
		sign = "≤"
	case d.Strict:
		sign = ">"
	}
	return sign + " " + cut
}
