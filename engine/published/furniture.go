package published

import (
	"slices"
	"strings"
)

// furniture says that a line belongs to the page and not to the table: the number
// of a page, or a rule such as the one below the headings of Markdown.
func (l line) furniture() bool {
	ruled, text := l.filled() > 0, ""
	for _, c := range l.cells {
		ruled = ruled && (c == "" || strings.Trim(c, "-=_–—+:|") == "" && strings.ContainsAny(c, "-=_–—"))
		text += c
	}
	return ruled || l.filled() == 1 && (pageNumber(text) || l.cell(0) != "" && len(text) < 4 && digits(text))
}

// pageNumber says that a text is one, such as Page 3 of 7, 3/7 or - 3 -.
func pageNumber(text string) bool {
	bare := strings.Trim(text, "-–—| ")
	words := strings.Fields(strings.ReplaceAll(strings.ToLower(bare), "/", " / "))
	named := len(words) > 0 && slices.Contains([]string{"page", "p.", "pg.", "seite", "s.", "página", "pagina", "sida"}, words[0])
	if named {
		words = words[1:]
	}
	switch len(words) {
	case 1:
		return len(words[0]) < 5 && digits(words[0]) && (named || bare != text)
	case 3:
		between := slices.Contains([]string{"of", "/", "von", "de", "sur", "di", "van", "av"}, words[1])
		return between && len(words[0]) < 5 && digits(words[0]) && digits(words[2]) && (named || len(words[2]) < 4)
	}
	return false
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// plainCell is a cell with single spaces, without the emphasis and the line breaks
// of Markdown.
func plainCell(c string) string {
	if strings.ContainsAny(c, "<&\\") {
		c = strings.NewReplacer("<br>", " ", "<br/>", " ", "<br />", " ", "&nbsp;", " ", "&amp;", "&", "&lt;", "<", "&gt;", ">", `\*`, "*", `\#`, "#", `\_`, "_").Replace(c)
	}
	c = strings.Join(strings.Fields(c), " ")
	for _, mark := range []string{"**", "__", "*", "`"} {
		if inner, ok := strings.CutPrefix(c, mark); ok {
			if inner, ok = strings.CutSuffix(inner, mark); ok && strings.Trim(inner, "*_` ") != "" && !strings.Contains(inner, mark) {
				c = strings.TrimSpace(inner)
			}
		}
	}
	return c
}
