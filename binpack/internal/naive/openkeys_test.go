package naive

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

func required(key, operator string, values ...string) corev1.NodeSelectorRequirement {
	return corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOperator(operator), Values: values}
}

// pick is an open key with these values and no others.
func pick(key string, values ...string) OpenKey {
	return OpenKey{Key: key, Values: values, Stated: true}
}

func TestOpenKeys(t *testing.T) {
	any := map[string][]string{"team": nil}
	list := func(r ...corev1.NodeSelectorRequirement) []corev1.NodeSelectorRequirement { return r }
	for name, test := range map[string]struct {
		keys         map[string][]string
		requirements []corev1.NodeSelectorRequirement
		values       []string // of team
		may, mayNot  string
	}{
		"in":                {any, list(required("team", "In", "x", "y")), []string{"x", "y"}, "x", "z"},
		"two lists":         {any, list(required("team", "In", "x", "y"), required("team", "In", "y", "z")), []string{"y"}, "y", "x"},
		"a value twice":     {any, list(required("team", "In", "x", "x")), []string{"x"}, "x", "y"},
		"not in":            {any, list(required("team", "NotIn", "x"), required("team", "In", "x", "y")), []string{"y"}, "y", "x"},
		"greater":           {any, list(required("team", "In", "1", "2", "3"), required("team", "Gt", "1"), required("team", "Lt", "3")), []string{"2"}, "2", "3"},
		"nothing to choose": {any, list(required("team", "In", "x"), required("team", "DoesNotExist")), nil, "", "x"},
		"exists":            {any, list(required("team", "Exists")), nil, "x", ""},
		"but for one":       {any, list(required("team", "Exists"), required("team", "NotIn", "x")), nil, "y", "x"},
		"no requirement":    {any, list(required("tier", "In", "1")), nil, "x", ""},
		"values given":      {map[string][]string{"team": {"x", "y"}}, list(required("team", "NotIn", "y")), []string{"x"}, "x", "z"},
		"by an old name":    {map[string][]string{"beta.kubernetes.io/os": nil}, list(required("kubernetes.io/os", "In", "linux")), []string{"linux"}, "linux", "windows"},
	} {
		t.Run(name, func(t *testing.T) {
			open := OpenKeys(test.keys, test.requirements)
			require.Len(t, open, 1)
			require.Equal(t, test.values, open[0].Values)
			require.True(t, test.may == "" || open[0].may(test.may))
			require.False(t, test.mayNot != "" && open[0].may(test.mayNot))
		})
	}
	require.Empty(t, OpenKeys(nil, list(required("team", "In", "x"))), "only Keys open")
}

func TestMischosen(t *testing.T) {
	open := []OpenKey{pick("team", "x", "y"), pick("kubernetes.io/os", "linux")}
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
		"no value is right":  {[]OpenKey{pick("team")}, map[string]string{"team": "x"}, "team=x is chosen, it may be nothing"},
		"no value is no way": {[]OpenKey{pick("team")}, nil, "no value of team is chosen, it may be nothing"},
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
