package supply

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/nodelabel"
	"github.com/stowage/stowage/catalog"
)

// A Profile is what rules can tell of a node: its taints, the labels that some rule
// reads, and its name where some rule reads that.
type Profile struct {
	Node    kube.Node
	Unmet   []int            // indices of the pool's requirements that the node does not meet
	Admits  []kube.Admission // per rule set
	Daemons []int            // those that run there; none on an existing node
}

// A profiler makes profiles, each once.
type profiler struct {
	supply   *Supply
	sets     []kube.RuleSet
	keys     []string       // labels that some rule reads, by their current names, sorted
	topology []string       // label keys of rules about the pods of a domain, sorted
	byName   bool           // some rule reads the node's name
	index    map[string]int // of profiles, by content
}

func newProfiler(s *Supply, sets []kube.RuleSet, topology []string) *profiler {
	f := &profiler{supply: s, sets: sets, topology: topology, index: map[string]int{}}
	keys := slices.Clone(topology)
	for i := range s.Daemons {
		keys = append(keys, s.Daemons[i].Rules.Node.Keys()...)
	}
	for i := range sets {
		keys = append(keys, sets[i].Keys()...)
		f.byName = f.byName || sets[i].Node.ByName()
	}
	for i := range s.Pools {
		for _, r := range s.Pools[i].Requirements {
			keys = append(keys, r.Key)
		}
	}
	for i := range keys {
		keys[i] = nodelabel.Canonical(keys[i])
	}
	slices.Sort(keys)
	f.keys = slices.Compact(keys)
	return f
}

// ofPool returns the index of the profile of a new node of the pool with these labels,
// and makes it where it is new.
func (f *profiler) ofPool(pool int, labels map[string]string) int {
	v, isNew := f.find(fmt.Sprint(pool, labelsKey(labels)))
	if isNew {
		nodelabel.AddAliases(labels)
		node := kube.Node{Name: kube.UnknownName, Labels: labels, Taints: f.supply.Pools[pool].Taints}
		p := f.profile(node)
		p.Daemons = kube.Running(f.supply.Daemons, node)
		requirements := f.supply.Pools[pool].Requirements
		for i := range requirements {
			if kube.Unmet(requirements[i:i+1], labels) != nil {
				p.Unmet = append(p.Unmet, i)
			}
		}
		f.supply.Profiles[v] = p
	}
	return v
}

// ofNode returns the index of the profile of an existing node.
func (f *profiler) ofNode(n *ExistingNode) int {
	node := kube.Node{Labels: project(f.keys, func(key string) (string, bool) { return nodelabel.Of(n.Node.Labels, key) }, nil, nil, nil), Taints: n.Node.Taints}
	if slices.Contains(f.keys, corev1.LabelHostname) {
		node.Labels[corev1.LabelHostname] = n.Node.Labels[corev1.LabelHostname]
	}
	if f.byName {
		node.Name = n.Node.Name
	}
	v, isNew := f.find(fmt.Sprint(ExistingPool, labelsKey(node.Labels), node.Taints, node.Name))
	if isNew {
		nodelabel.AddAliases(node.Labels)
		f.supply.Profiles[v] = f.profile(node)
	}
	return v
}

func (f *profiler) find(key string) (v int, isNew bool) {
	if v, ok := f.index[key]; ok {
		return v, false
	}
	f.index[key] = len(f.supply.Profiles)
	f.supply.Profiles = append(f.supply.Profiles, Profile{})
	return len(f.supply.Profiles) - 1, true
}

func (f *profiler) profile(node kube.Node) Profile {
	p := Profile{Node: node, Admits: make([]kube.Admission, len(f.sets))}
	for i := range f.sets {
		p.Admits[i] = f.sets[i].Admits(node)
	}
	return p
}

// canonical returns the labels under their current names; where a label has
// both its names, the current one counts.
func canonical(labels map[string]string) map[string]string {
	out := make(map[string]string, len(labels))
	for k, v := range labels {
		c := nodelabel.Canonical(k)
		if _, both := labels[c]; c == k || !both {
			out[c] = v
		}
	}
	return out
}

// offeringLabels returns a reader of the labels that a node has of its type
// and offering, by their current names.
func offeringLabels(t *catalog.InstanceType, k catalog.Key) func(key string) (string, bool) {
	i := 0
	for t.Key(i) != k {
		i++
	}
	return offeringLabelsAt(t, i)
}

// offeringLabelsAt is offeringLabels of the offering with number i.
func offeringLabelsAt(t *catalog.InstanceType, i int) func(key string) (string, bool) {
	k := t.Key(i)
	return func(key string) (string, bool) {
		if nodelabel.IsZoneOfDriver(key) && k.Zone != "" {
			if v, ok := t.Offerings[i].Labels[key]; ok {
				return v, true
			}
			return k.Zone, true
		}
		return t.OfferingLabel(i, key)
	}
}

// project returns the labels of a node at the keys; common are those of every node.
func project(keys []string, own func(string) (string, bool), pool, chosen, common map[string]string) map[string]string {
	labels := map[string]string{}
	for _, k := range keys {
		if v, ok := own(k); ok {
			labels[k] = v
		} else if v, ok := pool[k]; ok {
			labels[k] = v
		} else if v, ok := chosen[k]; ok {
			labels[k] = v
		} else if v, ok := common[k]; ok {
			labels[k] = v
		}
		if k == corev1.LabelHostname {
			labels[k] = kube.UnknownName
		}
	}
	return labels
}

// labelsKey tells sets of labels apart.
func labelsKey(labels map[string]string) string {
	var key strings.Builder
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		fmt.Fprintf(&key, "\x00%s\x00%s", k, labels[k])
	}
	return key.String()
}
