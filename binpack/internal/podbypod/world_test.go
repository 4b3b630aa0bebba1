package podbypod

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// A world is a problem and a plan for it, pod by pod.
type world struct {
	problem  *binpack.Problem
	plan     *binpack.Plan
	spots    []*spot // existing nodes, then launched ones
	launched []*launched
	tenants  []*tenant
	faults   []string
	free     []*spot         // see launchable
	tried    map[string]bool // sets of firsts, see orderWith
	gaveUp   bool            // there were too many orders of pods to try all
}

// A launched node, and where it comes from.
type launched struct {
	*spot
	launch *binpack.Launch
	pool   *binpack.Pool
	kind   *catalog.InstanceType
	offer  *catalog.Offering
	key    catalog.Key
}

func (w *world) fault(format string, at ...any) {
	w.faults = append(w.faults, fmt.Sprintf(format, at...))
}

// faultsOf returns what is wrong with a plan; nothing: it is right.
func faultsOf(p *binpack.Problem, plan *binpack.Plan) (faults []string, gaveUp bool) {
	w := &world{problem: p, plan: plan}
	w.countPods()
	w.layOut()
	if len(w.faults) > 0 { // there is no such plan: what its nodes hold cannot be said
		return w.faults, false
	}
	w.onNodes()
	w.repels()
	w.skews()
	w.attracts()
	w.volumes()
	w.supply()
	w.weights()
	w.minValues()
	w.gangs()
	return w.faults, w.gaveUp
}

// countPods checks that each pod is placed or left as often as it is asked for.
func (w *world) countPods() {
	want, has := map[*corev1.Pod]int{}, map[*corev1.Pod]int{}
	for _, pod := range w.problem.Pods {
		want[pod] = 1
	}
	for _, l := range w.problem.Workloads {
		want[l.Pod] = l.Replicas
	}
	take := func(pod *corev1.Pod, n, times int) {
		if _, known := want[pod]; !known || n < 1 {
			w.fault("%d of a pod, known: %v", n, known)
		}
		has[pod] += n * times
	}
	for i := range w.plan.Launches {
		l := &w.plan.Launches[i]
		for _, p := range l.Pods {
			take(p.Pod, p.Count, max(l.Count, 1))
		}
	}
	for _, n := range w.plan.Nominations {
		for _, p := range n.Pods {
			take(p.Pod, p.Count, 1)
		}
	}
	for _, u := range w.plan.Unschedulable {
		take(u.Pod, u.Count, 1)
	}
	for pod, n := range want {
		if has[pod] != n {
			w.fault("%s: %d of %d", pod.Name, has[pod], n)
		}
	}
}

// layOut makes the nodes and puts the pods on them.
func (w *world) layOut() {
	at := map[*corev1.Node]*spot{}
	for _, e := range w.problem.Existing {
		s := w.existing(e)
		at[e.Node] = s
		w.spots = append(w.spots, s)
	}
	nominated := map[*corev1.Node]bool{}
	for _, n := range w.plan.Nominations {
		s := at[n.Node]
		if s == nil || nominated[n.Node] {
			w.fault("a nomination for a node that is not there, or a second one")
			continue
		}
		nominated[n.Node] = true
		s.receive(n.Pods)
	}
	var cost catalog.Price
	for i := range w.plan.Launches {
		l := &w.plan.Launches[i]
		if l.Count < 0 || len(l.Pods) == 0 {
			w.fault("launch %d: %d nodes, %d placements", i, l.Count, len(l.Pods))
		}
		for n := range max(l.Count, 1) {
			cost += l.Price
			if node := w.launchedBy(l, fmt.Sprintf("launch %d node %d", i, n)); node != nil {
				node.receive(l.Pods)
				w.launched, w.spots = append(w.launched, node), append(w.spots, node.spot)
			}
		}
	}
	if cost != w.plan.Cost {
		w.fault("cost %v, of launches %v", w.plan.Cost, cost)
	}
	for _, s := range w.spots {
		w.tenants = append(w.tenants, s.tenants...)
	}
}

func (s *spot) receive(pods []binpack.Placement) {
	for _, p := range pods {
		for range min(p.Count, 1_000) {
			s.tenants = append(s.tenants, &tenant{pod: p.Pod, guest: true, at: s})
		}
	}
}

// silent reports whether of a daemon no more than its requests counts.
func silent(daemon *corev1.Pod) bool {
	return len(daemon.Spec.ResourceClaims) > 0 || !readable(daemon) || slices.ContainsFunc(daemon.Spec.Volumes, func(v corev1.Volume) bool {
		return v.PersistentVolumeClaim != nil || v.Ephemeral != nil
	})
}

// runDaemons puts the daemons on a node that it admits and that are not there yet.
func (w *world) runDaemons(s *spot) {
	before := slices.Clone(s.tenants)
	for _, d := range w.problem.DaemonPods {
		there := slices.ContainsFunc(before, func(t *tenant) bool { return isOf(t.pod, d) })
		if u := unnamed(d); !there && s.selectedBy(u) && s.toleratedBy(u) {
			s.tenants = append(s.tenants, &tenant{pod: d, silent: silent(d), at: s})
		}
	}
}

