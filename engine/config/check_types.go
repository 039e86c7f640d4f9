package config

import (
	"slices"
	"strings"

	"github.com/plumbline-audit/plumbline/engine/source"
)

// unfit says why a column's type cannot serve a purpose, as the end of a
// sentence, or "".
func (c *checker) unfit(u use, t source.Type) (message, hint string) {
	if t.Kind == source.Nested {
		return ": it has no single value per row", "name one of its fields, or flatten it when the log is written"
	}
	switch u.serve {
	case asNumber, asScore:
		if !numeric(t) {
			return ", which must be a number", ""
		}
	case asWeight:
		if !numeric(t) {
			return ", which must be a whole number", "weights count copies of the row"
		}
	case asTime:
		return c.unfitTime(t)
	}
	return "", ""
}

// numeric tells whether values of a type can be read as numbers. Text can,
// value by value.
func numeric(t source.Type) bool {
	return slices.Contains([]source.Kind{source.Int, source.Uint, source.Float, source.Decimal, source.String}, t.Kind)
}

func (c *checker) unfitTime(t source.Type) (message, hint string) {
	role := c.a.Columns.Time
	switch t.Kind {
	case source.Date, source.Timestamp, source.String:
		return "", ""
	case source.Int, source.Uint, source.Float, source.Decimal:
		if role.Unit == "" && role.Format == "" {
			return " without a unit or a format", "give unit: s (or ms, us, ns) since 1970, or format: %Y%m%d"
		}
		return "", ""
	case source.TimeOfDay:
		return ": it has no date", ""
	}
	return ", which must be a date, a timestamp, text or a number", ""
}

func kindName(t source.Type) string {
	switch t.Kind {
	case source.Bool:
		return "boolean"
	case source.Int, source.Uint:
		return "whole number"
	case source.Float:
		return "floating-point number"
	case source.Decimal:
		return "decimal number"
	case source.String:
		return "text"
	case source.Binary:
		return "binary column"
	case source.Date:
		return "date"
	case source.Timestamp:
		return "timestamp"
	case source.TimeOfDay:
		return "time of day"
	case source.Nested:
		return "list or struct"
	}
	return "column without values"
}

func article(noun string) string {
	switch {
	case noun == "text":
		return noun
	case strings.ContainsRune("aeiou", rune(noun[0])):
		return "an " + noun
	}
	return "a " + noun
}
