// Package svg draws the report's pictures: plain elements, styled by classes
// that the page defines, each picture with a title and a description. Two runs
// give the same bytes.
package svg

import (
	"html"
	"strconv"
	"strings"
)

// canvas collects elements.
type canvas struct {
	b strings.Builder
}

// open starts the picture; every picture names itself for those who do not see it.
func (c *canvas) open(class, id, viewBox, title, desc string) {
	c.b.WriteString(`<svg class="` + class + `" role="img" aria-labelledby="` + id + `-t ` + id + `-d"`)
	if viewBox != "" {
		c.b.WriteString(` viewBox="` + viewBox + `"`)
	}
	c.b.WriteString(`><title id="` + id + `-t">` + html.EscapeString(title) + `</title><desc id="` + id + `-d">` + html.EscapeString(desc) + `</desc>`)
}

func (c *canvas) close() string {
	c.b.WriteString("</svg>")
	return c.b.String()
}

// el writes an empty element; attributes come in pairs.
func (c *canvas) el(name string, attrs ...string) {
	c.start(name, attrs)
	c.b.WriteString("/>")
}

// text writes an element with text inside.
func (c *canvas) text(name, inside string, attrs ...string) {
	c.start(name, attrs)
	c.b.WriteString(">" + html.EscapeString(inside) + "</" + name + ">")
}

func (c *canvas) start(name string, attrs []string) {
	c.b.WriteString("<" + name)
	for i := 0; i+1 < len(attrs); i += 2 {
		c.b.WriteString(" " + attrs[i] + `="` + html.EscapeString(attrs[i+1]) + `"`)
	}
}

// num writes a coordinate with at most two decimals.
func num(x float64) string {
	s := strconv.FormatFloat(x, 'f', 2, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" || s == "" {
		return "0"
	}
	return s
}

// pct writes a share of the picture's width or height.
func pct(x float64) string { return num(100*x) + "%" }
