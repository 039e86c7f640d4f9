// Package config reads audit.yaml: it decodes with positions, reports every
// mistake at once, fills in defaults, and publishes the same declarations as a
// JSON Schema. The struct tags below are the one declaration that decoding,
// lint, schema and documentation follow from:
//
//	yaml:"key"          the key; ",inline" takes the keys of an embedded struct; "-" is not read
//	doc:"..."           one sentence for the schema and the documentation
//	default:"..."       the value when the key is absent
//	enum:"a|b|c"        the only values allowed; later:"d|e" ones that a later version will allow
//	required:"true"     the key must be there; "false" on an inlined struct frees its required keys
//	short:"true"        the key that a bare value stands for: time: at is time: {column: at}
//	one:"true"          a bare value is a list of one
//	keyed:"true"        a list written as a mapping, from each element's Name to the element
//	values:"true"       values of the data: true and 1.0 keep their spelling
//	decimal:"true"      a number that is kept as it is written
//	min, above, below   bounds of a number, the last two exclusive
//	reserved:"true"     keys that a later version will read
package config

import (
	"time"

	"github.com/plumbline-audit/plumbline/engine/audit"
)

// Audit is one audit.yaml.
type Audit struct {
	Version       int           `yaml:"version" required:"true" enum:"1" doc:"version of this file's form"`
	Name          string        `yaml:"name" required:"true" doc:"short name; the output folder is called so: letters, digits, dot, dash, underscore"`
	Title         string        `yaml:"title" doc:"headline of the report; default: the name"`
	Kind          string        `yaml:"kind" default:"decision" enum:"decision|recommender|chatbot|ads" doc:"chooses the detectors that run when none are listed, and the pack of indicators that is followed without kpis, as far as the log has its columns: ethical-personalization of a recommender, chatbot-conduct, ad-delivery"`
	Words         Words         `yaml:"words" doc:"the audit's own words, used in sentences"`
	Data          Data          `yaml:"data" required:"true" doc:"where the rows come from"`
	Columns       Columns       `yaml:"columns" required:"true" doc:"which column plays which role"`
	Windows       Windows       `yaml:"windows" doc:"how time is cut"`
	Intersections Intersections `yaml:"intersections" doc:"how far attributes are crossed"`
	Detectors     Detectors     `yaml:"detectors" doc:"what is measured, with parameters and limits; default: what suits the kind and the columns"`
	Packs         []Pack        `yaml:"packs" json:",omitempty" one:"true" doc:"rule packs: names of those that come with the program (plumbline packs list), or paths of files, relative to this file"`
	Gates         Gates         `yaml:"gates" doc:"how limits are judged, and how their tests share alpha"`
	Alpha         float64       `yaml:"alpha" default:"0.05" above:"0" below:"1" doc:"error budget of all gates together; intervals have level 1 - alpha"`
	Seed          uint64        `yaml:"seed" default:"1" doc:"seed of everything that draws at random"`
	Privacy       *Privacy      `yaml:"privacy" doc:"which counts are too small to show"`
	Model         *Model        `yaml:"model" doc:"the audited model, which explanations ask"`
	Explain       *Explain      `yaml:"explain" doc:"what is explained: where gaps and errors come from; default with a model: importance, attribution and gap"`

	KPIs   *KPIs  `yaml:"kpis" json:",omitempty" doc:"indicators that are followed over the windows"`
	Ledger string `yaml:"ledger" json:",omitempty" doc:"where the history is: a file, relative to this one, an address postgres://user@host/database, or none; default: ledger.db in the output folder"`

	Alerts *Alerts `yaml:"alerts" json:"-" doc:"who is told how a run came out; no part of what is audited"`

	Waivers []Waiver `yaml:"waivers" json:"-" doc:"gated metrics that may go without good evidence for a while, for plumbline status; they change no verdict"`

	_ struct{} `yaml:"compare|signoff" reserved:"true"`

	Path string `yaml:"-"` // of the file as given
	Dir  string `yaml:"-"` // folder that relative paths start from

	// Digests are the SHA-256 of the files that the audit compares with, by the
	// path that the configuration gives; they stand for the paths in its digest.
	Digests map[string]string `yaml:"-"`

	// ModelColumns are the columns that the audited model takes, once its file
	// has been read.
	ModelColumns []ModelColumn `yaml:"-"`

	text *text // what was read, for the positions of later mistakes
}

// Pack is a rule pack that the audit is computed under, with what the log cannot
// tell.
type Pack struct {
	Name          string            `yaml:"name" required:"true" short:"true" doc:"a pack that comes with the program, or the path of a file that ends in .yaml"`
	Evidence      map[string]string `yaml:"evidence" doc:"what the log cannot tell, by the id of the pack's requirement: a sentence, or where it is filed"`
	NotApplicable map[string]string `yaml:"not_applicable" doc:"requirements that do not apply to this audit, by id, each with the reason"`
}

