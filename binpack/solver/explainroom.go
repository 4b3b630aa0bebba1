package solver

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/describe"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/quantity"
	"github.com/stowage/stowage/catalog"
)

// A shape is offers whose empty nodes have the same room.
type shape struct {
	itype *catalog.InstanceType
	own   *catalog.Offering // with amounts of its own; nil: it has none
	view  int
}

// roomOf returns what the daemons leave of each resource on a node of the offer;
// nil: any amount.
func (x *explainer) roomOf(offer int) []*big.Int {
	o := &x.supply.offers[offer]
	s := shape{itype: o.itype, view: o.view}
	if len(o.offering.Allocatable) > 0 {
		s.own = o.offering
	}
	room, known := x.rooms[s]
	if !known {
		room = make([]*big.Int, len(x.resources))
		for r, name := range x.resources {
			if q, limited := allocatable(o, name); limited {
				if q.Sub(q, x.daemonsTake(o.view, name)).Sign() < 0 {
					q.SetInt64(0)
				}
				room[r] = q
			}
		}
		x.rooms[s] = room
	}
	return room
}

// A request is what a kind asks of the resources, in billionths.
type request []*big.Int

func (x *explainer) request(k int) request {
	asked := make(request, len(x.resources))
	for r, name := range x.resources {
		asked[r] = quantity.Nano(x.kinds[k].requests[name])
	}
	return asked
}

// short returns the resources of which the room has too little.
func (asked request) short(room []*big.Int) []int {
	var out []int
	for r := range asked {
		if room[r] != nil && asked[r].Sign() > 0 && room[r].Cmp(asked[r]) < 0 {
			out = append(out, r)
		}
	}
	return out
}

// share returns the least share of what is asked that the room has, and of which
// resource.
func (asked request) share(room []*big.Int) (least float64, resource int) {
	least = 1
	for _, r := range asked.short(room) {
		have, _ := room[r].Float64()
		want, _ := asked[r].Float64()
		if s := have / want; s < least {
			least, resource = s, r
		}
	}
	return least, resource
}

// room is the hurdle of requests.
func (x *explainer) room(k int) hurdle {
	asked := x.request(k)
	h := hurdle{asksLess: true}
	h.passes = func(o int) bool { return len(asked.short(x.roomOf(o))) == 0 }
	h.blames = func(offers []int) stop {
		for r := range asked { // of which no node has enough
			most := slices.MaxFunc(offers, func(a, b int) int { return compareRoom(x.roomOf(a)[r], x.roomOf(b)[r]) })
			if slices.Contains(asked.short(x.roomOf(most)), r) {
				return x.shortOf(asked, r, most)
			}
		}
		nearest := x.nearest(asked, offers)
		_, r := asked.share(x.roomOf(nearest))
		return x.shortOf(asked, r, nearest)
	}
	h.change = func(offers []int) *binpack.Change {
		offers = slices.DeleteFunc(offers, func(o int) bool { return len(asked.short(x.roomOf(o))) > 1 })
		if len(offers) == 0 {
			return nil
		}
		nearest := x.nearest(asked, offers)
		r := asked.short(x.roomOf(nearest))[0]
		path, value := lowered(x.kinds[k].pod, x.resources[r], asked[r], x.roomOf(nearest)[r])
		if path == "" {
			return nil
		}
		return x.with(path, value, nearest)
	}
	return h
}

// nearest returns the offer that has the greatest share of what is asked, of the
// resource of which it has least.
func (x *explainer) nearest(asked request, offers []int) int {
	return slices.MaxFunc(offers, func(a, b int) int {
		m, _ := asked.share(x.roomOf(a))
		n, _ := asked.share(x.roomOf(b))
		return cmp.Compare(m, n)
	})
}

// compareRoom compares amounts of which nil is any.
func compareRoom(a, b *big.Int) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	return a.Cmp(b)
}

// shortOf says how much of resource r is asked, and how much an offer has.
func (x *explainer) shortOf(asked request, r, offer int) stop {
	return stop{binpack.InsufficientResources, describe.Short(x.resources[r], asked[r], x.roomOf(offer)[r], x.supply.offers[offer].key)}
}

// lowered returns where the pod asks for the resource, and what it may ask for
// there to fit into the room; "": no single container decides.
func lowered(pod *corev1.Pod, name corev1.ResourceName, asked, room *big.Int) (path, value string) {
	if room.Sign() <= 0 {
		return "", ""
	}
	excess := new(big.Int).Sub(asked, room)
	try := func(list string, containers []corev1.Container, of func(*corev1.Pod) []corev1.Container) {
		for i := range containers {
			less := pod.DeepCopy()
			c := &of(less)[i]
			stated, ok := c.Resources.Requests[name]
			if !ok {
				stated = c.Resources.Limits[name]
			}
			want := new(big.Int).Sub(quantity.Nano(stated), excess)
			if want.Sign() <= 0 || path != "" {
				continue
			}
			q := quantity.Of(name, want)
			if c.Resources.Requests == nil {
				c.Resources.Requests = corev1.ResourceList{}
			}
			c.Resources.Requests[name] = q
			if total := kube.Requests(less)[name]; quantity.Nano(total).Cmp(room) <= 0 {
				path, value = fmt.Sprintf("spec.%s[%d].resources.requests[%s]", list, i, name), q.String()
			}
		}
	}
	try("containers", pod.Spec.Containers, func(p *corev1.Pod) []corev1.Container { return p.Spec.Containers })
	try("initContainers", pod.Spec.InitContainers, func(p *corev1.Pod) []corev1.Container { return p.Spec.InitContainers })
	return path, value
}

// daemonRoom is the hurdle of the daemons, which must fit on the node before any
// pod does. No change of the pod or the pool makes them smaller.
func (x *explainer) daemonRoom() hurdle {
	return hurdle{
		passes: func(o int) bool { return x.supply.offers[o].limit != 0 || x.daemonsFit(&x.supply.offers[o]) },
		blames: func([]int) stop {
			return stop{binpack.InsufficientResources, binpack.Detail{Path: "DaemonPods", Rule: "they alone do not fit on the nodes that would hold it"}}
		},
	}
}
