package conformance

import (
	"context"
	"fmt"
	"math"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
)

// Ask returns for each place the plugins that keep the problem's one pod off.
func (s *Scheduler) Ask(ctx context.Context, p binpack.Problem, places []Place) ([][]string, error) {
	pod, err := Create(ctx, p.Pods[0])
	if err != nil {
		return nil, fmt.Errorf("pod %s: %w", p.Pods[0].Name, err)
	}
	var nodes []*corev1.Node
	for _, at := range places {
		nodes = append(nodes, register(at.Node))
	}
	var pods []*corev1.Pod
	for _, e := range p.Existing {
		for _, there := range e.Pods {
			if there.Status.Phase == corev1.PodSucceeded || there.Status.Phase == corev1.PodFailed {
				continue // the scheduler does not look at such pods
			}
			created, err := Create(ctx, there)
			if err != nil {
				return nil, fmt.Errorf("pod %s: %w", there.Name, err)
			}
			created.Spec.NodeName = e.Node.Name
			created.Status = there.Status
			pods = append(pods, created)
		}
	}
	for _, at := range places {
		if !at.isNew() {
			pods = append(pods, at.Crew...)
		}
	}
	bend(pod)
	s.stage.csi = p.Storage.Nodes
	refusals, err := s.ask(ctx, pod, places, nodes, pods)
	for i, at := range places {
		if err == nil && at.isNew() && len(at.Crew) > 0 { // its daemons come with it, and only with it
			var manned [][]string
			if manned, err = s.ask(ctx, pod, places, nodes, slices.Concat(pods, at.Crew)); err == nil {
				refusals[i] = manned[i]
			}
		}
	}
	return refusals, err
}

// ask is Ask for pods and nodes as the scheduler sees them.
func (s *Scheduler) ask(ctx context.Context, pod *corev1.Pod, places []Place, nodes []*corev1.Node, pods []*corev1.Pod) ([][]string, error) {
	if !slices.ContainsFunc(pod.Spec.TopologySpreadConstraints, spreadByHostname) {
		return s.Refusals(ctx, pod, nodes, pods)
	}
	return s.askByHostname(ctx, pod, places, nodes, pods)
}

// askByHostname is Ask for a pod that is spread by hostname. To Stowage there is an empty
// domain by hostname wherever a node may yet come that admits the pod; the scheduler
// knows of one only where there are fewer nodes than minDomains. Where none may come,
// only the nodes count that are there.
func (s *Scheduler) askByHostname(ctx context.Context, pod *corev1.Pod, places []Place, nodes []*corev1.Node, pods []*corev1.Pod) ([][]string, error) {
	rest, byHostname := pod.DeepCopy(), pod.DeepCopy()
	rest.Spec.TopologySpreadConstraints = slices.DeleteFunc(rest.Spec.TopologySpreadConstraints, spreadByHostname)
	byHostname.Spec.TopologySpreadConstraints = slices.DeleteFunc(byHostname.Spec.TopologySpreadConstraints,
		func(c corev1.TopologySpreadConstraint) bool { return !spreadByHostname(c) })
	all, err := s.Refusals(ctx, rest, nodes, pods)
	if err != nil {
		return nil, err
	}
	if comes(places, all) {
		many := int32(math.MaxInt32)
		for i := range byHostname.Spec.TopologySpreadConstraints {
			byHostname.Spec.TopologySpreadConstraints[i].MinDomains = &many
		}
	} else if new := slices.IndexFunc(places, Place.isNew); new >= 0 { // after those that are there
		nodes = nodes[:new]
		pods = slices.DeleteFunc(slices.Clone(pods), func(pod *corev1.Pod) bool { // daemons of a new one
			return !slices.ContainsFunc(nodes, func(n *corev1.Node) bool { return n.Name == pod.Spec.NodeName })
		})
	}
	spread, err := s.Refusals(ctx, byHostname, nodes, pods)
	if err != nil {
		return nil, err
	}
	for i, plugins := range spread {
		for _, plugin := range plugins {
			if !slices.Contains(all[i], plugin) {
				all[i] = append(all[i], plugin)
			}
		}
	}
	return all, nil
}

func spreadByHostname(c corev1.TopologySpreadConstraint) bool {
	return c.TopologyKey == corev1.LabelHostname && c.WhenUnsatisfiable == corev1.DoNotSchedule
}

// comes reports whether a node that a launch brings admits the pod, whatever else
// there is: by all plugins but those that are named here.
func comes(places []Place, refusals [][]string) bool {
	keeps := func(plugin string) bool {
		return !slices.Contains([]string{"PodTopologySpread", "InterPodAffinity", "NodeResourcesFit", "NodePorts", "NodeVolumeLimits", "VolumeRestrictions"}, plugin)
	}
	for i, at := range places {
		if at.isNew() && !slices.ContainsFunc(refusals[i], keeps) {
			return true
		}
	}
	return false
}

// bend changes a rule of spread that Stowage reads differently on purpose: a selector
// without requirements selects all pods; the scheduler of this release counts none.
func bend(pod *corev1.Pod) {
	for i := range pod.Spec.TopologySpreadConstraints {
		if s := pod.Spec.TopologySpreadConstraints[i].LabelSelector; s != nil && len(s.MatchLabels)+len(s.MatchExpressions) == 0 {
			s.MatchExpressions = []metav1.LabelSelectorRequirement{{Key: "no-pod-has-this", Operator: metav1.LabelSelectorOpDoesNotExist}}
		}
	}
}

// register returns the node as it is once its kubelet and the controllers of
// nodes have seen to it: with its name as hostname, with the former names of
// labels beside their present ones, with the taint of a cordon, and with some
// number of pods.
func register(node *corev1.Node) *corev1.Node {
	node = node.DeepCopy()
	if node.Labels == nil {
		node.Labels = map[string]string{}
	}
	if node.Status.Allocatable == nil {
		node.Status.Allocatable = corev1.ResourceList{}
	}
	if _, ok := node.Labels[corev1.LabelHostname]; !ok {
		node.Labels[corev1.LabelHostname] = node.Name
	}
	for _, names := range [][2]string{
		{corev1.LabelTopologyZone, corev1.LabelFailureDomainBetaZone},
		{corev1.LabelFailureDomainBetaZone, corev1.LabelTopologyZone},
	} {
		if value, ok := node.Labels[names[0]]; ok {
			node.Labels[names[1]] = value
		}
	}
	if node.Spec.Unschedulable {
		node.Spec.Taints = append(node.Spec.Taints, corev1.Taint{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule})
	}
	if _, ok := node.Status.Allocatable[corev1.ResourcePods]; !ok {
		node.Status.Allocatable[corev1.ResourcePods] = *resource.NewQuantity(math.MaxInt32, resource.DecimalSI)
	}
	return node
}
