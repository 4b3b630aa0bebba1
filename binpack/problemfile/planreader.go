package problemfile

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// planReader knows what a plan file for a problem may name.
type planReader struct {
	pods   map[string]*corev1.Pod
	nodes  map[string]*corev1.Node // existing ones
	pools  []binpack.Pool
	prices []map[catalog.Key]catalog.Price // by pool
}

func newPlanReader(p binpack.Problem) (*planReader, error) {
	names, err := namesByPod(p)
	if err != nil {
		return nil, err
	}
	rd := &planReader{pods: map[string]*corev1.Pod{}, nodes: map[string]*corev1.Node{}, pools: p.Pools}
	for pod, name := range names {
		rd.pods[name] = pod
	}
	for i, e := range p.Existing {
		path := at("Existing", i) + ".Node"
		if e.Node == nil {
			return nil, fault(path, "is nil")
		}
		if rd.nodes[e.Node.Name] != nil {
			return nil, fault(path, "a second node %q", e.Node.Name)
		}
		rd.nodes[e.Node.Name] = e.Node
	}
	if rd.pools == nil {
		rd.pools = []binpack.Pool{{}}
	}
	shared := pricesOf(p.Catalog)
	for _, pool := range rd.pools {
		prices := shared
		if pool.Catalog != nil {
			prices = pricesOf(pool.Catalog)
		}
		rd.prices = append(rd.prices, prices)
	}
	return rd, nil
}

func (rd *planReader) launch(path string, n *planNode) (binpack.Launch, error) {
	var none binpack.Launch
	if count := countOf(n.Count); count < 0 {
		return none, fault(path+".count", "%d is negative", count)
	}
	pool := rd.pool(n.Pool)
	if pool < 0 {
		return none, fault(path+".pool", "no pool %q", n.Pool)
	}
	l := n.stated()
	var ok bool
	if l.Price, ok = rd.prices[pool][l.Offering]; !ok {
		return none, fault(path, "no instance type %q is offered in zone %q, capacity type %q, to pool %q",
			n.InstanceType, n.Zone, n.CapacityType, n.Pool)
	}
	var err error
	l.Pods, err = rd.placements(path+".pods", n.Pods)
	return *l, err
}

func (rd *planReader) nomination(path string, n *nomination) (binpack.Nomination, error) {
	node, ok := rd.nodes[n.Name]
	if !ok {
		return binpack.Nomination{}, fault(path+".name", "no existing node %q", n.Name)
	}
	pods, err := rd.placements(path+".pods", n.Pods)
	return binpack.Nomination{Node: node, Pods: pods}, err
}

func (rd *planReader) placements(path string, entries []placement) ([]binpack.Placement, error) {
	var pods []binpack.Placement
	for i := range entries {
		pl, err := rd.placement(at(path, i), &entries[i])
		if err != nil {
			return nil, err
		}
		pods = append(pods, pl)
	}
	return pods, nil
}

func (rd *planReader) placement(path string, w *placement) (binpack.Placement, error) {
	pod, ok := rd.pods[w.Name]
	count := countOf(w.Count)
	switch {
	case !ok:
		return binpack.Placement{}, fault(path+".name", "no pod %q", w.Name)
	case count < 0:
		return binpack.Placement{}, fault(path+".count", "%d is negative", count)
	}
	return binpack.Placement{Pod: pod, Count: count}, nil
}

func (rd *planReader) leftover(path string, w *leftover) (binpack.Unschedulable, error) {
	pl, err := rd.placement(path, &w.placement)
	u := binpack.Unschedulable{Pod: pl.Pod, Count: pl.Count}
	for _, pool := range rd.pools {
		if reason, ok := w.Reasons[pool.Name]; ok {
			u.Reasons = append(u.Reasons, binpack.PoolReason{Pool: pool.Name, Reason: reason})
		}
	}
	if err == nil && len(u.Reasons) < len(w.Reasons) {
		err = fault(path+".reasons", "names a pool that the problem has not")
	}
	return u, err
}

// pool returns the index of a pool; -1: there is none of that name.
func (rd *planReader) pool(name string) int {
	for i := range rd.pools {
		if rd.pools[i].Name == name {
			return i
		}
	}
	return -1
}

func pricesOf(c catalog.Catalog) map[catalog.Key]catalog.Price {
	prices := map[catalog.Key]catalog.Price{}
	for _, t := range c {
		if t == nil {
			continue // a fault that Problem.Validate tells
		}
		for i, o := range t.Offerings {
			prices[t.Key(i)] = o.Price
		}
	}
	return prices
}
