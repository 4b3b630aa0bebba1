package binpack

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/naive"
	"github.com/stowage/stowage/binpack/internal/quantity"
	"github.com/stowage/stowage/catalog"
)

// After returns what is left of p once the launches of done have joined, and the
// pods of its launches and nominations are where it puts them: these pods no longer
// wait, each node of the launches is at the end of Existing, in their order, with its
// daemons, and what they took of limits (where a pool states what is Used, it is more by that),
// quotas and counted offerings is gone. The
// answers of p.Availability are taken to be from before the launches. A done that
// puts a pod more often than p asks for gives a problem that asks for none of it.
func (p Problem) After(done Plan) Problem {
	placed := map[*corev1.Pod]int{}
	for _, l := range done.Launches {
		countPods(placed, l.Pods, l.Nodes())
	}
	for _, n := range done.Nominations {
		countPods(placed, n.Pods, 1)
	}
	rest := p
	rest.Pods = slices.DeleteFunc(slices.Clone(p.Pods), func(pod *corev1.Pod) bool { return placed[pod] > 0 })
	rest.Workloads = slices.Clone(p.Workloads)
	for i := range rest.Workloads {
		w := &rest.Workloads[i]
		w.Replicas = max(0, w.Replicas-placed[w.Pod])
	}
	rest.Existing = p.existingAfter(done)
	rest.useUp(done.Launches)
	return rest
}

// countPods counts the pods of a number of alike nodes.
func countPods(placed map[*corev1.Pod]int, pods []Placement, nodes int) {
	for _, on := range pods {
		placed[on.Pod] += max(on.Count, 0) * nodes
	}
}

// existingAfter returns the nodes that exist once done has joined.
func (p *Problem) existingAfter(done Plan) []ExistingNode {
	out := slices.Clone(p.Existing)
	names := map[string]bool{}
	at := map[*corev1.Node]int{}
	for i, e := range out {
		if e.Node != nil {
			names[e.Node.Name] = true
			at[e.Node] = i
		}
	}
	for _, n := range done.Nominations {
		if i, known := at[n.Node]; known {
			out[i].Pods = appendBound(slices.Clone(out[i].Pods), n.Node.Name, n.Pods)
		}
	}
	type template struct {
		node    *corev1.Node
		daemons []Placement
	}
	templates := map[string]template{}
	number := 0
	for _, l := range done.Launches {
		key := fmt.Sprintf("%q %q %q", l.Pool, l.Offering, l.Labels)
		t, known := templates[key]
		if !known {
			t.node = p.joined(l)
			for _, pod := range p.DaemonPods {
				if pod == nil {
					continue
				}
				if d := naive.DaemonTemplate(pod); naive.Refuses(d, t.node) == nil {
					t.daemons = append(t.daemons, Placement{d, 1})
				}
			}
			templates[key] = t
		}
		for range l.Nodes() {
			node := t.node.DeepCopy()
			for node.Name == "" || names[node.Name] {
				node.Name = fmt.Sprintf("launch-%d", number)
				number++
			}
			names[node.Name] = true
			out = append(out, ExistingNode{Node: node, Pods: appendBound(appendBound(nil, node.Name, t.daemons), node.Name, l.Pods)})
		}
	}
	return out
}

// joined returns the node as it is once it is ready: without startup taints.
func (p *Problem) joined(l Launch) *corev1.Node {
	node := p.Node(l)
	addZones(node.Labels)
	for key, value := range p.NodeLabels {
		if _, stated := node.Labels[key]; !stated {
			node.Labels[key] = value
		}
	}
	for _, pool := range p.EffectivePools() {
		if pool.Name == l.Pool {
			node.Spec.Taints = pool.Taints
		}
	}
	return node
}

// appendBound appends pods of their own for the placements, bound to the node.
func appendBound(pods []*corev1.Pod, node string, on []Placement) []*corev1.Pod {
	for _, pl := range on {
		if pl.Pod == nil {
			continue
		}
		for range pl.Count {
			pod := *pl.Pod
			pod.Spec.NodeName = node
			pods = append(pods, &pod)
		}
	}
	return pods
}

