package solver_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/solver"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// TestChoicesAsEntries compares plans on types whose architecture the launcher chooses
// with plans on an entry for each choice.
func TestChoicesAsEntries(t *testing.T) {
	for name, rules := range map[string]gen.Rules{
		"basic": {}, "spread": {Spread: true}, "min values": {MinValues: true}, "open keys": {OpenKeys: true}, "existing": {Existing: true}, "all": gen.All(),
	} {
		t.Run(name, func(t *testing.T) {
			optimal := 0
			rapid.Check(t, func(t *rapid.T) {
				p := problemtest.Drawn(t, gen.Toy().With(rules))
				chooseArchitecture(t, &p)
				require.NoError(t, p.Validate())
				plan := problemtest.Solved(t, p)

				split := p
				split.Catalog = entriesOf(p.Catalog)
				entries := problemtest.Solved(t, split)
				if plan.Status == binpack.Optimal && entries.Status == binpack.Optimal {
					optimal++
					require.Equal(t, entries.Cost, plan.Cost)
					require.Len(t, plan.Unschedulable, len(entries.Unschedulable))
				}
			})
			t.Logf("%d pairs are optimal", optimal)
		})
	}
}

// entriesOf returns a catalog with an entry for each architecture of a type.
func entriesOf(c catalog.Catalog) catalog.Catalog {
	var out catalog.Catalog
	for _, it := range c {
		values := it.Choices[corev1.LabelArchStable]
		if values == nil {
			out = append(out, it)
		}
		for _, value := range values {
			entry := *it
			entry.Name, entry.TypeLabel, entry.Choices = it.Name+"/"+value, it.Name, nil
			entry.Labels = maps.Clone(it.Labels)
			entry.Labels[corev1.LabelArchStable] = value
			out = append(out, &entry)
		}
	}
	return out
}

// chooseArchitecture makes the architecture of some types a choice, and takes away what
// counts them, which entries of one type would each have.
func chooseArchitecture(t *rapid.T, p *binpack.Problem) {
	p.Availability = nil
	for _, it := range p.Catalog {
		for i := range it.Offerings {
			it.Offerings[i].Limit = 0
		}
		if rapid.IntRange(0, 3).Draw(t, "fixed") == 0 {
			continue
		}
		delete(it.Labels, corev1.LabelArchStable)
		delete(it.Labels, "beta.kubernetes.io/arch")
		it.Choices = map[string][]string{corev1.LabelArchStable: {"amd64", "arm64"}}
	}
	p.Quotas = slices.DeleteFunc(p.Quotas, func(q binpack.Quota) bool {
		return slices.ContainsFunc(q.Requirements, func(r corev1.NodeSelectorRequirement) bool {
			return catalog.CurrentKey(r.Key) == corev1.LabelArchStable
		})
	})
}

