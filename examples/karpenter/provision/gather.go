package provision

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"
	"sigs.k8s.io/controller-runtime/pkg/log"
	autoscalingv1beta1 "sigs.k8s.io/karpenter/pkg/apis/autoscaling/v1beta1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/controllers/state"
	"sigs.k8s.io/karpenter/pkg/operator/options"
	"sigs.k8s.io/karpenter/pkg/utils/daemonset"
	"sigs.k8s.io/karpenter/pkg/utils/nodepool"

	"github.com/stowage/stowage/examples/karpenter/translate"
)

// gather returns what the cluster shows. Nodes are read before pods: a pod that is bound in
// between is there twice, not never.
func (p *Provisioner) gather(ctx context.Context) (translate.Cluster, error) {
	c := translate.Cluster{Availability: p.available, BestEffort: options.FromContext(ctx).MinValuesPolicy == options.MinValuesPolicyBestEffort}
	nodes := p.cluster.DeepCopyNodes()
	var err error
	if c.Pods, err = p.upstream.GetPendingPods(ctx); err != nil {
		return c, err
	}
	leaving, err := nodes.Deleting().CurrentlyReschedulablePods(ctx, p.kube, p.clock, p.recorder)
	if err != nil {
		return c, err
	}
	c.Pods = p.held.without(real(append(c.Pods, leaving...)))
	if c.Pools, err = p.pools(ctx); err != nil {
		return c, err
	}
	if c.Daemons, err = p.daemons(ctx); err != nil {
		return c, err
	}
	if err := p.rest(ctx, &c); err != nil {
		return c, err
	}
	c.Nodes, err = p.nodes(ctx, nodes.Active())
	return c, err
}

// real returns the pods without the virtual ones of CapacityBuffers.
func real(pods []*corev1.Pod) []*corev1.Pod {
	var out []*corev1.Pod
	for _, pod := range pods {
		if pod.Annotations[autoscalingv1beta1.FakePodAnnotationKey] != autoscalingv1beta1.FakePodAnnotationValue {
			out = append(out, pod)
		}
	}
	return out
}

// pools returns the pools with their types. A pool whose types cannot be read is left out,
// as upstream does.
func (p *Provisioner) pools(ctx context.Context) ([]translate.Pool, error) {
	managed, err := nodepool.ListManaged(ctx, p.kube, p.provider)
	if err != nil {
		return nil, fmt.Errorf("listing nodepools: %w", err)
	}
	nodepool.OrderByWeight(managed)
	var out []translate.Pool
	for _, np := range managed {
		types, err := p.provider.GetInstanceTypes(ctx, np)
		if err != nil && !cloudprovider.IsUnevaluatedNodePoolError(err) {
			log.FromContext(ctx).WithValues("NodePool", klog.KObj(np)).Error(err, "skipping, unable to resolve instance types")
		}
		if err == nil {
			out = append(out, translate.Pool{NodePool: np, Types: types, Used: p.cluster.NodePoolResourcesFor(np.Name)})
		}
	}
	return out, nil
}

// daemons returns a pod of each DaemonSet, with the DaemonSet as its controller and the
// node affinity of the template: that of a running pod names its node.
func (p *Provisioner) daemons(ctx context.Context) ([]*corev1.Pod, error) {
	var sets appsv1.DaemonSetList
	if err := p.kube.List(ctx, &sets); err != nil {
		return nil, fmt.Errorf("listing daemonsets: %w", err)
	}
	var out []*corev1.Pod
	for i := range sets.Items {
		set := &sets.Items[i]
		pod := p.cluster.GetDaemonSetPod(set)
		if pod == nil {
			pod = daemonset.PodForDaemonSet(set.DeepCopy())
		}
		pod = pod.DeepCopy()
		pod.Spec.Affinity = set.Spec.Template.Spec.Affinity.DeepCopy()
		pod.Spec.NodeName, pod.Status = "", corev1.PodStatus{}
		pod.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(set, appsv1.SchemeGroupVersion.WithKind("DaemonSet"))}
		out = append(out, pod)
	}
	return out, nil
}

// rest reads what pods refer to.
func (p *Provisioner) rest(ctx context.Context, c *translate.Cluster) error {
	var namespaces corev1.NamespaceList
	var claims corev1.PersistentVolumeClaimList
	var volumes corev1.PersistentVolumeList
	var classes storagev1.StorageClassList
	var nodes storagev1.CSINodeList
	var attachments storagev1.VolumeAttachmentList
	for _, list := range []error{
		p.kube.List(ctx, &namespaces), p.kube.List(ctx, &claims), p.kube.List(ctx, &volumes),
		p.kube.List(ctx, &classes), p.kube.List(ctx, &nodes), p.kube.List(ctx, &attachments),
	} {
		if list != nil {
			return list
		}
	}
	c.Namespaces = pointers(namespaces.Items)
	c.Storage.Claims, c.Storage.Volumes, c.Storage.Classes = pointers(claims.Items), pointers(volumes.Items), pointers(classes.Items)
	c.Storage.Nodes, c.Storage.Attachments = pointers(nodes.Items), pointers(attachments.Items)
	return nil
}

// pointers returns pointers to the elements of a list.
func pointers[E any](list []E) []*E {
	out := make([]*E, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}

// nodes returns the nodes with the pods that are on them, and those that are meant for
// them.
func (p *Provisioner) nodes(ctx context.Context, all state.StateNodes) ([]translate.Node, error) {
	var pods corev1.PodList
	if err := p.kube.List(ctx, &pods); err != nil {
		return nil, fmt.Errorf("listing pods: %w", err)
	}
	on, bound := map[string][]*corev1.Pod{}, map[types.UID]bool{}
	for i := range pods.Items {
		pod := &pods.Items[i]
		if name := pod.Spec.NodeName; name != "" && pod.Status.Phase != corev1.PodSucceeded && pod.Status.Phase != corev1.PodFailed {
			on[name], bound[pod.UID] = append(on[name], pod), true
		}
	}
	var out []translate.Node
	for _, n := range all {
		node := translate.Node{State: n}
		if n.Node != nil {
			node.Pods = on[n.Node.Name]
		}
		for _, pod := range p.held.meantFor(n) {
			if !bound[pod.UID] {
				node.Pods = append(node.Pods, pod)
			}
		}
		out = append(out, node)
	}
	return out, nil
}
