package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/detect"
)

// readyFile is what the stuck detector creates when it has begun.
const readyFile = "ready"

// stuck is a detector that never ends.
func stuck() detect.Detector {
	return detect.Detector{Name: "stuck", Title: "Stuck", Plan: func(*audit.Spec, any) (detect.Plan, error) {
		return detect.Plan{Detect: func(detect.Tables) (detect.Output, error) {
			if err := os.WriteFile(readyFile, nil, 0o666); err != nil {
				return detect.Output{}, err
			}
			select {}
		}}, nil
	}}
}

// broken is a detector with a fault of its own.
func broken() detect.Detector {
	return detect.Detector{Name: "broken", Title: "Broken", Plan: func(*audit.Spec, any) (detect.Plan, error) {
		return detect.Plan{Detect: func(detect.Tables) (detect.Output, error) {
			panic("a fault in the detector")
		}}, nil
	}}
}

const stuckAudit = `version: 1
name: stuck
data: {log: log.csv}
columns:
  decision: {column: d, positive: [yes]}
  groups: {sex: sex}
detectors: {stuck: {}}
`

// TestInterrupt sends a signal to a running audit, as Ctrl-C and service
// managers do: exit code 130, nothing left behind, not even a folder.
func TestInterrupt(t *testing.T) {
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			cmd, messages := start(t)
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if code := exitCode(t, cmd.Wait()); code != 130 {
				t.Errorf("exit code %d, want 130", code)
			}
			if want := "plumbline: interrupted; nothing was written\n"; messages.String() != want {
				t.Errorf("stderr %q, want %q", messages, want)
			}
			if _, err := os.Stat(filepath.Join(cmd.Dir, "audits")); !os.IsNotExist(err) {
				t.Errorf("the output folder was left behind")
			}
		})
	}
}

// TestInterruptTwice: the second Ctrl-C ends the program without waiting.
func TestInterruptTwice(t *testing.T) {
	cmd, _ := start(t)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		if err := cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		select {
		case <-ended:
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Error("still running after many signals")
}

// start runs an audit that is stuck, and returns when it is.
func start(t *testing.T) (cmd *exec.Cmd, messages *bytes.Buffer) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"audit.yaml": stuckAudit, "log.csv": "d,sex\nyes,F\nno,M\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	messages = &bytes.Buffer{}
	cmd = exec.Command("teamline", "run", "audit.yaml")
	cmd.Dir, cmd.Stderr = dir, messages
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(dir, readyFile)); err == nil {
			return cmd, messages
		}
		if time.Now().After(deadline) {
			t.Fatalf("the audit did not begin: %s", messages)
		}
	}
}

func exitCode(t *testing.T, err error) int {
	t.Helper()
	if err == nil {
		return 0
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return exit.ExitCode()
}
