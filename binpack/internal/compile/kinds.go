package compile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/check"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/volumes"
)

// A Kind is pods of a Problem that no rule tells apart.
type Kind struct {
	Pod      *corev1.Pod         // the first of them
	Path     string              // of that one in the Problem
	Pods     []binpack.Placement // all of them, in the Problem's order
	Count    int64               // how many they are
	Requests corev1.ResourceList // of one
	Ports    []kube.HostPort     // of one
	Rules    int                 // index of its node rules and tolerations among Reading.Sets
	Gang     string              // "": none
	Relaxed  bool                // its preferences are given up
	Of       int                 // the kind that it came apart from, or itself
	Blocked  *Blocked            // why none of them may be placed; nil: they may
	Volumes  kube.VolumeRules    // of the first

	keys     []string // topology keys that its node must have
	repelled []bool   // per profile: a daemon there and the pod may not share a node
	noNode   bool     // no new node can come that admits the pod
}

// A Blocked is a reason that no node can cure.
type Blocked struct {
	Reason  binpack.Reason
	Path    string
	Rule    string
	Lasting bool // no waiting cures it, though it may where the reason is the same
}

// grouped returns the pods of p in kinds, and the kind of each pod and workload. labels
// are the keys of pod labels that rules read; read tells whether any rule is about other
// pods.
func grouped(ctx context.Context, p *binpack.Problem, storage *volumes.Storage, labels []string, read bool) (kinds []Kind, ofPod, ofWorkload []int) {
	index := map[string]int{}
	var key []byte
	add := func(list string, i int, pod *corev1.Pod, count int) int {
		key = kube.AppendKey(key[:0], pod)
		key = append(key, gangOf(p, pod)...)
		if read {
			key = kube.AppendLabels(key, pod, labels)
		}
		if kube.HasClaims(pod) {
			key = storage.Rules(pod).AppendKey(key)
		}
		k, ok := index[string(key)]
		if !ok {
			k = len(kinds)
			index[string(key)] = k
			kinds = append(kinds, kindOf(p, storage, pod, fmt.Sprintf(list, i), k))
		}
		if count > 0 {
			kinds[k].Count += int64(count)
			kinds[k].Pods = append(kinds[k].Pods, binpack.Placement{Pod: pod, Count: count})
		}
		return k
	}
	ofPod, ofWorkload = make([]int, len(p.Pods)), make([]int, len(p.Workloads))
	for i, pod := range p.Pods {
		if ctx.Err() != nil {
			return kinds, ofPod, ofWorkload
		}
		ofPod[i] = add("Pods[%d]", i, pod, 1)
	}
	for i, w := range p.Workloads {
		if ctx.Err() != nil {
			return kinds, ofPod, ofWorkload
		}
		ofWorkload[i] = add("Workloads[%d].Pod", i, w.Pod, w.Replicas)
	}
	return kinds, ofPod, ofWorkload
}

// kindOf returns a kind without pods, for those that are like this one.
func kindOf(p *binpack.Problem, storage *volumes.Storage, pod *corev1.Pod, path string, number int) Kind {
	rules := storage.Rules(pod)
	k := Kind{
		Pod: pod, Path: path, Of: number, Requests: kube.Requests(check.Readable(pod)), Ports: kube.HostPorts(pod), Gang: gangOf(p, pod),
		Blocked: blocked(pod, rules), Volumes: rules, keys: kube.RequiredKeys(pod),
	}
	for name, q := range rules.Attached {
		k.Requests[name] = q
	}
	return k
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
		for pod := range n.Alike() {
			add(pod)
		}
	}
	for _, pod := range p.DaemonPods { // their ports are no rule about labels
		if peer := kube.DaemonOf(check.Readable(pod), false).Peer; kube.ReadsPods(peer) {
			add(peer)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys), read
}

// numberRuleSets gives each kind the number of its rule set, and returns the distinct rule
// sets.
func numberRuleSets(kinds []Kind) []kube.RuleSet {
	var sets []kube.RuleSet
	index := map[string]int{}
	var key []byte
	for i := range kinds {
		key = kube.AppendRuleKey(key[:0], kinds[i].Pod, kinds[i].Volumes)
		s, ok := index[string(key)]
		if !ok {
			s = len(sets)
			index[string(key)] = s
			sets = append(sets, kube.RuleSetOf(kinds[i].Pod, kinds[i].Volumes))
		}
		kinds[i].Rules = s
	}
	return sets
}

// blocked returns why the pod may not be placed at all, or nil.
func blocked(pod *corev1.Pod, volumes kube.VolumeRules) *Blocked {
	switch state, path := kube.StateOf(pod); state {
	case kube.Gated:
		return &Blocked{binpack.SchedulingGated, path, gatesOf(pod), false}
	case kube.NotPending:
		return &Blocked{binpack.NotPending, path, "", false}
	}
	if faults := check.Pod(pod); len(faults) > 0 {
		return &Blocked{binpack.Invalid, faults[0].Path, faults[0].Err.Error(), false}
	}
	if path := cmp.Or(kube.Unsupported(pod), volumes.Unknown); path != "" {
		return &Blocked{binpack.Unsupported, path, "", false}
	}
	if v := volumes.Unbound; v != nil {
		return &Blocked{binpack.VolumeZone, v.Path, v.Volume, volumes.Lost}
	}
	if c := volumes.InUse; c != nil {
		return &Blocked{binpack.ClaimInUse, c.Path, "claim " + c.Name + " is for one pod, and a running one has it", false}
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

// gangOf returns the name of the gang that the pod belongs to; "": none.
func gangOf(p *binpack.Problem, pod *corev1.Pod) string {
	value, ok := pod.Labels[p.GangLabel]
	if p.GangLabel == "" || !ok {
		return ""
	}
	return kube.Namespace(pod) + "/" + value
}

// Levels returns the level of each kind: 0 for the highest priority of those that may
// be placed, and so on.
func Levels(kinds []Kind) []int {
	var all []int32
	for i := range kinds {
		if kinds[i].Blocked == nil {
			all = append(all, priority(kinds[i].Pod))
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	levels := make([]int, len(kinds))
	for i := range kinds {
		if at, ok := slices.BinarySearch(all, priority(kinds[i].Pod)); ok {
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
