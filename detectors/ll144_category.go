package detectors

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/plumbline-audit/plumbline/engine/stat"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// normal is a category without what spellings differ in: capitals, hyphens and
// slashes, the addition that the rule's tables print to six of the races, and the
// words that EEO-1 has in place of the rule's.
func normal(s string) string {
	s = strings.NewReplacer("-", " ", "–", " ", "/", " or ", "&", " or ").Replace(strings.ToLower(s))
	for _, addition := range []string{"(not hispanic", "(non hispanic", ", not hispanic", ", non hispanic"} {
		s, _, _ = strings.Cut(s, addition)
	}
	var words []string
	for _, w := range strings.Fields(s) {
		switch w {
		case "other":
			continue
		case "and":
			w = "or"
		case "alaskan":
			w = "alaska"
		}
		words = append(words, w)
	}
	return strings.Replace(strings.Join(words, " "), "american indian", "native american", 1)
}

// statutoryName is the category of the rule that a value spells, "" if it spells
// none.
func statutoryName(value string, listed []string) string {
	if slices.Contains(listed, value) {
		return value
	}
	for _, name := range listed {
		if normal(name) == normal(value) && normal(name) != "" {
			return name
		}
	}
	return ""
}

// saysUnknown tells whether a value says that a category is not known: Unknown, N/A,
// Prefer not to say. It looks at the letters alone.
func saysUnknown(value string) bool {
	letters := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, value)
	whole := []string{"", "na", "nan", "null", "nil", "none", "missing", "blank", "empty", "withheld", "refused", "noanswer", "noresponse", "nodata"}
	begins := []string{"unknown", "unspecified", "undisclosed", "undefined", "undeclared", "nondisclosed", "prefernot", "preferredno", "rathernot", "declin", "refusedto",
		"donotwish", "idonotwish", "dontwish", "idontwish", "choosenot", "ichoosenot", "chosenot", "didnot",
		"notdisclosed", "notspecified", "notstated", "notprovided", "notreported", "notgiven", "notknown", "notavailable", "notapplicable", "notdeclared", "notanswered", "notsupplied", "notidentified", "notrecorded"}
	return slices.Contains(whole, letters) || slices.ContainsFunc(begins, func(s string) bool { return strings.HasPrefix(letters, s) })
}

// categoryOf is the category that a value stands for in the tables; "" if it says that
// none is known. A value that is no category of the rule stands for itself.
func categoryOf(value string, listed []string) string {
	if name := statutoryName(value, listed); name != "" {
		return name
	}
	if saysUnknown(value) {
		return ""
	}
	return value
}

// meant guesses the category that a value is short for, if it begins only one: F,
// Black.
func meant(value string, listed []string) string {
	found := ""
	for _, name := range listed {
		if strings.HasPrefix(normal(name), normal(value)) {
			if found != "" {
				return ""
			}
			found = name
		}
	}
	return found
}

// strays are the values of one attribute that are no category of the rule.
type strays struct {
	attribute string
	unknown   []string          // that say that none is known
	unlisted  []string          // of any other meaning
	spelled   map[string]string // that spell a category in another way
	hints     []string          // what to map the unlisted to
}

// strays looks through what the log has.
func (d *ll144) strays(c *table.Counts) []strays {
	var out []strays
	for i, dim := range d.dims() {
		x, listed := strays{attribute: d.race, spelled: map[string]string{}}, d.listedOf(dim)
		if d.sex != "" && dim == table.Group(d.sex) {
			x.attribute = d.sex
		}
		cats, seen := c.Categories(dim), map[int]bool{}
		c.Each(func(codes []int, cell table.Cell) { seen[codes[i]] = seen[codes[i]] || cell.N > 0 })
		for code, cat := range cats {
			if !seen[code] || cat.Missing || cat.Name == "" {
				continue
			}
			switch name := categoryOf(cat.Name, listed); {
			case name == "":
				x.unknown = append(x.unknown, cat.Name)
			case !slices.Contains(listed, name):
				x.unlisted = append(x.unlisted, cat.Name)
				if to := meant(cat.Name, listed); to != "" {
					x.hints = append(x.hints, fmt.Sprintf("%s: %s", cat.Name, to))
				}
			case name != cat.Name:
				x.spelled[cat.Name] = name
			}
		}
		out = append(out, x)
	}
	return out
}

