package kwok_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/catalog/kwok"
	"github.com/stowage/stowage/internal/jsonstream"
)

// sample has both forms of offerings, two entries of one name, and one with two
// operating systems.
const sample = `[
  {"name": "m5.large", "architecture": "amd64", "operatingSystems": ["linux"],
   "resources": {"cpu": "2", "memory": "8Gi", "ephemeral-storage": "20Gi", "pods": "29"},
   "offerings": [
    {"Price": 0.019003238553599998, "Available": true, "Requirements": [
     {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["spot"]},
     {"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["test-zone-a", "test-zone-b"]},
     {"key": "example.com/rack", "operator": "In", "values": ["7"]}]},
    {"Price": 0.096, "Available": false, "Requirements": [
     {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["on-demand"]},
     {"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["test-zone-a"]}]}]},
  {"name": "m5.large", "architecture": "amd64", "operatingSystems": ["windows"],
   "resources": {"cpu": 2, "memory": "8Gi"},
   "offerings": [{"capacityType": "on-demand", "zone": "test-zone-a", "price": 0.188}]},
  {"name": "n2-standard-4", "architecture": "arm64", "operatingSystems": ["linux", "windows"],
   "resources": {"cpu": "4", "memory": "16Gi", "nvidia.com/gpu": "1"},
   "offerings": [{"capacityType": "on-demand", "zone": "test-zone-a", "price": 1e-1}]}
]
`

func names(c catalog.Catalog) []string {
	var all []string
	for _, t := range c {
		all = append(all, t.Name)
	}
	return all
}

func TestRead(t *testing.T) {
	c, err := kwok.Read(strings.NewReader(sample))
	require.NoError(t, err)
	require.NoError(t, c.Validate())
	require.Equal(t, []string{"m5.large/linux", "m5.large/windows", "n2-standard-4"}, names(c))

	m5 := c[0]
	require.Equal(t, "m5.large", m5.TypeLabel)
	require.Equal(t, map[string]string{
		"kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux",
		"karpenter.kwok.sh/instance-cpu": "2", "karpenter.kwok.sh/instance-memory": "8Gi",
		"karpenter.kwok.sh/instance-family": "m5", "karpenter.kwok.sh/instance-size": "large",
	}, m5.Labels)
	require.Equal(t, []catalog.Offering{
		{Zone: "test-zone-a", CapacityType: "spot", Price: 19_003_239, Labels: map[string]string{"example.com/rack": "7"}},
		{Zone: "test-zone-b", CapacityType: "spot", Price: 19_003_239, Labels: map[string]string{"example.com/rack": "7"}},
		{Zone: "test-zone-a", CapacityType: "on-demand", Price: 96_000_000},
	}, m5.Offerings)
	alloc := m5.Allocatable()
	require.Equal(t, "1900m", alloc.Cpu().String())
	require.Equal(t, "8182Mi", alloc.Memory().String())
	require.Equal(t, "29", alloc.Pods().String())

	require.Equal(t, "110", c[1].Capacity.Pods().String())
	require.Equal(t, "m5.large", c[1].OfferingLabels(0)["node.kubernetes.io/instance-type"])
	require.Equal(t, []string{"linux", "windows"}, c[2].Choices["kubernetes.io/os"])
	require.Equal(t, "n2", c[2].Labels["karpenter.kwok.sh/instance-family"])
	require.Equal(t, "4", c[2].Labels["karpenter.kwok.sh/instance-size"])
}

func TestReadRefuses(t *testing.T) {
	for _, test := range []struct{ old, new, want string }{
		{`"name": "n2-standard-4"`, `"name": ""`, "line 15, column 3: [2]: has no name, no architecture or no operatingSystems"},
		{`"arm64"`, `""`, "has no name, no architecture"},
		{`["linux", "windows"]`, `[]`, "or no operatingSystems"},
		{`["linux", "windows"]`, `["linux", "linux"]`, `[2]: Choices[kubernetes.io/os]: has "linux" twice`},
		{`"16Gi"`, `"much"`, `[2]: resources.memory: "much" is not a quantity`},
		{`"16Gi"`, `"-1"`, "there is no cpu or no memory"},
		{`"nvidia.com/gpu": "1"`, `"nvidia.com/gpu": "-1"`, "[2]: Capacity[nvidia.com/gpu]: -1 is negative"},
		{`1e-1`, `-1`, "[2]: offerings[0]: price -1: is negative"},
		{`1e-1`, `1e99`, "is more than"},
		{`1e-1`, `"1"`, `[2]`},
		{`"values": ["7"]`, `"values": []`, `[0]: offerings[0]: Requirements[2]: example.com/rack In []: only In with values`},
		{`"zone": "test-zone-a", "price": 0.188`, `"price": 0.188`, "[1]: offerings[0]: has no zone or no capacity type"},
		{`"test-zone-a", "test-zone-b"`, `"test-zone-a", "test-zone-a"`, "[0]: Offerings[1]: has the zone, capacity type and reservation of Offerings[0]"},
		{"]\n", "] []", "there is more behind the end of the document"},
	} {
		i := strings.LastIndex(sample, test.old)
		require.GreaterOrEqual(t, i, 0, test.old)
		c, err := kwok.Read(strings.NewReader(sample[:i] + test.new + sample[i+len(test.old):]))
		if test.old == `1e-1` && test.new == `"1"` {
			require.NoError(t, err) // a json.Number may be quoted
			continue
		}
		require.ErrorContains(t, err, test.want)
		require.Nil(t, c)
	}
	for i := range len(sample) - 2 {
		_, err := kwok.Read(strings.NewReader(sample[:i]))
		var fault *jsonstream.Error
		require.ErrorAs(t, err, &fault)
	}
}

