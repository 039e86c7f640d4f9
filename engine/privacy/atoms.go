package privacy

// atom is a kind of case that no published count cuts further.
type atom int

// The atoms of a group: those with a label by decision and label, those
// without by decision, and those without a decision.
const (
	truePositive atom = iota
	falsePositive
	falseNegative
	trueNegative
	selected // of those without a label
	rejected
	undecided
	kinds
)

// atoms are the cases of a group, cut as far as anything published cuts them.
type atoms [kinds]int64

// form is a published count: a sum of atoms.
type form []atom

// decisionForms are the counts that the numbers of cases and of decisions give
// away: n, k and n - k.
func decisionForms() []form {
	return []form{
		{truePositive, falsePositive, falseNegative, trueNegative, selected, rejected, undecided},
		{truePositive, falsePositive, selected},
		{falseNegative, trueNegative, rejected},
		{truePositive, falsePositive, falseNegative, trueNegative, selected, rejected},
		{undecided},
	}
}

// labelForms are the counts that rates over labels give away: the cells of the
// confusion table, their sums by row, column and diagonal, and who has no label.
func labelForms() []form {
	return []form{
		{truePositive}, {falsePositive}, {falseNegative}, {trueNegative},
		{truePositive, falseNegative}, {falsePositive, trueNegative},
		{truePositive, falsePositive}, {falseNegative, trueNegative},
		{truePositive, trueNegative}, {falsePositive, falseNegative},
		{truePositive, falsePositive, falseNegative, trueNegative},
		{selected}, {rejected}, {selected, rejected},
	}
}

// labeledForm counts those with a label.
func labeledForm() form { return form{truePositive, falsePositive, falseNegative, trueNegative} }

// of is the value of a count.
func (f form) of(a *atoms) int64 {
	var n int64
	for _, i := range f {
		n += a[i]
	}
	return n
}

// has tells whether a count counts an atom.
func (f form) has(a atom) bool {
	for _, i := range f {
		if i == a {
			return true
		}
	}
	return false
}

// less takes atoms from others.
func (a atoms) less(part *atoms) atoms {
	for i := range a {
		a[i] = max(0, a[i]-part[i])
	}
	return a
}
