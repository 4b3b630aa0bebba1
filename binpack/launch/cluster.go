package launch

import (
	"fmt"
	"math"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/verify"
)

// A cluster is the nodes that there are, those that are asked for, and the pods that
// they hold.
type cluster struct {
	problem     binpack.Problem
	nominations [][]binpack.Placement // per node of problem.Existing
	launched    []Launched
	again       []Request        // to be asked again as they were
	queue       []binpack.Launch // to be asked for next
}

// heaviest returns what is queued for the pools of most weight, and the rest: a pool
// of less weight is for what those of more cannot launch, which is not known before.
func (c *cluster) heaviest() (now, later []binpack.Launch) {
	weights := map[string]int32{}
	for _, p := range c.problem.Pools {
		weights[p.Name] = p.Weight
	}
	most := int32(math.MinInt32)
	for _, r := range c.again {
		most = max(most, weights[r.Launches[0].Pool])
	}
	for _, l := range c.queue {
		most = max(most, weights[l.Pool])
	}
	for _, l := range c.queue {
		if weights[l.Pool] == most {
			now = append(now, l)
		} else {
			later = append(later, l)
		}
	}
	return now, later
}

// done returns what there is as a plan, with requests that are to be made again as
// if they had succeeded.
func (c *cluster) done() binpack.Plan {
	var plan binpack.Plan
	for _, l := range c.launched {
		plan.Launches = append(plan.Launches, l.Launch)
	}
	for _, r := range c.again {
		plan.Launches = append(plan.Launches, r.Launches...)
	}
	for i, pods := range c.nominations {
		if len(pods) > 0 {
			plan.Nominations = append(plan.Nominations, binpack.Nomination{Node: c.problem.Existing[i].Node, Pods: pods})
		}
	}
	return plan
}

// What rest has as nodes is, in this order, what was up, what was launched, what
// is to be asked for again, and what is queued. Of the third kind none has more pods
// nominated: their requests stay as they are.

// mayNominate reports whether pods may be nominated for a node of rest.
func (c *cluster) mayNominate(node int) bool {
	node -= len(c.nominations) + len(c.launched)
	return node < 0 || node >= c.toAskAgain()
}

func (c *cluster) toAskAgain() int {
	n := 0
	for _, r := range c.again {
		n += r.Nodes()
	}
	return n
}

// nominate puts pods on nodes of rest.
func (c *cluster) nominate(rest binpack.Problem, nominations []binpack.Nomination) {
	at := nodesOf(rest)
	for _, n := range nominations {
		on := c.podsOn(at[n.Node])
		*on = append((*on)[:len(*on):len(*on)], n.Pods...)
	}
}

// podsOn returns where the pods of a node of rest are kept.
func (c *cluster) podsOn(node int) *[]binpack.Placement {
	if node < len(c.nominations) {
		return &c.nominations[node]
	}
	node -= len(c.nominations)
	if node < len(c.launched) {
		return &c.launched[node].Launch.Pods
	}
	var i int
	c.queue, i = single(c.queue, node-len(c.launched)-c.toAskAgain())
	return &c.queue[i].Pods
}

// start returns what there is and what is queued as a plan of all pods.
func (c *cluster) start(all binpack.Problem) *binpack.Plan {
	plan := binpack.Plan{Launches: c.queue}
	for i, e := range all.Existing {
		if pods := *c.podsOn(i); len(pods) > 0 {
			plan.Nominations = append(plan.Nominations, binpack.Nomination{Node: e.Node, Pods: pods})
		}
	}
	return &plan
}

// nodes returns the launched nodes, without pods.
func (c *cluster) nodes() []binpack.Launch {
	var out []binpack.Launch
	for _, l := range c.launched {
		l.Launch.Pods = nil
		out = append(out, l.Launch)
	}
	return out
}

// clearPods takes all pods off their nodes.
func (c *cluster) clearPods() {
	for i := range c.launched {
		c.launched[i].Launch.Pods = nil
	}
	clear(c.nominations)
}

// leave takes the pods that break a rule off their node: those like the one that
// the violation names, or all. Of a gang it takes all, wherever they are. It reports
// whether there were any.
func (c *cluster) leave(v *verify.Violation) bool {
	left := false
	of := func(pod *corev1.Pod) bool { return v.Pod == nil || pod == v.Pod }
	if v.Reason == binpack.Gang {
		label := c.problem.GangLabel
		of = func(pod *corev1.Pod) bool { return pod.Labels[label] == v.Pod.Labels[label] }
	}
	for i := range c.launched {
		if v.Reason == binpack.Gang || v.Node == fmt.Sprintf("Launches[%d]", i) {
			left = drop(&c.launched[i].Launch.Pods, of) || left
		}
	}
	for i := range c.nominations {
		if v.Reason == binpack.Gang || v.Node == c.problem.Existing[i].Node.Name {
			left = drop(&c.nominations[i], of) || left
		}
	}
	return left
}

// nodesOf returns the number of each existing node.
func nodesOf(p binpack.Problem) map[*corev1.Node]int {
	at := make(map[*corev1.Node]int, len(p.Existing))
	for i, e := range p.Existing {
		at[e.Node] = i
	}
	return at
}

// drop takes some pods off a node, and reports whether there were any.
func drop(pods *[]binpack.Placement, of func(*corev1.Pod) bool) bool {
	before := len(*pods)
	*pods = slices.DeleteFunc(slices.Clone(*pods), func(on binpack.Placement) bool { return of(on.Pod) })
	return len(*pods) < before
}
