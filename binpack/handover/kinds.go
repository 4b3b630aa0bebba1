package handover

import (
	"context"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/volumes"
)

// A kind is what the rules read of pods that nothing tells apart.
type kind struct {
	pod      *corev1.Pod // one of them
	rules    []kube.DomainRule
	groups   []kube.PodGroup // rules about the pods of its node
	repels   []kube.PodGroup // those of them that pods which come later must keep, too
	node     kube.NodeRules
	requests corev1.ResourceList
	never    string // why the planner never binds it; "": it may, where it must
}

// ordered reports whether such pods have a rule that may hold or not as other pods
// are there or not: a required spread over domains, or a required affinity. Required
// anti-affinity is no such rule: it holds before the others are there, too.
func (k *kind) ordered() bool {
	return slices.ContainsFunc(k.rules, func(r kube.DomainRule) bool { return r.Kind != kube.Apart })
}

// spreads reports whether such pods have a required spread over domains.
func (k *kind) spreads() bool {
	return slices.ContainsFunc(k.rules, func(r kube.DomainRule) bool { return r.Kind == kube.Spread })
}

// minds reports whether such pods have required rules between pods: a spread over more
// than nodes, affinity or anti-affinity.
func (k *kind) minds() bool { return len(k.rules) > 0 || len(k.repels) > 0 }

// kinds makes kinds of pods, each once.
type kinds struct {
	namespaces kube.Namespaces
	storage    *volumes.Storage
	waiting    func(pod *corev1.Pod) bool // has claims that wait for their first consumer
	byContent  map[string]*kind
	byPod      map[*corev1.Pod]*kind
}

func newKinds(p binpack.Problem) *kinds {
	return &kinds{
		namespaces: kube.NamespacesOf(p.Namespaces),
		storage:    volumes.New(context.Background(), &p),
		waiting:    waitsForConsumer(p.Storage),
		byContent:  map[string]*kind{},
		byPod:      map[*corev1.Pod]*kind{},
	}
}

// of returns the pod's kind.
func (all *kinds) of(pod *corev1.Pod) *kind {
	if k, known := all.byPod[pod]; known {
		return k
	}
	content := string(contentKey(nil, pod))
	k, known := all.byContent[content]
	if !known {
		k = all.read(pod)
		all.byContent[content] = k
	}
	all.byPod[pod] = k
	return k
}

func (all *kinds) read(pod *corev1.Pod) *kind {
	mounted := all.storage.Rules(pod)
	k := &kind{
		pod:      pod,
		rules:    slices.DeleteFunc(kube.DomainRules(pod, all.namespaces), func(r kube.DomainRule) bool { return r.Preferred }),
		groups:   slices.DeleteFunc(kube.PodGroups(pod, all.namespaces), preferred),
		repels:   slices.DeleteFunc(kube.Repelled(pod, all.namespaces), preferred),
		node:     kube.NodeRulesOf(pod).With(mounted),
		requests: kube.Requests(pod),
	}
	for name, n := range mounted.Attached {
		k.requests[name] = n
	}
	switch {
	case pod.Spec.SchedulerName != "" && pod.Spec.SchedulerName != corev1.DefaultSchedulerName:
		k.never = "it is of scheduler " + pod.Spec.SchedulerName
	case all.waiting(pod):
		k.never = "a claim of it waits for its first consumer"
	}
	return k
}

func preferred(g kube.PodGroup) bool { return g.Preferred }

// contentKey appends what tells pods apart. Pods with claims are each for
// themselves.
func contentKey(b []byte, pod *corev1.Pod) []byte {
	waiting := *pod
	waiting.Spec.NodeName, waiting.Status = "", corev1.PodStatus{}
	b = kube.AppendKey(b, &waiting)
	keys := slices.Sorted(maps.Keys(pod.Labels))
	for _, key := range keys {
		b = append(append(b, key...), 0)
	}
	b = kube.AppendLabels(b, pod, keys)
	b = append(append(b, 0), pod.Spec.SchedulerName...)
	if kube.HasClaims(pod) {
		b = append(append(b, 0), pod.Name...)
	}
	return b
}

// waitsForConsumer returns whether a pod has a claim that gets its volume where the
// pod is placed. kube-scheduler decides that, when it places the pod: a pod that
// somebody else binds waits for ever.
func waitsForConsumer(s binpack.Storage) func(*corev1.Pod) bool {
	bound := map[podKey]bool{}
	for _, c := range s.Claims {
		bound[keyOf(&corev1.Pod{ObjectMeta: c.ObjectMeta})] = c.Spec.VolumeName != ""
	}
	return func(pod *corev1.Pod) bool {
		at := keyOf(pod)
		return slices.ContainsFunc(pod.Spec.Volumes, func(v corev1.Volume) bool {
			name := ""
			switch {
			case v.PersistentVolumeClaim != nil:
				name = v.PersistentVolumeClaim.ClaimName
			case v.Ephemeral != nil:
				name = pod.Name + "-" + v.Name
			default:
				return false
			}
			return !bound[podKey{Namespace: at.Namespace, Name: name}]
		})
	}
}
