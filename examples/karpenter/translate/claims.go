package translate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/controllers/provisioning/scheduling"
	requirements "sigs.k8s.io/karpenter/pkg/scheduling"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// Claims are what is asked for: Claims[i] is for Plan.Launches[i]. Plan is the plan that
// they were made of, with each launch on the offering that a provider takes which launches
// the cheapest; launches whose claim would be no legal one are missing.
type Claims struct {
	Claims []*scheduling.NodeClaim
	Plan   binpack.Plan
	Errors map[*corev1.Pod]error // of the Cluster's pods whose launches are missing
}

// Claims returns a NodeClaim for each launch of a plan of t.Problem. It pins pool, zone,
// capacity type, reservation, chosen labels, and the instance type with at most so many
// further ones (more where minValues ask for them). Whichever of them each claim becomes,
// all rules hold.
func (t *Translation) Claims(ctx context.Context, plan binpack.Plan, further int) (Claims, error) {
	choices, err := t.choices(ctx, plan, further)
	if err != nil {
		return Claims{}, err
	}
	out := Claims{Plan: plan, Errors: map[*corev1.Pod]error{}}
	out.Plan.Launches, out.Plan.Cost = nil, 0
	for _, c := range choices {
		if c.err != nil {
			for _, on := range c.launch.Pods {
				out.Errors[t.pods[on.Pod]] = c.err
			}
			continue
		}
		claim, err := t.claim(c)
		if err != nil {
			return Claims{}, err
		}
		out.Claims = append(out.Claims, claim)
		out.Plan.Launches = append(out.Plan.Launches, c.launch)
		out.Plan.Cost += c.launch.Price
	}
	return out, nil
}

// claim returns the NodeClaim of a choice.
func (t *Translation) claim(c choice) (*scheduling.NodeClaim, error) {
	l, p := c.launch, t.pools[c.launch.Pool]
	if l.Nodes() != 1 {
		return nil, fmt.Errorf("a launch of %d nodes: pods are single ones here", l.Nodes())
	}
	claim := &scheduling.NodeClaim{NodeClaimTemplate: *scheduling.NewNodeClaimTemplate(p.of)}
	pin := func(key string, values ...string) {
		if key != "" && len(values) > 0 && values[0] != "" {
			claim.Requirements.Add(requirements.NewRequirement(key, corev1.NodeSelectorOpIn, slices.Clone(values)...))
		}
	}
	pin(corev1.LabelTopologyZone, c.zones...)
	pin(v1.CapacityTypeLabelKey, c.markets...)
	pin(cloudprovider.ReservationIDLabel, l.Offering.ReservationID)
	own := p.entries[l.Offering.InstanceType]
	for key, value := range own.chosen {
		pin(key, value)
	}
	for _, key := range t.keys { // that rules count by: all types of the claim have the same
		if !isWide(key) {
			pin(key, own.label(l.Offering, key))
		}
	}
	for key, value := range l.Labels {
		pin(key, value)
	}
	for _, name := range c.types {
		claim.InstanceTypeOptions = append(claim.InstanceTypeOptions, p.entries[name].of)
	}
	claim.Annotations = maps.Clone(claim.Annotations)
	claim.Annotations[v1.NodeClaimMinValuesRelaxedAnnotationKey] = "false"
	if p.MinValuesPolicy == binpack.BestEffort {
		relax(claim)
	}
	claim.Spec.Resources.Requests = t.Problem.RequestsOn(l)
	for _, on := range l.Pods {
		claim.Pods = append(claim.Pods, t.pods[on.Pod])
	}
	return claim, nil
}

// relax lowers the minValues that a claim does not meet.
func relax(claim *scheduling.NodeClaim) {
	_, short, err := claim.InstanceTypeOptions.SatisfiesMinValues(claim.Requirements)
	if err == nil {
		return
	}
	for key, n := range short {
		r := *claim.Requirements.Get(key)
		r.MinValues = &n
		claim.Requirements[key] = &r
	}
	claim.Annotations[v1.NodeClaimMinValuesRelaxedAnnotationKey] = "true"
}

// Nominations returns the pods that the plan puts on nodes that are there, as Karpenter
// records them.
func (t *Translation) Nominations(plan binpack.Plan) []*scheduling.ExistingNode {
	var out []*scheduling.ExistingNode
	for _, n := range plan.Nominations {
		e := &scheduling.ExistingNode{StateNode: t.nodes[n.Node]}
		for _, on := range n.Pods {
			e.Pods = append(e.Pods, t.pods[on.Pod])
		}
		out = append(out, e)
	}
	return out
}

// Left returns why pods are left, as the text of an event: the reason of each pool, and of
// the nodes that are there.
func (t *Translation) Left(plan binpack.Plan) map[*corev1.Pod]error {
	out := map[*corev1.Pod]error{}
	for _, u := range plan.Unschedulable {
		var why []string
		for _, r := range u.Reasons {
			why = append(why, r.String())
		}
		if u.Existing != nil {
			why = append(why, u.Existing.String())
		}
		if len(why) == 0 {
			why = []string{"no pool can launch now"}
		}
		out[t.pods[u.Pod]] = errors.New(strings.Join(why, "; "))
	}
	return out
}

// Pod returns the pod of the Cluster that a pod of the Problem stands for.
func (t *Translation) Pod(pod *corev1.Pod) *corev1.Pod { return t.pods[pod] }

// State returns the node of Karpenter's that a node of the Problem stands for; nil: none.
func (t *Translation) State(node *corev1.Node) string {
	if s := t.nodes[node]; s != nil {
		return s.Name()
	}
	return ""
}

// Offering returns what a key of the Problem stands for in a pool; nil: there is no such.
func (t *Translation) Offering(pool string, k catalog.Key) (*cloudprovider.InstanceType, *cloudprovider.Offering) {
	p := t.pools[pool]
	if p == nil {
		return nil, nil
	}
	e := p.entries[k.InstanceType]
	if e == nil {
		return nil, nil
	}
	for i := range e.Offerings {
		if e.Key(i) == k {
			return e.of, e.offerings[i]
		}
	}
	return nil, nil
}