// TestChoicesLeftOpen fixes what pods ask about, and makes up nothing else.
func TestChoicesLeftOpen(t *testing.T) {
	const os, arch = corev1.LabelOSStable, corev1.LabelArchStable
	machine := func() *catalog.InstanceType {
		return &catalog.InstanceType{
			Name: "m", Choices: map[string][]string{os: {"linux", "windows"}, arch: {"amd64", "arm64"}},
			Capacity:  corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("2")},
			Offerings: []catalog.Offering{{Zone: "a", Price: catalog.USD, Limit: 2}},
		}
	}
	pod := func(selector map[string]string) *corev1.Pod {
		return &corev1.Pod{Spec: corev1.PodSpec{NodeSelector: selector, Containers: []corev1.Container{{
			Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1")}},
		}}}}
	}
	on := func(key, value string) map[string]string { return map[string]string{key: value} }
	need := func(key string, op corev1.NodeSelectorOperator, values ...string) []corev1.NodeSelectorRequirement {
		return []corev1.NodeSelectorRequirement{{Key: key, Operator: op, Values: values}}
	}
	for _, tt := range []struct {
		about  string
		pods   []*corev1.Pod
		change func(*binpack.Problem)
		labels []map[string]string // of the launches
		left   string              // why a pod is left; "": none is
	}{
		{"nobody asks", []*corev1.Pod{pod(nil)}, nil, []map[string]string{nil}, ""},
		{"one asks", []*corev1.Pod{pod(on(os, "windows")), pod(nil)}, nil, []map[string]string{on(os, "windows")}, ""},
		{"by the older key", []*corev1.Pod{pod(on("beta.kubernetes.io/arch", "arm64"))}, nil, []map[string]string{on(arch, "arm64")}, ""},
		{"they ask for both", []*corev1.Pod{pod(on(os, "windows")), pod(on(os, "linux"))}, nil, []map[string]string{on(os, "linux"), on(os, "windows")}, ""},
		{"one asks for both", []*corev1.Pod{pod(map[string]string{os: "windows", arch: "arm64"})}, nil, []map[string]string{{os: "windows", arch: "arm64"}}, ""},
		{"for what it does not come with", []*corev1.Pod{pod(on(os, "plan9"))}, nil, nil, "spec.nodeSelector: kubernetes.io/os=plan9, but the pool has kubernetes.io/os in [linux windows]"},
		{"the limit is of both", []*corev1.Pod{pod(on(os, "windows")), pod(on(os, "linux")), pod(on(os, "windows")), pod(on(os, "linux")), pod(nil)}, nil,
			[]map[string]string{on(os, "windows"), on(os, "linux")}, "m in a: all launches are used"},
		{"the pool asks", []*corev1.Pod{pod(nil)}, func(p *binpack.Problem) {
			p.Pools = []binpack.Pool{{Name: "p", Requirements: need(os, corev1.NodeSelectorOpNotIn, "linux")}}
		}, []map[string]string{on(os, "windows")}, ""},
		{"the pool allows none", []*corev1.Pod{pod(nil)}, func(p *binpack.Problem) {
			p.Pools = []binpack.Pool{{Name: "p", Requirements: need(os, corev1.NodeSelectorOpIn, "plan9")}}
		}, nil, "kubernetes.io/os=plan9, but its catalog has linux, windows; fits m in a with Pools[0].requirements[0].values[1]: linux"},
		{"the pool says", []*corev1.Pod{pod(on(os, "windows"))}, func(p *binpack.Problem) {
			p.Pools = []binpack.Pool{{Name: "p", Labels: on(os, "windows")}}
		}, []map[string]string{nil}, ""},
		{"the pool says what there is not", []*corev1.Pod{pod(nil)}, func(p *binpack.Problem) {
			p.Pools = []binpack.Pool{{Name: "p", Labels: on(os, "plan9")}}
		}, nil, "fits m in a with Pools[0].labels[kubernetes.io/os]: linux"},
		{"a daemon asks", []*corev1.Pod{pod(nil), pod(nil)}, func(p *binpack.Problem) {
			p.DaemonPods = []*corev1.Pod{pod(on(os, "linux"))}
		}, []map[string]string{on(os, "windows")}, ""},
		{"a spread counts by it", []*corev1.Pod{pod(nil)}, func(p *binpack.Problem) {
			p.Pods[0].Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{MaxSkew: 1, TopologyKey: os, WhenUnsatisfiable: corev1.DoNotSchedule}}
		}, []map[string]string{on(os, "linux")}, ""},
	} {
		t.Run(tt.about, func(t *testing.T) {
			p := binpack.Problem{Pods: tt.pods, Catalog: catalog.Catalog{machine()}}
			if tt.change != nil {
				tt.change(&p)
			}
			plan, err := solver.Solver{Alternatives: 1}.Solve(context.Background(), p)
			require.NoError(t, err)
			require.NoError(t, verify.Plan(context.Background(), p, plan))
			require.NoError(t, verify.Bound(context.Background(), p, plan))
			var labels []map[string]string
			for _, l := range plan.Launches {
				labels = append(labels, l.Labels)
			}
			if tt.left == "" {
				require.Empty(t, plan.Unschedulable)
			} else {
				require.Len(t, plan.Unschedulable, 1)
				require.Contains(t, plan.Unschedulable[0].Reasons[0].String(), tt.left)
			}
			if len(tt.labels) > 1 {
				require.ElementsMatch(t, tt.labels, labels)
			} else {
				require.Equal(t, tt.labels, labels)
			}
		})
	}
}
