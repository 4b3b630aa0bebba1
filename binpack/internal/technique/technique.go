// Package technique names the parts of the method that a measurement can leave out, to
// see what each is worth:
//
//	go test ./binpack/solver -run Ablation -v -ablation '../testdata/problems/*.json'
//
// A new one is a constant, its name, and a call of Set.Uses where it begins.
package technique

// A Technique is a part of the method.
type Technique uint

// The techniques.
const (
	ColumnGeneration Technique = iota
	Smoothing
	Dives
	Neighbourhoods
	ColumnNeighbours
	CellTrade
	Dealing
	Draining
	CapPricing
	ColumnDuals
	DomainValues
	CoarseValues
	ResourceValues
	SeveralCuts
	SeparatedCuts
	LoweredValues
	PoolCases
	PoolFloors
	PoolLimits
	AskedPods
	TwoDives
	Sections
	SingleClass
	WholeNodes
	QuickDives
	BoxedDuals
	Settling
	ChosenDomains
	Exclusions
	TriedPods
	NearNodes
	ResumedLeaves
	OtherNodes
	Count // how many there are
)

// String returns what the tables of FIGURES.md call t.
func (t Technique) String() string {
	return [...]string{
		ColumnGeneration: "column generation",
		Smoothing:        "smoothing of its duals",
		Dives:            "dives",
		ColumnNeighbours: "nodes solved for anew by columns",
		Neighbourhoods:   "neighbourhood search",
		CellTrade:        "pods trade cells in the search",
		Dealing:          "dealing to all nodes at once",
		Draining:         "draining of nodes in the search",
		CapPricing:       "packing at prices with caps",
		ColumnDuals:      "bound by the duals of columns",
		DomainValues:     "bound by values that differ by domain",
		CoarseValues:     "bound by coarse values",
		ResourceValues:   "bound by each resource alone",
		SeveralCuts:      "bound by several cuts at once",
		SeparatedCuts:    "cuts that the nodes of the bound do not meet",
		LoweredValues:    "bound by lowered values",
		PoolCases:        "bound by branches of the order of pools",
		PoolFloors:       "columns that know what the order of pools costs",
		PoolLimits:       "launches that use up a pool's limit",
		AskedPods:        "as many pods asked for as find room",
		TwoDives:         "two first dives where pools have weights",
		Sections:         "sections searched one by one",
		SingleClass:      "one class solved exactly",
		WholeNodes:       "whole numbers of nodes, where problems are small",
		QuickDives:       "quick dives in large problems",
		BoxedDuals:       "duals kept near those known, in large problems",
		Settling:         "domains of pods chosen by price",
		ChosenDomains:    "cuts whichever domains pods choose",
		Exclusions:       "nodes bounded without pods that keep apart",
		TriedPods:        "pods tried on the whole nodes of the bound",
		NearNodes:        "packings on nodes near those of the bound",
		ResumedLeaves:    "branch and bound from its last leaves",
		OtherNodes:       "other nodes, packed by tabu search",
	}[t]
}

// A Set is the whole method without some techniques; the zero Set leaves out none.
type Set struct{ out uint64 }

// Without returns the set without t.
func (s Set) Without(t Technique) Set { return Set{s.out | 1<<t} }

// Uses reports whether t is not left out.
func (s Set) Uses(t Technique) bool { return s.out>>t&1 == 0 }
