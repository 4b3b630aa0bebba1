package translate_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	fakeclient "sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/karpenter/kwok/apis/v1alpha1"
	kwok "sigs.k8s.io/karpenter/kwok/cloudprovider"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/verify"
	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/examples/karpenter/translate"
)

const scenes = 14

// TestScenes draws clusters, plans, and looks at the claims in three ways.
func TestScenes(t *testing.T) {
	provider := kwok.NewCloudProvider(quiet(t), fakeclient.NewClientBuilder().WithScheme(scheme.Scheme).
		WithObjects(&v1alpha1.KWOKNodeClass{ObjectMeta: metav1.ObjectMeta{Name: "default"}}).Build(), kwokTypes(t))
	var n tally
	for seed := range uint64(scenes) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			c := draw(t, seed)
			tr, p := plan(t, c)
			asked, err := tr.Claims(t.Context(), p, 8)
			require.NoError(t, err)
			require.NoError(t, verify.Plan(t.Context(), tr.Problem, left(asked)))
			require.LessOrEqual(t, asked.Plan.Cost, p.Cost)
			t.Run("launched", func(t *testing.T) { launchedAsPlanned(t, provider, tr, asked, &n) })
			t.Run("combinations", func(t *testing.T) { everyCombination(t, seed, tr, asked, &n) })
			t.Run("admitted", func(t *testing.T) { n.pods += admitted(t, c, asked.Claims) })
		})
	}
	require.Greater(t, n.launched, 2*scenes)
	require.Greater(t, n.fifteen, 4)
	require.Greater(t, n.others, 4*scenes)
	require.Greater(t, n.pods, 8*scenes)
}

// A tally counts what was looked at: a test of nothing would pass.
type tally struct{ launched, fifteen, others, pods int }

// launchedAsPlanned: what KWOK makes of each claim is the type, the zone, the market, the
// price and the labels of the launch, and the claim has as many types as minValues ask for.
func launchedAsPlanned(t *testing.T, provider *kwok.CloudProvider, tr *translate.Translation, asked translate.Claims, n *tally) {
	for i, claim := range asked.Claims {
		l := asked.Plan.Launches[i]
		made := claim.ToNodeClaim()
		made.Name = fmt.Sprintf("claim-%d", i)
		require.Len(t, claim.Pods, len(l.Pods))
		for key, least := range pool(tr.Problem, l.Pool).MinValues {
			require.GreaterOrEqual(t, distinct(claim.InstanceTypeOptions, key), least, key)
			if least == 15 {
				n.fifteen++
			}
		}
		got, err := provider.Create(quiet(t), made)
		require.NoError(t, err)
		name, _, _ := strings.Cut(l.Offering.InstanceType, "/")
		require.Equal(t, name, got.Labels[corev1.LabelInstanceTypeStable])
		require.Equal(t, l.Offering.Zone, got.Labels[corev1.LabelTopologyZone])
		require.Equal(t, string(l.Offering.CapacityType), got.Labels[v1.CapacityTypeLabelKey])
		require.Equal(t, fmt.Sprintf("%.6f", l.Price.USD()), got.Labels[v1alpha1.NodeViewerLabelKey])
		for key, value := range tr.Problem.Node(l).Labels {
			if strings.Contains(key, "beta.kubernetes.io") || key == corev1.LabelInstanceType {
				continue // aliases
			}
			require.Equal(t, value, got.Labels[key], key)
		}
		for name, q := range tr.Problem.RequestsOn(l) {
			has := got.Status.Allocatable[name]
			require.GreaterOrEqual(t, has.Cmp(q), 0, "%s: %s of %s", name, q.String(), has.String())
		}
		n.launched++
	}
}

