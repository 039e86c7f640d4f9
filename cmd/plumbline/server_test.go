package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// linearRows finds the rows in a request of any protocol, and scores them as
// the linear model of scorerFolder does.
func linearRows(t *testing.T, r *http.Request) []float64 {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	var flat []float64
	var rows [][]float64
	var request struct {
		Split  struct{ Data [][]float64 } `json:"dataframe_split"`
		Rows   []map[string]float64       `json:"rows"`
		Inputs []struct {
			Shape []int
			Data  []float64
		}
	}
	if n, err := strconv.Atoi(r.Header.Get("Inference-Header-Content-Length")); err == nil {
		for tail := body[n:]; len(tail) > 0; tail = tail[8:] {
			flat = append(flat, math.Float64frombits(binary.LittleEndian.Uint64(tail)))
		}
		body = body[:n]
	}
	if r.Header.Get("Content-Type") == "text/csv" {
		for line := range strings.Lines(string(body)) {
			for cell := range strings.SplitSeq(strings.TrimSpace(line), ",") {
				x, err := strconv.ParseFloat(cell, 64)
				if err != nil {
					t.Error(err)
				}
				flat = append(flat, x)
			}
		}
	} else if err := json.Unmarshal(body, &request); err != nil {
		t.Errorf("%v in %s", err, body)
	}
	rows = request.Split.Data
	for _, row := range request.Rows {
		rows = append(rows, []float64{row["age"], row["balance"], row["day"], row["duration"], row["campaign"], row["pdays"]})
	}
	for _, in := range request.Inputs {
		flat = append(flat, in.Data...)
	}
	for ; len(flat) >= 6; flat = flat[6:] {
		rows = append(rows, flat[:6])
	}
	scores := make([]float64, len(rows))
	for i, row := range rows {
		margin := -1.5
		for k, w := range []float64{0.03, 0, 0.01, 0.001, -0.2, 0.002} {
			margin += float64(w * row[k])
		}
		scores[i] = 1 / (1 + math.Exp(-margin))
	}
	return scores
}

func respond(t *testing.T, w http.ResponseWriter, value any) {
	t.Helper()
	if err := json.NewEncoder(w).Encode(value); err != nil {
		t.Error(err)
	}
}

// A server gives the explanations of the model's file, whatever it speaks.
func TestServers(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/invocations", func(w http.ResponseWriter, r *http.Request) {
		respond(t, w, map[string]any{"predictions": linearRows(t, r)})
	})
	mux.HandleFunc("/v2/models/m/infer", func(w http.ResponseWriter, r *http.Request) {
		scores := linearRows(t, r)
		both := make([]float64, 0, 2*len(scores))
		for _, p := range scores {
			both = append(both, 1-p, p)
		}
		output := map[string]any{"name": "predict_proba", "shape": []int{len(scores), 2}, "datatype": "FP64", "data": both}
		if r.Header.Get("Inference-Header-Content-Length") == "" {
			respond(t, w, map[string]any{"outputs": []any{output}})
			return
		}
		var tail []byte
		for _, p := range both {
			tail = binary.LittleEndian.AppendUint64(tail, math.Float64bits(p))
		}
		delete(output, "data")
		output["parameters"] = map[string]int{"binary_data_size": len(tail)}
		head, _ := json.Marshal(map[string]any{"outputs": []any{output}})
		w.Header().Set("Inference-Header-Content-Length", strconv.Itoa(len(head)))
		_, _ = w.Write(append(head, tail...))
	})
	mux.HandleFunc("/csv", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/csv")
		for _, p := range linearRows(t, r) {
			fmt.Fprintln(w, p)
		}
	})
	mux.HandleFunc("/records", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer s3cret" || r.Header.Get("X-Team") != "audit" {
			t.Errorf("headers %v", r.Header)
		}
		var rows []any
		for _, p := range linearRows(t, r) {
			rows = append(rows, map[string]any{"score": p, "label": "yes"})
		}
		respond(t, w, map[string]any{"result": map[string]any{"rows": rows}})
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	t.Setenv("PLUMBLINE_TEST_TOKEN", "s3cret")
	dir := scorerFolder(t, "linear")
	native := explainWith(t, dir, "{type: linear, path: model.json, threshold: 0.2}", scorerAsked)
	for name, model := range map[string]string{
		"mlflow":        "type: mlflow, url: URL/invocations, batch: 500, parallel: 3, timeout: 20s",
		"oip-v2":        "type: oip-v2, url: URL/v2/models/m/infer, request: {output: predict_proba}",
		"oip-v2 binary": "type: oip-v2, url: URL/v2/models/m/infer, request: {output: predict_proba, binary: true}",
		"http, csv":     "type: http, url: URL/csv, request: {form: csv}",
		"http, records": "type: http, url: 'URL/records?key=secret', token_variable: PLUMBLINE_TEST_TOKEN, request: {form: records, key: rows, path: result.rows, field: score, headers: {X-Team: audit}}",
	} {
		t.Run(name, func(t *testing.T) {
			got := explainWith(t, dir, "{"+strings.ReplaceAll(model, "URL", server.URL)+", "+scorerInputs+"}", scorerAsked)
			sameExplanations(t, native, got)
			if text, err := json.Marshal(got); err != nil || strings.Contains(string(text), "secret") || strings.Contains(string(text), "s3cret") {
				t.Errorf("the result holds a secret: %v", err)
			}
		})
	}
}

