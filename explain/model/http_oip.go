package model

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
)

// OpenInference is the Open Inference Protocol, version 2, POST
// /v2/models/NAME/infer (kserve/open-inference-protocol).
type OpenInference struct {
	// Output names the tensor that holds the scores, such as predict_proba;
	// without it a server of scikit-learn models answers labels.
	Output string
	Pick   Pick
	// Columns sends a tensor for each input, named after it, instead of one
	// with all; inputs of categories need it.
	Columns bool
	// Binary sends and takes tensors as bytes after the JSON.
	Binary bool
}

const binaryHeader = "Inference-Header-Content-Length"

type oipTensor struct {
	Name       string          `json:"name"`
	Shape      []int           `json:"shape"`
	Datatype   string          `json:"datatype"`
	Parameters map[string]any  `json:"parameters,omitempty"`
	Data       json.RawMessage `json:"data,omitempty"`
}

type oipRequest struct {
	Parameters map[string]any   `json:"parameters,omitempty"`
	Inputs     []oipTensor      `json:"inputs"`
	Outputs    []map[string]any `json:"outputs,omitempty"`
}

// Request implements [Protocol].
func (p OpenInference) Request(rows Batch, inputs []Input) ([]byte, map[string]string, error) {
	var request oipRequest
	var tail []byte
	if p.Columns {
		request.Parameters = map[string]any{"content_type": "pd"}
		for i, in := range inputs {
			tensor, bytes, err := p.tensor(in.Name, []int{rows.Rows, 1}, Batch{Rows: rows.Rows, Columns: rows.Columns[i : i+1]}, inputs[i:i+1])
			if err != nil {
				return nil, nil, err
			}
			request.Inputs, tail = append(request.Inputs, tensor), append(tail, bytes...)
		}
	} else {
		tensor, bytes, err := p.tensor("predict", []int{rows.Rows, len(inputs)}, rows, inputs)
		if err != nil {
			return nil, nil, err
		}
		request.Inputs, tail = append(request.Inputs, tensor), bytes
	}
	if p.Output != "" {
		request.Outputs = []map[string]any{{"name": p.Output}}
	}
	headers := map[string]string{"Content-Type": "application/json"}
	if p.Binary {
		if request.Parameters == nil {
			request.Parameters = map[string]any{}
		}
		request.Parameters["binary_data_output"] = true
	}
	body, err := json.Marshal(request)
	if err != nil {
		return nil, nil, err
	}
	if p.Binary {
		headers = map[string]string{"Content-Type": "application/octet-stream", binaryHeader: strconv.Itoa(len(body))}
		body = append(body, tail...)
	}
	return body, headers, nil
}

// tensor gives some columns as one tensor, row after row, and, for the binary
// form, its bytes.
func (p OpenInference) tensor(name string, shape []int, rows Batch, inputs []Input) (oipTensor, []byte, error) {
	t := oipTensor{Name: name, Shape: shape, Datatype: "FP64"}
	for _, in := range inputs {
		if in.Categories != nil {
			t.Datatype = "BYTES"
		}
	}
	if t.Datatype == "BYTES" && !p.Columns {
		return t, nil, errors.New("inputs of categories need a tensor for each input: set model.request.columns: true")
	}
	if p.Binary {
		data, err := binaryTensor(rows, inputs)
		t.Parameters = map[string]any{"binary_data_size": len(data)}
		return t, data, err
	}
	data := []byte{'['}
	for row := range rows.Rows {
		for i, in := range inputs {
			if len(data) > 1 {
				data = append(data, ',')
			}
			if x := rows.Columns[i][row]; x != x && in.Categories == nil {
				return t, nil, fmt.Errorf("input %q is missing in a row, which a tensor of JSON cannot say; model.request.binary can, where the server knows the extension", in.Name)
			}
			var err error
			if data, err = appendCell(data, in, rows.Columns[i][row]); err != nil {
				return t, nil, err
			}
		}
	}
	t.Data = append(data, ']')
	return t, nil, nil
}