// everyCombination: whichever of its types each claim becomes, the plan keeps all rules.
func everyCombination(t *testing.T, seed uint64, tr *translate.Translation, asked translate.Claims, n *tally) {
	r := rand.New(rand.NewPCG(seed, 2))
	for try := range 3 {
		p := left(asked)
		p.Launches = slices.Clone(p.Launches)
		p.Cost = 0
		for i, claim := range asked.Claims {
			it := claim.InstanceTypeOptions[r.IntN(len(claim.InstanceTypeOptions))]
			for _, o := range claim.InstanceTypeOptions {
				if try == 0 && o.Capacity.Cpu().Cmp(*it.Capacity.Cpu()) > 0 { // the largest of each
					it = o
				}
			}
			l := &p.Launches[i]
			if it.Name != l.Offering.InstanceType {
				n.others++
			}
			l.Offering.InstanceType = it.Name
			l.Price = priceOf(t, tr.Problem, l.Pool, l.Offering)
			p.Cost += l.Price
		}
		require.NoError(t, verify.Plan(t.Context(), tr.Problem, p))
	}
}

// left returns the plan, with the pods of launches that are missing as left.
func left(asked translate.Claims) binpack.Plan {
	p := asked.Plan
	for pod := range asked.Errors {
		p.Unschedulable = append(p.Unschedulable, binpack.Unschedulable{Pod: pod, Count: 1})
	}
	return p
}

func pool(p binpack.Problem, name string) *binpack.Pool {
	for i := range p.Pools {
		if p.Pools[i].Name == name {
			return &p.Pools[i]
		}
	}
	return nil
}

func priceOf(t *testing.T, p binpack.Problem, name string, k catalog.Key) catalog.Price {
	for key, o := range pool(p, name).Catalog.Offerings() {
		if key == k {
			return o.Price
		}
	}
	require.Fail(t, "no such offering", "%v", k)
	return 0
}

// TestClaim says what a claim pins, and what it leaves.
func TestClaim(t *testing.T) {
	np := nodePool("default", func(np *v1.NodePool) {
		np.Spec.Template.Spec.Requirements = append(np.Spec.Template.Spec.Requirements,
			require1("shard", "a", "b"), v1.NodeSelectorRequirementWithMinValues{Key: "rack", Operator: corev1.NodeSelectorOpExists})
		np.Spec.Template.Spec.StartupTaints = []corev1.Taint{{Key: "starting", Effect: corev1.TaintEffectNoSchedule}}
	})
	pod := newPod("a", "1", "1Gi")
	pod.Spec.NodeSelector = map[string]string{"rack": "r7"}
	tr, p := plan(t, translate.Cluster{Pools: []translate.Pool{{NodePool: np, Types: kwokTypes(t)}}, Pods: []*corev1.Pod{pod}, Daemons: []*corev1.Pod{daemon("agent", "250m")}})
	asked, err := tr.Claims(context.Background(), p, 3)
	require.NoError(t, err)
	require.Empty(t, tr.Lost)
	require.Len(t, asked.Claims, 1)
	claim := asked.Claims[0].ToNodeClaim()
	require.Equal(t, "1250m", claim.Spec.Resources.Requests.Cpu().String())
	require.Equal(t, int64(2), claim.Spec.Resources.Requests.Pods().Value())
	require.Equal(t, np.Spec.Template.Spec.StartupTaints, claim.Spec.StartupTaints)
	require.Equal(t, "r7", claim.Labels["rack"])
	require.Equal(t, np.Hash(), claim.Annotations[v1.NodePoolHashAnnotationKey])
	require.Same(t, pod, asked.Claims[0].Pods[0])
	values := map[string][]string{}
	for _, r := range claim.Spec.Requirements {
		require.Equal(t, corev1.NodeSelectorOpIn, r.Operator, r.Key)
		values[r.Key] = r.Values
	}
	require.Len(t, values[corev1.LabelInstanceTypeStable], 4)
	require.Len(t, values[corev1.LabelTopologyZone], 1)
	require.Len(t, values[v1.CapacityTypeLabelKey], 1)
	require.Len(t, values["shard"], 1)
	require.NotContains(t, values, corev1.LabelHostname)
	require.Equal(t, "default", np.Name)
	require.Len(t, np.Spec.Template.Spec.Requirements, 4, "the pool is as it was")
}
