package manifest

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// outermost returns the controller at the end of the chain of those that make
// each other; c itself where they go in a circle.
func (b *builder) outermost(c *controller) *controller {
	seen := map[*controller]bool{}
	for at := c; ; {
		ref := metav1.GetControllerOf(at.meta)
		if ref == nil {
			return at
		}
		above := b.owners[owner{namespaceOf(at.meta.Namespace), ref.Kind, ref.Name}]
		switch {
		case above == nil:
			return at
		case seen[above]:
			return c
		}
		seen[above], at = true, above
	}
}

// owned reports whether another controller makes this one, so that its pods are
// the other's.
func (b *builder) owned(c *controller) bool { return b.outermost(c) != c }

// controllerOf returns the outermost controller that makes the pod; nil: none
// that is there.
func (b *builder) controllerOf(pod *corev1.Pod) *controller {
	ref := metav1.GetControllerOf(pod)
	if ref == nil {
		return nil
	}
	ns := namespaceOf(pod.Namespace)
	if c := b.owners[owner{ns, ref.Kind, ref.Name}]; c != nil {
		return b.outermost(c)
	}
	return b.behind(pod, ns, ref)
}

// behind returns the controller of a ReplicaSet or Job that is not there, which
// its name tells: the name of a ReplicaSet ends with the hash that its pods have
// for a label, that of a CronJob's job with a number.
func (b *builder) behind(pod *corev1.Pod, ns string, ref *metav1.OwnerReference) *controller {
	switch ref.Kind {
	case "ReplicaSet":
		hash := pod.Labels["pod-template-hash"]
		name, ok := strings.CutSuffix(ref.Name, "-"+hash)
		c := b.owners[owner{ns, "Deployment", name}]
		if hash == "" || !ok || c == nil {
			return nil
		}
		selector, err := metav1.LabelSelectorAsSelector(c.selector)
		if err != nil || !selector.Matches(labels.Set(pod.Labels)) {
			return nil
		}
		return c
	case "Job":
		i := strings.LastIndexByte(ref.Name, '-')
		if i < 0 || strings.Trim(ref.Name[i+1:], "0123456789") != "" {
			return nil
		}
		return b.owners[owner{ns, "CronJob", ref.Name[:i]}]
	}
	return nil
}

// readPods adds the pods that no controller stands for. Those on nodes that are
// there stay where they are.
func (b *builder) readPods() {
	p := &b.result.Problem
	daemons := map[owner]bool{}
	for _, o := range b.pods {
		pod := o.value.(*corev1.Pod)
		switch {
		case pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed:
			b.notes.skip(o, "has ended", false)
			continue
		case len(pod.Spec.Containers) == 0:
			b.fault(o, "spec.containers", "there are none")
			continue
		}
		c := b.controllerOf(pod)
		ref := metav1.GetControllerOf(pod)
		if c == nil && ref != nil && ref.Kind == "DaemonSet" {
			id := owner{namespaceOf(pod.Namespace), ref.Kind, ref.Name}
			if !daemons[id] {
				daemons[id] = true
				p.DaemonPods = append(p.DaemonPods, b.daemonLike(o, pod))
			}
		}
		if c != nil && c.daemon && c.uid == "" {
			c.uid = ref.UID
		}
		at, onNode := b.nodes[pod.Spec.NodeName]
		switch {
		case onNode && pod.Spec.NodeName != "":
			p.Existing[at].Pods = append(p.Existing[at].Pods, pod)
			b.result.pods[pod] = place{o, ""}
			if c != nil && pod.DeletionTimestamp == nil {
				c.there[pod.Name] = true
			}
		case pod.DeletionTimestamp != nil:
			b.notes.skip(o, "is being deleted", false)
		case c != nil: // the controller's count has it
		case ref != nil && ref.Kind == "DaemonSet": // the Problem has its template
		case ref != nil && ref.Kind == "Node", pod.Annotations[corev1.MirrorPodAnnotationKey] != "":
			b.notes.skip(o, "belongs to a node that is not there", false)
		default:
			p.Pods = append(p.Pods, b.waiting(o, pod))
			b.asked++
		}
	}
}

// waiting returns a pod as it waits for a node.
func (b *builder) waiting(o object, pod *corev1.Pod) *corev1.Pod {
	at := place{o, ""}
	w := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: pod.Name, Namespace: pod.Namespace, Labels: pod.Labels, Annotations: pod.Annotations},
		Spec:       *pod.Spec.DeepCopy(),
	}
	if w.Name == "" {
		w.Name = strings.TrimSuffix(pod.GenerateName, "-")
	}
	w.Spec.NodeName = ""
	b.complete(w, at)
	b.result.pods[w] = at
	return w
}

// daemonLike returns the pod that a DaemonSet makes which is not there, after one
// of its pods: without the node that it is bound to.
func (b *builder) daemonLike(o object, pod *corev1.Pod) *corev1.Pod {
	d := b.waiting(o, pod)
	ref := metav1.GetControllerOf(pod)
	d.Name, d.OwnerReferences = ref.Name, []metav1.OwnerReference{*ref}
	if a := d.Spec.Affinity; a != nil && a.NodeAffinity != nil && a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution != nil {
		terms := a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
		rules := false
		for i := range terms {
			terms[i].MatchFields = nil // the controller binds each by its node's name
			rules = rules || len(terms[i].MatchExpressions) > 0
		}
		if !rules {
			a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = nil
		}
	}
	return d
}
