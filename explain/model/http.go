package model

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
)

// HTTP scores rows with a server. What a request and an answer look like is
// the protocol's; see [MLflow], [OpenInference] and [Template].
type HTTP struct {
	server Server
	client *http.Client
}

// A Server is where and how rows are sent.
type Server struct {
	URL      string
	Inputs   []Input
	Protocol Protocol
	// TokenVariable names the environment variable with the bearer token; ""
	// sends none.
	TokenVariable string
	// Batch is how many rows go in one request, Parallel how many requests
	// are under way, Timeout how long one may take.
	Batch, Parallel int
	Timeout         time.Duration
	// MaxBytes bounds a request's body and an answer's; 0 is 64 MiB.
	MaxBytes int64
	// Client is used instead of one of its own, for a private authority.
	Client *http.Client
}

// A Protocol makes a request of rows and finds the scores in an answer.
type Protocol interface {
	// Request gives the body and its headers.
	Request(rows Batch, inputs []Input) (body []byte, headers map[string]string, err error)
	// Scores gives a number for each row out of an answer with status 200.
	Scores(body []byte, headers http.Header, rows int) ([]float64, error)
}

const (
	maxAttempts  = 5
	firstBackoff = 200 * time.Millisecond
	maxBackoff   = 10 * time.Second
)

// NewHTTP prepares a scorer behind a server.
func NewHTTP(server Server) (*HTTP, error) {
	at, err := url.Parse(server.URL)
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return nil, fmt.Errorf("model: url %q is no http or https address", server.URL)
	}
	if at.User != nil {
		return nil, errors.New("model: url holds a name or password; give a token in an environment variable")
	}
	if server.Batch <= 0 {
		server.Batch = 4096
	}
	if server.Parallel <= 0 {
		server.Parallel = 1
	}
	if server.Timeout <= 0 {
		server.Timeout = 30 * time.Second
	}
	if server.MaxBytes <= 0 {
		server.MaxBytes = 64 << 20
	}
	client := server.Client
	if client == nil {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.MaxIdleConnsPerHost = server.Parallel
		client = &http.Client{Transport: transport}
	}
	own := *client
	own.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		if next.URL.Host != at.Host || next.URL.Scheme != at.Scheme {
			return fmt.Errorf("it points to another host, %s, which is not asked", next.URL.Host)
		}
		if len(via) > 5 {
			return errors.New("it sends the request from one address to the next")
		}
		return nil
	}
	return &HTTP{server: server, client: &own}, nil
}

// Inputs implements [Scorer].
func (h *HTTP) Inputs() []Input { return h.server.Inputs }

// Classes implements [Scorer].
func (h *HTTP) Classes() int { return 1 }

// Score implements [Scorer]. The server says what its numbers are, so both
// outputs are the same.
func (h *HTTP) Score(ctx context.Context, batch Batch, _ Output, scores []float64) error {
	if err := check(batch, h.server.Inputs, 1, scores); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int, batch.Rows/h.server.Batch+1)
	for from := 0; from < batch.Rows; from += h.server.Batch {
		next <- from
	}
	close(next)
	var workers sync.WaitGroup
	for range min(h.server.Parallel, len(next)) {
		workers.Go(func() {
			for from := range next {
				to := min(from+h.server.Batch, batch.Rows)
				if err := h.part(ctx, batch.slice(from, to), scores[from:to]); err != nil {
					cancel(fmt.Errorf("the scoring server, rows %d to %d: %w", from, to-1, err))
					return
				}
			}
		})
	}
	workers.Wait()
	return context.Cause(ctx)
}

// part sends some rows, again after a while if the server is too busy.
func (h *HTTP) part(ctx context.Context, rows Batch, scores []float64) error {
	body, headers, err := h.server.Protocol.Request(rows, h.server.Inputs)
	if err != nil {
		return err
	}
	if int64(len(body)) > h.server.MaxBytes {
		return fmt.Errorf("a request of %d rows has %d bytes, more than %d; set model.batch lower", rows.Rows, len(body), h.server.MaxBytes)
	}
	wait := firstBackoff
	for attempt := 1; ; attempt++ {
		a, err := h.send(ctx, body, headers)
		if err != nil {
			return err
		}
		if busy := a.status == http.StatusTooManyRequests || a.status == http.StatusServiceUnavailable; busy && attempt < maxAttempts {
			if err := sleep(ctx, max(wait, min(a.after, maxBackoff))); err != nil {
				return err
			}
			wait = min(2*wait, maxBackoff)
			continue
		}
		if a.status != http.StatusOK {
			return h.fault(a, attempt)
		}
		got, err := h.server.Protocol.Scores(a.body, a.headers, rows.Rows)
		if err != nil {
			return err
		}
		return into(scores, got)
	}
}

