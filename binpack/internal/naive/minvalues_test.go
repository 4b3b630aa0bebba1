package naive

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

func TestTooFewValues(t *testing.T) {
	node := func(instanceType, zone string, labels map[string]string) *corev1.Node {
		return New(Launch{InstanceType: instanceType, Zone: zone, TypeLabels: labels})
	}
	nodes := []*corev1.Node{
		node("m5.large", "a", map[string]string{"family": "m5"}),
		node("m5.large", "b", map[string]string{"family": "m5"}),
		node("c5.large", "a", map[string]string{"family": "c5"}),
		node("bare", "", nil),
	}
	for name, test := range map[string]struct {
		least map[string]int
		want  Shortage // zero: enough
	}{
		"nothing asked":              {nil, Shortage{}},
		"enough":                     {map[string]int{"family": 2, "topology.kubernetes.io/zone": 2}, Shortage{}},
		"none asked of a key":        {map[string]int{"team": 0}, Shortage{}},
		"too few":                    {map[string]int{"family": 3}, Shortage{"family", 2, 3}},
		"by the old name":            {map[string]int{"failure-domain.beta.kubernetes.io/zone": 3}, Shortage{"failure-domain.beta.kubernetes.io/zone", 2, 3}},
		"the first by name":          {map[string]int{"team": 1, "family": 9}, Shortage{"family", 2, 9}},
		"a label that nothing has":   {map[string]int{"team": 1}, Shortage{"team", 0, 1}},
		"every type":                 {map[string]int{"node.kubernetes.io/instance-type": 3}, Shortage{}},
		"more types than there are":  {map[string]int{"node.kubernetes.io/instance-type": 4}, Shortage{"node.kubernetes.io/instance-type", 3, 4}},
		"enough of one, not of both": {map[string]int{"family": 1, "topology.kubernetes.io/zone": 3}, Shortage{"topology.kubernetes.io/zone", 2, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			few, ok := TooFewValues(test.least, slices.Values(nodes))
			require.Equal(t, test.want, few)
			require.Equal(t, test.want != Shortage{}, ok)
		})
	}
}

func TestTooFewValuesReadsNoMoreThanItNeeds(t *testing.T) {
	read := 0
	nodes := func(yield func(*corev1.Node) bool) {
		for _, zone := range []string{"a", "a", "b", "c"} {
			read++
			if !yield(New(Launch{Zone: zone})) {
				return
			}
		}
	}
	_, few := TooFewValues(map[string]int{"topology.kubernetes.io/zone": 2}, nodes)
	require.False(t, few)
	require.Equal(t, 3, read)
}
