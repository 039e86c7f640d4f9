package published

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Role is what a column holds.
type Role string

// The roles of columns.
const (
	Category   Role = "category"   // names of groups; several columns may hold them
	Applicants Role = "applicants" // how many people a group has
	Selected   Role = "selected"   // how many of them were selected, or scored above the median
	Rate       Role = "rate"       // selected out of applicants
	Ratio      Role = "ratio"      // impact ratio: the rate over the highest rate
	Share      Role = "share"      // the group's part of all applicants
	Part       Role = "part"       // the group's part of all selected
	Table      Role = "table"      // which table or audit a line belongs to
)

// Roles lists them in the order in which they are shown.
func Roles() []Role {
	return []Role{Table, Category, Applicants, Selected, Rate, Ratio, Share, Part}
}

// numeric says whether a role's cells are numbers.
func (r Role) numeric() bool { return r != Category && r != Table && r != "" }

// Columns says which column holds what, by its header or by its number from 1.
type Columns map[Role][]string

// ParseColumns reads pairs such as applicants=n or rate=4.
func ParseColumns(pairs []string) (Columns, error) {
	out := Columns{}
	for _, pair := range pairs {
		name, column, ok := strings.Cut(pair, "=")
		role := Role(strings.ToLower(strings.TrimSpace(name)))
		if !ok || strings.TrimSpace(column) == "" || !slices.Contains(Roles(), role) {
			var names []string
			for _, r := range Roles() {
				names = append(names, string(r))
			}
			return nil, fmt.Errorf("%q: write ROLE=COLUMN, where ROLE is one of %s and COLUMN a header or a number from 1", pair, strings.Join(names, ", "))
		}
		out[role] = append(out[role], strings.TrimSpace(column))
	}
	return out, nil
}

// named gives the role that somebody chose for a column.
func (c Columns) named(header string, index int) Role {
	for _, role := range Roles() {
		for _, column := range c[role] {
			if n, err := strconv.Atoi(column); err == nil && n == index+1 || header != "" && strings.EqualFold(column, header) {
				return role
			}
		}
	}
	return ""
}

// numbered says whether columns were chosen by number, as in files without
// headers.
func (c Columns) numbered() bool {
	for _, columns := range c {
		for _, column := range columns {
			if _, err := strconv.Atoi(column); err == nil {
				return true
			}
		}
	}
	return false
}

// notChosen is what headers of people who were not selected look like.
const notChosen = `\b(not|un|non)[ -]?(selected|hired|passed|advanced|approved|admitted|recommended|promoted|interviewed)\b|\brejected\b|` +
	`^((number|no\.?|#|n) )?(of )?((applicants|candidates|people|those) )?(who )?(were |was )?(fail(s|ed|ures?)?|denied|denials?|declined|refused|refusals?)( (applicants|candidates))?$|` +
	`^((number|no\.?|#|n) )?(of )?(scor(ed|es|ing) )?(at or )?below (the )?(sample )?median( score)?$`

