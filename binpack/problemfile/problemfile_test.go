package problemfile_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/problemfile"
	"github.com/stowage/stowage/catalog"
	_ "github.com/stowage/stowage/internal/seed"
)

func diff(a, b any) string {
	byValue := cmp.Comparer(func(a, b resource.Quantity) bool { return a.Cmp(b) == 0 })
	asJSON := cmp.Comparer(func(a, b metav1.FieldsV1) bool { return compact(a.Raw) == compact(b.Raw) })
	return cmp.Diff(a, b, byValue, asJSON, cmpopts.EquateEmpty())
}

func compact(raw []byte) string {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return string(raw)
	}
	return b.String()
}

func write(t require.TestingT, p binpack.Problem) string {
	var b bytes.Buffer
	require.NoError(t, problemfile.Write(&b, p))
	return b.String()
}

func read(t require.TestingT, text string) binpack.Problem {
	p, err := problemfile.Read(strings.NewReader(text))
	require.NoError(t, err, text)
	return p
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := problems().Draw(t, "problem")
		text := write(t, p)
		got := read(t, text)
		require.Empty(t, diff(p, got), text)
		require.Equal(t, p.Pools == nil, got.Pools == nil, "no pools and one pool without a name differ")
		for i := range got.Pools {
			require.Equal(t, p.Pools[i].Catalog == nil, got.Pools[i].Catalog == nil, "all types and no types differ")
		}
		require.Equal(t, text, write(t, got))
	})
}

// The files that ship are read whole: nothing is lost.
func TestFiles(t *testing.T) {
	for name, want := range map[string]struct{ pods, entries, types, pools, daemons, nodes, quotas, namespaces int }{
		"all-openb-1000":                {pods: 1000, entries: 65, types: 949},
		"c5m5r5-mix-100":                {pods: 100, entries: 40, types: 24},
		"c5m5r5-mix-1000":               {pods: 1000, entries: 40, types: 24},
		"c5m5r5-mix-5000":               {pods: 5000, entries: 40, types: 24},
		"c5m5r5-openb-100":              {pods: 100, entries: 11, types: 24},
		"c5m5r5-openb-1000":             {pods: 1000, entries: 24, types: 24},
		"c5m5r5-spotmix-1000":           {pods: 1000, entries: 40, types: 24},
		"constraints-antiaffinity-100":  {pods: 100, entries: 12, types: 24},
		"constraints-selectors-200":     {pods: 200, entries: 20, types: 48},
		"constraints-zonespread-100":    {pods: 100, entries: 12, types: 24},
		"rules-daemons":                 {pods: 150, entries: 14, types: 24, pools: 2, daemons: 5},
		"rules-everything-together":     {pods: 500, entries: 36, types: 24, pools: 3, daemons: 5, nodes: 14, quotas: 4},
		"rules-existing-nodes":          {pods: 300, entries: 16, types: 24, nodes: 24},
		"rules-hostports":               {pods: 80, entries: 14, types: 24, daemons: 1},
		"rules-namespace-selector":      {pods: 143, entries: 24, types: 24, nodes: 3, namespaces: 5},
		"rules-pool-values":             {pods: 160, entries: 16, types: 24, pools: 2, daemons: 2},
		"rules-pools-weight-limits":     {pods: 240, entries: 18, types: 24, pools: 3},
		"rules-priorities-under-limits": {pods: 60, entries: 3, types: 24, pools: 1},
		"rules-quotas":                  {pods: 250, entries: 16, types: 24, quotas: 4},
		"rules-taints-tolerations":      {pods: 200, entries: 20, types: 24, pools: 5},
		"seed4-inflate-15":              {pods: 15, entries: 1, types: 4},
		"seed4-inflate-200":             {pods: 200, entries: 1, types: 4},
		"seed4-inflate-5":               {pods: 5, entries: 1, types: 4},
		"seed4-inflate-50":              {pods: 50, entries: 1, types: 4},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("..", "testdata", "problems", name+".json"))
			require.NoError(t, err)
			p := read(t, string(data))
			got := want
			got.pods, got.entries, got.types = len(p.Pods), len(p.Pods)+len(p.Workloads), len(p.Catalog)
			for _, w := range p.Workloads {
				got.pods += w.Replicas
			}
			got.pools, got.daemons, got.nodes = len(p.Pools), len(p.DaemonPods), len(p.Existing)
			got.quotas, got.namespaces = len(p.Quotas), len(p.Namespaces)
			require.Equal(t, want, got)

			text := write(t, p)
			require.Empty(t, diff(p, read(t, text)))
			require.NotContains(t, text, `"pod": {`, "the short form says it all")
			require.NotContains(t, text, `"node": {`, "the short form says it all")
			require.NotContains(t, text, `"overhead": {`, "the short form says it all")
		})
	}
}

