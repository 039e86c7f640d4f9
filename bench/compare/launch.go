package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"time"
)

// launchCommand makes this program a small parent of one process. On Linux a
// child's greatest memory is at least what its parent had when it was started:
// a parent of few megabytes does not matter, this program with its tables would.
const launchCommand = "launch"

// sample is one run of a process.
type sample struct {
	Wall   time.Duration // from start to exit
	CPU    time.Duration // user and system
	Memory int64         // greatest resident set, bytes; 0 if unknown
	Inside time.Duration // what the process says it took without loading its libraries; 0 if it does not say
	Failed string        // why it did not start
	Exit   int
}

// launch runs a command and writes the sample to file descriptor 3.
func launch(command []string) {
	c := exec.Command(command[0], command[1:]...)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	var s sample
	begin := time.Now()
	err := c.Run()
	s.Wall = time.Since(begin)
	if c.ProcessState == nil {
		s.Failed = err.Error()
	} else {
		s.CPU = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
		s.Memory, s.Exit = peak(c.ProcessState), c.ProcessState.ExitCode()
	}
	// A sample that does not arrive is missed by the reader.
	_ = json.NewEncoder(os.NewFile(3, "sample")).Encode(s)
}

var inside = regexp.MustCompile(`(?m)^inside ([0-9.]+)$`)

// run starts a command under a launcher. What it prints goes to a file.
func run(ctx context.Context, dir, stdout string, command []string) (s sample, err error) {
	self, err := os.Executable()
	if err != nil {
		return s, err
	}
	out, err := os.Create(stdout)
	if err != nil {
		return s, err
	}
	defer out.Close()
	from, to, err := os.Pipe()
	if err != nil {
		return s, err
	}
	defer from.Close()
	var messages bytes.Buffer
	c := exec.CommandContext(ctx, self, append([]string{launchCommand}, command...)...)
	c.Dir, c.Stdout, c.Stderr, c.ExtraFiles = dir, out, &messages, []*os.File{to}
	err = c.Run()
	to.Close()
	if err != nil {
		return s, err
	}
	if err := json.NewDecoder(from).Decode(&s); err != nil {
		return s, fmt.Errorf("%s: no sample: %w", command[0], err)
	}
	if s.Failed != "" {
		return s, errors.New(s.Failed)
	}
	if s.Exit != 0 {
		return s, fmt.Errorf("%v: exit code %d\n%s", command, s.Exit, messages.Bytes())
	}
	if m := inside.FindSubmatch(messages.Bytes()); m != nil {
		seconds, err := strconv.ParseFloat(string(m[1]), 64)
		if err != nil {
			return s, err
		}
		s.Inside = time.Duration(seconds * float64(time.Second))
	}
	return s, nil
}
