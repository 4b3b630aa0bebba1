package solver_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/verify"
)

// A reasonCase is a problem in which pods are left, and why.
type reasonCase struct {
	pods   []binpack.Workload
	change func(*binpack.Problem) // of small
	want   []string               // how many of each, and the reason of each pool
}

// explained solves and compares what is left and why. Plan and bound are verified,
// and each change that a reason tells of leaves fewer pods.
func explained(t *testing.T, c reasonCase) {
	t.Helper()
	p := problemtest.Small()
	p.Workloads = c.pods
	if c.change != nil {
		c.change(&p)
	}
	problemtest.OwnKeys(&p)
	plan, err := quick.Solve(context.Background(), p)
	require.NoError(t, err)
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	require.NoError(t, verify.Bound(context.Background(), p, plan))
	var got []string
	for _, u := range plan.Unschedulable {
		require.Len(t, u.Reasons, max(len(p.Pools), 1))
		for _, r := range u.Reasons {
			got = append(got, fmt.Sprintf("%d %s, %s", u.Count, u.Pod.Name, r))
		}
	}
	require.Equal(t, c.want, got)
	for _, u := range plan.Unschedulable {
		for _, r := range u.Reasons {
			if r.Detail.Change == nil {
				continue
			}
			p := changed(t, p, u.Pod, *r.Detail.Change)
			after, err := quick.Solve(context.Background(), p)
			require.NoError(t, err)
			require.NoError(t, verify.Plan(context.Background(), p, after))
			require.Less(t, problemtest.LeftOf(after), problemtest.LeftOf(plan), "with %v", *r.Detail.Change)
		}
	}
}

func one(app string, rules ...podRule) []binpack.Workload {
	return []binpack.Workload{deployment(1, app, rules...)}
}

// asking is requests of any resources.
func asking(requests ...string) podRule {
	return func(p *corev1.Pod) { p.Spec.Containers[0].Resources.Requests = problemtest.List(requests...) }
}

// pools changes the one pool of small.
func onPool(rules ...func(*binpack.Pool)) func(*binpack.Problem) {
	return func(p *binpack.Problem) {
		for _, rule := range rules {
			rule(&p.Pools[0])
		}
	}
}

// sold sells every type of small in these zones, at the same price.
func sold(zones ...string) func(*binpack.Problem) {
	return func(p *binpack.Problem) {
		for _, t := range p.Catalog {
			first := t.Offerings[0]
			t.Offerings = nil
			for _, zone := range zones {
				first.Zone = zone
				t.Offerings = append(t.Offerings, first)
			}
		}
	}
}

func both(changes ...func(*binpack.Problem)) func(*binpack.Problem) {
	return func(p *binpack.Problem) {
		for _, change := range changes {
			change(p)
		}
	}
}

var team = corev1.Taint{Key: "team", Value: "a", Effect: corev1.TaintEffectNoSchedule}

