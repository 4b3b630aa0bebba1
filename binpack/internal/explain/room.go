package explain

import (
	"fmt"
	"math/big"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/describe"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/quantity"
)

// room is the hurdle of requests.
func (q *question) room() hurdle {
	asked := q.request()
	h := hurdle{asksLess: true}
	h.passes = func(o int) bool { return len(asked.short(q.offers.roomOf(o))) == 0 }
	h.blames = func(offers []int) stop {
		for r := range asked { // that no node has enough of
			most := slices.MaxFunc(offers, func(a, b int) int { return compareRoom(q.offers.roomOf(a)[r], q.offers.roomOf(b)[r]) })
			if slices.Contains(asked.short(q.offers.roomOf(most)), r) {
				return q.shortOf(asked, r, most)
			}
		}
		nearest := q.offers.nearest(asked, offers)
		_, r := asked.share(q.offers.roomOf(nearest))
		return q.shortOf(asked, r, nearest)
	}
	h.change = func(offers []int) *binpack.Change {
		offers = slices.DeleteFunc(offers, func(o int) bool { return len(asked.short(q.offers.roomOf(o))) > 1 })
		if len(offers) == 0 {
			return nil
		}
		nearest := q.offers.nearest(asked, offers)
		r := asked.short(q.offers.roomOf(nearest))[0]
		path, value := lowered(q.c.Kinds[q.k].Pod, q.c.Resources[r], asked[r], q.offers.roomOf(nearest)[r])
		if path == "" {
			return nil
		}
		return q.offers.with(path, value, nearest)
	}
	return h
}

// shortOf says how much of resource r is asked, and how much an offer has.
func (q *question) shortOf(asked request, r, offer int) stop {
	d := describe.Short(q.c.Resources[r], asked[r], q.offers.roomOf(offer)[r], q.offers.list[offer].Key)
	d.Rule = q.offers.byDaemons(asked[r], string(q.c.Resources[r]), offer)
	return stop{binpack.InsufficientResources, d}
}

func (q *question) request() request {
	asked := make(request, len(q.c.Resources))
	for r, name := range q.c.Resources {
		asked[r] = quantity.Nano(q.c.Kinds[q.k].Requests[name])
	}
	return asked
}

// A request is what a kind asks of the resources, in billionths.
type request []*big.Int

// short returns the resources that the room has too little of.
func (asked request) short(room []*big.Int) []int {
	var out []int
	for r := range asked {
		if room[r] != nil && asked[r].Sign() > 0 && room[r].Cmp(asked[r]) < 0 {
			out = append(out, r)
		}
	}
	return out
}

// share returns the least share of what is asked that the room has, and its resource.
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

// compareRoom compares amounts; nil stands for any.
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
