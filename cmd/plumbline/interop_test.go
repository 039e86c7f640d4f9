package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plumbline-audit/plumbline/detectors"
	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/config"
)

// interopVar names a folder that bench/interop/generate.py has filled.
const interopVar = "PLUMBLINE_INTEROP"

// interopSet is manifest.json: one table as many writers write it, and files
// that are broken.
type interopSet struct {
	dir     string
	Good    []goodFile
	Corrupt []corruptFile
	// Copies of rows by attribute, value and window, as Python counts them:
	// those granted, all.
	Expected map[string]map[string]map[string][2]int64
}

type goodFile struct {
	Path, Writer string
	Shows        []string
	// How the file is declared, where it does not say itself what it is.
	CSV  map[string]string
	Time string
	// Attributes that the writer changed, and how.
	Lost []string
	Why  string
}

type corruptFile struct{ Path, Says string }

func interopSets(t *testing.T) []*interopSet {
	t.Helper()
	dirs := []string{filepath.Join("..", "..", "testdata", "interop")}
	if dir := os.Getenv(interopVar); dir != "" {
		dirs = append(dirs, dir)
	} else {
		t.Logf("the committed set alone: %s does not name a folder made by bench/interop/generate.py", interopVar)
	}
	var sets []*interopSet
	for _, dir := range dirs {
		dir, err := filepath.Abs(dir)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
		if err != nil {
			t.Fatal(err)
		}
		s := &interopSet{dir: dir}
		if err := json.Unmarshal(text, s); err != nil {
			t.Fatal(err)
		}
		if len(s.Good) < 20 || len(s.Corrupt) < 80 {
			t.Fatalf("%s: %d good and %d corrupt files", dir, len(s.Good), len(s.Corrupt))
		}
		sets = append(sets, s)
	}
	return sets
}

const interopAudit = `version: 1
name: interop
data: {log: %s, csv: %s}
columns:
  time: {column: at%s}
  id: {column: case_id, duplicates: count}
  subject: person
  decision: {column: outcome, positive: [granted], negative: [refused], unlisted: error}
  label: {column: repaid, positive: [1], negative: [0], unlisted: error}
  weight: copies
  groups:
    region: region
    channel: channel
    segment: segment
    agrees: {column: granted, map: {true: "yes", "True": "yes", false: "no", "False": "no"}}
    opened: opened
    fee: {column: fee, bins: [0, 0.10]}
    score: {column: score, bins: [0, 0.5], missing: ["NaN", "nan"]}
  features: [note]
windows:
  ranges: {before_1970: 1960..1969, m1: 2023-01, m2: 2023-02, m3: 2023-03, m4: 2023-04, m5: 2023-05, m6: 2023-06}
detectors: {parity: {}, equal_opportunity: {}, completeness: {}}
`

// shortAudit reads every column of the table too, and measures little.
const shortAudit = `version: 1
name: short
data: {log: %s, csv: %s}
columns:
  time: {column: at%s}
  decision: {column: outcome, positive: [granted]}
  weight: copies
  groups: {fee: {column: fee, bins: [0]}}
  features: [case_id, person, granted, repaid, region, channel, segment, score, opened, note]
detectors: {completeness: {}}
`

