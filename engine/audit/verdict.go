package audit

// Verdict is the answer of a gate. The zero value is inconclusive, so that a
// forgotten verdict can never pass; on a measurement that no gate judges the
// zero value is simply absent from the JSON.
type Verdict string

// The verdicts. A Check or a Result never carries NotApplicable as its own.
const (
	Inconclusive  Verdict = "inconclusive"
	Pass          Verdict = "pass"
	Warn          Verdict = "warn"
	Fail          Verdict = "fail"
	NotApplicable Verdict = "not_applicable" // outside the gate's duty, e.g. a group below min_rows
	Error         Verdict = "error"          // the gate could not be evaluated; counts as inconclusive
	Ungated       Verdict = "ungated"        // of a whole audit: measured, not judged
	Info          Verdict = "info"           // of a finding that no gate stands behind
)

// rank orders verdicts by what they do to the whole: fail > inconclusive > warn > pass.
func (v Verdict) rank() int {
	switch v {
	case Fail:
		return 4
	case "", Inconclusive, Error:
		return 3
	case Warn:
		return 2
	case Pass:
		return 1
	}
	return 0 // not_applicable, ungated, info: no say
}

// Worse returns the verdict that decides when both stand side by side.
func Worse(a, b Verdict) Verdict {
	if b.rank() > a.rank() {
		return b
	}
	return a
}