// binaryTensor gives little-endian numbers, or texts each after its length.
func binaryTensor(rows Batch, inputs []Input) ([]byte, error) {
	var out []byte
	for row := range rows.Rows {
		for i, in := range inputs {
			x := rows.Columns[i][row]
			if in.Categories == nil {
				out = binary.LittleEndian.AppendUint64(out, math.Float64bits(x))
				continue
			}
			if !(x >= 0) || int(x) >= len(in.Categories) {
				return nil, fmt.Errorf("input %q is missing in a row, which a tensor of texts cannot say", in.Name)
			}
			text := in.Categories[int(x)]
			out = append(binary.LittleEndian.AppendUint32(out, uint32(len(text))), text...)
		}
	}
	return out, nil
}

// Scores implements [Protocol].
func (p OpenInference) Scores(body []byte, headers http.Header, rows int) ([]float64, error) {
	var tail []byte
	if text := headers.Get(binaryHeader); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > len(body) {
			return nil, fmt.Errorf("its header %s is %q for %d bytes", binaryHeader, text, len(body))
		}
		body, tail = body[:n], body[n:]
	}
	var answer struct {
		Outputs []oipTensor `json:"outputs"`
	}
	if err := decode(body, &answer); err != nil {
		return nil, err
	}
	for _, t := range answer.Outputs {
		size, err := t.binarySize(len(tail))
		if err != nil {
			return nil, err
		}
		if p.Output == "" && len(answer.Outputs) == 1 || t.Name == p.Output {
			return t.scores(tail[:size], rows, p.Pick)
		}
		tail = tail[size:]
	}
	return nil, fmt.Errorf("its answer has %d outputs, and none is called %q", len(answer.Outputs), p.Output)
}

// binarySize gives how many bytes of what is left belong to the tensor.
func (t oipTensor) binarySize(left int) (int, error) {
	value, ok := t.Parameters["binary_data_size"]
	if !ok {
		return 0, nil
	}
	size, isNumber := value.(float64)
	if !isNumber || size < 0 || size > float64(left) || size != math.Trunc(size) {
		return 0, fmt.Errorf("output %q claims %v bytes, and %d are left", t.Name, value, left)
	}
	return int(size), nil
}

// scores picks a number for each row out of the tensor.
func (t oipTensor) scores(data []byte, rows int, pick Pick) ([]float64, error) {
	numbers, err := t.numbers(data)
	if err != nil {
		return nil, fmt.Errorf("output %q: %w", t.Name, err)
	}
	if len(t.Shape) == 0 || t.Shape[0] != rows || rows == 0 || len(numbers)%rows != 0 || len(numbers) == 0 {
		return nil, fmt.Errorf("output %q has the shape %v and %d numbers for %d rows", t.Name, t.Shape, len(numbers), rows)
	}
	width := len(numbers) / rows
	column, err := pick.column(width)
	if err != nil {
		return nil, err
	}
	scores := make([]float64, rows)
	for row := range scores {
		scores[row] = numbers[row*width+column]
	}
	return scores, nil
}

// numbers reads the tensor's values: JSON, nested or flat, or bytes.
func (t oipTensor) numbers(data []byte) ([]float64, error) {
	if t.Data != nil {
		var values any
		if err := json.Unmarshal(t.Data, &values); err != nil {
			return nil, err
		}
		return flatten(nil, values)
	}
	var out []float64
	switch t.Datatype {
	case "FP64":
		for ; len(data) >= 8; data = data[8:] {
			out = append(out, math.Float64frombits(binary.LittleEndian.Uint64(data)))
		}
	case "FP32":
		for ; len(data) >= 4; data = data[4:] {
			out = append(out, float64(math.Float32frombits(binary.LittleEndian.Uint32(data))))
		}
	default:
		return nil, fmt.Errorf("its type is %s, where FP32 or FP64 is needed; labels are no scores", t.Datatype)
	}
	if len(data) > 0 {
		return nil, fmt.Errorf("%d bytes are left over", len(data))
	}
	return out, nil
}

func flatten(out []float64, value any) ([]float64, error) {
	switch v := value.(type) {
	case float64:
		return append(out, v), nil
	case []any:
		for _, inner := range v {
			var err error
			if out, err = flatten(out, inner); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("it holds %v, which is no number", value)
}
