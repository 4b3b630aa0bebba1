package verify

import (
	"context"
	"fmt"
	"math"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/verify/internal/reading"
)

// An instance is a problem with the values of a certificate, as package bound
// reads it, and what its numbers stand for. It does not change once it is made.
type instance struct {
	problem   *reading.Problem
	kinds     []valuedKind
	kindOf    map[*corev1.Pod]int     // the number of a pod's kind
	templates []*reading.NodeTemplate // of each node
	limits    [][]*kindLimit          // of each kind
	penalties penalties
	loose     bool           // some templates are: what pods like of them is not known
	bound     bound.Instance // Left is not known yet
}

// newInstance makes an instance, without the pods that cannot be placed: those of lost gangs, and those whose company
// cannot.
func newInstance(ctx context.Context, p *reading.Problem, c binpack.Certificate, charge int64) (*instance, error) {
	in, err := instanceWithout(ctx, p, c, charge, unplaced{})
	if err != nil {
		return nil, err
	}
	if lost := (unplaced{in.lostGangs(), in.companyless()}); len(lost.gangs)+len(lost.kinds) > 0 {
		return instanceWithout(ctx, p, c, charge, lost)
	}
	return in, nil
}

// unplaced is pods that no plan places.
type unplaced struct {
	gangs map[string]bool
	kinds map[*reading.Kind]bool
}

// instanceWithout makes an instance without pods that are not placed, each of its values from
// those before it.
func instanceWithout(ctx context.Context, p *reading.Problem, c binpack.Certificate, charge int64, lost unplaced) (*instance, error) {
	kinds, kindOf, err := valuedKinds(ctx, p, c, lost)
	if err != nil {
		return nil, err
	}
	templates, loose := p.Usable(ctx)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	levels := levelsOf(kinds)
	limits := limitsOf(p, kinds)
	amounts := slices.Concat(amountsOf(kinds, templates), sharedAmounts(kinds, templates), limitAmounts(limits, templates))
	shared := sharedOf(p, templates)
	admits, err := admissions(ctx, p, kinds, templates, amounts)
	if err != nil {
		return nil, err
	}
	var precedence []bound.Precedence
	if !loose { // else what a pool must launch is not known
		if precedence, err = precedenceOf(ctx, p, kinds, templates, shared.uses); err != nil {
			return nil, err
		}
	}
	in := bound.Instance{Caps: shared.left, Precedences: precedence}
	excludes := excludesOf(limits)
	for k, kind := range kinds {
		in.Kinds = append(in.Kinds, bound.Kind{
			Number: k, Excludes: excludes[k],
			Count: kind.count, Values: kind.values, Level: levels[k], PerNode: perNode(k, limits[k]),
			Requests: column(amounts, func(a amount) int64 { return a.requests[k] }),
		})
	}
	for b, t := range templates {
		node := bound.Node{
			Price: int64(t.Price), Limit: bound.Unlimited, Admits: admits[b], Uses: shared.uses[b],
			Capacity: column(amounts, func(a amount) int64 { return a.capacity[b] }),
		}
		if t.Exists() {
			node.Limit, node.Rank = 1, math.MinInt64
		} else {
			node.Price += charge
			node.Rank = rankOf(t.Pool)
		}
		in.Nodes = append(in.Nodes, node)
	}
	return &instance{
		problem: p, kinds: kinds, kindOf: kindOf, templates: templates, limits: limits,
		penalties: penalties{templates, map[int][]int64{}}, loose: loose, bound: in,
	}, nil
}

// levelsOf returns the level of each kind's priority, 0 for the highest of those
// that may be placed.
func levelsOf(kinds []valuedKind) []int {
	var priorities []int32
	for _, k := range kinds {
		if k.kind.Withheld == nil {
			priorities = append(priorities, k.kind.Priority)
		}
	}
	slices.Sort(priorities)
	priorities = slices.Compact(priorities)
	out := make([]int, len(kinds))
	for k := range kinds {
		if at, ok := slices.BinarySearch(priorities, kinds[k].kind.Priority); ok {
			out[k] = len(priorities) - 1 - at
		}
	}
	return out
}

// leftOf returns how many pods of each level the plan leaves, of those that some
// node holds.
func (in *instance) leftOf(plan binpack.Plan) ([]int64, error) {
	var left []int64
	for k := range in.bound.Kinds {
		for len(left) <= in.bound.Kinds[k].Level {
			left = append(left, 0)
		}
	}
	placeable := bound.Placeable(&in.bound)
	for i, u := range plan.Unschedulable {
		k, known := in.kindOf[u.Pod]
		switch {
		case !known || u.Count < 0 || int64(u.Count) > in.bound.Kinds[k].Count:
			return nil, fmt.Errorf("Unschedulable[%d] has %d of a pod; the problem has fewer", i, u.Count)
		case placeable[k]:
			left[in.bound.Kinds[k].Level] += int64(u.Count)
		}
	}
	return left, nil
}
