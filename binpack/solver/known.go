package solver

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack/internal/compile"
)

// known finds the classes of the pods of an earlier plan, which need not be the same
// objects: by pointer, else by UID, else by namespace and name, else by content.
type known struct {
	compiled  *compile.Compiled
	byPod     map[*corev1.Pod][]int
	byName    map[string][]int // also by UID
	byContent map[string][]int
}

func knownPods(c *compile.Compiled) *known {
	k := &known{c, map[*corev1.Pod][]int{}, map[string][]int{}, map[string][]int{}}
	for kind, class := range c.ClassOf {
		if class < 0 {
			continue
		}
		for _, on := range c.Kinds[kind].Pods {
			k.byPod[on.Pod] = append(k.byPod[on.Pod], class)
		}
	}
	return k
}

// classes returns the classes that the pod may be of; nil: none.
func (k *known) classes(pod *corev1.Pod) []int {
	if classes, same := k.byPod[pod]; same {
		return classes
	}
	if len(k.byContent) == 0 { // the first that is another object
		k.readNames()
	}
	for _, name := range names(pod) {
		if classes, same := k.byName[name]; same {
			return classes
		}
	}
	return k.byContent[content(pod)]
}

func (k *known) readNames() {
	add := func(to map[string][]int, name string, class int) {
		if !slices.Contains(to[name], class) {
			to[name] = append(to[name], class)
		}
	}
	for kind, class := range k.compiled.ClassOf {
		if class < 0 {
			continue
		}
		for _, on := range k.compiled.Kinds[kind].Pods {
			for _, name := range names(on.Pod) {
				add(k.byName, name, class)
			}
			add(k.byContent, content(on.Pod), class)
		}
	}
}

// names returns what tells the pod from all others: its UID, its namespace and name.
func names(pod *corev1.Pod) []string {
	var out []string
	if pod.UID != "" {
		out = append(out, "uid "+string(pod.UID))
	}
	if pod.Name != "" {
		out = append(out, fmt.Sprintf("name %q %q", pod.Namespace, pod.Name))
	}
	return out
}

// content returns all that may decide where the pod goes.
func content(pod *corev1.Pod) string {
	spec, err := pod.Spec.Marshal()
	if err != nil {
		return fmt.Sprintf("%p", pod) // alike to none
	}
	return fmt.Sprintf("%q %q %s", pod.Namespace, pod.Labels, spec)
}
