package provision

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/record"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
	fakeclient "sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/karpenter/kwok/apis/v1alpha1"
	kwok "sigs.k8s.io/karpenter/kwok/cloudprovider"
	kwokoptions "sigs.k8s.io/karpenter/kwok/options"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/controllers/provisioning"
	"sigs.k8s.io/karpenter/pkg/controllers/state"
	"sigs.k8s.io/karpenter/pkg/events"
	"sigs.k8s.io/karpenter/pkg/operator/options"
	"sigs.k8s.io/karpenter/pkg/test"

	"github.com/stowage/stowage/binpack/handover"
)

// A world is a fake API server with what the other controllers and kube-scheduler do to
// it: claims are launched and registered, pods that are nominated for a node without the
// taint of the handover are bound to it.
type world struct {
	t        *testing.T
	ctx      context.Context
	kube     client.Client
	cluster  *state.Cluster
	provider cloudprovider.CloudProvider
	stuck    map[string]bool // pools whose nodes never come
	mu       sync.Mutex
}

func newWorld(t *testing.T, objects ...client.Object) *world {
	ctx := log.IntoContext(t.Context(), logr.Discard())
	o := test.Options()
	o.BatchIdleDuration, o.BatchMaxDuration = 50*time.Millisecond, time.Second
	ctx = (&kwokoptions.Options{}).ToContext(options.ToContext(ctx, o))
	objects = append(objects, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "default"}}, &v1alpha1.KWOKNodeClass{ObjectMeta: metav1.ObjectMeta{Name: "default"}, Spec: v1alpha1.KWOKNodeClassSpec{NodeRegistrationDelay: metav1.Duration{Duration: time.Hour}}})
	kube := fakeclient.NewClientBuilder().WithScheme(scheme.Scheme).WithObjects(objects...).WithStatusSubresource(&v1.NodeClaim{}, &corev1.Pod{}).
		WithIndex(&corev1.Pod{}, "spec.nodeName", func(o client.Object) []string { return []string{o.(*corev1.Pod).Spec.NodeName} }).Build()
	all, err := kwok.ConstructInstanceTypes(ctx)
	require.NoError(t, err)
	provider := kwok.NewCloudProvider(ctx, kube, all)
	return &world{t: t, ctx: ctx, kube: kube, provider: provider, cluster: state.NewCluster(clock.RealClock{}, kube, provider), stuck: map[string]bool{}}
}

// provisioner returns one as a process has it that has just started.
func (w *world) provisioner(change func(*Settings)) *Provisioner {
	s := Default()
	s.PlanTime = 300 * time.Millisecond
	if change != nil {
		change(&s)
	}
	recorder := events.NewRecorder(&record.FakeRecorder{})
	up := provisioning.NewProvisioner(w.kube, recorder, w.provider, w.cluster, clock.RealClock{}, nil, nil)
	return New(Parts{Kube: w.kube, Provider: w.provider, Cluster: w.cluster, Recorder: recorder, Clock: clock.RealClock{}, Settings: s}, up)
}

// turn does once what the others do, and rings the bell.
func (w *world) turn(p *Provisioner) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var claims v1.NodeClaimList
	require.NoError(w.t, w.kube.List(w.ctx, &claims))
	for i := range claims.Items {
		w.launch(&claims.Items[i])
	}
	var pods corev1.PodList
	require.NoError(w.t, w.kube.List(w.ctx, &pods))
	for i := range pods.Items {
		w.schedule(&pods.Items[i])
	}
	p.bell.ring()
}

