package audit

import "time"

// ModelSpec is the audited model, as the configuration gives it.
type ModelSpec struct {
	Type       string // xgboost, lightgbm, linear, exec, mlflow, oip-v2 or http
	Path       string // as written; relative to Dir
	Dir        string // folder that relative paths start from
	Inputs     []ModelInputSpec
	Output     string // margin, probability or class:NAME
	Threshold  string // decimal; "" if the model's decision is not asked for
	Strict     bool   // the score has to be above the threshold
	Below      bool   // scores below the threshold make the positive decision
	Iterations int    // of XGBoost; 0 is all

	Command         []string
	URL             string
	TokenVariable   string
	Batch, Parallel int
	Timeout         time.Duration
	MaxBytes        int64
	Request         RequestSpec
}

// ModelInputSpec says which column of the log is which input.
type ModelInputSpec struct {
	Name, Column string
	Kind         string   // number, category, or "" for what the column holds
	Missing      []string // values that stand for missing, where the model does not know them
}

// RequestSpec is what a server's protocol leaves open.
type RequestSpec struct {
	Form, Key, Path string // of http
	Field           string // of an answer's objects
	Output          string // tensor of oip-v2
	Columns, Binary bool   // of oip-v2
	Headers         []HeaderSpec
}

// HeaderSpec is a header that is sent with every request.
type HeaderSpec struct{ Name, Value string }

// ExplainSpec is what is explained. A nil explainer does not run.
type ExplainSpec struct {
	Rows           int    // of the sample
	BackgroundRows int    // of the background
	Background     string // reference or pooled

	ModelRows int64         // that the model may score for explanations; 0 is no bound
	Time      time.Duration // 0 is no bound

	ParityRows int     // that the probes score
	Tolerance  float64 // of the parity probe
	Beyond     string  // refuse or label

	Importance    *ImportanceSpec
	Attribution   *AttributionSpec
	Gap           *GapSpec
	Dependence    *DependenceSpec
	Flip          *FlipSpec
	Proxies       *ProxiesSpec
	Decomposition *DecompositionSpec
	Surrogate     *SurrogateSpec
	Stability     *StabilitySpec
}

// ImportanceSpec asks what errors and gaps owe to each input.
type ImportanceSpec struct {
	Loss    string         // log_loss, brier_score, zero_one_loss or auc: told first
	Groups  []FeatureGroup // of inputs that are exchanged together
	Within  []string       // columns.strata within which values are exchanged, besides over all rows
	Repeats int            // of what is not exact
}

// FeatureGroup is a name for inputs that belong together, by their columns.
type FeatureGroup struct {
	Name     string
	Features []string
}

// AttributionSpec asks what a row's value owes to each input.
type AttributionSpec struct {
	Of    string // margin, probability or decision
	Paths bool   // also path-dependent, of trees
}

// GapSpec asks what gaps owe to each input.
type GapSpec struct {
	Attributes []string // empty: all
	Metrics    []string // selection_rate, true_positive_rate, false_positive_rate, mean_score; empty: those that can be had
}

// DependenceSpec asks how the score follows an input.
type DependenceSpec struct {
	Features []string // by their columns; empty: all
	By       string   // attribute; "" for all rows alone
	Points   int
	// Individual is how many rows, of each group, have a curve of their own.
	Individual int
}

// FlipSpec asks what happens when only the attribute changes.
type FlipSpec struct {
	Attributes []string // empty: all
}

// ProxiesSpec asks what tells the attribute.
type ProxiesSpec struct {
	Attributes []string // empty: all
	Features   []string // columns; empty: columns.features, else the model's inputs
}

// DecompositionSpec asks what a gap owes to who is in the groups, without a model.
type DecompositionSpec struct {
	Attributes []string // empty: all
	Strata     []string // empty: columns.strata
	Features   []string // of the regressions; empty: columns.features
}

// SurrogateSpec asks for a model of the decisions where the audited one cannot
// be had.
type SurrogateSpec struct {
	Rounds, Depth int
	MinFidelity   float64 // held-out R² or AUC below which nothing is shown
}

// StabilitySpec asks how far explanations agree between windows and versions.
type StabilitySpec struct {
	Top int // features whose overlap is measured
}