// Privacy says which counts are too small to show.
type Privacy struct {
	MinCell   int64 `yaml:"min_cell" required:"true" min:"2" doc:"counts of people from 1 to below this are suppressed in every report, with whatever would give them away; 11 is common, 3 to 20 are in use"`
	KeepExact bool  `yaml:"keep_exact" default:"false" doc:"whether result.json keeps the exact numbers; reports are suppressed all the same"`
}

// Words are the audit's own nouns and verbs.
type Words struct {
	Positive string `yaml:"positive" default:"selected" doc:"past participle for a positive decision: selected, offered a loan, flagged"`
	Unit     string `yaml:"unit" default:"rows" doc:"plural noun for what a row is about: people, clients, applications"`
}

// Data says where rows come from.
type Data struct {
	Log           []string `yaml:"log" required:"true" one:"true" doc:"path, glob, folder (key=value folders are columns) or a list of them, relative to this file; or - for standard input"`
	Format        string   `yaml:"format" default:"auto" enum:"auto|parquet|arrow|csv|jsonl" doc:"format of the files; auto goes by name and first bytes, and takes standard input for an Arrow stream"`
	CSV           CSV      `yaml:"csv" doc:"how CSV files are written, where detection needs help"`
	Joins         []Join   `yaml:"joins" doc:"tables with protected attributes, predictions or late labels"`
	Where         string   `yaml:"where" doc:"CEL expression; only rows for which it is true are audited"`
	Limits        Limits   `yaml:"limits" doc:"what a file may ask for before it is refused"`
	MissingColumn string   `yaml:"missing_column" default:"error" enum:"error|null" doc:"what to do when a file lacks a column that others have: stop, or take it as missing"`

	TrustStatistics bool `yaml:"trust_statistics" json:",omitempty" doc:"take the time of a Parquet row group from its statistics, unread, where they say that it has no null and lies in one window; a file whose statistics are wrong then gives wrong windows without a word"`
}

// CSV describes delimited text.
type CSV struct {
	Delimiter string `yaml:"delimiter" doc:"one character, or tab; default: detected among comma, semicolon, tab and bar"`
	Quote     string `yaml:"quote" default:"\"" doc:"one character, or none"`
	Encoding  string `yaml:"encoding" default:"utf-8" enum:"utf-8|utf-16|latin-1" doc:"of the text; UTF-16 with a byte order mark is recognized without it"`
}

// Limits bound what a broken or hostile file can do.
type Limits struct {
	Cell  Size  `yaml:"cell" default:"1MiB" doc:"one value of CSV or JSON Lines"`
	Line  Size  `yaml:"line" default:"16MiB" doc:"one line of JSON Lines"`
	Page  Size  `yaml:"page" default:"256MiB" doc:"one page or dictionary of a Parquet file, decompressed"`
	Batch Size  `yaml:"batch" default:"256MiB" doc:"one record batch of an Arrow file or stream, decompressed"`
	Depth int   `yaml:"depth" default:"64" min:"1" doc:"lists and objects inside each other, in JSON Lines"`
	Run   int64 `yaml:"run" default:"68719476736" min:"1" doc:"rows of one row group or record batch: runs of one value, which take no bytes, can claim any number"`
}

// Join is a table whose columns are added to the log's rows by key: a left
// join with a unique right side.
type Join struct {
	Path    []string `yaml:"path" required:"true" one:"true" doc:"path, glob, folder or list, relative to this file"`
	Format  string   `yaml:"format" default:"auto" enum:"auto|parquet|arrow|csv|jsonl" doc:"format of the table"`
	CSV     CSV      `yaml:"csv" doc:"how CSV files are written"`
	On      Keys     `yaml:"on" required:"true" doc:"key column, list of key columns, or mapping from the log's column to the table's"`
	Columns []string `yaml:"columns" doc:"only these columns of the table; default: all but the keys"`
	Prefix  string   `yaml:"prefix" doc:"put before the names of the table's columns, where they collide with the log's"`

	OnDuplicate string `yaml:"on_duplicate" json:",omitempty" enum:"error|last" doc:"what to do with a key that the table has twice: refuse the table (error, the default), or take the row whose time is the last"`
	Time        *Time  `yaml:"time" json:",omitempty" doc:"the table's column that dates its rows, for on_duplicate: last; of equal times the row further down counts"`
}

// Keys are the key columns of a join.
type Keys []KeyPair

// KeyPair is one key column of a join: its name in the log and in the table.
type KeyPair struct{ Log, Table string }

// Ref names a column. In YAML it is a name, or {name: decile_score, nth: 2}
// where a CSV header has the name more than once.
type Ref struct {
	Name string `yaml:"name" required:"true" short:"true" doc:"the column's name"`
	Nth  int    `yaml:"nth" min:"1" doc:"which of several columns of this name, from 1"`
}

