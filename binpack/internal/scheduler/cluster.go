package scheduler

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/events"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/scheduler"

	"github.com/stowage/stowage/binpack"
)

// A Cluster is nodes and pods on a fake API server, with the real kube-scheduler in
// its default profile. Pods are bare: no owner, so no default soft spreading.
type Cluster struct {
	api       *apiServer
	scheduler *scheduler.Scheduler
	embedder  *Embedder
	pods      []*corev1.Pod // that wait at first, in the order of creation
	serial    int
	started   sync.Once
}

// silence sets the scheduler's log off, for all of the process.
var silence = sync.OnceFunc(func() {
	klog.SetOutput(io.Discard)
	klog.LogToStderr(false)
})

// NewCluster returns the cluster of p's existing nodes, with p's pods waiting in an
// order drawn from the seed; 0: that of p. It runs until ctx ends; its scheduler
// does nothing before Start. With it comes p with its live pods.
func NewCluster(ctx context.Context, p binpack.Problem, seed uint64) (*Cluster, *Live, error) {
	silence()
	c := &Cluster{}
	live, waiting, err := c.enlist(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	if seed != 0 {
		rand.New(rand.NewPCG(seed, 19)).Shuffle(len(waiting), func(i, j int) { waiting[i], waiting[j] = waiting[j], waiting[i] })
	}
	start := time.Unix(1_800_000_000, 0)
	for i, pod := range waiting {
		pod.CreationTimestamp = metav1.NewTime(start.Add(time.Duration(i) * time.Second))
	}
	c.pods = waiting
	watch.DefaultChanSize = int32(100_000) // a fake watch that is full panics
	objects, err := c.objects(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	c.api = newAPIServer(objects)
	informers := scheduler.NewInformerFactory(c.api, 0, nil)
	if c.embedder, err = NewEmbedder(c.api, informers); err != nil {
		return nil, nil, err
	}
	c.scheduler, err = scheduler.New(ctx, c.api, informers, nil, func(string) events.EventRecorderLogger { return &events.FakeRecorder{} })
	if err != nil {
		return nil, nil, err
	}
	informers.Start(ctx.Done())
	informers.WaitForCacheSync(ctx.Done())
	if err := c.scheduler.WaitForHandlersSync(ctx); err != nil {
		return nil, nil, err
	}
	return c, live, c.create(ctx, waiting)
}

// create creates the pods, and waits until all are queued: the scheduler's order is
// that of creation.
func (c *Cluster) create(ctx context.Context, pods []*corev1.Pod) error {
	for _, pod := range pods {
		if _, err := c.api.CoreV1().Pods(pod.Namespace).Create(ctx, pod, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	for {
		if waiting, _ := c.scheduler.SchedulingQueue.PendingPods(); len(waiting) >= len(pods) {
			return nil
		}
		if err := wait(ctx, nil, time.Millisecond); err != nil {
			return err
		}
	}
}

// Start starts the scheduler, once.
func (c *Cluster) Start(ctx context.Context) { c.started.Do(func() { go c.scheduler.Run(ctx) }) }

// A Live is a problem with its live pods: p.Pods are live, and those of workloads are
// in Pods.
type Live struct {
	Problem binpack.Problem
	Pods    map[*corev1.Pod][]*corev1.Pod
}

// enlist makes the live pods of p, in its order.
func (c *Cluster) enlist(ctx context.Context, p binpack.Problem) (*Live, []*corev1.Pod, error) {
	live := &Live{Problem: p, Pods: map[*corev1.Pod][]*corev1.Pod{}}
	live.Problem.Pods = nil
	var waiting []*corev1.Pod
	add := func(manifest *corev1.Pod) (*corev1.Pod, error) {
		pod, err := c.named(ctx, manifest)
		waiting = append(waiting, pod)
		return pod, err
	}
	for _, manifest := range p.Pods {
		pod, err := add(manifest)
		if err != nil {
			return nil, nil, err
		}
		live.Problem.Pods = append(live.Problem.Pods, pod)
	}
	for _, w := range p.Workloads {
		for range w.Replicas {
			pod, err := add(w.Pod)
			if err != nil {
				return nil, nil, err
			}
			live.Pods[w.Pod] = append(live.Pods[w.Pod], pod)
		}
	}
	return live, waiting, nil
}

// named returns a pod of the cluster, with a name and UID of its own.
func (c *Cluster) named(ctx context.Context, manifest *corev1.Pod) (*corev1.Pod, error) {
	pod, err := stored(ctx, manifest)
	if err != nil {
		return nil, fmt.Errorf("pod %s: %w", manifest.Name, err)
	}
	c.serial++
	pod.Name = fmt.Sprintf("%s-%06d", manifest.Name, c.serial)
	pod.UID, pod.ResourceVersion = types.UID(pod.Name), "1"
	return pod, nil
}

// objects returns what is there at first: namespaces, storage, nodes and their pods.
func (c *Cluster) objects(ctx context.Context, p binpack.Problem) ([]runtime.Object, error) {
	var out []runtime.Object
	known := map[string]bool{}
	for _, n := range p.Namespaces {
		known[n.Name] = true
		out = append(out, n)
	}
	space := func(name string) {
		if !known[name] {
			known[name] = true
			out = append(out, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}})
		}
	}
	for _, pod := range c.pods {
		space(pod.Namespace)
	}
	for _, c := range p.Storage.Claims {
		out = append(out, c)
	}
	for _, v := range p.Storage.Volumes {
		out = append(out, v)
	}
	for _, c := range p.Storage.Classes {
		out = append(out, c)
	}
	for _, e := range p.Existing {
		out = append(out, upNode(e.Node.Name, e.Node))
		for _, manifest := range e.Pods {
			pod, err := c.named(ctx, manifest)
			if err != nil {
				return nil, err
			}
			pod.Spec.NodeName, pod.Status.Phase = e.Node.Name, corev1.PodRunning
			space(pod.Namespace)
			out = append(out, pod)
		}
	}
	return out, nil
}

// upNode returns a node of the cluster.
func upNode(name string, manifest *corev1.Node) *corev1.Node {
	node := manifest.DeepCopy()
	node.Name, node.UID, node.ResourceVersion = name, types.UID("node-"+name), "1"
	if node.Labels == nil {
		node.Labels = map[string]string{}
	}
	if node.Labels[corev1.LabelHostname] == "" {
		node.Labels[corev1.LabelHostname] = name
	}
	if node.Status.Allocatable == nil {
		node.Status.Allocatable = corev1.ResourceList{}
	}
	if _, limited := node.Status.Allocatable[corev1.ResourcePods]; !limited {
		node.Status.Allocatable[corev1.ResourcePods] = resource.MustParse("1000000")
	}
	node.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}
	return node
}

// Join adds the node of a launch to the cluster, with the pods that run there.
func (c *Cluster) Join(ctx context.Context, name string, e binpack.ExistingNode, taints ...corev1.Taint) error {
	node := upNode(name, e.Node)
	node.Spec.Taints = slices.Concat(node.Spec.Taints, taints)
	for _, manifest := range e.Pods {
		pod, err := c.named(ctx, manifest)
		if err != nil {
			return err
		}
		pod.Spec.NodeName, pod.Status.Phase = name, corev1.PodRunning
		if _, err := c.api.CoreV1().Pods(pod.Namespace).Create(ctx, pod, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	_, err := c.api.CoreV1().Nodes().Create(ctx, node, metav1.CreateOptions{})
	return err
}

// Settle waits until no pod waits, or none but unschedulable ones has for a while.
func (c *Cluster) Settle(ctx context.Context, quiet time.Duration) error {
	queue := c.scheduler.SchedulingQueue
	for last := time.Now(); c.api.bindings() < len(c.pods); {
		_, summary := queue.PendingPods()
		var active, backoff int
		if _, err := fmt.Sscanf(strings.NewReplacer("activeQ:", "", "backoffQ:", "", ";", "").Replace(summary), "%d %d", &active, &backoff); err != nil {
			return fmt.Errorf("%q: %w", summary, err)
		}
		if active+backoff > 0 || len(queue.InFlightPods()) > 0 {
			last = time.Now()
		} else if time.Since(last) > quiet {
			return nil
		}
		if err := wait(ctx, nil, 5*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}
