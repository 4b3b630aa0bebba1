package market

import (
	"context"
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/log"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/scheduling"

	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/catalog"
)

// A Provider is a CloudProvider with a memory.
type Provider struct {
	cloudprovider.CloudProvider
	marks *launch.UnavailableOfferings
	store Store
}

// New returns the provider with what the store has of earlier marks. Marks tells how long
// they last; a store that is nil keeps them in this process alone.
func New(ctx context.Context, provider cloudprovider.CloudProvider, marks *launch.UnavailableOfferings, store Store) (*Provider, error) {
	if store != nil {
		data, err := store.Load(ctx)
		if err != nil {
			return nil, fmt.Errorf("marks: %w", err)
		}
		if len(data) > 0 {
			if err := marks.UnmarshalJSON(data); err != nil {
				return nil, fmt.Errorf("marks: %w", err)
			}
		}
	}
	return &Provider{provider, marks, store}, nil
}

// Available returns how many launches of an offering may be attempted now: Provider is a
// binpack.Availability, by Karpenter's names of types.
func (p *Provider) Available(k catalog.Key) int { return p.marks.Available(k) }

// errPaused says that a claim was not tried.
var errPaused = errors.New("all that the claim may become had no capacity a short while ago")

// Create launches the claim, unless all that it may become is marked. What it answers
// becomes marks, or takes them back.
func (p *Provider) Create(ctx context.Context, claim *v1.NodeClaim) (*v1.NodeClaim, error) {
	keys, err := p.offerings(ctx, claim)
	if err != nil {
		return nil, err
	}
	allowed := 0
	for _, k := range keys {
		allowed += p.marks.Allow(k, 1)
	}
	if len(keys) > 0 && allowed == 0 {
		return nil, cloudprovider.NewInsufficientCapacityError(errPaused)
	}
	made, err := p.CloudProvider.Create(ctx, claim)
	switch {
	case err == nil:
		p.marks.Succeed(keyOf(made.Labels))
	case cloudprovider.IsInsufficientCapacityError(err):
		for _, k := range keys {
			p.marks.Mark(launch.Pattern{Offering: k})
		}
	default:
		return made, err
	}
	p.save(ctx)
	return made, err
}

// save keeps the marks. A store that fails costs attempts after the next restart, and
// nothing now.
func (p *Provider) save(ctx context.Context) {
	if p.store == nil {
		return
	}
	data, err := p.marks.MarshalJSON()
	if err == nil {
		err = p.store.Save(ctx, data)
	}
	if err != nil {
		log.FromContext(ctx).Error(err, "saving marks of offerings")
	}
}

// GetInstanceTypes returns the types with marked offerings as not available.
func (p *Provider) GetInstanceTypes(ctx context.Context, pool *v1.NodePool) ([]*cloudprovider.InstanceType, error) {
	types, err := p.CloudProvider.GetInstanceTypes(ctx, pool)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(types)
	for i, it := range types {
		out[i] = Hide(it, func(o *cloudprovider.Offering) bool { return p.marks.Available(key(it.Name, o)) <= 0 })
	}
	return out, nil
}

// Hide returns the type with the offerings that are gone as not available: itself, if
// there are none.
func Hide(it *cloudprovider.InstanceType, gone func(*cloudprovider.Offering) bool) *cloudprovider.InstanceType {
	out := it
	for i, o := range it.Offerings {
		if !o.Available || !gone(o) {
			continue
		}
		if out == it {
			out = &cloudprovider.InstanceType{Name: it.Name, Requirements: it.Requirements, Offerings: slices.Clone(it.Offerings),
				Capacity: it.Capacity, DynamicResources: it.DynamicResources, Overhead: it.Overhead}
		}
		hidden := *o
		hidden.Available = false
		out.Offerings[i] = &hidden
	}
	return out
}

// offerings returns what a claim may become.
func (p *Provider) offerings(ctx context.Context, claim *v1.NodeClaim) ([]catalog.Key, error) {
	asked := scheduling.NewNodeSelectorRequirementsWithMinValues(claim.Spec.Requirements...)
	pool := &v1.NodePool{}
	pool.Name = claim.Labels[v1.NodePoolLabelKey]
	pool.Spec.Template.Spec.NodeClassRef = claim.Spec.NodeClassRef
	types, err := p.CloudProvider.GetInstanceTypes(ctx, pool)
	if err != nil {
		return nil, err
	}
	var keys []catalog.Key
	for _, it := range types {
		if it.Requirements.Intersects(asked) != nil {
			continue
		}
		for _, o := range it.Offerings.Available().Compatible(asked) {
			keys = append(keys, key(it.Name, o))
		}
	}
	return keys, nil
}

// key returns the key of an offering of the type.
func key(name string, o *cloudprovider.Offering) catalog.Key {
	k := catalog.Key{InstanceType: name, Zone: o.Zone(), CapacityType: catalog.CapacityType(o.CapacityType())}
	if cloudprovider.ReservationIDLabel != "" && k.CapacityType == catalog.Reserved {
		k.ReservationID = o.ReservationID()
	}
	return k
}

// keyOf returns the key of what was launched.
func keyOf(labels map[string]string) catalog.Key {
	k := catalog.Key{InstanceType: labels[corev1.LabelInstanceTypeStable], Zone: labels[corev1.LabelTopologyZone], CapacityType: catalog.CapacityType(labels[v1.CapacityTypeLabelKey])}
	if label := cloudprovider.ReservationIDLabel; label != "" && k.CapacityType == catalog.Reserved {
		k.ReservationID = labels[label]
	}
	return k
}
