// Command karpenter is Karpenter with the KWOK provider and Stowage as its planner. It has
// Karpenter's flags, and those of provision.Settings.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/log"
	kwok "sigs.k8s.io/karpenter/kwok/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/cloudprovider/overlay"
	"sigs.k8s.io/karpenter/pkg/controllers"
	"sigs.k8s.io/karpenter/pkg/controllers/provisioning"
	"sigs.k8s.io/karpenter/pkg/controllers/state"
	"sigs.k8s.io/karpenter/pkg/operator"
	"sigs.k8s.io/karpenter/pkg/operator/options"

	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/examples/karpenter/market"
	"github.com/stowage/stowage/examples/karpenter/provision"
)

func main() {
	options.Injectables = append(options.Injectables, &provision.Settings{})
	ctx, op := operator.NewOperator()
	if err := run(ctx, op); err != nil {
		fmt.Fprintln(os.Stderr, "karpenter:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, op *operator.Operator) error {
	settings := provision.FromContext(ctx)
	types, err := kwok.ConstructInstanceTypes(ctx)
	if err != nil {
		return err
	}
	bare := kwok.NewCloudProvider(ctx, op.GetClient(), types)
	remembering, err := market.New(ctx, bare, &launch.UnavailableOfferings{}, store(op, settings))
	if err != nil {
		return err
	}
	provider := overlay.Decorate(remembering, op.GetClient(), op.InstanceTypeStore)
	cluster := state.NewCluster(op.Clock, op.GetClient(), provider)
	upstream := controllers.NewControllers(ctx, op.Manager, op.Clock, op.GetClient(), op.EventRecorder, provider, remembering, cluster, op.InstanceTypeStore)
	ours, err := provision.Replace(upstream, func(creator *provisioning.Provisioner) *provision.Provisioner {
		return provision.New(provision.Parts{
			Kube: op.GetClient(), Provider: provider, Cluster: cluster, Recorder: op.EventRecorder, Clock: op.Clock,
			Available: remembering, Settings: settings,
		}, creator)
	})
	if err != nil {
		return err
	}
	log.FromContext(ctx).Info("planning with stowage", "plan-time", settings.PlanTime.String(), "alternatives", settings.Alternatives, "handover", settings.Handover)
	op.WithControllers(ctx, ours...).Start(ctx)
	return nil
}

// store returns where marks are kept.
func store(op *operator.Operator, s provision.Settings) market.Store {
	if s.MarksFile != "" {
		return market.File(s.MarksFile)
	}
	namespace, name, ok := strings.Cut(s.MarksMap, "/")
	if !ok {
		return nil
	}
	return market.ConfigMap{Reader: op.GetAPIReader(), Client: op.GetClient(), Namespace: namespace, Name: name}
}