// remedies says what is wrong with the values of an attribute, and what to write.
func (x strays) remedies() []string {
	var out []string
	if len(x.unknown) > 0 {
		out = append(out, fmt.Sprintf("values of %s that name no category were counted as unknown: %s; write missing: [%s] under columns.groups.%s, so that the rest of the audit does the same",
			x.attribute, quotedAll(x.unknown), strings.Join(x.unknown, ", "), x.attribute))
	}
	if len(x.unlisted) > 0 {
		hint := "VALUE: CATEGORY"
		if len(x.hints) > 0 {
			hint = strings.Join(x.hints, ", ")
		}
		out = append(out, fmt.Sprintf("values of %s that are no category of the rule: %s; write map: {%s} under columns.groups.%s for what stands for one, and missing for what says that none is known",
			x.attribute, quotedAll(x.unlisted), hint, x.attribute))
	}
	return out
}

// spellings says which values were counted under another spelling.
func (x strays) spellings() string {
	var out []string
	for _, value := range slices.Sorted(maps.Keys(x.spelled)) {
		out = append(out, fmt.Sprintf("%q as %s", value, x.spelled[value]))
	}
	if len(out) == 0 {
		return ""
	}
	return "Counted under another spelling: " + strings.Join(out, ", ") + "."
}

// mostStrays is how many values a sentence lists.
const mostStrays = 12

func quotedAll(values []string) string {
	var out []string
	for _, v := range values[:min(len(values), mostStrays)] {
		out = append(out, fmt.Sprintf("%q", v))
	}
	if more := len(values) - mostStrays; more > 0 {
		out = append(out, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(out, ", ")
}

// listedOf are the rule's categories of a dimension.
func (d *ll144) listedOf(dim table.Dim) []string {
	if d.sex != "" && dim == table.Group(d.sex) {
		return d.params.SexCategories
	}
	return d.params.RaceCategories
}

// outside marks the categories that are none of the rule's: beside such as are, they
// have no ratio and set no highest rate, which is that of a category (6 RCNY 5-300).
func outside(cats []category) {
	if !slices.ContainsFunc(cats, func(c category) bool { return !c.unlisted && c.n > 0 }) {
		return
	}
	for i := range cats {
		cats[i].outside = cats[i].unlisted
	}
}

// keptSmall lists the categories below the share that were kept, since one of them
// may set the highest rate, and the one to ask about first.
func (r *ll144Run) keptSmall(t statutory) (small []string, ask string) {
	for i, c := range t.cats {
		if c.leftOut || c.outside || c.n == 0 || !r.ll144.below(c.n, t.total) {
			continue
		}
		s := fmt.Sprintf("%s (%s)", c.spoken(), percentText(c.n, t.total, 2))
		if ask == "" || i == t.highest {
			ask = c.name
		}
		if i == t.highest {
			s += ", which sets the highest rate"
		}
		small = append(small, s)
	}
	return small, ask
}

// keptText tells below a table of small categories that were kept.
func (r *ll144Run) keptText(t statutory) string {
	small, _ := r.keptSmall(t)
	if len(small) == 0 {
		return ""
	}
	return fmt.Sprintf("Fewer than %s of the data of this table, and kept: %s.", percentDecimal(r.params.ExcludeBelow), strings.Join(small, "; "))
}

// askSmall says how to leave such a category out: to whoever runs the audit, not to
// those who read its tables or what there is for a rule pack.
func (r *ll144Run) askSmall() {
	if r.small == "" {
		return
	}
	r.note(fmt.Sprintf("tables of Local Law 144: to leave a category with fewer than %s of the data of its table out, give its name in the result and a justification: exclude: {%q: …} under detectors.ll144",
		percentDecimal(r.params.ExcludeBelow), r.small))
}

// excluded says whether a category is left out of the ratios, and why.
func (d *ll144) excluded(c category, total int64) (why string, out bool) {
	why, asked := d.params.Exclude[c.name]
	if !asked {
		why, asked = d.params.Exclude["*"]
	}
	return why, asked && c.n > 0 && d.below(c.n, total)
}

// below tells whether a category has less than the share that may be left out.
func (d *ll144) below(n, total int64) bool {
	limit, err := stat.ParseDecimal(d.params.ExcludeBelow)
	if err != nil || total == 0 {
		return false
	}
	cmp, err := stat.CompareRate(n, total, limit)
	return err == nil && cmp < 0
}
