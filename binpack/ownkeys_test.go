package binpack_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// TestKeys: a key that is required of nodes and that none has is a fault with its path,
// unless it is one of the pool's Keys.
func TestKeys(t *testing.T) {
	requires := func(key string, operator corev1.NodeSelectorOperator, values ...string) binpack.Problem {
		return binpack.Problem{
			Catalog: catalog.Catalog{{Name: "m", Labels: map[string]string{"size": "1"}, Offerings: []catalog.Offering{{Zone: "a", CapacityType: catalog.Spot, Price: 1}}}},
			Pools:   []binpack.Pool{{Name: "p", Requirements: []corev1.NodeSelectorRequirement{{Key: key, Operator: operator, Values: values}}}},
		}
	}
	for name, tt := range map[string]struct {
		problem binpack.Problem
		opens   bool
	}{
		"a typo":               {requires("siez", "In", "1"), true},
		"of a key that exists": {requires("team", "Exists"), true},
		"a label of a type":    {requires("size", "In", "2"), false},
		"the zone":             {requires("topology.kubernetes.io/zone", "In", "b"), false},
		"a driver's zone":      {requires("topology.ebs.csi.aws.com/zone", "In", "a"), false},
		"not in":               {requires("team", "NotIn", "a"), false},
		"does not exist":       {requires("team", "DoesNotExist"), false},
	} {
		t.Run(name, func(t *testing.T) {
			p := tt.problem
			keys := p.OwnKeys(&p.Pools[0])
			require.Equal(t, tt.opens, len(keys) > 0)
			if tt.opens {
				require.ErrorContains(t, p.Validate(), "Pools[0].Requirements[0].key")
				p.Pools[0].Keys = keys
			}
			require.NoError(t, p.Validate())
		})
	}
	known := requires("size", "In", "1")
	known.Pools[0].Keys = map[string][]string{"size": nil}
	require.ErrorContains(t, known.Validate(), "Pools[0].Keys[size]")
}
