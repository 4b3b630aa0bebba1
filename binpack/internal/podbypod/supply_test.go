package podbypod

import (
	"maps"
	"math"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// mayLaunch reports whether the pool may launch the offering with these values of its own
// keys.
func (w *world) mayLaunch(pool *binpack.Pool, t *catalog.InstanceType, o *catalog.Offering, chosen map[string]string) bool {
	if o.Unavailable || len(chosen) != len(pool.Keys) {
		return false
	}
	for key, from := range pool.Keys {
		value, there := chosen[key]
		if !there || value == "" || len(from) > 0 && !slices.Contains(from, value) {
			return false
		}
	}
	labels := offeringLabels(t, o)
	under(labels, pool.Labels)
	under(labels, chosen)
	delete(labels, corev1.LabelHostname)
	return !slices.ContainsFunc(pool.Requirements, func(r corev1.NodeSelectorRequirement) bool { return !holds(labels, r) })
}

// most returns the most launches of an offering by itself.
func (w *world) most(o *catalog.Offering, key catalog.Key) int {
	n := math.MaxInt
	if o.Limit > 0 {
		n = o.Limit
	}
	if w.problem.Availability != nil {
		n = min(n, w.problem.Availability.Available(key))
	}
	if o.Unavailable {
		n = 0
	}
	return n
}

// An option is a node that a pool could launch.
type option struct {
	*spot
	pool  *binpack.Pool
	kind  *catalog.InstanceType
	offer *catalog.Offering
	key   catalog.Key
}

// options returns the nodes that a pool could launch if there were no limits, each with
// each choice of values for the pool's keys.
func (w *world) options(pool *binpack.Pool) []option {
	var out []option
	for _, chosen := range w.choices(pool) {
		for _, t := range w.problem.CatalogOf(pool) {
			for i := range t.Offerings {
				if o := &t.Offerings[i]; w.mayLaunch(pool, t, o, chosen) {
					out = append(out, option{w.node(pool, t, i, chosen, "option"), pool, t, o, t.Key(i)})
				}
			}
		}
	}
	return out
}

// choices returns the values that launches of a pool may choose for its keys: those that
// the pool states, that pods and existing nodes name, and that the plan's launches have. Of
// the many that nobody names one stands for all, where no launch has such a value.
func (w *world) choices(pool *binpack.Pool) []map[string]string {
	out := []map[string]string{{}}
	for _, key := range slices.Sorted(maps.Keys(pool.Keys)) {
		values := map[string]bool{}
		w.named(key, values)
		named := len(values)
		for _, l := range w.plan.Launches {
			if value, there := l.Labels[key]; there {
				values[value] = true
			}
		}
		if len(values) == named {
			values["a value that nobody names"] = true
		}
		for _, value := range pool.Keys[key] {
			values[value] = true
		}
		for _, r := range pool.Requirements {
			if today(r.Key) == today(key) {
				for _, value := range r.Values {
					values[value] = true
				}
			}
		}
		var more []map[string]string
		for _, had := range out {
			for value := range values {
				one := maps.Clone(had)
				one[key] = value
				more = append(more, one)
			}
		}
		out = more
	}
	return out
}

// named adds the values of a key that pods, daemons and existing nodes name.
func (w *world) named(key string, to map[string]bool) {
	requirements := func(list []corev1.NodeSelectorRequirement) {
		for _, r := range list {
			if today(r.Key) == today(key) {
				for _, value := range r.Values {
					to[value] = true
				}
			}
		}
	}
	pods := slices.Concat(w.problem.Pods, w.problem.DaemonPods)
	for _, l := range w.problem.Workloads {
		pods = append(pods, l.Pod)
	}
	for _, pod := range pods {
		if value, there := pod.Spec.NodeSelector[key]; there {
			to[value] = true
		}
		if a := pod.Spec.Affinity; a != nil && a.NodeAffinity != nil && a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution != nil {
			for _, term := range a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms {
				requirements(term.MatchExpressions)
			}
		}
	}
	for _, e := range w.problem.Existing {
		if value, there := e.Node.Labels[key]; there {
			to[value] = true
		}
	}
}

// launchable returns the empty nodes that some pool could launch one of, the plan set
// aside.
func (w *world) launchable() []*spot {
	if w.free != nil {
		return w.free
	}
	w.free = []*spot{}
	pools := w.problem.EffectivePools()
	for i := range pools {
		for _, o := range w.options(&pools[i]) {
			if w.most(o.offer, o.key) > 0 && w.within(&pools[i], o.kind, o.offer, nil) {
				w.free = append(w.free, o.spot)
			}
		}
	}
	return w.free
}

// within reports whether one more launch, beside others, keeps the limits of its pool and
// the quotas.
func (w *world) within(pool *binpack.Pool, t *catalog.InstanceType, o *catalog.Offering, beside []*launched) bool {
	fits := func(limits, used corev1.ResourceList, in func(*launched) bool) bool {
		for name, limit := range limits {
			sum := uses(t, name)
			sum.Add(used[name])
			for _, l := range beside {
				if in(l) {
					sum.Add(uses(l.kind, name))
				}
			}
			if sum.Cmp(limit) > 0 {
				return false
			}
		}
		return true
	}
	if !fits(pool.Limits, pool.Used, func(l *launched) bool { return l.pool.Name == pool.Name }) {
		return false
	}
	for _, q := range w.problem.Quotas {
		if caps(q, t, o) && !fits(q.Left, nil, func(l *launched) bool { return caps(q, l.kind, l.offer) }) {
			return false
		}
	}
	return true
}

// caps reports whether a quota is about an offering.
func caps(q binpack.Quota, t *catalog.InstanceType, o *catalog.Offering) bool {
	labels := offeringLabels(t, o)
	delete(labels, corev1.LabelHostname)
	return !slices.ContainsFunc(q.Requirements, func(r corev1.NodeSelectorRequirement) bool { return !holds(labels, r) })
}

// uses returns what a launch takes of a limit.
func uses(t *catalog.InstanceType, name corev1.ResourceName) resource.Quantity {
	if name == "nodes" {
		return resource.MustParse("1")
	}
	return t.Capacity[name].DeepCopy()
}

// supply checks that launches keep all limits.
func (w *world) supply() {
	for i, l := range w.launched {
		n := 0
		for _, o := range w.launched[:i+1] {
			if o.key == l.key {
				n++
			}
		}
		if n > w.most(l.offer, l.key) || !w.within(l.pool, l.kind, l.offer, w.launched[:i]) {
			w.fault("%s: a limit", l.what)
		}
	}
}

// weights checks that no pod is on a launch where a pool of higher weight could have
// launched one more node for it.
func (w *world) weights() {
	pools := w.problem.EffectivePools()
	for i := range pools {
		var options []option
		for _, l := range w.launched {
			if pools[i].Weight <= l.pool.Weight {
				continue
			}
			if options == nil {
				options = w.options(&pools[i])
			}
			for _, t := range l.tenants {
				if t.guest && w.couldLaunch(&pools[i], options, t.pod) {
					w.fault("%s: %s: pool %s is of higher weight", l.what, t.pod.Name, pools[i].Name)
				}
			}
		}
	}
}

// couldLaunch reports whether one of the cheapest options that hold the pod beside their
// daemons can be launched once more.
func (w *world) couldLaunch(pool *binpack.Pool, options []option, pod *corev1.Pod) bool {
	cheapest := catalog.Price(math.MaxInt64)
	could := false
	for _, o := range options {
		n := 0
		for _, l := range w.launched {
			if l.key == o.key {
				n++
			}
		}
		if n >= w.most(o.offer, o.key) || !w.holdsAlso(o.spot, pod) || o.offer.Price > cheapest || w.tooFewValues(pool, options, o.labels, []*corev1.Pod{pod}) != "" {
			continue
		}
		could = could && o.offer.Price == cheapest || w.within(pool, o.kind, o.offer, w.launched)
		cheapest = o.offer.Price
	}
	return could
}

// holdsAlso reports whether a node admits the pods and has room for them beside whom it has.
func (w *world) holdsAlso(s *spot, pods ...*corev1.Pod) bool {
	full := *s
	full.tenants = slices.Clone(s.tenants)
	if s.daemonsFault() != "" {
		return false
	}
	for _, pod := range pods {
		if !s.admits(pod) || !w.reaches(s, pod) {
			return false
		}
		for _, d := range s.tenants {
			if !d.silent && (w.repelledBy(s, pod, d.pod) || w.repelledBy(s, d.pod, pod)) {
				return false
			}
		}
		full.tenants = append(full.tenants, &tenant{pod: pod, guest: true, at: &full})
	}
	return full.overfull(func(t *tenant) bool { return t.guest }) == "" && !full.portTaken() && w.tooManyVolumes(&full) == ""
}

// repelledBy reports whether an anti-affinity of the owner keeps the pod off its node.
func (w *world) repelledBy(s *spot, owner, pod *corev1.Pod) bool {
	return slices.ContainsFunc(antiTerms(owner), func(term corev1.PodAffinityTerm) bool {
		return together(s, s, term.TopologyKey) && w.selected(owner, term, pod)
	})
}

// daemonsFault says why daemons cannot all run on a new node.
func (s *spot) daemonsFault() string {
	alone := *s
	alone.tenants = slices.DeleteFunc(slices.Clone(s.tenants), func(t *tenant) bool { return t.guest })
	for i, a := range alone.tenants {
		for _, b := range alone.tenants[:i] {
			if !a.silent && !b.silent && portsMeet(a.pod, b.pod) {
				return "two daemons want one host port"
			}
		}
	}
	return alone.overfull(func(*tenant) bool { return true })
}

// minValues checks that launches leave the values to choose from that their pools ask for.
func (w *world) minValues() {
	for _, l := range w.launched {
		var guests []*corev1.Pod
		for _, t := range l.tenants {
			if t.guest {
				guests = append(guests, t.pod)
			}
		}
		if key := w.tooFewValues(l.pool, w.options(l.pool), l.labels, guests); key != "" {
			w.fault("%s: too few values of %s", l.what, key)
		}
	}
}

// tooFewValues names a key that a launch for the pods leaves fewer values to choose from
// than its pool asks for; "": there is none. The pods fix the values of the keys that their rules
// about other pods, and their volumes, name: those are the launch's. Limits of the pool and
// quotas are set aside.
func (w *world) tooFewValues(pool *binpack.Pool, options []option, labels map[string]string, guests []*corev1.Pod) string {
	if len(pool.MinValues) == 0 {
		return ""
	}
	fixed := map[string]bool{}
	for _, pod := range guests {
		for _, c := range hardSpreads(pod) {
			fixed[today(c.TopologyKey)] = true
		}
		for _, term := range slices.Concat(affinityTerms(pod), antiTerms(pod)) {
			fixed[today(term.TopologyKey)] = true
		}
		if w.zonal(pod) {
			fixed[corev1.LabelTopologyZone] = true
		}
	}
	delete(fixed, corev1.LabelHostname)
	values := map[string]map[string]bool{}
	for _, o := range options {
		other := w.most(o.offer, o.key) < 1 || !w.holdsAlso(o.spot, guests...)
		for key := range fixed {
			other = other || o.labels[key] != labels[key]
		}
		for key := range pool.MinValues {
			if value, there := o.labels[today(key)]; there && !other {
				if values[key] == nil {
					values[key] = map[string]bool{}
				}
				values[key][value] = true
			}
		}
	}
	for key, n := range pool.MinValues {
		if len(values[key]) < n {
			return key
		}
	}
	return ""
}

// gangs checks that of pods of a namespace with one value of the gang label all are placed
// or none.
func (w *world) gangs() {
	placed := map[string]bool{}
	gang := func(pod *corev1.Pod) (string, bool) {
		name, in := pod.Labels[w.problem.GangLabel]
		return namespaceOf(pod) + "/" + name, in && w.problem.GangLabel != ""
	}
	for _, t := range w.tenants {
		if name, in := gang(t.pod); in && t.guest {
			placed[name] = true
		}
	}
	for _, u := range w.plan.Unschedulable {
		if name, in := gang(u.Pod); in && placed[name] {
			w.fault("gang %s is torn", name)
		}
	}
}