// long is a list of 1,724 entries with 853 names: most for Linux and for Windows,
// some twice for one system.
func long() string {
	var all []map[string]any
	for i := range 853 {
		for _, system := range []string{"linux", "windows"} {
			cpu := 1 << (i % 7)
			all = append(all, map[string]any{
				"name": fmt.Sprintf("f%d.%dxlarge", i/7, cpu), "architecture": []string{"amd64", "arm64"}[i/7%2], "operatingSystems": []string{system},
				"resources": map[string]string{"cpu": fmt.Sprint(cpu), "memory": fmt.Sprintf("%dGi", cpu*(2+i/7%6)), "pods": "110"},
				"offerings": []any{map[string]any{"zone": "test-zone-a", "capacityType": "on-demand", "price": float64(cpu) * (0.02 + float64(i/7)/10000) * map[string]float64{"linux": 1, "windows": 2}[system]}},
			})
		}
	}
	all = append(all, all[:18]...)
	text, _ := json.Marshal(all)
	return string(text)
}

// All entries of a long list can be planned on, each by its own label values.
func TestLongListIsPlannedOn(t *testing.T) {
	c, err := kwok.Read(strings.NewReader(long()))
	require.NoError(t, err)
	require.Len(t, c, 1724)
	require.NoError(t, c.Validate())
	labels := map[string]bool{}
	for _, it := range c {
		labels[it.OfferingLabels(0)[corev1.LabelInstanceTypeStable]] = true
	}
	require.Len(t, labels, 853)
	require.Equal(t, []string{"f0.1xlarge/linux/amd64", "f0.1xlarge/windows/amd64"}, names(c)[:2])
	require.Equal(t, "f0.1xlarge/linux/amd64#2", names(c)[1706])

	pod := func(selector map[string]string) *corev1.Pod {
		p := &corev1.Pod{}
		p.Spec.NodeSelector = selector
		p.Spec.Containers = []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{
			corev1.ResourceCPU: resource.MustParse("500m"), corev1.ResourceMemory: resource.MustParse("1Gi"),
		}}}}
		return p
	}
	p := binpack.Problem{Catalog: c, Workloads: []binpack.Workload{
		{Pod: pod(map[string]string{"kubernetes.io/os": "linux"}), Replicas: 40},
		{Pod: pod(map[string]string{"kubernetes.io/os": "windows"}), Replicas: 10},
		{Pod: pod(map[string]string{"node.kubernetes.io/instance-type": "f7.2xlarge"}), Replicas: 3},
		{Pod: pod(map[string]string{"karpenter.kwok.sh/instance-family": "f9", "kubernetes.io/arch": "arm64"}), Replicas: 3},
	}}
	plan, err := solver.Solve(t.Context(), p)
	require.NoError(t, err)
	require.Empty(t, plan.Unschedulable)
	require.NoError(t, verify.Plan(t.Context(), p, plan))
	require.NoError(t, verify.Bound(t.Context(), p, plan))
	used := map[string]bool{}
	for _, l := range plan.Launches {
		used[l.Offering.InstanceType] = true
	}
	require.True(t, used["f7.2xlarge/linux"], used)
	systems := map[string]bool{}
	for name := range used {
		systems[strings.Split(name, "/")[1]] = true
	}
	require.Equal(t, map[string]bool{"linux": true, "windows": true}, systems)
}

// A plan chooses the operating system for pods that ask, of an entry that comes with several.
func TestChoicesArePlannedOn(t *testing.T) {
	c, err := kwok.Read(strings.NewReader(sample))
	require.NoError(t, err)
	pod := &corev1.Pod{Spec: corev1.PodSpec{
		NodeSelector: map[string]string{"node.kubernetes.io/instance-type": "n2-standard-4", "kubernetes.io/os": "windows"},
		Containers:   []corev1.Container{{Name: "c"}},
	}}
	plan, err := solver.Solve(t.Context(), binpack.Problem{Catalog: c, Pods: []*corev1.Pod{pod}})
	require.NoError(t, err)
	require.Len(t, plan.Launches, 1)
	require.Equal(t, map[string]string{"kubernetes.io/os": "windows"}, plan.Launches[0].Labels)
}

func FuzzRead(f *testing.F) {
	f.Add(sample)
	f.Add(strings.ReplaceAll(sample, "2", "-2"))
	f.Add(strings.ReplaceAll(sample, `"In"`, `"NotIn"`))
	f.Add(strings.ReplaceAll(sample, `"windows"`, `"linux"`))
	f.Fuzz(func(t *testing.T, text string) {
		c, err := kwok.Read(strings.NewReader(text))
		if err != nil {
			var fault *jsonstream.Error
			require.ErrorAs(t, err, &fault)
			return
		}
		require.NoError(t, c.Validate())
	})
}
