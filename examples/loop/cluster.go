package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/kubernetes/scheme"
	clienttesting "k8s.io/client-go/testing"

	"github.com/stowage/stowage/binpack/handover"
)

// A cluster is a fake one with a clock of its own: an API server, nodes that join, and
// a scheduler that knows of room, selectors, taints and nominations.
type cluster struct {
	client  *fake.Clientset
	tracker clienttesting.ObjectTracker // what the API server has
	cloud   *halcyon
	daemon  *corev1.Pod // on every node
	now     time.Time
	pods    int
	events  int
	open    string          // the nodes that pods could run on at the last try
	tried   map[string]bool // pods that have been tried
}

func newCluster(cloud *halcyon, daemon *corev1.Pod) *cluster {
	// fake.NewClientset reads the schema of every API first, which takes a second.
	tracker := clienttesting.NewObjectTracker(scheme.Scheme, scheme.Codecs.UniversalDecoder())
	client := &fake.Clientset{}
	client.AddReactor("*", "*", clienttesting.ObjectReaction(tracker))
	c := &cluster{client: client, tracker: tracker, cloud: cloud, daemon: daemon, tried: map[string]bool{}, now: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}
	cloud.clock = c.clock
	c.client.PrependReactor("create", "pods", func(action clienttesting.Action) (bool, runtime.Object, error) {
		create := action.(clienttesting.CreateAction)
		if create.GetSubresource() != "binding" {
			return false, nil, nil
		}
		b := create.GetObject().(*corev1.Binding)
		return true, b, c.bind(b.Namespace, b.Name, b.Target.Name)
	})
	c.client.PrependReactor("create", "events", func(action clienttesting.Action) (bool, runtime.Object, error) {
		c.events++ // the fake API server does not make names
		e := action.(clienttesting.CreateAction).GetObject().(*corev1.Event)
		e.Name = fmt.Sprintf("%s%d", e.GenerateName, c.events)
		return false, nil, nil
	})
	return c
}

func (c *cluster) clock() time.Time { return c.now }

// wait lets time pass, at most a second, and lets the cluster do its work.
func (c *cluster) wait(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	c.now = c.now.Add(min(max(d, 10*time.Millisecond), time.Second))
	c.join()
	return c.schedule()
}

// until lets time pass.
func (c *cluster) until(t time.Time) error {
	if c.now.Before(t) {
		c.now = t
	}
	return c.wait(context.Background(), 0)
}

// join lets nodes join that are due, each with its daemon.
func (c *cluster) join() {
	for _, m := range c.cloud.due() {
		node := m.node.DeepCopy()
		node.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}
		c.must(c.tracker.Add(node))
		pod := c.daemon.DeepCopy()
		pod.Name, pod.UID, pod.Spec.NodeName = pod.Name+"-"+node.Name, types.UID("daemon-"+node.Name), node.Name
		c.must(c.tracker.Add(pod))
	}
}

// must is for calls of the fake that cannot fail.
func (c *cluster) must(err error) {
	if err != nil {
		panic(err)
	}
}

// create adds pods that wait.
func (c *cluster) create(n int, template *corev1.Pod) {
	for range n {
		c.pods++
		pod := template.DeepCopy()
		pod.Name = fmt.Sprintf("%s-%03d", template.Name, c.pods)
		pod.UID = types.UID("uid-" + pod.Name)
		pod.CreationTimestamp = metav1.NewTime(c.now)
		c.must(c.tracker.Add(pod))
	}
}

var podsResource = corev1.SchemeGroupVersion.WithResource("pods")

func (c *cluster) bind(namespace, name, node string) error {
	object, err := c.tracker.Get(podsResource, namespace, name)
	if err != nil {
		return err
	}
	pod := object.(*corev1.Pod).DeepCopy()
	if pod.Spec.NodeName != "" {
		return fmt.Errorf("pod %s is bound to %s", name, pod.Spec.NodeName)
	}
	pod.Spec.NodeName, pod.Status.NominatedNodeName = node, ""
	return c.tracker.Update(podsResource, pod, namespace)
}

// schedule tries each pod once, the oldest first: on the node that it is nominated for,
// then on any. Where there is none its nomination is taken back. Like kube-scheduler it
// tries pods again only when a node has been added or released.
func (c *cluster) schedule() error {
	pods, nodes, err := list(context.Background(), c.client)
	if err != nil {
		return err
	}
	room := map[string]corev1.ResourceList{}
	for _, n := range nodes {
		room[n.Name] = n.Status.Allocatable.DeepCopy()
	}
	takes := func(pod *corev1.Pod, node string, sign int) {
		for name, q := range requests(pod) {
			left := room[node][name]
			if sign < 0 {
				left.Sub(q)
			} else {
				left.Add(q)
			}
			room[node][name] = left
		}
	}
	open := ""
	for _, n := range nodes {
		if !slices.ContainsFunc(n.Spec.Taints, func(t corev1.Taint) bool { return t.Key == handover.TaintKey }) {
			open += n.Name + " "
		}
	}
	again := open != c.open
	c.open = open
	var waiting []*corev1.Pod
	for _, pod := range pods {
		switch at := pod.Spec.NodeName; {
		case at != "":
			takes(pod, at, -1)
		default:
			if at = pod.Status.NominatedNodeName; room[at] != nil {
				takes(pod, at, -1)
			}
			if again || !c.tried[pod.Name] {
				c.tried[pod.Name] = true
				waiting = append(waiting, pod)
			}
		}
	}
	slices.SortFunc(waiting, func(a, b *corev1.Pod) int {
		if by := a.CreationTimestamp.Compare(b.CreationTimestamp.Time); by != 0 {
			return by
		}
		return strings.Compare(a.Name, b.Name)
	})
	for _, pod := range waiting {
		nominated := pod.Status.NominatedNodeName
		if room[nominated] != nil {
			takes(pod, nominated, 1)
		}
		i := slices.IndexFunc(nodes, func(n *corev1.Node) bool { return n.Name == nominated && admits(n, pod, room[n.Name]) })
		if i < 0 {
			i = slices.IndexFunc(nodes, func(n *corev1.Node) bool { return admits(n, pod, room[n.Name]) })
		}
		switch {
		case i >= 0:
			takes(pod, nodes[i].Name, -1)
			err = c.bind(pod.Namespace, pod.Name, nodes[i].Name)
		case nominated != "":
			pod.Status.NominatedNodeName = ""
			err = c.tracker.Update(podsResource, pod, pod.Namespace)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// requests returns what a pod takes.
func requests(pod *corev1.Pod) corev1.ResourceList {
	out := pod.Spec.Containers[0].Resources.Requests.DeepCopy()
	out[corev1.ResourcePods] = resource.MustParse("1")
	return out
}

// admits reports whether a node with so much room takes the pod.
func admits(n *corev1.Node, pod *corev1.Pod, room corev1.ResourceList) bool {
	for key, value := range pod.Spec.NodeSelector {
		if n.Labels[key] != value {
			return false
		}
	}
	for _, t := range n.Spec.Taints {
		if !slices.ContainsFunc(pod.Spec.Tolerations, func(o corev1.Toleration) bool { return o.Key == t.Key && o.Value == t.Value }) {
			return false
		}
	}
	for name, q := range requests(pod) {
		left := room[name]
		if left.Cmp(q) < 0 {
			return false
		}
	}
	return true
}