// launch makes a node of a claim, ready and registered, but for pools that are stuck.
func (w *world) launch(claim *v1.NodeClaim) {
	if claim.Status.ProviderID == "" {
		made, err := w.provider.Create(w.ctx, claim)
		require.NoError(w.t, err)
		claim.Status.ProviderID, claim.Status.Capacity, claim.Status.Allocatable = made.Status.ProviderID, made.Status.Capacity, made.Status.Allocatable
		labels := claim.Labels
		claim.Labels = made.Labels
		for key, value := range labels {
			claim.Labels[key] = value
		}
		status := claim.Status
		require.NoError(w.t, w.kube.Update(w.ctx, claim))
		claim.Status = status
		require.NoError(w.t, w.kube.Status().Update(w.ctx, claim))
		w.cluster.UpdateNodeClaim(claim)
	}
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-of-" + claim.Name, Labels: map[string]string{}}}
	if w.stuck[claim.Labels[v1.NodePoolLabelKey]] || w.kube.Get(w.ctx, client.ObjectKeyFromObject(node), node) == nil {
		return
	}
	for key, value := range claim.Labels {
		node.Labels[key] = value
	}
	node.Labels[v1.NodeRegisteredLabelKey] = "true"
	node.Spec.ProviderID, node.Spec.Taints = claim.Status.ProviderID, append(claim.Spec.Taints, claim.Spec.StartupTaints...)
	node.Status.Capacity, node.Status.Allocatable = claim.Status.Capacity, claim.Status.Allocatable
	node.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}
	require.NoError(w.t, w.kube.Create(w.ctx, node))
	require.NoError(w.t, w.cluster.UpdateNode(w.ctx, node))
}

// schedule binds a pod to the node that it is nominated for, once that is released.
func (w *world) schedule(pod *corev1.Pod) {
	node := &corev1.Node{}
	if pod.Spec.NodeName != "" || pod.Status.NominatedNodeName == "" || w.kube.Get(w.ctx, types.NamespacedName{Name: pod.Status.NominatedNodeName}, node) != nil {
		return
	}
	for _, t := range node.Spec.Taints {
		if t.Key == handover.TaintKey {
			return
		}
	}
	pod.Spec.NodeName = node.Name
	require.NoError(w.t, w.kube.Update(w.ctx, pod))
	require.NoError(w.t, w.cluster.UpdatePod(w.ctx, pod))
	require.NoError(w.t, w.cluster.UpdateNode(w.ctx, node))
}

// until takes turns until all pods are bound.
func (w *world) until(p *Provisioner, bound int) {
	require.Eventually(w.t, func() bool {
		w.turn(p)
		return len(w.bound()) == bound
	}, time.Minute, 20*time.Millisecond)
}

// bound returns the nodes of the pods that have one.
func (w *world) bound() map[string]string {
	var pods corev1.PodList
	require.NoError(w.t, w.kube.List(w.ctx, &pods))
	out := map[string]string{}
	for _, pod := range pods.Items {
		if pod.Spec.NodeName != "" {
			out[pod.Name] = pod.Spec.NodeName
		}
	}
	return out
}

func (w *world) claims() []v1.NodeClaim {
	var claims v1.NodeClaimList
	require.NoError(w.t, w.kube.List(w.ctx, &claims))
	return claims.Items
}

func newPool(name string, weight int32) *v1.NodePool {
	np := test.NodePool(v1.NodePool{ObjectMeta: metav1.ObjectMeta{Name: name, UID: types.UID(name)}})
	np.Spec.Template.Spec.NodeClassRef = &v1.NodeClassReference{Group: "karpenter.kwok.sh", Kind: "KWOKNodeClass", Name: "default"}
	np.Spec.Limits = nil
	if weight > 0 {
		np.Spec.Weight = &weight
	}
	np.Spec.Template.Spec.Requirements = []v1.NodeSelectorRequirementWithMinValues{
		{Key: corev1.LabelOSStable, Operator: corev1.NodeSelectorOpIn, Values: []string{"linux"}},
		{Key: corev1.LabelArchStable, Operator: corev1.NodeSelectorOpIn, Values: []string{"amd64"}},
	}
	return np
}

// pods returns pods that kube-scheduler has tried in vain.
func pods(n int, cpu string) []client.Object {
	var out []client.Object
	for i := range n {
		name := fmt.Sprintf("pod-%s-%d", cpu, i)
		out = append(out, &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default", UID: types.UID(name)},
			Spec: corev1.PodSpec{SchedulerName: "default-scheduler", Containers: []corev1.Container{{Name: "c", Image: "i", Resources: corev1.ResourceRequirements{
				Requests: corev1.ResourceList{"cpu": resource.MustParse(cpu), "memory": resource.MustParse("1Gi")}}}}},
			Status: corev1.PodStatus{Phase: corev1.PodPending, Conditions: []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: corev1.PodReasonUnschedulable}}},
		})
	}
	return out
}

