package provision

import (
	"context"
	"strings"

	"github.com/awslabs/operatorpkg/controller"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/cloudprovider/overlay"
	"sigs.k8s.io/karpenter/pkg/controllers"
	"sigs.k8s.io/karpenter/pkg/controllers/provisioning"
	"sigs.k8s.io/karpenter/pkg/controllers/state"
	"sigs.k8s.io/karpenter/pkg/operator"

	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/examples/karpenter/market"
)

// Controllers returns all controllers of Karpenter for a provider, with ours in the place
// of those that plan.
func Controllers(ctx context.Context, op *operator.Operator, provider cloudprovider.CloudProvider, settings Settings) ([]controller.Controller, error) {
	remembering, err := market.New(ctx, provider, &launch.UnavailableOfferings{}, settings.store(op))
	if err != nil {
		return nil, err
	}
	decorated := overlay.Decorate(remembering, op.GetClient(), op.InstanceTypeStore)
	cluster := state.NewCluster(op.Clock, op.GetClient(), decorated)
	upstream := controllers.NewControllers(ctx, op.Manager, op.Clock, op.GetClient(), op.EventRecorder, decorated, remembering, cluster, op.InstanceTypeStore)
	return Replace(upstream, func(creator *provisioning.Provisioner) *Provisioner {
		return New(Parts{
			Kube: op.GetClient(), Provider: decorated, Cluster: cluster, Recorder: op.EventRecorder, Clock: op.Clock,
			Available: remembering, Settings: settings,
		}, creator)
	})
}

// store returns where marks are kept; nil: in memory alone.
func (s Settings) store(op *operator.Operator) market.Store {
	if s.MarksFile != "" {
		return market.File(s.MarksFile)
	}
	namespace, name, ok := strings.Cut(s.MarksMap, "/")
	if !ok {
		return nil
	}
	return market.ConfigMap{Reader: op.GetAPIReader(), Client: op.GetClient(), Namespace: namespace, Name: name}
}
