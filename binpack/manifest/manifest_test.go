package manifest_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	resourcehelper "k8s.io/component-helpers/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/manifest"
	"github.com/stowage/stowage/catalog"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// types are two instance types; pools and overlays see their label size.
func types(manifest.NodeClass) (catalog.Catalog, error) {
	one := func(name, cpu, memory, size string, price catalog.Price) *catalog.InstanceType {
		return &catalog.InstanceType{
			Name: name, Labels: map[string]string{"size": size},
			Capacity: corev1.ResourceList{
				corev1.ResourceCPU: resource.MustParse(cpu), corev1.ResourceMemory: resource.MustParse(memory), corev1.ResourcePods: resource.MustParse("50"),
			},
			Offerings: []catalog.Offering{{Zone: "a", CapacityType: catalog.OnDemand, Price: price}},
		}
	}
	return catalog.Catalog{one("small", "4", "16Gi", "4", catalog.USD/10), one("large", "8", "32Gi", "8", catalog.USD/5)}, nil
}

// read reads texts, which are a.yaml, b.yaml, ...
func read(t *testing.T, texts ...string) (*manifest.Objects, error) {
	t.Helper()
	var sources []manifest.Source
	for i, text := range texts {
		sources = append(sources, manifest.Source{Name: string(rune('a'+i)) + ".yaml", Reader: strings.NewReader(text)})
	}
	return manifest.Read(sources...)
}

// problem returns what texts amount to.
func problem(t *testing.T, opts manifest.Options, texts ...string) *manifest.Result {
	t.Helper()
	objects, err := read(t, texts...)
	require.NoError(t, err)
	if opts.Catalog == nil {
		opts.Catalog = types
	}
	r, err := objects.Problem(opts)
	require.NoError(t, err)
	require.NoError(t, r.Explain(r.Problem.Validate()))
	return r
}

// list returns resources in one line.
func list(l corev1.ResourceList) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(l)) {
		q := l[name]
		parts = append(parts, fmt.Sprintf("%s=%s", name, q.String()))
	}
	return strings.Join(parts, " ")
}

// describe says what there is, a thing a line.
func describe(r *manifest.Result) string {
	var b bytes.Buffer
	p := &r.Problem
	pod := func(what string, pod *corev1.Pod) {
		fmt.Fprintf(&b, "%s%s: %s", what, r.Name(pod), list(resourcehelper.PodRequests(pod, resourcehelper.PodResourcesOptions{})))
		if pod.Spec.Priority != nil {
			fmt.Fprintf(&b, ", priority %d", *pod.Spec.Priority)
		}
		for _, v := range pod.Spec.Volumes {
			if c := v.PersistentVolumeClaim; c != nil {
				fmt.Fprintf(&b, ", claim %s", c.ClaimName)
			}
		}
		fmt.Fprintln(&b)
	}
	for _, o := range p.Pods {
		pod("pod ", o)
	}
	for _, w := range p.Workloads {
		pod(fmt.Sprintf("%d of ", w.Replicas), w.Pod)
	}
	for _, o := range p.DaemonPods {
		pod("daemon ", o)
	}
	for _, e := range p.Existing {
		joins := ""
		if e.Joining {
			joins = " (joins)"
		}
		fmt.Fprintf(&b, "node %s%s: %s; zone %s\n", e.Node.Name, joins, list(e.Node.Status.Allocatable), e.Node.Labels[corev1.LabelTopologyZone])
		for _, o := range e.Pods {
			pod("  ", o)
		}
	}
	for i := range p.Pools {
		describePool(&b, p, &p.Pools[i])
	}
	for _, c := range p.Storage.Claims {
		fmt.Fprintf(&b, "claim %s/%s\n", c.Namespace, c.Name)
	}
	for _, c := range p.Storage.Classes {
		fmt.Fprintf(&b, "class %s\n", c.Name)
	}
	for _, n := range p.Storage.Nodes {
		fmt.Fprintf(&b, "volumes of %s: at most %d of %s\n", n.Name, *n.Spec.Drivers[0].Allocatable.Count, n.Spec.Drivers[0].Name)
	}
	for _, a := range p.Storage.Attachments {
		fmt.Fprintf(&b, "volume %s of %s is attached to %s\n", *a.Spec.Source.PersistentVolumeName, a.Spec.Attacher, a.Spec.NodeName)
	}
	for _, n := range p.Namespaces {
		fmt.Fprintf(&b, "namespace %s %v\n", n.Name, n.Labels)
	}
	for _, n := range r.Notes {
		mark := "note"
		if n.Whole {
			mark = "skip"
		}
		if n.Workload {
			mark = "miss"
		}
		fmt.Fprintf(&b, "%s %s\n", mark, n)
	}
	return b.String()
}

func describePool(b *bytes.Buffer, p *binpack.Problem, pool *binpack.Pool) {
	fmt.Fprintf(b, "pool %s, weight %d, limits %s\n  labels %v\n", pool.Name, pool.Weight, list(pool.Limits), pool.Labels)
	for _, r := range pool.Requirements {
		fmt.Fprintf(b, "  %s %s %v, min %d\n", r.Key, r.Operator, r.Values, pool.MinValues[r.Key])
	}
	if pool.MinValuesPolicy != "" {
		fmt.Fprintf(b, "  min values are %s\n", pool.MinValuesPolicy)
	}
	for _, taint := range pool.Taints {
		fmt.Fprintf(b, "  taint %s\n", taint.ToString())
	}
	for _, taint := range pool.StartupTaints {
		fmt.Fprintf(b, "  startup taint %s\n", taint.ToString())
	}
	c := pool.Catalog
	if c == nil {
		c = p.Catalog
	}
	for _, t := range c {
		fmt.Fprintf(b, "  %s: %s, %s\n", t.Name, list(t.Capacity), t.Offerings[0].Price)
	}
}

// golden compares got with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

func TestGolden(t *testing.T) {
	for _, name := range []string{"shop", "cluster", "pools"} {
		text, err := os.ReadFile(filepath.Join("testdata", name+".yaml"))
		require.NoError(t, err)
		var classes []manifest.NodeClass
		r := problem(t, manifest.Options{Catalog: func(c manifest.NodeClass) (catalog.Catalog, error) {
			classes = append(classes, c)
			return types(c)
		}}, string(text))
		got := describe(r)
		for _, c := range classes {
			got += fmt.Sprintf("class %q: %s, volume %v, store %q, %d devices, max pods %d\n",
				c.Origin, c.AMIFamily, c.EphemeralVolume(), c.InstanceStorePolicy, len(c.BlockDevices), deref(c.Kubelet.MaxPods))
		}
		golden(t, name+".txt", got)
	}
}

func deref(n *int32) int32 {
	if n == nil {
		return 0
	}
	return *n
}
