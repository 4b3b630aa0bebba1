package binpack_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

func TestInvalidProblems(t *testing.T) {
	good := func() binpack.Problem {
		return binpack.Problem{
			Pods:    []*corev1.Pod{problemtest.Pod(problemtest.List("cpu", "1"))},
			Catalog: catalog.Catalog{problemtest.InstanceType("t", "0.1", problemtest.List("cpu", "2", "pods", "10"))},
		}
	}
	require.NoError(t, good().Validate())
	same := problemtest.Pod(problemtest.List("cpu", "1"))
	for name, test := range map[string]struct {
		change func(*binpack.Problem)
		path   string
	}{
		"nil pod":   {func(p *binpack.Problem) { p.Pods = append(p.Pods, nil) }, "Pods[1]"},
		"pod twice": {func(p *binpack.Problem) { p.Pods = append(p.Pods, same, same) }, "Pods[2]"},
		"pod and template": {func(p *binpack.Problem) {
			p.Pods, p.Workloads = []*corev1.Pod{same}, []binpack.Workload{{Pod: same, Replicas: 1}}
		}, "Workloads[0].Pod"},
		"nil template":      {func(p *binpack.Problem) { p.Workloads = []binpack.Workload{{Replicas: 1}} }, "Workloads[0].Pod"},
		"negative replicas": {func(p *binpack.Problem) { p.Workloads = []binpack.Workload{{Pod: same, Replicas: -1}} }, "Workloads[0].Replicas"},
		"nil daemon":        {func(p *binpack.Problem) { p.DaemonPods = []*corev1.Pod{nil} }, "DaemonPods[0]"},
		"nil node":          {func(p *binpack.Problem) { p.Existing = []binpack.ExistingNode{{}} }, "Existing[0].Node"},
		"nil pod on a node": {func(p *binpack.Problem) {
			p.Existing = []binpack.ExistingNode{{Node: &corev1.Node{}, Pods: []*corev1.Pod{nil}}}
		}, "Existing[0].Pods[0]"},
		"nil namespace":  {func(p *binpack.Problem) { p.Namespaces = []*corev1.Namespace{{}, nil} }, "Namespaces[1]"},
		"nil claim":      {func(p *binpack.Problem) { p.Storage.Claims = []*corev1.PersistentVolumeClaim{nil} }, "Storage.Claims[0]"},
		"nil volume":     {func(p *binpack.Problem) { p.Storage.Volumes = []*corev1.PersistentVolume{nil} }, "Storage.Volumes[0]"},
		"nil class":      {func(p *binpack.Problem) { p.Storage.Classes = []*storagev1.StorageClass{nil} }, "Storage.Classes[0]"},
		"nil CSINode":    {func(p *binpack.Problem) { p.Storage.Nodes = []*storagev1.CSINode{nil} }, "Storage.Nodes[0]"},
		"nil attachment": {func(p *binpack.Problem) { p.Storage.Attachments = []*storagev1.VolumeAttachment{nil} }, "Storage.Attachments[0]"},
		"nil type":       {func(p *binpack.Problem) { p.Catalog = append(p.Catalog, nil) }, "Catalog[1]"},
		"type twice":     {func(p *binpack.Problem) { p.Catalog = append(p.Catalog, p.Catalog[0]) }, "Catalog[1].Name"},
		"offering twice": {func(p *binpack.Problem) {
			p.Catalog[0].Offerings = append(p.Catalog[0].Offerings, p.Catalog[0].Offerings[0])
		}, "Catalog[0].Offerings[1]"},
		"negative price":     {func(p *binpack.Problem) { p.Catalog[0].Offerings[0].Price = -1 }, "Catalog[0].Offerings[0].Price"},
		"negative capacity":  {func(p *binpack.Problem) { p.Catalog[0].Capacity = problemtest.List("cpu", "-1") }, "Catalog[0].Capacity[cpu]"},
		"pool's own catalog": {func(p *binpack.Problem) { p.Pools = []binpack.Pool{{Catalog: catalog.Catalog{nil}}} }, "Pools[0].Catalog[0]"},
		"pool twice":         {func(p *binpack.Problem) { p.Pools = []binpack.Pool{{Name: "a"}, {Name: "a"}} }, "Pools[1].Name"},
		"negative limit":     {func(p *binpack.Problem) { p.Pools = []binpack.Pool{{Limits: problemtest.List("cpu", "-5")}} }, "Pools[0].Limits[cpu]"},
		"unknown effect": {func(p *binpack.Problem) {
			p.Pools = []binpack.Pool{{Taints: []corev1.Taint{{Key: "k", Effect: "Never"}}}}
		}, "Pools[0].Taints[0].effect"},
		"quota without name": {func(p *binpack.Problem) { p.Quotas = []binpack.Quota{{}} }, "Quotas[0].Name"},
		"quota twice":        {func(p *binpack.Problem) { p.Quotas = []binpack.Quota{{Name: "q"}, {Name: "q"}} }, "Quotas[1].Name"},
		"unknown requirement": {func(p *binpack.Problem) {
			p.Pools = []binpack.Pool{{Requirements: []corev1.NodeSelectorRequirement{problemtest.Requirement("a", "Is")}}}
		}, "Pools[0].Requirements[0]"},
		"sums past 64 bits": {func(p *binpack.Problem) {
			p.Workloads = []binpack.Workload{{Pod: problemtest.Pod(problemtest.List("cpu", "2")), Replicas: 1 << 40}, {Pod: problemtest.Pod(problemtest.List("cpu", "1n")), Replicas: 1}}
		}, "Pods"},
		"costs past 64 bits": {func(p *binpack.Problem) {
			p.Workloads = []binpack.Workload{{Pod: problemtest.Pod(problemtest.List("cpu", "2")), Replicas: 1 << 40}}
			p.Catalog[0].Offerings[0].Price = 1 << 30
		}, "Catalog"},
	} {
		t.Run(name, func(t *testing.T) {
			p := good()
			test.change(&p)
			plan, err := solver.Solve(context.Background(), p)
			require.Zero(t, plan)
			var invalid *binpack.InvalidError
			require.ErrorAs(t, err, &invalid)
			require.Equal(t, test.path, invalid.Path)
			require.ErrorContains(t, err, test.path+": ")
		})
	}
}

