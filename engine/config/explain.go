package config

// Explain says what is explained, and at what cost. An explainer runs if its
// key is there; without any, importance, attribution and gap do.
type Explain struct {
	Rows       int        `yaml:"rows" default:"2000" min:"20" doc:"rows that explanations are about: a sample by a keyed hash, the same rows whatever the order"`
	Background Background `yaml:"background" doc:"rows whose values stand for an absent input"`
	Budget     Budget     `yaml:"budget" doc:"what explanations may cost"`
	Probe      Probe      `yaml:"probe" doc:"how the model is held against the log before anything is explained"`

	Importance    *Importance    `yaml:"importance" doc:"what each input does for the model's errors and for the gaps between groups"`
	Attribution   *Attribution   `yaml:"attribution" doc:"Shapley values of the rows"`
	Gap           *GapShares     `yaml:"gap" doc:"gaps between groups, divided among the inputs"`
	Dependence    *Dependence    `yaml:"dependence" doc:"how the score follows an input"`
	Flip          *Flip          `yaml:"flip" doc:"decisions that change when only the protected attribute does"`
	Proxies       *Proxies       `yaml:"proxies" doc:"columns that tell the protected attribute; needs no model"`
	Decomposition *Decomposition `yaml:"decomposition" doc:"gaps taken apart by who is in the groups; needs no model"`
	Surrogate     *Surrogate     `yaml:"surrogate" doc:"a model of the logged decisions, where the audited one cannot be asked"`
	Stability     *Stability     `yaml:"stability" doc:"how far explanations agree between windows and versions"`
}

// Background is what stands for an absent input.
type Background struct {
	Rows int    `yaml:"rows" default:"100" min:"1" doc:"rows of the background"`
	From string `yaml:"from" default:"reference" enum:"reference|pooled" doc:"reference: rows of the reference group, so that a gap is the difference from it; pooled: rows of everybody"`
}

// Budget bounds the cost of explanations.
type Budget struct {
	ModelRows float64  `yaml:"model_rows" default:"2e6" min:"1" doc:"rows that the model may score; what it does not reach is said"`
	Time      Duration `yaml:"time" doc:"longest that explaining may take; it stops, and what was not reached is said, but how far it came then depends on the machine"`
}

// Probe says how the model is held against the log.
type Probe struct {
	Rows      int     `yaml:"rows" default:"200" min:"2" doc:"rows that the model scores again"`
	Tolerance float64 `yaml:"tolerance" default:"1e-6" doc:"largest difference from the logged score that counts as equal; a log that rounds to four decimals needs 5e-5"`
	Beyond    string  `yaml:"beyond" default:"refuse" enum:"refuse|label" doc:"beyond the tolerance, or with more than 1 in 100 decisions that differ: refuse to explain with the model, or explain and say so beside every number"`
}

// Importance asks what errors and gaps owe to each input.
type Importance struct {
	Loss    string              `yaml:"loss" default:"log_loss" enum:"log_loss|brier_score|zero_one_loss|auc" doc:"the loss that is told first; auc: how much the area under the curve falls"`
	Groups  map[string][]string `yaml:"groups" doc:"inputs that are exchanged together, under a name: housing: [own, rent]"`
	Within  []string            `yaml:"within" one:"true" doc:"columns.strata: values are exchanged within them too, so that no impossible rows are made"`
	Repeats int                 `yaml:"repeats" default:"5" min:"1" doc:"exchanges of each input of models other than trees, and of each group of inputs"`
}

// Attribution asks what a row's value owes to each input.
type Attribution struct {
	Of    string `yaml:"of" default:"probability" enum:"margin|probability|decision" doc:"the value that is divided among the inputs; the margin of trees exactly"`
	Paths bool   `yaml:"paths" doc:"also along the paths of trees, where the training data stands for an absent input, as the libraries' own contributions have it"`
}

// GapShares asks what gaps owe to each input.
type GapShares struct {
	Attributes []string `yaml:"attributes" one:"true" doc:"protected attributes; default: all"`
	Metrics    []string `yaml:"metrics" one:"true" enum:"selection_rate|true_positive_rate|false_positive_rate|mean_score" doc:"the gaps; default: those that the audit's columns and model.threshold allow"`
}

// Dependence asks how the score follows an input.
type Dependence struct {
	Features []string `yaml:"features" one:"true" doc:"columns of inputs; default: all"`
	By       string   `yaml:"by" doc:"protected attribute; a curve is drawn for each of its groups"`
	Points   int      `yaml:"points" default:"20" min:"2" doc:"points of a curve"`
	// Individual curves show people one by one, so that somebody has to ask.
	Individual int `yaml:"individual" min:"1" below:"101" doc:"so many sampled rows, of each group, get a curve of their own; not with privacy.min_cell"`
}

// Flip asks what happens when only the attribute changes.
type Flip struct {
	Attributes []string `yaml:"attributes" one:"true" doc:"protected attributes; default: all"`
}

// Proxies asks what tells the attribute.
type Proxies struct {
	Attributes []string `yaml:"attributes" one:"true" doc:"protected attributes; default: all"`
	Features   []string `yaml:"features" one:"true" doc:"columns; default: columns.features, else the model's inputs"`
}

// Decomposition asks what a gap owes to who is in the groups.
type Decomposition struct {
	Attributes []string `yaml:"attributes" one:"true" doc:"protected attributes; default: all"`
	Strata     []string `yaml:"strata" one:"true" doc:"columns.strata that it is taken apart by; default: all"`
	Features   []string `yaml:"features" one:"true" doc:"columns.features of the regressions; default: all"`
}

// Surrogate asks for a model of the logged decisions.
type Surrogate struct {
	Rounds      int     `yaml:"rounds" default:"100" min:"1" doc:"trees"`
	Depth       int     `yaml:"depth" default:"3" min:"1" doc:"of a tree"`
	MinFidelity float64 `yaml:"min_fidelity" default:"0.9" above:"0" below:"1" doc:"held-out agreement, overall and in every group, below which nothing is shown"`
}

// Stability asks how far explanations agree.
type Stability struct {
	Top int `yaml:"top" default:"5" min:"1" doc:"largest features whose overlap is measured"`
}

// anything tells whether an explainer is asked for by name.
func (e *Explain) anything() bool {
	return e.Importance != nil || e.Attribution != nil || e.Gap != nil || e.Dependence != nil || e.Flip != nil ||
		e.Proxies != nil || e.Decomposition != nil || e.Surrogate != nil || e.Stability != nil
}