func quantity(s string) resource.Quantity { return resource.MustParse(s) }

func TestReadMeaning(t *testing.T) {
	p := read(t, `{
		"name": "n", "source": "s", "known": {"lowerBound": 0.1, "optimal": true, "by": "x", "unscheduled": 1},
		"pods": [
			{"name": "one", "requests": {"cpu": "500m"}, "hostPorts": [{"hostPort": 80}]},
			{"name": "alike", "count": 1, "namespace": "shop"},
			{"name": "none", "count": 0},
			{"name": "one#2", "pod": {"metadata": {"namespace": "shop"}, "spec": {"containers": [{"name": "a"}, {"name": "b"}]}}}
		],
		"instanceTypes": [
			{"name": "plain", "allocatable": {"cpu": "2"}, "offerings": [
				{"zone": "a", "capacityType": "spot", "price": 1.5e-3},
				{"zone": "b", "capacityType": "spot", "price": 0.0960, "limit": 0},
				{"zone": "c", "capacityType": "spot", "price": 1, "limit": 7}]},
			{"name": "less", "capacity": {"cpu": "2", "memory": "4Gi", "gpu": "1"}, "allocatable": {"cpu": "1900m", "memory": "4Gi"}, "offerings": []},
			{"name": "more", "capacity": {"cpu": "2"}, "allocatable": {"cpu": "3", "pods": "9"}, "offerings": [
				{"zone": "a", "capacityType": "spot", "price": 1, "allocatable": {"pods": "5"}}]}
		],
		"pools": [{"name": "some", "instanceTypes": ["more", "plain"]}, {"name": "all"}],
		"existingNodes": [{"name": "n1", "allocatable": {"cpu": "4"}, "pods": [{"name": "web", "count": 2}, {"pod": {"metadata": {"name": "whole"}}}]}]
	}`)

	require.Len(t, p.Pods, 2)
	require.Equal(t, "one", p.Pods[0].Name)
	require.Equal(t, []corev1.ContainerPort{{HostPort: 80, ContainerPort: 80}}, p.Pods[0].Spec.Containers[0].Ports)
	require.Equal(t, "one", p.Pods[1].Name)
	require.Len(t, p.Pods[1].Spec.Containers, 2)
	require.Len(t, p.Workloads, 2)
	require.Equal(t, 1, p.Workloads[0].Replicas)
	require.Equal(t, "shop", p.Workloads[0].Pod.Namespace)
	require.Equal(t, 0, p.Workloads[1].Replicas)

	plain, less, more := p.Catalog[0], p.Catalog[1], p.Catalog[2]
	require.Equal(t, []catalog.Offering{
		{Zone: "a", CapacityType: catalog.Spot, Price: 1_500_000},
		{Zone: "b", CapacityType: catalog.Spot, Price: 96_000_000, Unavailable: true},
		{Zone: "c", CapacityType: catalog.Spot, Price: catalog.USD, Limit: 7},
	}, plain.Offerings)
	require.Empty(t, diff(corev1.ResourceList{"cpu": quantity("2")}, plain.Capacity))
	require.Empty(t, plain.Overhead)
	require.Empty(t, diff(corev1.ResourceList{"cpu": quantity("100m"), "gpu": quantity("1")}, less.Overhead))
	require.Empty(t, diff(corev1.ResourceList{"cpu": quantity("2")}, more.Capacity))
	require.Empty(t, diff(corev1.ResourceList{"cpu": quantity("3"), "pods": quantity("5")}, more.Offerings[0].Allocatable))

	require.Equal(t, catalog.Catalog{more, plain}, p.Pools[0].Catalog)
	require.Same(t, plain, p.Pools[0].Catalog[1], "pools share the types of the file")
	require.Nil(t, p.Pools[1].Catalog)

	node := p.Existing[0]
	require.Equal(t, map[string]string{corev1.LabelHostname: "n1"}, node.Node.Labels)
	require.Len(t, node.Pods, 3)
	require.Same(t, node.Pods[0], node.Pods[1])
	require.Equal(t, "whole", node.Pods[2].Name)
}

