package scheduler

import (
	"context"
	"encoding/json"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"

	"github.com/stowage/stowage/binpack/handover"
)

// An Embedder is a handover.Reserver by client-go. There is nothing of the fake API
// server in it: it may be copied.
type Embedder struct {
	client  kubernetes.Interface
	pods    corelisters.PodLister
	nodes   corelisters.NodeLister
	changed chan struct{}
	first   chan struct{} // closed: Watch has been called
}

// NewEmbedder returns the Cluster that the informers see. They must be started after,
// and in sync before the Cluster is used.
func NewEmbedder(client kubernetes.Interface, informers informers.SharedInformerFactory) (*Embedder, error) {
	core := informers.Core().V1()
	e := &Embedder{client, core.Pods().Lister(), core.Nodes().Lister(), make(chan struct{}, 1), make(chan struct{}, 1)}
	e.first <- struct{}{}
	notify := cache.ResourceEventHandlerFuncs{
		AddFunc: func(any) { e.notify() }, UpdateFunc: func(any, any) { e.notify() }, DeleteFunc: func(any) { e.notify() },
	}
	for _, informer := range []cache.SharedIndexInformer{core.Pods().Informer(), core.Nodes().Informer()} {
		if _, err := informer.AddEventHandler(notify); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func (e *Embedder) notify() {
	select {
	case e.changed <- struct{}{}:
	default: // it is known already
	}
}

// gather is how long changes are gathered before they are looked at.
const gather = 20 * time.Millisecond

// Watch returns what the informers have.
func (e *Embedder) Watch(ctx context.Context, d time.Duration) (handover.State, error) {
	select {
	case <-e.first:
	default:
		if err := wait(ctx, e.changed, d); err != nil {
			return handover.State{}, err
		}
		if err := wait(ctx, nil, gather); err != nil {
			return handover.State{}, err
		}
	}
	var s handover.State
	var err error
	if s.Pods, err = e.pods.List(labels.Everything()); err != nil {
		return s, err
	}
	s.Nodes, err = e.nodes.List(labels.Everything())
	return s, err
}

// wait waits for a change, or until d has passed.
func wait(ctx context.Context, changed <-chan struct{}, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-changed:
		return nil
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Nominate patches the pod's status. The UID makes the patch fail for another pod of
// the same name.
func (e *Embedder) Nominate(ctx context.Context, pod *corev1.Pod, node string) error {
	var value any = node
	if node == "" {
		value = nil
	}
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"uid": pod.UID},
		"status":   map[string]any{"nominatedNodeName": value},
	})
	if err != nil {
		return err
	}
	_, err = e.client.CoreV1().Pods(pod.Namespace).Patch(ctx, pod.Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{}, "status")
	return err
}

// Bind posts a Binding.
func (e *Embedder) Bind(ctx context.Context, pod *corev1.Pod, node string) error {
	return e.client.CoreV1().Pods(pod.Namespace).Bind(ctx, &corev1.Binding{
		ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID},
		Target:     corev1.ObjectReference{Kind: "Node", Name: node},
	}, metav1.CreateOptions{})
}

// Reserve creates a placeholder, or the barrier.
func (e *Embedder) Reserve(ctx context.Context, placeholder *corev1.Pod) error {
	_, err := e.client.CoreV1().Pods(placeholder.Namespace).Create(ctx, placeholder, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	return err
}

// Cancel deletes it at once.
func (e *Embedder) Cancel(ctx context.Context, placeholder *corev1.Pod) error {
	err := e.client.CoreV1().Pods(placeholder.Namespace).Delete(ctx, placeholder.Name, metav1.DeleteOptions{GracePeriodSeconds: new(int64)})
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// Label sets the label of the barrier's nodes.
func (e *Embedder) Label(ctx context.Context, node *corev1.Node, value string) error {
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"labels": map[string]string{handover.LabelKey: value}}})
	if err != nil {
		return err
	}
	_, err = e.client.CoreV1().Nodes().Patch(ctx, node.Name, types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}

// Release takes the taint off. Taints are one list: the version makes the patch fail
// where somebody else has changed them since the node was read.
func (e *Embedder) Release(ctx context.Context, node *corev1.Node) error {
	for {
		rest := []corev1.Taint{}
		for _, t := range node.Spec.Taints {
			if t.Key != handover.TaintKey {
				rest = append(rest, t)
			}
		}
		patch, err := json.Marshal(map[string]any{
			"metadata": map[string]any{"resourceVersion": node.ResourceVersion},
			"spec":     map[string]any{"taints": rest},
		})
		if err != nil {
			return err
		}
		_, err = e.client.CoreV1().Nodes().Patch(ctx, node.Name, types.MergePatchType, patch, metav1.PatchOptions{})
		if !apierrors.IsConflict(err) {
			return err
		}
		if node, err = e.client.CoreV1().Nodes().Get(ctx, node.Name, metav1.GetOptions{}); err != nil {
			return err
		}
	}
}
