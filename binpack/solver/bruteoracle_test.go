package solver_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// An oracle looks at all plans of a toy problem, on the objects as they are
// stated: every way to put every pod on an existing node, on a launch of some
// offering of some pool with some labels, or nowhere; but for launches without
// pods. Verify alone says which plans are feasible. The plans that leave the
// fewest pods come first, the cheapest of them first, so that the first feasible
// one is the best.
//
// It spares itself three things. Pods that differ in name only are one kind, and a node
// has a number of them. Plans are lists of cells, which are nodes with the pods on them,
// in an order that lets no plan come twice. And a fault that adding pods or nodes to a
// plan cannot cure is not looked for again: of a cell alone, or of two together.
type oracle struct {
	problem  binpack.Problem
	kinds    [][]*corev1.Pod // alike pods; a workload's template once for each replica
	levels   []int32         // priorities, the highest first
	blind    bool            // spare no plan because of the faults of others
	charge   catalog.Price   // of each node that is launched, beside its price
	respects bool            // of plans that leave as few, those that pods like best come first
	allows   func(cell) bool // cells that plans may have; nil: any

	most  int             // calls of Verify after which the oracle gives up
	calls int             // of Verify
	cells []cell          // by the first kind on them
	clash map[[2]int]bool // cells that cannot be in one plan
}

// A cell is a node and how many pods of each kind are on it.
type cell struct {
	node    int            // of the existing nodes; -1: a launch
	launch  binpack.Launch // without pods
	fill    []int
	dislike int // of all pods together
}

// A score is what a plan is worth: the pods that it leaves, level by level from
// the highest priority down, and what it costs, charges included.
type score struct {
	left []int
	cost catalog.Price
}

func (s score) compare(o score) int {
	return cmp.Or(slices.Compare(s.left, o.left), cmp.Compare(s.cost, o.cost))
}

// errTooMany says that the oracle gave up.
var errTooMany = errors.New("too many plans")

func newOracle(p binpack.Problem) *oracle {
	o := &oracle{problem: p, most: 20_000}
	at := map[string]int{}
	add := func(pod *corev1.Pod, n int) {
		if n == 0 {
			return
		}
		key := contentOf(pod)
		if _, known := at[key]; !known {
			at[key] = len(o.kinds)
			o.kinds = append(o.kinds, nil)
		}
		for range n {
			o.kinds[at[key]] = append(o.kinds[at[key]], pod)
		}
		o.levels = append(o.levels, priorityOf(pod))
	}
	for _, pod := range p.Pods {
		add(pod, 1)
	}
	for _, w := range p.Workloads {
		add(w.Pod, w.Replicas)
	}
	slices.SortFunc(o.levels, func(a, b int32) int { return cmp.Compare(b, a) })
	o.levels = slices.Compact(o.levels)
	return o
}

// contentOf returns all of a pod that any rule may read.
func contentOf(pod *corev1.Pod) string {
	text, err := json.Marshal([]any{pod.Namespace, pod.Labels, pod.DeletionTimestamp, pod.Spec, pod.Status})
	if err != nil {
		panic(err) // plain data
	}
	return string(text)
}

func priorityOf(pod *corev1.Pod) int32 {
	if pod.Spec.Priority == nil {
		return 0
	}
	return *pod.Spec.Priority
}

// best returns the best plan. The plan that leaves everything is feasible, so
// that there is one, unless allows rules it out.
func (o *oracle) best() (binpack.Plan, score, error) {
	o.findCells()
	o.clash = map[[2]int]bool{}
	for _, lefts := range o.lefts() {
		var plans []candidate
		for _, left := range lefts {
			if plans = o.covers(plans, left); len(plans) > 1_000_000 {
				return binpack.Plan{}, score{}, errTooMany
			}
		}
		slices.SortStableFunc(plans, func(a, b candidate) int {
			if o.respects && a.dislike != b.dislike {
				return cmp.Compare(a.dislike, b.dislike)
			}
			return cmp.Compare(a.cost, b.cost)
		})
		for _, c := range plans {
			if o.calls > o.most {
				return binpack.Plan{}, score{}, errTooMany
			}
			if o.feasible(c) {
				plan := o.plan(o.at(c.cells)...)
				return plan, o.score(plan), nil
			}
		}
	}
	return binpack.Plan{}, score{}, errors.New("no plan")
}

// score returns what a plan of the problem is worth.
func (o *oracle) score(plan binpack.Plan) score {
	s := score{left: make([]int, len(o.levels)), cost: plan.Cost + plan.Charge}
	for _, u := range plan.Unschedulable {
		s.left[slices.Index(o.levels, priorityOf(u.Pod))] += u.Count
	}
	return s
}

// lefts returns how many pods of each kind may be left, in lists of equal worth,
// the best first.
func (o *oracle) lefts() [][][]int {
	worth := func(left []int) []int {
		out := make([]int, len(o.levels))
		for k, n := range left {
			out[slices.Index(o.levels, priorityOf(o.kinds[k][0]))] += n
		}
		return out
	}
	all := o.vectors()
	slices.SortStableFunc(all, func(a, b []int) int { return slices.Compare(worth(a), worth(b)) })
	var out [][][]int
	for i, left := range all {
		if i == 0 || !slices.Equal(worth(left), worth(all[i-1])) {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], left)
	}
	return out
}

// vectors returns every number of pods of each kind.
func (o *oracle) vectors() [][]int {
	out := [][]int{nil}
	for _, pods := range o.kinds {
		var longer [][]int
		for _, v := range out {
			for n := range len(pods) + 1 {
				longer = append(longer, append(slices.Clone(v), n))
			}
		}
		out = longer
	}
	return out
}

// A candidate is a plan that may be feasible.
type candidate struct {
	cells   []int
	dislike int
	cost    catalog.Price
}

