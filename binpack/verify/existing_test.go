package verify_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// existingCase is the plan of newVerifyCase, its second launch in place of an existing
// node with room for it: 2 CPU, and a pod there takes half of one.
func existingCase() *verifyCase {
	c := newVerifyCase()
	there := podOf("there", "500m")
	there.Spec.NodeName = "old"
	node := &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: "old", Labels: map[string]string{corev1.LabelTopologyZone: "zone-a"}},
		Status:     corev1.NodeStatus{Allocatable: corev1.ResourceList{"cpu": resource.MustParse("2400m"), "pods": resource.MustParse("4")}},
	}
	c.problem.Existing = []binpack.ExistingNode{{Node: node, Pods: []*corev1.Pod{there}}}
	c.plan.Nominations = []binpack.Nomination{{Node: node, Pods: c.plan.Launches[1].Pods}}
	c.plan.Launches = c.plan.Launches[:1]
	c.plan.Cost = 96
	for _, pod := range []*corev1.Pod{c.pods[0], c.pods[1], c.template, there} {
		pod.Labels = map[string]string{"app": pod.Name}
	}
	return c
}

func TestVerifyHoldsExisting(t *testing.T) {
	now := metav1.Now()
	node := func(c *verifyCase) *corev1.Node { return c.problem.Existing[0].Node }
	there := func(c *verifyCase) *corev1.Pod { return c.problem.Existing[0].Pods[0] }
	asks := func(pod *corev1.Pod, name corev1.ResourceName, amount string) {
		pod.Spec.Containers[0].Resources.Requests[name] = resource.MustParse(amount)
	}
	for name, test := range map[string]struct {
		want binpack.Reason // "": nothing is wrong
		set  func(*verifyCase)
	}{
		"room to the last":           {"", func(*verifyCase) {}},
		"room short":                 {binpack.InsufficientResources, func(c *verifyCase) { asks(there(c), "cpu", "501m") }},
		"too many pods":              {binpack.InsufficientResources, func(c *verifyCase) { node(c).Status.Allocatable["pods"] = resource.MustParse("3") }},
		"any number of pods":         {"", func(c *verifyCase) { delete(node(c).Status.Allocatable, "pods") }},
		"a resource that it has not": {binpack.InsufficientResources, func(c *verifyCase) { asks(c.pods[1], "memory", "1") }},
		"over-full of what none asks for": {"", func(c *verifyCase) {
			node(c).Status.Allocatable["memory"] = resource.MustParse("1Gi")
			asks(there(c), "memory", "2Gi")
		}},
		"over-full of what one asks for": {binpack.InsufficientResources, func(c *verifyCase) {
			node(c).Status.Allocatable["memory"] = resource.MustParse("1Gi")
			asks(there(c), "memory", "2Gi")
			asks(c.pods[1], "memory", "1")
		}},
		"a pod that has ended takes nothing": {"", func(c *verifyCase) { asks(there(c), "cpu", "2"); there(c).Status.Phase = corev1.PodSucceeded }},
		"a pod that is leaving takes room":   {binpack.InsufficientResources, func(c *verifyCase) { asks(there(c), "cpu", "2"); there(c).DeletionTimestamp = &now }},
		"daemons are among its pods":         {"", func(c *verifyCase) { c.roomForDaemons(); c.daemon("50m") }},
		"counts towards no limit": {"", func(c *verifyCase) {
			c.problem.Pools[0].Limits["nodes"] = resource.MustParse("1")
			c.quota("nodes", "1")
			c.problem.Availability = only(1)
		}},

		"node selector": {"", func(c *verifyCase) {
			c.pods[1].Spec.NodeSelector = map[string]string{corev1.LabelFailureDomainBetaZone: "zone-a"}
		}},
		"a label it has not": {binpack.NodeAffinity, func(c *verifyCase) {
			c.pods[1].Spec.NodeSelector = map[string]string{corev1.LabelInstanceTypeStable: "m"}
		}},
		"its hostname":       {"", func(c *verifyCase) { c.pods[1].Spec.NodeSelector = map[string]string{corev1.LabelHostname: "old"} }},
		"another's hostname": {binpack.NodeAffinity, func(c *verifyCase) { c.pods[0].Spec.NodeSelector = map[string]string{corev1.LabelHostname: "old"} }},
		"taint": {binpack.UntoleratedTaint, func(c *verifyCase) {
			node(c).Spec.Taints = []corev1.Taint{{Key: "a", Effect: corev1.TaintEffectNoExecute}}
		}},
		"cordoned":            {binpack.UntoleratedTaint, func(c *verifyCase) { node(c).Spec.Unschedulable = true }},
		"being deleted":       {verify.IllegalNomination, func(c *verifyCase) { node(c).DeletionTimestamp = &now }},
		"no such node":        {verify.IllegalNomination, func(c *verifyCase) { c.plan.Nominations[0].Node = node(c).DeepCopy() }},
		"no node":             {verify.IllegalNomination, func(c *verifyCase) { c.plan.Nominations[0].Node = nil }},
		"nominated twice":     {verify.IllegalNomination, func(c *verifyCase) { c.nominateTwice() }},
		"gated pod":           {binpack.SchedulingGated, func(c *verifyCase) { c.pods[1].Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "wait"}} }},
		"count of zero":       {verify.BadCount, func(c *verifyCase) { c.plan.Nominations[0].Pods[0].Count = 0 }},
		"foreign pod":         {verify.ForeignPod, func(c *verifyCase) { c.plan.Nominations[0].Pods[0].Pod = there(c) }},
		"pod there and there": {verify.Doubled, func(c *verifyCase) { c.plan.Launches[0].Pods[1].Count = 2 }},
		"nomination dropped":  {verify.Unplaced, func(c *verifyCase) { c.plan.Nominations = nil }},
		"a cost of its own":   {verify.WrongCost, func(c *verifyCase) { c.plan.Cost = 192 }},

		"a port of a pod there": {binpack.HostPort, func(c *verifyCase) { onPort(there(c), "", 80); onPort(c.pods[1], "10.0.0.1", 80) }},
		"another port":          {"", func(c *verifyCase) { onPort(there(c), "", 80); onPort(c.pods[1], "", 81) }},
		"a port of a pod that ended": {"", func(c *verifyCase) {
			onPort(there(c), "", 80)
			onPort(c.pods[1], "", 80)
			there(c).Status.Phase = corev1.PodFailed
		}},
		"a port there, elsewhere":     {"", func(c *verifyCase) { onPort(there(c), "", 80); onPort(c.pods[0], "", 80) }},
		"spread over nodes":           {"", func(c *verifyCase) { spreadByNode(c.template, 3, "web", "there") }},
		"spread over nodes, too many": {binpack.TopologySpread, func(c *verifyCase) { spreadByNode(c.template, 2, "web", "there") }},
		"spread ignores one that leaves": {"", func(c *verifyCase) {
			node(c).Status.Allocatable["cpu"] = resource.MustParse("3")
			there(c).DeletionTimestamp = &now
			spreadByNode(c.template, 2, "web", "there")
		}},
		"spread of a pod there":         {"", func(c *verifyCase) { spreadByNode(there(c), 1, "web") }},
		"repels one there":              {binpack.PodAntiAffinity, func(c *verifyCase) { repel(c.pods[1], "there") }},
		"repelled by one there":         {binpack.PodAntiAffinity, func(c *verifyCase) { repel(there(c), "b") }},
		"repelled by one that ended":    {"", func(c *verifyCase) { repel(there(c), "b"); there(c).Status.Phase = corev1.PodSucceeded }},
		"pods there that do not get on": {"", func(c *verifyCase) { repel(there(c), "there"); c.crowd() }},
	} {
		t.Run(name, func(t *testing.T) {
			c := existingCase()
			test.set(c)
			err := verify.Plan(context.Background(), c.problem, c.plan)
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			require.Contains(t, problemtest.Reasons(err), test.want, "%v", err)
		})
	}
}