// Role is a column with the markers that stand for a missing value. In YAML it
// is a column name, or a mapping.
type Role struct {
	Column  Ref      `yaml:"column" required:"true" short:"true" doc:"the column's name, or {name: decile_score, nth: 2} where a header repeats it"`
	Missing []string `yaml:"missing" values:"true" one:"true" doc:"values that stand for missing, besides nulls and empty CSV cells"`
	Type    string   `yaml:"type" enum:"text|number" doc:"number reads text as numbers, so that 1, 1.0 and 1e0 of a CSV file are one value; default: as the file has it"`
}

// Columns gives roles to columns.
type Columns struct {
	Time     *Time     `yaml:"time" doc:"when the decision was made"`
	ID       *ID       `yaml:"id" doc:"identifies the row"`
	Subject  *Role     `yaml:"subject" doc:"the person; intervals and p-values follow it"`
	Decision *Decision `yaml:"decision" doc:"the automated decision"`
	Score    *Score    `yaml:"score" doc:"the number behind the decision"`
	Label    *Label    `yaml:"label" doc:"what turned out to be true"`
	Weight   *Role     `yaml:"weight" doc:"copies of the row: non-negative integers"`
	Groups   []Group   `yaml:"groups" keyed:"true" doc:"protected attributes: name of the attribute, then its column"`
	Strata   []Role    `yaml:"strata" doc:"columns within which groups are comparable"`
	Features []Role    `yaml:"features" doc:"inputs of the model"`
	Version  *Role     `yaml:"version" doc:"version of the model"`
	Slate    *Slate    `yaml:"slate" json:",omitempty" doc:"lists of items that were shown or ranked, in their order"`

	Conversation *Conversation `yaml:"conversation" json:",omitempty" doc:"the rows are turns; those of one conversation become one row"`

	Predictions []Prediction `yaml:"predictions" json:",omitempty" keyed:"true" doc:"one column for each version of a model, by version: {v1: pred_a, v2: pred_b}; every row becomes one for each, with columns model_version, prediction and prediction_score"`

	Marginals bool `yaml:"marginals" json:",omitempty" doc:"every row, often with a weight, is about one attribute of groups, and has nothing in the columns of the others: a report of age and of gender apart. Their intersections are not available"`

	ExpectedAttributes []string `yaml:"expected_attributes" json:",omitempty" one:"true" doc:"attributes that an audit like this should have; one that is not among the groups is reported as not measured"`

	_ struct{} `yaml:"stage" reserved:"true"`
}

// Time is the column that dates a row.
type Time struct {
	Role   `yaml:",inline"`
	Unit   string `yaml:"unit" enum:"s|ms|us|ns" doc:"of a number since 1970-01-01 UTC"`
	Format string `yaml:"format" doc:"of text or yyyymmdd integers, strptime style: %d.%m.%Y %H:%M"`
	Zone   string `yaml:"zone" doc:"IANA zone of times without one; default: windows.timezone"`
}

// ID is the column that identifies a row.
type ID struct {
	Role       `yaml:",inline"`
	Duplicates string `yaml:"duplicates" default:"ignore" enum:"ignore|count|error|last_by_time" doc:"what to do with repeated ids"`
}

// Rule turns a column into positive, negative or missing: listed values, a
// threshold, or a CEL expression. Exactly one of Positive, AtLeast, Above and
// When is set.
type Rule struct {
	Role     `yaml:",inline" required:"false"`
	Positive []string `yaml:"positive" values:"true" one:"true" doc:"values that count as positive"`
	Negative []string `yaml:"negative" values:"true" one:"true" doc:"values that count as negative; default: every other value"`
	Unlisted string   `yaml:"unlisted" default:"exclude" enum:"exclude|error" doc:"what to do with a value in neither list"`
	AtLeast  string   `yaml:"at_least" decimal:"true" doc:"positive from this number on"`
	Above    string   `yaml:"above" decimal:"true" doc:"positive above this number"`
	When     string   `yaml:"when" doc:"CEL expression that is true for positive rows, instead of a column"`
}

// Decision is the automated decision.
type Decision struct {
	Rule      `yaml:",inline"`
	Favorable bool `yaml:"favorable" default:"true" doc:"whether positive is good for the person"`
}

// Label is the outcome that decisions are held against.
type Label struct {
	Rule         `yaml:",inline"`
	MaturesAfter Duration `yaml:"matures_after" doc:"age from which a label is final: 30d, 12h"`
}

// Score is the number behind the decision: a column or a CEL expression.
type Score struct {
	Role     `yaml:",inline" required:"false"`
	When     string `yaml:"when" doc:"CEL expression that gives a number, instead of a column"`
	HigherIs string `yaml:"higher_is" default:"favorable" enum:"favorable|unfavorable" doc:"whether a high score is good for the person"`
}

