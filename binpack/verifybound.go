package binpack

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/naive"
)

// ErrNotProven says that a plan's certificate does not prove what the plan
// claims.
var ErrNotProven = errors.New("not proven by the certificate")

// VerifyBound proves the plan's LowerBound from its Certificate alone, and for
// Status Optimal that no plan leaves fewer pods or costs less. It reads p by
// the rules that Verify goes by, and uses no more of the plan than what the
// claim is about: cost, bound, status, and how many pods are left. Whether the
// plan itself is sound is for Verify to say.
//
// nil: proven. An error that is ErrNotProven: not proven, which does not mean
// that the claim is false. Any other: p or the certificate is invalid, or ctx
// ended before the proof did.
func VerifyBound(ctx context.Context, p Problem, plan Plan) error {
	if err := p.Validate(); err != nil {
		return err
	}
	j := newJudge(&p)
	j.withholdPriorities()
	in, of, err := j.instance(plan.Certificate)
	if err != nil {
		return err
	}
	left, total, err := countLeft(plan, of, bound.Placeable(in), in)
	if err != nil {
		return err
	}
	in.Left = left
	least, err := bound.Evaluate(ctx, in)
	if err != nil {
		return unfinished(ctx, err)
	}
	switch {
	case least.Infeasible:
		return fmt.Errorf("%w: no plan leaves as few as %d pods", ErrNotProven, left)
	case int64(plan.LowerBound) > least.Least:
		return fmt.Errorf("%w: LowerBound is %d, proven is %d", ErrNotProven, plan.LowerBound, least.Least)
	case plan.Status != Optimal:
		return nil
	case plan.Cost > plan.LowerBound:
		return fmt.Errorf("%w: status optimal, but Cost is %d and LowerBound %d", ErrNotProven, plan.Cost, plan.LowerBound)
	case left == 0:
		return nil
	}
	most, err := bound.MostPlaced(ctx, in)
	if err != nil {
		return unfinished(ctx, err)
	}
	if most > total-left {
		return fmt.Errorf("%w: status optimal, but %d pods are placed and %d may be possible", ErrNotProven, total-left, most)
	}
	return nil
}

func unfinished(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("the proof was not finished: %w", err)
	}
	return err
}

// countLeft returns how many pods there are that some node holds, and how many
// of them the plan leaves.
func countLeft(plan Plan, of map[*corev1.Pod]int, placeable []bool, in *bound.Instance) (left, total int64, err error) {
	for k, ok := range placeable {
		if ok {
			total += in.Kinds[k].Count
		}
	}
	for i, u := range plan.Unschedulable {
		k, known := of[u.Pod]
		switch {
		case !known || u.Count < 0 || int64(u.Count) > in.Kinds[k].Count:
			return 0, 0, fmt.Errorf("Unschedulable[%d] has %d of a pod of which there are fewer", i, u.Count)
		case placeable[k]:
			left += int64(u.Count)
		}
	}
	return min(left, total), total, nil
}

// instance returns the problem with the values of the certificate as package
// bound reads it, and the number of each pod's kind there.
func (j *judge) instance(c Certificate) (*bound.Instance, map[*corev1.Pod]int, error) {
	in := &bound.Instance{}
	worth, of, err := j.valued(c)
	if err != nil {
		return nil, nil, err
	}
	for _, w := range worth {
		in.Kinds = append(in.Kinds, bound.Kind{Count: w.count, Value: w.value})
	}
	sites := j.usable()
	for _, s := range sites {
		in.Nodes = append(in.Nodes, bound.Node{Price: int64(s.price), Limit: bound.Unlimited})
	}
	measure(in, worth, sites)
	j.admit(in, worth, sites)
	j.limit(in, sites)
	return in, of, nil
}

// valuedKind is pods that neither rules nor the certificate tell apart.
type valuedKind struct {
	*judgedKind
	value int64
	count int64
}

