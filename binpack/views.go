package binpack

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/catalog"
)

// A view is what rules can tell of a node: its taints, the labels that some
// rule reads, and its name where some rule reads that. Offers are many, views
// are few.
type view struct {
	kube.Node
	allowed bool        // by the pool's requirements
	admits  []admission // per rule set
	daemons []int       // those that run there; none where the node is up
}

// A look makes views.
type look struct {
	keys    []string // labels that some rule reads, by their current names, sorted
	byName  bool     // some rule reads the node's name
	sets    []ruleSet
	daemons []daemon
	index   map[string]int // of views, by content
}

func newLook(pools []Pool, sets []ruleSet, daemons []daemon, topology []string) *look {
	l := &look{sets: sets, daemons: daemons, index: map[string]int{}}
	keys := slices.Clone(topology)
	for i := range daemons {
		keys = append(keys, daemons[i].rules.node.Keys()...)
	}
	for i := range sets {
		keys = append(keys, sets[i].keys()...)
		l.byName = l.byName || sets[i].node.ByName()
	}
	for i := range pools {
		for _, r := range pools[i].Requirements {
			keys = append(keys, r.Key)
		}
	}
	for i := range keys {
		keys[i] = kube.CanonicalKey(keys[i])
	}
	slices.Sort(keys)
	l.keys = slices.Compact(keys)
	return l
}

// viewOf returns the index of the view of a new node of the pool with these
// labels, and makes it where it is new.
func (l *look) viewOf(s *supply, pool int, labels map[string]string) int {
	v, isNew := l.find(s, fmt.Sprint(pool, labelsKey(labels)))
	if isNew {
		kube.AddAliases(labels)
		node := kube.Node{Name: kube.UnknownName, Labels: labels, Taints: s.pools[pool].Taints}
		s.views[v] = l.see(node)
		s.views[v].allowed = kube.Unmet(s.pools[pool].Requirements, labels) == nil
		s.views[v].daemons = running(l.daemons, node)
	}
	return v
}

// viewOfNode returns the index of the view of a node that is up.
func (l *look) viewOfNode(s *supply, n *existingNode) int {
	node := kube.Node{Labels: project(l.keys, func(key string) (string, bool) { return kube.Label(n.Labels, key) }, nil, nil), Taints: n.Taints}
	if slices.Contains(l.keys, corev1.LabelHostname) {
		node.Labels[corev1.LabelHostname] = n.Labels[corev1.LabelHostname]
	}
	if l.byName {
		node.Name = n.Name
	}
	v, isNew := l.find(s, fmt.Sprint(existing, labelsKey(node.Labels), node.Taints, node.Name))
	if isNew {
		kube.AddAliases(node.Labels)
		s.views[v] = l.see(node)
		s.views[v].allowed = true
	}
	return v
}

func (l *look) find(s *supply, key string) (v int, isNew bool) {
	if v, ok := l.index[key]; ok {
		return v, false
	}
	l.index[key] = len(s.views)
	s.views = append(s.views, view{})
	return len(s.views) - 1, true
}

func (l *look) see(node kube.Node) view {
	v := view{Node: node, admits: make([]admission, len(l.sets))}
	for i := range l.sets {
		v.admits[i] = l.sets[i].admits(node)
	}
	return v
}

// canonical returns the labels under their current names; where a label has
// both its names, the current one counts.
func canonical(labels map[string]string) map[string]string {
	out := make(map[string]string, len(labels))
	for k, v := range labels {
		c := kube.CanonicalKey(k)
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
	return func(key string) (string, bool) { return t.OfferingLabel(i, key) }
}

// project returns the labels of a node at the keys.
func project(keys []string, own func(string) (string, bool), pool, chosen map[string]string) map[string]string {
	labels := map[string]string{}
	for _, k := range keys {
		if v, ok := own(k); ok {
			labels[k] = v
		} else if v, ok := pool[k]; ok {
			labels[k] = v
		} else if v, ok := chosen[k]; ok {
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