// unnamed returns a daemon without what its node affinity says of the node's name. The
// controller of daemon sets states that of each pod, and so the name is another node's.
func unnamed(daemon *corev1.Pod) *corev1.Pod {
	a := daemon.Spec.Affinity
	if a == nil || a.NodeAffinity == nil || a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return daemon
	}
	out := daemon.DeepCopy()
	selector := out.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	for i := range selector.NodeSelectorTerms {
		term := &selector.NodeSelectorTerms[i]
		had := len(term.MatchFields) > 0
		term.MatchFields = slices.DeleteFunc(term.MatchFields, func(r corev1.NodeSelectorRequirement) bool { return r.Operator == corev1.NodeSelectorOpIn })
		if had && len(term.MatchFields)+len(term.MatchExpressions) == 0 {
			out.Spec.Affinity = nil
			return out
		}
	}
	return out
}

// isOf reports whether a pod is one of a daemon: by its controller, or where one of the
// two has none, by namespace and the daemon's labels; a daemon without labels by its name.
func isOf(pod, daemon *corev1.Pod) bool {
	a, b := metav1.GetControllerOf(pod), metav1.GetControllerOf(daemon)
	if a != nil && b != nil {
		return a.UID == b.UID
	}
	if namespaceOf(pod) != namespaceOf(daemon) || len(daemon.Labels) == 0 && pod.Name != daemon.Name {
		return false
	}
	for key, value := range daemon.Labels {
		if has, there := pod.Labels[key]; !there || has != value {
			return false
		}
	}
	return true
}

// offeringLabels returns what type and offering say of a node's labels.
func offeringLabels(t *catalog.InstanceType, o *catalog.Offering) map[string]string {
	labels := map[string]string{}
	under(labels, t.Labels)
	labels[corev1.LabelInstanceTypeStable] = t.Name
	if t.TypeLabel != "" {
		labels[corev1.LabelInstanceTypeStable] = t.TypeLabel
	}
	if o.Zone != "" {
		labels[corev1.LabelTopologyZone] = o.Zone
	}
	key := t.CapacityTypeKey
	if key == "" {
		key = catalog.CapacityTypeLabel
	}
	if o.CapacityType != "" {
		labels[key] = string(o.CapacityType)
	}
	under(labels, o.Labels)
	return labels
}

// node returns a new node, with its daemons.
func (w *world) node(pool *binpack.Pool, t *catalog.InstanceType, i int, chosen map[string]string, what string) *spot {
	s := &spot{what: what, name: "new: " + what, taints: pool.Taints, room: t.AllocatableOf(i)}
	s.labels = offeringLabels(t, &t.Offerings[i])
	under(s.labels, pool.Labels)
	under(s.labels, chosen)
	driverZones(s.labels)
	under(s.labels, w.problem.NodeLabels)
	s.labels[corev1.LabelHostname] = s.name
	w.runDaemons(s)
	return s
}

// offered returns the pool of a launch, and its type with the number of its offering; nil:
// there is no such.
func (w *world) offered(l *binpack.Launch) (*binpack.Pool, *catalog.InstanceType, int) {
	pools := w.problem.EffectivePools()
	for i := range pools {
		if pools[i].Name != l.Pool {
			continue
		}
		for _, t := range w.problem.CatalogOf(&pools[i]) {
			for j := range t.Offerings {
				if t.Key(j) == l.Offering {
					return &pools[i], t, j
				}
			}
		}
	}
	return nil, nil, 0
}

// launchedBy returns the node of a launch; nil: there is no such launch, which is a fault.
func (w *world) launchedBy(l *binpack.Launch, what string) *launched {
	pool, t, i := w.offered(l)
	if t == nil {
		w.fault("%s: no such offering", what)
		return nil
	}
	o := &t.Offerings[i]
	if o.Price != l.Price || !w.mayLaunch(pool, t, o, l.Labels) {
		w.fault("%s: price or labels, or not of the pool", what)
	}
	return &launched{spot: w.node(pool, t, i, l.Labels, what), launch: l, pool: pool, kind: t, offer: o, key: l.Offering}
}

// onNodes checks what concerns one node: whom it admits, room, ports; and pods that have
// no place.
func (w *world) onNodes() {
	for _, t := range w.tenants {
		if !t.guest {
			continue
		}
		if !t.at.admits(t.pod) {
			w.fault("%s: %s is not admitted", t.at.what, t.pod.Name)
		}
		if !readable(t.pod) || len(t.pod.Spec.SchedulingGates) > 0 || w.countsDaemons(t.pod) {
			w.fault("%s: %s waits or cannot be read", t.at.what, t.pod.Name)
		}
	}
	for _, s := range w.spots {
		if why := s.overfull(func(t *tenant) bool { return t.guest }); why != "" {
			w.fault("%s: %s", s.what, why)
		}
		if s.portTaken() {
			w.fault("%s: a host port is taken", s.what)
		}
	}
	for _, l := range w.launched {
		if why := l.daemonsFault(); why != "" {
			w.fault("%s: daemons: %s", l.what, why)
		}
	}
}

// portTaken reports whether a pod of the plan wants a port that another pod has.
func (s *spot) portTaken() bool {
	for i, a := range s.tenants {
		for _, b := range s.tenants[:i] {
			if (a.guest || b.guest) && !a.silent && !b.silent && portsMeet(a.pod, b.pod) {
				return true
			}
		}
	}
	return false
}

// countsDaemons reports whether a pod is to be spread over domains by a rule that counts a
// daemon of a node that could be launched.
func (w *world) countsDaemons(pod *corev1.Pod) bool {
	for _, c := range hardSpreads(pod) {
		if today(c.TopologyKey) == corev1.LabelHostname {
			continue
		}
		for _, s := range w.launchable() {
			if s.daemonsFault() != "" { // no such node comes
				continue
			}
			for _, d := range s.tenants {
				if !d.silent && s.takesPart(pod, c) && counts(pod, c, d.pod) {
					return true
				}
			}
		}
	}
	return false
}
