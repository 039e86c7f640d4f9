package guess

import (
	"slices"
	"strings"
)

// What sentences about roles that an audit needs begin with.
const (
	undecided = "what was decided (columns.decision): "
	nobody    = "who is compared (columns.groups): "
)

func (g *guesser) miss(sentence string) { g.draft.Missing = append(g.draft.Missing, sentence) }

// find is the free column with the highest grade above zero, the first of several.
func (g *guesser) find(grade func(*column) int) *column {
	var best *column
	highest := 0
	for _, c := range g.columns {
		if c.taken {
			continue
		}
		if is := grade(c); is > highest {
			best, highest = c, is
		}
	}
	return best
}

// roles gives out the roles that nothing has given yet, those with the plainest names
// first.
func (g *guesser) roles() {
	d := g.draft
	if d.Time == nil {
		g.time()
	}
	g.version()
	if d.Turns == nil {
		g.slate()
	}
	if d.Weight == nil && d.Turns == nil { // a turn cannot stand for several
		if c := g.find(weighty); c != nil {
			r := c.role("whole numbers from 0 on, and its name")
			d.Weight = &r
		}
	}
	g.ids()
	g.groups()
	if d.Score == nil {
		g.score()
	}
	if d.Label == nil {
		g.label()
	}
	if d.Decision == nil {
		g.decision()
	}
	g.context()
}

func weighty(c *column) int {
	switch {
	case !c.numbers || !c.whole || c.low < 0:
		return 0
	case c.is("weight", "copies", "freq", "frequency", "count", "n", "row_count", "num_rows", "cnt"):
		return 2
	case c.is("impressions"):
		return 1
	}
	return 0
}

// ids finds what identifies a row, and whom it is about.
func (g *guesser) ids() {
	d := g.draft
	if d.ID == nil && d.Turns == nil { // what tells turns apart does not tell conversations apart
		if c := g.find(func(c *column) int {
			switch {
			case c.joined || !c.unique() || !c.keyed() || personal(c):
				return 0
			case c.is("id", "event_id", "row_id", "decision_id", "request_id", "application_id", "transaction_id", "index", "uuid"):
				return 2
			}
			return 1
		}); c != nil {
			r := c.role("every row has its own")
			d.ID = &r
		}
	}
	if d.Subject == nil {
		if c := g.find(func(c *column) int {
			if c.joined || !personal(c) || c.distinct < 2 {
				return 0
			}
			return 1
		}); c != nil {
			r := c.role("its name is that of people")
			d.Subject = &r
		}
	}
}

// personal tells whether the name is that of a person's key.
func personal(c *column) bool {
	return c.keyed() && c.has("user", "customer", "client", "subject", "person", "household", "patient", "applicant", "account", "member",
		"candidate", "employee", "student", "borrower", "household", "visitor") || c.is("user", "customer", "subject", "person")
}

// groups takes the columns that have the names of protected attributes.
func (g *guesser) groups() {
	for _, c := range g.columns {
		if c.taken || !attribute(c) || c.nth > 1 {
			continue
		}
		group := Group{Name: strings.Join(c.words, "_"), Missing: c.missing}
		switch {
		case c.numbers && c.distinct > 12 && c.has("age"):
			group.Bins = []string{"25", "40", "60"}
		case c.few(60):
		default:
			continue
		}
		group.Role = c.role("by its name")
		group.Name = g.free(group.Name)
		g.draft.Groups = append(g.draft.Groups, group)
	}
	if len(g.draft.Groups) == 0 {
		g.miss(nobody + "no column has the name of a protected attribute such as sex, race or age; name one, or join a table that has it with --join")
	}
}

// free is a name that no other attribute has.
func (g *guesser) free(name string) string {
	for slices.ContainsFunc(g.draft.Groups, func(o Group) bool { return o.Name == name }) {
		name += "_2"
	}
	return name
}

func attribute(c *column) bool {
	return c.has("sex", "gender", "race", "ethnicity", "ethnic", "age", "marital", "married", "nationality", "religion", "disability", "disabled",
		"veteran", "orientation", "pregnant", "citizenship", "caste", "surname", "dialect", "demographic") && !c.has("id", "score", "pred") ||
		c.is("rac1p", "group", "protected", "protected_attribute", "agep", "mar", "skin_tone", "home_ownership", "native_country", "foreign_worker", "education")
}

func (g *guesser) score() {
	c := g.find(func(c *column) int {
		switch {
		case !c.numbers || c.distinct < 3 || c.nth > 1 || c.ends("text", "label", "id") || c.has("propensity"):
			return 0
		case c.is("score", "probability", "prob", "y_score", "predicted_probability", "proba", "risk_score", "decile_score"):
			return 3
		case c.has("score", "probability", "proba"):
			return 2
		case c.has("risk", "confidence"):
			return 1
		}
		return 0
	})
	if c != nil {
		g.draft.Score = &Score{Role: c.role("numbers, and its name"), Unfavorable: dark(c) || c.has("decile")}
	}
}

// dark tells whether the name is of something bad for the person.
func dark(c *column) bool {
	return c.has("risk", "fraud", "default", "recid", "recidivism", "flag", "flagged", "denied", "denial", "rejected", "blocked", "refusal", "refused",
		"violation", "toxic", "toxicity", "churn", "suspended", "high")
}

// verdict grades a column as one that says yes or no: by its whole name, the names that
// are given first before the others, or by a word in it.
func verdict(c *column, names []string, some ...string) int {
	if !c.two() || c.nth > 1 {
		return 0
	}
	if at := slices.Index(names, strings.Join(c.words, "_")); at >= 0 {
		return 1 + len(names) - at
	}
	if c.has(some...) {
		return 1
	}
	return 0
}

