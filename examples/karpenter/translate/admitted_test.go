package translate_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
	fakeclient "sigs.k8s.io/controller-runtime/pkg/client/fake"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/cloudprovider/fake"
	"sigs.k8s.io/karpenter/pkg/controllers/provisioning/scheduling"
	"sigs.k8s.io/karpenter/pkg/controllers/state"
	requirements "sigs.k8s.io/karpenter/pkg/scheduling"
	"sigs.k8s.io/karpenter/pkg/utils/resources"

	"github.com/stowage/stowage/examples/karpenter/translate"
)

// admitted gives the claims, with the types and requirements that they have, to the code
// by which Karpenter's scheduler adds pods to its own: taints, requirements, topology, room
// beside daemons, offerings and minValues. Every pod must find its claim, in some order. It
// returns how many pods they have.
func admitted(t *testing.T, c translate.Cluster, asked []*scheduling.NodeClaim) int {
	ctx := quiet(t)
	kube := fakeclient.NewClientBuilder().WithScheme(scheme.Scheme).
		WithObjects(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "default"}}).
		WithIndex(&corev1.Pod{}, "spec.nodeName", func(o client.Object) []string { return []string{o.(*corev1.Pod).Spec.NodeName} }).Build()
	cluster := state.NewCluster(clock.RealClock{}, kube, fake.NewCloudProvider())
	types := map[string][]*cloudprovider.InstanceType{}
	var pools []*v1.NodePool
	for _, p := range c.Pools {
		types[p.NodePool.Name] = p.Types
		pools = append(pools, p.NodePool)
	}
	topology, err := scheduling.NewTopology(ctx, kube, cluster, nil, pools, types, c.Pods)
	require.NoError(t, err)
	reservations := scheduling.NewReservationManager(types)
	made := make([]*scheduling.NodeClaim, len(asked))
	waiting := map[*corev1.Pod]int{}
	for i, claim := range asked {
		template := claim.NodeClaimTemplate
		made[i] = scheduling.NewNodeClaim(&template, topology, daemons(template, c.Daemons), claim.InstanceTypeOptions, reservations, scheduling.ReservedOfferingModeStrict)
		for _, pod := range claim.Pods {
			waiting[pod] = i
		}
	}
	n := len(waiting)
	var last error
	for progress := true; progress && len(waiting) > 0; { // a spread lets pods in in some orders only
		progress = false
		for _, pod := range c.Pods {
			i, waits := waiting[pod]
			if !waits {
				continue
			}
			if err := add(ctx, made[i], pod); err != nil {
				last = fmt.Errorf("%s on claim %d: %w", pod.Name, i, err)
				continue
			}
			delete(waiting, pod)
			progress = true
		}
	}
	require.Zero(t, len(waiting), "%v", last)
	for i, claim := range made {
		require.Len(t, claim.InstanceTypeOptions, len(asked[i].InstanceTypeOptions), "all types of claim %d hold its pods", i)
	}
	return n
}

func add(ctx context.Context, claim *scheduling.NodeClaim, pod *corev1.Pod) error {
	data := &scheduling.PodData{Requests: resources.RequestsForPods(pod), Requirements: requirements.NewStrictPodRequirements(pod), StrictRequirements: requirements.NewStrictPodRequirements(pod)}
	reqs, its, offerings, devices, err := claim.CanAdd(ctx, pod, data, false, nil)
	if err != nil {
		return err
	}
	claim.Add(ctx, pod, data, reqs, its, offerings, devices, nil)
	return nil
}

// daemons returns what daemons take of each type, by Karpenter's way to read their rules.
func daemons(template scheduling.NodeClaimTemplate, all []*corev1.Pod) []scheduling.DaemonOverheadGroup {
	var out []scheduling.DaemonOverheadGroup
	for _, it := range template.InstanceTypeOptions {
		var on []*corev1.Pod
		for _, d := range all {
			rules := requirements.NewStrictPodRequirements(d)
			if requirements.Taints(template.Spec.Taints).ToleratesPod(d) == nil && it.Requirements.Intersects(rules) == nil &&
				template.Requirements.IsCompatible(rules, requirements.AllowUndefinedWellKnownLabels) {
				on = append(on, d)
			}
		}
		out = append(out, scheduling.DaemonOverheadGroup{InstanceTypes: []*cloudprovider.InstanceType{it}, DaemonOverhead: resources.RequestsForPods(on...), HostPortUsage: requirements.NewHostPortUsage()})
	}
	return out
}
