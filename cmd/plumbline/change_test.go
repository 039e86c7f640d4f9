package main

import (
	"bytes"
	"html"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine"
	"github.com/plumbline-audit/plumbline/reports"
)

// The picture of why COMPAS's gap moved (.262642 to .184920: rates −.067049, mix
// −.010673, the largest item the rates of 25-45, −.03939, by pandas) has a bar for
// every part, each from where the last ended.
func TestWaterfallOfCompas(t *testing.T) {
	r := runAudit(t, "../../testdata/compas/change.yaml", engine.Options{})
	var b bytes.Buffer
	if err := reports.WriteHTML(&b, r); err != nil {
		t.Fatal(err)
	}
	page := html.UnescapeString(b.String())
	first, _, _ := strings.Cut(page, `aria-label="Contents"`)
	for _, want := range []string{"moved from +26.26 points to +18.49 points (−7.77 points), mostly because rates changed", "the rates of 25 - 45: −3.94 points"} {
		if !strings.Contains(first, want) {
			t.Errorf("the first screen lacks %q", want)
		}
	}
	at := strings.Index(page, "The gap of African-American to Caucasian was +26.26 points in 2013 and is +18.49 in 2014 (−7.77); the rates of 25 - 45 moved it most, −3.94")
	if at < 0 {
		t.Fatal("no picture of the gap")
	}
	picture, _, _ := strings.Cut(page[at:], "</figure>")
	values := regexp.MustCompile(`<b>([+−][0-9.]+)</b>`).FindAllStringSubmatch(picture, -1)
	if len(values) != 8 { // two gaps, and rates and mix of three bands
		t.Fatalf("%d bars: %v", len(values), values)
	}
	sum := 0.0
	for i, v := range values {
		x, err := strconv.ParseFloat(strings.Replace(v[1], "−", "-", 1), 64)
		if err != nil {
			t.Fatal(err)
		}
		if i == len(values)-1 {
			x = -x
		}
		sum += x
	}
	if sum > 0.031 || sum < -0.031 { // each is rounded to a hundredth
		t.Errorf("the bars do not lead from gap to gap: %v", sum)
	}
	if n := strings.Count(picture, `class="iv"`); n != 6 {
		t.Errorf("%d intervals", n)
	}
	if n := strings.Count(picture, `class="join"`); n != 7 {
		t.Errorf("%d joints", n)
	}
}
