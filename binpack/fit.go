package binpack

import (
	"maps"
	"math/big"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/check"
	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/internal/quantity"
)

// Requests returns what a pod takes of a node, by Kubernetes' own definition: what its
// containers ask for, init containers and overhead included, and one of the resource
// "pods". The pod may come from a manifest: a limit without a request is a request.
//
// https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
func Requests(pod *corev1.Pod) corev1.ResourceList { return listOf(naive.Requests(pod)) }

// DaemonsOn returns the pods of p.DaemonPods that each node of l runs: those whose rules
// about nodes admit it once its startup taints are gone.
func (p Problem) DaemonsOn(l Launch) []*corev1.Pod {
	node := p.joined(l)
	var on []*corev1.Pod
	for _, pod := range p.DaemonPods {
		if pod != nil && naive.Refuses(naive.DaemonTemplate(pod), node) == nil {
			on = append(on, pod)
		}
	}
	return on
}

// RequestsOn returns what each node of l is asked for in all: by its pods, and by the
// daemons that it runs. It is what a NodeClaim states as its requests.
func (p Problem) RequestsOn(l Launch) corev1.ResourceList {
	sum := naive.Amounts{}
	for _, on := range l.Pods {
		if on.Pod == nil {
			continue
		}
		sum.AddTimes(naive.Requests(on.Pod), int64(max(on.Count, 0)))
	}
	for _, pod := range p.DaemonsOn(l) {
		sum.Add(naive.Requests(pod))
	}
	return listOf(sum)
}

// Unfit returns why one more pod does not fit on a node beside the pods that are there,
// as the reason and what decided it; "": it fits. It asks what the pod's rules say of
// this node alone, as the node shows itself now: selector and affinity, taints, room and
// host ports. The node that will come of a launch is in p.After. Rules over
// domains, volumes and rules of the pods there are not asked: [verify.Plan] checks
// them all for a plan that nominates the pod for the node. A pod that is nil or that
// cannot be read is Invalid, and fits on no node; a node that is nil has no offering.
//
// [verify.Plan]: https://pkg.go.dev/github.com/stowage/stowage/binpack/verify#Plan
func Unfit(pod *corev1.Pod, on ExistingNode) (Reason, Detail) {
	if pod == nil {
		return Invalid, Detail{Rule: "no pod"}
	}
	if faults := check.Pod(pod); len(faults) > 0 {
		return Invalid, Detail{Path: faults[0].Path, Rule: faults[0].Err.Error()}
	}
	if on.Node == nil {
		return NoAvailableOffering, Detail{Rule: "no node"}
	}
	if r := naive.Withheld(pod); r != nil {
		return Reason(r.Code), Detail{Path: r.Path, Rule: r.Rule}
	}
	if why := naive.Leaving(on.Node); why != "" {
		return NoAvailableOffering, Detail{Rule: why}
	}
	if r := naive.Refuses(pod, naive.Existing(on.Node)); r != nil {
		return Reason(r.Code), Detail{Path: r.Path, Rule: r.Rule}
	}
	crew := naive.CrewThere(slices.DeleteFunc(slices.Clone(on.Pods), func(there *corev1.Pod) bool { return there == nil || naive.Ended(there) }))
	asked, room := naive.Requests(pod), crew.Room(naive.AmountsOf(on.Node.Status.Allocatable))
	if name := naive.Lacks(room, asked); name != "" {
		a, best := quantity.Of(name, asked[name]), quantity.Of(name, atLeast0(room[name]))
		return InsufficientResources, Detail{Resource: string(name), Asked: &a, Best: &best, Offering: on.Node.Name}
	}
	if port, clash := naive.Clash(crew.Ports, naive.Ports(pod)); clash {
		return HostPort, Detail{Path: port.Path, Rule: port.String()}
	}
	return "", Detail{}
}

func atLeast0(n *big.Int) *big.Int {
	if n == nil || n.Sign() < 0 {
		return new(big.Int)
	}
	return n
}

// listOf returns amounts as Kubernetes writes them.
func listOf(amounts naive.Amounts) corev1.ResourceList {
	out := corev1.ResourceList{}
	for _, name := range slices.Sorted(maps.Keys(amounts)) {
		out[name] = quantity.Of(name, amounts[name])
	}
	return out
}
