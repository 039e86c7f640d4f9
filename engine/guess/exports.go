package guess

import "slices"

// export is a form of log that many have: it is known by its columns.
type export struct {
	name    string
	columns []string // that it must have
	roles   func(g *guesser)
}

// exports are the known forms. What a column means there is the publisher's word:
// HMDA's action_taken is 12 CFR 1003, appendix B; Amazon Personalize's and Dialogflow's
// columns are those of their documentation.
func exports() []export {
	return []export{
		{"an HMDA loan application register", []string{"action_taken", "derived_race", "derived_sex"}, hmda},
		{"an age and gender report of Meta ads", []string{"impressions", "age", "gender", "date_start"}, adsReport("date_start")},
		{"a report of Google ads by gender or age", []string{"metrics.impressions"}, googleAds},
		{"interactions of Amazon Personalize", []string{"USER_ID", "ITEM_ID", "TIMESTAMP"}, personalize},
		{"an export of Dialogflow CX", []string{"conversation_name", "turn_position", "request_time"}, dialogflow},
		{"OpenTelemetry spans of generative AI", []string{"gen_ai.conversation.id"}, telemetry},
		{"a RecBole file", []string{"user_id:token", "item_id:token"}, recbole},
		{"an MLflow table of predictions", []string{"prediction", "target"}, func(*guesser) {}},
	}
}

// export recognizes a known form and gives the roles that it says.
func (g *guesser) export() {
	for _, e := range exports() {
		if !slices.ContainsFunc(e.columns, func(name string) bool { return g.column(name) == nil }) {
			g.draft.Export = e.name
			e.roles(g)
			return
		}
	}
}

// column is a column by its exact name, or nil.
func (g *guesser) column(name string) *column {
	for _, c := range g.columns {
		if c.name == name {
			return c
		}
	}
	return nil
}

const known = "a column of this export"

// group adds an attribute if the log has its column.
func (g *guesser) group(name, column string, missing ...string) {
	c := g.column(column)
	if c == nil || c.distinct == 0 {
		return
	}
	for _, v := range c.missing {
		if !slices.Contains(missing, v) {
			missing = append(missing, v)
		}
	}
	missing = slices.DeleteFunc(missing, func(v string) bool { return !slices.Contains(c.values, v) })
	g.draft.Groups = append(g.draft.Groups, Group{Role: c.role(known), Name: name, Missing: missing})
}

// asked gives a role to a column if the log has it.
func (g *guesser) asked(column string) *Role {
	c := g.column(column)
	if c == nil {
		return nil
	}
	r := c.role(known)
	return &r
}

func (g *guesser) timed(column string) {
	c := g.column(column)
	if c == nil {
		return
	}
	if m, ok := c.moments(); ok {
		g.draft.Time = &Time{Role: c.role(known), Unit: m.unit, Format: m.format}
		g.draft.Every = m.every(g.draft.All)
	}
}

func hmda(g *guesser) {
	// 1 originated, 2 approved but not accepted, 8 preapproval approved; 3 denied, 7
	// preapproval denied. Withdrawn (4), incomplete (5) and purchased (6) are no decisions.
	g.draft.Decision = &Rule{Role: *g.asked("action_taken"), Positive: []string{"1", "2", "8"}, Negative: []string{"3", "7"}}
	g.group("race", "derived_race", "Race Not Available", "Free Form Text Only")
	g.group("sex", "derived_sex", "Sex Not Available")
	g.group("ethnicity", "derived_ethnicity", "Ethnicity Not Available", "Free Form Text Only")
	g.group("age", "applicant_age", "8888", "9999")
	if c := g.column("activity_year"); c != nil && c.whole {
		g.draft.Time = &Time{Role: c.role(known), Format: "%Y"}
		g.draft.Every = "year"
	}
	g.draft.ID = g.asked("universal_loan_identifier")
}

func adsReport(date string) func(*guesser) {
	return func(g *guesser) {
		g.draft.Kind = "ads"
		g.timed(date)
		g.draft.Weight = g.asked("impressions")
		g.group("age", "age", "Unknown")
		g.group("gender", "gender", "unknown")
		g.miss("who clicked: this export counts clicks beside impressions, and a row of an audit is one decision; what is measured is who was shown the ads")
	}
}

func googleAds(g *guesser) {
	g.draft.Kind = "ads"
	g.timed("segments.date")
	g.draft.Weight = g.asked("metrics.impressions")
	g.group("gender", "ad_group_criterion.gender.type", "UNDETERMINED", "UNKNOWN")
	g.group("age", "ad_group_criterion.age_range.type", "AGE_RANGE_UNDETERMINED", "UNKNOWN")
	g.miss("age and gender together: these reports give one or the other, and nothing follows for both from that")
}

func personalize(g *guesser) {
	g.draft.Kind = "recommender"
	g.timed("TIMESTAMP")
	g.draft.Subject = g.asked("USER_ID")
	if c := g.column("EVENT_TYPE"); c != nil && c.distinct > 1 {
		for _, v := range c.present {
			if v == "click" || v == "purchase" || v == "watch" {
				g.draft.Decision = &Rule{Role: c.role(known), Positive: []string{v}}
				break
			}
		}
	}
}

func dialogflow(g *guesser) {
	g.draft.Kind = "chatbot"
	g.timed("request_time")
	g.turns("conversation_name", "turn_position")
	g.group("language", "language_code")
}

// turns makes conversations of rows that are turns.
func (g *guesser) turns(id, order string) {
	r := g.asked(id)
	if r == nil {
		return
	}
	g.draft.Turns = &Turns{Role: *r}
	if o := g.asked(order); o != nil {
		g.draft.Turns.Order = o.Column
	}
	g.miss("what a conversation came to: a row of the audit is one conversation, and of every column its first turn's value counts; " +
		"say what its turns make of it under columns.conversation.roll, as  handed_over: any(intent == 'agent')")
}

func telemetry(g *guesser) {
	g.draft.Kind = "chatbot"
	g.turns("gen_ai.conversation.id", "")
	for _, name := range []string{"user.id", "enduser.id"} {
		if g.draft.Subject == nil {
			g.draft.Subject = g.asked(name)
		}
	}
	g.draft.Version = g.asked("gen_ai.response.model")
	if g.draft.Version == nil {
		g.draft.Version = g.asked("gen_ai.request.model")
	}
}

func recbole(g *guesser) {
	g.draft.Kind = "recommender"
	g.draft.Subject = g.asked("user_id:token")
	g.timed("timestamp:float")
	g.group("gender", "gender:token")
	g.group("age", "age:token")
}