// nominateTwice splits the nomination in two of the same node.
func (c *verifyCase) nominateTwice() {
	n := c.plan.Nominations[0]
	c.plan.Nominations = []binpack.Nomination{{Node: n.Node, Pods: n.Pods[:1]}, {Node: n.Node, Pods: n.Pods[1:]}}
}

// crowd puts another pod like the one there beside it, and room for it.
func (c *verifyCase) crowd() {
	n := &c.problem.Existing[0]
	n.Pods = append(n.Pods, n.Pods[0].DeepCopy())
	n.Node.Status.Allocatable = corev1.ResourceList{"cpu": resource.MustParse("3")}
}

// TestVerifyNamesExisting: a violation on an existing node names it, and a rule
// of a pod that is there by its place in the problem.
func TestVerifyNamesExisting(t *testing.T) {
	c := existingCase()
	repel(c.problem.Existing[0].Pods[0], "b")
	err := verify.Plan(context.Background(), c.problem, c.plan)
	require.EqualError(t, err, "old: PodAntiAffinity: pod default/b: "+
		"Existing[0].Pods[0].spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]: kubernetes.io/hostname=old")
	var v *verify.Violation
	require.ErrorAs(t, errors.Join(err), &v)
	require.Equal(t, "old", v.Node)
	require.Same(t, c.pods[1], v.Pod)
}