// market knows a limit for each zone.
type market map[string]int

func (m market) Available(k catalog.Key) int {
	if n, ok := m[k.Zone]; ok {
		return n
	}
	return binpack.Unlimited
}

func TestWriteAvailability(t *testing.T) {
	it := &catalog.InstanceType{Name: "t", Offerings: []catalog.Offering{
		{Zone: "free"}, {Zone: "free", CapacityType: "spot", Limit: 4},
		{Zone: "three"}, {Zone: "three", CapacityType: "spot", Limit: 2}, {Zone: "three", CapacityType: "reserved", Limit: 5},
		{Zone: "none"}, {Zone: "none", CapacityType: "spot", Limit: 2},
		{Zone: "broken"}, {Zone: "free", CapacityType: "reserved", Unavailable: true},
	}}
	p := binpack.Problem{Catalog: catalog.Catalog{it}, Availability: market{"three": 3, "none": 0, "broken": -1}}
	type answer struct {
		limit       int
		unavailable bool
	}
	var got []answer
	for _, o := range read(t, write(t, p)).Catalog[0].Offerings {
		got = append(got, answer{o.Limit, o.Unavailable})
	}
	require.Equal(t, []answer{{0, false}, {4, false}, {3, false}, {2, false}, {3, false}, {0, true}, {0, true}, {0, true}, {0, true}}, got)
	require.Equal(t, 5, it.Offerings[4].Limit, "what is written is not modified")
}

