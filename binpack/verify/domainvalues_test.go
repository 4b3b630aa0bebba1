package verify_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// twoZones is ten pods, one to a node, which costs 1 in zone a and 3 in zone b; and a
// certificate by which a pod is worth what a node costs.
func twoZones(rule func(*corev1.Pod)) (binpack.Problem, binpack.Plan) {
	t := problemtest.InstanceType("m", "1", problemtest.List("cpu", "1", "pods", "1"))
	t.Offerings = []catalog.Offering{
		{Zone: "a", CapacityType: catalog.OnDemand, Price: 1 * catalog.USD},
		{Zone: "b", CapacityType: catalog.OnDemand, Price: 3 * catalog.USD},
	}
	pod := problemtest.Pod(problemtest.List("cpu", "1"))
	pod.Labels = map[string]string{"app": "web"}
	rule(pod)
	values := binpack.DomainValues{Workloads: []int{0}, Key: corev1.LabelTopologyZone, Values: map[string]int64{"a": 1, "b": 3}}
	return binpack.Problem{Catalog: catalog.Catalog{t}, Workloads: []binpack.Workload{{Pod: pod, Replicas: 10}}},
		binpack.Plan{Certificate: certificateOf(binpack.Cut{Workloads: []int64{2}, Domains: []binpack.DomainValues{values}})}
}

func spreadOverZones(pod *corev1.Pod) {
	pod.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{
		MaxSkew: 2, TopologyKey: corev1.LabelTopologyZone, WhenUnsatisfiable: corev1.DoNotSchedule,
		LabelSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}},
	}}
}

// TestBoundByDomain: what values that differ by domain prove, which is what the pods cost
// where the rule has them.
func TestBoundByDomain(t *testing.T) {
	for name, tt := range map[string]struct {
		rule   func(*corev1.Pod)
		change func(*binpack.Problem)
		proven catalog.Price // USD
	}{
		"spread":  {spreadOverZones, func(*binpack.Problem) {}, 6*1 + 4*3},
		"no rule": {func(*corev1.Pod) {}, func(*binpack.Problem) {}, 10},
		"two that look alike: two pods, which the looser one allows in one zone": {func(pod *corev1.Pod) {
			spreadOverZones(pod)
			tight := pod.Spec.TopologySpreadConstraints[0]
			tight.MaxSkew, tight.TopologyKey = 1, corev1.LabelFailureDomainBetaZone
			pod.Spec.TopologySpreadConstraints = append(pod.Spec.TopologySpreadConstraints, tight)
		}, func(p *binpack.Problem) { p.Workloads[0].Replicas = 2 }, 1 + 3},
		"a rule that also counts others": {spreadOverZones, func(p *binpack.Problem) {
			other := p.Workloads[0].Pod.DeepCopy()
			other.Spec.TopologySpreadConstraints = nil
			p.Workloads = append(p.Workloads, binpack.Workload{Pod: other, Replicas: 1})
		}, 11}, // though the other pod has no value: ten nodes do not hold it
		"a node that is there": {spreadOverZones, func(p *binpack.Problem) {
			node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n", Labels: map[string]string{corev1.LabelTopologyZone: "b"}}}
			up := p.Workloads[0].Pod.DeepCopy()
			up.Name, up.Spec.NodeName = "up", "n"
			p.Existing = []binpack.ExistingNode{{Node: node, Pods: []*corev1.Pod{up}}}
		}, 6*1 + 4*3},
	} {
		t.Run(name, func(t *testing.T) {
			p, plan := twoZones(tt.rule)
			tt.change(&p)
			plan.LowerBound = tt.proven * catalog.USD
			require.NoError(t, verify.Bound(context.Background(), p, plan))
			plan.LowerBound++
			require.ErrorIs(t, verify.Bound(context.Background(), p, plan), verify.ErrNotProven)
		})
	}
}

func TestBoundByDomainRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*binpack.DomainValues){
		"a negative value": func(d *binpack.DomainValues) { d.Values["a"] = -1 },
		"no values":        func(d *binpack.DomainValues) { d.Values = nil },
		"no such workload": func(d *binpack.DomainValues) { d.Workloads = []int{1} },
		"no such pod":      func(d *binpack.DomainValues) { d.Pods = []int{-1} },
	} {
		t.Run(name, func(t *testing.T) {
			p, plan := twoZones(spreadOverZones)
			spoil(&plan.Certificate.Cuts[0].Domains[0])
			err := verify.Bound(context.Background(), p, plan)
			require.Error(t, err)
			require.NotErrorIs(t, err, verify.ErrNotProven)
		})
	}
}
