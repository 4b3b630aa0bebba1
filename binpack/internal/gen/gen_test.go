package gen_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/gen"
)

func TestProblemsAreValid(t *testing.T) {
	for name, size := range map[string]gen.Size{
		"small": gen.Small(), "tiny": gen.Tiny(), "toy": gen.Toy(), "all rules": gen.Small().With(gen.All()), "toy of all rules": gen.Toy().With(gen.All()),
	} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			p := gen.Problems(size).Draw(t, "problem")
			require.NoError(t, p.Validate())
			require.LessOrEqual(t, len(p.Catalog), size.Types)
			n := len(p.Pods)
			for _, w := range p.Workloads {
				n += w.Replicas
			}
			require.LessOrEqual(t, n, size.Shapes*size.Replicas)
			if size.Pods > 0 {
				require.LessOrEqual(t, n, size.Pods)
			}
		}))
	}
}

// TestRules: a family draws what it names, and without it that is not drawn.
func TestRules(t *testing.T) {
	for name, tt := range map[string]struct {
		rules gen.Rules
		drawn func(binpack.Problem) bool
	}{
		"existing": {gen.Rules{Existing: true}, func(p binpack.Problem) bool { return len(p.Existing) > 0 }},
		"spread": {gen.Rules{Spread: true}, anyPod(func(p *corev1.Pod) bool {
			return len(p.Spec.TopologySpreadConstraints) > 0 && p.Spec.TopologySpreadConstraints[0].MinDomains != nil
		})},
		"affinity": {gen.Rules{Affinity: true}, anyPod(func(p *corev1.Pod) bool {
			return p.Spec.Affinity != nil && p.Spec.Affinity.PodAffinity != nil
		})},
		"anti-affinity": {gen.Rules{AntiAffinity: true}, anyPod(func(p *corev1.Pod) bool {
			return p.Spec.Affinity != nil && p.Spec.Affinity.PodAntiAffinity != nil &&
				p.Spec.Affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution[0].TopologyKey != corev1.LabelHostname
		})},
		"weights":    {gen.Rules{Weights: true}, anyPool(func(p *binpack.Pool) bool { return p.Weight > 0 })},
		"min values": {gen.Rules{MinValues: true}, anyPool(func(p *binpack.Pool) bool { return len(p.MinValues) > 0 })},
		"open keys": {gen.Rules{OpenKeys: true}, anyPool(func(p *binpack.Pool) bool {
			return slices.ContainsFunc(p.Requirements, func(r corev1.NodeSelectorRequirement) bool { return r.Key == "example.com/flavor" })
		})},
		"volumes": {gen.Rules{Volumes: true}, anyPod(func(p *corev1.Pod) bool { return len(p.Spec.Volumes) > 0 })},
		"claims": {gen.Rules{Claims: true, Existing: true}, func(p binpack.Problem) bool {
			return len(p.Storage.Attachments) > 0 && len(p.Storage.Nodes) > 0 && slices.ContainsFunc(p.Storage.Volumes, func(v *corev1.PersistentVolume) bool { return v.Spec.Local != nil })
		}},
		"own values": {gen.Rules{OpenKeys: true, OwnValues: true}, anyPool(func(p *binpack.Pool) bool { return p.MinValues["example.com/flavor"] > 1 })},
		"gangs":      {gen.Rules{Gangs: true}, func(p binpack.Problem) bool { return p.GangLabel != "" }},
		"preferences": {gen.Rules{Preferences: true}, anyPod(func(p *corev1.Pod) bool {
			return p.Spec.Affinity != nil && p.Spec.Affinity.NodeAffinity != nil &&
				len(p.Spec.Affinity.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution) > 0
		})},
		"priorities": {gen.Rules{Priorities: true}, anyPod(func(p *corev1.Pod) bool { return p.Spec.Priority != nil })},
	} {
		t.Run(name, func(t *testing.T) {
			require.True(t, slices.ContainsFunc(examples(tt.rules), tt.drawn))
			require.False(t, slices.ContainsFunc(examples(gen.Rules{}), tt.drawn))
		})
	}
}

func examples(r gen.Rules) []binpack.Problem {
	problems := gen.Problems(gen.Toy().With(r))
	var out []binpack.Problem
	for seed := range 200 {
		out = append(out, problems.Example(seed))
	}
	return out
}

func anyPod(has func(*corev1.Pod) bool) func(binpack.Problem) bool {
	return func(p binpack.Problem) bool {
		return slices.ContainsFunc(p.Pods, has) || slices.ContainsFunc(p.Workloads, func(w binpack.Workload) bool { return has(w.Pod) })
	}
}

func anyPool(has func(*binpack.Pool) bool) func(binpack.Problem) bool {
	return func(p binpack.Problem) bool {
		for i := range p.Pools {
			if has(&p.Pools[i]) {
				return true
			}
		}
		return false
	}
}

func TestMix(t *testing.T) {
	p := gen.Mix(7, 1_003, 50)
	require.NoError(t, p.Validate())
	require.Len(t, p.Catalog, 24)
	require.Len(t, p.Workloads, 50)
	sum := 0
	for _, w := range p.Workloads {
		sum += w.Replicas
	}
	require.Equal(t, 1_003, sum)
	require.Equal(t, p, gen.Mix(7, 1_003, 50))
	require.NotEqual(t, p, gen.Mix(8, 1_003, 50))
}
