package solver

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
)

// A kind is pods of a Problem that no rule tells apart.
type kind struct {
	pod      *corev1.Pod         // the first of them
	path     string              // of that one in the Problem
	pods     []binpack.Placement // all of them, in the Problem's order
	count    int64               // how many they are
	requests corev1.ResourceList // of one
	ports    []kube.HostPort     // of one
	rules    int                 // index of its node rules and tolerations among the distinct ones
	gang     string              // "": none
	keys     []string            // topology keys that its node must have
	relaxed  bool                // its preferences are given up
	of       int                 // the kind that it came apart from, or itself
	blocked  *blocked            // why none of them may be placed; nil: they may
}

// blocked is a reason that no node can cure.
type blocked struct {
	reason binpack.Reason
	path   string
	rule   string
}

// A grouping is the pods of a Problem in kinds.
type grouping struct {
	kinds      []kind
	ofPod      []int    // Problem.Pods → kind
	ofWorkload []int    // Problem.Workloads → kind
	labels     []string // keys of pod labels that rules read
}

// group groups the pods of p, none of which is nil.
func group(p *binpack.Problem) *grouping {
	g := &grouping{ofPod: make([]int, len(p.Pods)), ofWorkload: make([]int, len(p.Workloads))}
	index := map[string]int{}
	labels, read := labelsRead(p)
	g.labels = labels
	storage := storageOf(p)
	var key []byte
	add := func(list string, i int, pod *corev1.Pod, count int) int {
		key = kube.AppendKey(key[:0], pod)
		key = append(key, gang(p, pod)...)
		if read {
			key = kube.AppendLabels(key, pod, labels)
		}
		if kube.HasClaims(pod) {
			key = storage.VolumeRules(pod).AppendKey(key)
		}
		k, ok := index[string(key)]
		if !ok {
			k = len(g.kinds)
			index[string(key)] = k
			g.kinds = append(g.kinds, kind{pod: pod, path: fmt.Sprintf(list, i), of: k})
		}
		if count > 0 {
			g.kinds[k].count += int64(count)
			g.kinds[k].pods = append(g.kinds[k].pods, binpack.Placement{Pod: pod, Count: count})
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

func storageOf(p *binpack.Problem) kube.Storage {
	return kube.NewStorage(p.Storage.Claims, p.Storage.Volumes, p.Storage.Classes)
}

// labelsRead returns the keys of pod labels that the rules of some pod read,
// sorted, and whether any pod has rules about others.
func labelsRead(p *binpack.Problem) (keys []string, read bool) {
	add := func(pod *corev1.Pod) {
		if kube.ReadsPods(pod) {
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
	for _, n := range p.Existing {
		for _, pod := range n.Pods {
			add(pod)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys), read
}

// A ruleSet is what a pod asks of a node besides room.
type ruleSet struct {
	node        kube.NodeRules
	tolerations []corev1.Toleration
	preferences kube.NodePreferences
}

// admission says how a rule set takes to a node: never, or by how much it would
// rather have another.
type admission int64

const never admission = -1

// admits returns what the rules say to a node.
func (r *ruleSet) admits(n kube.Node) admission {
	if !r.node.Match(n) || kube.Untolerated(r.tolerations, n.Taints, corev1.TaintEffectNoSchedule, corev1.TaintEffectNoExecute) != nil {
		return never
	}
	return admission(r.preferences.Unmet(n))
}

// keys returns the label keys that the rules read.
func (r *ruleSet) keys() []string { return append(r.node.Keys(), r.preferences.Keys()...) }

// ruleSetsOf gives each kind its requests and its rule set, and says which may
// not be placed. It returns the distinct rule sets.
func ruleSetsOf(p *binpack.Problem, kinds []kind, storage kube.Storage) []ruleSet {
	var sets []ruleSet
	index := map[string]int{}
	for i := range kinds {
		k := &kinds[i]
		volumes := storage.VolumeRules(k.pod)
		k.requests, k.ports = kube.Requests(k.pod), kube.HostPorts(k.pod)
		for name, q := range volumes.Attached {
			k.requests[name] = q
		}
		k.keys = kube.RequiredKeys(k.pod)
		k.blocked, k.gang = blockedPod(p, k.pod, volumes), gang(p, k.pod)
		rules := corev1.PodSpec{NodeSelector: k.pod.Spec.NodeSelector, Tolerations: k.pod.Spec.Tolerations}
		if a := k.pod.Spec.Affinity; a != nil {
			rules.Affinity = &corev1.Affinity{NodeAffinity: a.NodeAffinity}
		}
		key := string(volumes.AppendKey(kube.AppendKey(nil, &corev1.Pod{Spec: rules})))
		s, ok := index[key]
		if !ok {
			s = len(sets)
			index[key] = s
			sets = append(sets, ruleSetOf(k.pod, volumes))
		}
		k.rules = s
	}
	return sets
}

func ruleSetOf(pod *corev1.Pod, volumes kube.VolumeRules) ruleSet {
	return ruleSet{kube.NodeRulesOf(pod).With(volumes), pod.Spec.Tolerations, kube.NodePreferencesOf(pod)}
}

// blockedPod returns why the pod may not be placed at all, or nil.
func blockedPod(p *binpack.Problem, pod *corev1.Pod, volumes kube.VolumeRules) *blocked {
	switch state, path := kube.StateOf(pod); state {
	case kube.Gated:
		return &blocked{binpack.SchedulingGated, path, gatesOf(pod)}
	case kube.NotPending:
		return &blocked{binpack.NotPending, path, ""}
	}
	if path := cmp.Or(kube.Unsupported(pod), volumes.Unknown); path != "" {
		return &blocked{binpack.Unsupported, path, ""}
	}
	if v := volumes.Unbound; v != nil {
		return &blocked{binpack.VolumeZone, v.Path, v.Volume}
	}
	for i, d := range p.DaemonPods {
		if path := kube.UnsupportedOfDaemon(d); path != "" {
			return &blocked{binpack.Unsupported, fmt.Sprintf("DaemonPods[%d].%s", i, path), ""}
		}
	}
	return nil
}

// gatesOf returns the names of the pod's scheduling gates.
func gatesOf(pod *corev1.Pod) string {
	var names []string
	for _, g := range pod.Spec.SchedulingGates {
		names = append(names, g.Name)
	}
	return strings.Join(names, ", ")
}

// gang returns the name of the gang that the pod belongs to; "": none.
func gang(p *binpack.Problem, pod *corev1.Pod) string {
	value, ok := pod.Labels[p.GangLabel]
	if p.GangLabel == "" || !ok {
		return ""
	}
	return kube.Namespace(pod) + "/" + value
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
