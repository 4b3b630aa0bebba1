package supply

import corev1 "k8s.io/api/core/v1"

// Twins are existing nodes with the hostname of others, by number: all nodes of its
// hostname, the first first. To rules by hostname they are one domain, as labels decide.
type Twins map[int][]int

// Twins returns the twins among the existing nodes.
func (s *Supply) Twins() Twins {
	byName := map[string][]int{}
	for i := range s.Offers {
		if n := s.Offers[i].Existing; n != nil {
			name := n.Node.Labels[corev1.LabelHostname]
			byName[name] = append(byName[name], n.Number)
		}
	}
	t := Twins{}
	for _, nodes := range byName {
		for _, node := range nodes {
			if len(nodes) > 1 {
				t[node] = nodes
			}
		}
	}
	return t
}

// Of returns the nodes of a node's hostname.
func (t Twins) Of(node int) []int {
	if all, has := t[node]; has {
		return all
	}
	return []int{node}
}

// Second reports whether there is a node of its hostname before it.
func (t Twins) Second(node int) bool {
	all, has := t[node]
	return has && all[0] != node
}