// headerRules give roles to headers in lower case with single spaces; the first
// that fits counts.
func headerRules() []headerRule {
	return []headerRule{
		{"", notChosen},
		{"", `\bnot? moved\b`},
		{Part, `^(%|percent(age)?|proportion|share) of (all |the |total |those )*(selected|selections|hired|hires|passed|advanced|approved|approvals|admitted|offers)$`},
		{Ratio, `\bratio\b|\bair\b|\bir\b|^impact$|four[ -]fifths|^4/5(th)?s?\b|disparate impact|adverse impact|verhältnis|verhouding|rapporto|cociente`},
		{Rate, `\brates?\b|(%|percent(age)?|proportion|share) of (all |the )*(applicants|candidates|people) (who (were |was )?)?(selected|hired|passed|advanced|approved|above)|(%|percent(age)?|proportion|share)( of)? (selected|hired|passed|advanced|approved|above)|(selected|hired|passed|advanced|approved|above (the )?median) ?\(?(%|percent|rate|share)|quote$|\btaux\b|\btasa\b|\btasso\b|\btaxa\b`},
		{Share, `\bshare\b|(%|percent(age)?|proportion) of (all |the |total )*(applicants|applications|applied|assessed|considered|candidates|data|sample|total|people|population|pool|n)\b|(applicants|candidates|total|people) \(?(%|percent)|^(%|percent(age)?|pct\.?|proportion|prozent|anteil|pourcentage|porcentaje|percentuale|porcentagem)$`},
		{Selected, `\bselected\b|\bselections\b|\bhire[ds]\b|\badvanced\b|\bpass(ed|ing)?\b|\binterviewed\b|\bmoved forward\b|\bprogressed\b|\brecommended\b|above (the |sample )*median|\babove\b|\boffers?\b|\bapproved\b|\badmitted\b|\bpromoted\b|\bfavou?rable\b|\bpositives?\b|ausgewählt|eingestellt|zugelassen|bewilligt|angenommen|sélectionné|retenu|embauché|seleccionad|contratad|selezionat|assunt[io]|geselecteerd|aangenomen|selecionad`},
		{Applicants, `\bapplica(nts?|tions?)\b|\bcandidates?\b|\bapplied\b|\bassessed\b|\bconsidered\b|\bpeople\b|\bpersons?\b|\bindividuals?\b|\bemployees\b|\bcounts?\b|^(n|#|no\.?|number|total|size)$|\bn\b|bewerb(er|ung)|kandidat|antragsteller|candidat|postulant|solicitante|sollicitant|^anzahl|^aantal|personen`},
		{Category, `\bsex\b|\bgender\b|\brace\b|\bethnicity\b|\bcategor(y|ies)\b|\bgroups?\b|\bdemographics?\b|\bage\b|\bclass\b|\bcharacteristic\b|\bdisability\b|\bveteran\b|geschlecht|gruppe|ethnie|herkunft|\bsexe\b|\bgenre\b|groupe|\bsexo\b|\bgénero|grupo|\bsesso\b|gruppo|geslacht|groep|^alter`},
		{Table, `^table$`},
	}
}

// headerRule is a role and what its headers look like.
type headerRule struct {
	role    Role
	pattern string
}

// guesser tells roles from headers.
type guesser struct {
	notation
	compound
	columns Columns
	rules   []compiledRule
	others  *regexp.Regexp // headers of those not selected
	// kindWords are those of headings that say what kind of number a column holds.
	kindWords *regexp.Regexp
	// Texts come again: which are no numbers, and what columns so headed hold.
	words map[string]bool
	known map[string]Role
}

type compiledRule struct {
	role    Role
	pattern *regexp.Regexp
}

func newGuesser(c Columns) guesser {
	g := guesser{notation: newNotation(), compound: newCompound(), columns: c, words: map[string]bool{}, known: map[string]Role{}}
	g.kindWords = regexp.MustCompile(`(?i)\b(of|the|and|or|per|in|to|for|who|were|was|is|are|by|number|num|no|counts?|n|percent(age)?|pct|share|proportion|size|` +
		`applica(nts?|tions?)|candidates?|applied|assessed|considered|people|persons?|individuals?|employees|pool|` +
		`select(ed|ions?)|hir(es?|ed|ing)|pass(ed|ing)?|advanced|interviewed|offers?|approv(ed|als?)|admitted|admissions?|promot(ed|ions?)|recommended|favou?rable|positives?|` +
		`above|median|sample|scor(ed|ing)|rates?|impact|ratios?|air|ir|adverse|disparate|four|fifths|progressed|moved|forward)\b|[#%]`)
	g.others = regexp.MustCompile(notChosen)
	for _, r := range headerRules() {
		g.rules = append(g.rules, compiledRule{r.role, regexp.MustCompile(r.pattern)})
	}
	return g
}

// role is what a header seems to say; nothing in most texts.
func (g guesser) role(header string, index int) Role {
	if chosen := g.columns.named(header, index); chosen != "" {
		return chosen
	}
	if role, seen := g.known[header]; seen {
		return role
	}
	role := g.guessed(header)
	g.known[header] = role
	return role
}

// guessed is what a header says by its words.
func (g guesser) guessed(header string) Role {
	s := strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(header, "_", " ")), " "))
	if s == "" || len(s) > 120 {
		return ""
	}
	for _, r := range g.rules {
		if r.pattern.MatchString(s) {
			if len(g.columns[r.role]) > 0 { // somebody named another column for this
				return ""
			}
			return r.role
		}
	}
	return ""
}