// TestReasonsOfNodes: what a pod asks of its node, and no node has.
func TestReasonsOfNodes(t *testing.T) {
	daemon := func(rules ...podRule) func(*binpack.Problem) {
		return func(p *binpack.Problem) { p.DaemonPods = []*corev1.Pod{deployment(1, "daemon", rules...).Pod} }
	}
	port := func(p *corev1.Pod) { claims(80)(&p.Spec) }
	for name, c := range map[string]reasonCase{
		"too large": {one("web", asking("memory", "18Gi")), nil, []string{
			"1 web, default: InsufficientResources (asks for 18Gi of memory, the most on a new node is 8Gi (large in a))",
		}},
		"too large for what the pool allows": {one("web", cpu("3")), onPool(allowing(keyType, "small")), []string{
			"1 web, default: InsufficientResources (asks for 3 of cpu, the most on a new node is 2 (small in a); fits large in a with Pools[0].requirements[0].values[1]: large)",
		}},
		"too large for the nodes that match": {one("web", cpu("3"), requiring(keyType, "small")), nil, []string{
			"1 web, default: InsufficientResources (asks for 3 of cpu, the most on a new node is 2 (small in a); fits large in a with spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values[1]: large)",
		}},
		"too large together": {one("web", asking("cpu", "3", "memory", "15Gi")), func(p *binpack.Problem) {
			p.Catalog[0].Capacity = problemtest.List("cpu", "2", "memory", "16Gi", "pods", "10")
		}, []string{
			"1 web, default: InsufficientResources (asks for 3 of cpu, the most on a new node is 2 (small in a))",
		}},
		"too large in several containers": {one("web", cpu("3"), func(p *corev1.Pod) {
			p.Spec.Containers = append(p.Spec.Containers, *p.Spec.Containers[0].DeepCopy())
		}), nil, []string{
			"1 web, default: InsufficientResources (asks for 6 of cpu, the most on a new node is 4 (large in a); fits large in a with spec.containers[0].resources.requests[cpu]: 1)",
		}},
		"too large to begin": {one("web", func(p *corev1.Pod) {
			p.Spec.InitContainers = []corev1.Container{{Resources: corev1.ResourceRequirements{Limits: problemtest.List("cpu", "5")}}}
		}), nil, []string{
			"1 web, default: InsufficientResources (asks for 5 of cpu, the most on a new node is 4 (large in a))",
		}},
		"no such resource": {one("web", asking("nvidia.com/gpu", "1")), nil, []string{
			"1 web, default: InsufficientResources (asks for 1 of nvidia.com/gpu, the most on a new node is 0 (large in a))",
		}},
		"a label that is not known": {one("web", selecting("type", "karpenter")), nil, []string{
			"1 web, default: NodeAffinity (spec.nodeSelector: type=karpenter, but no new node is known to have the label type; fits small in a with Pools[0].labels[type]: karpenter)",
		}},
		"a label that is not known, required": {one("web", requiring("type", "karpenter"), requiring("size", "l")), nil, []string{
			"1 web, default: NodeAffinity (spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution: type=karpenter and size=l, but no new node is known to have the label type; fits large in a with Pools[0].labels[type]: karpenter)",
		}},
		"a name that is not known": {one("web", selecting(keyNode, "node-7")), nil, []string{
			"1 web, default: NodeAffinity (spec.nodeSelector: kubernetes.io/hostname=node-7, but no new node is known to have the label kubernetes.io/hostname)",
		}},
		"no such value": {one("web", selecting(keyZone, "z")), sold("a", "b"), []string{
			"1 web, default: NodeAffinity (spec.nodeSelector: topology.kubernetes.io/zone=z, but the pool has topology.kubernetes.io/zone in [a b]; fits small in a with spec.nodeSelector[topology.kubernetes.io/zone]: a)",
		}},
		"a zone that the pool excludes": {one("web", selecting(keyZone, "b")), both(sold("a", "b"), onPool(allowing(keyZone, "a"))), []string{
			"1 web, default: NodeAffinity (spec.nodeSelector: topology.kubernetes.io/zone=b, but the pool has topology.kubernetes.io/zone=a; fits small in b with Pools[0].requirements[0].values[1]: b)",
		}},
		"a type of another label": {one("web", selecting("size", "l"), cpu("1")), onPool(bearing("size", "s")), []string{
			"1 web, default: NodeAffinity (spec.nodeSelector: size=l, but the pool has size=s; fits large in a with Pools[0].labels[size]: l)",
		}},
		"values that do not go together": {one("web", selecting("size", "l"), requiring(keyType, "small")), nil, []string{
			"1 web, default: NodeAffinity (spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution: node.kubernetes.io/instance-type=small; fits small in a without spec.nodeSelector[size])",
		}},
		"two values too many": {one("web", requiring("size", "m", "n"), requiring(keyZone, "z")), nil, []string{
			"1 web, default: NodeAffinity (spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution: size in [m n] and topology.kubernetes.io/zone=z, but the pool has size=l and the pool has topology.kubernetes.io/zone=a)",
		}},
		"less than any": {one("web", func(p *corev1.Pod) { problemtest.Affinity(problemtest.Requirement("cores", "Lt", "4"))(&p.Spec) }), func(p *binpack.Problem) {
			p.Catalog[0].Labels, p.Catalog[1].Labels = labelsOf("cores", "6"), labelsOf("cores", "8")
		}, []string{
			"1 web, default: NodeAffinity (spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution: cores < 4, but the pool has cores in [6 8]; fits small in a with spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values[0]: 7)",
		}},
		"not a field": {one("web", func(p *corev1.Pod) {
			requiring("size", "l")(p)
			p.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms[0].MatchFields = []corev1.NodeSelectorRequirement{problemtest.Requirement("metadata.name", "In", "n")}
		}), nil, []string{
			"1 web, default: NodeAffinity (spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution: size=l and metadata.name=n)",
		}},
		"a taint": {one("web"), onPool(tainted(team)), []string{
			"1 web, default: UntoleratedTaint (spec.tolerations: team=a:NoSchedule; fits small in a with spec.tolerations[0]: team=a:NoSchedule)",
		}},
		"two taints": {one("web"), onPool(tainted(team, corev1.Taint{Key: "gpu", Effect: corev1.TaintEffectNoExecute})), []string{
			"1 web, default: UntoleratedTaint (spec.tolerations: team=a:NoSchedule and gpu:NoExecute)",
		}},
		"a taint, and too large": {one("web", cpu("9")), onPool(tainted(team)), []string{
			"1 web, default: UntoleratedTaint (spec.tolerations: team=a:NoSchedule)",
		}},
		"daemons take room": {one("web", cpu("4")), daemon(cpu("100m")), []string{
			"1 web, default: InsufficientResources (asks for 4 of cpu, the most on a new node is 3900m (large in a): daemon default/daemon takes 100m there)",
		}},
		"daemons fill every node": {one("web"), daemon(cpu("5")), []string{
			"1 web, default: InsufficientResources (DaemonPods[0]: daemon default/daemon asks for 5 of cpu, there is 4 (large in a))",
		}},
		"a daemon's port": {one("web", port), daemon(port), []string{
			"1 web, default: HostPort (spec.containers[0].ports[0].hostPort: 80/TCP, which DaemonPods[0] claims on each node; fits small in a without spec.containers[0].ports[0].hostPort)",
		}},
		"a daemon's port, on the host's network": {one("web", port, func(p *corev1.Pod) { p.Spec.HostNetwork = true }), daemon(port), []string{
			"1 web, default: HostPort (spec.containers[0].ports[0].hostPort: 80/TCP, which DaemonPods[0] claims on each node)",
		}},
		"gated": {one("web", gated), nil, []string{
			"1 web, default: SchedulingGated (spec.schedulingGates: example.com/wait)",
		}},
		"bound": {one("web", func(p *corev1.Pod) { p.Spec.NodeName = "n" }), nil, []string{
			"1 web, default: NotPending (spec.nodeName)",
		}},
		"a device claim": {one("web", func(p *corev1.Pod) { p.Spec.ResourceClaims = []corev1.PodResourceClaim{{Name: "gpu"}} }), nil, []string{
			"1 web, default: Unsupported (spec.resourceClaims[0])",
		}},
		"a value of an open key": {one("web", selecting("team", "c")), onPool(allowing("team", "a", "b")), []string{
			"1 web, default: NodeAffinity (spec.nodeSelector: team=c, but the pool has team in [a b]; fits small in a with spec.nodeSelector[team]: a)",
		}},
		"not one of two values": {one("web", func(p *corev1.Pod) {
			problemtest.Affinity(problemtest.Requirement(keyType, "NotIn", "small", "large"))(&p.Spec)
		}), nil, []string{
			"1 web, default: NodeAffinity (spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution: node.kubernetes.io/instance-type not in [small large], but the pool has node.kubernetes.io/instance-type in [large small]; fits small in a without spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values[0])",
		}},
		"more than any": {one("web", func(p *corev1.Pod) { problemtest.Affinity(problemtest.Requirement("cores", "Gt", "16"))(&p.Spec) }), func(p *binpack.Problem) {
			p.Catalog[0].Labels, p.Catalog[1].Labels = labelsOf("cores", "6"), labelsOf("cores", "8")
		}, []string{
			"1 web, default: NodeAffinity (spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution: cores > 16, but the pool has cores in [6 8]; fits small in a with spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values[0]: 5)",
		}},
		"a label that is there": {one("web", func(p *corev1.Pod) {
			problemtest.Affinity(problemtest.Requirement(keyType, "In", "small", "large"), problemtest.Requirement(keyZone, "DoesNotExist"))(&p.Spec)
		}), nil, []string{
			"1 web, default: NodeAffinity (spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution: node.kubernetes.io/instance-type in [small large] and no topology.kubernetes.io/zone; fits small in a without spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[1])",
		}},
		"one term of two": {one("web", func(p *corev1.Pod) {
			problemtest.Affinity(problemtest.Requirement(keyZone, "In", "z"), problemtest.Requirement("size", "In", "m"))(&p.Spec)
			terms := &p.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
			*terms = append(*terms, corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{problemtest.Requirement("size", "In", "n")}})
		}), nil, []string{
			"1 web, default: NodeAffinity (spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution: topology.kubernetes.io/zone=z and size=m, or size=n, but the pool has size=l)",
		}},
		"no pools": {one("web", selecting("type", "karpenter")), func(p *binpack.Problem) { p.Pools = nil }, []string{
			"1 web, NodeAffinity (spec.nodeSelector: type=karpenter, but no new node is known to have the label type; fits small in a without spec.nodeSelector[type])",
		}},
		"two pools": {one("web", cpu("3"), selecting("team", "a")), func(p *binpack.Problem) {
			p.Pools = []binpack.Pool{poolOf("a", bearing("team", "a"), allowing(keyType, "small")), poolOf("b", bearing("team", "b"), tainted(team))}
		}, []string{
			"1 web, a: InsufficientResources (asks for 3 of cpu, the most on a new node is 2 (small in a); fits large in a with Pools[0].requirements[0].values[1]: large)",
			"1 web, b: UntoleratedTaint (spec.tolerations: team=a:NoSchedule)",
		}},
	} {
		t.Run(name, func(t *testing.T) { explained(t, c) })
	}
}

