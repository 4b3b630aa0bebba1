package verify_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
)

// TestLeftOpen says which choices of a machine a launch may leave to the launcher.
func TestLeftOpen(t *testing.T) {
	const os = corev1.LabelOSStable
	only := map[string]string{os: "linux"}
	idle := func(selector map[string]string) []*corev1.Pod {
		return []*corev1.Pod{{Spec: corev1.PodSpec{NodeSelector: selector, Containers: []corev1.Container{{Name: "c"}}}}}
	}
	for _, tt := range []struct {
		about  string
		spoil  func(*binpack.Problem, *binpack.Launch)
		reason binpack.Reason // "": it may
	}{
		{"nobody asks", func(*binpack.Problem, *binpack.Launch) {}, ""},
		{"it is chosen all the same", func(_ *binpack.Problem, l *binpack.Launch) { l.Labels = only }, ""},
		{"a pod asks", func(p *binpack.Problem, _ *binpack.Launch) { p.Pods[0].Spec.NodeSelector = only }, binpack.NodeAffinity},
		{"a pod asks, and it is chosen", func(p *binpack.Problem, l *binpack.Launch) { p.Pods[0].Spec.NodeSelector, l.Labels = only, only }, ""},
		{"another is chosen", func(p *binpack.Problem, l *binpack.Launch) {
			p.Pods[0].Spec.NodeSelector, l.Labels = only, map[string]string{os: "windows"}
		}, binpack.NodeAffinity},
		{"what is not there is chosen", func(_ *binpack.Problem, l *binpack.Launch) { l.Labels = map[string]string{os: "plan9"} }, verify.IllegalLaunch},
		{"the pool asks", func(p *binpack.Problem, _ *binpack.Launch) {
			p.Pools[0].Requirements = []corev1.NodeSelectorRequirement{{Key: os, Operator: corev1.NodeSelectorOpIn, Values: []string{"linux"}}}
		}, verify.IllegalLaunch},
		{"the pool says it", func(p *binpack.Problem, _ *binpack.Launch) {
			p.Pools[0].Labels, p.Pods[0].Spec.NodeSelector = only, only
		}, ""},
		{"the pool says what is not there", func(p *binpack.Problem, _ *binpack.Launch) { p.Pools[0].Labels = map[string]string{os: "plan9"} }, verify.IllegalLaunch},
		{"a daemon asks", func(p *binpack.Problem, _ *binpack.Launch) {
			p.DaemonPods = idle(only)
		}, verify.IllegalLaunch},
		{"a rule between pods counts by it", func(p *binpack.Problem, _ *binpack.Launch) {
			p.Pods[0].Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{MaxSkew: 1, TopologyKey: os, WhenUnsatisfiable: corev1.ScheduleAnyway}}
		}, verify.IllegalLaunch},
		{"minValues counts by it", func(p *binpack.Problem, _ *binpack.Launch) { p.Pools[0].MinValues = map[string]int{os: 2} }, verify.IllegalLaunch},
	} {
		t.Run(tt.about, func(t *testing.T) {
			p := binpack.Problem{Pods: idle(nil), Pools: []binpack.Pool{{Name: "p"}}, Catalog: catalog.Catalog{{
				Name: "m", Choices: map[string][]string{os: {"linux", "windows"}},
				Capacity:  corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1")},
				Offerings: []catalog.Offering{{Zone: "a", Price: 1}, {Zone: "b", Price: 2}},
			}}}
			l := binpack.Launch{Pool: "p", Offering: p.Catalog[0].Key(0), Price: 1, Pods: []binpack.Placement{{Pod: p.Pods[0], Count: 1}}}
			tt.spoil(&p, &l)
			plan := binpack.Plan{Launches: []binpack.Launch{l}, Cost: 1}
			reasons := problemtest.Reasons(verify.Plan(context.Background(), p, plan))
			alternatives, err := verify.Alternatives(context.Background(), p, plan, 5)
			require.NoError(t, err)
			if tt.reason != "" {
				require.Equal(t, []binpack.Reason{tt.reason}, reasons)
				return
			}
			require.Empty(t, reasons)
			require.Len(t, alternatives[0], 1)
			require.Equal(t, p.Pods[0].Spec.NodeSelector != nil && p.Pools[0].Labels == nil, alternatives[0][0].Labels != nil)
		})
	}
}
