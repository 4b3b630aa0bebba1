package karpenter

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/record"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/karpenter/pkg/controllers/provisioning/scheduling"
	"sigs.k8s.io/karpenter/pkg/events"
	"sigs.k8s.io/karpenter/pkg/operator/injection"
	"sigs.k8s.io/karpenter/pkg/operator/options"
	"sigs.k8s.io/karpenter/pkg/test"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// A Result is what Karpenter would do.
type Result struct {
	Plan       binpack.Plan  // launches, nominations, pods left over and cost; neither bound nor reasons
	OnExisting int           // pods that it puts on nodes that are there
	Batches    int           // batches run
	Time       time.Duration // of the scheduler alone, all batches together
}

// Solve runs Karpenter on a valid p. What one batch leaves over the next one
// tries again, with the nodes of the batch up, as Karpenter does until nothing
// changes; batches is the most of them, at least 1.
//
// Karpenter keeps what it knows of labels in variables of its packages, and
// Solve sets them for the time that it runs: it must not run twice at once.
func Solve(ctx context.Context, p binpack.Problem, batches int) (Result, error) {
	ctx = log.IntoContext(injection.WithControllerName(ctx, "provisioner"), logr.Discard())
	ctx = options.ToContext(ctx, test.Options())
	r := newRun(p)
	defer learnLabels(r.pools)()
	var res Result
	for progress := true; progress && res.Batches < max(batches, 1) && len(r.pending) > 0; res.Batches++ {
		s, err := r.scheduler(ctx)
		if err != nil {
			return Result{}, err
		}
		start := time.Now()
		placed, err := s.Solve(ctx, slices.Clone(r.pending))
		if err != nil {
			return Result{}, err
		}
		res.Time += time.Since(start)
		if progress, err = r.carryOut(placed); err != nil {
			return Result{}, err
		}
	}
	r.report(&res)
	return res, nil
}

// A run is a problem on its way through the batches.
type run struct {
	problem  binpack.Problem
	pools    []pool
	kinds    []*corev1.Pod     // the problem's pods, then the pods of its workloads
	kindOf   map[types.UID]int // of every single pod made from kinds
	pending  []*corev1.Pod     // single pods not placed yet
	withheld []*corev1.Pod     // single pods that are not to be placed
	nodes    []*node           // existing ones, then launches
	launched map[catalog.Key]int
}

func newRun(p binpack.Problem) *run {
	r := &run{problem: p, pools: newPools(p), kindOf: map[types.UID]int{}, launched: map[catalog.Key]int{}}
	for _, pod := range p.Pods {
		r.addPods(pod, 1)
	}
	for _, w := range p.Workloads {
		r.addPods(w.Pod, w.Replicas)
	}
	for _, e := range p.Existing {
		r.nodes = append(r.nodes, existingNode(e))
	}
	return r
}

// scheduler returns Karpenter's scheduler for one batch.
func (r *run) scheduler(ctx context.Context) (*scheduling.Scheduler, error) {
	nodePools, instanceTypes, err := r.nodePools()
	if err != nil {
		return nil, err
	}
	kube, cluster, err := newCluster(ctx, r.problem.Namespaces, r.pending, r.nodes)
	if err != nil {
		return nil, err
	}
	stateNodes := cluster.DeepCopyNodes()
	if len(stateNodes) != len(r.nodes) {
		return nil, fmt.Errorf("karpenter sees %d of %d nodes", len(stateNodes), len(r.nodes))
	}
	stateNodes = stateNodes.Active()
	opts := []scheduling.Options{scheduling.NumConcurrentReconciles(runtime.GOMAXPROCS(0))}
	topology, err := scheduling.NewTopology(ctx, kube, cluster, stateNodes, nodePools, instanceTypes, r.pending, opts...)
	if err != nil {
		return nil, err
	}
	return scheduling.NewScheduler(ctx, kube, nodePools, cluster, stateNodes, topology, instanceTypes, daemons(r.problem.DaemonPods),
		events.NewRecorder(&record.FakeRecorder{}), clock.RealClock{}, nil, nil, opts...), nil
}

// carryOut launches the new claims and moves the pods that were placed to their
// nodes. It reports whether there were any.
func (r *run) carryOut(res scheduling.Results) (bool, error) {
	byName := map[string]*node{}
	for _, n := range r.nodes {
		byName[n.Name] = n
	}
	placed := map[types.UID]bool{}
	place := func(n *node, pods []*corev1.Pod) {
		n.pods = append(n.pods, pods...)
		n.placed = append(n.placed, pods...)
		for _, pod := range pods {
			placed[pod.UID] = true
		}
	}
	for _, e := range res.ExistingNodes {
		place(byName[e.Name()], e.Pods)
	}
	for _, claim := range res.NewNodeClaims {
		n, err := r.launch(claim)
		if err != nil {
			return false, err
		}
		r.nodes = append(r.nodes, n)
		place(n, claim.Pods)
	}
	r.pending = slices.DeleteFunc(r.pending, func(pod *corev1.Pod) bool { return placed[pod.UID] })
	return len(placed) > 0, nil
}

// report fills in what became of all pods.
func (r *run) report(res *Result) {
	for _, n := range r.nodes {
		pods := r.placements(n.placed)
		if n.launch == nil {
			if res.OnExisting += len(n.placed); len(pods) > 0 {
				res.Plan.Nominations = append(res.Plan.Nominations, binpack.Nomination{Node: n.stated, Pods: pods})
			}
			continue
		}
		l := *n.launch
		l.Pods = pods
		res.Plan.Launches = append(res.Plan.Launches, l)
		res.Plan.Cost += l.Price
	}
	for _, left := range r.placements(slices.Concat(r.pending, r.withheld)) {
		res.Plan.Unschedulable = append(res.Plan.Unschedulable, binpack.Unschedulable{Pod: left.Pod, Count: left.Count})
	}
}