func (g *guesser) label() {
	c := g.find(func(c *column) int {
		return verdict(c, []string{"label", "label_value", "outcome", "actual", "truth", "ground_truth", "target", "y_true", "repaid", "defaulted",
			"two_year_recid", "is_recid", "is_violent_recid", "pincp", "labels", "class"}, "label", "actual", "truth", "true", "recid", "repaid", "converted", "conversion")
	})
	if c != nil {
		g.draft.Label = g.rule(c, "label")
	}
}

func (g *guesser) decision() {
	c := g.find(func(c *column) int {
		is := verdict(c, []string{"decision", "decisions", "prediction", "predictions", "predicted", "pred", "y_pred", "approved", "accepted", "admitted",
			"admit", "selected", "hired", "offered", "granted", "recommended", "shown", "redeemed", "click", "clicked", "y", "high", "flagged", "denied",
			"action", "result", "response", "score"},
			"decision", "predicted", "prediction", "pred", "approved", "accepted", "selected", "hired", "click", "clicked", "redeemed", "flagged",
			"denied", "offer", "offered", "recommended", "outcome", "compliance", "refusal", "converted")
		if is > 0 && c.ends("id") {
			return 0
		}
		return is
	})
	if c != nil {
		g.draft.Decision = g.rule(c, "decision")
		return
	}
	if g.draft.Slate != nil || g.settled() {
		return
	}
	if s := g.draft.Score; s != nil {
		g.miss(undecided + "if the score decides, write decision: {column: " + scalar(s.Column) + ", at_least: ...} with the cut")
		return
	}
	if l := g.draft.Label; l != nil { // what happened to people is then all that the log tells
		g.draft.Decision, g.draft.Label = l, nil
		l.Why += "; no other column says yes or no"
		return
	}
	if c := g.only(); c != nil {
		g.draft.Decision = g.rule(c, "decision")
		g.draft.Decision.Why = "the only column that says yes or no"
		return
	}
	g.miss(undecided + "no column says yes or no under a name like decision, approved or clicked")
}

// settled tells whether a known export says already that a row is no decision.
func (g *guesser) settled() bool { return g.draft.Export != "" && g.draft.Kind == "ads" }

// only is the one free column of two values, if both are words for yes and no.
func (g *guesser) only() *column {
	var found *column
	for _, c := range g.columns {
		if c.taken || !c.two() {
			continue
		}
		if yes, no := sides(c.present); yes == "" || no == "" {
			continue
		}
		if found != nil {
			return nil
		}
		found = c
	}
	return found
}

// rule says which values of a column mean yes.
func (g *guesser) rule(c *column, what string) *Rule {
	r := &Rule{Unfavorable: dark(c)}
	yes, no := sides(c.present)
	switch {
	case yes != "":
		r.Role, r.Positive = c.role("its name, and the values "+strings.Join(c.present, " and ")), []string{yes}
		if no != "" {
			r.Negative = []string{no}
		}
	case no != "":
		r.Role, r.Negative = c.role("its name, and the value "+no), []string{no}
		r.Positive = slices.DeleteFunc(slices.Clone(c.present), func(v string) bool { return v == no })
	default:
		at := slices.Max(c.present)
		r.Role, r.Positive = c.role("by its name"), []string{at}
		g.miss("which value of columns." + what + " is positive: " + scalar(at) + " was taken out of " + strings.Join(c.present, " and ") + "; look")
	}
	return r
}

// sides finds a value that means yes and one that means no.
func sides(values []string) (yes, no string) {
	for _, v := range values {
		switch strings.ToLower(strings.TrimSpace(v)) {
		case "yes", "y", "true", "t", "1", "1.0", "approved", "approve", "accepted", "accept", "admitted", "selected", "hired", "offered", "granted", "positive",
			"pass", "passed", "clicked", "click", "converted", "redeemed", "won", "high", "good", "repaid", "advanced", "recommended", "shown":
			yes = v
		case "no", "n", "false", "f", "0", "0.0", "declined", "decline", "denied", "deny", "rejected", "reject", "refused", "not selected", "negative", "fail",
			"failed", "low", "bad", "none", "lost", "not offered", "not hired":
			no = v
		}
	}
	return yes, no
}

// version takes the column that tells models apart.
func (g *guesser) version() {
	c := g.find(func(c *column) int {
		switch {
		case c.distinct < 1 || c.distinct > 50 || c.joined || c.dated():
			return 0
		case c.is("model_version", "model_id", "model"):
			return 2
		case c.has("version") && c.has("model", "policy", "system", "algorithm"):
			return 1
		}
		return 0
	})
	if c != nil {
		r := c.role("by its name")
		g.draft.Version = &r
	}
}

// context takes what is left: columns within which people are comparable, and inputs.
func (g *guesser) context() {
	const most = 12
	for _, c := range g.columns {
		if c.taken || c.nth > 0 || c.keyed() || c.timely() {
			continue
		}
		switch {
		case c.few(40) && !c.numbers && (c.is("dept", "department", "intent", "product", "campaign_type", "job", "job_title", "position_title", "domain", "type",
			"loan_purpose", "program") || c.has("department", "intent")):
			if len(g.draft.Strata) < 2 {
				g.draft.Strata = append(g.draft.Strata, c.role("a category, and its name"))
			}
		case len(g.draft.Features) < most && (c.few(100) || c.numbers && c.distinct > 2):
			g.draft.Features = append(g.draft.Features, c.role(""))
		}
	}
}
