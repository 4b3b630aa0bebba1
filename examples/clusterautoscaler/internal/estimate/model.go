package estimate

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	podresource "k8s.io/component-helpers/resource"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"

	"github.com/stowage/stowage/catalog"
)

// A Group is a node group as Cluster Autoscaler sees it.
type Group struct {
	ID    string
	Node  *corev1.Node  // the template
	Price catalog.Price // of one node, per hour
	Most  int           // nodes that it may still get; 0: no limit known
}

// A Limit is what groups may still add together of one resource, in capacity.
type Limit struct {
	Groups   []int // indices of the groups
	Resource corev1.ResourceName
	Left     resource.Quantity
}

// A Setting is what a Model is made of.
type Setting struct {
	Kinds   []Kind
	Groups  []Group
	Daemons []*corev1.Pod // run on every new node that admits them
	Limits  []Limit
	Balance bool     // a group grows together with the groups that are like it
	Round   int      // most nodes of one growth; 0: no limit
	Barred  [][2]int // kind and group that do not go together, for a reason that is not known here
}

// A Model is kinds of pods and groups in numbers. It is not written after New.
type Model struct {
	Setting
	Requests [][]int64 // kind → resource, in thousandths of a CPU and whole units
	Free     [][]int64 // group → resource: what its daemons leave of a node
	Capacity [][]int64 // group → resource: allocatable of the template

	names  []corev1.ResourceName
	admits [][]bool // kind → group: selector, affinity, taints, ports of daemons
	order  [][]int  // group → kinds, the large ones first
	rules  rules
	alike  [][]int // group → groups that grow with it, itself first
	shares []share
}

// share is a Limit in numbers.
type share struct {
	amount []int64 // group → what a node takes; 0: not of the limit
	left   int64
}

// Positions of the resources that every model has.
const (
	cpu = iota
	memory
	podCount
)

// New returns the model of a setting. An error names the pod or group that cannot be read.
func New(s Setting) (*Model, error) {
	m := &Model{Setting: s, names: []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourcePods}}
	if err := m.vectors(); err != nil {
		return nil, err
	}
	if err := m.admissions(); err != nil {
		return nil, err
	}
	if err := m.compileRules(); err != nil {
		return nil, err
	}
	m.orders()
	m.similar()
	m.limits()
	return m, nil
}

// podRequests returns the requests of a pod, with the unit of pods that it takes.
func podRequests(pod *corev1.Pod) corev1.ResourceList {
	r := podresource.PodRequests(pod, podresource.PodResourcesOptions{})
	if r == nil {
		r = corev1.ResourceList{}
	}
	r[corev1.ResourcePods] = *resource.NewQuantity(1, resource.DecimalSI)
	return r
}

func amount(name corev1.ResourceName, q resource.Quantity) int64 {
	if name == corev1.ResourceCPU {
		return q.MilliValue()
	}
	return q.Value()
}

// vectors writes requests and what groups have as vectors over the resources that pods
// ask for.
func (m *Model) vectors() error {
	lists := make([]corev1.ResourceList, len(m.Kinds))
	seen := map[corev1.ResourceName]bool{corev1.ResourceCPU: true, corev1.ResourceMemory: true, corev1.ResourcePods: true}
	var more []corev1.ResourceName
	for k := range m.Kinds {
		lists[k] = podRequests(m.Kinds[k].Pod)
		for name, q := range lists[k] {
			if q.Sign() < 0 {
				return fmt.Errorf("kind %d: requests[%s]: is negative: %s", k, name, q.String())
			}
			if !seen[name] && q.Sign() > 0 {
				seen[name] = true
				more = append(more, name)
			}
		}
	}
	slices.Sort(more)
	m.names = append(m.names, more...)
	for _, list := range lists {
		m.Requests = append(m.Requests, m.vector(list))
	}
	for i := range m.Groups {
		node := m.Groups[i].Node
		if node == nil {
			return fmt.Errorf("group %s: has no template", m.Groups[i].ID)
		}
		has := m.vector(node.Status.Allocatable)
		if _, ok := node.Status.Allocatable[corev1.ResourcePods]; !ok {
			has[podCount] = math.MaxInt32 // no limit stated
		}
		m.Capacity = append(m.Capacity, has)
	}
	return nil
}

