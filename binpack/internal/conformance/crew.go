package conformance

import (
	"context"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/names"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// joined returns a node as it will be once it has joined: as the conformance tests have
// it, without the taints that pass, and with what is known of its launch where its object
// does not say so. Another node is returned as it is.
func joined(p binpack.Problem, e binpack.ExistingNode) *corev1.Node {
	if !e.Joining {
		return e.Node
	}
	node, pool := e.Node.DeepCopy(), p.Pools[0]
	passes := func(t corev1.Taint) bool {
		ofPool := e.Launch != nil && slices.ContainsFunc(pool.StartupTaints, func(s corev1.Taint) bool { return s.Key == t.Key && s.Effect == t.Effect })
		return ofPool || t.Key == corev1.TaintNodeNotReady
	}
	node.Spec.Taints = slices.DeleteFunc(node.Spec.Taints, passes)
	if e.Launch == nil {
		return node
	}
	offering := slices.IndexFunc(p.Catalog[0].Offerings, func(o catalog.Offering) bool { return o.Zone == e.Launch.Offering.Zone })
	like := launched(pool, p.Catalog[0], offering)
	for _, t := range like.Spec.Taints {
		said := func(o corev1.Taint) bool { return o.Key == t.Key && o.Effect == t.Effect } // with whatever value
		if !slices.ContainsFunc(e.Node.Spec.Taints, said) {
			node.Spec.Taints = append(node.Spec.Taints, t)
		}
	}
	labels := register(like).Labels
	delete(labels, corev1.LabelHostname)
	maps.Copy(labels, register(node).Labels)
	node.Labels = labels
	if node.Status.Allocatable == nil {
		node.Status.Allocatable = corev1.ResourceList{}
	}
	for name, amount := range like.Status.Allocatable {
		if have, stated := node.Status.Allocatable[name]; !stated || have.Cmp(amount) < 0 {
			node.Status.Allocatable[name] = amount
		}
	}
	return node
}

// man gives new and joining nodes the daemons that they will have. A new node that does
// not hold its daemons is launched for nobody.
func (s *Scheduler) man(ctx context.Context, p binpack.Problem, places []Place) error {
	for i := range places {
		at := &places[i]
		var there []*corev1.Pod
		if !at.isNew() {
			if !p.Existing[i].Joining {
				continue
			}
			there = p.Existing[i].Pods
		}
		for _, daemon := range p.DaemonPods {
			if slices.ContainsFunc(there, func(pod *corev1.Pod) bool { return arrived(daemon, pod) }) {
				continue
			}
			created, err := Create(ctx, daemon)
			if err != nil {
				return fmt.Errorf("pod %s: %w", daemon.Name, err)
			}
			node := register(at.Node)
			refusals, err := s.Refusals(ctx, created, []*corev1.Node{node}, at.Crew)
			if err != nil {
				return err
			}
			rules := func(name string) bool { return name == names.NodeAffinity || name == names.TaintToleration }
			if slices.ContainsFunc(refusals[0], rules) {
				continue // it does not run there
			}
			room := func(name string) bool { return name == names.NodeResourcesFit || name == names.NodePorts }
			if at.isNew() && slices.ContainsFunc(refusals[0], room) {
				at.Available = false
			}
			created.Name, created.Spec.NodeName = fmt.Sprintf("%s-on-%s", daemon.Name, node.Name), node.Name
			created.UID = created.UID + "-on-" + node.UID
			at.Crew = append(at.Crew, created)
		}
	}
	return nil
}

// arrived reports whether a pod is the daemon's.
func arrived(daemon, pod *corev1.Pod) bool {
	if orDefault(daemon.Namespace) != orDefault(pod.Namespace) {
		return false
	}
	a, b := metav1.GetControllerOfNoCopy(daemon), metav1.GetControllerOfNoCopy(pod)
	if a != nil && b != nil {
		return a.UID == b.UID
	}
	for key, value := range daemon.Labels {
		if pod.Labels[key] != value {
			return false
		}
	}
	return len(daemon.Labels) > 0 || daemon.Name == pod.Name
}
