package scan

import (
	"fmt"
	"math"
	"testing"

	"github.com/plumbline-audit/plumbline/engine/config"
	"github.com/plumbline-audit/plumbline/engine/source"
	"github.com/plumbline-audit/plumbline/engine/table"
)

// Types and values as they come out of files.
var (
	boolType    = source.Type{Kind: source.Bool}
	uintType    = source.Type{Kind: source.Uint}
	decimalType = source.Type{Kind: source.Decimal}
	dateType    = source.Type{Kind: source.Date}
)

func boolValue(b int64) source.Value     { return source.Value{Kind: source.Bool, Int: b} }
func uintValue(n uint64) source.Value    { return source.Value{Kind: source.Uint, Int: int64(n)} }
func decimalValue(s string) source.Value { return source.Value{Kind: source.Decimal, Str: s} }

// cell is a typed value.
type cell struct {
	t source.Type
	v source.Value
}

func (c cell) String() string { return fmt.Sprintf("%v %q", c.v.Kind, source.Text(c.t, c.v)) }

// "1, '1' fit 1, 1.0, "1" and true" (DESIGN §7): a listed value matches the
// canonical text of a typed one.
func TestListed(t *testing.T) {
	one := []cell{{intType, intValue(1)}, {floatType, floatValue(1)}, {textType, textValue("1")}, {boolType, boolValue(1)},
		{uintType, uintValue(1)}, {decimalType, decimalValue("1")}}
	tests := []struct {
		listed string
		fits   []cell
		not    []cell
	}{
		{"1", one, []cell{{textType, textValue("1.0")}, {textType, textValue(" 1")}, {textType, textValue("true")}, {boolType, boolValue(0)}, {intType, intValue(-1)}}},
		{"1.0", []cell{{intType, intValue(1)}, {floatType, floatValue(1)}, {textType, textValue("1.0")}, {boolType, boolValue(1)}}, []cell{{textType, textValue("1")}}},
		{"true", []cell{{boolType, boolValue(1)}, {textType, textValue("true")}}, []cell{{textType, textValue("True")}, {intType, intValue(1)}, {boolType, boolValue(0)}}},
		{"0", []cell{{floatType, floatValue(0)}, {floatType, floatValue(math.Copysign(0, -1))}, {boolType, boolValue(0)}}, []cell{{textType, textValue("")}, {textType, textValue("-0")}}},
		{"0.80", []cell{{floatType, floatValue(0.8)}, {decimalType, decimalValue("0.8")}, {textType, textValue("0.80")}}, []cell{{textType, textValue("0.8")}}},
		{"18446744073709551615", []cell{{uintType, uintValue(math.MaxUint64)}}, []cell{{intType, intValue(-1)}}},
		{"2008-05-19", []cell{{dateType, source.Value{Kind: source.Date, Int: 14018}}}, []cell{{textType, textValue("2008-05-19T00:00:00")}}},
		{"Inf", []cell{{textType, textValue("Inf")}, {floatType, floatValue(math.Inf(1))}}, []cell{{floatType, floatValue(math.Inf(-1))}, {textType, textValue("inf")}}},
		{"1", []cell{{csvType, textValue("1.0")}, {csvType, textValue("1")}, {csvType, textValue("1e0")}}, []cell{{csvType, textValue(" 1")}, {csvType, textValue("one")}, {csvType, textValue("1.10")}}},
		{"yes", []cell{{textType, textValue("yes")}}, []cell{{textType, textValue("Yes")}, {textType, textValue("yes ")}}},
	}
	for _, test := range tests {
		l := newListed([]string{test.listed})
		for _, c := range test.fits {
			if !l.has(c.t, c.v) {
				t.Errorf("%s does not fit %v", test.listed, c)
			}
		}
		for _, c := range test.not {
			if l.has(c.t, c.v) {
				t.Errorf("%s fits %v", test.listed, c)
			}
		}
	}
}

func TestNumber(t *testing.T) {
	for _, test := range []struct {
		v    source.Value
		want float64
	}{
		{intValue(-3), -3}, {uintValue(math.MaxUint64), 1 << 64}, {boolValue(1), 1}, {floatValue(math.Inf(-1)), math.Inf(-1)},
		{textValue("0.5"), 0.5}, {textValue("+1e2"), 100}, {textValue(".5"), 0.5}, {textValue("Inf"), math.Inf(1)}, {textValue("-Infinity"), math.Inf(-1)}, {decimalValue("-12.50"), -12.5},
	} {
		if got, err := number(test.v); err != nil || got != test.want {
			t.Errorf("%+v: %v, %v", test.v, got, err)
		}
	}
	for _, text := range []string{"", " 1", "1 ", "INF", "nil", "--inf", "0x10", "1_000", "1,5", "1e999", "one", "٣"} {
		if got, err := number(textValue(text)); err == nil {
			t.Errorf("%q is read as %v", text, got)
		}
	}
	for _, v := range []source.Value{{}, {Kind: source.Timestamp}, {Kind: source.Binary, Str: "1"}} {
		if got, err := number(v); err == nil {
			t.Errorf("%+v is read as %v", v, got)
		}
	}
}

