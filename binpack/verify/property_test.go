package verify_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"pgregory.net/rapid"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/brute"
	"github.com/stowage/stowage/binpack/internal/gen"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/binpack/verify"
)

// TestSolveAgainstBrute compares plans of tiny problems with the best that
// there are, found by enumeration.
func TestSolveAgainstBrute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := problemtest.Drawn(t, gen.Tiny())
		plan := problemtest.Solved(t, p)
		in, limits, err := verify.Instance(p, plan)
		require.NoError(t, err)
		left, price := brute.Best(in, limits...)

		require.GreaterOrEqual(t, problemtest.LeftOf(plan), left, "fewer left than is possible")
		if problemtest.LeftOf(plan) > left {
			require.NotEqual(t, binpack.Optimal, plan.Status)
			return // of plans that leave more, the oracle knows no price
		}
		require.LessOrEqual(t, int64(plan.LowerBound), price)
		require.GreaterOrEqual(t, int64(plan.Cost), price)
		if plan.Status == binpack.Optimal {
			require.Equal(t, price, int64(plan.Cost))
		}
	})
}

// TestSolveIsVerified solves problems that are too large to be enumerated.
func TestSolveIsVerified(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		problemtest.Solved(t, problemtest.Drawn(t, gen.Small()))
	})
}

// TestVerifyRejectsMutations breaks plans in ways that can never be right.
func TestVerifyRejectsMutations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := problemtest.Drawn(t, gen.Small())
		plan := problemtest.Solved(t, p)
		m := rapid.SampledFrom(mutations).Draw(t, "mutation")
		broken := copyOf(plan)
		if !m.apply(t, &broken) {
			return
		}
		require.Contains(t, problemtest.Reasons(verify.Plan(context.Background(), p, broken)), m.want, "%s is not rejected", m.name)
	})
}

// A mutation breaks a plan. It reports false where it finds nothing to break.
type mutation struct {
	name  string
	want  binpack.Reason
	apply func(*rapid.T, *binpack.Plan) bool
}

var mutations = []mutation{
	{"pod dropped", verify.Unplaced, func(t *rapid.T, p *binpack.Plan) bool {
		l := problemtest.SomeLaunch(t, p)
		if l == nil || len(l.Pods) == 0 {
			return false
		}
		if l.Pods[0].Count--; l.Pods[0].Count == 0 {
			l.Pods = l.Pods[1:]
		}
		return true
	}},
	{"pod doubled", verify.Doubled, func(t *rapid.T, p *binpack.Plan) bool {
		l := problemtest.SomeLaunch(t, p)
		if l == nil || len(l.Pods) == 0 {
			return false
		}
		p.Unschedulable = append(p.Unschedulable, binpack.Unschedulable{Pod: l.Pods[0].Pod, Count: 1})
		return true
	}},
	{"pods heaped on one node", binpack.InsufficientResources, func(t *rapid.T, p *binpack.Plan) bool {
		l := problemtest.SomeLaunch(t, p)
		if l == nil || len(l.Pods) == 0 || l.Pods[0].Pod.Spec.Containers[0].Resources.Requests.Cpu().IsZero() {
			return false
		}
		l.Pods[0].Count += 1_000
		return true
	}},
	{"leftover forgotten", verify.Unplaced, func(_ *rapid.T, p *binpack.Plan) bool {
		if len(p.Unschedulable) == 0 {
			return false
		}
		p.Unschedulable = p.Unschedulable[1:]
		return true
	}},
	{"no pod placed", verify.BadCount, func(t *rapid.T, p *binpack.Plan) bool {
		l := problemtest.SomeLaunch(t, p)
		if l == nil || len(l.Pods) == 0 {
			return false
		}
		l.Pods[0].Count = rapid.IntRange(-2, 0).Draw(t, "count")
		return true
	}},
	{"price changed", verify.WrongPrice, func(t *rapid.T, p *binpack.Plan) bool {
		l := problemtest.SomeLaunch(t, p)
		if l == nil {
			return false
		}
		l.Price++
		return true
	}},
	{"launch forgotten in the cost", verify.WrongCost, func(_ *rapid.T, p *binpack.Plan) bool {
		p.Cost++
		return true
	}},
	{"unknown zone", verify.IllegalLaunch, func(t *rapid.T, p *binpack.Plan) bool {
		l := problemtest.SomeLaunch(t, p)
		if l == nil {
			return false
		}
		l.Offering.Zone = "c"
		return true
	}},
	{"pod of another problem", verify.ForeignPod, func(t *rapid.T, p *binpack.Plan) bool {
		l := problemtest.SomeLaunch(t, p)
		if l == nil || len(l.Pods) == 0 {
			return false
		}
		l.Pods[0].Pod = l.Pods[0].Pod.DeepCopy()
		return true
	}},
	{"unsupported pod placed", binpack.Unsupported, func(t *rapid.T, p *binpack.Plan) bool {
		l := problemtest.SomeLaunch(t, p)
		for i := range p.Unschedulable {
			u := &p.Unschedulable[i]
			if l != nil && len(u.Reasons) > 0 && u.Reasons[0].Reason == binpack.Unsupported {
				l.Pods = append(l.Pods, binpack.Placement{Pod: u.Pod, Count: u.Count})
				p.Unschedulable = append(p.Unschedulable[:i:i], p.Unschedulable[i+1:]...)
				return true
			}
		}
		return false
	}},
	{"pods with a port doubled", binpack.HostPort, doubled(func(pod *corev1.Pod) bool {
		return len(pod.Spec.Containers[0].Ports) > 0
	})},
	{"pods that repel their like doubled", binpack.PodAntiAffinity, doubled(func(pod *corev1.Pod) bool {
		if pod.Spec.Affinity == nil || pod.Spec.Affinity.PodAntiAffinity == nil {
			return false
		}
		terms := pod.Spec.Affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution
		if len(terms) == 0 {
			return false
		}
		term := terms[0]
		own := len(term.Namespaces) == 0 && term.NamespaceSelector == nil && len(term.MismatchLabelKeys) == 0
		return own && term.TopologyKey == corev1.LabelHostname && selectsItself(pod, term.LabelSelector)
	})},
	{"spread pods heaped", binpack.TopologySpread, doubled(func(pod *corev1.Pod) bool {
		c := pod.Spec.TopologySpreadConstraints
		return len(c) > 0 && c[0].TopologyKey == corev1.LabelHostname && c[0].WhenUnsatisfiable == corev1.DoNotSchedule && selectsItself(pod, c[0].LabelSelector)
	})},
}

// doubled places more of a pod on its node than any of the rules that are drawn
// allows.
func doubled(has func(*corev1.Pod) bool) func(*rapid.T, *binpack.Plan) bool {
	return func(_ *rapid.T, p *binpack.Plan) bool {
		for _, l := range p.Launches {
			for i := range l.Pods {
				if has(l.Pods[i].Pod) {
					l.Pods[i].Count += 2
					return true
				}
			}
		}
		return false
	}
}

// selectsItself reports whether a selector of the pod's selects the pod.
func selectsItself(pod *corev1.Pod, selector *metav1.LabelSelector) bool {
	s, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && s.Matches(labels.Set(pod.Labels))
}

func copyOf(plan binpack.Plan) binpack.Plan {
	out := plan
	out.Launches = append([]binpack.Launch(nil), plan.Launches...)
	for i := range out.Launches {
		out.Launches[i].Pods = append([]binpack.Placement(nil), plan.Launches[i].Pods...)
	}
	out.Unschedulable = append([]binpack.Unschedulable(nil), plan.Unschedulable...)
	return out
}
