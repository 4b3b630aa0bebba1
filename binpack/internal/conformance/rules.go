package conformance

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/names"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/claims"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/naive"
)

// A statement is what a package says by itself about a pod and a node that is
// there, with the pods on it, and the plugins that say the same.
type statement struct {
	name    string
	plugins []string
	allows  func(p binpack.Problem, e binpack.ExistingNode) bool
}

// statements returns the rules about one pod and one node, as the compiler's
// package and the judge's each state them. Rules that look at other nodes have
// no such form: there, Solve and Verify speak for the packages.
func statements() []statement {
	labels := []string{names.NodeAffinity}
	taints := []string{names.TaintToleration, names.NodeUnschedulable}
	ports, room, volumes := []string{names.NodePorts}, []string{names.NodeResourcesFit}, []string{names.VolumeBinding, names.VolumeZone}
	return []statement{
		{"kube, node affinity", labels, func(p binpack.Problem, e binpack.ExistingNode) bool {
			return kube.NodeRulesOf(p.Pods[0]).Match(kube.ExistingNode(e.Node))
		}},
		{"kube, taints", taints, func(p binpack.Problem, e binpack.ExistingNode) bool {
			node := kube.ExistingNode(e.Node)
			return kube.Untolerated(p.Pods[0].Spec.Tolerations, node.Taints, corev1.TaintEffectNoSchedule, corev1.TaintEffectNoExecute) == nil
		}},
		{"naive, node affinity and taints", slices.Concat(labels, taints), func(p binpack.Problem, e binpack.ExistingNode) bool {
			return naive.Refuses(p.Pods[0], naive.Existing(e.Node)) == nil
		}},
		{"kube, host ports", ports, func(p binpack.Problem, e binpack.ExistingNode) bool {
			return !slices.ContainsFunc(running(e), func(there *corev1.Pod) bool {
				_, clash := kube.Clash(kube.HostPorts(there), kube.HostPorts(p.Pods[0]))
				return clash
			})
		}},
		{"naive, host ports", ports, func(p binpack.Problem, e binpack.ExistingNode) bool {
			return !slices.ContainsFunc(running(e), func(there *corev1.Pod) bool {
				_, clash := naive.Clash(naive.Ports(there), naive.Ports(p.Pods[0]))
				return clash
			})
		}},
		{"kube, requests", room, func(p binpack.Problem, e binpack.ExistingNode) bool {
			left := register(e.Node).Status.Allocatable
			for _, there := range running(e) {
				take(left, kube.RequestsThere(there))
			}
			asked := kube.Requests(p.Pods[0])
			take(left, asked)
			for name, amount := range asked {
				if rest := left[name]; amount.Sign() > 0 && rest.Sign() < 0 {
					return false
				}
			}
			return true
		}},
		{"naive, requests", room, func(p binpack.Problem, e binpack.ExistingNode) bool {
			left := naive.CrewThere(running(e)).Room(naive.AmountsOf(e.Node.Status.Allocatable))
			return naive.Lacks(left, naive.Requests(p.Pods[0])) == ""
		}},
		{"naive, volumes", volumes, func(p binpack.Problem, e binpack.ExistingNode) bool {
			v := claims.NewStorage(claims.Objects(p.Storage)).VolumesOf(p.Pods[0])
			return v.Nowhere == nil && v.Refuses(naive.Existing(e.Node)) == nil
		}},
	}
}

// running returns the pods of the node that have not ended.
func running(e binpack.ExistingNode) []*corev1.Pod {
	return slices.DeleteFunc(slices.Clone(e.Pods), kube.Terminated)
}

func take(left, asked corev1.ResourceList) {
	for name, amount := range asked {
		rest := left[name]
		rest.Sub(amount)
		left[name] = rest
	}
}

// CompareRules returns the first difference between a rule by itself and its
// plugins, or "". The answers are those for the problem.
func CompareRules(p binpack.Problem, answers []Answer) string {
	for _, s := range statements() {
		for i, e := range p.Existing {
			e = binpack.ExistingNode{Node: answers[i].Node, Pods: slices.Concat(e.Pods, answers[i].Crew)}
			refused := slices.ContainsFunc(answers[i].Refusals, func(name string) bool { return slices.Contains(s.plugins, name) })
			if s.allows(p, e) == refused {
				return fmt.Sprintf("%s: %s: refused by %v of %v", s.name, e.Node.Name, answers[i].Refusals, s.plugins)
			}
		}
	}
	return ""
}
