package verify_test

import (
	"context"
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

// TestVerifyHoldsRules sets rules about daemons, quotas and the pods of one
// node beside the plan of newVerifyCase: a and one web on the first node, b and
// two web on the second.
func TestVerifyHoldsRules(t *testing.T) {
	for name, test := range map[string]struct {
		want binpack.Reason // "": nothing is wrong
		set  func(*verifyCase)
	}{
		"daemon that fits":           {"", func(c *verifyCase) { c.roomForDaemons(); c.daemon("50m") }},
		"daemon too large beside":    {binpack.InsufficientResources, func(c *verifyCase) { c.roomForDaemons(); c.daemon("51m") }},
		"daemon too large":           {verify.IllegalLaunch, func(c *verifyCase) { c.daemon("2") }},
		"daemon counts as a pod":     {binpack.InsufficientResources, func(c *verifyCase) { c.daemon("0") }},
		"daemon elsewhere":           {"", func(c *verifyCase) { c.daemon("2").Spec.NodeSelector = map[string]string{"gpu": "yes"} }},
		"daemon that does not stand": {"", func(c *verifyCase) { c.daemon("2").Spec.Tolerations = nil }},
		"daemon for started nodes": {verify.IllegalLaunch, func(c *verifyCase) {
			c.problem.Pools[0].StartupTaints = []corev1.Taint{{Key: "starting", Effect: corev1.TaintEffectNoSchedule}}
			c.daemon("2")
		}},
		"daemon's port": {binpack.HostPort, func(c *verifyCase) {
			c.roomForDaemons()
			onPort(c.daemon("10m"), "", 80)
			onPort(c.pods[1], "10.0.0.1", 80)
		}},
		"daemon's other port": {"", func(c *verifyCase) {
			c.roomForDaemons()
			onPort(c.daemon("10m"), "", 81)
			onPort(c.pods[1], "10.0.0.1", 80)
		}},
		"daemons on one port": {verify.IllegalLaunch, func(c *verifyCase) {
			c.roomForDaemons()
			onPort(c.daemon("1m"), "", 80)
			onPort(c.daemon("1m"), "", 80)
		}},
		"daemon that repels": {binpack.PodAntiAffinity, func(c *verifyCase) {
			c.roomForDaemons()
			repel(c.daemon("10m"), "web")
		}},
		"daemon with a spread of its own": {"", func(c *verifyCase) {
			c.roomForDaemons()
			spreadByNode(c.daemon("10m"), 1, "web")
		}},

		"quota kept":             {"", func(c *verifyCase) { c.quota("cpu", "4"); c.quota("nodes", "2"); c.quota("pods", "6") }},
		"quota of nodes":         {binpack.QuotaReached, func(c *verifyCase) { c.quota("nodes", "1") }},
		"quota of capacity":      {binpack.QuotaReached, func(c *verifyCase) { c.quota("cpu", "3999m") }},
		"quota of what none has": {"", func(c *verifyCase) { c.quota("nvidia.com/gpu", "0") }},
		"quota of another zone": {"", func(c *verifyCase) {
			c.quota("nodes", "0").Requirements = problemtest.In(corev1.LabelTopologyZone, "zone-b")
		}},
		"quota of this zone": {binpack.QuotaReached, func(c *verifyCase) {
			c.quota("nodes", "0").Requirements = problemtest.In(corev1.LabelFailureDomainBetaZone, "zone-a")
		}},
		"quota by a pool's label": {"", func(c *verifyCase) {
			c.problem.Pools[0].Labels = map[string]string{"team": "x"}
			c.quota("nodes", "0").Requirements = problemtest.In("team", "x")
		}},
		"quota over all pools": {binpack.QuotaReached, func(c *verifyCase) {
			c.problem.Pools = append(c.problem.Pools, c.problem.Pools[0])
			c.problem.Pools[1].Name, c.plan.Launches[1].Pool = "second", "second"
			c.quota("nodes", "1")
		}},

		"one port, two nodes":  {"", func(c *verifyCase) { onPort(c.pods[0], "", 80); onPort(c.pods[1], "", 80) }},
		"port of two replicas": {binpack.HostPort, func(c *verifyCase) { onPort(c.template, "", 80) }},
		"port of two pods":     {binpack.HostPort, func(c *verifyCase) { c.atMostOneEach(); onPort(c.template, "10.0.0.1", 80); onPort(c.pods[0], "", 80) }},
		"port of two addresses": {"", func(c *verifyCase) {
			c.atMostOneEach()
			onPort(c.template, "10.0.0.1", 80)
			onPort(c.pods[0], "10.0.0.2", 80)
		}},

		"spread kept":                       {"", func(c *verifyCase) { spreadByNode(c.template, 2, "web") }},
		"spread broken":                     {binpack.TopologySpread, func(c *verifyCase) { spreadByNode(c.template, 1, "web") }},
		"spread counts others":              {binpack.TopologySpread, func(c *verifyCase) { spreadByNode(c.template, 2, "web", "b") }},
		"spread of a single":                {binpack.TopologySpread, func(c *verifyCase) { spreadByNode(c.pods[1], 1, "web") }},
		"spread in its namespace":           {"", func(c *verifyCase) { c.pods[1].Namespace = "other"; spreadByNode(c.pods[1], 1, "web") }},
		"spread of a pod that is not there": {"", func(c *verifyCase) { spreadByNode(c.pods[0], 1, "web") }},

		"anti-affinity kept":                 {"", func(c *verifyCase) { repel(c.pods[0], "b") }},
		"anti-affinity broken":               {binpack.PodAntiAffinity, func(c *verifyCase) { repel(c.pods[0], "web") }},
		"anti-affinity to itself":            {binpack.PodAntiAffinity, func(c *verifyCase) { repel(c.template, "web") }},
		"anti-affinity to one's kind, alone": {"", func(c *verifyCase) { repel(c.pods[0], "a") }},
		"anti-affinity across namespaces": {binpack.PodAntiAffinity, func(c *verifyCase) {
			c.template.Namespace = "blue"
			c.problem.Namespaces = []*corev1.Namespace{{ObjectMeta: metav1.ObjectMeta{Name: "blue", Labels: map[string]string{"team": "x"}}}}
			repel(c.pods[0], "web").NamespaceSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"team": "x"}}
		}},
		"anti-affinity in other namespaces": {"", func(c *verifyCase) { c.template.Namespace = "blue"; repel(c.pods[0], "web") }},
	} {
		t.Run(name, func(t *testing.T) {
			c := newVerifyCase()
			for _, pod := range append(c.pods, c.template) {
				pod.Labels = map[string]string{"app": pod.Name}
			}
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

func TestVerifySaysWhichPodsAreTooMany(t *testing.T) {
	c := newVerifyCase()
	c.template.Labels = map[string]string{"app": "web"}
	repel(c.template, "web")
	require.EqualError(t, verify.Plan(context.Background(), c.problem, c.plan), "Launches[1]: PodAntiAffinity: pod default/web: "+
		"spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]: app in (web): 2, most is 1")
}

// roomForDaemons leaves 50 millicores and a pod for daemons on each node.
func (c *verifyCase) roomForDaemons() {
	c.problem.Catalog[0].Capacity["pods"] = resource.MustParse("5")
	c.problem.Catalog[0].Overhead["cpu"] = resource.MustParse("50m")
}

func (c *verifyCase) daemon(cpu string) *corev1.Pod {
	pod := podOf("daemon", cpu)
	c.problem.DaemonPods = append(c.problem.DaemonPods, pod)
	return pod
}

func (c *verifyCase) quota(name corev1.ResourceName, left string) *binpack.Quota {
	c.problem.Quotas = append(c.problem.Quotas, binpack.Quota{Name: string(name), Left: corev1.ResourceList{name: resource.MustParse(left)}})
	return &c.problem.Quotas[len(c.problem.Quotas)-1]
}

// atMostOneEach leaves the second node but one replica.
func (c *verifyCase) atMostOneEach() {
	c.problem.Workloads[0].Replicas = 2
	c.plan.Launches[1].Pods[1].Count = 1
}

func onPort(pod *corev1.Pod, ip string, number int32) {
	main := &pod.Spec.Containers[0]
	main.Ports = append(main.Ports, corev1.ContainerPort{ContainerPort: number, HostPort: number, HostIP: ip})
}

func spreadByNode(pod *corev1.Pod, skew int32, names ...string) {
	pod.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{
		MaxSkew: skew, TopologyKey: corev1.LabelHostname, WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: problemtest.Apps(names...),
	}}
}

func repel(pod *corev1.Pod, names ...string) *corev1.PodAffinityTerm {
	terms := []corev1.PodAffinityTerm{{TopologyKey: corev1.LabelHostname, LabelSelector: problemtest.Apps(names...)}}
	pod.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: terms}}
	return &terms[0]
}

