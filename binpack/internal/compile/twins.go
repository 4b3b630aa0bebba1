package compile

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/supply"
)

// twins are existing nodes with the hostname of others. To rules by hostname they are one
// domain, as labels decide; to the model each is a node. So what is on one of them counts
// on all, and pods that such rules are about are put on the first of them only, which may
// leave room unused.
type twins struct {
	all   map[int][]int // per node that has some, all of its hostname, the first first
	ruled []bool        // per kind: a rule by hostname is about it
}

// twinsOf returns the twins among the existing nodes.
func twinsOf(s *supply.Supply) twins {
	byName := map[string][]int{}
	for i := range s.Offers {
		if n := s.Offers[i].Existing; n != nil {
			name := n.Node.Labels[corev1.LabelHostname]
			byName[name] = append(byName[name], n.Number)
		}
	}
	t := twins{all: map[int][]int{}}
	for _, nodes := range byName {
		for _, node := range nodes {
			if len(nodes) > 1 {
				t.all[node] = nodes
			}
		}
	}
	return t
}

// of returns the nodes on which a pod of one of them counts.
func (t twins) of(node int, own bool) []int {
	if all, has := t.all[node]; has && !own {
		return all
	}
	return []int{node}
}

// ruling returns the twins with the kinds that groups by hostname are about.
func (t twins) ruling(groups []podGroup, kinds int) twins {
	if len(t.all) == 0 {
		return t
	}
	t.ruled = make([]bool, kinds)
	for _, g := range groups {
		for k := range t.ruled {
			t.ruled[k] = t.ruled[k] || !g.own && (g.owner[k] || g.member[k])
		}
	}
	return t
}

// second reports whether the node has a twin before it.
func (t twins) second(node int) bool {
	all, has := t.all[node]
	return has && all[0] != node
}

// bar reports whether a kind is kept off a node, as it may be on a twin of it.
func (t twins) bar(kind, node int) bool { return t.second(node) && t.ruled[kind] }

// HasTwins reports whether existing nodes share a hostname.
func (r *Reading) HasTwins() bool { return len(twinsOf(r.Supply).all) > 0 }
