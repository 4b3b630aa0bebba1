package occupancy

import (
	"cmp"
	"context"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/volumes"
)

// A Kind is what the rules read of pods that nothing tells apart.
type Kind struct {
	Pod      *corev1.Pod // one of them
	Rules    []kube.DomainRule
	groups   []kube.PodGroup // rules about the pods of its node
	repels   []kube.PodGroup // those of them that pods which come later must keep, too
	node     kube.NodeRules
	Requests corev1.ResourceList
	Never    string // why the planner never binds it; "": it may, where it must
}

// Ordered reports whether such pods have a rule that may hold or not as other pods
// are there or not: a required spread over domains, or a required affinity. Required
// anti-affinity is no such rule: it holds before the others are there, too.
func (k *Kind) Ordered() bool {
	return slices.ContainsFunc(k.Rules, func(r kube.DomainRule) bool { return r.Kind != kube.Apart })
}

// Spreads reports whether such pods have a required spread over domains.
func (k *Kind) Spreads() bool {
	return slices.ContainsFunc(k.Rules, func(r kube.DomainRule) bool { return r.Kind == kube.Spread })
}

// Minds reports whether such pods have required rules between pods: a spread over more
// than nodes, affinity or anti-affinity.
func (k *Kind) Minds() bool { return len(k.Rules) > 0 || len(k.repels) > 0 }

// Kinds makes kinds of pods, each once.
type Kinds struct {
	namespaces kube.Namespaces
	storage    *volumes.Storage
	waiting    func(pod *corev1.Pod) bool // has claims that wait for their first consumer
	byContent  map[string]*Kind
	byPod      map[*corev1.Pod]*Kind
}

// NewKinds returns the kinds of the pods of p.
func NewKinds(p binpack.Problem) *Kinds {
	return &Kinds{
		namespaces: kube.NamespacesOf(p.Namespaces),
		storage:    volumes.New(context.Background(), &p),
		waiting:    waitsForConsumer(p.Storage),
		byContent:  map[string]*Kind{},
		byPod:      map[*corev1.Pod]*Kind{},
	}
}

// Of returns the pod's kind.
func (all *Kinds) Of(pod *corev1.Pod) *Kind {
	if k, known := all.byPod[pod]; known {
		return k
	}
	content := string(ContentKey(nil, pod))
	k, known := all.byContent[content]
	if !known {
		k = all.read(pod)
		all.byContent[content] = k
	}
	all.byPod[pod] = k
	return k
}

func (all *Kinds) read(pod *corev1.Pod) *Kind {
	mounted := all.storage.Rules(pod)
	k := &Kind{
		Pod:      pod,
		Rules:    slices.DeleteFunc(kube.DomainRules(pod, all.namespaces), func(r kube.DomainRule) bool { return r.Preferred }),
		groups:   slices.DeleteFunc(kube.PodGroups(pod, all.namespaces), preferred),
		repels:   slices.DeleteFunc(kube.Repelled(pod, all.namespaces), preferred),
		node:     kube.NodeRulesOf(pod).With(mounted),
		Requests: kube.Requests(pod),
	}
	for name, n := range mounted.Attached {
		k.Requests[name] = n
	}
	switch {
	case pod.Spec.SchedulerName != "" && pod.Spec.SchedulerName != corev1.DefaultSchedulerName:
		k.Never = "it is of scheduler " + pod.Spec.SchedulerName
	case all.waiting(pod):
		k.Never = "a claim of it waits for its first consumer"
	}
	return k
}

func preferred(g kube.PodGroup) bool { return g.Preferred }

// ContentKey appends what tells pods apart. Pods with claims are each for
// themselves.
func ContentKey(b []byte, pod *corev1.Pod) []byte {
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
	bound := map[types.NamespacedName]bool{}
	for _, c := range s.Claims {
		bound[KeyOf(&corev1.Pod{ObjectMeta: c.ObjectMeta})] = c.Spec.VolumeName != ""
	}
	return func(pod *corev1.Pod) bool {
		at := KeyOf(pod)
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
			return !bound[types.NamespacedName{Namespace: at.Namespace, Name: name}]
		})
	}
}

// KeyOf returns the pod's namespace and name.
func KeyOf(pod *corev1.Pod) types.NamespacedName {
	return types.NamespacedName{Namespace: cmp.Or(pod.Namespace, corev1.NamespaceDefault), Name: pod.Name}
}

// Forget forgets which kind single pods are if it knows more than most: versions of
// pods that are no more.
func (all *Kinds) Forget(most int) {
	if len(all.byPod) > most {
		clear(all.byPod)
	}
}
