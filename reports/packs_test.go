package reports

import (
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// packed is a small result computed under a pack, with a table in a law's layout and
// names that want to be markup.
func packed() *audit.Result {
	r := small()
	r.Audit.Packs = []string{"ours<b>"}
	r.Packs = []audit.Pack{{Name: "ours<b>", Title: "Our <i>rules</i>", Release: "1.10", SHA256: strings.Repeat("ab", 32), Jurisdiction: "our house", Status: "in_force",
		Citation: []string{"handbook 3.2"}, Verified: "2026-11-01", MaxAge: "30d", GoodUntil: "2026-12-01T00:00:00Z", NotClaimed: []string{"No law asks for this."}, Verdict: audit.Ungated}}
	status := []audit.EvidenceStatus{audit.Recorded, audit.FindingAt, audit.Absent, audit.OutsideDuty}
	for i, id := range []string{"rates", "ratio", "note", "score"} {
		r.Evidence = append(r.Evidence, audit.Evidence{Pack: "ours<b>", Requirement: id, Title: "About " + id, Citation: "3." + id, Status: status[i], Detail: "Said of <" + id + ">."})
	}
	r.Tables = append(r.Tables, audit.Table{ID: "ll144/selection/sex", Detector: "ll144", Kind: "statutory", Title: "Rates by sex", Columns: []string{"Sex Categories", "# of Applicants", "Selection Rate", "Impact Ratio"},
		Rows: [][]any{{"=Male", int64(1390), "48%", "1.00"}, {"Female", int64(1181), "47%", "0.979"}}, Notes: []string{"The law sets no threshold."}})
	return r
}

func TestTables(t *testing.T) {
	want := "Rates by sex\r\nSex Categories,# of Applicants,Selection Rate,Impact Ratio\r\n'=Male,1390,48%,1.00\r\nFemale,1181,47%,0.979\r\nThe law sets no threshold.\r\n"
	if got := string(render(t, "ll144", packed())); got != want {
		t.Errorf("%q", got)
	}
	stored, err := Read(strings.NewReader(string(render(t, "json", packed()))))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(render(t, "ll144", stored)); got != want {
		t.Errorf("from a stored result: %q", got)
	}
	if got := string(render(t, "ll144", small())); !strings.HasPrefix(got, "The result has no table in the layout of a law") {
		t.Errorf("without a table: %q", got)
	}
}

func TestPackSection(t *testing.T) {
	page := string(render(t, "html", packed()))
	for _, want := range []string{
		"Our &lt;i&gt;rules&lt;/i&gt;", "Computed under pack <bdi>ours&lt;b&gt;</bdi>: 1 recorded, 1 with a finding, 1 missing, 1 not applicable.",
		"our house, in force when verified", "2026-12-01 at the latest, 30 days after the end of the log", "Said of &lt;note&gt;.", "No law asks for this.",
		`<bdi>0.979</bdi>`, `<div class="statutory">`, "The law sets no threshold.", `href="#h-packs"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(string(render(t, "html", small())), "h-packs") {
		t.Error("a section about packs without any")
	}
	summary := string(render(t, "text", packed()))
	if want := "Computed under pack ours<b> 1.10, verified 2026-11-01: 1 recorded, 1 with a finding, 1 missing\n(note), 1 not applicable; it sets no limit.\n"; !strings.Contains(summary, want) {
		t.Errorf("the summary lacks %q:\n%s", want, summary)
	}
}

// Where two packs disagree, the summary has both limits, also that which passed.
func TestSummaryShowsBothLimits(t *testing.T) {
	r := packed()
	second := r.Packs[0]
	second.Name = "loose"
	r.Packs = append(r.Packs, second)
	for pack, verdict := range map[string]audit.Verdict{"ours<b>": audit.Fail, "loose": audit.Pass} {
		value := map[audit.Verdict]string{audit.Fail: "0.9", audit.Pass: "0.7"}[verdict]
		r.Gates.Checks = append(r.Gates.Checks, audit.Check{Detector: "parity", Metric: "selection_rate_ratio", Attribute: "sex", Verdict: verdict, Threshold: audit.Threshold{Key: "min_ratio", Value: value, Pack: pack}})
	}
	summary := strings.Join(strings.Fields(string(render(t, "text", r))), " ")
	for _, want := range []string{"Selection rate ratio, min ratio 0.9: failed by sex.", "Selection rate ratio, min ratio 0.7: passed by sex."} {
		if !strings.Contains(summary, want) {
			t.Errorf("the summary lacks %q:\n%s", want, summary)
		}
	}
}

// Where no line is left for what packs ask for, the summary says where it stands.
func TestSummaryOfManyPacks(t *testing.T) {
	r := packed()
	first := r.Packs[0]
	r.Packs = nil
	for _, name := range []string{"one", "two", "three"} {
		p := first
		p.Name = name
		r.Packs = append(r.Packs, p)
	}
	for free, want := range map[int]string{
		8: "Computed under packs one, two, three:\n- one 1.10, verified 2026-11-01: ; it sets no limit.\n- two 1.10, verified 2026-11-01: ; it sets no limit.\n- three 1.10, verified 2026-11-01: ; it sets no limit.",
		4: "Computed under packs one, two, three:\n- one 1.10, verified 2026-11-01: ; it sets no limit.\n- What the other 2 packs ask for is in the full report.",
		2: "Computed under packs one, two, three.\nWhat each of them asks for is in the full report.",
	} {
		s := screen{Text: Text{Width: 100}, r: r, x: newIndex(r), lines: make([]string, textLines-free)}
		s.packs()
		if got := strings.TrimSpace(strings.Join(s.lines, "\n")); got != want {
			t.Errorf("%d lines free: %q, want %q", free, got, want)
		}
	}
}
