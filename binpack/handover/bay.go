package handover

import (
	"cmp"
	"maps"
	"math"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/occupancy"
)

// A bay is a node of a dealer, and the pods that may be pushed out of it.
type bay struct {
	id   string // as the handover calls it
	at   *occupancy.Place
	held []*item
}

// hold notes a pod that is on the node now.
func (b *bay) hold(it *item, sizes *sizes) {
	if sizes.of[it.kind].free && it.held() {
		b.held = append(b.held, it)
	}
}

// sizes are how much room pods of each kind take.
type sizes struct {
	world *occupancy.World
	names []corev1.ResourceName
	all   []float64 // that the bays have, of each resource
	of    map[*occupancy.Kind]*size
}

// A size is how much room a pod takes.
type size struct {
	asks  []int64 // of each resource, in thousandths
	share float64 // of all that there is
	ports []kube.HostPort
	tight float64 // how often such a pod had to push others: it is the harder to push
	free  bool    // no rule of other pods, and no spread of its own, says where it has to be
}

func newSizes(w *occupancy.World, bays []*bay) *sizes {
	s := &sizes{world: w, of: map[*occupancy.Kind]*size{}}
	all := map[corev1.ResourceName]float64{}
	for _, b := range bays {
		for name, q := range b.at.Node.Status.Allocatable {
			all[name] += q.AsApproximateFloat64()
		}
	}
	s.names = slices.Sorted(maps.Keys(all))
	for _, name := range s.names {
		s.all = append(s.all, all[name])
	}
	return s
}

// know makes the size of a kind.
func (s *sizes) know(k *occupancy.Kind) {
	if s.of[k] != nil {
		return
	}
	of := &size{ports: kube.HostPorts(k.Pod), free: !k.Spreads()}
	for i, name := range s.names {
		q := k.Requests[name]
		of.asks = append(of.asks, q.MilliValue())
		if !q.IsZero() {
			of.share += q.AsApproximateFloat64() / s.all[i]
		}
	}
	of.free = of.free && !s.world.Selected(k)
	s.of[k] = of
}

// lack returns how much of each resource the node has too little, with one more pod of the
// kind there; nil: as it is.
func (s *sizes) lack(b *bay, k *occupancy.Kind) []int64 {
	lack := make([]int64, len(s.names))
	for i, name := range s.names {
		most, stated := b.at.Node.Status.Allocatable[name]
		asks := int64(1)
		if k != nil {
			asks = s.of[k].asks[i]
		}
		if asks == 0 || !stated && occupancy.IsUnlimited(name) {
			continue
		}
		used := b.at.Used[name]
		if lack[i] = used.MilliValue() - most.MilliValue(); k != nil {
			lack[i] += asks
		}
	}
	return lack
}

// push returns pods without which the node has room for one more of the kind, or, for nil,
// for those that are meant to be there, and how hard it is to push them; false: there are
// none.
func (s *sizes) push(b *bay, k *occupancy.Kind) (out []*item, cost float64, ok bool) {
	lack := s.lack(b, k)
	lacks := func() bool { return slices.ContainsFunc(lack, func(n int64) bool { return n > 0 }) }
	take := func(it *item, n int64) {
		for i, asks := range s.of[it.kind].asks {
			lack[i] -= n * asks
		}
	}
	var others []*item
	for _, it := range b.held {
		switch {
		case it.kind == k:
		case k != nil && s.clash(k, it.kind):
			take(it, 1)
			out = append(out, it)
			cost += s.cost(it.kind)
		default:
			others = append(others, it)
		}
	}
	if lacks() {
		worth := map[*occupancy.Kind]float64{}
		for _, it := range others {
			worth[it.kind] = s.helps(it.kind, lack) / s.cost(it.kind)
		}
		slices.SortStableFunc(others, func(a, b *item) int { return cmp.Compare(worth[b.kind], worth[a.kind]) })
	}
	var most []*item // more than it takes, it may be
	for _, it := range others {
		if !lacks() {
			break
		}
		take(it, 1)
		most = append(most, it)
	}
	if lacks() {
		return nil, 0, false
	}
	for _, it := range most {
		if take(it, -1); lacks() {
			take(it, 1)
			out = append(out, it)
			cost += s.cost(it.kind)
		}
	}
	return out, cost, true
}

// cost returns how hard it is to push a pod of the kind.
func (s *sizes) cost(k *occupancy.Kind) float64 {
	return max(s.of[k].share, 1e-9) * (1 + s.of[k].tight)
}

// relax forgets which pods had to push others.
func (s *sizes) relax() {
	for _, of := range s.of {
		of.tight = 0
	}
}

// helps returns how much of what is lacking a pod of the kind takes.
func (s *sizes) helps(k *occupancy.Kind, lack []int64) float64 {
	sum := 0.0
	for i, asks := range s.of[k].asks {
		if lack[i] > 0 {
			sum += math.Min(1, float64(asks)/float64(lack[i]))
		}
	}
	return sum
}

func (s *sizes) clash(a, b *occupancy.Kind) bool {
	_, clash := kube.Clash(s.of[a].ports, s.of[b].ports)
	return clash
}
