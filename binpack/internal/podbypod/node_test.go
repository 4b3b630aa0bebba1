package podbypod

import (
	"fmt"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	resourcehelper "k8s.io/component-helpers/resource"
)

// renamed are label keys that Kubernetes renamed, old and new.
var renamed = map[string]string{
	"beta.kubernetes.io/arch": corev1.LabelArchStable, "beta.kubernetes.io/os": corev1.LabelOSStable,
	corev1.LabelInstanceType:            corev1.LabelInstanceTypeStable,
	corev1.LabelFailureDomainBetaZone:   corev1.LabelTopologyZone,
	corev1.LabelFailureDomainBetaRegion: corev1.LabelTopologyRegion,
}

// today returns the key that a label goes by now.
func today(key string) string {
	if now, old := renamed[key]; old {
		return now
	}
	return key
}

// under adds labels to others, by their keys of today. Of two names of a key today's counts.
func under(to, from map[string]string) {
	for key, value := range from {
		if _, both := from[today(key)]; today(key) == key || !both {
			to[today(key)] = value
		}
	}
}

// A spot is a node, there or launched by the plan.
type spot struct {
	what    string
	name    string
	labels  map[string]string // by the keys of today
	taints  []corev1.Taint
	leaving bool // takes nothing
	room    corev1.ResourceList
	tenants []*tenant
}

// A tenant is a pod on a node.
type tenant struct {
	pod    *corev1.Pod
	guest  bool // the plan puts it there; else it was there before, or is a daemon
	silent bool // a daemon that counts with its requests and nothing else
	at     *spot
}

func namespaceOf(pod *corev1.Pod) string {
	if pod.Namespace == "" {
		return "default"
	}
	return pod.Namespace
}

// holds reports whether labels meet a requirement.
func holds(labels map[string]string, r corev1.NodeSelectorRequirement) bool {
	value, there := labels[today(r.Key)]
	switch r.Operator {
	case corev1.NodeSelectorOpIn:
		return there && slices.Contains(r.Values, value)
	case corev1.NodeSelectorOpNotIn:
		return !there || !slices.Contains(r.Values, value)
	case corev1.NodeSelectorOpExists:
		return there
	case corev1.NodeSelectorOpDoesNotExist:
		return !there
	case corev1.NodeSelectorOpGt, corev1.NodeSelectorOpLt, "Gte", "Lte":
		has, err := strconv.ParseInt(value, 10, 64)
		wants, err2 := strconv.ParseInt(r.Values[0], 10, 64)
		if !there || err != nil || err2 != nil {
			return false
		}
		return map[corev1.NodeSelectorOperator]bool{"Gt": has > wants, "Lt": has < wants, "Gte": has >= wants, "Lte": has <= wants}[r.Operator]
	}
	return false
}

// selects reports whether a pod's node selector and required node affinity admit the node.
func (s *spot) selectedBy(pod *corev1.Pod) bool {
	for key, value := range pod.Spec.NodeSelector {
		if has, there := s.labels[today(key)]; !there || has != value {
			return false
		}
	}
	a := pod.Spec.Affinity
	if a == nil || a.NodeAffinity == nil || a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return true
	}
	return s.meetsAny(a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution)
}

// meetsAny reports whether the node meets a term of a selector.
func (s *spot) meetsAny(selector *corev1.NodeSelector) bool {
	return slices.ContainsFunc(selector.NodeSelectorTerms, func(term corev1.NodeSelectorTerm) bool {
		for _, r := range term.MatchExpressions {
			if !holds(s.labels, r) {
				return false
			}
		}
		for _, r := range term.MatchFields {
			if !holds(map[string]string{"metadata.name": s.name}, r) {
				return false
			}
		}
		return len(term.MatchExpressions)+len(term.MatchFields) > 0
	})
}

// toleratedBy reports whether the pod tolerates each taint that keeps pods away.
func (s *spot) toleratedBy(pod *corev1.Pod) bool {
	for _, taint := range s.taints {
		if taint.Effect != corev1.TaintEffectPreferNoSchedule && !tolerates(pod, taint) {
			return false
		}
	}
	return true
}

