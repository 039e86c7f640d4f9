package model

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Template is a protocol of the user's: how a request is made and where the
// scores are in the answer. It covers servers such as TensorFlow Serving,
// KServe 1, Vertex AI ({Form: "instances"}), SageMaker ({Form: "csv"}) and
// Azure ML ({Form: "split", Key: "input_data"}).
type Template struct {
	// Form is split ({"columns", "data"}), records, instances (a list of
	// lists), csv without a header, or jsonl.
	Form string
	// Key wraps the rows; "" is instances for instances, else none.
	Key string
	// Path leads to the list of scores, with a dot between steps, such as
	// predictions or outputs.0.data; "" is the whole answer. An answer of
	// text/csv has a line for each row.
	Path string
	Pick Pick
	// Headers are sent with every request.
	Headers map[string]string
}

// Request implements [Protocol].
func (t Template) Request(rows Batch, inputs []Input) (body []byte, headers map[string]string, err error) {
	kind := "application/json"
	switch t.Form {
	case "split":
		names, err := json.Marshal(columnNames(inputs))
		if err != nil {
			return nil, nil, err
		}
		body = append(append([]byte(`{"columns":`), names...), `,"data":`...)
		if body, err = appendRows(body, rows, inputs, false); err != nil {
			return nil, nil, err
		}
		body = append(body, '}')
	case "records", "instances":
		body, err = appendRows(nil, rows, inputs, t.Form == "records")
	case "csv":
		kind = "text/csv"
		body, err = csvRows(rows, inputs)
	case "jsonl":
		kind = "application/jsonlines"
		for row := range rows.Rows {
			one, err := appendRows(nil, rows.slice(row, row+1), inputs, true)
			if err != nil {
				return nil, nil, err
			}
			body = append(append(body, one[1:len(one)-1]...), '\n')
		}
	default:
		return nil, nil, fmt.Errorf("form %q is none of split, records, instances, csv, jsonl", t.Form)
	}
	if err != nil {
		return nil, nil, err
	}
	key := t.Key
	if key == "" && t.Form == "instances" {
		key = "instances"
	}
	if key != "" && kind == "application/json" {
		name, err := json.Marshal(key)
		if err != nil {
			return nil, nil, err
		}
		body = append(append(append(append([]byte{'{'}, name...), ':'), body...), '}')
	}
	headers = map[string]string{"Content-Type": kind}
	for name, value := range t.Headers {
		headers[name] = value
	}
	return body, headers, nil
}

func csvRows(rows Batch, inputs []Input) ([]byte, error) {
	var text strings.Builder
	w := csv.NewWriter(&text)
	record := make([]string, len(inputs))
	for row := range rows.Rows {
		for i, in := range inputs {
			x := rows.Columns[i][row]
			switch {
			case x != x:
				record[i] = ""
			case in.Categories == nil:
				record[i] = strconv.FormatFloat(x, 'g', -1, 64)
			case int(x) >= 0 && int(x) < len(in.Categories):
				record[i] = in.Categories[int(x)]
			}
		}
		if err := w.Write(record); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return []byte(text.String()), w.Error()
}

// Scores implements [Protocol].
func (t Template) Scores(body []byte, headers http.Header, _ int) ([]float64, error) {
	if strings.HasPrefix(headers.Get("Content-Type"), "text/csv") {
		return t.csvScores(body)
	}
	var answer any
	if err := decode(body, &answer); err != nil {
		return nil, err
	}
	for _, step := range strings.FieldsFunc(t.Path, func(r rune) bool { return r == '.' }) {
		switch v := answer.(type) {
		case map[string]any:
			answer = v[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(v) {
				return nil, fmt.Errorf("its answer has no %s: there is no element %s", t.Path, step)
			}
			answer = v[i]
		default:
			answer = nil
		}
	}
	rows, ok := answer.([]any)
	if !ok {
		return nil, fmt.Errorf("its answer has no list at %q: it begins with %s", t.Path, firstLine(body))
	}
	return t.Pick.rows(rows)
}

func (t Template) csvScores(body []byte) ([]float64, error) {
	var scores []float64
	for i, line := range strings.Split(strings.TrimSpace(string(body)), "\n") {
		cells := strings.Split(strings.TrimSpace(line), ",")
		column, err := t.Pick.column(len(cells))
		if err != nil {
			return nil, err
		}
		x, err := strconv.ParseFloat(cells[column], 64)
		if err != nil {
			return nil, fmt.Errorf("line %d of its answer is %q, not a number", i+1, cells[column])
		}
		scores = append(scores, x)
	}
	return scores, nil
}
