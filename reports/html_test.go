package reports

import (
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// element is what the structure tests see of the page.
type element struct {
	name  string
	attrs map[string]string
	path  string
}

// elements reads the page strictly: it is written so that it is well-formed
// XML too, which proves that every tag closes and every text is escaped.
func elements(t *testing.T, page []byte) []element {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(string(page)))
	var out []element
	var stack []string
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			e := element{name: tok.Name.Local, attrs: map[string]string{}, path: strings.Join(stack, "/")}
			for _, a := range tok.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			out = append(out, e)
			stack = append(stack, tok.Name.Local)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		}
	}
}

func TestHTMLStructure(t *testing.T) {
	for name, build := range fixtures() {
		page := render(t, "html", build())
		all := elements(t, page)
		ids, n := map[string]bool{}, map[string]int{}
		for _, e := range all {
			n[e.name]++
			if id := e.attrs["id"]; id != "" {
				if ids[id] {
					t.Errorf("%s: two elements have the id %s", name, id)
				}
				ids[id] = true
			}
		}
		for _, e := range all {
			if h := e.attrs["href"]; h != "" && !ids[strings.TrimPrefix(h, "#")] {
				t.Errorf("%s: a link leads nowhere: %s", name, h)
			}
			for _, id := range strings.Fields(e.attrs["aria-labelledby"]) {
				if !ids[id] {
					t.Errorf("%s: %s is labelled by %s, which is not there", name, e.name, id)
				}
			}
			if e.name == "th" && e.attrs["scope"] == "" {
				t.Errorf("%s: a table heading has no scope", name)
			}
			if e.name == "svg" && (e.attrs["role"] != "img" || !ids[strings.Fields(e.attrs["aria-labelledby"])[1]]) {
				t.Errorf("%s: a picture has no name or description", name)
			}
		}
		if n["main"] != 1 || n["h1"] != 1 || n["nav"] != 1 || n["header"] != 1 || n["footer"] != 1 || n["caption"] != n["table"] || n["desc"] != n["svg"] {
			t.Errorf("%s: landmarks, captions or descriptions are missing: %v", name, n)
		}
		for _, forbidden := range []string{"script", "img", "link", "iframe", "object", "embed", "form", "base"} {
			if n[forbidden] > 0 {
				t.Errorf("%s: the page has a %s element", name, forbidden)
			}
		}
		headings(t, name, all)
	}
}

// headings checks that no level is skipped.
func headings(t *testing.T, name string, all []element) {
	level := 0
	for _, e := range all {
		if len(e.name) == 2 && e.name[0] == 'h' && e.name[1] >= '1' && e.name[1] <= '6' {
			l := int(e.name[1] - '0')
			if l > level+1 {
				t.Errorf("%s: a heading of level %d follows one of level %d", name, l, level)
			}
			level = l
		}
	}
}

func TestHTMLStandsAlone(t *testing.T) {
	for name, build := range fixtures() {
		page := string(render(t, "html", build()))
		for _, word := range []string{"http:", "https:", "url(", "@import", "<script", "onerror=\"", "javascript:", "ZgotmplZ", "NaN", "Inf\"", "%!"} {
			if strings.Contains(page, word) {
				t.Errorf("%s: the page contains %q", name, word)
			}
		}
		for _, word := range []string{"bias", "significant", "discriminat", "compliant"} {
			if strings.Contains(strings.ToLower(page), word) {
				t.Errorf("%s: the page says %q", name, word)
			}
		}
		if len(page) > 2_000_000 {
			t.Errorf("%s: the page has %d bytes", name, len(page))
		}
	}
}

func TestHTMLSays(t *testing.T) {
	for name, wants := range map[string][]string{
		"bank":      {"2 of 4 checks failed · 1 passed · 1 could not be decided", "Of 27,214 married clients 10.1\u202f%", "the reference</span>", "with intervals, compared with single", "2,755/27,214", "not a legal opinion", "May 2008 – November 2010", "outside its limit in", "2009-03 and 2009-06 to 2010-06 hold no rows"},
		"extreme":   {"&lt;script&gt;alert", "“null”", "“”", "acme score", "A table &lt;of&gt; its own", "1,600,000", "groups that failed or have the widest gaps"},
		"undefined": {"Every number about groups", "no group has a row with a decision", "undefined"},
		"empty":     {"every one of the 12 rows read was left out", "No limit was set"},
		"zero":      {"the log holds no rows", "names no protected attribute"},
	} {
		page := string(render(t, "html", fixtures()[name]()))
		for _, want := range wants {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page does not say %q", name, want)
			}
		}
	}
}

