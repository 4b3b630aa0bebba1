package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/record"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
	fakeclient "sigs.k8s.io/controller-runtime/pkg/client/fake"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/cloudprovider/fake"
	"sigs.k8s.io/karpenter/pkg/controllers/provisioning/scheduling"
	"sigs.k8s.io/karpenter/pkg/controllers/state"
	"sigs.k8s.io/karpenter/pkg/events"
	requirements "sigs.k8s.io/karpenter/pkg/scheduling"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/examples/karpenter/translate"
)

// A row is what both make of one scene.
type row struct {
	name                      string
	offerings                 int
	translated, first, claims time.Duration // of the processor
	firstCost                 catalog.Price
	plan                      binpack.Plan
	left                      int
	karpenter                 outcome
}

// An outcome is what Karpenter makes of it.
type outcome struct {
	cost        float64
	nodes, left int
	took        time.Duration // of the processor
}

// further is how many instance types a claim names beside its own, as the controller does.
const further = 10

func measure(ctx context.Context, c translate.Cluster, limit time.Duration) (row, error) {
	var r row
	var tr *translate.Translation
	r.translated = least(func() { tr = translate.Problem(c) })
	for range tr.Problem.Pools[0].Catalog.Offerings() {
		r.offerings++
	}
	say("translated", r.translated)
	var err error
	r.first = least(func() {
		for plan, planErr := range (solver.Solver{}).Plans(ctx, tr.Problem) {
			r.firstCost, err = plan.Cost, planErr
			break
		}
	})
	if err != nil {
		return r, err
	}
	say("first plan", r.first)
	if r.plan, err = search(ctx, tr.Problem, limit); err != nil {
		return r, err
	}
	var asked translate.Claims
	r.claims = processor(func() { asked, err = tr.Claims(ctx, r.plan, further) })
	if err != nil {
		return r, err
	}
	say("claims", r.claims)
	r.plan = asked.Plan
	for _, u := range r.plan.Unschedulable {
		r.left += u.Count
	}
	r.left += len(asked.Errors)
	r.karpenter, err = karpenter(ctx, c)
	return r, err
}

// say tells how far a row is.
func say(what string, took time.Duration) {
	fmt.Fprintf(os.Stderr, "%s: %.0f ms\n", what, ms(took))
}

// search plans until the processor has worked for so long.
func search(ctx context.Context, p binpack.Problem, limit time.Duration) (binpack.Plan, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		for start := used(); used()-start < limit && ctx.Err() == nil; {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	plan, err := solver.Solver{Work: -1}.Solve(ctx, p)
	if errors.Is(err, context.Canceled) {
		return binpack.Plan{}, errors.New("no plan in the time")
	}
	return plan, err
}

// karpenter runs Karpenter's scheduler, as its provisioner does. A claim costs what the
// cheapest of its offerings does.
func karpenter(ctx context.Context, c translate.Cluster) (outcome, error) {
	kube := fakeclient.NewClientBuilder().WithScheme(scheme.Scheme).WithObjects(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "default"}}).
		WithIndex(&corev1.Pod{}, "spec.nodeName", func(o client.Object) []string { return []string{o.(*corev1.Pod).Spec.NodeName} }).Build()
	cluster := state.NewCluster(clock.RealClock{}, kube, fake.NewCloudProvider())
	pools, types := []*v1.NodePool{}, map[string][]*cloudprovider.InstanceType{}
	for _, p := range c.Pools {
		pools, types[p.NodePool.Name] = append(pools, p.NodePool), p.Types
	}
	var results scheduling.Results
	var err error
	var out outcome
	out.took = processor(func() {
		opts := []scheduling.Options{scheduling.DisableReservedCapacityFallback, scheduling.NumConcurrentReconciles(runtime.GOMAXPROCS(0))}
		var topology *scheduling.Topology
		if topology, err = scheduling.NewTopology(ctx, kube, cluster, nil, pools, types, c.Pods, opts...); err != nil {
			return
		}
		s := scheduling.NewScheduler(ctx, kube, pools, cluster, nil, topology, types, c.Daemons, events.NewRecorder(&record.FakeRecorder{}), clock.RealClock{}, nil, nil, opts...)
		if results, err = s.Solve(ctx, slices.Clone(c.Pods)); err == nil {
			results = results.TruncateInstanceTypes(ctx, scheduling.MaxInstanceTypes)
		}
	})
	out.nodes, out.left = len(results.NewNodeClaims), len(results.PodErrors)
	for _, claim := range results.NewNodeClaims {
		cheapest := math.Inf(1)
		for _, it := range claim.InstanceTypeOptions {
			for _, o := range it.Offerings.Available() {
				if claim.Requirements.IsCompatible(o.Requirements, requirements.AllowUndefinedWellKnownLabels) {
					cheapest = min(cheapest, o.Price)
				}
			}
		}
		out.cost += cheapest
	}
	return out, err
}

// least returns the least processor time of three runs, or of one that takes long: the
// others had garbage to collect.
func least(f func()) time.Duration {
	best := processor(f)
	for range 2 {
		if best < time.Second {
			best = min(best, processor(f))
		}
	}
	return best
}

func processor(f func()) time.Duration {
	start := used()
	f()
	return used() - start
}

// used returns the processor time of this process.
func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
