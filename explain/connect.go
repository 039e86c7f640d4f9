package explain

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// connect prepares a command or a server; neither is started or asked yet.
func connect(m *audit.ModelSpec, inputs []model.Input) (model.Scorer, error) {
	scorer, err := prepared(m, inputs)
	if err != nil {
		return nil, err
	}
	return &lasting{Scorer: scorer}, nil
}

// lasting is a scorer that is asked no more once it has failed: what went wrong
// once is said by every explainer, and no server is asked again and again.
type lasting struct {
	model.Scorer
	failed error
}

func (l *lasting) Score(ctx context.Context, batch model.Batch, output model.Output, scores []float64) error {
	if l.failed != nil {
		return l.failed
	}
	err := l.Scorer.Score(ctx, batch, output, scores)
	if err != nil && ctx.Err() == nil {
		l.failed = err
	}
	return err
}

// Close ends what the scorer has started.
func (l *lasting) Close() error {
	if c, ok := l.Scorer.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

func prepared(m *audit.ModelSpec, inputs []model.Input) (model.Scorer, error) {
	pick := model.Pick{Column: -1, Key: m.Request.Field}
	if class, ok := strings.CutPrefix(m.Output, "class:"); ok {
		n, err := strconv.Atoi(class)
		if err != nil {
			return nil, fmt.Errorf("class %q is not a number", class)
		}
		pick.Column = n
	}
	server := model.Server{URL: m.URL, Inputs: inputs, TokenVariable: m.TokenVariable,
		Batch: m.Batch, Parallel: m.Parallel, Timeout: m.Timeout, MaxBytes: m.MaxBytes}
	switch m.Type {
	case "exec":
		return model.NewExec(model.Command{Argv: m.Command, Dir: m.Dir, Inputs: inputs, Batch: m.Batch, Parallel: m.Parallel, Timeout: m.Timeout})
	case "mlflow":
		server.Protocol = model.MLflow{Pick: pick}
	case "oip-v2":
		server.Protocol = model.OpenInference{Output: m.Request.Output, Pick: pick, Columns: m.Request.Columns, Binary: m.Request.Binary}
	case "http":
		t := model.Template{Form: m.Request.Form, Key: m.Request.Key, Path: m.Request.Path, Pick: pick, Headers: map[string]string{}}
		for _, h := range m.Request.Headers {
			t.Headers[h.Name] = h.Value
		}
		server.Protocol = t
	default:
		return nil, fmt.Errorf("unknown type of model %q", m.Type)
	}
	return model.NewHTTP(server)
}

// serverLabels says whether a server's answers look like labels, which many
// give unless they are told otherwise, and the logged scores do not.
func (j *Job) serverLabels(s *Study, scores []float64) bool {
	return j.spec.Model.URL != "" && labels(scores) && (s.Scores == nil || !labels(s.Scores[:len(scores)]))
}

// labels says whether scores are all 0 or 1. What is missing is neither.
func labels(scores []float64) bool {
	for _, x := range scores {
		if x != 0 && x != 1 {
			return false
		}
	}
	return true
}

func askForScores(kind string) string {
	switch kind {
	case "mlflow":
		return `a model of scikit-learn gives scores when it is saved with pyfunc_predict_fn="predict_proba"`
	case "oip-v2":
		return "ask for another output, as in model.request.output: predict_proba"
	}
	return "model.request.path says where the scores are"
}
