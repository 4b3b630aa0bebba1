package main

import (
	"context"
	"errors"
	"hash/fnv"
	"slices"
	"sync/atomic"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	kwok "sigs.k8s.io/karpenter/kwok/cloudprovider"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/scheduling"

	"github.com/stowage/stowage/examples/karpenter/market"
)

// A provider shows all offerings as available, as clouds do, and launches only some.
type provider struct {
	cloudprovider.CloudProvider                                        // shows all
	launching                   cloudprovider.CloudProvider            // of offerings that have capacity
	types                       map[string]*cloudprovider.InstanceType // with those alone as available
}

func newProvider(ctx context.Context, kube client.Client, types []*cloudprovider.InstanceType, scarce int) *provider {
	p := &provider{CloudProvider: kwok.NewCloudProvider(ctx, kube, types), types: map[string]*cloudprovider.InstanceType{}}
	var left []*cloudprovider.InstanceType
	for _, it := range types {
		less := market.Hide(it, func(o *cloudprovider.Offering) bool {
			return scarce > 0 && isScarce(it.Name+" "+o.Zone()+" "+o.CapacityType(), scarce)
		})
		left = append(left, less)
		p.types[it.Name] = less
	}
	p.launching = kwok.NewCloudProvider(ctx, kube, left)
	return p
}

// isScarce picks one name in so many, the same each time.
func isScarce(name string, of int) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	return h.Sum32()%uint32(of) == 0
}

var errNoCapacity = errors.New("nothing that the claim may become has capacity")

// Create launches the cheapest of what the claim may become that has capacity.
func (p *provider) Create(ctx context.Context, claim *v1.NodeClaim) (*v1.NodeClaim, error) {
	asked := scheduling.NewNodeSelectorRequirementsWithMinValues(claim.Spec.Requirements...)
	claim = claim.DeepCopy()
	for i := range claim.Spec.Requirements {
		r := &claim.Spec.Requirements[i]
		if r.Key != corev1.LabelInstanceTypeStable {
			continue
		}
		r.Values = slices.DeleteFunc(r.Values, func(name string) bool {
			it := p.types[name]
			return it == nil || len(it.Offerings.Available().Compatible(asked)) == 0
		})
		if len(r.Values) == 0 {
			return nil, cloudprovider.NewInsufficientCapacityError(errNoCapacity)
		}
	}
	return p.launching.Create(ctx, claim)
}

// A losing client creates no object for one of the nodes.
type losing struct {
	client.Client
	nth  int64 // counted from 1; 0: none is lost
	made atomic.Int64
}

func (l *losing) Create(ctx context.Context, object client.Object, opts ...client.CreateOption) error {
	if _, is := object.(*corev1.Node); is && l.made.Add(1) == l.nth {
		return nil
	}
	return l.Client.Create(ctx, object, opts...)
}
