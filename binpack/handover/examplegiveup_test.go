package handover_test

import (
	"context"
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/handover"
)

// Nodes of a pool register with the taint; a Cluster's Release takes it off.
func ExampleTaint() {
	p := binpack.Problem{Pools: []binpack.Pool{{Name: "general", StartupTaints: []corev1.Taint{handover.Taint()}}}}
	node := p.Node(binpack.Launch{Pool: "general"})
	fmt.Println(node.Spec.Taints[0].Key, node.Spec.Taints[0].Effect)
	node.Spec.Taints = slices.DeleteFunc(node.Spec.Taints, func(t corev1.Taint) bool { return t.Key == handover.TaintKey })
	fmt.Println(len(node.Spec.Taints))
	// Output:
	// stowage.dev/handover NoSchedule
	// 0
}

// A program that was stopped during a handover, and shall not go on with it, takes back
// what it left in the cluster.
func ExampleDriver_GiveUp() {
	p, plan := shop()
	web := p.Workloads[0].Pod
	c := &town{nodes: map[string]*corev1.Node{}, pods: map[string]*corev1.Pod{"web-1": web.DeepCopy()}, bound: map[string]int{}, random: quiet()}
	c.pods["web-1"].Name = "web-1"
	c.join(p.Node(plan.Launches[0]), "ip-10-0-0-1", handover.Taint())
	h := handover.Handover{Problem: p, Plan: plan, Nodes: []string{"ip-10-0-0-1", ""}, Pods: map[*corev1.Pod][]*corev1.Pod{web: {c.pods["web-1"]}}}

	d := handover.Driver{Cluster: c, Clock: c.clock, Join: handover.DefaultJoin, Settle: handover.DefaultSettle, CleanUp: handover.DefaultCleanUp, Parallelism: handover.DefaultParallelism}
	outcome, err := d.GiveUp(context.Background(), h)
	if errors.Is(err, handover.ErrLeft) {
		fmt.Println("call it again:", err)
		return
	}
	for fate, count := range outcome.Count() {
		fmt.Println(count, fate, "on a node:", fate.Bound())
	}
	fmt.Println(outcome.Calls.Releases, "node released")
	state, err := c.Watch(context.Background(), 0)
	fmt.Println("taints:", len(state.Nodes[0].Spec.Taints), err)
	// Output:
	// 1 waiting on a node: false
	// 1 node released
	// taints: 0 <nil>
}
