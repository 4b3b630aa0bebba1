package solver

// A technique is a part of the method that a measurement can leave out, to see what
// it is worth: go test ./binpack -run Ablation -v -ablation 'testdata/problems/*.json'.
// A new one is a constant, its name, and a call of uses where it begins.
type technique uint

const (
	columnGeneration technique = iota
	smoothing
	dives
	neighbourhoods
	columnNeighbours
	cellTrade
	dealing
	draining
	capPricing
	columnDuals
	coarseValues
	resourceValues
	severalCuts
	separatedCuts
	techniques // how many there are
)

func (t technique) String() string {
	return [...]string{
		columnGeneration: "column generation",
		smoothing:        "smoothing of its duals",
		dives:            "dives",
		columnNeighbours: "nodes solved for anew by columns",
		neighbourhoods:   "neighbourhood search",
		cellTrade:        "pods trade cells in the search",
		dealing:          "dealing to all nodes at once",
		draining:         "draining of nodes in the search",
		capPricing:       "packing at prices with caps",
		columnDuals:      "bound by the duals of columns",
		coarseValues:     "bound by coarse values",
		resourceValues:   "bound by each resource alone",
		severalCuts:      "bound by several cuts at once",
		separatedCuts:    "cuts that the nodes of the bound do not meet",
	}[t]
}

// uses reports whether the run has all of the method, or leaves out something else.
func (r *run) uses(t technique) bool { return r.without>>t&1 == 0 }

func (p *prover) uses(t technique) bool { return p.without>>t&1 == 0 }
