package verify

import (
	"fmt"
	"maps"
	"slices"

	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// A kindLimit is a limit of pods on one node, over the kinds of an instance.
type kindLimit struct {
	number  int    // of Rules.Limits
	name    string // limits of one name allow the same
	most    int64
	members []bool // kinds that it selects
}

// limitsOf returns, for each kind, the limits that its pods have and that bind:
// with as few pods as a node may hold anyhow there is no limit.
func limitsOf(p *reading.Problem, kinds []valuedKind) [][]*kindLimit {
	all, pods := countedLimits(p, kinds)
	out := make([][]*kindLimit, len(kinds))
	for k, valued := range kinds {
		for _, own := range valued.kind.Rules.Limits {
			if l := all[own.Number]; valued.kind.Withheld == nil && pods[own.Number] > l.most {
				out[k] = append(out[k], l)
			}
		}
	}
	return out
}

// countedLimits returns all limits, and the most pods that each selects on one
// node, residents and daemon pods counted.
func countedLimits(p *reading.Problem, kinds []valuedKind) ([]*kindLimit, []int64) {
	all := make([]*kindLimit, p.Rules.Limits.Len())
	pods := make([]int64, len(all))
	manned := slices.Clone(p.Existing.Nodes)
	for _, pool := range p.Supply.Pools {
		for _, t := range p.Supply.Templates(pool) {
			if len(t.Residents) > 0 {
				manned = append(manned, t)
			}
		}
	}
	for l := range all {
		all[l] = &kindLimit{number: l, most: p.Rules.Limits.Rule(l).Most, members: make([]bool, len(kinds))}
		for _, t := range manned {
			pods[l] = max(pods[l], t.ResidentsIn(l))
		}
	}
	for k, valued := range kinds {
		if valued.kind.Withheld != nil {
			continue
		}
		for _, l := range valued.kind.Rules.SelectedBy.Limits {
			all[l].members[k] = true
			pods[l] = arith.Add(pods[l], valued.count)
		}
	}
	for _, l := range all {
		l.name = fmt.Sprintf("%d%x", l.most, bitsOf(l.members))
	}
	return all, pods
}

// perNode returns the most pods of kind k on one node, by those of its own limits
// that select it; 0: any number.
func perNode(k int, own []*kindLimit) int64 {
	most := int64(0)
	for _, l := range own {
		if l.members[k] && (most == 0 || l.most < most) {
			most = l.most
		}
	}
	return most
}

// excludesOf returns, for each kind, those that no node holds beside it, by the limits of either that
// do not hold on every node: those are amounts.
func excludesOf(limits [][]*kindLimit) [][]int {
	out := make([][]int, len(limits))
	everywhere := map[*kindLimit]bool{}
	for k, own := range limits {
		for _, l := range own {
			if l.most > 1 || l.most == 1 && !l.members[k] {
				continue
			}
			if _, known := everywhere[l]; !known {
				everywhere[l] = l.holdsEverywhere(limits)
			}
			for o, member := range l.members {
				if member && o != k && !everywhere[l] {
					out[k], out[o] = append(out[k], o), append(out[o], k)
				}
			}
		}
	}
	for k := range out {
		slices.Sort(out[k])
		out[k] = slices.Compact(out[k])
	}
	return out
}

// maxLimitAmounts bounds the amounts that limits become.
const maxLimitAmounts = 24

// limitAmounts returns an amount for each limit that holds on every node, as each
// kind that it selects has a limit of its own that is as strict: a pod of them
// takes one of it, and a node has the most that the limit allows.
func limitAmounts(limits [][]*kindLimit, templates []*reading.NodeTemplate) []amount {
	byName := map[string]*kindLimit{}
	for _, own := range limits {
		for _, l := range own {
			byName[l.name] = l
		}
	}
	var out []amount
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		l := byName[name]
		if len(out) == maxLimitAmounts || !l.holdsEverywhere(limits) {
			continue
		}
		a := amount{requests: make([]int64, len(limits)), capacity: make([]int64, len(templates))}
		for k, member := range l.members {
			if member {
				a.requests[k] = 1
			}
		}
		for b, t := range templates {
			a.capacity[b] = l.allowed(limits, t)
		}
		out = append(out, a)
	}
	return out
}

// allowed returns how many pods that l selects the node can still hold, if l holds
// on every node: as many as the kind among them allows whose own limits, as strict
// as l, leave most beside the residents.
func (l *kindLimit) allowed(limits [][]*kindLimit, t *reading.NodeTemplate) int64 {
	if len(t.Residents) == 0 {
		return l.most
	}
	best := int64(0)
	for k, member := range l.members {
		if !member {
			continue
		}
		least := l.most
		for _, own := range limits[k] {
			if own.implies(l) {
				least = min(least, own.most-t.ResidentsIn(own.number))
			}
		}
		best = max(best, least)
	}
	return best
}

func (l *kindLimit) holdsEverywhere(limits [][]*kindLimit) bool {
	for k, member := range l.members {
		if member && !slices.ContainsFunc(limits[k], func(own *kindLimit) bool { return own.implies(l) }) {
			return false
		}
	}
	return true
}

// implies reports whether a node that keeps l keeps o.
func (l *kindLimit) implies(o *kindLimit) bool {
	for k, member := range o.members {
		if member && !l.members[k] {
			return false
		}
	}
	return l.most <= o.most
}

// bitsOf packs a list of truths.
func bitsOf(list []bool) []byte {
	out := make([]byte, (len(list)+7)/8)
	for i, is := range list {
		if is {
			out[i/8] |= 1 << (i % 8)
		}
	}
	return out
}
