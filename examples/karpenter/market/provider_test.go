package market_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes/scheme"
	fakeclient "sigs.k8s.io/controller-runtime/pkg/client/fake"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/scheduling"

	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/examples/karpenter/market"
)

// A cloud has three types in two zones, and none of what is empty.
type cloud struct {
	cloudprovider.CloudProvider
	empty map[string]bool // by zone
	asked int
}

func (c *cloud) GetInstanceTypes(context.Context, *v1.NodePool) ([]*cloudprovider.InstanceType, error) {
	var out []*cloudprovider.InstanceType
	for _, name := range []string{"small", "middle", "large"} {
		it := &cloudprovider.InstanceType{Name: name, Requirements: scheduling.NewRequirements(scheduling.NewRequirement(corev1.LabelInstanceTypeStable, corev1.NodeSelectorOpIn, name))}
		for _, zone := range []string{"east", "west"} {
			it.Offerings = append(it.Offerings, &cloudprovider.Offering{Available: true, Price: 1,
				Requirements: scheduling.NewLabelRequirements(map[string]string{corev1.LabelTopologyZone: zone, v1.CapacityTypeLabelKey: "spot"})})
		}
		out = append(out, it)
	}
	return out, nil
}

func (c *cloud) Create(_ context.Context, claim *v1.NodeClaim) (*v1.NodeClaim, error) {
	c.asked++
	reqs := scheduling.NewNodeSelectorRequirementsWithMinValues(claim.Spec.Requirements...)
	zone := reqs.Get(corev1.LabelTopologyZone).Values()[0]
	if c.empty[zone] {
		return nil, cloudprovider.NewInsufficientCapacityError(errors.New("none in " + zone))
	}
	made := claim.DeepCopy()
	made.Labels = map[string]string{corev1.LabelInstanceTypeStable: reqs.Get(corev1.LabelInstanceTypeStable).Values()[0], corev1.LabelTopologyZone: zone, v1.CapacityTypeLabelKey: "spot"}
	return made, nil
}

func claim(zone string, types ...string) *v1.NodeClaim {
	c := &v1.NodeClaim{}
	c.Spec.Requirements = []v1.NodeSelectorRequirementWithMinValues{
		{Key: corev1.LabelInstanceTypeStable, Operator: corev1.NodeSelectorOpIn, Values: types},
		{Key: corev1.LabelTopologyZone, Operator: corev1.NodeSelectorOpIn, Values: []string{zone}},
	}
	return c
}

// shown lists the available offerings as type/zone.
func shown(t *testing.T, p *market.Provider) []string {
	types, err := p.GetInstanceTypes(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, types, 3, "types without offerings stay")
	var out []string
	for _, it := range types {
		for _, o := range it.Offerings.Available() {
			out = append(out, it.Name+"/"+o.Zone())
		}
	}
	return out
}

func TestMarks(t *testing.T) {
	stores := map[string]market.Store{
		"file":       market.File(filepath.Join(t.TempDir(), "marks")),
		"config map": newConfigMap(),
	}
	for name, store := range stores {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
			c := &cloud{empty: map[string]bool{"east": true}}
			start := func() *market.Provider {
				p, err := market.New(t.Context(), c, &launch.UnavailableOfferings{Clock: func() time.Time { return now }}, store)
				require.NoError(t, err)
				return p
			}
			p := start()
			require.Len(t, shown(t, p), 6)
			_, err := p.Create(t.Context(), claim("east", "small", "middle"))
			require.True(t, cloudprovider.IsInsufficientCapacityError(err))
			want := []string{"small/west", "middle/west", "large/east", "large/west"}
			require.Equal(t, want, shown(t, p))

			p = start() // after a restart
			require.Equal(t, want, shown(t, p))
			_, err = p.Create(t.Context(), claim("east", "small", "middle"))
			require.True(t, cloudprovider.IsInsufficientCapacityError(err))
			require.Equal(t, 1, c.asked, "what is marked is not asked for")
			made, err := p.Create(t.Context(), claim("west", "small"))
			require.NoError(t, err)
			require.Equal(t, "west", made.Labels[corev1.LabelTopologyZone])
			require.Equal(t, want, shown(t, p))

			now = now.Add(launch.DefaultFirst + time.Second)
			require.Len(t, shown(t, p), 6, "a probe is allowed")
			c.empty = nil
			_, err = p.Create(t.Context(), claim("east", "small"))
			require.NoError(t, err)
			require.Len(t, shown(t, start()), 6)
		})
	}
}

// TestOtherErrors marks nothing for errors that say nothing of capacity.
func TestOtherErrors(t *testing.T) {
	p, err := market.New(t.Context(), failing{&cloud{}}, &launch.UnavailableOfferings{}, nil)
	require.NoError(t, err)
	_, err = p.Create(t.Context(), claim("east", "small"))
	require.ErrorContains(t, err, "no connection")
	require.Len(t, shown(t, p), 6)
}

type failing struct{ *cloud }

func (failing) Create(context.Context, *v1.NodeClaim) (*v1.NodeClaim, error) {
	return nil, errors.New("no connection")
}

func TestBadStore(t *testing.T) {
	file := market.File(filepath.Join(t.TempDir(), "marks"))
	require.NoError(t, file.Save(t.Context(), []byte("no marks")))
	_, err := market.New(t.Context(), &cloud{}, &launch.UnavailableOfferings{}, file)
	require.ErrorContains(t, err, "marks")
}

func newConfigMap() market.ConfigMap {
	kube := fakeclient.NewClientBuilder().WithScheme(scheme.Scheme).Build()
	return market.ConfigMap{Reader: kube, Client: kube, Namespace: "kube-system", Name: "stowage-marks"}
}
