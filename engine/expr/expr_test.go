package expr

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/plumbline-audit/plumbline/engine/source"
)

var textType = source.Type{Kind: source.String, Text: true}

// oneRow is a log of one row: a column of each type, with and without a value.
var oneRow = []struct {
	name  string
	typ   source.Type
	value any
}{
	{"age", source.Type{Kind: source.Int}, 30},
	{"big", source.Type{Kind: source.Int}, int64(1<<53 + 1)},
	{"lowest", source.Type{Kind: source.Int}, int64(math.MinInt64)},
	{"huge", source.Type{Kind: source.Uint}, uint64(math.MaxUint64)},
	{"count", source.Type{Kind: source.Uint}, uint64(3)},
	{"rate", source.Type{Kind: source.Float}, 0.25},
	{"nan", source.Type{Kind: source.Float}, math.NaN()},
	{"amount", source.Type{Kind: source.Decimal}, "100.1"},
	{"id", source.Type{Kind: source.Decimal}, "9007199254740993"},
	{"channel", source.Type{Kind: source.String}, "phone"},
	{"digits", source.Type{Kind: source.String}, "12"},
	{"raw", source.Type{Kind: source.Binary}, "bytes"},
	{"active", source.Type{Kind: source.Bool}, true},
	{"day", source.Type{Kind: source.Date}, 19723}, // 2024-01-01
	{"at", source.Type{Kind: source.Timestamp, Unit: time.Millisecond, UTC: true}, int64(1704067200500)},
	{"local", source.Type{Kind: source.Timestamp, Unit: time.Microsecond}, int64(1704067200000000)},
	{"opens", source.Type{Kind: source.TimeOfDay, Unit: time.Second}, 9 * 3600},
	{"blank", source.Type{Kind: source.Null}, nil},
	{"no_age", source.Type{Kind: source.Int}, nil},
	{"no_text", source.Type{Kind: source.String}, nil},
	{"no_flag", source.Type{Kind: source.Bool}, nil},
	{"cell", textType, "7"},
	{"cell_f", textType, " 7.50 "},
	{"cell_na", textType, "N/A"},
	{"cell_empty", textType, ""},
	{"cell_null", textType, nil},
	{"cell_day", textType, "2024-01-01 10:00:00"},
	{"income-per-year", source.Type{Kind: source.Int}, 5},
	{"in", source.Type{Kind: source.Int}, 6},
	{"été", source.Type{Kind: source.Int}, 8},
	{"user", source.Type{Kind: source.Nested}, nil},
	{"user.age", source.Type{Kind: source.Int}, 40},
	{"twice", source.Type{Kind: source.Int}, 1},
	{"twice", source.Type{Kind: source.Int}, 2},
}

func oneRowSchema() source.Schema {
	var s source.Schema
	for _, c := range oneRow {
		s = append(s, source.Column{Name: c.name, Type: c.typ})
	}
	return s
}

func oneRowVectors(p *Program, form int) []source.Vector {
	var cols []source.Vector
	for _, i := range p.Columns() {
		cols = append(cols, vector(oneRow[i].typ, form, []any{oneRow[i].value}))
	}
	return cols
}

// outcome is "true", "false", "true?" and "false?" when not known, a number,
// "missing", or the text of an error.
func outcome(p *Program, cols []source.Vector) string {
	e := p.NewEvaluator()
	if p.Kind() == Bool {
		v, known, err := e.Bool(cols, 1)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprint(v[0]) + strings.Repeat("?", 1-int(bit(known[0])))
	}
	v, valid, err := e.Number(cols, 1)
	switch {
	case err != nil:
		return err.Error()
	case !valid[0]:
		return "missing"
	}
	return fmt.Sprint(v[0])
}

