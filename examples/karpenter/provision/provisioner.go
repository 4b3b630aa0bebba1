package provision

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/awslabs/operatorpkg/reconciler"
	"github.com/awslabs/operatorpkg/singleton"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/clock"
	controllerruntime "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/controllers/provisioning"
	"sigs.k8s.io/karpenter/pkg/controllers/provisioning/scheduling"
	"sigs.k8s.io/karpenter/pkg/controllers/state"
	"sigs.k8s.io/karpenter/pkg/events"
	"sigs.k8s.io/karpenter/pkg/metrics"
	"sigs.k8s.io/karpenter/pkg/operator/injection"
	"sigs.k8s.io/karpenter/pkg/operator/options"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/handover"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/examples/karpenter/translate"
)

// A Provisioner plans for pods that wait, and creates the NodeClaims.
type Provisioner struct {
	kube      client.Client
	provider  cloudprovider.CloudProvider
	cluster   *state.Cluster
	recorder  events.Recorder
	clock     clock.Clock
	upstream  *provisioning.Provisioner // lists the pods and creates the claims
	available binpack.Availability      // by Karpenter's names of types; nil: offerings say it all
	settings  Settings

	batcher *provisioning.Batcher[types.UID]
	held    *held
	bell    *bell
	running sync.WaitGroup
	told    map[string]bool // losses that were told
}

// Parts are what a Provisioner is made of, as a main of Karpenter's has them.
type Parts struct {
	Kube      client.Client
	Provider  cloudprovider.CloudProvider
	Cluster   *state.Cluster
	Recorder  events.Recorder
	Clock     clock.Clock
	Available binpack.Availability // asked by Karpenter's names of types; nil: offerings say it all
	Settings  Settings
}

// New returns a Provisioner that creates NodeClaims with upstream's.
func New(parts Parts, upstream *provisioning.Provisioner) *Provisioner {
	return &Provisioner{
		kube: parts.Kube, provider: parts.Provider, cluster: parts.Cluster, recorder: parts.Recorder, clock: parts.Clock,
		upstream: upstream, available: parts.Available, settings: parts.Settings,
		batcher: provisioning.NewBatcher[types.UID](parts.Clock), held: newHeld(), bell: newBell(), told: map[string]bool{},
	}
}

// Name is upstream's.
func (p *Provisioner) Name() string { return "provisioner" }

// Register makes p a controller of m.
func (p *Provisioner) Register(ctx context.Context, m manager.Manager) error {
	if err := p.bell.watch(ctx, m); err != nil {
		return err
	}
	return controllerruntime.NewControllerManagedBy(m).Named(p.Name()).WatchesRawSource(singleton.Source()).Complete(singleton.AsReconciler(p))
}

// Wait returns when no handover runs any more.
func (p *Provisioner) Wait() { p.running.Wait() }

// Reconcile waits for a batch of pods, and provides for it.
func (p *Provisioner) Reconcile(ctx context.Context) (reconciler.Result, error) {
	ctx = injection.WithControllerName(ctx, p.Name())
	now := reconciler.Result{RequeueAfter: singleton.RequeueImmediately}
	triggered := p.batcher.Wait(ctx)
	if !triggered && len(p.orphans()) == 0 || !p.cluster.Synced(ctx) {
		return now, nil
	}
	if err := p.Provide(ctx); err != nil {
		return reconciler.Result{}, err
	}
	return now, nil
}

// orphans returns the nodes that the taint of the handover holds and that no handover
// releases: those of a process that is no more.
func (p *Provisioner) orphans() []*state.StateNode {
	if !p.settings.Handover {
		return nil
	}
	return slices.DeleteFunc(slices.Collect(p.cluster.Nodes()), func(n *state.StateNode) bool { return !p.held.isOrphan(n) })
}