// TestVerifyBoundCountsExisting: five pods of 700m on nodes of two, and what
// existing nodes take of them for nothing.
func TestVerifyBoundCountsExisting(t *testing.T) {
	now := metav1.Now()
	for name, test := range map[string]struct {
		bound int64 // nodes to launch
		set   func(p *binpack.Problem, web *corev1.Pod)
	}{
		"none":                {3, func(*binpack.Problem, *corev1.Pod) {}},
		"room for two":        {2, func(p *binpack.Problem, _ *corev1.Pod) { addNode(p, "1400m") }},
		"room for one, twice": {2, func(p *binpack.Problem, _ *corev1.Pod) { addNode(p, "1399m"); addNode(p, "700m") }},
		"room for all":        {0, func(p *binpack.Problem, _ *corev1.Pod) { addNode(p, "4") }},
		"no room":             {3, func(p *binpack.Problem, _ *corev1.Pod) { addNode(p, "699m") }},
		"room taken":          {2, func(p *binpack.Problem, _ *corev1.Pod) { addNode(p, "3", podOf("there", "1600m")) }},
		"over-full":           {3, func(p *binpack.Problem, _ *corev1.Pod) { addNode(p, "1", podOf("there", "2")) }},
		"cordoned":            {3, func(p *binpack.Problem, _ *corev1.Pod) { addNode(p, "4").Spec.Unschedulable = true }},
		"being deleted":       {3, func(p *binpack.Problem, _ *corev1.Pod) { addNode(p, "4").DeletionTimestamp = &now }},
		"one pod to a node":   {4, func(p *binpack.Problem, web *corev1.Pod) { addNode(p, "4"); repel(web, "web") }},
		"its like is there": {5, func(p *binpack.Problem, web *corev1.Pod) {
			repel(web, "web")
			addNode(p, "4", web.DeepCopy())
		}},
		"repelled there": {3, func(p *binpack.Problem, _ *corev1.Pod) {
			there := podOf("there", "1")
			repel(there, "web")
			addNode(p, "4", there)
		}},
		"repels those there": {3, func(p *binpack.Problem, web *corev1.Pod) {
			there := podOf("there", "1")
			there.Labels = map[string]string{"app": "there"}
			repel(web, "there")
			addNode(p, "4", there)
		}},
		"two to a node, and one is there": {2, func(p *binpack.Problem, web *corev1.Pod) {
			spreadByNode(web, 2, "web")
			addNode(p, "5", web.DeepCopy())
			addNode(p, "6", web.DeepCopy())
		}},
		"a port that is taken there": {5, func(p *binpack.Problem, web *corev1.Pod) {
			onPort(web, "", 80)
			addNode(p, "4", web.DeepCopy())
		}},
		"repelled in the zone": {3, func(p *binpack.Problem, _ *corev1.Pod) {
			there := podOf("there", "1")
			*repelTerm(there, "web") = corev1.LabelTopologyZone
			addNode(p, "4", there).Labels = map[string]string{corev1.LabelTopologyZone: "zone-b"}
		}},
		"without a key that it needs": {3, func(p *binpack.Problem, web *corev1.Pod) {
			spreads("rack", 5)("web")(web)
			addNode(p, "4")
			p.Pools[0].Labels = map[string]string{"rack": "1"}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			p, plan := oneKind()
			web := p.Workloads[0].Pod
			web.Labels = map[string]string{"app": "web"}
			test.set(&p, web)
			plan.Cost, plan.Status = 1_000, binpack.WorkLimit
			for nodes := int64(0); nodes <= 6; nodes++ {
				plan.LowerBound = catalog.Price(96 * nodes)
				err := verify.Bound(context.Background(), p, plan)
				if nodes <= test.bound {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, verify.ErrNotProven)
				}
			}
		})
	}
}

// addNode adds an existing node with so much CPU and the pods on it.
func addNode(p *binpack.Problem, cpu string, pods ...*corev1.Pod) *corev1.Node {
	node := &corev1.Node{Status: corev1.NodeStatus{Allocatable: corev1.ResourceList{"cpu": resource.MustParse(cpu)}}}
	node.Name = "old-" + cpu
	p.Existing = append(p.Existing, binpack.ExistingNode{Node: node, Pods: pods})
	return node
}

// repelTerm adds a term by node and returns where its key is.
func repelTerm(pod *corev1.Pod, names ...string) *string { return &repel(pod, names...).TopologyKey }
