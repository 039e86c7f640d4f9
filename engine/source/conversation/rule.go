package conversation

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/expr"
	"github.com/plumbline-audit/plumbline/engine/source"
)

// RuleError is a fault in the options, found before a turn is read.
type RuleError struct {
	Key     string // id, order, first, last, or roll.NAME
	Offset  int    // byte offset into the rule
	Message string
	Hint    string
	Column  string // that the log lacks, if that is the fault
}

func (e *RuleError) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + "; " + e.Hint
}

// known lists the rules for messages.
const known = "any, all, first, last, count, sum, min, max and seconds, as in any(intent == 'handover')"

// call is a rule taken apart: name(argument).
type call struct {
	key, name, argument string
	at                  int // where the argument begins
}

func parse(r Roll) (call, error) {
	c := call{key: "roll." + r.Name}
	text := strings.TrimSpace(r.Rule)
	lead := strings.Index(r.Rule, text)
	open := strings.IndexByte(text, '(')
	if open < 0 || !strings.HasSuffix(text, ")") {
		return c, &RuleError{Key: c.key, Message: fmt.Sprintf("rule %q says not how turns make a conversation", r.Rule), Hint: "rules are " + known}
	}
	c.name = strings.TrimSpace(text[:open])
	c.argument, c.at = text[open+1:len(text)-1], lead+open+1
	return c, nil
}

// roll adds the column of a rule.
func (s *Source) roll(r Roll) error {
	c, err := parse(r)
	if err != nil {
		return err
	}
	if s.has(r.Name) {
		return &RuleError{Key: c.key, Message: fmt.Sprintf("column %q is made twice", r.Name)}
	}
	if done, err := s.same(r.Name, c); done || err != nil {
		return err
	}
	switch c.name {
	case "any", "all":
		return s.quantifier(r.Name, c)
	case "count":
		return s.counter(r.Name, c)
	case "sum":
		return s.number(r.Name, c, func() column { return &summed{} })
	case "min", "max":
		return s.number(r.Name, c, func() column { return &extreme{greatest: c.name == "max"} })
	case "first", "last":
		return s.chosen(r.Name, c)
	case "seconds":
		return s.seconds(r.Name, c)
	}
	return &RuleError{Key: c.key, Message: fmt.Sprintf("unknown rule %q", c.name), Hint: "rules are " + known}
}

// same handles a rule whose name is that of a column which tells conversations apart
// or should not change within one: only first or last of that very column may have it,
// and is watched as the column is. Any other rule would hide who a conversation is with.
func (s *Source) same(name string, c call) (done bool, err error) {
	if name == s.options.ID {
		return true, &RuleError{Key: c.key, Message: fmt.Sprintf("column %q tells conversations apart, and a rule has its name", name), Hint: "give what the rule makes another name"}
	}
	i, _, ok := s.Source.Schema().Find(name, 0)
	if !ok || !slices.Contains(s.options.Watched, name) {
		return false, nil
	}
	if (c.name == "first" || c.name == "last") && strings.TrimSpace(c.argument) == name && usable(s.Source.Schema()[i].Type) {
		s.pick(name, s.ask(i), c.name == "last")
		return true, nil
	}
	return true, &RuleError{Key: c.key, Message: fmt.Sprintf("the log has a column %q that the audit groups or joins by, and a rule has its name", name), Hint: "give what the rule makes another name"}
}

// operand is the argument of a rule, an expression over a turn.
type operand struct {
	program *expr.Program
	at      []int // positions of its columns among those that are read
}

func (s *Source) operand(c call, want expr.Kind) (operand, error) {
	o, err := s.compile(c)
	if err == nil && o.program.Kind() != want {
		message, hint := c.name+" takes a condition, not a number", "compare it with something"
		if want == expr.Number {
			message, hint = c.name+" takes a number, not a condition", "count(...) counts the turns of which a condition is true"
		}
		err = &RuleError{Key: c.key, Offset: c.at, Message: message, Hint: hint}
	}
	return o, err
}

func (s *Source) compile(c call) (o operand, err error) {
	o.program, err = expr.Compile(c.argument, s.Source.Schema())
	var fault *expr.Error
	if errors.As(err, &fault) {
		return o, &RuleError{Key: c.key, Offset: c.at + fault.Offset, Message: fault.Message, Hint: fault.Hint, Column: fault.Column}
	}
	if err != nil {
		return o, &RuleError{Key: c.key, Message: err.Error()}
	}
	for _, i := range o.program.Columns() {
		o.at = append(o.at, s.ask(i))
	}
	return o, nil
}

func (s *Source) quantifier(name string, c call) error {
	o, err := s.operand(c, expr.Bool)
	if err == nil {
		s.add(name, source.Type{Kind: source.Bool}, func() (column, error) {
			return &quantified{evaluated: o.evaluated(), every: c.name == "all"}, nil
		})
	}
	return err
}

func (s *Source) counter(name string, c call) error {
	if strings.TrimSpace(c.argument) == "" {
		s.add(name, source.Type{Kind: source.Int}, func() (column, error) { return &counted{}, nil })
		return nil
	}
	o, err := s.operand(c, expr.Bool)
	if err == nil {
		s.add(name, source.Type{Kind: source.Int}, func() (column, error) {
			e := o.evaluated()
			return &counted{of: &e}, nil
		})
	}
	return err
}

// numeric is a column that is made of numbers.
type numeric interface {
	column
	reads(evaluated)
}

func (s *Source) number(name string, c call, make func() column) error {
	o, err := s.operand(c, expr.Number)
	if err == nil {
		s.add(name, source.Type{Kind: source.Float}, func() (column, error) {
			m := make()
			if n, ok := m.(numeric); ok {
				n.reads(o.evaluated())
			}
			return m, nil
		})
	}
	return err
}

// chosen adds first(...) or last(...): of a column any value, of an expression
// what it gives.
func (s *Source) chosen(name string, c call) error {
	last := c.name == "last"
	b := best{last: last, ordered: s.order >= 0}
	if i, _, ok := s.Source.Schema().Find(strings.TrimSpace(c.argument), 0); ok && usable(s.Source.Schema()[i].Type) {
		t, at := s.Source.Schema()[i].Type, s.ask(i)
		s.add(name, t, func() (column, error) { return &picked{cells: newCells(t), at: at, best: b}, nil })
		return nil
	}
	o, err := s.compile(c)
	if err != nil {
		return err
	}
	t := source.Type{Kind: source.Bool}
	if o.program.Kind() == expr.Number {
		t.Kind = source.Float
	}
	s.add(name, t, func() (column, error) { return &picked{cells: newCells(t), of: o.evaluated(), at: -1, best: b}, nil })
	return nil
}

// seconds adds the time from the first turn to the first of which a condition is
// true, or to the last turn.
func (s *Source) seconds(name string, c call) error {
	if s.options.Instants == nil {
		fault := &RuleError{Key: c.key, Message: "seconds needs the time of a turn", Hint: "name its column as columns.time"}
		if o := s.options.Order; o != "" {
			fault.Message = fmt.Sprintf("seconds needs turns ordered by their time, and order names column %q, which is not read as one", o)
			fault.Hint = "leave order out, and name the column of the time as columns.time"
		}
		return fault
	}
	if strings.TrimSpace(c.argument) == "" {
		s.add(name, source.Type{Kind: source.Float}, func() (column, error) { return &elapsed{}, nil })
		return nil
	}
	o, err := s.operand(c, expr.Bool)
	if err == nil {
		s.add(name, source.Type{Kind: source.Float}, func() (column, error) {
			e := o.evaluated()
			return &elapsed{until: &e}, nil
		})
	}
	return err
}
