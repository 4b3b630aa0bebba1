package provision

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/awslabs/operatorpkg/controller"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/cloudprovider/overlay"
	"sigs.k8s.io/karpenter/pkg/controllers"
	"sigs.k8s.io/karpenter/pkg/controllers/provisioning"
	"sigs.k8s.io/karpenter/pkg/controllers/state"
	"sigs.k8s.io/karpenter/pkg/operator"
	"sigs.k8s.io/karpenter/pkg/operator/options"

	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/examples/karpenter/market"
)

// Main runs controllers until the process is told to stop. It has Karpenter's flags, and
// those of Settings. name is the command's, for errors.
func Main(name string, controllers func(context.Context, *operator.Operator) ([]controller.Controller, error)) {
	options.Injectables = append(options.Injectables, &Settings{})
	ctx, op := operator.NewOperator()
	all, err := controllers(ctx, op)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
	op.WithControllers(ctx, all...).Start(ctx)
}

// Controllers returns all controllers of Karpenter for a provider, with ours in the place
// of those that plan.
func Controllers(ctx context.Context, op *operator.Operator, provider cloudprovider.CloudProvider, settings Settings) ([]controller.Controller, error) {
	remembering, err := market.New(ctx, provider, &launch.UnavailableOfferings{}, settings.store(op))
	if err != nil {
		return nil, err
	}
	upstream, decorated, cluster := Upstream(ctx, op, remembering)
	return Replace(upstream, func(creator *provisioning.Provisioner) *Provisioner {
		return New(Parts{
			Kube: op.GetClient(), Provider: decorated, Cluster: cluster, Recorder: op.EventRecorder, Clock: op.Clock,
			Available: remembering, Settings: settings,
		}, creator)
	})
}

// Upstream returns Karpenter's own controllers for a provider, with the provider and the
// cluster's state as they see them.
func Upstream(ctx context.Context, op *operator.Operator, provider cloudprovider.CloudProvider) ([]controller.Controller, cloudprovider.CloudProvider, *state.Cluster) {
	decorated := overlay.Decorate(provider, op.GetClient(), op.InstanceTypeStore)
	cluster := state.NewCluster(op.Clock, op.GetClient(), decorated)
	return controllers.NewControllers(ctx, op.Manager, op.Clock, op.GetClient(), op.EventRecorder, decorated, provider, cluster, op.InstanceTypeStore), decorated, cluster
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
