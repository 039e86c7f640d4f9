package model

import (
	"encoding/json"
	"errors"
	"net/http"
)

// MLflow is the scoring protocol of MLflow 2 and later, POST /invocations
// (mlflow/pyfunc/scoring_server).
type MLflow struct{ Pick Pick }

// Request implements [Protocol] with the form dataframe_split.
func (MLflow) Request(rows Batch, inputs []Input) ([]byte, map[string]string, error) {
	names, err := json.Marshal(columnNames(inputs))
	if err != nil {
		return nil, nil, err
	}
	body := append([]byte(`{"dataframe_split":{"columns":`), names...)
	body = append(body, `,"data":`...)
	if body, err = appendRows(body, rows, inputs, false); err != nil {
		return nil, nil, err
	}
	return append(body, "}}"...), map[string]string{"Content-Type": "application/json"}, nil
}

// Scores implements [Protocol].
func (m MLflow) Scores(body []byte, _ http.Header, _ int) ([]float64, error) {
	var answer struct {
		Predictions []any `json:"predictions"`
	}
	if err := decode(body, &answer); err != nil {
		return nil, err
	}
	if answer.Predictions == nil {
		return nil, errors.New(`its answer has no "predictions"`)
	}
	return m.Pick.rows(answer.Predictions)
}
