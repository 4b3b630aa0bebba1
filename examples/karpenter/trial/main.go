// Command trial is Karpenter with a KWOK provider that fails at times: some offerings have
// no capacity, and a node never comes. The end-to-end comparison runs it (../e2e), once with
// Karpenter's own planner and once with Stowage.
//
// Karpenter takes its flags and the environment; so does this:
//
//	PLANNER   ours or stock
//	SCARCE    n: one offering in n has no capacity; 0: all have
//	LOST      n: the node of the n-th launch of this process never comes; 0: all come
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"github.com/awslabs/operatorpkg/controller"
	kwok "sigs.k8s.io/karpenter/kwok/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/cloudprovider/overlay"
	"sigs.k8s.io/karpenter/pkg/controllers"
	"sigs.k8s.io/karpenter/pkg/controllers/state"
	"sigs.k8s.io/karpenter/pkg/operator"
	"sigs.k8s.io/karpenter/pkg/operator/options"

	"github.com/stowage/stowage/examples/karpenter/provision"
)

func main() {
	options.Injectables = append(options.Injectables, &provision.Settings{})
	ctx, op := operator.NewOperator()
	if err := run(ctx, op); err != nil {
		fmt.Fprintln(os.Stderr, "trial:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, op *operator.Operator) error {
	scarce, err := number("SCARCE")
	if err != nil {
		return err
	}
	lost, err := number("LOST")
	if err != nil {
		return err
	}
	types, err := kwok.ConstructInstanceTypes(ctx)
	if err != nil {
		return err
	}
	provider := newProvider(ctx, &losing{Client: op.GetClient(), nth: int64(lost)}, types, scarce)
	var all []controller.Controller
	switch planner := os.Getenv("PLANNER"); planner {
	case "ours":
		if all, err = provision.Controllers(ctx, op, provider, provision.FromContext(ctx)); err != nil {
			return err
		}
	case "stock":
		all = stock(ctx, op, provider)
	default:
		return fmt.Errorf("PLANNER is %q, neither ours nor stock", planner)
	}
	op.WithControllers(ctx, all...).Start(ctx)
	return nil
}

// stock returns Karpenter's own controllers.
func stock(ctx context.Context, op *operator.Operator, provider cloudprovider.CloudProvider) []controller.Controller {
	decorated := overlay.Decorate(provider, op.GetClient(), op.InstanceTypeStore)
	cluster := state.NewCluster(op.Clock, op.GetClient(), decorated)
	return controllers.NewControllers(ctx, op.Manager, op.Clock, op.GetClient(), op.EventRecorder, decorated, provider, cluster, op.InstanceTypeStore)
}

func number(name string) (int, error) {
	text := os.Getenv(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s: %q is no number of launches or offerings", name, text)
	}
	return n, nil
}
