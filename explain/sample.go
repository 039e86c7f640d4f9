package explain

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/plumbline-audit/plumbline/engine/audit"
	"github.com/plumbline-audit/plumbline/engine/table"
	"github.com/plumbline-audit/plumbline/explain/model"
)

// Need is the sample that explanations are about.
func (j *Job) Need() table.SampleNeed {
	s := j.spec
	need := table.SampleNeed{K: s.Explain.Rows}
	add := func(given bool, dims ...table.Dim) {
		if given {
			need.Columns = append(need.Columns, dims...)
		}
	}
	add(s.HasDecision, table.Decision)
	add(s.HasLabel, table.Label)
	for _, g := range s.Groups {
		add(true, table.Group(g.Name))
	}
	add(s.HasScore, table.Column("score"))
	for _, c := range s.ModelColumns {
		add(true, table.Column(c.Role))
	}
	for _, r := range s.Roles {
		switch noun, name, _ := cutRole(r.Role); noun {
		case "feature":
			add(true, table.Column(r.Role))
		case "stratum":
			add(true, table.Stratum(name))
		}
	}
	add(s.Windows.Every != "", table.Window)
	add(s.HasVersion, table.Version)
	add(s.HasSubject, table.Column("subject"))
	add(s.HasID, table.Column("id"))
	need.Columns = distinct(need.Columns)
	return need
}

func cutRole(role string) (noun, name string, ok bool) {
	for i := range role {
		if role[i] == ':' {
			return role[:i], role[i+1:], true
		}
	}
	return role, "", false
}

