package guess_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/guess"
	"github.com/plumbline-audit/plumbline/engine/source/files"
)

// drafted writes tables into a folder and drafts an audit of the first.
func drafted(t *testing.T, tables ...string) (*guess.Draft, string) {
	t.Helper()
	dir := t.TempDir()
	var opened []guess.Joined
	for i, text := range tables {
		name := []string{"log.csv", "people.csv"}[i]
		if strings.HasPrefix(text, "{") {
			name = "log.jsonl"
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		src, err := files.Open(t.Context(), files.Options{Base: dir, Paths: []string{name}})
		if err != nil {
			t.Fatal(err)
		}
		opened = append(opened, guess.Joined{Path: name, Table: src})
	}
	d, err := guess.Log(t.Context(), opened[0].Table, opened[1:])
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := d.Write(&out, guess.Paths{Name: "log", Log: []string{opened[0].Path}}); err != nil {
		t.Fatal(err)
	}
	return d, out.String()
}

// The columns of known exports are those that their publishers document: HMDA (FFIEC,
// public loan application register), Meta (ads insights, breakdowns age and gender),
// Google Ads (gender_view), Amazon Personalize (item interactions), Dialogflow CX
// (BigQuery export), OpenTelemetry (semantic conventions for generative AI), RecBole
// (atomic files). The values are made up.
func TestDraft(t *testing.T) {
	for _, c := range []struct {
		name, log string
		want      []string
	}{
		{"words for yes and no", "decided_at,approved,sex\n2024-01-02,yes,f\n2024-05-02,no,m\n2024-06-01,no,?\n", []string{
			`time: decided_at`, `decision: {column: approved, positive: ["yes"], negative: ["no"]}`, `sex: {column: sex, missing: ["?"]}`, `windows: {every: month}`}},
		{"bad for the person", "denied,gender\n1,f\n0,m\n", []string{`decision: {column: denied, positive: [1], negative: [0], favorable: false}`}},
		{"a score and a label", "risk_score,defaulted,race\n0.1,0,a\n0.5,1,b\n0.9,0,a\n", []string{
			`score: {column: risk_score, higher_is: unfavorable}`, `label: {column: defaulted, positive: [1], negative: [0]}`, `at_least: ...`}},
		{"a label alone is what happened", "outcome,race\n0,a\n1,b\n0,a\n", []string{`decision: {column: outcome, positive: [1], negative: [0]}`}},
		{"values without a meaning", "decision,race\nA,x\nB,y\nA,x\n", []string{`decision: {column: decision, positive: [B]}`, `B was taken out of A and B; look`}},
		{"counts of people", "admit,sex,freq\nAdmitted,f,19\nRejected,m,3\n", []string{`weight: freq`, `decision: {column: admit, positive: [Admitted], negative: [Rejected]}`}},
		{"seconds since 1970", "timestamp,clicked,age,user_id\n1577836800,1,31,7\n1580515200,0,44,8\n1580515201,0,44,8\n", []string{
			`time: {column: timestamp, unit: s}`, `subject: user_id`, `age: age`}},
		{"days of a calendar", "date,selected,sex\n13/02/2024,1,f\n01/03/2024,0,m\n", []string{`time: {column: date, format: "%d/%m/%Y"}`}},
		{"digits of a date", "event_date,selected,sex\n20240213,1,f\n20240301,0,m\n", []string{`time: {column: event_date, format: "%Y%m%d"}`}},
		{"a header that repeats a name", "score,score,hired,sex\n1,1,yes,f\n2,3,no,m\n3,4,no,m\n", []string{`score: {column: {name: score, nth: 1}}`}},
		{"names that YAML would misread", "\"on: #1\",\"sex\"\nyes,f\nno,m\n", []string{`decision: {column: "on: #1", positive: ["yes"], negative: ["no"]}`}},
		{"nothing", "a,b\nx,1.5\ny,2.5\n", []string{`# - who is compared`, `# - what was decided`, `# groups:`}},
		{"lists", `{"ranking":[{"name":"a","rank":1,"group":"x"},{"name":"b","rank":2,"group":"y"}],"presented":[{"name":"a","group":"x"}],"run_id":1}
{"ranking":[{"name":"b","rank":1,"group":"y"}],"presented":[{"name":"b","group":"y"}],"run_id":2}
`, []string{`slate: {items: ranking, item: name, rank: rank, offered: presented, duplicates: first}`, `group: item.group`, `kind: recommender`}},
		{"lists of text", "user_id,recommendations,gender\n1,a|b|c,f\n2,b,m\n3,c|a,f\n", []string{`slate: {items: recommendations, item: recommendations, separator: "|", duplicates: first}`, `kind: recommender`}},
		{"lists in JSON", "user_id\titems\tgender\n1\t[\"a\",\"b\"]\tf\n2\t[]\tm\n", []string{`slate: {items: items, item: items, json: true, duplicates: first}`}},
		{"lists of objects in JSON", "user_id\tranking\n1\t[{\"id\":\"a\",\"rank\":1}]\n2\t[{\"id\":\"b\",\"rank\":1}]\n", []string{`slate: {items: ranking, item: id, rank: rank, json: true, duplicates: first}`}},
		{"a column for each place", "user_id,rec_1,rec_2,rec_3,gender\n1,a,b,c,f\n2,c,b,a,m\n", []string{`slate: {places: [rec_1, rec_2, rec_3], item: item, duplicates: first}`}},
		{"two numbered columns are no list", "user_id,item_1,item_2,gender\n1,a,b,f\n2,c,b,m\n", []string{`# - what was decided`}},
		{"sentences are no list", "user_id,results,gender\n1,\"well done, all good\",f\n2,\"late, no show\",m\n", []string{`# - what was decided`}},
		{"a row per slot", "impression_id,item_id,position,click,gender\n1,a,1,0,f\n1,b,2,1,f\n2,a,1,1,m\n", []string{
			`slate: {key: impression_id, item: item_id, rank: position, duplicates: first}`, `decision: {column: click, positive: [1], negative: [0]}`}},
		{"HMDA", "activity_year,action_taken,derived_race,derived_sex,applicant_age\n2023,1,White,Male,25-34\n2023,3,Asian,Sex Not Available,8888\n", []string{
			"an HMDA loan application register", `decision: {column: action_taken, positive: [1, 2, 8], negative: [3, 7]}`, `sex: {column: derived_sex, missing: ["Sex Not Available"]}`,
			`time: {column: activity_year, format: "%Y"}`}},
		{"Meta", "ad_id,date_start,age,gender,impressions,clicks\n1,2024-01-01,18-24,male,100,3\n1,2024-03-01,25-34,unknown,70,1\n", []string{
			"Meta ads", `weight: impressions`, `gender: {column: gender, missing: [unknown]}`, `# - who clicked`}},
		{"Google", "segments.date,ad_group_criterion.gender.type,metrics.impressions\n2024-01-01,MALE,10\n2024-02-01,UNDETERMINED,4\n", []string{
			`weight: metrics.impressions`, `gender: {column: ad_group_criterion.gender.type, missing: [UNDETERMINED]}`, `# - age and gender together`}},
		{"Amazon Personalize", "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\nu1,i1,1577836800,view\nu2,i2,1577936800,click\n", []string{
			`time: {column: TIMESTAMP, unit: s}`, `subject: USER_ID`, `decision: {column: EVENT_TYPE, positive: [click]}`}},
		{"Dialogflow CX", "conversation_name,turn_position,request_time,language_code\nc1,1,2024-01-02T03:04:05Z,en\nc1,2,2024-01-02T03:04:06Z,de\n", []string{
			`kind: chatbot`, `time: request_time`, `conversation: {id: conversation_name, order: turn_position, roll: {turns: count()}}`, `language: language_code`, `# - what a conversation came to`}},
		{"OpenTelemetry", "gen_ai.conversation.id,gen_ai.request.model,start_time\nc1,m1,2024-01-02T03:04:05Z\nc2,m2,2024-01-03T03:04:05Z\n", []string{
			`conversation: {id: gen_ai.conversation.id, roll: {turns: count()}}`, `version: gen_ai.request.model`, `time: start_time`}},
		{"RecBole", "user_id:token\titem_id:token\ttimestamp:float\tgender:token\nu\ti\t1577836800\tF\nv\ti\t1577936800\tM\n", []string{
			`subject: "user_id:token"`, `gender: "gender:token"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, got := drafted(t, c.log)
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("no %s in\n%s", want, got)
				}
			}
		})
	}
}

func TestDraftJoin(t *testing.T) {
	_, got := drafted(t, "person_id,selected\n1,yes\n2,no\n1,no\n", "person_id,sex,selected\n1,f,x\n2,m,y\n")
	for _, want := range []string{"- {path: people.csv, on: person_id}", "sex: sex", `decision: {column: selected, positive: ["yes"]`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if _, got := drafted(t, "person_id,selected\n1,yes\n2,no\n", "person_id,sex\n1,f\n1,m\n"); !strings.Contains(got, "# - how people.csv joins the log") {
		t.Errorf("a table whose key repeats is joined:\n%s", got)
	}
}