func TestOutcomes(t *testing.T) {
	tests := []struct{ src, want string }{
		{"true", "true"},
		{"age == 30", "true"},
		{"age > 30.5", "false"},
		{"30.5 > age", "true"},
		{"-age < -29", "true"},
		{"active", "true"},
		{"!active", "false"},
		{"active == false", "false"},
		{"active != true || age >= 30", "true"},
		{`channel == "phone"`, "true"},
		{`channel < "q" && raw == "bytes"`, "true"},
		{`row["income-per-year"] == 5 && row['in'] == 6 && row["été"] == 8 && row.age == 30`, "true"},
		{"user.age == 40", "true"},

		// whole numbers are compared exactly
		{"big == 9007199254740992", "false"},
		{"big == 9007199254740992.0", "false"},
		{"big > 9007199254740992.0", "true"},
		{"id == big", "true"},
		{"id == 9007199254740992", "false"},
		{"huge > 9223372036854775807", "true"},
		{"huge == 18446744073709551615u", "true"},
		{"huge < 18446744073709551616.0", "true"},
		{"huge > age && lowest < huge", "true"},
		{"count - 5", "-2"},
		{"lowest == -9223372036854775808", "true"},
		{"lowest < -9.3e18", "false"},
		{"amount == 100.1 && amount > 100 && amount < 100.2", "true"},

		// arithmetic
		{"age / 7", "4"},
		{"age / 7.0 > 4.28", "true"},
		{"-7 / 2", "-3"},
		{"-7 % 3", "-1"},
		{"age % 7 == 2", "true"},
		{"cell / 10", "0.7"},
		{"cell / 10.0", "0.7"},
		{"cell + cell_f", "14.5"},
		{"1 / 0.0 > 1.0", "false?"},
		{"cell / 0.0 > 1.0 || 0.0 / (cell - cell) == 1.0", "false?"},
		{"age / 0.0 == null", "true"},
		{"age / (count - 3)", "division by zero"},
		{"lowest - 1", "the result is outside the range of whole numbers"},
		{"-lowest", "the result is outside the range of whole numbers"},
		{"-huge", "the result is outside the range of whole numbers"},
		{"lowest / -1", "the result is outside the range of whole numbers"},
		{"huge * 2", "the result is outside the range of whole numbers"},
		{"age == 0 || 60 / age == 2", "true"},
		{"count == 3 || 1 / (count - 3) > 0", "true"},
		{"1 / (count - 3) > 0 || count == 3", "true"},
		{"active ? age : rate", "30"},
		{"active ? 1 : 0.5", "1"},
		{"age > 40 ? 1 : null", "missing"},

		// NaN
		{"nan == nan", "false"},
		{"nan != nan", "true"},
		{"nan < 1 || nan >= 1 || nan > age", "false"},
		{"nan in [1, 2.0]", "false"},

		// missing
		{"no_age == 1", "false?"},
		{"no_age != 1", "false?"},
		{"!(no_age == 1)", "true?"},
		{"no_age == 1 && age == 0", "false"},
		{"no_age == 1 && age == 30", "false?"},
		{"no_age == 1 || age == 30", "true"},
		{"!(no_age == 1) || age == 30", "true"},
		{"!(no_age == 1) && age == 30", "true?"},
		{"no_age == null", "true"},
		{"null != no_age", "false"},
		{"age != null", "true"},
		{"null == null", "true"},
		{"no_age + age", "missing"},
		{"no_age / 0", "missing"},
		{"no_age + age == null", "true"},
		{"no_flag", "false?"},
		{"!no_flag", "true?"},
		{"no_flag == false", "false?"},
		{"(no_age == 1) == false", "true?"},
		{"no_age == 1 ? 1 : 0", "missing"},
		{"(no_age == 1 ? 1 : 0) == 0", "true?"},
		{"no_age == 1 ? active : true", "true"},
		{"no_age == 1 ? active : false", "false?"},
		{`no_text.startsWith("a")`, "false?"},
		{`no_text in ["a"]`, "false?"},
		{"size(no_text) > 0", "false?"},
		{"blank == 1", "false?"},
		{"blank == null", "true"},
		{"blank + 1", "missing"},
		{`blank < "a" || blank == day`, "false?"},
		{"blank && active", "false?"},
		{"blank == blank", "false?"},

		// text
		{"cell == 7 && cell > 6.5 && cell_f == 7.5", "true"},
		{`cell == "7" && cell_f != "7.50"`, "true"},
		{`cell_na == "N/A"`, "true"},
		{"cell_na > 5", `column cell_na: "N/A" is not a number; write cell_na != "N/A" && in front to leave such rows out`},
		{`cell_na != "N/A" && cell_na > 5`, "false"},
		{"cell_empty > 5", "false?"},
		{`cell_empty == ""`, "true"},
		{"cell_empty == null", "true"},
		{"cell_null == null && cell != null", "true"},
		{"cell_empty", "missing"},
		{"cell", "7"},
		{"amount", "100.1"},
		{"cell == cell_f", "false"},
		{"cell in [7, 8]", "true"},
		{`cell in ["07"]`, "false"},
		{`cell_na in [1, "N/A"]`, "true"},
		{"double(cell) < double(cell_f)", "true"},
		{"int(cell_f) == 7 && int(-2.9) == -2", "true"},
		{"int(cell_na)", `column cell_na: "N/A" is not a number; write cell_na != "N/A" && in front to leave such rows out`},
		{"int(huge)", `column huge: "18446744073709551615" is outside the range of whole numbers`},
		{"int(nan)", `column nan: "NaN" is outside the range of whole numbers`},
		{"double(digits) + 1", "13"},
		{"double(channel)", `column channel: "phone" is not a number`},
		{`string(age) == "30" && string(rate) == "0.25" && string(active) == "true"`, "true"},
		{`string(day) == "2024-01-01" && string(at) == "2024-01-01T00:00:00.5Z" && string(opens) == "09:00:00"`, "true"},
		{`string(timestamp("2024-01-01T00:00:00.25Z")) == "2024-01-01T00:00:00.25Z"`, "true"},
		{`string(amount) == "100.1" && string(huge) == "18446744073709551615"`, "true"},

		// functions
		{`channel.startsWith("ph") && channel.endsWith("ne") && channel.contains("hon")`, "true"},
		{`channel.matches("^p.*e$") && !matches(channel, "^x")`, "true"},
		{"size(channel) == 5 && size('été') == 3 && channel.size() == 5", "true"},
		{`channel.upperAscii() == "PHONE" && ("A" + channel).lowerAscii() == "aphone"`, "true"},
		{"age in [1, 30.0] && !(age in [])", "true"},
		{"age in [count, no_age, 30]", "true"},
		{"age in [count, no_age]", "false?"},
		{"active in [false]", "false"},

		// times
		{`day >= "2024-01-01" && day < timestamp("2024-01-01T00:00:00.1Z")`, "true"},
		{`day == "2024-01-01T10:00:00Z"`, "false"},
		{`day != "2024-01-01T10:00:00Z"`, "true"},
		{`"2023-12-31T23:59:59Z" < day`, "true"},
		{`day in ["2024-01-01", "2024-02-01"]`, "true"},
		{`at > timestamp("2024-01-01T00:00:00Z")`, "true"},
		{`at == "2024-01-01T01:00:00.5+01:00"`, "true"},
		{`at < "9999-12-31" && at >= "2024-01-01T00:00:00.4999Z" && at <= "2024-01-01T00:00:00.5001Z"`, "true"},
		{`local == "2024-01-01" && local == day && at > day`, "true"},
		{`cell_day > "2024-01-01" && timestamp(cell_day) < timestamp("2024-01-01T10:00:01Z")`, "true"},
		{"cell_day > day && cell_day < at", "false"},
		{"cell_na < at", `column cell_na: "N/A" is not a time; write cell_na != "N/A" && in front to leave such rows out`},
		{"timestamp(channel) < at", `column channel: "phone" is not a time`},
		{`at > "2024-01-01 00:00" && at >= "2024-01-01T00:00" && at > "2024-01-01 00:00:00.4Z" && at < "2024-01-01T00:00:00.6"`, "true"},
		{`opens == "09:00" && opens < "09:00:00.5"`, "true"},
		{`timestamp("2024-01-01T00:00:00Z") < timestamp("2024-01-01T00:00:01Z")`, "true"},
		{"day == null || (active ? day : null) == day", "true"},
		{"(age == 0 ? day : null) == day", "false?"},
	}
	for _, test := range tests {
		p := mustCompile(t, test.src, oneRowSchema())
		for form := plain; form <= constant; form++ {
			if got := outcome(p, oneRowVectors(p, form)); got != test.want {
				t.Errorf("%s (form %d): got %s, want %s", test.src, form, got, test.want)
			}
		}
	}
}

