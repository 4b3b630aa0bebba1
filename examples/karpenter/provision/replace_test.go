package provision

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/awslabs/operatorpkg/controller"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/record"
	"k8s.io/utils/clock"
	fakeclient "sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	kwok "sigs.k8s.io/karpenter/kwok/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/controllers"
	"sigs.k8s.io/karpenter/pkg/controllers/nodeoverlay"
	"sigs.k8s.io/karpenter/pkg/controllers/provisioning"
	"sigs.k8s.io/karpenter/pkg/controllers/state"
	"sigs.k8s.io/karpenter/pkg/events"
	"sigs.k8s.io/karpenter/pkg/operator/options"
	"sigs.k8s.io/karpenter/pkg/test"
)

// recorders is as much of a manager as NewControllers asks for.
type recorders struct{ manager.Manager }

func (recorders) GetEventRecorderFor(string) record.EventRecorder { return &record.FakeRecorder{} }

// everything switches on all that adds controllers.
func everything(ctx context.Context) context.Context {
	o := test.Options()
	o.IgnoreDRARequests, o.DisableClusterStateObservability = false, false
	o.FeatureGates = options.FeatureGates{NodeRepair: true, ReservedCapacity: true, SpotToSpotConsolidation: true, NodeOverlay: true, StaticCapacity: true, CapacityBuffer: true}
	return options.ToContext(ctx, o)
}

// upstream is made once: its metrics cannot be registered twice.
var upstream = sync.OnceValue(func() []controller.Controller {
	ctx := everything(context.Background())
	kube := fakeclient.NewClientBuilder().WithScheme(scheme.Scheme).Build()
	provider := kwok.NewCloudProvider(ctx, kube, nil)
	cluster := state.NewCluster(clock.RealClock{}, kube, provider)
	return controllers.NewControllers(ctx, recorders{}, clock.RealClock{}, kube, events.NewRecorder(&record.FakeRecorder{}), provider, provider, cluster, nodeoverlay.NewInstanceTypeStore())
})

func ours(p *provisioning.Provisioner) *Provisioner { return New(Parts{Clock: clock.RealClock{}}, p) }

// TestReplaceKnowsAll fails when upstream gains or loses a controller: then read what the
// new one does, and put it among the kept or the replaced.
func TestReplaceKnowsAll(t *testing.T) {
	all := upstream()
	out, err := Replace(all, ours)
	require.NoError(t, err)
	require.Len(t, out, len(all), "three for three")
	var names []string
	for _, c := range all {
		names = append(names, nameOfController(c))
	}
	require.ElementsMatch(t, slices.Concat(kept(), replaced()), names)
	for _, c := range out[3:] {
		require.NotContains(t, replaced(), nameOfController(c))
	}
	for _, c := range out[:3] {
		require.Contains(t, nameOfController(c), "stowage/examples/karpenter")
	}
}

func TestReplaceRefusesStrangers(t *testing.T) {
	_, err := Replace(append(slices.Clone(upstream()), &podTrigger{}), ours)
	require.ErrorIs(t, err, ErrUnknown)
	require.ErrorContains(t, err, "podTrigger")
	_, err = Replace(nil, ours)
	require.ErrorIs(t, err, ErrUnknown)
}