// Provide plans for the pods that wait, creates NodeClaims and hands over, once.
func (p *Provisioner) Provide(ctx context.Context) error {
	orphans := p.orphans() // before the nodes that are planned with: what joins in between waits
	c, err := p.gather(ctx)
	if err != nil {
		return err
	}
	for i, n := range c.Nodes { // pods that were nominated by a process before take room
		if slices.ContainsFunc(orphans, func(o *state.StateNode) bool { return nameOf(o) == nameOf(n.State) }) {
			before, err := p.nominatedFor(ctx, n.State)
			if err != nil {
				return err
			}
			for _, on := range before {
				c.Nodes[i].Pods = append(c.Nodes[i].Pods, on.Pod)
			}
		}
	}
	if len(c.Pods) == 0 && len(orphans) == 0 {
		return nil
	}
	tr, asked, err := p.plan(ctx, c)
	if err != nil {
		return err
	}
	p.record(ctx, tr, asked)
	names, err := p.upstream.CreateNodeClaims(ctx, asked.Claims, provisioning.WithReason(metrics.ProvisionedReason), provisioning.RecordPodNomination)
	if p.settings.Handover {
		t, taskErr := p.newTask(ctx, tr, asked.Plan, names, orphans)
		if taskErr == nil {
			p.hand(ctx, t)
		}
		err = errors.Join(err, taskErr)
	}
	return err
}

// plan translates, plans, and makes claims.
func (p *Provisioner) plan(ctx context.Context, c translate.Cluster) (*translate.Translation, translate.Claims, error) {
	defer metrics.Measure(scheduling.DurationSeconds, map[string]string{scheduling.ControllerLabel: p.Name()})()
	tr := translate.Problem(c)
	plan, err := p.solve(ctx, tr.Problem)
	if err != nil {
		return nil, translate.Claims{}, fmt.Errorf("planning: %w", err)
	}
	asked, err := tr.Claims(ctx, plan, p.settings.Alternatives)
	if err != nil {
		return nil, translate.Claims{}, fmt.Errorf("making nodeclaims: %w", err)
	}
	measurePlan(asked.Plan)
	if p.settings.Handover {
		for _, claim := range asked.Claims {
			claim.Spec.StartupTaints = append(slices.Clone(claim.Spec.StartupTaints), handover.Taint())
		}
	}
	return tr, asked, nil
}

// solve searches for as long as the settings say. Where that is too short for any plan it
// takes the first one.
func (p *Provisioner) solve(ctx context.Context, problem binpack.Problem) (binpack.Plan, error) {
	s := solver.Solver{Work: -1}
	if options.FromContext(ctx).PreferencePolicy == options.PreferencePolicyIgnore {
		s.Preferences = solver.IgnorePreferences
	}
	soon, cancel := context.WithTimeout(ctx, p.settings.PlanTime)
	defer cancel()
	plan, err := s.Solve(soon, problem)
	if err == nil || ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
		return plan, err
	}
	for first, err := range s.Plans(ctx, problem) {
		return first, err
	}
	return binpack.Plan{}, err
}

// record tells what was decided, as upstream does: events, the state that other controllers
// read, and metrics; and once each what the plan does not go by.
func (p *Provisioner) record(ctx context.Context, tr *translate.Translation, asked translate.Claims) {
	results := scheduling.Results{NewNodeClaims: asked.Claims, ExistingNodes: tr.Nominations(asked.Plan), PodErrors: tr.Left(asked.Plan)}
	for pod, err := range asked.Errors {
		results.PodErrors[pod] = err
	}
	scheduling.UnschedulablePodsCount.Set(float64(len(results.PodErrors)), map[string]string{scheduling.ControllerLabel: p.Name()})
	p.cluster.MarkPodSchedulingDecisions(ctx, results.PodErrors, results.NodePoolToPodMapping(), results.ExistingNodeToPodMapping())
	results.Record(ctx, p.recorder, p.cluster)
	for _, lost := range tr.Lost {
		if p.told[lost.Text] {
			continue
		}
		p.told[lost.Text] = true
		log.FromContext(ctx).Info("not carried over", lost.Kind, lost.Name, "what", lost.Text)
		if pool := p.poolOf(ctx, lost); pool != nil {
			p.recorder.Publish(events.Event{InvolvedObject: pool, Type: corev1.EventTypeWarning, Reason: "NotCarriedOver", Message: lost.Text, DedupeValues: []string{lost.Text}, DedupeTimeout: time.Hour})
		}
	}
}

// poolOf returns the NodePool that something lost is about; nil: it is about none.
func (p *Provisioner) poolOf(ctx context.Context, lost translate.Lost) *v1.NodePool {
	if lost.Kind != "NodePool" {
		return nil
	}
	pool := &v1.NodePool{}
	if err := p.kube.Get(ctx, types.NamespacedName{Name: lost.Name}, pool); err != nil {
		return nil
	}
	return pool
}
