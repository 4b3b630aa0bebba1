package scheduler

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	core "k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install" // defaults and conversions of core/v1
	"k8s.io/kubernetes/pkg/registry/core/pod"
)

// stored returns the pod as the API server would store it: defaults are filled in,
// and the keys of matchLabelKeys are in the selectors.
func stored(ctx context.Context, manifest *corev1.Pod) (*corev1.Pod, error) {
	scheme := legacyscheme.Scheme
	stated := manifest.DeepCopy()
	if stated.Namespace == "" {
		stated.Namespace = corev1.NamespaceDefault
	}
	for i := range stated.Spec.Containers {
		c := &stated.Spec.Containers[i]
		c.Name, c.Image = fmt.Sprintf("c%d", i), "pause"
	}
	node, status := stated.Spec.NodeName, stated.Status
	stated.Spec.NodeName = ""
	scheme.Default(stated)
	var internal core.Pod
	if err := scheme.Convert(stated, &internal, nil); err != nil {
		return nil, err
	}
	pod.Strategy.PrepareForCreate(ctx, &internal)
	created := &corev1.Pod{}
	if err := scheme.Convert(&internal, created, nil); err != nil {
		return nil, err
	}
	created.Spec.NodeName, created.Status.NominatedNodeName = node, status.NominatedNodeName
	if node != "" {
		created.Status.Phase = corev1.PodRunning
	}
	return created, nil
}

// An apiServer does what the API server does for a pod's binding and status, and the
// fake clientset leaves out: it binds once, clears the nomination, and numbers versions.
type apiServer struct {
	*fake.Clientset
	mu      sync.Mutex
	version int
	bound   map[string]string // by the pod's name
	cleared int               // nominations that were taken back
}

func newAPIServer(objects []runtime.Object) *apiServer {
	// the new one makes a REST mapper in every call: half of the processor time
	a := &apiServer{Clientset: fake.NewSimpleClientset(objects...), version: 1, bound: map[string]string{}}
	a.PrependReactor("create", "pods", a.bind)
	a.PrependReactor("patch", "pods", a.patch)
	return a
}

var podResource = corev1.SchemeGroupVersion.WithResource("pods")

// change applies f to a copy of the stored pod and stores that as a new version.
func (a *apiServer) change(ns, name string, f func(*corev1.Pod) (*corev1.Pod, error)) (*corev1.Pod, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	object, err := a.Tracker().Get(podResource, ns, name)
	if err != nil {
		return nil, err
	}
	pod, err := f(object.(*corev1.Pod).DeepCopy())
	if err != nil {
		return nil, err
	}
	a.version++
	pod.ResourceVersion = strconv.Itoa(a.version)
	return pod, a.Tracker().Update(podResource, pod, ns)
}

// create stores a new pod as the API server does: with defaults, a UID, and the priority of
// its class. Pods of the cluster have UIDs already.
func (a *apiServer) create(manifest *corev1.Pod) (bool, runtime.Object, error) {
	if manifest.UID != "" {
		return false, nil, nil
	}
	created, err := stored(context.Background(), manifest)
	if err != nil {
		return true, nil, err
	}
	if priority, known := map[string]int32{"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}[created.Spec.PriorityClassName]; known {
		created.Spec.Priority = &priority
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.version++
	created.ResourceVersion = strconv.Itoa(a.version)
	created.UID = types.UID(created.Name + "-" + created.ResourceVersion)
	return true, created, a.Tracker().Create(podResource, created, created.Namespace)
}

func (a *apiServer) bind(action clienttesting.Action) (bool, runtime.Object, error) {
	if action.GetSubresource() == "" {
		return a.create(action.(clienttesting.CreateAction).GetObject().(*corev1.Pod))
	}
	if action.GetSubresource() != "binding" {
		return false, nil, nil
	}
	b := action.(clienttesting.CreateAction).GetObject().(*corev1.Binding)
	_, err := a.change(action.GetNamespace(), b.Name, func(pod *corev1.Pod) (*corev1.Pod, error) {
		if pod.Spec.NodeName != "" || b.UID != "" && b.UID != pod.UID {
			return nil, apierrors.NewConflict(podResource.GroupResource(), pod.Name, fmt.Errorf("is assigned to node %q already", pod.Spec.NodeName))
		}
		pod.Spec.NodeName = b.Target.Name
		pod.Status.NominatedNodeName = ""
		pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodScheduled, Status: corev1.ConditionTrue}}
		a.bound[pod.Name] = b.Target.Name
		return pod, nil
	})
	return true, b, err
}

func (a *apiServer) patch(action clienttesting.Action) (bool, runtime.Object, error) {
	p := action.(clienttesting.PatchAction)
	pod, err := a.change(action.GetNamespace(), p.GetName(), func(pod *corev1.Pod) (*corev1.Pod, error) {
		old, err := json.Marshal(pod)
		if err != nil {
			return nil, err
		}
		data, err := strategicpatch.StrategicMergePatch(old, p.GetPatch(), &corev1.Pod{})
		if err != nil {
			return nil, err
		}
		out := &corev1.Pod{}
		if err := json.Unmarshal(data, out); err != nil {
			return nil, err
		}
		switch {
		case out.UID != pod.UID:
			return nil, apierrors.NewConflict(podResource.GroupResource(), pod.Name, fmt.Errorf("uid is %q", pod.UID))
		case out.Status.NominatedNodeName != "" && pod.Spec.NodeName != "":
			return nil, apierrors.NewConflict(podResource.GroupResource(), pod.Name, fmt.Errorf("is assigned to node %q already", pod.Spec.NodeName))
		case pod.Status.NominatedNodeName != "" && out.Status.NominatedNodeName == "":
			a.cleared++
		}
		return out, nil
	})
	return true, pod, err
}

// nodeOf returns where a pod is bound; "": nowhere.
func (a *apiServer) nodeOf(pod string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.bound[pod]
}

func (a *apiServer) bindings() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.bound)
}
