package provision

import (
	"context"
	"errors"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/controllers/state"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/handover"
	"github.com/stowage/stowage/examples/karpenter/translate"
)

// A task is a handover in the making: Claims[i] is the NodeClaim of the i-th launch.
type task struct {
	handover.Handover
	claims []string                 // names; "": it was not created
	meant  map[string][]*corev1.Pod // by the name of the claim, or of the node
}

// newTask makes a task of a plan whose claims have been created, and of nodes that the
// taint holds although no handover releases them.
func (p *Provisioner) newTask(ctx context.Context, tr *translate.Translation, plan binpack.Plan, claims []string, orphans []*state.StateNode) (*task, error) {
	t := &task{claims: claims, meant: map[string][]*corev1.Pod{}}
	t.Problem = tr.Problem
	t.Problem.Pods = nil
	waits := func(pods []binpack.Placement) []binpack.Placement {
		return slices.DeleteFunc(slices.Clone(pods), func(on binpack.Placement) bool { return tr.Pod(on.Pod).Spec.NodeName != "" })
	}
	mean := func(name string, pods []binpack.Placement) []binpack.Placement {
		for _, on := range pods {
			t.Problem.Pods = append(t.Problem.Pods, on.Pod)
			t.meant[name] = append(t.meant[name], on.Pod)
		}
		return pods
	}
	for i, l := range plan.Launches {
		if claims[i] != "" {
			l.Pods = mean(claims[i], waits(l.Pods))
		} else {
			l.Pods = nil
		}
		t.Plan.Launches = append(t.Plan.Launches, l)
	}
	nominated := map[string][]binpack.Placement{}
	for _, n := range plan.Nominations {
		nominated[tr.State(n.Node)] = waits(n.Pods)
	}
	for _, n := range orphans {
		before, err := p.nominatedFor(ctx, n)
		if err != nil {
			return nil, err
		}
		l := binpack.Launch{Pool: n.Labels()[v1.NodePoolLabelKey], Pods: mean(n.NodeClaim.Name, append(before, nominated[n.Name()]...))}
		t.Plan.Launches = append(t.Plan.Launches, l)
		t.claims = append(t.claims, n.NodeClaim.Name)
	}
	return t, nil
}

// nominatedFor returns the pods that wait and are nominated for a node.
func (p *Provisioner) nominatedFor(ctx context.Context, n *state.StateNode) ([]binpack.Placement, error) {
	if n.Node == nil {
		return nil, nil
	}
	var pods corev1.PodList
	if err := p.kube.List(ctx, &pods); err != nil {
		return nil, err
	}
	var out []binpack.Placement
	for i := range pods.Items {
		if pod := &pods.Items[i]; pod.Spec.NodeName == "" && pod.Status.NominatedNodeName == n.Node.Name && pod.DeletionTimestamp == nil {
			out = append(out, binpack.Placement{Pod: pod, Count: 1})
		}
	}
	return out, nil
}

// hand runs a task in the background, until ctx is done.
func (p *Provisioner) hand(ctx context.Context, t *task) {
	if len(t.Plan.Launches) == 0 {
		return
	}
	fresh := slices.DeleteFunc(slices.Clone(t.claims), func(name string) bool { return name == "" })
	end := p.held.begin(t.meant, fresh)
	t.Began = p.clock.Now()
	p.running.Go(func() {
		outcome, err := p.run(ctx, t)
		end()
		if err != nil && !errors.Is(err, context.Canceled) {
			log.FromContext(ctx).Error(err, "handing pods over")
		}
		if ctx.Err() != nil {
			return // whoever starts next finds the nodes and the nominations
		}
		measureHandover(outcome)
		for _, i := range outcome.Missing {
			p.give(ctx, t.claims[i])
		}
		for _, pod := range outcome.Pods {
			if !pod.Fate.Bound() {
				p.batcher.Trigger(pod.Pod.UID)
			}
		}
		log.FromContext(ctx).WithValues("pods", outcome.Count(), "missing-nodes", len(outcome.Missing), "took", outcome.Took.String()).Info("handed pods over")
	})
}

// run waits for the claims to be launched, and hands over.
func (p *Provisioner) run(ctx context.Context, t *task) (handover.Outcome, error) {
	t.Nodes = make([]string, len(t.claims))
	for i, name := range t.claims {
		for name != "" && t.Nodes[i] == "" {
			claim := &v1.NodeClaim{}
			err := p.kube.Get(ctx, types.NamespacedName{Name: name}, claim)
			young := p.clock.Since(t.Began) < cacheLag // the cache may not have it yet
			switch {
			case err == nil && claim.DeletionTimestamp == nil && claim.Status.ProviderID != "":
				t.Nodes[i] = claim.Status.ProviderID
				continue
			case err == nil && claim.DeletionTimestamp != nil, apierrors.IsNotFound(err) && !young:
				name = "" // it could not be launched
				continue
			}
			if p.clock.Since(t.Began) > p.settings.Join {
				name = ""
				continue
			}
			select {
			case <-ctx.Done():
				return handover.Outcome{}, ctx.Err()
			case <-time.After(gatherFor):
			}
		}
	}
	return handover.Driver{Cluster: &api{kube: p.kube, bell: p.bell}, Join: p.settings.Join, Clock: p.clock.Now}.Run(ctx, t.Handover)
}

// cacheLag is how long a NodeClaim that was just created may be missing in the cache.
const cacheLag = 5 * time.Second

// give deletes a NodeClaim whose node did not come: upstream would count on it for another
// quarter of an hour.
func (p *Provisioner) give(ctx context.Context, name string) {
	if name == "" {
		return
	}
	claim := &v1.NodeClaim{}
	claim.Name = name
	if err := client.IgnoreNotFound(p.kube.Delete(ctx, claim)); err != nil {
		log.FromContext(ctx).Error(err, "deleting a nodeclaim whose node did not come")
	}
}