// Every number of the whole period stands on the page or the page says where.
func TestHTMLForgetsNothing(t *testing.T) {
	r := extreme()
	k := &maker{r: r, x: newIndex(r), panels: 12}
	p := &page{}
	p.first(k)
	for i, a := range k.x.attributes() {
		k.attribute(i, a)
	}
	p.completeness(k)
	p.rest(k)
	for i, m := range r.Measurements {
		if m.Window == "all" && !k.x.shown[i] {
			t.Errorf("measurement %d (%s) is not on the page", i, m.Metric)
		}
	}
}

// Where every group is compared with every other, the series are the rates,
// and the table has a row for each comparison.
func TestHTMLEveryPair(t *testing.T) {
	r := header("pairs", "Every pair")
	b := &builder{r}
	groups := []fixtureGroup{{"a", 10, 100}, {"b", 20, 100}, {"c", 30, 100}}
	r.Windows = bankWindows()[:3]
	r.Groups = []audit.Attribute{{Attribute: "g", Reference: "none"}}
	for _, w := range []string{"all", "2008-05", "2008-06", "2008-07"} {
		for _, g := range groups {
			b.rate("parity", "selection_rate", "g", audit.KindValue, ptr(g.name), w, g.k, g.n)
		}
		for i, g := range groups {
			for _, h := range groups[i+1:] {
				b.pair("parity", "selection_rate", "g", g, h, w, true)
			}
		}
	}
	k := &maker{r: r, x: newIndex(r), panels: 12}
	v := k.attribute(0, "g").Families[0]
	if n := len(v.Pairs.Rows); n != 4 {
		t.Errorf("%d rows, want three pairs and one group without its own", n)
	}
	if len(v.Series.Panels) != 3 || !strings.Contains(v.Series.Title, "selection rate was between") {
		t.Errorf("the series are %d panels: %s", len(v.Series.Panels), v.Series.Title)
	}
}

// Many groups are drawn from both ends.
func TestHTMLManyGroups(t *testing.T) {
	r := header("many", "Two hundred groups")
	b := &builder{r}
	var groups []fixtureGroup
	for i := range int64(201) {
		groups = append(groups, fixtureGroup{fmt.Sprint("group ", i), i + 1, 1000})
	}
	b.groups("g", "largest", 0, groups)
	b.attribute("parity", "selection_rate", "g", groups, 0, "all", true)
	page := render(t, "html", r)
	elements(t, page)
	for _, want := range []string{"The 30 highest and the 30 lowest of 201 groups", "The first 200 of 202 rows are shown"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// Text has a contrast of 4.5 on its ground, marks have 3, in light and dark.
func TestContrast(t *testing.T) {
	blocks := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(pageStyle, -1)
	if len(blocks) != 3 {
		t.Fatalf("%d palettes, want light, dark and print", len(blocks))
	}
	for i, b := range blocks {
		colors := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z0-9]+): (#[0-9a-f]{6})`).FindAllStringSubmatch(b[1], -1) {
			colors[m[1]] = m[2]
		}
		need := func(a, ground string, least float64) {
			if c := contrast(colors[a], colors[ground]); c < least {
				t.Errorf("palette %d: %s on %s has contrast %.2f, want %.1f", i, a, ground, c, least)
			}
		}
		for _, c := range []string{"ink", "muted", "accent", "pass", "warn", "fail", "open", "info"} {
			need(c, "paper", 4.5)
			if c != "ink" && c != "muted" && c != "accent" {
				need("on", c, 4.5)
			}
		}
		need("ink", "card", 4.5)
		need("muted", "zone", 4.5)
		for g := 1; g <= 7; g++ {
			need(fmt.Sprintf("c%d", g), "paper", 3)
		}
		need("cx", "paper", 3)
	}
}

// contrast is the WCAG 2 contrast ratio of two colors.
func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(hex string) float64 {
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, _ := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
