package estimate

import "fmt"

// Classes returns, for each option, the first option that no kind, price or rule tells
// apart from it.
func (m *Model) Classes(options []Growth) []int {
	first := make(map[string]int)
	class := make([]int, len(options))
	for i := range options {
		key := m.classKey(&options[i])
		if _, ok := first[key]; !ok {
			first[key] = i
		}
		class[i] = first[key]
	}
	return class
}

func (m *Model) classKey(o *Growth) string {
	g := o.Group
	b := fmt.Appendf(nil, "%d %d %v %v %v ", m.Groups[g].Price, m.Groups[g].Most, m.Free[g], m.Capacity[g], o.Pods)
	b = fmt.Appendf(b, "%d ", o.Nodes)
	for k := range m.Kinds {
		if m.admits[k][g] {
			b = append(b, 'y')
		} else {
			b = append(b, 'n')
		}
	}
	for c := range m.rules.counters {
		b = fmt.Appendf(b, " %d", m.rules.counters[c].domain[g])
	}
	for i := range m.shares {
		b = fmt.Appendf(b, " %d", m.shares[i].amount[g])
	}
	return string(b)
}

// Take applies the growth that Cluster Autoscaler states where it is another than the
// estimate: a limit that is not known here, a pod that volumes keep away.
func (m *Model) Take(s *State, o Growth) {
	for k, n := range o.Pods {
		n = min(n, s.Left[k])
		s.Left[k] -= n
		m.count(s, k, o.Group, n)
	}
	s.Nodes[o.Group] += o.Nodes
	s.Cost += o.Cost
}

// Admits reports whether nodes of group g admit pods of kind k, however much they need.
func (m *Model) Admits(k, g int) bool { return m.admits[k][g] }
