package handover_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/handover"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
)

// shop returns a problem of two alike pods and a type that holds one of them, and its
// plan.
func shop() (binpack.Problem, binpack.Plan) {
	list := func(cpu string) corev1.ResourceList {
		return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu)}
	}
	web := &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: list("3")}}}}}
	web.Name = "web"
	p := binpack.Problem{
		Workloads: []binpack.Workload{{Pod: web, Replicas: 2}},
		Catalog: catalog.Catalog{{Name: "c5.xlarge", Capacity: list("4"), Offerings: []catalog.Offering{
			{Zone: "a", CapacityType: catalog.OnDemand, Price: 170_000_000},
		}}},
	}
	plan, err := solver.Solve(context.Background(), p)
	if err != nil {
		panic(err)
	}
	return p, plan
}

// Steps says on paper what a Driver would do.
func ExampleSteps() {
	p, plan := shop()
	steps, err := handover.Steps(p, plan)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range steps {
		for _, a := range s.Nominate {
			fmt.Printf("nominate %s %d for %s\n", a.Pod.Name, a.Replica, a.Node)
		}
		fmt.Println("bind", len(s.Bind))
		fmt.Println("release", strings.Join(s.Release, " "))
	}
	// Output:
	// nominate web 0 for launch-0
	// nominate web 1 for launch-1
	// bind 0
	// release launch-0 launch-1
}

// A Driver hands a plan over. The names of the nodes are those that joined; of a
// launch.Outcome the IDs of its instances will do. The Cluster here is a stand-in; one
// by client-go is in binpack/internal/scheduler.
func ExampleDriver() {
	p, plan := shop()
	web := p.Workloads[0].Pod
	c := &town{nodes: map[string]*corev1.Node{}, pods: map[string]*corev1.Pod{}, bound: map[string]int{}, random: quiet()}
	h := handover.Handover{Problem: p, Plan: plan, Pods: map[*corev1.Pod][]*corev1.Pod{}}
	for _, l := range plan.Launches {
		for range l.Nodes() {
			name := fmt.Sprintf("ip-10-0-0-%d", len(h.Nodes))
			h.Nodes = append(h.Nodes, name)
			c.join(p.Node(l), name, handover.Taint())
		}
	}
	for _, name := range []string{"web-x7k2p", "web-9qlm4"} {
		pod := web.DeepCopy()
		pod.Name = name
		c.pods[name] = pod
		h.Pods[web] = append(h.Pods[web], pod)
	}
	outcome, err := handover.Driver{Cluster: c, Clock: c.clock}.Run(context.Background(), h)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, pod := range outcome.Pods {
		fmt.Println(pod.Pod.Name, pod.Node, pod.Fate)
	}
	// Output:
	// web-x7k2p ip-10-0-0-1 asPlanned
	// web-9qlm4 ip-10-0-0-0 asPlanned
}

// A Cluster that is a Reserver opens all nodes at once, by a barrier. Where pods tolerate
// every taint it keeps them off nodes until all are there, by placeholders, which are created
// before the nodes join. All are gone in the end.
func ExampleReserver() {
	p, plan := shop()
	web := p.Workloads[0].Pod
	web.Spec.Tolerations = []corev1.Toleration{{Operator: corev1.TolerationOpExists}}
	c := &town{nodes: map[string]*corev1.Node{}, pods: map[string]*corev1.Pod{"web-1": web.DeepCopy(), "web-2": web.DeepCopy()}, bound: map[string]int{}, random: quiet()}
	h := handover.Handover{Problem: p, Plan: plan, Nodes: []string{"ip-10-0-0-1", "ip-10-0-0-2"}, Pods: map[*corev1.Pod][]*corev1.Pod{}}
	for name, pod := range c.pods {
		pod.Name = name
		h.Pods[web] = append(h.Pods[web], pod)
	}
	var cluster handover.Reserver = slow{careful{c}, func() {
		for _, l := range plan.Launches {
			for range l.Nodes() {
				c.join(p.Node(l), h.Nodes[len(c.nodes)], handover.Taint())
			}
		}
	}}
	outcome, err := handover.Driver{Cluster: cluster, Clock: c.clock}.Run(context.Background(), h)
	if err != nil {
		fmt.Println(err)
		return
	}
	left := 0
	for _, pod := range c.pods {
		if pod.Namespace == handover.PlaceholderNamespace || len(pod.Spec.SchedulingGates) > 0 && pod.Spec.SchedulingGates[0].Name == handover.PlaceholderGate {
			left++
		}
	}
	fmt.Println(outcome.Count()[handover.AsPlanned], "as planned,", outcome.Calls.Placeholders, "placeholders with the barrier,", left, "left")
	// Output:
	// 2 as planned, 3 placeholders with the barrier, 0 left
}

// A slow cluster is one whose nodes join once placeholders are there.
type slow struct {
	careful
	join func()
}

func (s slow) Watch(ctx context.Context, d time.Duration) (handover.State, error) {
	state, err := s.careful.Watch(ctx, d)
	if len(state.Pods) > 2 && len(state.Nodes) == 0 {
		s.join()
	}
	return state, err
}
