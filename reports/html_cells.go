package reports

import (
	"html/template"
	"strings"
)

// escaper makes a text what html/template makes of it between tags and in a
// quoted attribute. It never changes, and takes longer to build than most tables to
// write.
var escaper = strings.NewReplacer("\x00", "\uFFFD", `"`, "&#34;", "&", "&amp;", "'", "&#39;", "+", "&#43;", "<", "&lt;", ">", "&gt;")

// Body is the table's rows as HTML. Cells are nearly all of a page, and the template
// takes about twenty times as long for each; a test holds this to what it writes.
func (g *grid) Body() template.HTML {
	var w bodyWriter
	if len(g.Rows) > 0 {
		w.out.Grow(len(g.Rows) * len(g.Rows[0]) * cellBytes)
	}
	for _, row := range g.Rows {
		w.out.WriteString("\n<tr>")
		for i := range row {
			w.cell(&row[i])
		}
		w.out.WriteString("</tr>")
	}
	return template.HTML(w.out.String())
}

// cellBytes is about how long a cell is.
const cellBytes = 52

// bodyWriter writes the cells of one table.
type bodyWriter struct{ out strings.Builder }

// put writes what is markup as it is, and every second string, which is a text, escaped.
func (w *bodyWriter) put(markup string, rest ...string) {
	w.out.WriteString(markup)
	for i, s := range rest {
		if i%2 == 1 {
			w.out.WriteString(s)
		} else {
			_, _ = escaper.WriteString(&w.out, s) // a builder takes everything
		}
	}
}

func (w *bodyWriter) cell(c *cell) {
	end := "</td>"
	switch {
	case c.Head:
		end = "</th>"
		w.put(`<th scope="row"`)
	case c.Num:
		w.put(`<td class="num"`)
	default:
		w.put("<td")
	}
	if c.Exact != "" {
		w.put(` title="`, c.Exact, `"`)
	}
	w.put(">")
	if b := c.Badge; b != nil {
		w.put(`<span class="badge `, b.Class, `"><span class="shape" aria-hidden="true">`, b.Shape, "</span> ", b.Word, "</span> ")
	}
	switch {
	case c.Name:
		w.put("<bdi>", c.Text, "</bdi>")
	case c.Code:
		w.put("<code>", c.Text, "</code>")
	default:
		w.put("", c.Text)
	}
	if c.Sub != "" {
		w.put(`<span class="sub">`, c.Sub, "</span>")
	}
	w.put(end)
}