// In each source the caret ‸ stands where the error is.
func TestCompileErrors(t *testing.T) {
	tests := []struct{ src, message, hint string }{
		{"‸", "the expression is empty", ""},
		{"age == ‸", "the expression ends too early", ""},
		{"age ‸= 3", `unexpected "="`, "write == to compare"},
		{"age > 3 ‸and active", `unexpected "and"`, "write &&"},
		{"age ‸is null", `unexpected "is"`, "write == null or != null to test for a missing value"},
		{"(age > 3‸", "a closing ) is missing", ""},
		{"age > 3 && ‸if", `"if" is a reserved word`, `a column of that name is written row["if"]`},
		{"‸été > 3", `unexpected "é"`, `write row["été"]`},
		{`channel == "é" && ‸agee > 3`, "the log has no column agee", "did you mean age?"},
		{"‸AGE > 3", "the log has no column AGE", "did you mean age?"},
		{"channel == ‸internet", "the log has no column internet", `write "internet" in quotes if it is text`},
		{"‸income-per-year > 3", "the log has no column income", `write row["income-per-year"]`},
		{`‸row["income_per_year"] > 3`, "the log has no column income_per_year", `did you mean row["income-per-year"]?`},
		{"row[‸", "the expression ends too early", ""},
		{"row‸[age] > 3", "row[...] takes the name of a column in quotes", ""},
		{"‸twice > 3", "column twice occurs twice in the log", ""},
		{"‸user == null", "column user is a list, struct or map, which has no single value", ""},

		{"active && ‸channel > 100", "column channel is text and 100 is a whole number; they cannot be compared",
			"put quotes around the number, or write double(channel) to read it as a number"},
		{`‸age == "30"`, `column age is a whole number and "30" is text; they cannot be compared`, "write the number without quotes"},
		{`‸active == 1`, "column active is true or false and 1 is a whole number; they cannot be compared", "write active or !active"},
		{`‸day > 3`, "column day is a date and 3 is a whole number; they cannot be compared", `write a time in quotes: day >= "2024-01-31"`},
		{`day > ‸"january"`, `"january" is text that is not a time`, `write "2024-01-31" or "2024-01-31T12:00:00Z"`},
		{`opens > ‸"2024-01-01"`, `"2024-01-01" is text that is not a time`, `write "15:04" or "15:04:05"`},
		{`‸channel > day`, "column channel is text and column day is a date; they cannot be compared", "write timestamp(channel) to read it as a time"},
		{`‸at > local`, "column at is a time and column local is a time without a zone; they cannot be compared", ""},
		{"‸cell == true", "column cell is text of a file without types and true is a truth value; they cannot be compared", `compare it as it is spelled: cell == "true"`},
		{"cell ‸< cell_f", "two columns of text could be ordered as text or as numbers", "wrap both in double() or in string()"},
		{"active ‸> true", "truth values are equal or not; they have no order", ""},
		{"age ‸> null", "null has no order", "write == null or != null"},
		{"‸channel * 2 > 3", "column channel is text and cannot be computed with", "write double(channel) to read it as a number"},
		{"1 + ‸active > 1", "column active is true or false and cannot be computed with", "write (active ? 1 : 0)"},
		{"‸day + 1 > day", "column day is a date and cannot be computed with", "times can only be compared"},
		{"rate ‸% 2 == 1", "% takes whole numbers", "write int() around what is not"},
		{"‸age && active", "column age is a whole number, not a condition", "compare it with something: age == 1"},
		{"‸channel", "column channel is text", "the expression must give a condition or a number"},
		{"‸null", "null is not a value", "the expression must give a condition or a number"},
		{"1 ‸/ 0 > 1", "division by zero", ""},
		{"active ? ‸1 : channel", "1 is a whole number and column channel is text; both branches of ? : must be of one type", ""},
		{"age in ‸channel", "in takes a list", `write it out: channel in ["a", "b"]`},
		{"age in [1, ‸null]", "null cannot stand in a list", "add || … == null"},
		{"‸age in [1, 'x']", `column age is a whole number and "x" is text; they cannot be compared`, ""},
		{"has‸(age.x)", "has() is not supported here", "write != null to test that a value is there"},
		{"age ‸> ‸", "", ""},
		{"‸age.startsWith('3')", "column age is a whole number, but startsWith takes text", "write string() around it"},
		{"channel.matches(‸'(')", "the pattern of matches does not parse: error parsing regexp: missing closing ): `(`", ""},
		{"channel.matches(‸raw)", "the pattern of matches must be quoted text", ""},
		{"size‸(channel, 1) > 1", "size takes 1 operand(s), what stands before the dot included, not 2", ""},
		{"‸[1, 2]", "a list is not supported here", `lists stand after in: channel in ["a", "b"]`},
		{"age == 99‸ 1", "", ""},
		{"{'a': 1}‸.a == 1", "a field is not supported here", ""},
		{"‸99999999999999999999 > 1", "invalid int literal", ""},
		{strings.Repeat("(", 300) + "1", "", ""},
		{strings.Repeat("!", 70000) + "active", "", ""},
		{"age\xff == 1", "", ""},
	}
	for _, test := range tests {
		src := strings.ReplaceAll(test.src, "‸", "")
		_, err := Compile(src, oneRowSchema())
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%.60s: got %v, want an *Error", src, err)
			continue
		}
		if test.message == "" { // any error, as long as the offset is within the source
			if e.Offset < 0 || e.Offset > len(src) {
				t.Errorf("%.60s: offset %d", src, e.Offset)
			}
			continue
		}
		if got := src[:e.Offset] + "‸" + src[e.Offset:]; got != test.src || e.Message != test.message || e.Hint != test.hint {
			t.Errorf("got  %s: %s; %s\nwant %s: %s; %s", got, e.Message, e.Hint, test.src, test.message, test.hint)
		}
	}
}

