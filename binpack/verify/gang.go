package verify

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/naive"
)

// A judgedGang is pods of which all are placed or none.
type judgedGang struct {
	name            string
	first           *corev1.Pod
	placed, missing int64
}

// gangs checks that no gang is placed in part.
func (v *verifier) gangs() {
	if v.problem.GangLabel == "" {
		return
	}
	placed := v.placed()
	of := map[string]*judgedGang{}
	var all []*judgedGang
	count := func(pod *corev1.Pod, wanted int64) {
		name, ok := naive.Gang(pod, v.problem.GangLabel)
		if !ok {
			return
		}
		if of[name] == nil {
			of[name] = &judgedGang{name: name, first: pod}
			all = append(all, of[name])
		}
		of[name].placed += placed[pod]
		of[name].missing += max(wanted-placed[pod], 0)
	}
	for _, pod := range v.problem.Pods {
		count(pod, 1)
	}
	for _, w := range v.problem.Workloads {
		count(w.Pod, int64(w.Replicas))
	}
	for _, g := range all {
		if g.placed > 0 && g.missing > 0 {
			v.report("", g.first, binpack.Gang, binpack.Detail{
				Path: "metadata.labels[" + v.problem.GangLabel + "]",
				Rule: fmt.Sprintf("%s: %d placed, %d not", g.name, g.placed, g.missing),
			})
		}
	}
}

// placed counts how often the plan puts each pod on a node.
func (v *verifier) placed() map[*corev1.Pod]int64 {
	placed := map[*corev1.Pod]int64{}
	add := func(pods []binpack.Placement) {
		for _, on := range pods {
			placed[on.Pod] += int64(max(on.Count, 0))
		}
	}
	for i := range v.plan.Launches {
		add(v.plan.Launches[i].Pods)
	}
	for i := range v.plan.Nominations {
		add(v.plan.Nominations[i].Pods)
	}
	return placed
}
