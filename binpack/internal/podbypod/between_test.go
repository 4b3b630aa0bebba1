package podbypod

import (
	"fmt"
	"math"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// namespaceLabels returns the labels of a namespace.
func (w *world) namespaceLabels(name string) map[string]string {
	out := map[string]string{}
	for _, n := range w.problem.Namespaces {
		if n.Name == name {
			for key, value := range n.Labels {
				out[key] = value
			}
		}
	}
	out["kubernetes.io/metadata.name"] = name
	return out
}

// selected reports whether a term of the owner is about the pod.
func (w *world) selected(owner *corev1.Pod, term corev1.PodAffinityTerm, pod *corev1.Pod) bool {
	there := slices.Contains(term.Namespaces, namespaceOf(pod))
	if len(term.Namespaces) == 0 && term.NamespaceSelector == nil {
		there = namespaceOf(owner) == namespaceOf(pod)
	}
	if term.NamespaceSelector != nil && !there {
		there, _ = matches(term.NamespaceSelector, w.namespaceLabels(namespaceOf(pod)))
	}
	if yes, _ := matches(term.LabelSelector, pod.Labels); !yes || !there {
		return false
	}
	return sameValues(owner, pod, term.MatchLabelKeys, true) && sameValues(owner, pod, term.MismatchLabelKeys, false)
}

// sameValues reports whether the pod has the owner's value of each key that the owner has,
// or, where same is false, of none.
func sameValues(owner, pod *corev1.Pod, keys []string, same bool) bool {
	for _, key := range keys {
		want, stated := owner.Labels[key]
		has, there := pod.Labels[key]
		if stated && (there && has == want) != same {
			return false
		}
	}
	return true
}

func affinityTerms(pod *corev1.Pod) []corev1.PodAffinityTerm {
	if a := pod.Spec.Affinity; a != nil && a.PodAffinity != nil {
		return a.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	}
	return nil
}

func antiTerms(pod *corev1.Pod) []corev1.PodAffinityTerm {
	if a := pod.Spec.Affinity; a != nil && a.PodAntiAffinity != nil {
		return a.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	}
	return nil
}

// together reports whether two nodes have the same value of a key.
func together(a, b *spot, key string) bool {
	x, inX := a.labels[today(key)]
	y, inY := b.labels[today(key)]
	return inX && inY && x == y
}

// repels adds a fault for each two pods, one of them of the plan, that must not meet.
func (w *world) repels() {
	for _, owner := range w.tenants {
		if owner.silent {
			continue
		}
		for _, term := range antiTerms(owner.pod) {
			for _, other := range w.tenants {
				if other != owner && !other.silent && (owner.guest || other.guest) && together(owner.at, other.at, term.TopologyKey) && w.selected(owner.pod, term, other.pod) {
					w.fault("%s: %s repels %s by %s", other.at.what, owner.pod.Name, other.pod.Name, term.TopologyKey)
				}
			}
		}
	}
}

// attracts adds a fault where there is no order in which the plan's pods could be bound
// such that each finds the company that it must have, or is the first of its group.
func (w *world) attracts() {
	var needy []*tenant
	for _, t := range w.tenants {
		if t.guest && len(affinityTerms(t.pod)) > 0 {
			needy = append(needy, t)
		}
	}
	w.tried = map[string]bool{}
	if len(needy) > 0 && !w.orderWith(needy, nil) {
		w.fault("no order of pods with affinity")
	}
}

// company reports whether the other pod is one that all terms of the owner's are about.
func (w *world) company(owner, other *corev1.Pod) bool {
	for _, term := range affinityTerms(owner) {
		if !w.selected(owner, term, other) {
			return false
		}
	}
	return true
}

// seen reports whether the company of a pod counts where it is: its node has one of the keys.
func seen(owner *corev1.Pod, at *spot) bool {
	return slices.ContainsFunc(affinityTerms(owner), func(term corev1.PodAffinityTerm) bool {
		_, there := at.labels[today(term.TopologyKey)]
		return there
	})
}

// orderWith reports whether there is an order with these pods, and perhaps more, as firsts
// of their groups. A first is bound before all that would be its company. What is bound
// depends on the set of firsts alone, so each set is tried once.
func (w *world) orderWith(needy, firsts []*tenant) bool {
	name := setOf(firsts)
	if w.tried[name] {
		return false
	}
	w.tried[name] = true
	if len(w.tried) > 5_000 {
		w.gaveUp = true
		return true
	}
	bound := w.boundAfter(firsts)
	if slices.ContainsFunc(firsts, func(f *tenant) bool { return !bound[f] }) {
		return false // two firsts would be each other's company, and more firsts do not help
	}
	if !slices.ContainsFunc(w.tenants, func(t *tenant) bool { return !bound[t] }) {
		return true
	}
	return slices.ContainsFunc(needy, func(t *tenant) bool {
		return !bound[t] && w.mayBeFirst(t) && w.orderWith(needy, append(slices.Clone(firsts), t))
	})
}

// setOf names a set of pods, each by what it is and where.
func setOf(pods []*tenant) string {
	var names []string
	for _, t := range pods {
		names = append(names, fmt.Sprintf("%p at %p", t.pod, t.at))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// boundAfter returns the pods that are bound once no further one can be, with these firsts.
func (w *world) boundAfter(firsts []*tenant) map[*tenant]bool {
	bound := map[*tenant]bool{}
	for _, t := range w.tenants {
		bound[t] = !t.guest
	}
	free := func(t *tenant) bool { // of all firsts that it would be the company of
		for _, f := range firsts {
			if f != t && !bound[f] && seen(f.pod, t.at) && w.company(f.pod, t.pod) {
				return false
			}
		}
		return true
	}
	for again := true; again; {
		again = false
		for _, t := range w.tenants {
			if !bound[t] && free(t) && (slices.Contains(firsts, t) || w.accompanied(t, bound)) {
				bound[t], again = true, true
			}
		}
	}
	return bound
}

// mayBeFirst reports whether a pod selects itself, has all keys, and nothing that it
// selects was there before.
func (w *world) mayBeFirst(t *tenant) bool {
	for _, term := range affinityTerms(t.pod) {
		if _, there := t.at.labels[today(term.TopologyKey)]; !there {
			return false
		}
	}
	if !w.company(t.pod, t.pod) {
		return false
	}
	return !slices.ContainsFunc(w.tenants, func(o *tenant) bool {
		return !o.guest && !o.silent && seen(t.pod, o.at) && w.company(t.pod, o.pod)
	})
}

// accompanied reports whether each term of a pod has company in its domain.
func (w *world) accompanied(t *tenant, bound map[*tenant]bool) bool {
	for _, term := range affinityTerms(t.pod) {
		if !slices.ContainsFunc(w.tenants, func(o *tenant) bool {
			return bound[o] && o != t && !o.silent && together(t.at, o.at, term.TopologyKey) && w.company(t.pod, o.pod)
		}) {
			return false
		}
	}
	return true
}

func hardSpreads(pod *corev1.Pod) []corev1.TopologySpreadConstraint {
	return slices.DeleteFunc(slices.Clone(pod.Spec.TopologySpreadConstraints), func(c corev1.TopologySpreadConstraint) bool {
		return c.WhenUnsatisfiable == corev1.ScheduleAnyway
	})
}

// counts reports whether a constraint of the owner counts a pod.
func counts(owner *corev1.Pod, c corev1.TopologySpreadConstraint, pod *corev1.Pod) bool {
	yes, _ := matches(c.LabelSelector, pod.Labels)
	return yes && namespaceOf(owner) == namespaceOf(pod) && pod.DeletionTimestamp == nil && sameValues(owner, pod, c.MatchLabelKeys, true)
}

// takesPart reports whether a node counts for a constraint of the owner.
func (s *spot) takesPart(owner *corev1.Pod, c corev1.TopologySpreadConstraint) bool {
	for _, o := range hardSpreads(owner) {
		if _, there := s.labels[today(o.TopologyKey)]; !there {
			return false
		}
	}
	if (c.NodeAffinityPolicy == nil || *c.NodeAffinityPolicy == corev1.NodeInclusionPolicyHonor) && !s.selectedBy(owner) {
		return false
	}
	return c.NodeTaintsPolicy == nil || *c.NodeTaintsPolicy == corev1.NodeInclusionPolicyIgnore || s.toleratedBy(owner)
}

// skews adds a fault for each pod of the plan whose domain holds too many.
func (w *world) skews() {
	for _, t := range w.tenants {
		if !t.guest {
			continue
		}
		for i, c := range hardSpreads(t.pod) {
			if why := w.skew(t, c); why != "" {
				w.fault("%s: %s: spread %d: %s", t.at.what, t.pod.Name, i, why)
			}
		}
	}
}

func (w *world) skew(t *tenant, c corev1.TopologySpreadConstraint) string {
	key := today(c.TopologyKey)
	for _, o := range hardSpreads(t.pod) {
		if _, there := t.at.labels[today(o.TopologyKey)]; !there {
			return "the node has no " + o.TopologyKey
		}
	}
	in := map[string]int{}
	for _, s := range w.spots {
		if s.takesPart(t.pod, c) {
			in[s.labels[key]] += 0
			for _, o := range s.tenants {
				if !o.silent && counts(t.pod, c, o.pod) {
					in[s.labels[key]]++
				}
			}
		}
	}
	least := math.MaxInt
	for _, v := range w.launchable() {
		if !v.takesPart(t.pod, c) {
			continue
		}
		if key == corev1.LabelHostname {
			if v.admits(t.pod) {
				least = 0
			}
		} else {
			in[v.labels[key]] += 0
		}
	}
	for _, n := range in {
		least = min(least, n)
	}
	if c.MinDomains != nil && len(in) < int(*c.MinDomains) {
		least = 0
	}
	if n := in[t.at.labels[key]]; n-least > int(c.MaxSkew) {
		return fmt.Sprintf("%d in %s, %d at least", n, t.at.labels[key], least)
	}
	return ""
}

// readable reports whether all selectors of a pod can be read.
func readable(pod *corev1.Pod) bool {
	var all []*metav1.LabelSelector
	for _, c := range pod.Spec.TopologySpreadConstraints {
		all = append(all, c.LabelSelector)
	}
	for _, term := range slices.Concat(affinityTerms(pod), antiTerms(pod)) {
		all = append(all, term.LabelSelector, term.NamespaceSelector)
	}
	return !slices.ContainsFunc(all, func(s *metav1.LabelSelector) bool { _, ok := matches(s, nil); return !ok })
}
