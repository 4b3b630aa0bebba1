package provision

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/stowage/stowage/binpack/handover"
)

// A bell rings when pods or nodes have changed.
type bell struct {
	mu      sync.Mutex
	changes int
	rung    chan struct{}
}

func newBell() *bell { return &bell{rung: make(chan struct{})} }

// watch rings the bell for all changes that the cache of m learns of.
func (b *bell) watch(ctx context.Context, m manager.Manager) error {
	for _, object := range []client.Object{&corev1.Pod{}, &corev1.Node{}} {
		informer, err := m.GetCache().GetInformer(ctx, object)
		if err != nil {
			return err
		}
		ring := func(any) { b.ring() }
		if _, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{AddFunc: ring, DeleteFunc: ring, UpdateFunc: func(_, o any) { ring(o) }}); err != nil {
			return err
		}
	}
	return nil
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.changes++
	close(b.rung)
	b.rung = make(chan struct{})
}

// wait returns once there were more changes than seen, or after d, with how many there
// were.
func (b *bell) wait(ctx context.Context, seen int, d time.Duration) (int, error) {
	b.mu.Lock()
	changes, rung := b.changes, b.rung
	b.mu.Unlock()
	if changes == seen {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-rung:
		case <-timer.C:
		case <-ctx.Done():
			return seen, ctx.Err()
		}
		b.mu.Lock()
		changes = b.changes
		b.mu.Unlock()
	}
	return changes, ctx.Err()
}

// An api is the calls of one handover: a handover.Cluster.
type api struct {
	kube    client.Client
	bell    *bell
	seen    int
	started bool
}

// gatherFor is how long changes are gathered before the cluster is looked at again.
const gatherFor = 20 * time.Millisecond

// Watch waits for a change, but for the first time.
func (a *api) Watch(ctx context.Context, d time.Duration) (handover.State, error) {
	if !a.started {
		a.started, d = true, 0
	}
	if d > 0 {
		if _, err := a.bell.wait(ctx, a.seen, d); err != nil {
			return handover.State{}, err
		}
		time.Sleep(min(gatherFor, d))
	}
	a.bell.mu.Lock()
	a.seen = a.bell.changes
	a.bell.mu.Unlock()
	var pods corev1.PodList
	var nodes corev1.NodeList
	if err := a.kube.List(ctx, &pods, client.UnsafeDisableDeepCopy); err != nil {
		return handover.State{}, err
	}
	if err := a.kube.List(ctx, &nodes, client.UnsafeDisableDeepCopy); err != nil {
		return handover.State{}, err
	}
	var s handover.State
	for i := range pods.Items {
		s.Pods = append(s.Pods, &pods.Items[i])
	}
	for i := range nodes.Items {
		s.Nodes = append(s.Nodes, &nodes.Items[i])
	}
	return s, nil
}

// Nominate patches the pod's status; the UID makes sure of which pod.
func (a *api) Nominate(ctx context.Context, pod *corev1.Pod, node string) error {
	var value any = node
	if node == "" {
		value = nil
	}
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"uid": pod.UID}, "status": map[string]any{"nominatedNodeName": value}})
	if err != nil {
		return err
	}
	object := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: pod.Name}}
	return a.kube.Status().Patch(ctx, object, client.RawPatch(types.StrategicMergePatchType, patch))
}

// Bind posts a Binding.
func (a *api) Bind(ctx context.Context, pod *corev1.Pod, node string) error {
	object := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: pod.Name}}
	return a.kube.SubResource("binding").Create(ctx, object, &corev1.Binding{
		ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID},
		Target:     corev1.ObjectReference{Kind: "Node", Name: node},
	})
}

// Release takes the taint of the handover off. The version makes the patch fail where
// somebody else has changed the node since; the Driver then tries again.
func (a *api) Release(ctx context.Context, node *corev1.Node) error {
	rest := []corev1.Taint{}
	for _, t := range node.Spec.Taints {
		if t.Key != handover.TaintKey {
			rest = append(rest, t)
		}
	}
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"resourceVersion": node.ResourceVersion}, "spec": map[string]any{"taints": rest}})
	if err != nil {
		return err
	}
	object := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: node.Name}}
	return a.kube.Patch(ctx, object, client.RawPatch(types.MergePatchType, patch))
}