// Duration is a length of time; days have 24 hours.
type Duration time.Duration

// Group is one protected attribute. In YAML the value is a column name or a
// mapping.
type Group struct {
	Name       string `yaml:"-"`
	Role       `yaml:",inline" required:"false"`
	Reference  Reference         `yaml:"reference" default:"largest" doc:"a value, {value: best} for a group of that name, or largest, best, rest, none"`
	Bins       []string          `yaml:"bins" decimal:"true" doc:"edges that cut a number into bands: [25, 60] gives (-inf,25) [25,60) [60,inf)"`
	Closed     string            `yaml:"closed" default:"left" enum:"left|right" doc:"which end of a band belongs to it"`
	Map        map[string]string `yaml:"map" values:"true" doc:"renames values; \"*\" catches the rest"`
	Provenance string            `yaml:"provenance" enum:"self_reported|observed|inferred" doc:"how the attribute came to be known"`
	MaxValues  int               `yaml:"max_values" default:"200" min:"1" doc:"more distinct values than this are refused"`
	MinRows    int64             `yaml:"min_rows" default:"30" min:"0" doc:"a smaller group may fail a gate but never holds up a pass; with a subject it counts people too, and a gate does not fail on fewer of them"`
	Expected   []string          `yaml:"expected" json:",omitempty" values:"true" one:"true" doc:"values that should occur; while one has no rows, or too few to judge, no check of the attribute passes"`
	Population string            `yaml:"population" json:",omitempty" doc:"CSV file of the shares the values have among the people who could be in the log: columns value and share or count; relative to this file"`

	// A group that is known only by its probabilities has no column.
	Probabilities map[string]string `yaml:"probabilities" json:",omitempty" doc:"instead of a column: for each value the column with the probability that the row has it; they add up to 1 in every row"`
	Threshold     string            `yaml:"threshold" json:",omitempty" decimal:"true" doc:"probability from which the threshold estimator takes a row for a group; default: 0.8"`
}

// Reference is audit.Reference with its YAML forms.
type Reference audit.Reference

// Windows cuts time.
type Windows struct {
	Every     string   `yaml:"every" enum:"hour|day|week|month|quarter|year" doc:"length of a window"`
	Ranges    Ranges   `yaml:"ranges" doc:"named windows: before: 2013-01..2014-03 (window ids, inclusive)"`
	Timezone  string   `yaml:"timezone" default:"UTC" doc:"IANA zone that windows are cut in"`
	Reference Baseline `yaml:"reference" doc:"window, a..b of windows, name of a range, or first: what other windows are compared with; or {file: profile.json}"`
}

// Baseline is what windows are compared with: other windows, or a profile that
// an earlier audit has saved.
type Baseline struct {
	Windows string `yaml:"windows" short:"true" doc:"window, a..b of windows, name of a range, or first"`
	File    string `yaml:"file" doc:"profile of reference windows that an earlier audit saved, relative to this file"`
}

// Ranges are named windows, in the order of the file.
type Ranges []Span

// Span is a named window: a window id, or a..b of window ids, both inclusive.
type Span struct{ Name, Text string }

// Intersections crosses attributes.
type Intersections struct {
	Depth   int   `yaml:"depth" default:"1" min:"1" doc:"how many attributes are crossed at once; 1 crosses nothing"`
	MinRows int64 `yaml:"min_rows" default:"100" min:"0" doc:"a smaller intersection may fail a gate but never holds up a pass; with a subject it counts people too, and a gate does not fail on fewer of them"`

	Population []string `yaml:"population" one:"true" doc:"CSV files of the shares of intersections: a column per attribute, named like it, and share or count; relative to this file"`
}

// Gates says how all limits are judged; a limit written as {limit: 0.8, policy:
// interval} has a policy of its own.
type Gates struct {
	Adjust string `yaml:"adjust" default:"holm" enum:"holm|bh|by|none" doc:"how the tests of all limits share alpha: holm bounds the chance of any false alarm, bh and by (valid under any dependence) the expected share of false ones, none leaves each test alpha of its own"`
	Policy string `yaml:"policy" enum:"two-prong|interval|equivalence|point" doc:"what it takes to fail: two-prong (point beyond the limit, and not by chance), interval (the whole interval beyond it), equivalence (the limit not shown to hold), point (chance decides); default: two-prong for gaps, interval for levels"`
}

// Detectors are the detectors that the audit runs, in the order of the file.
type Detectors []Detector

// Detector is one detector that the audit runs, with its parameters and gates.
type Detector struct {
	Name   string
	Params any // the detector's own parameter struct, decoded and defaulted
	Gates  []audit.Gate
}
