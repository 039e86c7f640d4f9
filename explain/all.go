package explain

// All lists the explainers in the order in which they run and are shown.
func All() []Explainer {
	return []Explainer{
		Gaps(), Importances(), Attribution(), Dependence(), Flip(),
		Proxies(), Decomposition(), Surrogate(), Stability(),
	}
}