func TestReadFaults(t *testing.T) {
	typ := func(rest string) string { return `{"instanceTypes": [{"name": "t"` + rest + `}]}` }
	offer := func(rest string) string {
		return typ(`, "allocatable": {}, "offerings": [{"zone": "a", "capacityType": "spot"` + rest + `}]`)
	}
	for _, tt := range []struct{ text, path, message string }{
		{`{"pods": [{}, {"name": "a", "requests": {"memory": "1Gib"}}]}`, "pods[1].requests.memory", `"1Gib" is not a quantity`},
		{`{"pods": [{"name": "a", "requests": {"nvidia.com/gpu": true}}]}`, `pods[0].requests["nvidia.com/gpu"]`, "true is not a quantity"},
		{`{"pods": [{"name": "a", "requests": {"cpu": "1e-999999999"}}]}`, "pods[0].requests.cpu", "not a quantity that makes sense"},
		{`{"pods": [{"name": "a", "request": {}}]}`, "pods[0].request", "unknown field"},
		{`{"Pods": []}`, "Pods", "unknown field"},
		{`{"pods": [], "pods": []}`, "pods", "stated twice"},
		{`{"pods": [{"name": "a", "labels": {"x": "1", "x": "2"}}]}`, "pods[0].labels.x", "stated twice"},
		{`{"pods": {}}`, "pods", "{} is not a list"},
		{`[]`, "", "[] is not an object"},
		{`{"pods": [3]}`, "pods[0]", "3 is not an object"},
		{`{"pods": [{"name": 3}]}`, "pods[0].name", "3 is not a string"},
		{`{"pods": [{"name": "a", "count": 1.5}]}`, "pods[0].count", "1.5 is not a whole number"},
		{`{"pods": [{"name": "a", "priority": 3000000000}]}`, "pods[0].priority", "not a whole number of 32 bits"},
		{`{"pods": [{"name": "a", "count": -1}]}`, "pods[0].count", "-1 is negative"},
		{`{"pods": [{"count": 1}]}`, "pods[0].name", "is missing"},
		{`{"pods": [{"name": "a"}, {"name": "b"}, {"name": "a"}]}`, "pods[2].name", `"a" is a duplicate or out of turn: expected "a#2"`},
		{`{"pods": [{"name": "a", "labels": {"x": "y"}, "pod": {}}]}`, "pods[0]", "beside the whole pod"},
		{`{"pods": [{"name": "a", "pod": {"metadata": {"name": "b"}}}]}`, "pods[0].name", `"a" is not the name of the pod, "b"`},
		{`{"pods": [{"pod": {"metadata": {"name": "b"}}}]}`, "pods[0].name", "is missing"},
		{`{"pods": [{"name": "a", "pod": {"spec": {"containers": [{"image": 1}]}}}]}`, "pods[0].pod.spec.containers[0].image", "1 is not a string"},
		{`{"pods": [{"name": "a", "pod": {"spec": {"hostNetwork": 0}}}]}`, "pods[0].pod.spec.hostNetwork", "0 is neither true nor false"},
		{typ(``), "instanceTypes[0].allocatable", "is missing"},
		{typ(`, "allocatable": {}}, {"name": "t", "allocatable": {}`), "instanceTypes[1].name", `a second instance type "t"`},
		{`{"instanceTypes": [{"allocatable": {}}]}`, "instanceTypes[0].name", "is missing"},
		{typ(`, "capacity": {"pods": "3"}, "allocatable": {}`), "instanceTypes[0].capacity.pods", "allocatable.pods is not"},
		{typ(`, "capacity": {"cpu": "3"}, "overhead": {"cpu": "1"}, "allocatable": {"cpu": "1"}`), "instanceTypes[0].allocatable", "is not capacity less overhead"},
		{offer(``), "instanceTypes[0].offerings[0].price", "is missing"},
		{offer(`, "price": "1"`), "instanceTypes[0].offerings[0].price", `"1" is not a number`},
		{offer(`, "price": -0.1`), "instanceTypes[0].offerings[0].price", "-0.1 is negative"},
		{offer(`, "price": 0.1234567891`), "instanceTypes[0].offerings[0].price", "more than 9 decimals"},
		{offer(`, "price": 1e99999999999`), "instanceTypes[0].offerings[0].price", "out of the range of prices"},
		{offer(`, "price": 1, "limit": -2`), "instanceTypes[0].offerings[0].limit", "-2 is negative"},
		{offer(`, "price": 1}, {"zone": "a", "capacityType": "spot", "price": 2`), "instanceTypes[0].offerings[1]", `a second offering in zone "a"`},
		{`{"pools": [{"name": "p"}, {"name": "p"}]}`, "pools[1].name", `a second pool "p"`},
		{`{"pools": [{"name": "p", "instanceTypes": ["t"]}]}`, "pools[0].instanceTypes[0]", `no instance type "t"`},
		{`{"instanceTypes": [{"name": "t", "allocatable": {}}], "pools": [{"name": "p", "instanceTypes": ["t", "t"]}]}`, "pools[0].instanceTypes[1]", `"t" is named twice`},
		{`{"pools": [{"name": "p", "instanceTypes": [], "catalog": []}]}`, "pools[0].catalog", "beside instanceTypes"},
		{`{"pools": [{"name": "p", "catalog": [{"name": "t"}]}]}`, "pools[0].catalog[0].allocatable", "is missing"},
		{`{"daemonPods": [{"name": "d", "count": 2}]}`, "daemonPods[0].count", "a daemon has none"},
		{`{"existingNodes": [{"name": "n"}, {"name": "n"}]}`, "existingNodes[1]", `a second node "n"`},
		{`{"existingNodes": [{"name": "n", "node": {}}]}`, "existingNodes[0]", "beside the whole node"},
		{`{"existingNodes": [{"name": "n", "pods": [{"name": "a", "count": 1000000000}]}]}`, "existingNodes[0].pods[0].count", "not between 0 and 10000"},
		{`{"storage": {"classes": [{}, null]}}`, "storage.classes[1]", "is nil"},
		{`{"namespaces": [{"name": "n"}, {"name": "n"}]}`, "namespaces[1]", `a second namespace "n"`},
		{`{"namespaces": [{"name": "n", "namespace": {}}]}`, "namespaces[0]", "beside the whole namespace"},
		{`{"quotas": [{"name": "q", "left": {"cpu": "x"}}]}`, "quotas[0].left.cpu", `"x" is not a quantity`},
		{`{"storage": {"claims": [{"spec": {"size": 1}}]}}`, "storage.claims[0].spec.size", "unknown field"},
	} {
		_, err := problemfile.Read(strings.NewReader(tt.text))
		var invalid *binpack.InvalidError
		require.ErrorAs(t, err, &invalid, tt.text)
		require.Equal(t, tt.path, invalid.Path, tt.text)
		require.ErrorContains(t, invalid.Err, tt.message, tt.text)
	}
}

