package translate

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/controllers/state"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/catalog"
)

// A Translation is a Cluster as a Problem, and the way back.
type Translation struct {
	Problem binpack.Problem
	Lost    []Lost

	pools map[string]*pool
	pods  map[*corev1.Pod]*corev1.Pod // of the Problem → of the Cluster
	nodes map[*corev1.Node]*state.StateNode
	keys  []string // topology keys that rules of pods name
}

// Problem returns c as a Problem. Pools that cannot launch now (static, not ready, being
// deleted, or without types) are left out.
func Problem(c Cluster) *Translation {
	t := &Translation{pools: map[string]*pool{}, pods: map[*corev1.Pod]*corev1.Pod{}, nodes: map[*corev1.Node]*state.StateNode{}}
	lost := &losses{}
	p := &t.Problem
	p.DaemonPods, p.Namespaces, p.Storage = c.Daemons, c.Namespaces, c.Storage
	// What Karpenter's templates have for the sake of daemons, and nodes have once they
	// are up.
	p.NodeLabels = map[string]string{v1.NodeRegisteredLabelKey: "true", v1.NodeInitializedLabelKey: "true"}
	p.Pools = []binpack.Pool{} // not nil: that would be a pool without rules
	for _, in := range c.Pools {
		if !launches(in, lost) {
			continue
		}
		made := newPool(in, c.BestEffort, lost)
		t.pools[in.NodePool.Name] = made
	}
	carried := t.carried()
	for _, in := range c.Pools {
		if made := t.pools[in.NodePool.Name]; made != nil {
			made.openKeys(carried, lost)
			p.Pools = append(p.Pools, made.Pool)
		}
	}
	p.Quotas = t.reservations()
	for _, n := range c.Nodes {
		e := existing(n, c.Daemons)
		t.nodes[e.Node] = n.State
		p.Existing = append(p.Existing, e)
	}
	for _, pod := range c.Pods {
		own := waiting(pod)
		t.pods[own] = pod
		p.Pods = append(p.Pods, own)
	}
	p.Availability = t.availability(c.Availability)
	t.keys = topologyKeys(p)
	t.Lost = lost.list
	return t
}

// waiting returns the pod as one that has no node: one of a node that goes away still has
// it.
func waiting(pod *corev1.Pod) *corev1.Pod {
	if pod.Spec.NodeName == "" {
		return pod
	}
	pod = pod.DeepCopy()
	pod.Spec.NodeName, pod.Status = "", corev1.PodStatus{}
	return pod
}

// carried returns the label keys that types and offerings of any pool state.
func (t *Translation) carried() map[string]bool {
	keys := map[string]bool{}
	for _, p := range t.pools {
		for _, it := range p.Catalog {
			for key := range it.Labels {
				keys[key] = true
			}
			for _, o := range it.Offerings {
				for key := range o.Labels {
					keys[key] = true
				}
			}
		}
	}
	return keys
}

// availability returns a, asked by the Problem's names of types.
func (t *Translation) availability(a binpack.Availability) binpack.Availability {
	if a == nil {
		return nil
	}
	names := map[string]string{}
	for _, p := range t.pools {
		for name, e := range p.entries {
			names[name] = e.of.Name
		}
	}
	return launch.Func(func(k catalog.Key) int {
		k.InstanceType = names[k.InstanceType]
		return a.Available(k)
	})
}

// topologyKeys returns the keys whose domains some rule counts pods in.
func topologyKeys(p *binpack.Problem) []string {
	keys := map[string]bool{}
	terms := func(terms []corev1.PodAffinityTerm) {
		for _, term := range terms {
			keys[term.TopologyKey] = true
		}
	}
	see := func(pod *corev1.Pod) {
		for _, c := range pod.Spec.TopologySpreadConstraints {
			keys[c.TopologyKey] = true
		}
		if a := pod.Spec.Affinity; a != nil && a.PodAffinity != nil {
			terms(a.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution)
		}
		if a := pod.Spec.Affinity; a != nil && a.PodAntiAffinity != nil {
			terms(a.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution)
		}
	}
	for _, pod := range p.Pods {
		see(pod)
	}
	for _, e := range p.Existing {
		for _, pod := range e.Pods {
			see(pod)
		}
	}
	delete(keys, corev1.LabelHostname) // of one node each: no launch shares its domain
	return slices.Sorted(maps.Keys(keys))
}