// covers adds the plans that leave left[k] pods of each kind k. Each cell of a plan holds a
// pod of the first kind that the cells before it do not place, and of equal ones the
// later is not before the earlier.
func (o *oracle) covers(plans []candidate, left []int) []candidate {
	rest := make([]int, len(o.kinds))
	for k := range rest {
		rest[k] = len(o.kinds[k]) - left[k]
	}
	var add func(from int, rest []int, c candidate)
	add = func(from int, rest []int, c candidate) {
		if !slices.ContainsFunc(rest, func(n int) bool { return n > 0 }) {
			plans = append(plans, c)
			return
		}
		first := firstOf(rest)
		for i := from; i < len(o.cells); i++ {
			next := &o.cells[i]
			if firstOf(next.fill) < first || next.node >= 0 && o.uses(c.cells, next.node) {
				continue
			}
			if firstOf(next.fill) > first {
				break
			}
			if less, fits := minus(rest, next.fill); fits {
				add(i, less, candidate{append(slices.Clone(c.cells), i), c.dislike + next.dislike, c.cost + next.launch.Price + o.chargeOf(next)})
			}
		}
	}
	add(0, rest, candidate{})
	return plans
}

func (o *oracle) chargeOf(c *cell) catalog.Price {
	if c.node >= 0 {
		return 0
	}
	return o.charge
}

func (o *oracle) uses(cells []int, node int) bool {
	return slices.ContainsFunc(cells, func(i int) bool { return o.cells[i].node == node })
}

func firstOf(fill []int) int {
	return slices.IndexFunc(fill, func(n int) bool { return n > 0 })
}

func minus(a, b []int) ([]int, bool) {
	out := slices.Clone(a)
	for i := range b {
		if out[i] -= b[i]; out[i] < 0 {
			return nil, false
		}
	}
	return out, true
}

func (o *oracle) at(cells []int) []cell {
	var out []cell
	for _, i := range cells {
		out = append(out, o.cells[i])
	}
	return out
}

// feasible asks Verify. Of a plan with a fault that nothing cures it finds out
// which two cells are to blame, if two are.
func (o *oracle) feasible(c candidate) bool {
	var pairs [][2]int
	for i := range c.cells {
		for j := range i {
			pairs = append(pairs, [2]int{c.cells[j], c.cells[i]})
		}
	}
	if slices.ContainsFunc(pairs, func(pair [2]int) bool { return o.clash[pair] }) {
		return false
	}
	fault := o.verify(o.at(c.cells)...)
	if fault == hopeless && !o.blind && len(c.cells) > 2 {
		for _, pair := range pairs {
			o.clash[pair] = o.verify(o.at(pair[:])...) == hopeless
		}
	}
	return fault == none
}

// findCells lists the cells that some plan may have: on an existing node that is
// not faulty, or on a launch that is not.
func (o *oracle) findCells() {
	var nodes []cell
	for i := range o.problem.Existing {
		nodes = append(nodes, cell{node: i})
	}
	for _, l := range everyLaunch(o.problem) {
		if c := (cell{node: -1, launch: l}); o.blind || o.verify(c) != hopeless {
			nodes = append(nodes, c)
		}
	}
	o.cells = nil
	for _, fill := range o.vectors() {
		for _, c := range nodes {
			c.fill = fill
			c.dislike = o.dislikes(c)
			if firstOf(fill) >= 0 && (o.allows == nil || o.allows(c)) && (o.blind || o.verify(c) != hopeless) {
				o.cells = append(o.cells, c)
			}
		}
	}
	slices.SortStableFunc(o.cells, func(a, b cell) int { return cmp.Compare(firstOf(a.fill), firstOf(b.fill)) })
}

// plan returns the plan with these cells, which leaves all other pods.
func (o *oracle) plan(cells ...cell) binpack.Plan {
	var plan binpack.Plan
	next := make([]int, len(o.kinds)) // pods of each kind that have a place
	take := func(k, n int) []binpack.Placement {
		var out []binpack.Placement
		for _, pod := range o.kinds[k][next[k] : next[k]+n] {
			if len(out) == 0 || out[len(out)-1].Pod != pod {
				out = append(out, binpack.Placement{Pod: pod})
			}
			out[len(out)-1].Count++
		}
		next[k] += n
		return out
	}
	for _, c := range cells {
		var pods []binpack.Placement
		for k, n := range c.fill {
			pods = append(pods, take(k, n)...)
		}
		if c.node >= 0 {
			plan.Nominations = append(plan.Nominations, binpack.Nomination{Node: o.problem.Existing[c.node].Node, Pods: pods})
			continue
		}
		l := c.launch
		l.Pods = pods
		plan.Launches = append(plan.Launches, l)
		plan.Cost += l.Price
		plan.Charge += o.charge
	}
	for k := range o.kinds {
		for _, left := range take(k, len(o.kinds[k])-next[k]) {
			plan.Unschedulable = append(plan.Unschedulable, binpack.Unschedulable{Pod: left.Pod, Count: left.Count})
		}
	}
	return plan
}

// A fault is what Verify finds in a plan.
type fault int

const (
	none     fault = iota
	curable        // by more pods or nodes
	hopeless       // whatever is added
)

func (o *oracle) verify(cells ...cell) fault {
	o.calls++
	err := verify.Plan(context.Background(), o.problem, o.plan(cells...))
	if err == nil {
		return none
	}
	cures := []binpack.Reason{binpack.TopologySpread, binpack.PodAffinity, binpack.Gang, binpack.PoolWeight, verify.EmptyLaunch}
	for _, reason := range problemtest.Reasons(err) {
		if !slices.Contains(cures, reason) {
			return hopeless
		}
	}
	return curable
}