// TestVerifyBoundKnowsRules: five pods of 700m need three nodes of two each,
// and by their rules five, or else as many as there are.
func TestVerifyBoundKnowsRules(t *testing.T) {
	for name, test := range map[string]struct {
		bound int64
		set   func(*binpack.Problem, *corev1.Pod)
	}{
		"no rule":            {3, func(*binpack.Problem, *corev1.Pod) {}},
		"host port":          {5, func(_ *binpack.Problem, web *corev1.Pod) { onPort(web, "", 80) }},
		"spread by one":      {5, func(_ *binpack.Problem, web *corev1.Pod) { spreadByNode(web, 1, "web") }},
		"spread by two":      {3, func(_ *binpack.Problem, web *corev1.Pod) { spreadByNode(web, 2, "web") }},
		"spread of others":   {3, func(_ *binpack.Problem, web *corev1.Pod) { spreadByNode(web, 1, "db") }},
		"anti-affinity":      {5, func(_ *binpack.Problem, web *corev1.Pod) { repel(web, "web") }},
		"repels others":      {3, func(_ *binpack.Problem, web *corev1.Pod) { repel(web, "db") }},
		"daemon takes room":  {5, func(p *binpack.Problem, _ *corev1.Pod) { p.DaemonPods = []*corev1.Pod{podOf("agent", "600m")} }},
		"daemon leaves room": {3, func(p *binpack.Problem, _ *corev1.Pod) { p.DaemonPods = []*corev1.Pod{podOf("agent", "550m")} }},
		"quota to spare": {3, func(p *binpack.Problem, _ *corev1.Pod) {
			p.Quotas = []binpack.Quota{{Name: "vcpus", Left: corev1.ResourceList{"cpu": resource.MustParse("6")}}}
		}},
		"kinds that differ in what binds nothing": {5, func(p *binpack.Problem, web *corev1.Pod) {
			spreadByNode(web, 1, "web")
			p.Workloads[0].Replicas = 3
			twin := web.DeepCopy()
			twin.Spec.NodeSelector = map[string]string{corev1.LabelTopologyZone: "zone-a"}
			p.Workloads = append(p.Workloads, binpack.Workload{Pod: twin, Replicas: 2})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			p, plan := oneKind()
			web := p.Workloads[0].Pod
			web.Labels = map[string]string{"app": "web"}
			p.Catalog[0].Capacity["cpu"] = resource.MustParse("2")
			test.set(&p, web)
			plan.Certificate.Cuts[0].Workloads = []int64{1, 1}[:len(p.Workloads)]
			plan.Cost = 1_000
			plan.Status = binpack.WorkLimit
			for nodes := int64(1); nodes <= 6; nodes++ {
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
