package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// columnNames gives the names of the inputs.
func columnNames(inputs []Input) []string {
	out := make([]string, len(inputs))
	for i, in := range inputs {
		out[i] = in.Name
	}
	return out
}

// appendCell writes one value as JSON: a number, a category's name, or null.
func appendCell(out []byte, in Input, x float64) ([]byte, error) {
	switch {
	case x != x:
		return append(out, "null"...), nil
	case in.Categories == nil:
		if x-x != 0 {
			return nil, fmt.Errorf("input %q is infinite, which JSON has no number for", in.Name)
		}
		return strconv.AppendFloat(out, x, 'g', -1, 64), nil
	case x < 0 || int(x) >= len(in.Categories):
		return append(out, "null"...), nil
	}
	text, err := json.Marshal(in.Categories[int(x)])
	return append(out, text...), err
}

// appendRows writes rows as lists, or as objects with the inputs' names.
func appendRows(out []byte, rows Batch, inputs []Input, objects bool) ([]byte, error) {
	names := make([][]byte, len(inputs))
	for i, in := range inputs {
		name, err := json.Marshal(in.Name)
		if err != nil {
			return nil, err
		}
		names[i] = name
	}
	out = append(out, '[')
	for row := range rows.Rows {
		if row > 0 {
			out = append(out, ',')
		}
		var err error
		if out, err = appendRow(out, rows, inputs, row, names, objects); err != nil {
			return nil, err
		}
	}
	return append(out, ']'), nil
}

func appendRow(out []byte, rows Batch, inputs []Input, row int, names [][]byte, objects bool) ([]byte, error) {
	brackets := "[]"
	if objects {
		brackets = "{}"
	}
	out = append(out, brackets[0])
	for i, in := range inputs {
		if i > 0 {
			out = append(out, ',')
		}
		if objects {
			out = append(append(out, names[i]...), ':')
		}
		var err error
		if out, err = appendCell(out, in, rows.Columns[i][row]); err != nil {
			return nil, err
		}
	}
	return append(out, brackets[1]), nil
}

// A Pick says which number of a row's answer is its score.
type Pick struct {
	// Column counts from 0; -1 takes the only number, or the second of two,
	// which is the probability of the positive class by custom.
	Column int
	// Key is for answers that are objects.
	Key string
}

// row gives the score in the answer for one row: a number, a list of numbers,
// or an object.
func (p Pick) row(value any) (float64, error) {
	switch v := value.(type) {
	case float64:
		return v, nil
	case []any:
		column, err := p.column(len(v))
		if err != nil {
			return 0, err
		}
		return p.row(v[column])
	case map[string]any:
		if inner, ok := v[p.Key]; ok && p.Key != "" {
			return p.row(inner)
		}
		if len(v) == 1 && p.Key == "" {
			for _, inner := range v {
				return p.row(inner)
			}
		}
		return 0, fmt.Errorf("an answer is an object with %d keys; name the one that holds the score", len(v))
	case nil:
		return 0, errors.New("a score is null")
	case string:
		return 0, fmt.Errorf("a score is the text %q; a label is no score", v)
	case bool:
		return 0, errors.New("a score is true or false; a label is no score")
	}
	return 0, fmt.Errorf("a score is %v", value)
}

// column gives the place of the score among so many numbers.
func (p Pick) column(count int) (int, error) {
	switch {
	case p.Column >= 0 && p.Column < count:
		return p.Column, nil
	case p.Column >= 0:
		return 0, fmt.Errorf("there are %d numbers for a row, and none is number %d", count, p.Column)
	case count == 1:
		return 0, nil
	case count == 2:
		return 1, nil
	}
	return 0, fmt.Errorf("there are %d numbers for a row; name one, as in output: class:2", count)
}

// rows gives the scores of a list of answers.
func (p Pick) rows(values []any) ([]float64, error) {
	scores := make([]float64, len(values))
	for i, v := range values {
		var err error
		if scores[i], err = p.row(v); err != nil {
			return nil, fmt.Errorf("row %d: %w", i, err)
		}
	}
	return scores, nil
}

// decode reads an answer that ought to be JSON.
func decode(body []byte, to any) error {
	if err := json.Unmarshal(body, to); err != nil {
		return fmt.Errorf("its answer is not the JSON of this protocol: it begins with %s", firstLine(body))
	}
	return nil
}