func (m *Model) vector(list corev1.ResourceList) []int64 {
	v := make([]int64, len(m.names))
	for i, name := range m.names {
		if q, ok := list[name]; ok {
			v[i] = amount(name, q)
		}
	}
	return v
}

// admissions says which kinds a node of a group admits, and what daemons leave of it.
func (m *Model) admissions() error {
	m.Free = make([][]int64, len(m.Groups))
	ports := make([][]corev1.ContainerPort, len(m.Groups))
	for g := range m.Groups {
		m.Free[g] = slices.Clone(m.Capacity[g])
	}
	for _, d := range m.Daemons {
		need := m.vector(podRequests(d))
		for g := range m.Groups {
			ok, err := admits(d, m.Groups[g].Node)
			if err != nil {
				return fmt.Errorf("daemon %s/%s: %w", d.Namespace, d.Name, err)
			}
			if !ok {
				continue
			}
			for r := range need {
				m.Free[g][r] -= need[r]
			}
			ports[g] = append(ports[g], hostPorts(d)...)
		}
	}
	m.admits = make([][]bool, len(m.Kinds))
	for k := range m.Kinds {
		m.admits[k] = make([]bool, len(m.Groups))
		mine := hostPorts(m.Kinds[k].Pod)
		for g := range m.Groups {
			ok, err := admits(m.Kinds[k].Pod, m.Groups[g].Node)
			if err != nil {
				return fmt.Errorf("kind %d: %w", k, err)
			}
			m.admits[k][g] = ok && !clash(mine, ports[g])
		}
	}
	for _, b := range m.Barred {
		m.admits[b[0]][b[1]] = false
	}
	return nil
}

// admits reports whether a node's labels and taints let a pod onto it.
func admits(pod *corev1.Pod, node *corev1.Node) (bool, error) {
	ok, err := nodeaffinity.GetRequiredNodeAffinity(pod).Match(node)
	if err != nil {
		return false, err
	}
	return ok && tolerates(pod, node), nil
}

func tolerates(pod *corev1.Pod, node *corev1.Node) bool {
	for i := range node.Spec.Taints {
		t := &node.Spec.Taints[i]
		if t.Effect == corev1.TaintEffectPreferNoSchedule {
			continue
		}
		if !slices.ContainsFunc(pod.Spec.Tolerations, func(o corev1.Toleration) bool { return toleration(o, t) }) {
			return false
		}
	}
	return true
}

// toleration reports whether o tolerates t, see
// https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/.
func toleration(o corev1.Toleration, t *corev1.Taint) bool {
	if o.Effect != "" && o.Effect != t.Effect || o.Key != "" && o.Key != t.Key {
		return false
	}
	switch o.Operator {
	case corev1.TolerationOpExists:
		return true
	case corev1.TolerationOpEqual, "":
		return o.Key != "" && o.Value == t.Value
	}
	return false
}

// orders sorts kinds for each group as the estimator does: by the share of a node's CPU
// and memory that a pod asks for, the largest first.
func (m *Model) orders() {
	m.order = make([][]int, len(m.Groups))
	for g := range m.Groups {
		score := make([]float64, len(m.Kinds))
		var kinds []int
		for k := range m.Kinds {
			if m.admits[k][g] {
				score[k] = part(m.Requests[k][cpu], m.Capacity[g][cpu]) + part(m.Requests[k][memory], m.Capacity[g][memory])
				kinds = append(kinds, k)
			}
		}
		slices.SortStableFunc(kinds, func(a, b int) int { return cmp.Compare(score[b], score[a]) })
		m.order[g] = kinds
	}
}

func part(a, of int64) float64 {
	if of <= 0 {
		return 0
	}
	return float64(a) / float64(of)
}

// limits writes the limits as numbers.
func (m *Model) limits() {
	for _, l := range m.Limits {
		s := share{amount: make([]int64, len(m.Groups)), left: amount(l.Resource, l.Left)}
		for _, g := range l.Groups {
			switch q, ok := m.Groups[g].Node.Status.Capacity[l.Resource]; {
			case l.Resource == "nodes":
				s.amount[g] = 1
			case ok:
				s.amount[g] = amount(l.Resource, q)
			}
		}
		m.shares = append(m.shares, s)
	}
}
