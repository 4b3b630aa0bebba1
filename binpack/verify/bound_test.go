package verify_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/verify"
)

// oneKind is the pods of the workload on their own: five of 700m where a node
// holds two, on which a certificate of 1 each proves three nodes.
func oneKind() (binpack.Problem, binpack.Plan) {
	c := newVerifyCase()
	c.problem.Pods = nil
	c.problem.Workloads[0].Replicas = 5
	c.problem.Catalog[0].Offerings[0].Limit = 0
	c.problem.Pools[0].Limits = nil
	return c.problem, binpack.Plan{
		Cost: 288, LowerBound: 288, Status: binpack.Optimal,
		Certificate: certificateOf(binpack.Cut{Workloads: []int64{1}}),
	}
}

func certificateOf(cuts ...binpack.Cut) binpack.Certificate { return binpack.Certificate{Cuts: cuts} }

func TestVerifyBoundProves(t *testing.T) {
	p, plan := oneKind()
	require.NoError(t, verify.Bound(context.Background(), p, plan))

	plan.Certificate = binpack.Certificate{}
	plan.LowerBound, plan.Status = 0, binpack.WorkLimit
	require.NoError(t, verify.Bound(context.Background(), p, plan), "no values prove zero")
}

func TestVerifyBoundRejects(t *testing.T) {
	for name, spoil := range map[string]func(*binpack.Problem, *binpack.Plan){
		"bound too high":    func(_ *binpack.Problem, plan *binpack.Plan) { plan.LowerBound, plan.Cost = 289, 289 },
		"values missing":    func(_ *binpack.Problem, plan *binpack.Plan) { plan.Certificate = binpack.Certificate{} },
		"cost above bound":  func(_ *binpack.Problem, plan *binpack.Plan) { plan.Cost = 384 },
		"fewer pods":        func(p *binpack.Problem, _ *binpack.Plan) { p.Workloads[0].Replicas = 4 },
		"a cheaper machine": func(p *binpack.Problem, _ *binpack.Plan) { p.Catalog[0].Offerings[1].Unavailable = false },
		"more left than need be": func(p *binpack.Problem, plan *binpack.Plan) {
			plan.Unschedulable = []binpack.Unschedulable{{Pod: p.Workloads[0].Pod, Count: 1}}
			plan.Cost, plan.LowerBound = 192, 192
		},
		"fewer left than can be": func(p *binpack.Problem, _ *binpack.Plan) { p.Availability = only(2) },
	} {
		t.Run(name, func(t *testing.T) {
			p, plan := oneKind()
			spoil(&p, &plan)
			require.ErrorIs(t, verify.Bound(context.Background(), p, plan), verify.ErrNotProven)
		})
	}
}

func TestVerifyBoundProvesWhatLimitsLeave(t *testing.T) {
	p, plan := oneKind()
	p.Availability = only(2)
	plan.Unschedulable = []binpack.Unschedulable{{Pod: p.Workloads[0].Pod, Count: 1}}
	plan.Cost, plan.LowerBound = 192, 192
	require.NoError(t, verify.Bound(context.Background(), p, plan))
}

func TestVerifyBoundIgnoresPodsThatFitNowhere(t *testing.T) {
	p, plan := oneKind()
	huge := podOf("huge", "64")
	p.Pods = []*corev1.Pod{huge}
	plan.Unschedulable = []binpack.Unschedulable{{Pod: huge, Count: 1}}
	plan.Certificate.Cuts[0].Pods = []int64{1_000}
	require.NoError(t, verify.Bound(context.Background(), p, plan))
}

// TestVerifyBoundIgnoresLostGangs: no plan places a pod of whose gang one fits nowhere, so
// what is left does not make room for another.
func TestVerifyBoundIgnoresLostGangs(t *testing.T) {
	p, plan := oneKind()
	p.GangLabel = "job"
	small, huge, none := podOf("small", "1m"), podOf("huge", "64"), podOf("none", "64")
	for _, pod := range []*corev1.Pod{small, huge, none} {
		pod.Labels = map[string]string{"job": "7"}
	}
	p.Pods = []*corev1.Pod{small, huge}
	plan.Unschedulable = []binpack.Unschedulable{{Pod: small, Count: 1}, {Pod: huge, Count: 1}}
	require.NoError(t, verify.Bound(context.Background(), p, plan))

	p.Pods = []*corev1.Pod{small} // it may be placed, in the room of another
	p.Workloads = append(p.Workloads, binpack.Workload{Pod: none})
	plan.Unschedulable = plan.Unschedulable[:1]
	require.ErrorIs(t, verify.Bound(context.Background(), p, plan), verify.ErrNotProven)
}

func TestVerifyBoundRefusesBadCertificates(t *testing.T) {
	for name, cut := range map[string]binpack.Cut{
		"negative":  {Workloads: []int64{-1}},
		"too long":  {Workloads: []int64{1, 1}},
		"too large": {Workloads: []int64{1 << 62}},
	} {
		t.Run(name, func(t *testing.T) {
			p, plan := oneKind()
			plan.Certificate = certificateOf(cut)
			err := verify.Bound(context.Background(), p, plan)
			require.Error(t, err)
			require.NotErrorIs(t, err, verify.ErrNotProven)
		})
	}
}

func TestVerifyBoundEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	p, plan := oneKind()
	err := verify.Bound(ctx, p, plan)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "not finished")
}

// TestVerifyCountsKinds: what is done is done per kind, so a million pods in
// fifty shapes are no more than fifty.
func TestVerifyCountsKinds(t *testing.T) {
	p := gen.Mix(1, 1_000_000, 50)
	var plan binpack.Plan
	for _, w := range p.Workloads {
		plan.Unschedulable = append(plan.Unschedulable, binpack.Unschedulable{Pod: w.Pod, Count: w.Replicas})
	}
	require.NoError(t, verify.Plan(context.Background(), p, plan))
	require.NoError(t, verify.Bound(context.Background(), p, plan))

	plan.Status = binpack.Optimal
	require.ErrorIs(t, verify.Bound(context.Background(), p, plan), verify.ErrNotProven)
}