// sameExplanations holds two ways to the same model against each other: where
// both draw, they draw the same.
func sameExplanations(t *testing.T, want, got *audit.Result) {
	t.Helper()
	if got.Model.Refused != "" {
		t.Fatal(got.Model.Refused)
	}
	if len(want.Explanations) != len(got.Explanations) || len(got.Explanations) < 30 {
		t.Fatalf("%d and %d explanations", len(want.Explanations), len(got.Explanations))
	}
	for i, w := range want.Explanations {
		g := got.Explanations[i]
		tolerance := 1e-7 // a library's scores may have 32 bits
		if w.Exact && !g.Exact {
			tolerance = 5 * *g.StandardError
		}
		if g.Metric != w.Metric || g.Part != w.Part || math.Abs(*g.Value-*w.Value) > tolerance {
			t.Errorf("%s %s %s of %v: %v, of the file %v", w.Explainer, w.Metric, w.Part, w.Feature, *g.Value, *w.Value)
		}
	}
}

// Whatever a server answers, the audit ends soon, says what was wrong, stands
// without explanations, and the server is asked no more.
func TestServerMisbehaves(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("another host was asked") }))
	defer other.Close()
	predictions := func(change func([]float64) any) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			respond(t, w, map[string]any{"predictions": change(linearRows(t, r))})
		}
	}
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		says   string
		asked  int32
	}{
		{"500", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "boom\nat line 3", 500) }, "it answered 500 Internal Server Error: boom", 1},
		{"error of MLflow", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(400)
			respond(t, w, map[string]string{"stack_trace": "Traceback", "error_code": "BAD_REQUEST", "message": "Failed to enforce schema\nmore"})
		}, "it answered 400 Bad Request: Failed to enforce schema", 1},
		{"404", http.NotFound, "is model.url the whole address", 1},
		{"401", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, "model.token_variable names the environment variable", 1},
		{"HTML", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>Please log in</html>") }, "is not the JSON of this protocol: it begins with <html>", 1},
		{"nothing", func(http.ResponseWriter, *http.Request) {}, "it begins with nothing", 1},
		{"closes", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "it closed the connection without an answer", 1},
		{"fewer rows", predictions(func(p []float64) any { return p[1:] }), "74 scores came back for 75 rows", 1},
		{"more rows", predictions(func(p []float64) any { return append(p, 0.5) }), "76 scores came back for 75 rows", 1},
		{"words", predictions(func(p []float64) any { return strings.Fields(strings.Repeat("yes ", len(p))) }), "a label is no score", 1},
		{"labels", predictions(func(p []float64) any {
			for i := range p {
				p[i] = math.Round(p[i])
			}
			return p
		}), "are all 0 or 1, which are labels and no scores", 4},
		{"NaN", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"predictions": [NaN]}`) }, "is not the JSON of this protocol", 1},
		{"null", predictions(func(p []float64) any { return make([]any, len(p)) }), "a score is null", 1},
		{"order", predictions(func(p []float64) any {
			for i := range len(p) / 2 {
				p[i], p[len(p)-1-i] = p[len(p)-1-i], p[i]
			}
			return p
		}), "differ by", 4},
		{"elsewhere", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		}, "points to another host", 1},
		{"busy", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) }, "it answered 429 Too Many Requests: nothing (asked 5 times)", 5},
		{"slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "no answer within 2s", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := scorerFolder(t, "linear")
			var asked atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				if c.name == "slow" {
					_, _ = io.Copy(io.Discard, r.Body)
				}
				c.answer(w, r)
			}))
			defer server.Close()
			r := explainWith(t, dir, "{type: mlflow, url: "+server.URL+", timeout: 2s, "+scorerInputs+"}", scorerAsked)
			if !strings.Contains(r.Model.Refused, c.says) || strings.Contains(r.Model.Refused, "\n") {
				t.Errorf("refused: %q, want %q", r.Model.Refused, c.says)
			}
			if len(r.Explanations) > 0 || len(r.Measurements) == 0 {
				t.Errorf("%d explanations and %d measurements", len(r.Explanations), len(r.Measurements))
			}
			if n := asked.Load(); n != c.asked {
				t.Errorf("asked %d times, want %d", n, c.asked)
			}
		})
	}
}

// A server that fails after the probe is asked no more by later explainers.
func TestServerFailsLater(t *testing.T) {
	dir := scorerFolder(t, "linear")
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) > 4 {
			http.Error(w, "out of memory", 500)
			return
		}
		respond(t, w, map[string]any{"predictions": linearRows(t, r)})
	}))
	defer server.Close()
	r := explainWith(t, dir, "{type: mlflow, url: "+server.URL+", "+scorerInputs+"}", scorerAsked)
	for _, e := range r.Explainers {
		if e.Status != "refused" || !strings.Contains(e.Reason, "out of memory") {
			t.Errorf("%s is %s: %s", e.Name, e.Status, e.Reason)
		}
	}
	if n := asked.Load(); n != 5 || len(r.Explainers) != 3 {
		t.Errorf("asked %d times by %d explainers", n, len(r.Explainers))
	}
}

// An address that nobody serves.
func TestNoServer(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	r := explainWith(t, scorerFolder(t, "linear"), "{type: mlflow, url: '"+server.URL+"/?key=secret', "+scorerInputs+"}", scorerAsked)
	if !strings.Contains(r.Model.Refused, "connection refused") || strings.Contains(r.Model.Refused, "secret") || strings.Contains(r.Model.URL, "secret") {
		t.Errorf("%q of %s", r.Model.Refused, r.Model.URL)
	}
}
