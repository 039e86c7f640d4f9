//go:build unix

package main

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// The real servers give the numbers of the file too. PLUMBLINE_SERVERS is the
// bin folder of an environment with testdata/income-model/servers.txt.
func TestServersIncome(t *testing.T) {
	bin := os.Getenv("PLUMBLINE_SERVERS")
	if bin == "" {
		t.Skip("needs MLflow and MLServer: PLUMBLINE_SERVERS, see .ci/run")
	}
	native := incomeAudit(t, "audit.yaml")
	const folder = "../../testdata/income-model"

	t.Run("mlflow", func(t *testing.T) {
		t.Parallel()
		mlflow := func(model string) string {
			port := freePort(t)
			serve(t, bin, "http://127.0.0.1:"+port+"/ping", nil, "mlflow", "models", "serve", "-m", model, "-h", "127.0.0.1", "-p", port, "-w", "1", "--env-manager", "local")
			return "127.0.0.1:" + port
		}
		sameExplanations(t, native, incomeAudit(t, "mlflow.yaml", "127.0.0.1:5000", mlflow(folder)))

		// The same model as scikit-learn's classifier answers labels.
		labels := filepath.Join(t.TempDir(), "labels")
		if err := os.CopyFS(labels, os.DirFS(folder)); err != nil {
			t.Fatal(err)
		}
		about, err := os.ReadFile(filepath.Join(labels, "MLmodel"))
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(labels, "MLmodel"), []byte(strings.ReplaceAll(string(about), "xgboost.core.Booster", "xgboost.sklearn.XGBClassifier")))
		refused(t, incomeAudit(t, "mlflow.yaml", "127.0.0.1:5000", mlflow(labels)), "labels and no scores")
	})

	t.Run("mlserver", func(t *testing.T) {
		t.Parallel()
		port := freePort(t)
		serve(t, bin, "http://127.0.0.1:"+port+"/v2/models/income/ready", []string{"MLSERVER_HOST=127.0.0.1", "MLSERVER_HTTP_PORT=" + port, "MLSERVER_GRPC_PORT=" + freePort(t),
			"MLSERVER_METRICS_PORT=" + freePort(t), "MLSERVER_PARALLEL_WORKERS=0"}, "mlserver", "start", folder)
		here := []string{"127.0.0.1:8080", "127.0.0.1:" + port}
		sameExplanations(t, native, incomeAudit(t, "oip.yaml", here...))
		refused(t, incomeAudit(t, "oip.yaml", append(here, "request: {output: predict_proba}", "output: probability")...), "model.request.output: predict_proba")
		refused(t, incomeAudit(t, "oip.yaml", append(here, "predict_proba", "probability")...), "it answered 400 Bad Request")
		refused(t, incomeAudit(t, "oip.yaml", append(here, "models/income", "models/other")...), "it answered 404 Not Found")
		refused(t, incomeAudit(t, "oip.yaml", append(here, "predict_proba}", "predict_proba, binary: true}")...), "it answered 500 Internal Server Error")
	})
}

func refused(t *testing.T, r *audit.Result, says string) {
	t.Helper()
	if !strings.Contains(r.Model.Refused, says) || len(r.Explanations) > 0 || len(r.Measurements) == 0 {
		t.Errorf("refused: %q, want %q; %d explanations, %d measurements", r.Model.Refused, says, len(r.Explanations), len(r.Measurements))
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// serve starts a server, waits until it is ready, and ends it and all that it
// started with the test.
func serve(t *testing.T, bin, ready string, env []string, command ...string) {
	t.Helper()
	c := exec.Command(filepath.Join(bin, command[0]), command[1:]...)
	c.Env = append(append(os.Environ(), env...), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	said, err := os.Create(filepath.Join(t.TempDir(), "said"))
	if err != nil {
		t.Fatal(err)
	}
	c.Stdout, c.Stderr = said, said
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ctx, ended := context.WithCancel(context.Background())
	go func() {
		_ = c.Wait() // it is killed in the end
		ended()
	}()
	t.Cleanup(func() {
		_ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL)
		<-ctx.Done()
		said.Close()
	})
	for range 240 {
		response, err := http.Get(ready)
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(500 * time.Millisecond):
			continue
		}
		break
	}
	text, _ := os.ReadFile(said.Name())
	t.Fatalf("%v is not ready:\n%s", command, text)
}