// useUp takes what the launches count for out of limits, quotas and counted
// offerings.
func (p *Problem) useUp(launches []Launch) {
	if len(launches) == 0 {
		return
	}
	types := map[string]map[catalog.Key]*catalog.InstanceType{}
	limits := map[catalog.Key]int{} // that the catalogs state
	for _, pool := range p.EffectivePools() {
		types[pool.Name] = map[catalog.Key]*catalog.InstanceType{}
		for _, t := range p.CatalogOf(&pool) {
			if t == nil {
				continue
			}
			for i := range t.Offerings {
				k := t.Key(i)
				types[pool.Name][k] = t
				if n := t.Offerings[i].Limit; n > 0 && (limits[k] == 0 || n < limits[k]) {
					limits[k] = n
				}
			}
		}
	}
	used := map[catalog.Key]int{}
	ofPool := map[string]launchesOfTypes{}
	for _, l := range launches {
		used[l.Offering] += l.Nodes()
		if t := types[l.Pool][l.Offering]; t != nil {
			if ofPool[l.Pool] == nil {
				ofPool[l.Pool] = launchesOfTypes{}
			}
			ofPool[l.Pool][t] += int64(l.Nodes())
		}
	}
	p.Pools = slices.Clone(p.Pools)
	for i := range p.Pools {
		pool, of := &p.Pools[i], ofPool[p.Pools[i].Name]
		switch {
		case len(of) == 0:
		case pool.Used != nil:
			pool.Used = more(pool.Used, pool.Limits, of)
		default:
			pool.Limits = less(pool.Limits, of)
		}
	}
	p.Quotas = slices.Clone(p.Quotas)
	for i := range p.Quotas {
		amounts := launchesOfTypes{}
		for _, l := range launches {
			if t := types[l.Pool][l.Offering]; t != nil && naive.Covers(p.Quotas[i].Requirements, launchOf(t, l.Offering)) {
				amounts[t] += int64(l.Nodes())
			}
		}
		p.Quotas[i].Left = less(p.Quotas[i].Left, amounts)
	}
	p.Availability = remaining{p.Availability, limits, used}
}

// launchOf returns what an offering alone says of its nodes.
func launchOf(t *catalog.InstanceType, k catalog.Key) naive.Launch {
	l := naive.Launch{
		InstanceType: cmp.Or(t.TypeLabel, t.Name), Zone: k.Zone, CapacityType: string(k.CapacityType),
		CapacityTypeKey: t.CapacityTypeKey, TypeLabels: t.Labels,
	}
	for i := range t.Offerings {
		if t.Key(i) == k {
			l.OfferingLabels = t.Offerings[i].Labels
		}
	}
	return l
}

// launchesOfTypes counts launches by type.
type launchesOfTypes map[*catalog.InstanceType]int64

// less returns what launches, counted by type, leave of a limit, never below zero.
func less(limits corev1.ResourceList, launches launchesOfTypes) corev1.ResourceList {
	if len(launches) == 0 {
		return limits
	}
	out := maps.Clone(limits)
	for name, q := range limits {
		left := quantity.Nano(q)
		for t, n := range launches {
			left.Sub(left, new(big.Int).Mul(quantity.PerLaunch(t.Capacity, name), big.NewInt(n)))
		}
		if left.Sign() < 0 {
			left.SetInt64(0)
		}
		out[name] = quantity.Of(name, left)
	}
	return out
}

// A remaining is what launches leave of a supply that is counted.
type remaining struct {
	before Availability // nil: no limit known
	limits map[catalog.Key]int
	used   map[catalog.Key]int
}

// Available returns what is left of k.
func (r remaining) Available(k catalog.Key) int {
	n := Unlimited
	if r.before != nil {
		n = r.before.Available(k)
	}
	if limit, is := r.limits[k]; is {
		n = min(n, limit)
	}
	if n == Unlimited {
		return n
	}
	return max(0, n-r.used[k])
}
