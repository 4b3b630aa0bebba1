package compile

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/kube"
	"github.com/stowage/stowage/binpack/internal/supply"
	"github.com/stowage/stowage/binpack/internal/volumes"
)

// A Reading is what is read of a Problem once, whatever models are made of it.
type Reading struct {
	Problem    *binpack.Problem
	Kinds      []Kind
	OfPod      []int          // Problem.Pods → kind
	OfWorkload []int          // Problem.Workloads → kind
	Sets       []kube.RuleSet // distinct rules about nodes
	Supply     *supply.Supply
	Storage    *volumes.Storage

	namespaces kube.Namespaces
	topology   []string                 // label keys of rules about the pods of a domain
	preferred  []func(*corev1.Pod) bool // which pods preferences are about
}

// Read reads a valid Problem. Its only error is that of ctx.
func Read(ctx context.Context, p *binpack.Problem) (*Reading, error) {
	r := &Reading{
		Problem:    p,
		Storage:    volumes.New(ctx, p),
		namespaces: kube.NamespacesOf(p.Namespaces),
	}
	labels, read := labelsRead(p)
	kinds, ofPod, ofWorkload := grouped(ctx, p, r.Storage, labels, read)
	r.OfPod, r.OfWorkload = ofPod, ofWorkload
	r.Kinds, r.Sets = kinds, numberRuleSets(kinds)
	nodes, residents := supply.ExistingNodes(p, r.Storage, labels)
	r.topology = topologyKeys(kinds, residents, p.DaemonPods)
	r.preferred = preferredPods(kinds, r.namespaces)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	r.Supply = supply.Of(ctx, p, supply.Reading{Sets: r.Sets, Topology: r.topology, Nodes: nodes, Residents: residents})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	r.meetDaemons()
	return r, ctx.Err()
}

// topologyKeys returns the topology keys of the rules about the pods of a domain, by
// their current names.
func topologyKeys(kinds []Kind, residents []supply.Resident, daemons []*corev1.Pod) []string {
	var keys []string
	add := func(pod *corev1.Pod) {
		for _, r := range kube.DomainRules(pod, nil) {
			if r.Key != corev1.LabelHostname {
				keys = append(keys, r.Key)
			}
		}
	}
	for i := range kinds {
		add(kinds[i].Pod)
	}
	for i := range residents {
		add(residents[i].Pod)
	}
	for _, pod := range daemons {
		keys = append(keys, kube.ApartKeys(pod)...)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// preferredPods returns which pods the preferences of the kinds are about.
func preferredPods(kinds []Kind, namespaces kube.Namespaces) []func(*corev1.Pod) bool {
	var out []func(*corev1.Pod) bool
	for i := range kinds {
		if kinds[i].Blocked == nil {
			out = append(out, kube.PreferredPods(kinds[i].Pod, namespaces)...)
		}
	}
	return out
}

// Loosened returns the reading as bounds have it where the supply has not all choices of
// values for open keys; else itself.
func (r *Reading) Loosened() *Reading {
	loose := r.Supply.Loosened()
	if loose == r.Supply {
		return r
	}
	out := *r
	out.Supply = loose
	return &out
}
