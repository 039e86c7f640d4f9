package audit

// Explanation is one number that says where something comes from: tidy, as a
// Measurement is. A nil Value means undefined, and Note says why.
type Explanation struct {
	Explainer     string `json:"explainer" doc:"importance, attribution, gap, dependence, flip, proxies, decomposition, surrogate or stability"`
	Metric        string `json:"metric" doc:"what is explained: log_loss, selection_rate_difference, margin, ..."`
	MethodVersion int    `json:"method_version" doc:"rises when a printed number of this explainer changes"`

	Feature   *string `json:"feature" doc:"the input of the model by its column in the log, or the name of a group of inputs; null for the whole"`
	Part      Part    `json:"part" doc:"which part of the answer the number is: feature, total, remainder, point, or the explainer's own word: conditional, logged, accumulated, individual, flip, agreement, ..."`
	Attribute string  `json:"attribute,omitempty" doc:"the protected attribute of a number about groups"`
	Group     *string `json:"group,omitempty"`
	Reference *string `json:"reference,omitempty" doc:"the group compared with"`
	Window    string  `json:"window" doc:"all, or the window that the rows are from"`
	Stratum   *string `json:"stratum,omitempty"`

	Member   int      `json:"member,omitempty" doc:"of individual curves: which of the group's rows that were picked, from 1"`
	X        *float64 `json:"x,omitempty" doc:"of a point of a curve: the number that the input has"`
	Category *string  `json:"category,omitempty" doc:"of a point of a curve: the category that the input has; (missing) for none"`

	Value         *float64  `json:"value" doc:"null when undefined"`
	StandardError *float64  `json:"standard_error,omitempty" doc:"from the sampling of rows and, where there are any, of draws"`
	Interval      *Interval `json:"interval,omitempty"`
	P             *float64  `json:"p_value,omitempty"`
	Spread        []float64 `json:"spread,omitempty" doc:"what the value is the mean of, or that of its size: people from the lowest to the highest in equal parts, and the mean of each part"`
	Exact         bool      `json:"exact" doc:"no draws: the number is that of the sampled rows to the precision of float64"`
	Rank          int       `json:"rank,omitempty" doc:"among the features of the same explainer, metric and groups, by size; 1 is the largest"`
	N             int64     `json:"n" doc:"sampled rows of the group, or of all, that the number rests on"`
	ReferenceN    int64     `json:"reference_n,omitempty"`
	SmallestCell  int64     `json:"smallest_cell,omitempty" doc:"rows in the smallest cell of group, decision and label behind a number about groups"`

	Background     string   `json:"background,omitempty" doc:"whose values stand for an absent input: reference, pooled, or training, the data that the trees were made of"`
	BackgroundRows int      `json:"background_rows,omitempty"`
	Seed           uint64   `json:"seed,omitempty" doc:"of the draws; absent where there are none"`
	Permutations   int      `json:"permutations,omitempty" doc:"draws for each row, or of all rows, that the number is a mean of"`
	ModelRows      int64    `json:"model_rows,omitempty" doc:"rows that the model scored for this and the numbers beside it"`
	Additivity     *float64 `json:"additivity_error,omitempty" doc:"largest difference of a row's value from its base and its attributions"`
	Parity         string   `json:"parity,omitempty" doc:"equal, within, beyond or not_compared: the model's scores beside the logged ones"`

	Note string `json:"note,omitempty"`
}

// Part says which part of an explainer's answer a number is.
type Part string

// The parts that several explainers have; an explainer may have its own.
const (
	PartFeature   Part = "feature"   // what one input carries
	PartTotal     Part = "total"     // what the features are parts of
	PartRemainder Part = "remainder" // what is left of the total
	PartPoint     Part = "point"     // of a curve

	PartIndividual Part = "individual" // of a single row's curve
)

// Explainer says which explainer ran, what its numbers mean, and how far it
// came.
type Explainer struct {
	Name        string `json:"name"`
	Title       string `json:"title"`
	Definition  string `json:"definition" doc:"what its numbers are, in a sentence or two"`
	DoesNotShow string `json:"does_not_show" doc:"what nobody should read out of them, in a sentence"`
	Status      string `json:"status" doc:"complete, partial or refused"`
	Reason      string `json:"reason,omitempty" doc:"why it is not complete"`
	ModelRows   int64  `json:"model_rows" doc:"rows that the model scored for it"`
}

// Model is the audited model, as explanations called it.
type Model struct {
	Type      string       `json:"type" doc:"xgboost, lightgbm, linear, exec, mlflow, oip-v2 or http"`
	Path      string       `json:"path,omitempty" doc:"relative to the configuration file"`
	SHA256    string       `json:"sha256,omitempty" doc:"of the file at path"`
	Command   []string     `json:"command,omitempty" doc:"of exec, as the configuration gives it"`
	Files     []ModelFile  `json:"files,omitempty" doc:"of exec: those of its arguments that are files"`
	URL       string       `json:"url,omitempty"`
	Inputs    []ModelInput `json:"inputs"`
	Output    string       `json:"output" doc:"margin, probability or class:NAME"`
	Threshold string       `json:"threshold,omitempty" doc:"which scores make a positive decision: ≥ 0.5"`
	Trees     int          `json:"trees,omitempty"`

	Parity      *Parity      `json:"parity" doc:"the model's scores beside the logged ones; null where it could not be asked"`
	Determinism *Determinism `json:"determinism" doc:"the model's scores beside its own; null where it could not be asked"`

	Rows      int   `json:"rows" doc:"sampled rows that explanations are about"`
	ModelRows int64 `json:"model_rows" doc:"rows that the model scored for all of them, probes included"`
	Budget    int64 `json:"budget" doc:"the most rows that it may score"`

	Refused string `json:"refused,omitempty" doc:"why nothing is explained with the model"`
}

// ModelFile is a file that the audited model is made of.
type ModelFile struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// ModelInput is a column that the model takes.
type ModelInput struct {
	Name   string `json:"name" doc:"as the model calls it"`
	Column string `json:"column" doc:"as the log does"`
	Kind   string `json:"kind" doc:"number or category"`
}

// Parity compares the scores of the model, and the decisions that follow from
// them, with those in the log.
type Parity struct {
	Rows      int      `json:"rows" doc:"rows with a logged score that were scored again"`
	Largest   *float64 `json:"largest_difference" doc:"null without a logged score"`
	Tolerance float64  `json:"tolerance"`
	Decisions int      `json:"decisions" doc:"rows of which the decisions were compared too"`
	Differ    int      `json:"decisions_differ"`
	Verdict   string   `json:"verdict" doc:"equal, within, beyond or not_compared: of the scores and the decisions, the worse"`
}

// Determinism compares scores of the same rows: asked twice, and in two parts.
type Determinism struct {
	Rows    int     `json:"rows"`
	Largest float64 `json:"largest_difference"`
	Verdict string  `json:"verdict" doc:"equal, within or beyond the tolerance of parity"`
}