func distinct(dims []table.Dim) []table.Dim {
	var out []table.Dim
	for _, d := range dims {
		if !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}

// sampled are the rows of a sample, each as often as it counts.
type sampled struct {
	columns []string
	rows    []table.Sampled
	keys    []string
}

// draw takes so many rows of a sample, in steps of equal length over all
// copies: a row that stands for more people is taken more often, and all are
// taken where they are not more than asked for.
func draw(s *table.Sample, most int) *sampled {
	out := &sampled{columns: s.Columns()}
	var copies int64
	for _, r := range s.Rows() {
		copies += r.N
	}
	want := min(int64(most), copies)
	var seen, taken int64
	for _, r := range s.Rows() {
		seen += r.N
		for copied := 0; taken < want && taken*copies/want < seen; copied++ {
			out.rows = append(out.rows, r)
			out.keys = append(out.keys, strconv.FormatUint(r.Hash, 16)+"."+strconv.Itoa(copied))
			taken++
		}
	}
	return out
}

// field gives a column of the sample; ok is false if it is not there.
func (s *sampled) field(d table.Dim) (of func(row int) table.Field, ok bool) {
	at := slices.Index(s.columns, string(d))
	if at < 0 {
		return nil, false
	}
	return func(row int) table.Field { return s.rows[row].Fields[at] }, true
}

// texts gives a column as text; nil if it is not there.
func (s *sampled) texts(d table.Dim) []string {
	of, ok := s.field(d)
	if !ok {
		return nil
	}
	out := make([]string, len(s.rows))
	for row := range out {
		out[row] = of(row).Text
	}
	return out
}

// signs gives 1 for positive, 0 for negative and -1 for neither.
func (s *sampled) signs(d table.Dim) []int8 {
	texts := s.texts(d)
	if texts == nil {
		return nil
	}
	out := make([]int8, len(texts))
	for row, text := range texts {
		switch text {
		case table.Positive:
			out[row] = 1
		case table.Negative:
			out[row] = 0
		default:
			out[row] = -1
		}
	}
	return out
}

// study puts the sampled rows in the form that explainers read.
func (j *Job) study(sample *table.Sample, groups []audit.Attribute) *Study {
	rows := draw(sample, j.spec.Explain.Rows)
	s := &Study{Spec: j.spec, Keys: rows.keys, Windows: rows.texts(table.Window), Versions: rows.texts(table.Version),
		Subjects: rows.texts(table.Column("subject")), Decisions: rows.signs(table.Decision), chosen: map[string]string{}}
	s.Rows.Rows, s.Rows.Labels = len(rows.rows), rows.signs(table.Label)
	if score, ok := rows.field(table.Column("score")); ok {
		for row := range rows.rows {
			x := math.NaN()
			if f := score(row); !f.Missing {
				if v, ok := number64(f.Text); ok {
					x = v
				}
			}
			s.Scores = append(s.Scores, x)
		}
	}
	if s.Subjects != nil {
		s.Rows.People = s.people(indices(s.Rows.Rows))
	}
	for _, g := range j.spec.Groups {
		s.Rows.Attributes = append(s.Rows.Attributes, rows.attribute(g.Name, groups))
		for _, a := range groups {
			if a.Attribute == g.Name && a.Chosen != nil {
				s.chosen[g.Name] = *a.Chosen
			}
		}
	}
	for _, r := range j.spec.Roles {
		switch noun, name, _ := cutRole(r.Role); noun {
		case "feature":
			s.Features = append(s.Features, rows.feature(table.Column(r.Role), r.Column, r.Numeric, nil))
		case "stratum":
			s.Strata = append(s.Strata, rows.feature(table.Stratum(name), r.Column, false, nil))
		}
	}
	return s
}

// attribute gives the groups of an attribute in the order of the result.
func (s *sampled) attribute(name string, groups []audit.Attribute) Attribute {
	a := Attribute{Name: name}
	for _, g := range groups {
		if g.Attribute != name {
			continue
		}
		for _, v := range g.Values {
			if v.Value != nil {
				a.Groups = append(a.Groups, *v.Value)
			}
		}
	}
	of, _ := s.field(table.Group(name))
	for row := range s.rows {
		at := -1
		if f := of(row); !f.Missing {
			at = slices.Index(a.Groups, f.Text)
		}
		a.Of = append(a.Of, int32(at))
	}
	return a
}

// feature gives a column as numbers, or as categories in alphabetic order.
func (s *sampled) feature(d table.Dim, column string, numeric bool, missing []string) Feature {
	of, _ := s.field(d)
	f := Feature{Column: column, Values: make([]float64, len(s.rows))}
	if !numeric {
		f.Categories = []string{}
		for row := range s.rows {
			if x := of(row); !x.Missing && !slices.Contains(missing, x.Text) {
				f.Categories = append(f.Categories, x.Text)
			}
		}
		slices.Sort(f.Categories)
		f.Categories = slices.Compact(f.Categories)
	}
	for row := range s.rows {
		x := of(row)
		f.Values[row] = math.NaN()
		switch at, found := slices.BinarySearch(f.Categories, x.Text); {
		case x.Missing:
		case numeric:
			if v, ok := number64(x.Text); ok {
				f.Values[row] = v
			}
		case found:
			f.Values[row] = float64(at)
		}
	}
	return f
}

// number64 reads a number; true and false are 1 and 0, as models take them.
func number64(text string) (float64, bool) {
	switch text {
	case "true":
		return 1, true
	case "false":
		return 0, true
	}
	x, err := strconv.ParseFloat(text, 64)
	return x, err == nil
}

// modelInputs fills in the model's columns, by the types that the model or, if
// it does not say, the log gives them.
func (j *Job) modelInputs(s *Study, sample *table.Sample) error {
	rows := draw(sample, j.spec.Explain.Rows)
	var own []model.Input
	if j.scorer != nil {
		own = j.scorer.Inputs()
	}
	for i, in := range j.spec.Model.Inputs {
		dim := table.Column(j.spec.ModelColumns[i].Role)
		input := model.Input{Name: in.Name}
		var values []float64
		var err error
		switch {
		case own != nil && own[i].Categories != nil:
			input = own[i]
			if values, err = rows.codes(dim, input, in.Missing); err != nil {
				err = fmt.Errorf("%w; to score it as a missing value, list it under missing in columns.features", err)
			}
		case own == nil && (in.Kind == "category" || in.Kind == "" && !j.spec.ModelColumns[i].Numeric):
			f := rows.feature(dim, in.Column, false, nil)
			input.Categories, values = f.Categories, f.Values
		default:
			values, err = rows.numbers(dim, in)
		}
		if err != nil {
			return fmt.Errorf("column %q: %w", in.Column, err)
		}
		s.Inputs, s.Columns = append(s.Inputs, input), append(s.Columns, in.Column)
		s.Rows.Columns = append(s.Rows.Columns, values)
		j.about.Inputs = append(j.about.Inputs, audit.ModelInput{Name: in.Name, Column: in.Column, Kind: kindOf(input)})
	}
	if len(s.Features) == 0 {
		for i, column := range s.Columns {
			s.Features = append(s.Features, Feature{Column: column, Categories: s.Inputs[i].Categories, Values: s.Rows.Columns[i]})
		}
	}
	return nil
}

func (s *sampled) numbers(d table.Dim, in audit.ModelInputSpec) ([]float64, error) {
	of, _ := s.field(d)
	out := make([]float64, len(s.rows))
	for row := range out {
		f := of(row)
		x, ok := number64(f.Text)
		switch {
		case f.Missing || !ok && slices.Contains(in.Missing, f.Text):
			x = math.NaN()
		case !ok:
			return nil, fmt.Errorf("the model takes numbers, and a row has %q; list it under missing in columns.features if it stands for none", f.Text)
		}
		out[row] = x
	}
	return out, nil
}

// codes gives the codes of a model's categories.
func (s *sampled) codes(d table.Dim, in model.Input, missing []string) ([]float64, error) {
	of, _ := s.field(d)
	texts := make([]string, len(s.rows))
	for row := range texts {
		texts[row] = of(row).Text
	}
	return in.Codes(texts, func(row int) bool {
		return of(row).Missing || slices.Contains(missing, texts[row]) && !slices.Contains(in.Categories, texts[row])
	})
}
