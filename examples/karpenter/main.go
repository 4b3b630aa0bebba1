// Command karpenter is Karpenter with the KWOK provider and Stowage as its planner. It has
// Karpenter's flags, and those of provision.Settings.
package main

import (
	"context"
	"fmt"
	"os"

	"sigs.k8s.io/controller-runtime/pkg/log"
	kwok "sigs.k8s.io/karpenter/kwok/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/operator"
	"sigs.k8s.io/karpenter/pkg/operator/options"

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
	controllers, err := provision.Controllers(ctx, op, kwok.NewCloudProvider(ctx, op.GetClient(), types), settings)
	if err != nil {
		return err
	}
	log.FromContext(ctx).Info("planning with stowage", "plan-time", settings.PlanTime.String(), "alternatives", settings.Alternatives, "handover", settings.Handover)
	op.WithControllers(ctx, controllers...).Start(ctx)
	return nil
}
