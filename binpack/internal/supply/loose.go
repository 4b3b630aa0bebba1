package supply

import (
	"maps"
	"slices"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/nodelabel"
	"github.com/stowage/stowage/catalog"
)

// A type with more choices of values in a pool than Offers has is bounded by loose offers:
// each offering once, on which the pods of each rule set find the values that they like best.
// Whatever the pool's nodes hold such a node holds, and it costs as much.

// unlikeAny is a label's value that no rule names, as no label may have it.
const unlikeAny = "\x00"

// choicesBySet returns, for each rule set, the choices of values that it alone tells apart,
// for the keys that it reads.
func (f *profiler) choicesBySet(c chooser) [][]map[string]string {
	out := make([][]map[string]string, len(f.sets))
	for i := range f.sets {
		var alone chooser
		read := f.sets[i].Keys()
		for k, key := range c.keys {
			if slices.ContainsFunc(read, func(r string) bool { return nodelabel.Canonical(r) == key }) {
				alone.keys, alone.values, alone.counted = append(alone.keys, key), append(alone.values, c.values[k]), append(alone.counted, false)
			}
		}
		alone.read(&f.sets[i], false)
		out[i], _ = alone.choose()
	}
	return out
}

// loosen adds a loose profile beside that of some choice, and returns its index.
func (f *profiler) loosen(like int, choices [][]map[string]string, keys []string) int {
	p := f.supply.Profiles[like]
	p.Admits = slices.Repeat([]kube.Admission{kube.Never}, len(f.sets))
	for set := range choices {
		for _, chosen := range choices[set] {
			node := p.Node
			node.Labels = maps.Clone(p.Node.Labels)
			maps.Copy(node.Labels, chosen)
			nodelabel.AddAliases(node.Labels)
			if a := f.sets[set].Admits(node); a != kube.Never && (p.Admits[set] == kube.Never || a < p.Admits[set]) {
				p.Admits[set] = a
			}
		}
	}
	p.Node.Labels = maps.Clone(p.Node.Labels)
	for _, key := range keys {
		p.Node.Labels[key] = unlikeAny
	}
	for i := range f.supply.Daemons {
		for _, key := range f.supply.Daemons[i].Rules.Node.Keys() {
			if slices.Contains(keys, nodelabel.Canonical(key)) {
				p.Daemons = nil // they may be elsewhere
			}
		}
	}
	f.supply.Profiles = append(f.supply.Profiles, p)
	return len(f.supply.Profiles) - 1
}

// Loosened returns the supply with loose offers where Offers has not all choices of
// values, for bounds. Pools come in no order there: what a pool must launch first hangs on
// what it can.
func (s *Supply) Loosened() *Supply {
	if s.loosened == nil {
		return s
	}
	return s.loosened
}

// loosen makes the loosened supply, of these offers in place of those of their offerings.
func (s *Supply) loosen(p *binpack.Problem, loose []Offer) {
	if len(loose) == 0 {
		return
	}
	out := *s
	out.Pools, out.Offers = slices.Clone(s.Pools), slices.Clone(loose)
	type offering struct {
		pool int
		key  catalog.Key
	}
	loosened := map[offering]bool{}
	for i := range loose {
		loosened[offering{loose[i].Pool, loose[i].Key}] = true
	}
	for i := range out.Pools {
		out.Pools[i].Weight = 0
	}
	var existing []Offer
	for i := range s.Offers {
		switch o := s.Offers[i]; {
		case o.Existing != nil:
			existing = append(existing, o)
		case !loosened[offering{o.Pool, o.Key}]:
			out.Offers = append(out.Offers, o)
		}
	}
	slices.SortStableFunc(out.Offers, func(a, b Offer) int { return Compare(s.Pools, &a, &b) })
	out.Offers = append(out.Offers, existing...)
	out.seal(p)
	s.loosened = &out
}
