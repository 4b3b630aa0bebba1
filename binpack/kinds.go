package binpack

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/kube"
)

// A kind is pods of a Problem that no rule tells apart.
type kind struct {
	pod      *corev1.Pod         // the first of them
	path     string              // of that one in the Problem
	pods     []Placement         // all of them, in the Problem's order
	count    int64               // how many they are
	requests corev1.ResourceList // of one
	ports    []kube.HostPort     // of one
	rules    int                 // index of its node rules and tolerations among the distinct ones
	blocked  *blocked            // why none of them may be placed; nil: they may
}

// blocked is a reason that no node can cure.
type blocked struct {
	reason Reason
	path   string
}

// A grouping is the pods of a Problem in kinds.
type grouping struct {
	kinds      []kind
	ofPod      []int // Problem.Pods → kind
	ofWorkload []int // Problem.Workloads → kind
}

// group groups the pods of p, none of which is nil.
func group(p *Problem) *grouping {
	g := &grouping{ofPod: make([]int, len(p.Pods)), ofWorkload: make([]int, len(p.Workloads))}
	index := map[string]int{}
	labels, read := labelsRead(p)
	var key []byte
	add := func(list string, i int, pod *corev1.Pod, count int) int {
		key = kube.AppendKey(key[:0], pod)
		key = append(key, gang(p, pod)...)
		if read {
			key = kube.AppendLabels(key, pod, labels)
		}
		k, ok := index[string(key)]
		if !ok {
			k = len(g.kinds)
			index[string(key)] = k
			g.kinds = append(g.kinds, kind{pod: pod, path: fmt.Sprintf(list, i)})
		}
		if count > 0 {
			g.kinds[k].count += int64(count)
			g.kinds[k].pods = append(g.kinds[k].pods, Placement{Pod: pod, Count: count})
		}
		return k
	}
	for i, pod := range p.Pods {
		g.ofPod[i] = add("Pods[%d]", i, pod, 1)
	}
	for i, w := range p.Workloads {
		g.ofWorkload[i] = add("Workloads[%d].Pod", i, w.Pod, w.Replicas)
	}
	return g
}

// labelsRead returns the keys of pod labels that the rules of some pod read,
// sorted, and whether any pod has rules about others.
func labelsRead(p *Problem) (keys []string, read bool) {
	add := func(pod *corev1.Pod) {
		if kube.HasPodGroups(pod) {
			read = true
			keys = append(keys, kube.PodLabelKeys(pod)...)
		}
	}
	for _, pod := range p.Pods {
		add(pod)
	}
	for _, w := range p.Workloads {
		add(w.Pod)
	}
	slices.Sort(keys)
	return slices.Compact(keys), read
}

// A ruleSet is what a pod asks of a node besides room.
type ruleSet struct {
	node        kube.NodeRules
	tolerations []corev1.Toleration
}

// admission says how a rule set takes to a node.
type admission byte

const (
	never      admission = iota
	reluctant            // only where no other node is possible: an untolerated PreferNoSchedule taint
	acceptable           // no rule is against it
)

// admits returns what the rules say to a node with these labels and taints.
func (r *ruleSet) admits(labels map[string]string, taints []corev1.Taint) admission {
	switch {
	case !r.node.Match(labels) || kube.Untolerated(r.tolerations, taints, corev1.TaintEffectNoSchedule, corev1.TaintEffectNoExecute) != nil:
		return never
	case kube.Untolerated(r.tolerations, taints, corev1.TaintEffectPreferNoSchedule) != nil:
		return reluctant
	}
	return acceptable
}

// ruleSetsOf gives each kind its requests and its rule set, and says which may
// not be placed. It returns the distinct rule sets.
func ruleSetsOf(p *Problem, kinds []kind) []ruleSet {
	var sets []ruleSet
	index := map[string]int{}
	for i := range kinds {
		k := &kinds[i]
		k.requests, k.ports = kube.Requests(k.pod), kube.HostPorts(k.pod)
		k.blocked = blockedPod(p, k.pod)
		rules := corev1.PodSpec{NodeSelector: k.pod.Spec.NodeSelector, Tolerations: k.pod.Spec.Tolerations}
		if a := k.pod.Spec.Affinity; a != nil {
			rules.Affinity = &corev1.Affinity{NodeAffinity: a.NodeAffinity}
		}
		key := string(kube.AppendKey(nil, &corev1.Pod{Spec: rules}))
		s, ok := index[key]
		if !ok {
			s = len(sets)
			index[key] = s
			sets = append(sets, ruleSetOf(k.pod))
		}
		k.rules = s
	}
	return sets
}

func ruleSetOf(pod *corev1.Pod) ruleSet {
	return ruleSet{kube.NodeRulesOf(pod), pod.Spec.Tolerations}
}

// blockedPod returns why the pod may not be placed at all, or nil.
func blockedPod(p *Problem, pod *corev1.Pod) *blocked {
	switch state, path := kube.StateOf(pod); state {
	case kube.Gated:
		return &blocked{SchedulingGated, path}
	case kube.NotPending:
		return &blocked{NotPending, path}
	}
	if path := kube.Unsupported(pod); path != "" {
		return &blocked{Unsupported, path}
	}
	if gang(p, pod) != "" {
		return &blocked{Unsupported, "metadata.labels[" + p.GangLabel + "]"}
	}
	if len(p.Existing) > 0 {
		return &blocked{Unsupported, "Existing[0]"}
	}
	for i, d := range p.DaemonPods {
		if path := kube.UnsupportedVolumes(d); path != "" {
			return &blocked{Unsupported, fmt.Sprintf("DaemonPods[%d].%s", i, path)}
		}
	}
	return nil
}

// gang returns the gang that the pod belongs to; "": none.
func gang(p *Problem, pod *corev1.Pod) string {
	if p.GangLabel == "" {
		return ""
	}
	return pod.Labels[p.GangLabel]
}

// levelsOf returns the level of each kind: 0 for the highest priority of those
// that may be placed, and so on.
func levelsOf(kinds []kind) []int {
	var all []int32
	for i := range kinds {
		if kinds[i].blocked == nil {
			all = append(all, priority(kinds[i].pod))
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	levels := make([]int, len(kinds))
	for i := range kinds {
		if at, ok := slices.BinarySearch(all, priority(kinds[i].pod)); ok {
			levels[i] = len(all) - 1 - at
		}
	}
	return levels
}

func priority(pod *corev1.Pod) int32 {
	if pod.Spec.Priority == nil {
		return 0
	}
	return *pod.Spec.Priority
}