func TestReadNoJSON(t *testing.T) {
	for text, message := range map[string]string{
		"":                                "not JSON: line 1: unexpected end of JSON input",
		"{\"pods\": [],\n\"price\": NaN}": "not JSON: line 2: invalid character 'N'",
		"{} {}":                           "not JSON: line 1: invalid character '{' after top-level value",
	} {
		_, err := problemfile.Read(strings.NewReader(text))
		require.ErrorContains(t, err, message)
	}
}

func TestWriteFaults(t *testing.T) {
	pod := func(name string) *corev1.Pod { return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name}} }
	it := &catalog.InstanceType{Name: "t"}
	for path, p := range map[string]binpack.Problem{
		"Pods[1]":                             {Pods: []*corev1.Pod{pod("a"), nil}},
		"Workloads[0].Pod":                    {Workloads: []binpack.Workload{{}}},
		"DaemonPods[0]":                       {DaemonPods: []*corev1.Pod{nil}},
		"Existing[0].Node":                    {Existing: []binpack.ExistingNode{{}}},
		"Existing[0].Pods[0]":                 {Existing: []binpack.ExistingNode{{Node: &corev1.Node{}, Pods: []*corev1.Pod{nil}}}},
		"Namespaces[0]":                       {Namespaces: []*corev1.Namespace{nil}},
		"storage.claims[0]":                   {Storage: binpack.Storage{Claims: []*corev1.PersistentVolumeClaim{nil}}},
		"Catalog[1]":                          {Catalog: catalog.Catalog{it, nil}},
		"Pools[0].Catalog[0]":                 {Pools: []binpack.Pool{{Catalog: catalog.Catalog{nil}}}},
		"instanceTypes[1].name":               {Catalog: catalog.Catalog{it, it}},
		"Pods[0].metadata.name":               {Pods: []*corev1.Pod{pod("a#2")}},
		"pods[0].count":                       {Workloads: []binpack.Workload{{Pod: pod("a"), Replicas: -1}}},
		"instanceTypes[0].offerings[0].limit": {Catalog: catalog.Catalog{{Name: "t", Offerings: []catalog.Offering{{Limit: -1}}}}},
	} {
		var b bytes.Buffer
		err := problemfile.Write(&b, p)
		var invalid *binpack.InvalidError
		require.ErrorAs(t, err, &invalid, path)
		require.Equal(t, path, invalid.Path)
		require.Empty(t, b.String(), path)
	}
}

func FuzzRead(f *testing.F) {
	seeds, err := filepath.Glob(filepath.Join("..", "testdata", "problems", "*-5.json"))
	require.NoError(f, err)
	require.NotEmpty(f, seeds)
	for _, name := range seeds {
		data, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(string(data))
	}
	f.Add(`{"pods": [{"name": "a", "count": 2, "pod": {"spec": {"overhead": {"cpu": "1"}}}}], "pools": []}`)
	f.Add(`{"instanceTypes": [{"name": "t", "allocatable": {"cpu": "-3"}, "capacity": {"cpu": "-1"}}]}`)
	f.Add(`{"existingNodes": [{"node": {"metadata": {"name": "n"}}}], "namespaces": [{"namespace": {}}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := problemfile.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		again := read(t, write(t, p))
		require.Empty(t, diff(p, again))
	})
}
