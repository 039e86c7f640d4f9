package published

import (
	"regexp"
	"strings"
	"unicode"
)

// The attributes that labels are recognized by. Everything else is compared by
// its spelling.
const (
	sexAxis  = "sex"
	raceAxis = "race/ethnicity"
)

// place is where a group stands: a value per attribute.
type place map[string]string

// label reads the names of groups.
type labels struct {
	races, sexes              []phrase
	filler, notHispanic       *regexp.Regexp
	total, unknown, axisTitle *regexp.Regexp
	remark, aside             *regexp.Regexp
}

// phrase is a spelling of a value.
type phrase struct {
	value   string
	pattern *regexp.Regexp
}

func newLabels() labels {
	words := func(pairs ...string) (out []phrase) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, phrase{pairs[i], regexp.MustCompile(` (` + pairs[i+1] + `) `)})
		}
		return out
	}
	return labels{
		races: words( // the EEO-1 categories first; longer spellings before shorter
			"native hawaiian or pacific islander", `native hawaiians?( (and|or|other|pacific|islanders?))*|pacific islanders?|nhpi|nhopi`,
			"native american or alaska native", `(native american|american indian)s?( (and|or|alaskan?|native|natives))*|alaskan? natives?|aian`,
			"two or more races", `two or more( races)?|2 or more( races)?|multi ?racial|multiple races|2\+ races`,
			"black or african american", `black( or| and)? african americans?|african americans?|black`,
			"hispanic or latino", `hispanics?( or)? latin[oax@]s?( or latin[oax])*|hispanics?|latin[oaxe]s?`,
			"asian", `asian americans?|asians?`,
			"white", `white|caucasians?`,
		),
		sexes: words("female", `females?|women|woman|f|frauen|frau|weiblich|femmes?|féminin|mujer(es)?|femenino|donn[ae]|femminile|vrouw(en)?|vrouwelijk|mulher(es)?|女性?`,
			"male", `males?|men|man|m|männer|mann|männlich|hommes?|masculin|hombres?|masculino|uomini|uomo|maschile|mannen|mannelijk|homens?|男性?`, "non-binary", `non ?binary|divers`),
		notHispanic: regexp.MustCompile(`\b(not|non) ?hispanics?( (or|and|not|non))*( latin[oaxe]s?)?\b|\bnonhispanics?\b|\bnot (of )?hispanic\b`),
		filler:      regexp.MustCompile(`\b(or|and|of|the|not|alone|only|race|races|ethnicity|origin|applicants|candidates|x|by)\b`),
		total: regexp.MustCompile(`^(grand |sub)?totals?$|^(grand )?total( applicants| candidates| people| n)?$|^all( (applicants|candidates|people|groups|categories|races|sexes|genders))?$|^overall$|^sum$|^everyone$|` +
			`^(gesamt(summe|zahl)?|insgesamt|(zwischen)?summe|zusammen|alle|(sous )?tota(l|ux)( (général|general|generale|gral|geral))?|ensemble|tou(s|tes)|totale( (generale|complessivo))?|tutti|suma( total)?|todos|conjunto|` +
			`totaal|samtliga|totalt|i alt|yhteensä|razem|ogółem|suma|celkem|összesen|итого|всего|toplam|σύνολο|合计|總計|总计|合計|計|总数|合计数|합계|총계|المجموع|סה כ)$`),
		unknown:   regexp.MustCompile(`unbekannt|keine angabe|\binconnue?s?\b|non renseign|desconocid|sconosciut|onbekend|\b(unknown|missing|undisclosed|unspecified|unreported|unidentified|no response|prefer(red)? not|declined?|chose not|(not|did not) (specified|disclosed?|reported|provided|stated?|answer(ed)?|identif(y|ied)|self identif(y|ied)|available))\b`),
		aside:     regexp.MustCompile(`^(notes?|source|sources|remarks?|see)\b|^\*`),
		remark:    regexp.MustCompile(`\([^()]*\)|\[[^\[\]]*\]`),
		axisTitle: regexp.MustCompile(`^(by )?(sex|gender|race|ethnicity|race ethnicity|race and ethnicity|intersection(al)?|intersectional categories|sex categories|race ethnicity categories)$`),
	}
}

// plainWords is a label in lower case, its punctuation as spaces.
func plainWords(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune("+%#<>≤≥=", r) {
			return r
		}
		return ' '
	}, strings.ToLower(s))
	return strings.Join(strings.Fields(s), " ")
}

// place reads a label: the sex and race in it, or its whole text as a value of
// the attribute that its column is headed with. A name with a sex and something
// else has both, the latter as a value of no attribute yet.
func (l labels) place(label, attribute string) place {
	s := plainWords(l.bare(label))
	rest := strings.Join(strings.Fields(l.notHispanic.ReplaceAllString(s, " ")), " ")
	if rest == "" {
		return place{raceAxis: s} // Hispanic and not Hispanic are a table of their own
	}
	if strings.Contains(" "+rest+" ", " not ") { // Not white is another group than white
		return place{attribute: s}
	}
	out, rest := l.recognized(rest)
	rest = strings.Join(strings.Fields(l.filler.ReplaceAllString(rest, " ")), " ")
	race, hasRace := out[raceAxis]
	_, hasSex := out[sexAxis]
	switch {
	case len(out) == 0:
		return place{attribute: s}
	case rest == "":
	case attribute != "" && attribute != raceAxis && attribute != sexAxis && !hasRace:
		return place{attribute: s}
	case hasRace:
		out[raceAxis] = race + " " + rest
	case hasSex && attribute == sexAxis:
		out[sexAxis] = s
	case hasSex && attribute == raceAxis:
		out[raceAxis] = rest
	case hasSex:
		out[""] = rest
	}
	return out
}

// recognized finds a race and a sex, and says what remains.
func (l labels) recognized(s string) (place, string) {
	out := place{}
	rest := " " + s + " "
	take := func(list []phrase, axis string) {
		for _, p := range list {
			if at := p.pattern.FindStringIndex(rest); at != nil {
				out[axis] = p.value
				rest = rest[:at[0]] + " " + rest[at[1]:]
				return
			}
		}
	}
	take(l.races, raceAxis)
	take(l.sexes, sexAxis)
	return out, strings.TrimSpace(rest)
}

// bare takes remarks such as (reference), (n=1390) and [1] off a name, but not
// those that name a sex or race which the name itself does not.
func (l labels) bare(label string) string {
	plain := func(text string) place {
		known, _ := l.recognized(l.notHispanic.ReplaceAllString(plainWords(text), " "))
		return known
	}
	return l.remark.ReplaceAllStringFunc(label, func(remark string) string {
		outside, inside := plain(l.remark.ReplaceAllString(label, " ")), plain(remark)
		if len(outside) == 0 {
			return remark
		}
		for axis := range inside {
			if outside[axis] == "" {
				return remark
			}
		}
		return " "
	})
}
