package model

import (
	"context"
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
	"time"
)

var httpInputs = []Input{{Name: "age"}, {Name: "job", Categories: []string{"cook", "clerk"}}}

func httpBatch() Batch {
	return Batch{Rows: 3, Columns: [][]float64{{39, math.NaN(), 50.5}, {0, 1, math.NaN()}}}
}

// The bodies are those that the protocols' documentation shows.
func TestRequests(t *testing.T) {
	numbers := Batch{Rows: 2, Columns: [][]float64{{39, 50}, {77516, 0}}}
	numeric := []Input{{Name: "age"}, {Name: "income"}}
	for _, test := range []struct {
		name     string
		protocol Protocol
		rows     Batch
		inputs   []Input
		want     string
	}{
		{"mlflow", MLflow{}, httpBatch(), httpInputs, `{"dataframe_split":{"columns":["age","job"],"data":[[39,"cook"],[null,"clerk"],[50.5,null]]}}`},
		{"oip-v2", OpenInference{Output: "predict_proba"}, numbers, numeric, `{"inputs":[{"name":"predict","shape":[2,2],"datatype":"FP64","data":[39,77516,50,0]}],"outputs":[{"name":"predict_proba"}]}`},
		{"oip-v2 by columns", OpenInference{Columns: true}, numbers, numeric, `{"parameters":{"content_type":"pd"},"inputs":[{"name":"age","shape":[2,1],"datatype":"FP64","data":[39,50]},{"name":"income","shape":[2,1],"datatype":"FP64","data":[77516,0]}]}`},
		{"TensorFlow Serving", Template{Form: "instances"}, numbers, numeric, `{"instances":[[39,77516],[50,0]]}`},
		{"records", Template{Form: "records", Key: "instances"}, numbers, numeric, `{"instances":[{"age":39,"income":77516},{"age":50,"income":0}]}`},
		{"Azure ML", Template{Form: "split", Key: "input_data"}, numbers, numeric, `{"input_data":{"columns":["age","income"],"data":[[39,77516],[50,0]]}}`},
		{"SageMaker", Template{Form: "csv"}, numbers, numeric, "39,77516\n50,0\n"},
		{"lines", Template{Form: "jsonl"}, numbers, numeric, `{"age":39,"income":77516}` + "\n" + `{"age":50,"income":0}` + "\n"},
	} {
		body, _, err := test.protocol.Request(test.rows, test.inputs)
		if err != nil || string(body) != test.want {
			t.Errorf("%s: %s, %v; want %s", test.name, body, err, test.want)
		}
	}
}

func TestAnswers(t *testing.T) {
	first := Pick{Column: -1}
	for _, test := range []struct {
		name     string
		protocol Protocol
		body     string
		want     string
	}{
		{"mlflow, numbers", MLflow{first}, `{"predictions":[0.12,0.83]}`, "[0.12 0.83]"},
		{"mlflow, two classes", MLflow{first}, `{"predictions":[[0.9,0.1],[0.2,0.8]]}`, "[0.1 0.8]"},
		{"mlflow, records", MLflow{Pick{Column: -1, Key: "p"}}, `{"predictions":[{"p":0.5,"y":1},{"p":0.25,"y":0}]}`, "[0.5 0.25]"},
		{"mlflow, three classes", MLflow{first}, `{"predictions":[[0.5,0.3,0.2],[0.5,0.3,0.2]]}`, "3 numbers for a row; name one"},
		{"mlflow, words", MLflow{first}, `{"predictions":["yes","no"]}`, "a label is no score"},
		{"mlflow, null", MLflow{first}, `{"predictions":[0.5,null]}`, "row 1: a score is null"},
		{"mlflow, a page", MLflow{first}, "<html>\n", "begins with <html>"},
		{"mlflow, other JSON", MLflow{first}, `{"answers":[1]}`, `no "predictions"`},
		{"oip-v2", OpenInference{Output: "predict_proba", Pick: first}, `{"outputs":[{"name":"predict_proba","shape":[2,2],"datatype":"FP64","data":[0.9,0.1,0.2,0.8]}]}`, "[0.1 0.8]"},
		{"oip-v2, nested", OpenInference{Pick: first}, `{"outputs":[{"name":"x","shape":[2,1],"datatype":"FP32","data":[[0.9],[0.1]]}]}`, "[0.9 0.1]"},
		{"oip-v2, other output", OpenInference{Output: "predict_proba", Pick: first}, `{"outputs":[{"name":"predict","shape":[2,1],"datatype":"INT64","data":[0,1]}]}`, `none is called "predict_proba"`},
		{"oip-v2, lying shape", OpenInference{Pick: first}, `{"outputs":[{"name":"x","shape":[3,1],"datatype":"FP64","data":[0.9,0.1]}]}`, "shape [3 1]"},
		{"by path", Template{Path: "outputs.0.data", Pick: first}, `{"outputs":[{"data":[0.5,0.75]}]}`, "[0.5 0.75]"},
		{"whole", Template{Pick: first}, `[1.5,2.5]`, "[1.5 2.5]"},
		{"by no path", Template{Path: "predictions", Pick: first}, `{"outputs":1}`, `no list at "predictions"`},
	} {
		got, err := test.protocol.Scores([]byte(test.body), http.Header{}, 2)
		if text := fmt.Sprint(got); err != nil {
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: %v, want %s", test.name, err, test.want)
			}
		} else if text != test.want {
			t.Errorf("%s: %s, want %s", test.name, text, test.want)
		}
	}
}