// into copies the scores of an answer.
func into(scores, got []float64) error {
	if len(got) != len(scores) {
		return fmt.Errorf("%d scores came back for %d rows", len(got), len(scores))
	}
	for row, x := range got {
		if x != x {
			return fmt.Errorf("row %d has no score", row)
		}
	}
	copy(scores, got)
	return nil
}

// httpAnswer is what came back.
type httpAnswer struct {
	status  int
	headers http.Header
	body    []byte
	after   time.Duration // of the header Retry-After
}

func (h *HTTP) send(ctx context.Context, body []byte, headers map[string]string) (httpAnswer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, h.server.Timeout, fmt.Errorf("no answer within %s", h.server.Timeout))
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, h.server.URL, bytes.NewReader(body))
	if err != nil {
		return httpAnswer{}, err
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	if name := h.server.TokenVariable; name != "" {
		token := os.Getenv(name)
		if token == "" {
			return httpAnswer{}, fmt.Errorf("the environment variable %s, which holds the token, is not set", name)
		}
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := h.client.Do(request)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return httpAnswer{}, cause
		}
		return httpAnswer{}, unanswered(err)
	}
	defer response.Body.Close()
	a := httpAnswer{status: response.StatusCode, headers: response.Header}
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds > 0 {
		a.after = time.Duration(seconds) * time.Second
	}
	a.body, err = io.ReadAll(io.LimitReader(response.Body, h.server.MaxBytes+1))
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return httpAnswer{}, cause
		}
		return httpAnswer{}, fmt.Errorf("its answer breaks off: %w", err)
	}
	if int64(len(a.body)) > h.server.MaxBytes {
		return httpAnswer{}, fmt.Errorf("its answer has more than %d bytes", h.server.MaxBytes)
	}
	return a, nil
}

// unanswered says why there is no answer, without the address: it is in the
// configuration, and may hold what is nobody else's business.
func unanswered(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	if errors.Is(err, io.EOF) {
		return errors.New("it closed the connection without an answer")
	}
	return err
}

// fault says what a server answered instead of scores, in one line.
func (h *HTTP) fault(a httpAnswer, attempts int) error {
	text := complaint(a.body)
	if attempts > 1 {
		text = fmt.Sprintf("%s (asked %d times)", text, attempts)
	}
	switch a.status {
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		text += "; is model.url the whole address, with its path?"
	case http.StatusUnauthorized, http.StatusForbidden:
		if h.server.TokenVariable == "" {
			text += "; model.token_variable names the environment variable that holds a token"
		} else {
			text += "; it does not take the token in " + h.server.TokenVariable
		}
	case http.StatusRequestEntityTooLarge:
		text += "; set model.batch lower"
	}
	return fmt.Errorf("it answered %d %s: %s", a.status, http.StatusText(a.status), text)
}

// complaint is what an answer says is wrong: the message of an error in JSON
// (MLflow's message, the protocols' error, FastAPI's detail), else its first
// line.
func complaint(body []byte) string {
	var keys map[string]json.RawMessage
	if json.Unmarshal(body, &keys) != nil {
		return firstLine(body)
	}
	for _, key := range []string{"message", "error", "detail"} {
		var text string
		if json.Unmarshal(keys[key], &text) == nil && text != "" {
			return firstLine([]byte(text))
		}
	}
	return firstLine(body)
}

// firstLine gives the beginning of an answer in a form that is harmless on a
// terminal.
func firstLine(body []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(body)), "\n")
	if line == "" {
		return "nothing"
	}
	cut := []rune(line)
	if len(cut) > 200 {
		line = string(cut[:200]) + "…"
	}
	if strings.IndexFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
		return strconv.Quote(line)
	}
	return line
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
