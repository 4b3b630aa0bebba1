package knapsack

import (
	"math/rand/v2"
	"slices"

	"github.com/stowage/stowage/binpack/internal/model"
	"github.com/stowage/stowage/binpack/internal/work"
)

// A Filler fills nodes of a model. It holds buffers: one goroutine at a time
// may use it.
type Filler struct {
	Deep bool // branch and bound is asked also where pods have rules about the pods of a node, which it does not know

	m     *model.Model
	meter *work.Meter
	bins  map[int]*binState
	kinds map[string]int // the classes that a bin may hold → its kind

	value, limit []int64    // per class, of this round
	subsets      []*subsets // per kind; nil: not made yet

	items   []item
	weights []float64 // of the resources in the size of an item
	node    *model.Filling
	taken   []int64 // per item, before the search
	counts  []int64 // per item, on the way
	best    []int64 // per item, of the best filling
	worth   int64
	steps   int
	load    nodeLoad
	keys    radix
}

// A binState is what is known of a bin from one round to the next.
type binState struct {
	share        []float64     // class·resource: the part of the node that a pod takes
	most         []int64       // per class, the pods that an empty node holds
	lambda       []float64     // the multipliers of its last knapsack; nil: none yet
	past         []model.Count // its last filling; nil: none yet
	kind         int
	allInSubsets bool // all pods that it holds may be in subsets
}

// A Filled is what a node holds, and its worth.
type Filled struct {
	Counts []model.Count
	Worth  int64
}

// An Effort says how long to look at one bin.
type Effort struct {
	Starts    int // fillings made
	Exchanges int // tries to better each
	Steps     int // of branch and bound where these are far from the bound
}

// NewFiller returns a filler for the model.
func NewFiller(m *model.Model, meter *work.Meter) *Filler {
	return &Filler{m: m, meter: meter, bins: map[int]*binState{}, kinds: map[string]int{}, node: model.NewFilling(m)}
}

// Begin sets what a pod of each class is worth, and how many there are.
func (f *Filler) Begin(value, limit []int64) {
	f.value, f.limit = value, limit
	for _, s := range f.subsets {
		if s != nil {
			s.fresh = false
		}
	}
}

// Fill returns different fillings of bin b, the best first: the best that it
// finds with so much effort. It returns none where no filling is worth more than
// floor. rng chooses the ways.
func (f *Filler) Fill(b int, floor float64, effort Effort, rng *rand.Rand) []Filled {
	state := f.state(b)
	most := f.multipliers(b, state, floor)
	if most <= floor {
		return nil
	}
	f.setWorth(b, state)
	bundles := f.subsetsOf(b, state)
	var found []Filled
	for i := range effort.Starts {
		f.begin(b, state, i, rng)
		for range effort.Exchanges {
			f.exchange(bundles, rng)
		}
		found = remember(found, f.load.filled())
		if float64(found[0].Worth+1) > most {
			break // there is no better one
		}
	}
	if (state.allInSubsets || f.Deep) && effort.Steps > 0 && len(found) > 0 && most > float64(found[0].Worth)*(1+doubt) {
		found = f.pack(b, state, floor, found, effort.Steps)
	}
	if len(found) > 0 {
		state.past = found[0].Counts
	}
	return found
}

// begin makes the i-th filling to better. What the bin's last filling was comes
// first, but where rules about the pods of a node keep pods out of subsets: there
// a search of the whole node does.
func (f *Filler) begin(b int, state *binState, i int, rng *rand.Rand) {
	resumed := 1
	if state.allInSubsets {
		resumed = 0
	}
	if i == resumed && state.past != nil {
		f.resume(b, state.past)
		return
	}
	f.node.Empty(b)
	f.open(state, rng)
	var taken int64
	if i > 0 {
		taken = f.balance(&f.m.Bins[b], rng)
	}
	f.start(taken + f.search(&f.m.Bins[b]))
}

// kept is the number of fillings of one node that are remembered.
const kept = 3

// remember adds a filling to the best ones, unless it is there.
func remember(found []Filled, n Filled) []Filled {
	at := len(found)
	for i, old := range found {
		if old.Worth == n.Worth && slices.Equal(old.Counts, n.Counts) {
			return found
		}
		if n.Worth > old.Worth {
			at = min(at, i)
		}
	}
	found = slices.Insert(found, at, n)
	return found[:min(len(found), kept)]
}

// state returns what is known of bin b.
func (f *Filler) state(b int) *binState {
	if s, ok := f.bins[b]; ok {
		return s
	}
	bin := &f.m.Bins[b]
	s := &binState{share: make([]float64, len(f.m.Classes)*f.m.Resources), most: make([]int64, len(f.m.Classes)), kind: f.kindOf(b), allInSubsets: true}
	for c := range f.m.Classes {
		s.most[c] = f.m.MostOf(c, b)
		s.allInSubsets = s.allInSubsets && (s.most[c] == 0 || f.inSubsets(c, b))
		for r, q := range f.m.Classes[c].Requests {
			if bin.Capacity[r] > 0 {
				s.share[c*f.m.Resources+r] = float64(q) / float64(bin.Capacity[r])
			}
		}
	}
	f.bins[b] = s
	return s
}
