package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// cost is what one run took.
type cost struct {
	wall, processor time.Duration
	memory          int64 // bytes at most, of the process
}

// costs are those of several runs.
type costs []cost

func (c costs) median(of func(cost) float64) float64 {
	x := make([]float64, len(c))
	for i := range c {
		x[i] = of(c[i])
	}
	slices.Sort(x)
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}

func (c costs) limits(of func(cost) float64) (least, most float64) {
	x := make([]float64, len(c))
	for i := range c {
		x[i] = of(c[i])
	}
	return slices.Min(x), slices.Max(x)
}

func wall(c cost) float64      { return c.wall.Seconds() }
func processor(c cost) float64 { return c.processor.Seconds() }
func memory(c cost) float64    { return float64(c.memory) / (1 << 20) }

// plumblineRuns is how often plumbline runs for each run of Evidently: what takes
// so little time needs more of them.
const plumblineRuns = 5

// audits are the audits that plumbline runs: the one that is held against
// Evidently, one that reads every row's time, and one with Evidently's numbers.
var audits = [...]string{"audit", "times", "compat"}

// measure runs both in turn. Each has run once before, so that what it reads is
// in memory.
func (b bench) measure(times int) (evidently costs, plumbline [len(audits)]costs, err error) {
	for i := range times + 1 {
		fmt.Fprintf(os.Stderr, "round %d of %d\n", i, times)
		e, err := b.once(b.python(), filepath.Join(b.source, "evidently_drift.py"), b.path("log"), b.path("evidently.json"))
		if err != nil {
			return nil, plumbline, err
		}
		if i > 0 {
			evidently = append(evidently, e)
		}
		for range plumblineRuns {
			for k, name := range audits {
				c, err := b.once(b.path("plumbline"), "run", b.path(name+".yaml"), "--out", b.path("out"), "-o", "json="+b.path(name+".json"), "-q")
				if err != nil {
					return nil, plumbline, err
				}
				if i > 0 {
					plumbline[k] = append(plumbline[k], c)
				}
			}
		}
	}
	return evidently, plumbline, nil
}

// once runs a process to its end.
func (b bench) once(program string, arguments ...string) (cost, error) {
	c := exec.Command(program, arguments...)
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	start := time.Now()
	err := c.Run()
	took := time.Since(start)
	if err != nil {
		return cost{}, fmt.Errorf("%s: %w\n%s", filepath.Base(program), err, said.Bytes())
	}
	out := cost{wall: took, processor: c.ProcessState.UserTime() + c.ProcessState.SystemTime()}
	if u, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		out.memory = int64(u.Maxrss)
		if runtime.GOOS != "darwin" { // where it counts kilobytes
			out.memory *= 1024
		}
	}
	return out, nil
}