func TestLimits(t *testing.T) {
	tests := []struct{ src, message string }{
		{"age in [" + strings.Repeat("count,", 2000) + "1]", "the expression has more than 2000 operations"},
		{"cell in [" + strings.Repeat("count,", 300) + "1]", "the expression has more than 250 operations that can fail"},
		{"age == 1" + strings.Repeat(" ", 1<<16), "the expression has more than 65536 bytes"},
		{strings.Repeat("(", 300) + "1", "the expression is too deep or too long"},
		{"age\xff == 1", "the expression is not valid UTF-8"},
	}
	for _, test := range tests {
		if _, err := Compile(test.src, oneRowSchema()); err == nil || err.Error() != test.message {
			t.Errorf("%.20s: got %v, want %s", test.src, err, test.message)
		}
	}
	// Literals of a list are one set, whatever their number.
	p := mustCompile(t, "age in ["+strings.Repeat("1,", 20_000)+"30]", oneRowSchema())
	if got := outcome(p, oneRowVectors(p, coded)); got != "true" {
		t.Errorf("got %s", got)
	}
}

func TestColumnsAndKind(t *testing.T) {
	p := mustCompile(t, "rate > 0.1 && age > 3 && rate < 0.9", oneRowSchema())
	if got := fmt.Sprint(p.Columns()); got != "[5 0]" || p.Kind() != Bool {
		t.Errorf("got %s, kind %d", got, p.Kind())
	}
	if p := mustCompile(t, "cell", oneRowSchema()); p.Kind() != Number {
		t.Errorf("kind %d", p.Kind())
	}
	if _, _, err := p.NewEvaluator().Number(oneRowVectors(p, plain), 1); err == nil {
		t.Error("a condition gave numbers")
	}
}