// sumServer answers as the binary extension of the protocol does: the sums of
// the rows of the tensors it was sent.
func sumServer(t *testing.T) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		n, err := strconv.Atoi(r.Header.Get(binaryHeader))
		if err != nil {
			t.Errorf("header: %v", err)
		}
		var request oipRequest
		if err := json.Unmarshal(body[:n], &request); err != nil {
			t.Error(err)
		}
		rows, width := request.Inputs[0].Shape[0], request.Inputs[0].Shape[1]
		data := body[n:]
		if size := request.Inputs[0].Parameters["binary_data_size"]; size != float64(len(data)) || len(data) != 8*rows*width {
			t.Errorf("%v bytes claimed, %d sent for %d x %d", size, len(data), rows, width)
		}
		var out []byte
		for row := range rows {
			sum := 0.0
			for i := range width {
				sum += math.Float64frombits(binary.LittleEndian.Uint64(data[8*(row*width+i):]))
			}
			out = binary.LittleEndian.AppendUint64(out, math.Float64bits(sum))
		}
		head := fmt.Sprintf(`{"outputs":[{"name":"sum","shape":[%d,1],"datatype":"FP64","parameters":{"binary_data_size":%d}}]}`, rows, len(out))
		w.Header().Set(binaryHeader, strconv.Itoa(len(head)))
		_, _ = w.Write(append([]byte(head), out...))
	}
}

func TestBinaryExtension(t *testing.T) {
	server := httptest.NewServer(sumServer(t))
	defer server.Close()
	h, err := NewHTTP(Server{URL: server.URL, Inputs: []Input{{Name: "a"}, {Name: "b"}}, Protocol: OpenInference{Binary: true, Pick: Pick{Column: -1}}, Batch: 2, Parallel: 2})
	if err != nil {
		t.Fatal(err)
	}
	got := make([]float64, 5)
	if err := h.Score(context.Background(), Batch{Rows: 5, Columns: [][]float64{{1, 2, 3, 4, 5}, {.5, .5, .5, .5, .25}}}, Probability, got); err != nil {
		t.Fatal(err)
	}
	if want := "[1.5 2.5 3.5 4.5 5.25]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func TestServerFaults(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("another host was asked") }))
	defer other.Close()
	var asked atomic.Int32
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		want   string
		asked  int32
	}{
		{"error", func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "boom\n at line 3\x1b[31m", 500)
		}, "it answered 500 Internal Server Error: boom", 1},
		{"busy once", func(w http.ResponseWriter, _ *http.Request) {
			if asked.Load() == 1 {
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			_, _ = io.WriteString(w, `{"predictions":[1,2,3]}`)
		}, "", 2},
		{"too few", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"predictions":[1,2]}`)
		}, "2 scores came back for 3 rows", 1},
		{"nothing", func(w http.ResponseWriter, _ *http.Request) {}, "begins with nothing", 1},
		{"elsewhere", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		}, "points to another host", 1},
		{"slow", func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
			case <-time.After(5 * time.Second):
			}
		}, "no answer within 200ms", 1},
		{"endless", func(w http.ResponseWriter, _ *http.Request) {
			for range 100 {
				_, _ = w.Write(make([]byte, 1<<10))
			}
		}, "more than 8192 bytes", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked.Store(0)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				_, _ = io.Copy(io.Discard, r.Body)
				test.answer(w, r)
			}))
			defer server.Close()
			h, err := NewHTTP(Server{URL: server.URL, Inputs: httpInputs, Protocol: MLflow{Pick{Column: -1}}, Timeout: 200 * time.Millisecond, MaxBytes: 8192})
			if err != nil {
				t.Fatal(err)
			}
			err = h.Score(context.Background(), httpBatch(), Probability, make([]float64, 3))
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\x1b")) {
				t.Errorf("%v, want %q", err, test.want)
			}
			if n := asked.Load(); n != test.asked {
				t.Errorf("asked %d times, want %d", n, test.asked)
			}
		})
	}
}

func TestToken(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer s3cret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, `{"predictions":[1,2,3]}`)
	}))
	defer server.Close()
	h, err := NewHTTP(Server{URL: server.URL, Inputs: httpInputs, Protocol: MLflow{Pick{Column: -1}}, TokenVariable: "PLUMBLINE_TEST_TOKEN", Client: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	scores := make([]float64, 3)
	if err := h.Score(context.Background(), httpBatch(), Margin, scores); err == nil || !strings.Contains(err.Error(), "PLUMBLINE_TEST_TOKEN") {
		t.Errorf("without a token: %v", err)
	}
	t.Setenv("PLUMBLINE_TEST_TOKEN", "s3cret")
	if err := h.Score(context.Background(), httpBatch(), Margin, scores); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"ftp://x/y", "localhost:80", "http://name:word@host/"} {
		if _, err := NewHTTP(Server{URL: bad}); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}