func agent() *appsv1.DaemonSet {
	set := &appsv1.DaemonSet{ObjectMeta: metav1.ObjectMeta{Name: "agent", Namespace: "default", UID: "agent"}}
	set.Spec.Template.Spec.Containers = []corev1.Container{{Name: "c", Image: "i", Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{"cpu": resource.MustParse("200m")}}}}
	return set
}

// TestProvide: pods get the nodes of the plan, with room for the daemon, and nothing is
// left of the handover.
func TestProvide(t *testing.T) {
	w := newWorld(t, append(pods(12, "1500m"), newPool("default", 0), agent())...)
	p := w.provisioner(nil)
	require.NoError(t, p.Provide(w.ctx))
	claims := w.claims()
	require.NotEmpty(t, claims)
	for _, c := range claims {
		require.Contains(t, c.Spec.StartupTaints, handover.Taint())
		requests := c.Spec.Resources.Requests.Cpu().MilliValue()
		require.Equal(t, int64(200), requests%1500, "pods and the daemon: %d", requests)
	}
	require.NoError(t, p.Provide(w.ctx), "pods of a handover are not planned again")
	require.Len(t, w.claims(), len(claims))
	w.until(p, 12)
	p.Wait()
	require.Empty(t, p.held.pods)
	for _, n := range w.nodes() {
		require.Empty(t, n.Spec.Taints)
	}
	require.Len(t, w.nodes(), len(claims))
}

func (w *world) nodes() []corev1.Node {
	var nodes corev1.NodeList
	require.NoError(w.t, w.kube.List(w.ctx, &nodes))
	return nodes.Items
}

// TestRestart: a process that ends while nodes are held leaves them to the next one, which
// launches nothing for the same pods.
func TestRestart(t *testing.T) {
	w := newWorld(t, append(pods(8, "1500m"), newPool("default", 0))...)
	first := w.provisioner(nil)
	ctx := w.ctx
	dying, kill := context.WithCancel(ctx)
	require.NoError(t, first.Provide(dying))
	claims := len(w.claims())
	w.turn(first) // nodes are there, and held
	kill()
	first.Wait()
	require.Empty(t, w.bound())

	second := w.provisioner(nil)
	require.Len(t, second.orphans(), claims)
	require.NoError(t, second.Provide(ctx))
	w.until(second, 8)
	second.Wait()
	require.Len(t, w.claims(), claims)
	require.Empty(t, second.orphans())
}

// TestMissing: pods whose node does not come are planned again, and its claim is deleted.
func TestMissing(t *testing.T) {
	w := newWorld(t, append(pods(6, "1500m"), newPool("sure", 0), newPool("stuck", 10))...)
	w.stuck["stuck"] = true
	p := w.provisioner(func(s *Settings) { s.Join = 2 * time.Second })
	require.NoError(t, p.Provide(w.ctx))
	for _, c := range w.claims() {
		require.Equal(t, "stuck", c.Labels[v1.NodePoolLabelKey])
	}
	require.Eventually(t, func() bool {
		w.turn(p)
		return len(w.claims()) == 0
	}, time.Minute, 20*time.Millisecond)
	p.Wait()
	for _, n := range w.cluster.DeepCopyNodes() {
		w.cluster.DeleteNodeClaim(n.NodeClaim.Name)
	}
	stuck := newPool("stuck", 10)
	require.NoError(t, w.kube.Delete(w.ctx, stuck))
	require.NoError(t, p.Provide(w.ctx))
	w.until(p, 6)
	p.Wait()
}

// TestWithoutHandover: no taint, and pods that wait are planned onto the nodes that come.
func TestWithoutHandover(t *testing.T) {
	w := newWorld(t, append(pods(6, "1500m"), newPool("default", 0))...)
	p := w.provisioner(func(s *Settings) { s.Handover = false })
	require.NoError(t, p.Provide(w.ctx))
	claims := w.claims()
	for _, c := range claims {
		require.Empty(t, c.Spec.StartupTaints)
	}
	w.turn(p)
	require.NoError(t, p.Provide(w.ctx))
	require.Len(t, w.claims(), len(claims))
}
