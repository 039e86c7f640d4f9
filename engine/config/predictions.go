package config

import "fmt"

// Prediction is what one version of a model says of a row.
type Prediction struct {
	Name   string `yaml:"-"` // of the version
	Column string `yaml:"column" required:"true" short:"true" doc:"column of the version's prediction; becomes column prediction"`
	Score  string `yaml:"score" doc:"column of its score; becomes column prediction_score"`
}

// predictions gives the roles that follow from columns.predictions: the version, and
// where nothing else is named the decision, the score, and the row that intervals
// follow, because its versions are not independent.
func (d *decoder) predictions(a *Audit) {
	c := &a.Columns
	const path = "columns.predictions"
	if len(c.Predictions) == 0 || d.faulty[path] {
		return
	}
	l := lint{d, a}
	if c.Slate != nil || c.Conversation != nil {
		l.bad(path, "predictions go with rows that are neither lists nor turns", "remove columns.predictions, or the other")
		return
	}
	if c.ID != nil && c.ID.Duplicates != "ignore" && !d.faulty["columns.id"] {
		l.bad("columns.id.duplicates", fmt.Sprintf("every id is there once for each of %d versions of predictions", len(c.Predictions)), "leave duplicates out")
	}
	if c.Version == nil {
		c.Version = &Role{Column: Ref{Name: "model_version"}}
	} else if c.Version.Column.Name != "model_version" && !d.faulty["columns.version"] {
		l.bad("columns.version", "predictions give the version", "remove columns.version")
	}
	if c.Subject == nil && !d.faulty["columns.subject"] {
		c.Subject = &Role{Column: Ref{Name: "prediction_row"}}
	}
	if c.Decision != nil && c.Decision.Column.Name == "" && c.Decision.When == "" {
		c.Decision.Column.Name = "prediction"
	}
	if c.Predictions[0].Score == "" || d.faulty["columns.score"] {
		return
	}
	if c.Score == nil {
		c.Score = &Score{HigherIs: "favorable"}
	}
	if c.Score.Column.Name == "" && c.Score.When == "" {
		c.Score.Column.Name = "prediction_score"
	}
}
