package karpenter

import (
	"context"
	"fmt"
	"maps"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
	fakeclient "sigs.k8s.io/controller-runtime/pkg/client/fake"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider/fake"
	"sigs.k8s.io/karpenter/pkg/controllers/state"

	"github.com/stowage/stowage/binpack"
)

// A node is a node that Karpenter finds in the cluster.
type node struct {
	*corev1.Node
	pods   []*corev1.Pod   // on it
	placed []*corev1.Pod   // those of them that Karpenter put there
	stated *corev1.Node    // the problem's; nil: a launch
	launch *binpack.Launch // without its pods; nil: the node was there before
}

// existingNode makes a node of the problem's, with the taint and the hostname
// that a live cluster would have given it. It has no capacity: Karpenter would
// count that for the limits of its pool, which say what may be added. Pods that
// are through take no room.
func existingNode(e binpack.ExistingNode) *node {
	n := &node{Node: e.Node.DeepCopy(), stated: e.Node}
	n.Labels = map[string]string{corev1.LabelHostname: n.Name}
	for key, value := range e.Node.Labels {
		n.Labels[canonical(key)] = value
	}
	if n.Spec.Unschedulable {
		n.Spec.Taints = append(n.Spec.Taints, corev1.Taint{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule})
	}
	n.Status.Capacity = nil
	n.Status.Allocatable = withPods(e.Node.Status.Allocatable)
	for i, pod := range e.Pods {
		if pod.Status.Phase != corev1.PodSucceeded && pod.Status.Phase != corev1.PodFailed {
			n.pods = append(n.pods, newPod(pod, fmt.Sprintf("%s.%d", n.Name, i)))
		}
	}
	return n
}

// newCluster puts the nodes, the pods on them and the namespaces of all pods
// where Karpenter looks for them: in an API, and in the state that its
// informers would have made of it.
func newCluster(ctx context.Context, stated []*corev1.Namespace, pending []*corev1.Pod, nodes []*node) (client.Client, *state.Cluster, error) {
	var joined []*corev1.Node
	var bound []*corev1.Pod
	for _, n := range nodes {
		joined = append(joined, n.joined())
		for _, pod := range n.pods {
			pod = pod.DeepCopy()
			holdOn(pod)
			pod.Spec.NodeName = n.Name
			pod.Status = corev1.PodStatus{Phase: corev1.PodRunning}
			bound = append(bound, pod)
		}
	}
	var objects []client.Object
	for _, n := range joined {
		objects = append(objects, n.DeepCopy())
	}
	for _, pod := range bound {
		objects = append(objects, pod.DeepCopy())
	}
	objects = append(objects, namespaces(stated, append(bound, pending...))...)
	kube := fakeclient.NewClientBuilder().WithScheme(scheme.Scheme).WithObjects(objects...).
		WithIndex(&corev1.Pod{}, "spec.nodeName", func(o client.Object) []string { return []string{o.(*corev1.Pod).Spec.NodeName} }).Build()
	cluster := state.NewCluster(clock.RealClock{}, kube, fake.NewCloudProvider())
	for _, n := range joined {
		if err := cluster.UpdateNode(ctx, n); err != nil {
			return nil, nil, err
		}
	}
	for _, pod := range bound {
		if err := cluster.UpdatePod(ctx, pod); err != nil {
			return nil, nil, err
		}
	}
	return kube, cluster, nil
}

// joined returns the node as it stands in the API once it is ready.
func (n *node) joined() *corev1.Node {
	out := n.DeepCopy()
	holdOn(out)
	out.UID = types.UID(n.Name)
	out.Spec.ProviderID = "stowage:///" + n.Name
	if out.Labels[v1.NodePoolLabelKey] != "" {
		out.Labels[v1.NodeInitializedLabelKey] = "true" // else Karpenter may wait for its type
	}
	return out
}

// holdOn lets the API have an object that is being deleted: there must be
// something that it waits for.
func holdOn(o client.Object) {
	if o.GetDeletionTimestamp() != nil {
		o.SetFinalizers([]string{"stowage/there"})
	}
}

// namespaces returns every namespace that is stated or has a pod. The API
// server labels each with its name.
func namespaces(stated []*corev1.Namespace, pods []*corev1.Pod) []client.Object {
	labels := map[string]map[string]string{}
	for _, pod := range pods {
		labels[pod.Namespace] = nil
	}
	for _, ns := range stated {
		labels[ns.Name] = ns.Labels
	}
	var out []client.Object
	for name, stated := range labels {
		all := map[string]string{}
		maps.Copy(all, stated)
		all[corev1.LabelMetadataName] = name
		out = append(out, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: all}})
	}
	return out
}
