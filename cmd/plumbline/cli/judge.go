package cli

import "github.com/plumbline-audit/plumbline/engine/audit"

// judge turns a verdict into the exit code: fail before inconclusive before
// warn before pass.
func (a *app) judge(r *audit.Result, f runFlags) error {
	code := verdictCode(r, f)
	switch {
	case code == exitOK:
		return nil
	case f.exitZero:
		a.notes.info("verdict: %s; exit code 0 instead of %d because of --exit-zero", r.Verdict, code)
		return nil
	}
	a.notes.info("verdict: %s; exit code %d", r.Verdict, code)
	return &outcome{code: code}
}

func verdictCode(r *audit.Result, f runFlags) int {
	warned := r.Verdict == audit.Warn || r.Gates.Warn > 0
	switch {
	case r.Verdict == audit.Fail, warned && f.failOn == "warn":
		return exitFailed
	case r.Verdict == audit.Pass, r.Verdict == audit.Warn, r.Verdict == audit.Ungated, f.allowInconclusive:
		return exitOK
	}
	return exitInconclusive // also for a verdict that this program does not know
}
