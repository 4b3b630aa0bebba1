package main

import (
	"context"
	"encoding/json"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"github.com/stowage/stowage/binpack/handover"
)

// list reads all pods and nodes. Where there are many, informers have them.
func list(ctx context.Context, client kubernetes.Interface) (pods []*corev1.Pod, nodes []*corev1.Node, err error) {
	podList, err := client.CoreV1().Pods("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, nil, err
	}
	nodeList, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, nil, err
	}
	for i := range podList.Items {
		pods = append(pods, &podList.Items[i])
	}
	for i := range nodeList.Items {
		nodes = append(nodes, &nodeList.Items[i])
	}
	return pods, nodes, nil
}

// An api is the calls that a handover needs.
type api struct {
	client  kubernetes.Interface
	wait    func(ctx context.Context, d time.Duration) error
	watched *bool
}

// Watch waits for a change, but for the first time.
func (a api) Watch(ctx context.Context, d time.Duration) (handover.State, error) {
	if *a.watched {
		if err := a.wait(ctx, d); err != nil {
			return handover.State{}, err
		}
	}
	*a.watched = true
	pods, nodes, err := list(ctx, a.client)
	return handover.State{Nodes: nodes, Pods: pods}, err
}

// Nominate patches the pod's status; the UID says exactly which pod.
func (a api) Nominate(ctx context.Context, pod *corev1.Pod, node string) error {
	var value any = node
	if node == "" {
		value = nil
	}
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"uid": pod.UID}, "status": map[string]any{"nominatedNodeName": value},
	})
	if err != nil {
		return err
	}
	_, err = a.client.CoreV1().Pods(pod.Namespace).Patch(ctx, pod.Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{}, "status")
	return err
}

// Bind posts a Binding.
func (a api) Bind(ctx context.Context, pod *corev1.Pod, node string) error {
	return a.client.CoreV1().Pods(pod.Namespace).Bind(ctx, &corev1.Binding{
		ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID},
		Target:     corev1.ObjectReference{Kind: "Node", Name: node},
	}, metav1.CreateOptions{})
}

// Release takes the taint of the handover off. The version makes the patch fail where
// somebody else has changed the taints since; the Driver then tries again.
func (a api) Release(ctx context.Context, node *corev1.Node) error {
	rest := []corev1.Taint{}
	for _, t := range node.Spec.Taints {
		if t.Key != handover.TaintKey {
			rest = append(rest, t)
		}
	}
	patch, err := json.Marshal(map[string]any{
		"metadata": map[string]any{"resourceVersion": node.ResourceVersion}, "spec": map[string]any{"taints": rest},
	})
	if err != nil {
		return err
	}
	_, err = a.client.CoreV1().Nodes().Patch(ctx, node.Name, types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}

// event says why a pod stays.
func event(ctx context.Context, client kubernetes.Interface, now time.Time, pod *corev1.Pod, text string) error {
	_, err := client.CoreV1().Events(pod.Namespace).Create(ctx, &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{GenerateName: pod.Name + ".", Namespace: pod.Namespace},
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID},
		Type:           corev1.EventTypeWarning, Reason: "NotLaunched", Message: text,
		Source:        corev1.EventSource{Component: "stowage-loop"},
		LastTimestamp: metav1.NewTime(now), FirstTimestamp: metav1.NewTime(now), Count: 1,
	}, metav1.CreateOptions{})
	return err
}
