package main

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	fakeclient "sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/karpenter/kwok/apis/v1alpha1"
	kwok "sigs.k8s.io/karpenter/kwok/cloudprovider"
	kwokoptions "sigs.k8s.io/karpenter/kwok/options"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
)

// TestProvider launches what has capacity, says so where nothing has, and loses the node
// that it is told to lose.
func TestProvider(t *testing.T) {
	ctx := (&kwokoptions.Options{}).ToContext(context.Background())
	types, err := kwok.ConstructInstanceTypes(ctx)
	require.NoError(t, err)
	class := &v1alpha1.KWOKNodeClass{ObjectMeta: metav1.ObjectMeta{Name: "default"}}
	kube := &losing{Client: fakeclient.NewClientBuilder().WithScheme(scheme.Scheme).WithObjects(class).Build(), nth: 2}
	claim := &v1.NodeClaim{ObjectMeta: metav1.ObjectMeta{Name: "c"}}
	claim.Spec.NodeClassRef = &v1.NodeClassReference{Name: "default"}
	var names []string
	for _, it := range types {
		names = append(names, it.Name)
	}
	claim.Spec.Requirements = []v1.NodeSelectorRequirementWithMinValues{{Key: corev1.LabelInstanceTypeStable, Operator: corev1.NodeSelectorOpIn, Values: names}}

	_, err = newProvider(ctx, kube, types, 1).Create(ctx, claim)
	require.True(t, cloudprovider.IsInsufficientCapacityError(err), "%v", err)

	p := newProvider(ctx, kube, types, 2)
	for range 3 {
		made, err := p.Create(ctx, claim)
		require.NoError(t, err)
		name := made.Labels[corev1.LabelInstanceTypeStable] + " " + made.Labels[corev1.LabelTopologyZone] + " " + made.Labels[v1.CapacityTypeLabelKey]
		require.False(t, isScarce(name, 2), name)
	}
	nodes := func() int {
		var list corev1.NodeList
		require.NoError(t, kube.List(ctx, &list, &client.ListOptions{}))
		return len(list.Items)
	}
	require.Eventually(t, func() bool { return kube.made.Load() == 3 && nodes() == 2 }, 30*time.Second, time.Millisecond)
}
