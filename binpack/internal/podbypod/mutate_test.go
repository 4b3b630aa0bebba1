package podbypod

import (
	"math/rand/v2"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// A spoiler changes plans of a problem at random.
type spoiler struct {
	problem *binpack.Problem
	random  *rand.Rand
}

// spoil returns the plan changed in one to three ways, and their names. Mostly prices and
// cost are made right again, so that another rule decides.
func (s *spoiler) spoil(plan binpack.Plan) (binpack.Plan, []string) {
	plan = copied(plan)
	var names []string
	for range 1 + s.random.IntN(3) {
		c := changes[s.random.IntN(len(changes))]
		c.change(s, &plan)
		names = append(names, c.name)
	}
	if s.random.IntN(20) > 0 {
		s.priced(&plan)
	}
	return plan, names
}

func copied(plan binpack.Plan) binpack.Plan {
	plan.Launches, plan.Nominations, plan.Unschedulable = slices.Clone(plan.Launches), slices.Clone(plan.Nominations), slices.Clone(plan.Unschedulable)
	for i := range plan.Launches {
		plan.Launches[i].Pods = slices.Clone(plan.Launches[i].Pods)
		plan.Launches[i].Alternatives = nil
	}
	for i := range plan.Nominations {
		plan.Nominations[i].Pods = slices.Clone(plan.Nominations[i].Pods)
	}
	return plan
}

var changes = []struct {
	name   string
	change func(*spoiler, *binpack.Plan)
}{
	{"a pod moves", func(s *spoiler, p *binpack.Plan) { s.put(p, s.take(p)) }},
	{"a pod moves", func(s *spoiler, p *binpack.Plan) { s.put(p, s.take(p)) }},
	{"a pod moves to a node of its own", func(s *spoiler, p *binpack.Plan) { s.launch(p, s.take(p)) }},
	{"pods swap", func(s *spoiler, p *binpack.Plan) {
		a, b := s.list(p), s.list(p)
		if a != nil && b != nil && len(*a) > 0 && len(*b) > 0 {
			x, y := &(*a)[s.random.IntN(len(*a))], &(*b)[s.random.IntN(len(*b))]
			x.Pod, y.Pod = y.Pod, x.Pod
		}
	}},
	{"a pod is dropped", func(s *spoiler, p *binpack.Plan) { s.take(p) }},
	{"a pod is left", func(s *spoiler, p *binpack.Plan) {
		if pod := s.take(p); pod != nil {
			p.Unschedulable = append(p.Unschedulable, binpack.Unschedulable{Pod: pod, Count: 1})
		}
	}},
	{"a pod is doubled", func(s *spoiler, p *binpack.Plan) {
		if l := s.list(p); l != nil && len(*l) > 0 {
			s.put(p, (*l)[s.random.IntN(len(*l))].Pod)
		}
	}},
	{"a count changes", func(s *spoiler, p *binpack.Plan) {
		if l := s.list(p); l != nil && len(*l) > 0 {
			(*l)[s.random.IntN(len(*l))].Count += s.random.IntN(5) - 2
		}
	}},
	{"another number of nodes", func(s *spoiler, p *binpack.Plan) {
		if l := s.someLaunch(p); l != nil {
			l.Count += s.random.IntN(4) - 1
		}
	}},
	{"another offering", func(s *spoiler, p *binpack.Plan) {
		if l := s.someLaunch(p); l != nil {
			l.Offering = s.offering(l.Pool)
		}
	}},
	{"another offering and pool", func(s *spoiler, p *binpack.Plan) {
		if l := s.someLaunch(p); l != nil {
			s.relaunch(l)
		}
	}},
	{"another zone", func(s *spoiler, p *binpack.Plan) {
		if l := s.someLaunch(p); l != nil {
			l.Offering.Zone = []string{"a", "b", "c"}[s.random.IntN(3)]
		}
	}},
	{"another pool", func(s *spoiler, p *binpack.Plan) {
		if l := s.someLaunch(p); l != nil {
			l.Pool = s.pool().Name
		}
	}},
	{"other labels", func(s *spoiler, p *binpack.Plan) {
		if l := s.someLaunch(p); l != nil {
			l.Labels = s.labels(l.Pool)
		}
	}},
	{"a label more or less", func(s *spoiler, p *binpack.Plan) {
		if l := s.someLaunch(p); l != nil {
			l.Labels = s.labels(l.Pool)
			delete(l.Labels, flavor)
			if s.random.IntN(2) == 0 && l.Labels != nil {
				l.Labels["team"] = "x"
			}
		}
	}},
	{"a left pod is placed", func(s *spoiler, p *binpack.Plan) { s.put(p, s.takeLeft(p)) }},
	{"a left pod is launched for", func(s *spoiler, p *binpack.Plan) { s.launch(p, s.takeLeft(p)) }},
	{"all of a node move", func(s *spoiler, p *binpack.Plan) {
		if len(p.Launches) == 0 {
			return
		}
		i := s.random.IntN(len(p.Launches))
		pods, times := p.Launches[i].Pods, max(p.Launches[i].Count, 1)
		p.Launches = slices.Delete(p.Launches, i, i+1)
		for _, pl := range pods {
			for range min(pl.Count, 50) * times {
				s.put(p, pl.Pod)
			}
		}
	}},
	{"an empty launch", func(s *spoiler, p *binpack.Plan) {
		l := binpack.Launch{Count: 1}
		s.relaunch(&l)
		p.Launches = append(p.Launches, l)
	}},
	{"a pod of nobody's", func(s *spoiler, p *binpack.Plan) {
		if l := s.list(p); l != nil {
			*l = append(*l, binpack.Placement{Pod: s.foreign(), Count: 1})
		}
	}},
	{"a nomination twice", func(s *spoiler, p *binpack.Plan) {
		if len(p.Nominations) > 0 {
			n := p.Nominations[s.random.IntN(len(p.Nominations))]
			n.Pods = []binpack.Placement{n.Pods[0]}
			p.Nominations = append(p.Nominations, n)
		}
	}},
	{"a nomination of a copy", func(s *spoiler, p *binpack.Plan) {
		if len(p.Nominations) > 0 {
			n := &p.Nominations[s.random.IntN(len(p.Nominations))]
			n.Node = n.Node.DeepCopy()
		}
	}},
	{"another price", func(s *spoiler, p *binpack.Plan) {
		if l := s.someLaunch(p); l != nil && s.random.IntN(4) == 0 {
			l.Price++
		}
	}},
}

const flavor = "example.com/flavor"

// priced makes prices and cost right.
func (s *spoiler) priced(p *binpack.Plan) {
	p.Cost = 0
	for i := range p.Launches {
		l := &p.Launches[i]
		for k, o := range s.problem.Catalog.Offerings() {
			if k == l.Offering {
				l.Price = o.Price
			}
		}
		p.Cost += l.Price * catalog.Price(max(l.Count, 1))
	}
}

func (s *spoiler) someLaunch(p *binpack.Plan) *binpack.Launch {
	if len(p.Launches) == 0 {
		return nil
	}
	return &p.Launches[s.random.IntN(len(p.Launches))]
}

// list returns the placements of some node.
func (s *spoiler) list(p *binpack.Plan) *[]binpack.Placement {
	n := len(p.Launches) + len(p.Nominations)
	if n == 0 {
		return nil
	}
	if i := s.random.IntN(n); i < len(p.Launches) {
		return &p.Launches[i].Pods
	} else {
		return &p.Nominations[i-len(p.Launches)].Pods
	}
}

// take takes a pod from some node; of a launch of several nodes first one is set apart.
// nil: there is none.
func (s *spoiler) take(p *binpack.Plan) *corev1.Pod {
	if l := s.someLaunch(p); l != nil && l.Count > 1 {
		l.Count--
		one := *l
		one.Count, one.Pods = 1, slices.Clone(l.Pods)
		p.Launches = append(p.Launches, one)
	}
	var lists []*[]binpack.Placement
	for i := range p.Launches {
		if p.Launches[i].Count <= 1 && len(p.Launches[i].Pods) > 0 {
			lists = append(lists, &p.Launches[i].Pods)
		}
	}
	for i := range p.Nominations {
		if len(p.Nominations[i].Pods) > 0 {
			lists = append(lists, &p.Nominations[i].Pods)
		}
	}
	if len(lists) == 0 {
		return nil
	}
	l := lists[s.random.IntN(len(lists))]
	i := s.random.IntN(len(*l))
	pod := (*l)[i].Pod
	if (*l)[i].Count--; (*l)[i].Count < 1 {
		*l = slices.Delete(*l, i, i+1)
	}
	p.Launches = slices.DeleteFunc(p.Launches, func(l binpack.Launch) bool { return len(l.Pods) == 0 })
	p.Nominations = slices.DeleteFunc(p.Nominations, func(n binpack.Nomination) bool { return len(n.Pods) == 0 })
	return pod
}

func (s *spoiler) takeLeft(p *binpack.Plan) *corev1.Pod {
	if len(p.Unschedulable) == 0 {
		return nil
	}
	i := s.random.IntN(len(p.Unschedulable))
	pod := p.Unschedulable[i].Pod
	if p.Unschedulable[i].Count--; p.Unschedulable[i].Count < 1 {
		p.Unschedulable = slices.Delete(p.Unschedulable, i, i+1)
	}
	return pod
}

// put puts a pod on a node of the plan, on an existing node, or on a new one.
func (s *spoiler) put(p *binpack.Plan, pod *corev1.Pod) {
	if pod == nil {
		return
	}
	where := s.random.IntN(5)
	if len(s.problem.Existing) > 0 && where < 2 {
		node := s.problem.Existing[s.random.IntN(len(s.problem.Existing))].Node
		at := slices.IndexFunc(p.Nominations, func(n binpack.Nomination) bool { return n.Node == node })
		if at < 0 {
			p.Nominations = append(p.Nominations, binpack.Nomination{Node: node})
			at = len(p.Nominations) - 1
		}
		add(&p.Nominations[at].Pods, pod)
		return
	}
	if l := s.someLaunch(p); l != nil && where < 4 {
		add(&l.Pods, pod)
		return
	}
	s.launch(p, pod)
}

func add(to *[]binpack.Placement, pod *corev1.Pod) {
	for i := range *to {
		if (*to)[i].Pod == pod {
			(*to)[i].Count++
			return
		}
	}
	*to = append(*to, binpack.Placement{Pod: pod, Count: 1})
}

// launch adds a launch of any offering for a pod.
func (s *spoiler) launch(p *binpack.Plan, pod *corev1.Pod) {
	if pod == nil {
		return
	}
	l := binpack.Launch{Count: s.random.IntN(2), Pods: []binpack.Placement{{Pod: pod, Count: 1}}}
	s.relaunch(&l)
	p.Launches = append(p.Launches, l)
}

// relaunch makes a launch one of any pool and offering.
func (s *spoiler) relaunch(l *binpack.Launch) {
	l.Pool = s.pool().Name
	l.Offering, l.Labels = s.offering(l.Pool), s.labels(l.Pool)
}

func (s *spoiler) pool() *binpack.Pool {
	pools := s.problem.EffectivePools()
	return &pools[s.random.IntN(len(pools))]
}

func (s *spoiler) offering(string) catalog.Key {
	var keys []catalog.Key
	for k := range s.problem.Catalog.Offerings() {
		keys = append(keys, k)
	}
	return keys[s.random.IntN(len(keys))]
}

// labels returns some value of each key that the pool leaves open.
func (s *spoiler) labels(pool string) map[string]string {
	var out map[string]string
	for _, p := range s.problem.EffectivePools() {
		if p.Name != pool {
			continue
		}
		for key := range p.Keys {
			if out == nil {
				out = map[string]string{}
			}
			out[key] = []string{"sweet", "sour", "bitter", "x", "amd64"}[s.random.IntN(5)]
			for _, r := range p.Requirements {
				if r.Key == key && r.Operator == corev1.NodeSelectorOpIn && s.random.IntN(4) > 0 {
					out[key] = r.Values[s.random.IntN(len(r.Values))]
				}
			}
		}
	}
	return out
}

// foreign returns a pod that is not to be placed: a daemon, one that is there, or a copy.
func (s *spoiler) foreign() *corev1.Pod {
	var pods []*corev1.Pod
	pods = append(pods, s.problem.DaemonPods...)
	for _, e := range s.problem.Existing {
		pods = append(pods, e.Pods...)
	}
	for _, pod := range s.problem.Pods {
		pods = append(pods, pod.DeepCopy())
	}
	pods = append(pods, &corev1.Pod{})
	return pods[s.random.IntN(len(pods))]
}