// TestReasonsOfSupply: what a pool may launch, and how often.
func TestReasonsOfSupply(t *testing.T) {
	excluding := func(r corev1.NodeSelectorRequirement) func(*binpack.Problem) {
		return onPool(func(p *binpack.Pool) { p.Requirements = append(p.Requirements, r) })
	}
	cores := func(p *binpack.Problem) {
		p.Catalog[0].Labels, p.Catalog[1].Labels = labelsOf("cores", "2"), labelsOf("cores", "4")
	}
	quota := func(left ...string) func(*binpack.Problem) {
		return func(p *binpack.Problem) { p.Quotas = []binpack.Quota{{Name: "q", Left: problemtest.List(left...)}} }
	}
	for name, c := range map[string]reasonCase{
		"requirements": {one("web"), onPool(allowing("size", "xxl")), []string{
			"1 web, default: NoAvailableOffering (Pools[0].requirements[0]: size=xxl, but its catalog has l; fits small in a without Pools[0].requirements[0])",
		}},
		"not in": {one("web", cpu("3")), excluding(problemtest.Requirement(keyType, "NotIn", "huge", "large")), []string{
			"1 web, default: InsufficientResources (asks for 3 of cpu, the most on a new node is 2 (small in a); fits large in a without Pools[0].requirements[0].values[1])",
		}},
		"exists": {one("web", cpu("1")), func(p *binpack.Problem) {
			p.Pools = []binpack.Pool{poolOf("default", allowing("team", "a"), func(p *binpack.Pool) {
				p.Requirements = append(p.Requirements, problemtest.Requirement("team", "NotIn", "a"))
			})}
		}, []string{
			"1 web, default: NoAvailableOffering (the pool's requirements and labels leave nothing of its catalog: together no offering meets team=a and team not in [a])",
		}},
		"none": {one("web", cpu("3")), excluding(problemtest.Requirement("size", "DoesNotExist")), []string{
			"1 web, default: InsufficientResources (asks for 3 of cpu, the most on a new node is 2 (small in a); fits large in a without Pools[0].requirements[0])",
		}},
		"greater than": {one("web", cpu("1")), both(cores, excluding(problemtest.Requirement("cores", "Gt", "6"))), []string{
			"1 web, default: NoAvailableOffering (Pools[0].requirements[0]: cores > 6, but its catalog has 2, 4; fits small in a with Pools[0].requirements[0].values[0]: 1)",
		}},
		"less than": {one("web", cpu("1")), both(cores, excluding(problemtest.Requirement("cores", "Lt", "2"))), []string{
			"1 web, default: NoAvailableOffering (Pools[0].requirements[0]: cores < 2, but its catalog has 2, 4; fits small in a with Pools[0].requirements[0].values[0]: 3)",
		}},
		"what is left over has no room in the limit": {one("web", cpu("3")), both(onPool(limited("cpu", "3")), excluding(problemtest.Requirement(keyType, "In", "small"))), []string{
			"1 web, default: InsufficientResources (asks for 3 of cpu, the most on a new node is 2 (small in a))",
		}},
		"the quota is for others": {one("web", cpu("3")), both(quota("cpu", "3"), excluding(problemtest.Requirement(keyType, "In", "small"))), []string{
			"1 web, default: InsufficientResources (asks for 3 of cpu, the most on a new node is 2 (small in a))",
		}},
		"two requirements": {one("web"), onPool(allowing("size", "xxl"), allowing(keyZone, "z")), []string{
			"1 web, default: NoAvailableOffering (Pools[0].requirements[0]: size=xxl, but its catalog has l; topology.kubernetes.io/zone=z, but its catalog has a)",
		}},
		"empty catalog": {one("web"), func(p *binpack.Problem) { p.Catalog = nil }, []string{
			"1 web, default: NoAvailableOffering (there is nothing in its catalog)",
		}},
		"unavailable": {one("web"), func(p *binpack.Problem) { p.Availability = available(0) }, []string{
			"1 web, default: NoAvailableOffering (every offering that would hold it is unavailable)",
		}},
		"unavailable and too large": {one("web", cpu("5")), func(p *binpack.Problem) { p.Availability = available(0) }, []string{
			"1 web, default: InsufficientResources (asks for 5 of cpu, the most on a new node is 4 (large in a))",
		}},
		"unavailable, but for what the pool excludes": {one("web"), both(onPool(allowing(keyType, "small")), func(p *binpack.Problem) { p.Catalog[0].Offerings[0].Unavailable = true }), []string{
			"1 web, default: NoAvailableOffering (every offering that would hold it is unavailable; fits large in a with Pools[0].requirements[0].values[1]: large)",
		}},
		"all launches used": {[]binpack.Workload{deployment(3, "web", cpu("2"))}, func(p *binpack.Problem) {
			p.Catalog = p.Catalog[:1]
			p.Catalog[0].Offerings[0].Limit = 2
		}, []string{
			"1 web, default: NoAvailableOffering (small in a: all launches are used)",
		}},
		"pool limit": {one("web", cpu("1")), onPool(limited("cpu", "1500m")), []string{
			"1 web, default: PoolLimit (Pools[0].limits[cpu]: one more small in a takes 2, 1500m is left; fits small in a with Pools[0].limits[cpu]: 2)",
		}},
		"pool limit, used": {[]binpack.Workload{deployment(5, "web", cpu("1"))}, onPool(limited("nodes", "1")), []string{
			"1 web, default: PoolLimit (Pools[0].limits[nodes]: one more small in a takes 1, 0 is left; fits small in a with Pools[0].limits[nodes]: 2)",
		}},
		"pool limit, of two": {one("web", cpu("1")), onPool(func(p *binpack.Pool) { p.Limits = problemtest.List("cpu", "1", "memory", "1Gi") }), []string{
			"1 web, default: PoolLimit (Pools[0].limits[cpu]: one more small in a takes 2, 1 is left)",
		}},
		"quota": {one("web", cpu("1")), quota("cpu", "1"), []string{
			"1 web, default: QuotaReached (Quotas[0].left[cpu]: one more small in a takes 2, 1 is left; fits small in a with Quotas[0].left[cpu]: 2)",
		}},
		"quota and limit": {one("web", cpu("1")), both(quota("cpu", "1"), onPool(limited("cpu", "1"))), []string{
			"1 web, default: PoolLimit (Pools[0].limits[cpu]: one more small in a takes 2, 1 is left)",
		}},
		"too few values": {one("web", cpu("3")), onPool(func(p *binpack.Pool) { p.MinValues = map[string]int{keyType: 2} }), []string{
			"1 web, default: MinValues (Pools[0].minValues[node.kubernetes.io/instance-type]: 1 to choose from, least is 2: large; fits large in a with Pools[0].minValues[node.kubernetes.io/instance-type]: 1)",
		}},
		"too few values of all": {one("web", cpu("1")), onPool(func(p *binpack.Pool) { p.MinValues = map[string]int{keyType: 3} }), []string{
			"1 web, default: MinValues (Pools[0].minValues[node.kubernetes.io/instance-type]: 2 to choose from, least is 3: large, small; fits small in a with Pools[0].minValues[node.kubernetes.io/instance-type]: 2)",
		}},
		"higher weight": {[]binpack.Workload{deployment(2, "web", apart("web", keyZone))}, both(sold("a", "b"), func(p *binpack.Problem) {
			p.Pools = []binpack.Pool{poolOf("first", allowing(keyZone, "a"), func(p *binpack.Pool) { p.Weight = 9 }), poolOf("second")}
		}), []string{
			"1 web, first: PodAntiAffinity (spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]: no app=web in its topology.kubernetes.io/zone; a has 1, b has 0 (NoAvailableOffering); fits small in a without spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0])",
			"1 web, second: PoolWeight (Pools[1].weight: pool first, of weight 9, could still launch for it; fits small in b with Pools[1].weight: 9)",
		}},
		"lower weight is no reason": {one("web", cpu("5")), func(p *binpack.Problem) {
			p.Pools = []binpack.Pool{poolOf("first", func(p *binpack.Pool) { p.Weight = 9 }), poolOf("second", limited("cpu", "1"))}
		}, []string{
			"1 web, first: InsufficientResources (asks for 5 of cpu, the most on a new node is 4 (large in a))",
			"1 web, second: InsufficientResources (asks for 5 of cpu, the most on a new node is 4 (large in a))",
		}},
	} {
		t.Run(name, func(t *testing.T) { explained(t, c) })
	}
}

