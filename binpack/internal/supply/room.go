package supply

import (
	"math/big"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/quantity"
)

// Allocatable returns what a node of the offer has of a resource, in billionths, less
// what pods there take, and whether that is a limit: who states no "pods" does not
// limit their number, nor that of attached volumes; of other resources there are none.
func (o *Offer) Allocatable(name corev1.ResourceName) (amount *big.Int, limited bool) {
	counted := name != corev1.ResourcePods && !strings.HasPrefix(string(name), kube.AttachPrefix)
	if o.Existing != nil {
		room, ok := o.Existing.room[name]
		if !ok {
			room = new(big.Int)
		}
		return new(big.Int).Set(room), ok || counted
	}
	if q, ok := o.Offering.Allocatable[name]; ok {
		return quantity.Nano(q), true
	}
	q, ok := o.Type.Capacity[name]
	amount = quantity.Nano(q)
	if over, ok := o.Type.Overhead[name]; ok {
		amount.Sub(amount, quantity.Nano(over))
	}
	if amount.Sign() < 0 {
		amount.SetInt64(0)
	}
	return amount, ok || counted
}

// Room returns what the daemons leave of a resource on a node of the offer, in
// billionths, and whether that is a limit.
func (s *Supply) Room(o *Offer, name corev1.ResourceName) (amount *big.Int, limited bool) {
	amount, limited = o.Allocatable(name)
	for _, d := range s.Profiles[o.Profile].Daemons {
		amount.Sub(amount, quantity.Nano(s.Daemons[d].Requests[name]))
	}
	if amount.Sign() < 0 {
		amount.SetInt64(0)
	}
	return amount, limited
}

// DaemonsFit reports whether the daemons of an offer's profile fit together on its
// empty node.
func (s *Supply) DaemonsFit(o *Offer) bool {
	total := map[corev1.ResourceName]*big.Int{}
	var claimed []kube.HostPort
	for _, d := range s.Profiles[o.Profile].Daemons {
		if _, clash := kube.Clash(s.Daemons[d].Ports, claimed); clash {
			return false
		}
		claimed = append(claimed, s.Daemons[d].Ports...)
		for name, q := range s.Daemons[d].Requests {
			if total[name] == nil {
				total[name] = new(big.Int)
			}
			total[name].Add(total[name], quantity.Nano(q))
		}
	}
	for name, asked := range total {
		if room, limited := o.Allocatable(name); limited && asked.Cmp(room) > 0 {
			return false
		}
	}
	return true
}

// Claimed reports whether one of the ports is taken on each node of the offer, by a
// daemon or a pod that is there.
func (s *Supply) Claimed(o *Offer, ports []kube.HostPort) bool {
	if o.Existing != nil {
		_, clash := kube.Clash(ports, o.Existing.Ports)
		return clash
	}
	for _, d := range s.Profiles[o.Profile].Daemons {
		if _, clash := kube.Clash(ports, s.Daemons[d].Ports); clash {
			return true
		}
	}
	return false
}
