package reports

import (
	"html/template"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// rowsTemplate says how rows are written, and html/template how they are escaped.
const rowsTemplate = `{{define "cell" -}}
{{if .Head}}<th scope="row"{{if .Exact}} title="{{.Exact}}"{{end}}>{{else}}<td{{if .Num}} class="num"{{end}}{{if .Exact}} title="{{.Exact}}"{{end}}>{{end -}}
{{with .Badge}}<span class="badge {{.Class}}"><span class="shape" aria-hidden="true">{{.Shape}}</span> {{.Word}}</span> {{end}}{{if .Name}}<bdi>{{.Text}}</bdi>{{else if .Code}}<code>{{.Text}}</code>{{else}}{{.Text}}{{end}}{{with .Sub}}<span class="sub">{{.}}</span>{{end -}}
{{if .Head}}</th>{{else}}</td>{{end}}
{{- end}}{{range .}}
<tr>{{range .}}{{template "cell" .}}{{end}}</tr>{{end}}`

// Whatever a cell holds, its HTML is that of the template.
func TestCellsAsTemplate(t *testing.T) {
	rows := template.Must(template.New("rows").Parse(rowsTemplate))
	words := rapid.OneOf(rapid.String(), rapid.StringMatching("[\x00-\x7f]{0,8}"), rapid.Just("</td><script>alert('+\"&')</script>\xff\x00"))
	cells := rapid.Custom(func(t *rapid.T) cell {
		c := cell{Text: words.Draw(t, "text"), Sub: words.Draw(t, "sub"), Exact: words.Draw(t, "exact"), Num: rapid.Bool().Draw(t, "num"),
			Head: rapid.Bool().Draw(t, "head"), Name: rapid.Bool().Draw(t, "name"), Code: rapid.Bool().Draw(t, "code")}
		if rapid.Bool().Draw(t, "judged") {
			c.Badge = &badge{Word: words.Draw(t, "word"), Shape: words.Draw(t, "shape"), Class: words.Draw(t, "class")}
		}
		return c
	})
	rapid.Check(t, func(t *rapid.T) {
		g := &grid{Rows: rapid.SliceOfN(rapid.SliceOfN(cells, 0, 4), 0, 4).Draw(t, "rows")}
		var want strings.Builder
		if err := rows.Execute(&want, g.Rows); err != nil {
			t.Fatal(err)
		}
		if got := string(g.Body()); got != want.String() {
			t.Errorf("got\n%q, want\n%q", got, want.String())
		}
	})
}