// TestReasonsAreData: what the sentences say is there as fields.
func TestReasonsAreData(t *testing.T) {
	detail := func(c reasonCase) binpack.Detail {
		p := problemtest.Small()
		p.Workloads = c.pods
		c.change(&p)
		plan, err := quick.Solve(context.Background(), p)
		require.NoError(t, err)
		return plan.Unschedulable[0].Reasons[0].Detail
	}
	d := detail(reasonCase{pods: one("web", cpu("3")), change: onPool(allowing(keyType, "small"))})
	require.Equal(t, "cpu", d.Resource)
	require.Equal(t, "3", d.Asked.String())
	require.Equal(t, "2", d.Best.String())
	require.Equal(t, "small in a", d.Offering)
	require.Equal(t, &binpack.Change{Path: "Pools[0].requirements[0].values[1]", Value: "large", Offering: "large in a"}, d.Change)

	d = detail(reasonCase{pods: []binpack.Workload{deployment(4, "web", spread(keyZone, 1))}, change: both(sold("a"), inZone("b"))})
	require.Equal(t, "spec.topologySpreadConstraints[0]", d.Path)
	require.Equal(t, []binpack.Domain{{Value: "a", Pods: 2}, {Value: "b", Pods: 1, Other: binpack.NoAvailableOffering}}, d.Domains)

	zones := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}
	d = detail(reasonCase{pods: []binpack.Workload{deployment(11, "web", apart("web", keyZone))}, change: sold(zones...)})
	require.Len(t, d.Domains, 10)
	require.Contains(t, d.String(), "g has 1, h has 1, and 2 more")
}
