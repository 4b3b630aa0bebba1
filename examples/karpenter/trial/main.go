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
	"sigs.k8s.io/karpenter/pkg/operator"

	"github.com/stowage/stowage/examples/karpenter/provision"
)

func main() { provision.Main("trial", all) }

func all(ctx context.Context, op *operator.Operator) ([]controller.Controller, error) {
	scarce, err := number("SCARCE")
	if err != nil {
		return nil, err
	}
	lost, err := number("LOST")
	if err != nil {
		return nil, err
	}
	types, err := kwok.ConstructInstanceTypes(ctx)
	if err != nil {
		return nil, err
	}
	provider := newProvider(ctx, &losing{Client: op.GetClient(), nth: int64(lost)}, types, scarce)
	switch planner := os.Getenv("PLANNER"); planner {
	case "ours":
		return provision.Controllers(ctx, op, provider, provision.FromContext(ctx))
	case "stock":
		stock, _, _ := provision.Upstream(ctx, op, provider)
		return stock, nil
	default:
		return nil, fmt.Errorf("PLANNER is %q, neither ours nor stock", planner)
	}
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