// valued splits the kinds by the value that the certificate gives their pods.
// A value that is missing is 0.
func (j *judge) valued(c Certificate) ([]valuedKind, map[*corev1.Pod]int, error) {
	if len(c.Pods) > len(j.problem.Pods) || len(c.Workloads) > len(j.problem.Workloads) {
		return nil, nil, fmt.Errorf("certificate has %d pods and %d workloads, the problem %d and %d",
			len(c.Pods), len(c.Workloads), len(j.problem.Pods), len(j.problem.Workloads))
	}
	type name struct {
		kind  *judgedKind
		value int64
	}
	var out []valuedKind
	at, of := map[name]int{}, map[*corev1.Pod]int{}
	add := func(pod *corev1.Pod, count int64, values []int64, i int) error {
		n := name{kind: j.kindOf[pod]}
		if i < len(values) {
			n.value = values[i]
		}
		if n.value < 0 {
			return fmt.Errorf("certificate: value %d is negative", n.value)
		}
		k, ok := at[n]
		if !ok {
			k = len(out)
			at[n] = k
			out = append(out, valuedKind{judgedKind: n.kind, value: n.value})
		}
		out[k].count += count
		of[pod] = k
		return nil
	}
	var errs []error
	for i, pod := range j.problem.Pods {
		errs = append(errs, add(pod, 1, c.Pods, i))
	}
	for i, w := range j.problem.Workloads {
		errs = append(errs, add(w.Pod, int64(w.Replicas), c.Workloads, i))
	}
	return out, of, errors.Join(errs...)
}

// usable returns every site that can be launched at least once, pool by pool.
func (j *judge) usable() []poolSite {
	var out []poolSite
	for i := range j.pools {
		pool := &j.pools[i]
		if pool.unsupported != "" {
			continue
		}
		for _, t := range pool.catalog {
			for o := range t.Offerings {
				if s := pool.newSite(t, o); s.barred == "" && j.most[s.key] > 0 {
					out = append(out, poolSite{s, i})
				}
			}
		}
	}
	return out
}

type poolSite struct {
	*site
	pool int
}

// admit says which kinds the rules admit on each site. A kind that some site
// takes without reluctance keeps off nodes with a PreferNoSchedule taint that
// it does not tolerate. Rules are asked once per rule set and site.
func (j *judge) admit(in *bound.Instance, kinds []valuedKind, sites []poolSite) {
	answers := make([]answer, len(j.ofRules)*len(sites))
	for i := range sites {
		in.Nodes[i].Admits = make([]bool, len(kinds))
	}
	for k, kind := range kinds {
		if kind.withheld != nil {
			continue
		}
		willing := false
		row := answers[kind.rules*len(sites) : (kind.rules+1)*len(sites)]
		for i, s := range sites {
			if row[i] == 0 {
				row[i] = ask(kind.pod, s.node)
			}
			in.Nodes[i].Admits[k] = row[i] != refused && hasRoom(in.Nodes[i].Capacity, in.Kinds[k].Requests)
			willing = willing || in.Nodes[i].Admits[k] && row[i] == welcome
		}
		for i := range sites {
			if willing && row[i] == avoided {
				in.Nodes[i].Admits[k] = false
			}
		}
	}
}

func hasRoom(capacity, requests []int64) bool {
	for r := range requests {
		if requests[r] > capacity[r] {
			return false
		}
	}
	return true
}

// An answer says how a pod's rules take to a node.
type answer byte

const (
	refused answer = iota + 1
	avoided        // only where there is no other
	welcome
)

func ask(pod *corev1.Pod, node *corev1.Node) answer {
	switch {
	case naive.Refuses(pod, node) != nil:
		return refused
	case naive.Avoids(pod, node):
		return avoided
	}
	return welcome
}

// withholdPriorities withholds the pods below the highest priority where
// limits may leave some pending: which of them is by priority then, which is
// not modelled.
func (j *judge) withholdPriorities() {
	limited := false
	for i := range j.pools {
		limited = limited || len(j.pools[i].Limits) > 0
		for _, t := range j.pools[i].catalog {
			for o := range t.Offerings {
				limited = limited || j.most[t.Key(o)] != Unlimited && j.pools[i].newSite(t, o).barred == ""
			}
		}
	}
	if !limited {
		return
	}
	var top *int32
	for _, k := range j.kinds {
		if priority := priorityOf(k.pod); k.withheld == nil && (top == nil || priority > *top) {
			top = &priority
		}
	}
	for _, k := range j.kinds {
		if k.withheld == nil && priorityOf(k.pod) < *top {
			k.withheld = &naive.Refusal{Code: naive.Unsupported, Path: "spec.priority"}
		}
	}
}