// What is wrong with one pod is its own reason, with its path: the others are placed.
func TestOneInvalidPod(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*binpack.Problem)
		path   string
	}{
		"negative request": {func(p *binpack.Problem) { p.Pods[0] = problemtest.Pod(problemtest.List("memory", "-1Gi")) }, "spec.containers[0].resources.requests[memory]"},
		"absurd request":   {func(p *binpack.Problem) { p.Pods[0] = problemtest.Pod(problemtest.List("memory", "1e2147483647")) }, "spec.containers[0].resources.requests[memory]"},
		"absurd limit": {func(p *binpack.Problem) {
			p.Pods[0].Spec.Containers[0].Resources.Limits = problemtest.List("cpu", "9e18")
		}, "spec.containers[0].resources.limits[cpu]"},
		"negative overhead": {func(p *binpack.Problem) { p.Pods[0].Spec.Overhead = problemtest.List("cpu", "-1m") }, "spec.overhead[cpu]"},
		"no containers":     {func(p *binpack.Problem) { p.Pods[0] = &corev1.Pod{} }, "spec.containers"},
		"unknown operator": {func(p *binpack.Problem) {
			p.Pods[0] = problemtest.Pod(nil, problemtest.Affinity(problemtest.Requirement("a", "Is", "b")))
		}, "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"},
		"unknown toleration": {func(p *binpack.Problem) { p.Pods[0].Spec.Tolerations = []corev1.Toleration{{Operator: "Likes"}} }, "spec.tolerations[0].operator"},
		"no skew": {func(p *binpack.Problem) {
			p.Pods[0].Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{TopologyKey: "zone"}}
		}, "spec.topologySpreadConstraints[0].maxSkew"},
		"bad selector": {func(p *binpack.Problem) {
			bad := &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "a", Operator: "Is"}}}
			p.Pods[0].Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{MaxSkew: 1, LabelSelector: bad}}
		}, "spec.topologySpreadConstraints[0].labelSelector"},
	} {
		t.Run(name, func(t *testing.T) {
			p := binpack.Problem{
				Pods:    []*corev1.Pod{problemtest.Pod(problemtest.List("cpu", "1")), problemtest.Pod(problemtest.List("cpu", "1"))},
				Catalog: catalog.Catalog{problemtest.InstanceType("t", "0.1", problemtest.List("cpu", "2", "pods", "10"))},
			}
			test.change(&p)
			require.NoError(t, p.Validate())
			plan, err := solver.Solve(context.Background(), p)
			require.NoError(t, err)
			require.NoError(t, verify.Plan(context.Background(), p, plan))
			require.NoError(t, verify.Bound(context.Background(), p, plan))
			require.Len(t, plan.Launches, 1)
			require.Len(t, plan.Unschedulable, 1)
			left := plan.Unschedulable[0]
			require.Same(t, p.Pods[0], left.Pod)
			require.Equal(t, binpack.Invalid, left.Reasons[0].Reason)
			require.Equal(t, test.path, left.Reasons[0].Detail.Path)
			require.NotEmpty(t, left.Reasons[0].Detail.Rule)
		})
	}
}

func TestValidateReportsEveryFault(t *testing.T) {
	err := binpack.Problem{
		Pods:  []*corev1.Pod{nil, nil},
		Pools: []binpack.Pool{{Name: "a"}, {Name: "a", Limits: problemtest.List("cpu", "-1")}},
	}.Validate()
	joined, ok := err.(interface{ Unwrap() []error })
	require.True(t, ok)
	var paths []string
	for _, e := range joined.Unwrap() {
		var invalid *binpack.InvalidError
		require.True(t, errors.As(e, &invalid))
		paths = append(paths, invalid.Path)
	}
	require.Equal(t, []string{"Pods[0]", "Pods[1]", "Pools[1].Name", "Pools[1].Limits[cpu]"}, paths)
}
