package reports

import "github.com/plumbline-audit/plumbline/engine/audit"

// explainedIntro says what the section is about.
func explainedIntro(r *audit.Result) string {
	if r.Model == nil {
		return "What the log says about where gaps come from, asked on a sample of the audited rows, without the model. It describes what was decided, not why."
	}
	text := "What the model does with its inputs, asked on a sample of the audited rows. An explanation is about the model, not about the world."
	if care := beyondLog(r); care != "" {
		text += " " + care
	}
	return text
}

// plainQuestion is what an explainer answers, for somebody who does not know the
// method.
func plainQuestion(explainer string) string {
	switch explainer {
	case "gap":
		return "Through which inputs does the model come to treat the groups differently? The gap that the model makes among the sampled rows is shared out among them; the shares, and what a draw of the background leaves, add up to it."
	case "importance":
		return "What hangs on an input? Its values are dealt out to other rows, as cards are, so that it tells nothing any more: what the model then gets wrong more often, and what is then gone from a gap, hung on it."
	case "attribution":
		return "What does each input do to the score of a row? Every score is shared out among the inputs, beside rows of a background, and the groups are laid side by side."
	case "dependence":
		return "How does the score go up and down with an input, and does it do so alike for every group?"
	case "flip":
		return "Would the decision be another if the same row belonged to another group, with all else as it is?"
	case "proxies":
		return "Can the group be guessed from columns that do not name it, and does the model lean on those that give it away?"
	case "decomposition":
		return "How much of a gap goes with the groups being differently placed, such as in other departments or of another age, and how much is left between people who are alike in what the log has?"
	case "surrogate":
		return "Where the model itself cannot be asked: what does a small model say that has learned to decide as the log does? Only if it comes near enough."
	case "stability":
		return "Would the same inputs come first for another month, or another version of the model?"
	}
	return ""
}

// explainedTerms explains the words of the explainers that ran.
func explainedTerms(r *audit.Result) []term {
	ran := map[string]bool{}
	for _, e := range r.Explainers {
		ran[e.Name] = true
	}
	var out []term
	add := func(id, label, plain string, explainers ...string) {
		for _, name := range explainers {
			if ran[name] {
				out = append(out, term{ID: "word-" + id, Label: label, Plain: plain})
				return
			}
		}
	}
	add("input", "Input", "A column of the log that the model takes, or that is asked about.", "gap", "importance", "attribution", "dependence", "flip", "proxies", "decomposition", "surrogate")
	add("background", "Background", "Rows whose values are put in where an input is taken away: what the model would say without knowing it. Another background gives other numbers, which is why it is printed.", "gap", "attribution", "surrogate")
	add("shapley", "Shapley value", "The score of a row is shared out among its inputs: each gets what it adds on average, over all orders in which the inputs can become known. The shares make the whole.", "gap", "attribution", "surrogate")
	add("margin", "Margin and probability", "Many models add up a number without limits, the margin, and turn it into a probability between 0 and 1 at the end.", "gap", "attribution", "dependence")
	add("rows", "Model rows", "How many rows the model was asked to score for these numbers: the cost.", "gap", "importance", "attribution", "dependence", "flip")
	add("exact", "Exact and drawn", "Exact: computed for these rows in full. Drawn: a mean over orders or exchanges picked at random from the seed; the standard error says how far it may be off.", "gap", "importance", "attribution", "dependence", "flip", "proxies")
	add("additivity", "Additivity error", "The largest difference between a row’s score and what its shares add up to. It should be next to nothing.", "gap", "attribution", "surrogate")
	add("parity", "Parity with the log", "The model was first asked about logged rows again: equal or within the tolerance, these are the scores that were used. With a threshold, decisions are compared too.", "gap", "importance", "attribution", "dependence", "flip")
	add("loss", "Log loss, Brier score, zero-one loss", "Three counts of how wrong a prediction is: by how surprised it is at the outcome, by the square of its distance from it, or by whether the decision is wrong.", "importance")
	add("importance", "Permutation importance", "How much worse the model does, or how much of a gap is gone, when an input’s values are dealt out to the rows at random.", "importance")
	add("dependence", "Partial dependence and accumulated effects", "Two ways to follow an input: give every row the same value and take the mean score, or only move rows a little from the value that they have and add the moves up.", "dependence")
	add("flip", "Flip", "A row with everything the same but the protected attribute: does the decision change?", "flip")
	add("proxy", "Proxy", "A column that tells the group without naming it, as a postcode may.", "proxies")
	add("information", "Mutual information and uncertainty coefficient", "How much of not knowing the group goes away when the column is known, less what chance alone would give; as a share of all there is to know it is the uncertainty coefficient.", "proxies")
	add("auc", "Area under the curve", "Of two rows, one of each kind, how often the right one is picked: 0.5 is a coin, 1 is always.", "importance", "proxies", "surrogate")
	add("kitagawa", "Who is where, and rates within", "A gap can come from groups being in different strata, or from different rates in the same ones (Kitagawa 1955).", "decomposition")
	add("oaxaca", "Explained and unexplained", "Explained is what differences in the listed columns reproduce. It is no excuse: a listed column may itself be unfair. Unexplained is the rest, and no proof of unfairness: a column may be missing.", "decomposition")
	add("surrogate", "Surrogate, or stand-in", "A small model that learns to answer as the logged decisions do, where the model itself cannot be asked.", "surrogate")
	add("fidelity", "Fidelity", "How near the stand-in’s answers are to what was logged, for rows that it has not seen. R² of 1 is the same, 0 no better than the mean.", "surrogate")
	add("overlap", "Overlap of ranks", "How far two orders of the inputs agree.", "stability")
	return out
}
