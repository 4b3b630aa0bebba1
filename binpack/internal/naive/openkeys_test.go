package naive

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

func required(key, operator string, values ...string) corev1.NodeSelectorRequirement {
	return corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOperator(operator), Values: values}
}

func TestOpenKeys(t *testing.T) {
	types := []map[string]string{{"size": "2"}, {"beta.kubernetes.io/arch": "amd64"}}
	for name, test := range map[string]struct {
		requirements []corev1.NodeSelectorRequirement
		poolLabels   map[string]string
		want         []OpenKey
	}{
		"none":                           {nil, nil, nil},
		"in":                             {[]corev1.NodeSelectorRequirement{required("team", "In", "x", "y")}, nil, []OpenKey{{"team", []string{"x", "y"}}}},
		"two keys":                       {[]corev1.NodeSelectorRequirement{required("team", "In", "x"), required("tier", "In", "1")}, nil, []OpenKey{{"team", []string{"x"}}, {"tier", []string{"1"}}}},
		"two lists":                      {[]corev1.NodeSelectorRequirement{required("team", "In", "x", "y"), required("team", "In", "y", "z")}, nil, []OpenKey{{"team", []string{"y"}}}},
		"a value twice":                  {[]corev1.NodeSelectorRequirement{required("team", "In", "x", "x")}, nil, []OpenKey{{"team", []string{"x"}}}},
		"not in":                         {[]corev1.NodeSelectorRequirement{required("team", "NotIn", "x"), required("team", "In", "x", "y")}, nil, []OpenKey{{"team", []string{"y"}}}},
		"greater":                        {[]corev1.NodeSelectorRequirement{required("tier", "In", "1", "2", "3"), required("tier", "Gt", "1"), required("tier", "Lt", "3")}, nil, []OpenKey{{"tier", []string{"2"}}}},
		"exists":                         {[]corev1.NodeSelectorRequirement{required("team", "In", "x"), required("team", "Exists")}, nil, []OpenKey{{"team", []string{"x"}}}},
		"nothing to choose":              {[]corev1.NodeSelectorRequirement{required("team", "In", "x"), required("team", "DoesNotExist")}, nil, []OpenKey{{"team", nil}}},
		"only In opens":                  {[]corev1.NodeSelectorRequirement{required("team", "Exists"), required("tier", "NotIn", "1"), required("rack", "Gt", "1")}, nil, nil},
		"the pool's label":               {[]corev1.NodeSelectorRequirement{required("team", "In", "x")}, map[string]string{"team": "y"}, nil},
		"a type's label":                 {[]corev1.NodeSelectorRequirement{required("size", "In", "1")}, nil, nil},
		"a type's label by another name": {[]corev1.NodeSelectorRequirement{required("kubernetes.io/arch", "In", "arm64")}, nil, nil},
		"an old name that nobody has":    {[]corev1.NodeSelectorRequirement{required("beta.kubernetes.io/os", "In", "linux", "windows"), required("kubernetes.io/os", "NotIn", "windows")}, nil, []OpenKey{{"kubernetes.io/os", []string{"linux"}}}},
		"what every node has": {[]corev1.NodeSelectorRequirement{
			required("topology.kubernetes.io/zone", "In", "a"), required("failure-domain.beta.kubernetes.io/zone", "In", "a"), required("kubernetes.io/hostname", "In", "a"),
			required("karpenter.sh/capacity-type", "In", "spot"), required("beta.kubernetes.io/instance-type", "In", "m5.large"),
		}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, OpenKeys(test.requirements, test.poolLabels, types))
		})
	}
}

func TestMischosen(t *testing.T) {
	open := []OpenKey{{"team", []string{"x", "y"}}, {"kubernetes.io/os", []string{"linux"}}}
	for name, test := range map[string]struct {
		open   []OpenKey
		labels map[string]string
		want   string
	}{
		"nothing open":       {nil, nil, ""},
		"nothing to choose":  {nil, map[string]string{"team": "x"}, "team is not to be chosen"},
		"chosen":             {open, map[string]string{"team": "y", "kubernetes.io/os": "linux"}, ""},
		"by the old name":    {open, map[string]string{"team": "y", "beta.kubernetes.io/os": "linux"}, ""},
		"by both names":      {open, map[string]string{"team": "y", "beta.kubernetes.io/os": "linux", "kubernetes.io/os": "linux"}, "a label is chosen under two names"},
		"one is missing":     {open, map[string]string{"kubernetes.io/os": "linux"}, "no value of team is chosen, it may be x or y"},
		"another value":      {open, map[string]string{"team": "z", "kubernetes.io/os": "linux"}, "team=z is chosen, it may be x or y"},
		"one too many":       {open, map[string]string{"team": "x", "kubernetes.io/os": "linux", "tier": "1"}, "tier is not to be chosen"},
		"no value is right":  {[]OpenKey{{"team", nil}}, map[string]string{"team": "x"}, "team=x is chosen, it may be nothing"},
		"no value is no way": {[]OpenKey{{"team", nil}}, nil, "no value of team is chosen, it may be nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, Mischosen(test.open, test.labels))
		})
	}
}

func TestNewWithChosenLabels(t *testing.T) {
	l := Launch{InstanceType: "m5.large", PoolLabels: map[string]string{"owner": "o"}, Chosen: map[string]string{"team": "x", "beta.kubernetes.io/os": "linux"}}
	require.Equal(t, map[string]string{
		"node.kubernetes.io/instance-type": "m5.large", "owner": "o", "team": "x", "kubernetes.io/os": "linux",
	}, New(l).Labels)
	require.False(t, Covers([]corev1.NodeSelectorRequirement{required("team", "In", "x")}, l), "quotas see no chosen labels")
}
