package binpack_test

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
)

// memory is a list of one resource.
func memory(q string) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(q)}
}

// existing returns a node that is there, with room for some pods of the workshop.
func existing() binpack.ExistingNode {
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n1", Labels: map[string]string{"type": "karpenter"}}}
	node.Status.Allocatable = memory("4Gi")
	node.Status.Allocatable[corev1.ResourcePods] = resource.MustParse("10")
	return binpack.ExistingNode{Node: node}
}

// Room on nodes that are there is free: pods are nominated for it before anything is
// launched.
func ExampleExistingNode() {
	p := problemtest.Workshop(5)
	p.Existing = []binpack.ExistingNode{existing()}
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range plan.Nominations {
		fmt.Println(n.Node.Name, "takes", n.Pods[0].Count)
	}
	fmt.Println(plan.Launches[0].Offering.InstanceType, "takes", plan.Launches[0].Pods[0].Count)
	// Output:
	// n1 takes 4
	// c5.large takes 1
}

// The second round: what was planned is under way, and more pods came. The plan's nodes
// are there now as far as the Problem goes.
func ExampleProblem_After() {
	p := problemtest.Workshop(5)
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	rest := p.After(plan)
	rest.Workloads = []binpack.Workload{{Pod: p.Workloads[0].Pod, Replicas: 2}}
	second, err := solver.Solve(context.Background(), rest)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Launches[0].Offering.InstanceType, "and then", len(second.Launches), "launch and", len(second.Nominations), "nomination")
	// Output: m5.large and then 1 launch and 0 nomination
}

// A node goes away: what would its pods cost elsewhere?
func ExampleProblem_Rescheduled() {
	p := problemtest.Workshop(0)
	node := existing()
	running := p.Workloads[0].Pod.DeepCopy()
	running.Name, running.Spec.NodeName = "inflate-1", node.Node.Name
	node.Pods = []*corev1.Pod{running}
	p.Existing = []binpack.ExistingNode{node}

	plan, err := solver.Solve(context.Background(), p.Rescheduled(node.Node))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Launches[0].Pods[0].Pod.Name, "on", plan.Launches[0].Offering.InstanceType, "for", plan.Cost)
	// Output: inflate-1 on c5.large for 0.085
}

// Questions about one pod, by the rules that plans go by.
func ExampleUnfit() {
	pod := problemtest.Workshop(1).Workloads[0].Pod
	asked := binpack.Requests(pod)
	fmt.Println("asks for", asked.Memory(), "and", asked.Pods(), "pod")

	node := existing()
	reason, detail := binpack.Unfit(pod, node)
	fmt.Printf("%q %q\n", reason, detail)
	node.Node.Spec.Taints = []corev1.Taint{{Key: "team", Value: "b", Effect: corev1.TaintEffectNoSchedule}}
	reason, detail = binpack.Unfit(pod, node)
	fmt.Println(reason, detail)
	// Output:
	// asks for 1Gi and 1 pod
	// "" ""
	// UntoleratedTaint spec.tolerations: team=b:NoSchedule
}

// What a NodeClaim states as its requests: the pods and the daemons of a node.
func ExampleProblem_RequestsOn() {
	p := problemtest.Workshop(5)
	agent := p.Workloads[0].Pod.DeepCopy()
	agent.Name, agent.Spec.NodeSelector = "agent", nil
	agent.Spec.Containers[0].Resources.Requests = memory("256Mi")
	p.DaemonPods = []*corev1.Pod{agent}
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	launch := plan.Launches[0]
	requests := p.RequestsOn(launch)
	fmt.Println(requests.Memory(), "for", requests.Pods(), "pods, with", p.DaemonsOn(launch)[0].Name)
	// Output: 5376Mi for 6 pods, with agent
}

// A node that joins is seen as it will be. A taint of one's own goes beside those that
// nodes carry anyway.
func ExampleDefaultJoiningTaints() {
	p := problemtest.Workshop(1)
	p.JoiningTaints = append(binpack.DefaultJoiningTaints(), corev1.Taint{Key: "example.com/setup"})
	node := existing()
	node.Joining = true
	node.Node.Spec.Taints = []corev1.Taint{{Key: corev1.TaintNodeNotReady, Effect: corev1.TaintEffectNoSchedule}, {Key: "example.com/setup", Effect: corev1.TaintEffectNoSchedule}}
	p.Existing = []binpack.ExistingNode{node}
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(plan.Launches), "launches;", plan.Nominations[0].Node.Name, "takes", plan.Nominations[0].Pods[0].Count)
	// Output: 0 launches; n1 takes 1
}

// Why a pod is on no node that is there: the nearest one is named.
func ExampleNodeReason() {
	p := problemtest.Workshop(5)
	p.Existing = []binpack.ExistingNode{existing()}
	p.Availability = sold{}
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		fmt.Println(err)
		return
	}
	left := plan.Unschedulable[0]
	fmt.Println(left.Count, left.Existing.Reason, left.Existing.Node)
	fmt.Println(left.Existing)
	fmt.Println(left.Reasons[0].Reason, "may pass by itself:", left.Reasons[0].Temporary())
	// Output:
	// 1 InsufficientResources n1
	// 1 existing nodes, the nearest is n1: InsufficientResources (asks for 1Gi of memory, what is left is 0 (node n1))
	// NoAvailableOffering may pass by itself: true
}

// sold says that nothing is to be had.
type sold struct{}

func (sold) Available(catalog.Key) int { return 0 }
