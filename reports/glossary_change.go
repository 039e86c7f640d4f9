package reports

// changeDefinition explains why a gap moved.
func changeDefinition(metric string) (definition, bool) {
	d := map[string]definition{
		"gap_change": {label: "change of the gap", plain: "how many points the gap in the selection rate moved from the earlier to the later period", phrase: "change of the gap",
			formula: "(rate of the group − rate of the reference) later − the same earlier", scale: gap},
		"gap_change_rate_part": {label: "part of the change from rates", plain: "how much of that comes from other rates inside strata", phrase: "of the change from rates",
			formula: "Σ (w₀+w₁)/2 · (p₁−p₀), of the group less the reference", scale: gap},
		"gap_change_mix_part": {label: "part of the change from the mix", plain: "how much of that comes from other shares of the strata", phrase: "of the change from the mix",
			formula: "Σ ((p₀+p₁)/2 − (r₀+r₁)/2) · (w₁−w₀), of the group less the reference", scale: gap},
	}[metric]
	return d, d.label != ""
}
