package solver

import (
	"math/big"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/quantity"
)

// A daemon is a pod that runs on every new node that its rules admit, before
// any other.
type daemon struct {
	rules    ruleSet
	requests corev1.ResourceList
	ports    []kube.HostPort
}

// daemonsOf returns the daemons of p. What they ask of other pods does not
// count: the daemon set controller places them itself.
//
// https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#how-daemon-pods-are-scheduled
func daemonsOf(p *binpack.Problem) []daemon {
	var out []daemon
	for _, pod := range p.DaemonPods {
		out = append(out, daemon{ruleSetOf(pod, kube.VolumeRules{}), kube.Requests(pod), kube.HostPorts(pod)})
	}
	return out
}

// running returns the numbers of the daemons that run on the node.
func running(daemons []daemon, node kube.Node) []int {
	var out []int
	for i := range daemons {
		if daemons[i].rules.admits(node) != never {
			out = append(out, i)
		}
	}
	return out
}

// daemonsFit reports whether the daemons of an offer's view fit together on
// its empty node.
func (c *compiled) daemonsFit(o *offer) bool {
	on := c.supply.views[o.view].daemons
	total := map[corev1.ResourceName]*big.Int{}
	var claimed []kube.HostPort
	for _, d := range on {
		if _, clash := kube.Clash(c.daemons[d].ports, claimed); clash {
			return false
		}
		claimed = append(claimed, c.daemons[d].ports...)
		for name, q := range c.daemons[d].requests {
			if total[name] == nil {
				total[name] = new(big.Int)
			}
			total[name].Add(total[name], quantity.Nano(q))
		}
	}
	for name, asked := range total {
		if room, limited := allocatable(o, name); limited && asked.Cmp(room) > 0 {
			return false
		}
	}
	return true
}

// daemonsTake returns what the daemons of a view take of a resource, in
// billionths.
func (c *compiled) daemonsTake(view int, name corev1.ResourceName) *big.Int {
	total := new(big.Int)
	for _, d := range c.supply.views[view].daemons {
		total.Add(total, quantity.Nano(c.daemons[d].requests[name]))
	}
	return total
}

// claimed reports whether one of the ports is taken on each node of the offer,
// by a daemon or a pod that is there.
func (c *compiled) claimed(o *offer, ports []kube.HostPort) bool {
	if o.node != nil {
		_, clash := kube.Clash(ports, o.node.ports)
		return clash
	}
	for _, d := range c.supply.views[o.view].daemons {
		if _, clash := kube.Clash(ports, c.daemons[d].ports); clash {
			return true
		}
	}
	return false
}