// writeAudit makes the configuration for one file or folder.
func writeAudit(t *testing.T, audit string, s *interopSet, f goodFile) string {
	t.Helper()
	log, err := json.Marshal(filepath.Join(s.dir, "good", f.Path)) // JSON is YAML
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(f.CSV)
	if f.CSV == nil {
		text = []byte("{}")
	}
	format := ""
	if f.Time != "" {
		format = fmt.Sprintf(", format: %q", f.Time)
	}
	path := filepath.Join(t.TempDir(), "audit.yaml")
	if err == nil {
		err = os.WriteFile(path, fmt.Appendf(nil, audit, log, text, format), 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestInterop: the same audit of the same table gives the same measurements, to
// the byte, whichever program wrote the table in whichever format.
func TestInterop(t *testing.T) {
	for _, s := range interopSets(t) {
		t.Run(filepath.Base(s.dir), func(t *testing.T) {
			first := runAudit(t, writeAudit(t, interopAudit, s, s.Good[0]), engine.Options{})
			checkCounts(t, s, first)
			for _, f := range s.Good {
				t.Run(f.Path, func(t *testing.T) {
					t.Parallel()
					got := runAudit(t, writeAudit(t, interopAudit, s, f), engine.Options{Workers: 3})
					if diff := cmp.Diff(measurementsText(t, first, f.Lost), measurementsText(t, got, f.Lost)); diff != "" {
						t.Errorf("%s differs from %s:\n%s", f.Path, s.Good[0].Path, diff)
					}
				})
			}
		})
	}
}

// measurementsText is the measurements as result.json has them, but for those
// of attributes that the writer changed.
func measurementsText(t *testing.T, r *audit.Result, lost []string) string {
	t.Helper()
	kept := slices.DeleteFunc(slices.Clone(r.Measurements), func(m audit.Measurement) bool {
		return slices.Contains(lost, m.Attribute) || m.Column != nil && slices.Contains(lost, *m.Column)
	})
	if len(kept) < 500 {
		t.Fatalf("only %d measurements", len(kept))
	}
	text, err := json.MarshalIndent(kept, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// checkCounts holds selection rates against the counts that Python made of the
// same rows before any writer saw them.
func checkCounts(t *testing.T, s *interopSet, r *audit.Result) {
	t.Helper()
	checked := 0
	for _, m := range r.Measurements {
		if m.Metric != "selection_rate" || m.GroupKind != audit.KindValue && m.GroupKind != audit.KindMissing {
			continue
		}
		windows, ok := s.Expected[m.Attribute]
		if !ok {
			t.Errorf("attribute %s is not expected", m.Attribute)
			continue
		}
		group := "null"
		if m.GroupKind == audit.KindValue {
			group = "=" + *m.Group
		}
		want := windows[m.Window][group]
		if m.N != want[1] || m.Numerator == nil || int64(*m.Numerator) != want[0] {
			t.Errorf("%s %s in %s: %v of %d, want %d of %d", m.Attribute, group, m.Window, m.Numerator, m.N, want[0], want[1])
		}
		checked++
	}
	if checked < 150 {
		t.Errorf("only %d selection rates were checked", checked)
	}
}

// The most that refusing a file may take.
const (
	refusalTime   = 5 * time.Second
	refusalMemory = 256 << 20
)

const corruptAudit = `version: 1
name: corrupt
data: {log: %q}
columns: {decision: {column: outcome, positive: [granted]}}
detectors: {parity: {}}
`

// TestInteropCorrupt: a broken or hostile file gives one line that names it,
// exit code 1, quickly, and in little memory.
func TestInteropCorrupt(t *testing.T) {
	for _, s := range interopSets(t) {
		for _, f := range s.Corrupt {
			t.Run(filepath.Base(s.dir)+"/"+f.Path, func(t *testing.T) {
				dir := t.TempDir()
				good, err := os.ReadFile(filepath.Join(s.dir, "corrupt", f.Path))
				if err == nil {
					err = os.WriteFile(filepath.Join(dir, f.Path), good, 0o666)
				}
				if err == nil {
					err = os.WriteFile(filepath.Join(dir, "audit.yaml"), fmt.Appendf(nil, corruptAudit, f.Path), 0o666)
				}
				if err != nil {
					t.Fatal(err)
				}
				for _, command := range []string{"validate", "run"} {
					refuse(t, dir, command, f)
				}
				if _, err := os.Stat(filepath.Join(dir, "audits")); !os.IsNotExist(err) {
					t.Error("output was left behind")
				}
			})
		}
	}
}

func refuse(t *testing.T, dir, command string, f corruptFile) {
	t.Helper()
	var messages bytes.Buffer
	cmd := exec.Command("plumbline", command, "audit.yaml")
	cmd.Dir, cmd.Stderr = dir, &messages
	start := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	peak := watchMemory(cmd.Process.Pid)
	code := exitCode(t, cmd.Wait())
	took := time.Since(start)
	text := messages.String()
	if code != 1 {
		t.Fatalf("%s: exit code %d, want 1\n%s", command, code, text)
	}
	if !strings.HasPrefix(text, "plumbline: "+f.Path) || !strings.Contains(text, f.Says) {
		t.Errorf("%s: %q should name %s and say %q", command, text, f.Path, f.Says)
	}
	if strings.Count(text, "\n") != 1 || len(text) > 400 || strings.Contains(text, "internal error") || strings.Contains(text, "runtime error") {
		t.Errorf("%s: not one clear line: %q", command, text)
	}
	if took > refusalTime && !underRace() {
		t.Errorf("%s: took %v", command, took)
	}
	if n := peak(); n > refusalMemory && !underRace() {
		t.Errorf("%s: took %d MiB of memory", command, n>>20)
	}
}

// watchMemory follows the largest resident size of a process, as Linux keeps it
// since the program was loaded, until the returned function is called. What the
// system says of a process that ended will not do: it counts the size of this
// test too, from which the process was forked. Elsewhere it follows nothing.
func watchMemory(pid int) (peak func() int64) {
	stop, result := make(chan struct{}), make(chan int64)
	go func() {
		most := int64(0)
		for {
			most = max(most, highWater(pid))
			select {
			case <-stop:
				result <- most
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	return func() int64 { close(stop); return <-result }
}

// highWater reads the largest resident size of a process so far, 0 if it has
// ended.
func highWater(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kib int64
	fmt.Sscan(rest, &kib)
	return kib << 10
}

// slowUnderRace skips a test of arithmetic, or of many processes, in which goroutines
// meet as they do in all others: the race detector makes it ten times as slow.
func slowUnderRace(t *testing.T) {
	t.Helper()
	if underRace() {
		t.Skip("left out under the race detector, which takes too long here")
	}
}

// underRace says that the race detector takes its time and memory, too.
func underRace() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// mutationsEach is how many variants of each good file are audited.
const mutationsEach = 120

// TestInteropMutations changes bytes of every committed good file, of any
// format, in fixed ways: the audit ends with a result or one clear error.
func TestInteropMutations(t *testing.T) {
	s := interopSets(t)[0]
	each := mutationsEach
	if underRace() || testing.Short() {
		each = 10
	}
	for n, f := range s.Good {
		t.Run(f.Path, func(t *testing.T) {
			t.Parallel()
			good, err := os.ReadFile(filepath.Join(s.dir, "good", f.Path))
			if err != nil {
				t.Fatal(err)
			}
			mutated := goodFile{Path: f.Path, CSV: f.CSV, Time: f.Time}
			in := &interopSet{dir: t.TempDir()}
			if err := os.Mkdir(filepath.Join(in.dir, "good"), 0o777); err != nil {
				t.Fatal(err)
			}
			path := writeAudit(t, shortAudit, in, mutated)
			r := rand.New(rand.NewPCG(11, uint64(n)))
			for i := range each {
				b := mutate(r, bytes.Clone(good), i)
				if err := os.WriteFile(filepath.Join(in.dir, "good", f.Path), b, 0o666); err != nil {
					t.Fatal(err)
				}
				if err := auditAll(t.Context(), path); err != nil && !clear(err, f.Path) {
					t.Errorf("mutation %d: %v", i, err)
				}
			}
		})
	}
}

// mutate changes one to four bytes, and cuts every tenth file short.
func mutate(r *rand.Rand, b []byte, i int) []byte {
	for range 1 + i%4 {
		at := r.IntN(len(b))
		if i%3 == 0 {
			at = len(b) - 1 - r.IntN(min(len(b), 2000))
		}
		b[at] ^= byte(1 + r.IntN(255))
	}
	if i%10 == 9 {
		b = b[:r.IntN(len(b))]
	}
	return b
}

func auditAll(ctx context.Context, path string) error {
	all := detectors.All()
	conf, err := config.Load(path, engine.Declarations(all), engine.DefaultDetectors(all))
	if err != nil {
		return err
	}
	job, err := engine.Open(ctx, conf, all, engine.Options{Workers: 2})
	if err == nil {
		_, err = job.Run(ctx)
	}
	return err
}

// clear says that an error names the file in one line, or the place in the
// configuration: a column may have lost its name.
func clear(err error, name string) bool {
	text := err.Error()
	if strings.Contains(text, "internal error") || strings.Contains(text, "runtime error") {
		return false
	}
	var mistakes config.Errors
	return errors.As(err, &mistakes) || strings.Contains(text, name) && !strings.Contains(text, "\n")
}
