package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/naive"
)

// ErrNotProven says that a plan's certificate does not prove what the plan
// claims.
var ErrNotProven = errors.New("not proven by the certificate")

// Bound proves the plan's LowerBound from its Certificate alone, and for
// Status Optimal that no plan leaves fewer pods or costs less. It reads p by
// the rules that Verify goes by, and uses no more of the plan than what the
// claim is about: cost, bound, status, how many pods are left, and whether pods
// are where they like it best: if so the bound holds among such plans. Whether
// the plan itself is sound is for Verify to say.
//
// nil: proven. An error that is ErrNotProven: not proven, which does not mean
// that the claim is false. Any other: p or the certificate is invalid, or ctx
// ended before the proof did.
func Bound(ctx context.Context, p binpack.Problem, plan binpack.Plan) error {
	if err := p.Validate(); err != nil {
		return err
	}
	j := newJudge(&p)
	judged, err := j.instance(plan.Certificate)
	if err != nil {
		return err
	}
	if err := judged.countLeft(plan); err != nil {
		return err
	}
	in, liked := judged.gathered(), judged
	if judged.keepsPreferences(plan) {
		liked = judged.preferring()
	}
	least, err := bound.Evaluate(ctx, liked.gathered(), judgedLeaves, int64(plan.LowerBound))
	if err != nil {
		return unfinished(ctx, err)
	}
	switch {
	case least.Infeasible:
		return fmt.Errorf("%w: no plan leaves as few pods, level by level %d", ErrNotProven, in.Left)
	case int64(plan.LowerBound) > least.Least:
		return fmt.Errorf("%w: LowerBound is %d, proven is %d", ErrNotProven, plan.LowerBound, least.Least)
	case plan.Status != binpack.Optimal:
		return nil
	case plan.Cost > plan.LowerBound:
		return fmt.Errorf("%w: status optimal, but Cost is %d and LowerBound %d", ErrNotProven, plan.Cost, plan.LowerBound)
	}
	fewest, err := bound.Fewest(ctx, in)
	if err != nil {
		return unfinished(ctx, err)
	}
	if !fewest {
		return fmt.Errorf("%w: status optimal, but fewer pods may be left than %d, level by level", ErrNotProven, in.Left)
	}
	return nil
}

// judgedLeaves is the most leaves of the branch and bound over several cuts: twice
// what the solver may take, lest a bound hang on the last of them.
const judgedLeaves = 2 * bound.MaxLeaves

func unfinished(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("the proof was not finished: %w", err)
	}
	return err
}

// countLeft fills in how many pods of each level the plan leaves, of those that
// some node holds.
func (in *judgedInstance) countLeft(plan binpack.Plan) error {
	for k := range in.Kinds {
		for len(in.Left) <= in.Kinds[k].Level {
			in.Left = append(in.Left, 0)
		}
	}
	placeable := bound.Placeable(in.Instance)
	for i, u := range plan.Unschedulable {
		k, known := in.of[u.Pod]
		switch {
		case !known || u.Count < 0 || int64(u.Count) > in.Kinds[k].Count:
			return fmt.Errorf("Unschedulable[%d] has %d of a pod of which there are fewer", i, u.Count)
		case placeable[k]:
			in.Left[in.Kinds[k].Level] += int64(u.Count)
		}
	}
	return nil
}

// A judgedInstance is a problem with the values of a certificate, as package
// bound reads it.
type judgedInstance struct {
	*bound.Instance
	judge  *judge
	kinds  []valuedKind
	sites  []poolSite          // of each node
	limits [][]*judgedLimit    // of each kind
	of     map[*corev1.Pod]int // the number of a pod's kind

	penalties map[int][]int64 // of each rule set, per node; as far as read
}

func (j *judge) instance(c binpack.Certificate) (*judgedInstance, error) {
	kinds, of, err := j.valued(c)
	if err != nil {
		return nil, err
	}
	in := &judgedInstance{&bound.Instance{}, j, kinds, j.usable(), j.limitsOf(kinds), of, map[int][]int64{}}
	for _, k := range kinds {
		in.Kinds = append(in.Kinds, bound.Kind{Count: k.count, Values: k.values})
	}
	rank(in.Instance, kinds)
	in.limitKinds()
	for _, s := range in.sites {
		node := bound.Node{Price: int64(s.price), Limit: bound.Unlimited}
		if s.exists {
			node.Limit = 1
		}
		in.Nodes = append(in.Nodes, node)
	}
	measure(in.Instance, kinds, in.sites)
	in.limitResources()
	in.admit()
	j.limit(in.Instance, in.sites)
	in.turns()
	return in, nil
}

// valuedKind is pods that neither rules nor the certificate tell apart.
type valuedKind struct {
	*judgedKind
	values []int64 // by each cut
	count  int64
}

