// Command karpenter is Karpenter with the KWOK provider and Stowage as its planner. It has
// Karpenter's flags, and those of provision.Settings.
package main

import (
	"context"

	"github.com/awslabs/operatorpkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/log"
	kwok "sigs.k8s.io/karpenter/kwok/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/operator"

	"github.com/stowage/stowage/examples/karpenter/provision"
)

func main() { provision.Main("karpenter", controllers) }

func controllers(ctx context.Context, op *operator.Operator) ([]controller.Controller, error) {
	settings := provision.FromContext(ctx)
	types, err := kwok.ConstructInstanceTypes(ctx)
	if err != nil {
		return nil, err
	}
	all, err := provision.Controllers(ctx, op, kwok.NewCloudProvider(ctx, op.GetClient(), types), settings)
	if err != nil {
		return nil, err
	}
	log.FromContext(ctx).Info("planning with stowage", "plan-time", settings.PlanTime.String(), "alternatives", settings.Alternatives, "handover", settings.Handover)
	return all, nil
}