// missingName is how these tests write the group of missing values.
const missingName = "∅"

func nameOf(c table.Category) string {
	if c.Missing {
		return missingName
	}
	return c.Name
}

func TestGroupCategory(t *testing.T) {
	bins := []string{"25", "60.5"}
	markers := config.Role{Missing: []string{"?", "-1", "unknown"}}
	tests := []struct {
		name  string
		group config.Group
		cell  cell
		want  string
	}{
		{"a value is its own group", config.Group{}, cell{textType, textValue(" F")}, " F"},
		{"the empty text is a value", config.Group{}, cell{textType, textValue("")}, ""},
		{"a whole float has no fraction", config.Group{}, cell{floatType, floatValue(1)}, "1"},
		{"minus zero is zero", config.Group{}, cell{floatType, floatValue(math.Copysign(0, -1))}, "0"},
		{"infinity is a value", config.Group{}, cell{floatType, floatValue(math.Inf(1))}, "+Inf"},
		{"null", config.Group{}, cell{textType, source.Value{}}, missingName},
		{"NaN is missing", config.Group{}, cell{floatType, floatValue(math.NaN())}, missingName},
		{"the text NaN is a value", config.Group{}, cell{textType, textValue("NaN")}, "NaN"},
		{"a marker", config.Group{Role: markers}, cell{textType, textValue("?")}, missingName},
		{"a marker that is a number", config.Group{Role: markers}, cell{floatType, floatValue(-1)}, missingName},
		{"not quite a marker", config.Group{Role: markers}, cell{textType, textValue("Unknown")}, "Unknown"},
		{"a marker before bins", config.Group{Role: markers, Bins: bins}, cell{textType, textValue("?")}, missingName},

		{"below the edge", config.Group{Bins: bins}, cell{floatType, floatValue(24.99)}, "(-inf,25)"},
		{"the edge opens a band", config.Group{Bins: bins}, cell{intType, intValue(25)}, "[25,60.5)"},
		{"the last edge", config.Group{Bins: bins}, cell{decimalType, decimalValue("60.5")}, "[60.5,inf)"},
		{"the edge closes a band", config.Group{Bins: bins, Closed: "right"}, cell{textType, textValue("25")}, "(-inf,25]"},
		{"above the edge", config.Group{Bins: bins, Closed: "right"}, cell{floatType, floatValue(25.000001)}, "(25,60.5]"},
		{"the last edge closed", config.Group{Bins: bins, Closed: "right"}, cell{floatType, floatValue(60.5)}, "(25,60.5]"},
		{"beyond the last edge", config.Group{Bins: bins, Closed: "right"}, cell{floatType, floatValue(math.Inf(1))}, "(60.5,inf)"},
		{"minus infinity", config.Group{Bins: bins}, cell{floatType, floatValue(math.Inf(-1))}, "(-inf,25)"},
		{"NaN in no band", config.Group{Bins: bins}, cell{floatType, floatValue(math.NaN())}, missingName},

		{"renamed", config.Group{Map: map[string]string{"A92": "female", "*": "male"}}, cell{textType, textValue("A92")}, "female"},
		{"the rest", config.Group{Map: map[string]string{"A92": "female", "*": "male"}}, cell{textType, textValue("A91")}, "male"},
		{"null is not the rest", config.Group{Map: map[string]string{"*": "other"}}, cell{textType, source.Value{}}, missingName},
		{"no rest", config.Group{Map: map[string]string{"1": "f"}}, cell{intType, intValue(2)}, "2"},
		{"a number renamed", config.Group{Map: map[string]string{"1": "f"}}, cell{floatType, floatValue(1)}, "f"},
		{"a number spelled otherwise", config.Group{Map: map[string]string{"1.0": "f"}}, cell{intType, intValue(1)}, "f"},
		{"exact spelling first", config.Group{Map: map[string]string{"1.0": "b", "1": "a"}}, cell{intType, intValue(1)}, "a"},
		{"text only as spelled", config.Group{Map: map[string]string{"1.0": "f"}}, cell{textType, textValue("1")}, "1"},
		{"true as 1", config.Group{Map: map[string]string{"1": "f"}}, cell{boolType, boolValue(1)}, "f"},
	}
	for _, test := range tests {
		if test.group.Closed == "" {
			test.group.Closed = "left"
		}
		got, err := groupCategory(test.group)(test.cell.t, test.cell.v)
		if err != nil || nameOf(got) != test.want {
			t.Errorf("%s: %q, %v; want %q", test.name, nameOf(got), err, test.want)
		}
	}
	if _, err := groupCategory(config.Group{Bins: bins})(textType, textValue("old")); err == nil || err.Error() != `"old" is not a number` {
		t.Errorf("text in a band: %v", err)
	}
}

