package fill

// A Memo keeps the most value that nodes hold, so that alike nodes are not searched again.
// What is known of a node depends on it alone, whoever asks first.
type Memo map[string]*Known

// A Known is what is known of the most value that a node holds.
type Known struct {
	Most Most
	Deep bool // it was searched as far as it will be
}

// memoSteps bounds the first search of a node.
const memoSteps = 1_000

// Of returns what is known of the most value in k after a first search, and whether that
// was made before.
func (m Memo) Of(k *Knapsack) (known *Known, before bool) {
	key := string(k.AppendKey(nil))
	if known = m[key]; known != nil {
		return known, true
	}
	known = &Known{Most: k.Most(memoSteps)}
	known.Deep = known.Most.Exact()
	m[key] = known
	return known, false
}
