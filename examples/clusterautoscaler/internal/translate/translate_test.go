package translate

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/examples/clusterautoscaler/internal/estimate"
)

func template(labels map[string]string) *corev1.Node {
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "t", Labels: labels}}
	n.Status.Allocatable = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("2"), corev1.ResourceMemory: resource.MustParse("8Gi")}
	return n
}

func TestPrices(t *testing.T) {
	m5 := map[string]string{corev1.LabelInstanceTypeStable: "m5.large", corev1.LabelTopologyRegion: "us-east-1"}
	spot := map[string]string{corev1.LabelInstanceTypeStable: "m5.large", corev1.LabelTopologyRegion: "us-east-1", "eks.amazonaws.com/capacityType": "SPOT"}
	nowhere := map[string]string{corev1.LabelInstanceTypeStable: "m5.large"}
	for _, c := range []struct {
		name   string
		p      *Prices
		labels map[string]string
		want   string // a price or part of an error
	}{
		{"list", &Prices{}, m5, "0.096"},
		{"region by flag", &Prices{Region: "us-east-1"}, nowhere, "0.096"},
		{"no region", &Prices{}, nowhere, "no region"},
		{"unknown region", &Prices{}, map[string]string{corev1.LabelInstanceTypeStable: "m5.large", corev1.LabelTopologyRegion: "mars"}, "mars"},
		{"no machine", &Prices{}, nil, "no label"},
		{"unknown machine", &Prices{Region: "us-east-1"}, map[string]string{corev1.LabelInstanceTypeStable: "x"}, "has no x"},
		{"spot without share", &Prices{}, spot, "spotShare"},
		{"spot", &Prices{SpotShare: "0.25"}, spot, "0.024"},
		{"group", &Prices{Entries: []PriceEntry{{Group: "g*", Price: "0.5"}}}, m5, "0.5"},
		{"exact group with odd name", &Prices{Entries: []PriceEntry{{Group: "group", Price: "0.4"}}}, m5, "0.4"},
		{"labels", &Prices{Entries: []PriceEntry{{Labels: m5, Price: "0.7"}}}, m5, "0.7"},
		{"other group", &Prices{Entries: []PriceEntry{{Group: "h*", Price: "0.5"}}}, m5, "0.096"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.p.Of("group", template(c.labels))
			if err != nil {
				assert.ErrorContains(t, err, c.want)
				return
			}
			assert.Equal(t, c.want, got.String())
		})
	}
}

func TestPricesThatMakeNoSense(t *testing.T) {
	p := &Prices{Region: "mars", SpotShare: "-1", Entries: []PriceEntry{{Group: "[", Price: "1e3"}, {Price: "1"}}}
	err := p.Check()
	for _, want := range []string{"prices[0].price", "prices[0].group", "prices[1]", "region", "spotShare"} {
		assert.ErrorContains(t, err, want)
	}
}

const daemonSets = `
apiVersion: v1
kind: List
items:
- apiVersion: apps/v1
  kind: DaemonSet
  metadata: {name: proxy, namespace: kube-system}
  spec:
    template:
      spec:
        tolerations: [{operator: Exists}]
        containers: [{name: p, resources: {requests: {cpu: 100m}}}]
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: default}
spec: {template: {spec: {containers: [{name: a, resources: {limits: {memory: 1Gi}}}]}}}
`

func TestReadDaemons(t *testing.T) {
	pods, err := ReadDaemons(strings.NewReader(daemonSets))
	require.NoError(t, err)
	require.Len(t, pods, 2)
	assert.Equal(t, "proxy", pods[0].Name)
	m, err := estimate.New(estimate.Setting{Groups: []estimate.Group{{ID: "g", Node: template(nil)}}, Daemons: append(pods, Charge(corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("400m")}))})
	require.NoError(t, err)
	assert.Equal(t, []int64{1500, 7 << 30}, m.Free[0][:2], "a limit is a request, a charge is taken off")

	for _, bad := range []string{"kind: Pod", "kind: [", "kind: DaemonSet\nspec: {template: {spec: {containers: [{resources: {requests: {cpu: \"-1\"}}}]}}}"} {
		_, err := ReadDaemons(strings.NewReader(bad))
		assert.ErrorContains(t, err, "document 1", bad)
	}
}

func FuzzReadDaemons(f *testing.F) {
	f.Add(daemonSets)
	f.Add("kind: List\nitems: [null]")
	f.Fuzz(func(t *testing.T, s string) {
		pods, err := ReadDaemons(strings.NewReader(s))
		if err == nil {
			for _, p := range pods {
				assert.NoError(t, check(p)[0])
			}
		}
	})
}