// valued splits the kinds by the values that the certificate gives their pods.
func (j *judge) valued(c binpack.Certificate) ([]valuedKind, map[*corev1.Pod]int, error) {
	for i, cut := range c.Cuts {
		if len(cut.Pods) > len(j.problem.Pods) || len(cut.Workloads) > len(j.problem.Workloads) {
			return nil, nil, fmt.Errorf("certificate: cut %d has %d pods and %d workloads, the problem %d and %d",
				i, len(cut.Pods), len(cut.Workloads), len(j.problem.Pods), len(j.problem.Workloads))
		}
		if slices.Min(append(append([]int64{0}, cut.Pods...), cut.Workloads...)) < 0 {
			return nil, nil, fmt.Errorf("certificate: a value of cut %d is negative", i)
		}
	}
	type name struct {
		kind   *judgedKind
		values string
	}
	var out []valuedKind
	at, of := map[name]int{}, map[*corev1.Pod]int{}
	add := func(pod *corev1.Pod, count int64, valueOf func(binpack.Cut) int64) {
		values := make([]int64, len(c.Cuts))
		for i, cut := range c.Cuts {
			values[i] = valueOf(cut)
		}
		n := name{j.kindOf[pod], fmt.Sprint(values)}
		k, ok := at[n]
		if !ok {
			k = len(out)
			at[n] = k
			out = append(out, valuedKind{judgedKind: n.kind, values: values})
		}
		out[k].count += count
		of[pod] = k
	}
	for i, pod := range j.problem.Pods {
		add(pod, 1, func(c binpack.Cut) int64 { return valueAt(c.Pods, i) })
	}
	for i, w := range j.problem.Workloads {
		add(w.Pod, int64(w.Replicas), func(c binpack.Cut) int64 { return valueAt(c.Workloads, i) })
	}
	return out, of, nil
}

func valueAt(values []int64, i int) int64 {
	if i < len(values) {
		return values[i]
	}
	return 0
}

// usable returns the existing nodes that take pods, and every site that can be
// launched at least once, pool by pool.
func (j *judge) usable() []poolSite {
	var out []poolSite
	for _, s := range j.existing {
		if s.barred == "" {
			out = append(out, poolSite{s, noPool})
		}
	}
	for i := range j.pools {
		for _, s := range j.sitesOf(&j.pools[i]) {
			if s.barred == "" && j.most[s.key] > 0 {
				out = append(out, poolSite{s, i})
			}
		}
	}
	return out
}

type poolSite struct {
	*site
	pool int // of the problem's; noPool: an existing node
}

const noPool = -1

// admit says which kinds each site may hold: by all rules that do not depend on
// what else is launched or placed.
func (in *judgedInstance) admit() {
	for i := range in.sites {
		in.Nodes[i].Admits = make([]bool, len(in.kinds))
	}
	for k, kind := range in.kinds {
		if kind.withheld != nil {
			continue
		}
		closed := make([]bool, len(in.judge.pools))
		for p := range closed {
			closed[p] = in.judge.closed(kind.judgedKind, &in.judge.pools[p])
		}
		for i, s := range in.sites {
			in.Nodes[i].Admits[k] = (s.pool == noPool || !closed[s.pool]) &&
				hasRoom(in.Nodes[i].Capacity, in.Kinds[k].Requests) && in.judge.admits(kind.judgedKind, s.site)
		}
	}
}

// admits reports whether the rules allow a pod of the kind on the site beside
// those who are there before it.
func (j *judge) admits(kind *judgedKind, s *site) bool {
	if _, clash := naive.Clash(s.ports, kind.ports); clash || !j.takes(kind, s) || len(j.between(kind, s)) > 0 {
		return false
	}
	for _, o := range kind.limits {
		there := s.counted(o.number)
		if slices.Contains(kind.countedBy.limits, o.number) {
			there++
		}
		if there > o.rule.Most {
			return false
		}
	}
	return true
}

// counted returns how many pods that are there a limit selects.
func (s *site) counted(limit int) int64 {
	n := int64(0)
	for _, l := range s.there {
		if slices.Contains(l.kind.countedBy.limits, limit) {
			n += l.count
		}
	}
	return n
}

func hasRoom(capacity, requests []int64) bool {
	for r := range requests {
		if requests[r] > capacity[r] {
			return false
		}
	}
	return true
}

// rank gives each kind the level of its priority, 0 for the highest of those
// that may be placed.
func rank(in *bound.Instance, kinds []valuedKind) {
	var priorities []int32
	for _, k := range kinds {
		if k.withheld == nil {
			priorities = append(priorities, priorityOf(k.pod))
		}
	}
	slices.Sort(priorities)
	priorities = slices.Compact(priorities)
	for k := range kinds {
		if at, ok := slices.BinarySearch(priorities, priorityOf(kinds[k].pod)); ok {
			in.Kinds[k].Level = len(priorities) - 1 - at
		}
	}
}