func tolerates(pod *corev1.Pod, taint corev1.Taint) bool {
	return slices.ContainsFunc(pod.Spec.Tolerations, func(t corev1.Toleration) bool {
		if t.Effect != "" && t.Effect != taint.Effect || t.Key != "" && t.Key != taint.Key {
			return false
		}
		return t.Operator == corev1.TolerationOpExists || t.Key != "" && (t.Operator == "" || t.Operator == corev1.TolerationOpEqual) && t.Value == taint.Value
	})
}

// admits reports whether the node's labels and taints let the pod run there.
func (s *spot) admits(pod *corev1.Pod) bool {
	return !s.leaving && s.selectedBy(pod) && s.toleratedBy(pod)
}

// requests returns what a pod asks for, with one unit of pods. What has a limit and no
// request asks for the limit, as the API server sets it.
func requests(pod *corev1.Pod) corev1.ResourceList {
	pod = pod.DeepCopy()
	for _, list := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range list {
			r := &list[i].Resources
			for name, limit := range r.Limits {
				if _, stated := r.Requests[name]; !stated {
					if r.Requests == nil {
						r.Requests = corev1.ResourceList{}
					}
					r.Requests[name] = limit
				}
			}
		}
	}
	out := resourcehelper.PodRequests(pod, resourcehelper.PodResourcesOptions{})
	one := out[corev1.ResourcePods]
	one.Set(1)
	out[corev1.ResourcePods] = one
	return out
}

// unlimited reports whether no entry of a resource is no limit.
func unlimited(name corev1.ResourceName) bool {
	return name == corev1.ResourcePods || len(name) > len(attachable) && name[:len(attachable)] == attachable
}

const attachable = "attachable-volumes-csi-"

// overfull names a resource that pods of the plan ask for and the node has too little of; "":
// there is none.
func (s *spot) overfull(only func(*tenant) bool) string {
	sum, asked := corev1.ResourceList{}, map[corev1.ResourceName]bool{}
	for _, t := range s.tenants {
		for name, q := range requests(t.pod) {
			total := sum[name]
			total.Add(q)
			sum[name] = total
			asked[name] = asked[name] || only(t) && q.Sign() > 0
		}
	}
	for name, total := range sum {
		has, stated := s.room[name]
		if asked[name] && (stated || !unlimited(name)) && total.Cmp(has) > 0 {
			return fmt.Sprintf("%s: %s of %s", name, total.String(), has.String())
		}
	}
	return ""
}

type hostPort struct {
	ip, protocol string
	port         int32
}

func hostPorts(pod *corev1.Pod) []hostPort {
	var out []hostPort
	for _, c := range pod.Spec.Containers {
		for _, p := range c.Ports {
			h := hostPort{p.HostIP, string(p.Protocol), p.HostPort}
			if h.port == 0 && pod.Spec.HostNetwork {
				h.port = p.ContainerPort
			}
			if h.ip == "" {
				h.ip = "0.0.0.0"
			}
			if h.protocol == "" {
				h.protocol = "TCP"
			}
			if h.port > 0 {
				out = append(out, h)
			}
		}
	}
	return out
}

// portsMeet reports whether two pods ask for one host port.
func portsMeet(a, b *corev1.Pod) bool {
	for _, p := range hostPorts(a) {
		for _, q := range hostPorts(b) {
			if p.port == q.port && p.protocol == q.protocol && (p.ip == q.ip || p.ip == "0.0.0.0" || q.ip == "0.0.0.0") {
				return true
			}
		}
	}
	return false
}

// ended reports whether a pod runs no more.
func ended(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
}

// matches reports whether a label selector selects the pod; nil selects none. ok is false
// where the selector cannot be read.
func matches(selector *metav1.LabelSelector, of map[string]string) (yes, ok bool) {
	s, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return false, false
	}
	return s.Matches(labels.Set(of)), true
}