func TestRuleCategory(t *testing.T) {
	both := config.Rule{Positive: []string{"yes"}, Negative: []string{"no"}, Unlisted: "exclude"}
	one := config.Rule{Positive: []string{"1"}, Unlisted: "exclude"}
	half := config.Rule{AtLeast: "0.5"}
	above := config.Rule{Above: "0.5"}
	marked := config.Rule{Role: config.Role{Missing: []string{"n/a"}}, Positive: []string{"yes"}}
	tests := []struct {
		rule config.Rule
		cell cell
		want string
	}{
		{both, cell{textType, textValue("yes")}, table.Positive},
		{both, cell{textType, textValue("no")}, table.Negative},
		{both, cell{textType, textValue("YES")}, table.Unlisted},
		{both, cell{textType, source.Value{}}, table.Unknown},
		{one, cell{boolType, boolValue(1)}, table.Positive},
		{one, cell{boolType, boolValue(0)}, table.Negative},
		{one, cell{floatType, floatValue(2)}, table.Negative},
		{one, cell{floatType, floatValue(math.NaN())}, table.Unknown},
		{half, cell{floatType, floatValue(0.5)}, table.Positive},
		{half, cell{decimalType, decimalValue("0.49")}, table.Negative},
		{above, cell{floatType, floatValue(0.5)}, table.Negative},
		{above, cell{floatType, floatValue(math.Inf(1))}, table.Positive},
		{above, cell{textType, textValue("0.51")}, table.Positive},
		{marked, cell{textType, textValue("n/a")}, table.Unknown},
		{marked, cell{textType, textValue("")}, table.Negative},
	}
	for _, test := range tests {
		got, err := ruleCategory(test.rule)(test.cell.t, test.cell.v)
		if err != nil || got.Name != test.want {
			t.Errorf("%+v, %v: %q, %v; want %s", test.rule, test.cell, got.Name, err, test.want)
		}
	}
	both.Unlisted = "error"
	if _, err := ruleCategory(both)(textType, textValue("maybe")); err == nil || err.Error() != `value "maybe" is in neither list of values` {
		t.Errorf("unlisted: %v", err)
	}
	if _, err := ruleCategory(half)(textType, textValue("high")); err == nil || err.Error() != `"high" is not a number` {
		t.Errorf("text under a threshold: %v", err)
	}
}

// The shard of a subject is fixed for good: the tables of earlier months must
// add up with those of later ones. The expected shards are hash64's own on the
// day it was written; what is held is that they never change.
func TestShardsAreStable(t *testing.T) {
	shard := func(seed uint64, t source.Type, v source.Value) string {
		c, _ := subjectCategory(config.Role{Missing: []string{"none"}}, seed, table.ShardCategory)(t, v)
		return c.Name
	}
	for _, test := range []struct{ text, want string }{{"", "1"}, {"1", "18"}, {"customer-42", "33"}} {
		if got := shard(1, textType, textValue(test.text)); got != test.want {
			t.Errorf("%q: shard %s, want %s", test.text, got, test.want)
		}
	}
	same := shard(1, textType, textValue("7"))
	for _, c := range []cell{{intType, intValue(7)}, {floatType, floatValue(7)}, {uintType, uintValue(7)}, {decimalType, decimalValue("7")}} {
		if shard(1, c.t, c.v) != same {
			t.Errorf("%v is in another shard than the text", c)
		}
	}
	if nobody := shard(1, textType, source.Value{}); nobody != shard(1, textType, textValue("none")) || nobody != shard(1, textType, textValue("")) {
		t.Error("rows without a subject are spread over shards")
	}
	// 6,400 consecutive ids over 64 shards: 100 each, give or take. A chi-square
	// with 63 degrees of freedom exceeds 122 once in 100,000.
	var n [table.Shards]int
	for id := range 6400 {
		c, _ := subjectCategory(config.Role{}, 1, table.ShardCategory)(intType, intValue(int64(id)))
		n[c.Order]++
	}
	chi := 0.0
	for _, n := range n {
		chi += float64((n-100)*(n-100)) / 100
	}
	if chi > 122 {
		t.Errorf("shards are uneven: chi-square %.0f", chi)
	}
}
