package verify

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/arith"
	"github.com/stowage/stowage/binpack/internal/bound"
	"github.com/stowage/stowage/binpack/internal/naive"
)

// A gang is pods that are placed together or not at all.
type gang struct {
	name            string
	first           *corev1.Pod
	placed, missing int64
}

// checkGangs checks that no gang is placed in part.
func checkGangs(ctx context.Context, l *layout, found *report) {
	given := l.problem.Given
	if given.GangLabel == "" {
		return
	}
	of := map[string]*gang{}
	var all []*gang
	count := func(pod *corev1.Pod, wanted int64) {
		name, ok := naive.Gang(pod, given.GangLabel)
		if !ok {
			return
		}
		if of[name] == nil {
			of[name] = &gang{name: name, first: pod}
			all = append(all, of[name])
		}
		of[name].placed = arith.Add(of[name].placed, l.placed[pod])
		of[name].missing = arith.Add(of[name].missing, max(wanted-l.placed[pod], 0))
	}
	for _, pod := range given.Pods {
		if ctx.Err() != nil {
			return
		}
		count(pod, 1)
	}
	for _, w := range given.Workloads {
		count(w.Pod, int64(w.Replicas))
	}
	for _, g := range all {
		if g.placed > 0 && g.missing > 0 {
			found.add("", g.first, binpack.Gang, binpack.Detail{
				Path: "metadata.labels[" + given.GangLabel + "]",
				Rule: fmt.Sprintf("%s: %d placed, %d not", g.name, g.placed, g.missing),
			})
		}
	}
}

// lostGangs returns the gangs that no plan places, as no node may hold one of their pods.
func (in *instance) lostGangs() map[string]bool {
	if in.problem.Given.GangLabel == "" {
		return nil
	}
	lost, placeable, given := map[string]bool{}, bound.Placeable(&in.bound), in.problem.Given
	note := func(pod *corev1.Pod, count int) {
		if gang, ok := naive.Gang(pod, given.GangLabel); ok && count > 0 && !placeable[in.kindOf[pod]] {
			lost[gang] = true
		}
	}
	for _, pod := range given.Pods {
		note(pod, 1)
	}
	for _, w := range given.Workloads {
		note(w.Pod, w.Replicas)
	}
	return lost
}
