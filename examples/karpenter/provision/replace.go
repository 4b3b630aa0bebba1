package provision

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/awslabs/operatorpkg/controller"
	"sigs.k8s.io/karpenter/pkg/controllers/provisioning"
)

// ErrUnknown says that upstream has a controller which this package was not written for.
var ErrUnknown = errors.New("upstream has a controller that is not known here")

// replaced are the controllers of upstream's NewControllers that ours stand in for.
func replaced() []string {
	return []string{"provisioning.Provisioner", "provisioning.PodController", "provisioning.NodeController"}
}

// kept are those that run as they are.
func kept() []string {
	return []string{
		"disruption.Controller", "disruption.Queue", "dynamicresources/deviceallocation.Controller", "capacitybuffer.Controller",
		"metrics/node.Controller", "metrics/nodepool.Controller", "metrics/pod.Controller",
		"node/health.Controller", "node/hydration.Controller", "node/termination.Controller", "node/termination/terminator.Queue",
		"nodeclaim/consistency.Controller", "nodeclaim/disruption.Controller", "nodeclaim/expiration.Controller",
		"nodeclaim/garbagecollection.Controller", "nodeclaim/hydration.Controller", "nodeclaim/lifecycle.Controller", "nodeclaim/podevents.Controller",
		"nodeoverlay.Controller", "nodepool/counter.Controller", "nodepool/hash.Controller", "nodepool/readiness.Controller",
		"nodepool/registrationhealth.Controller", "nodepool/validation.Controller",
		"state/informer.DaemonSetController", "state/informer.NodeClaimController", "state/informer.NodeController",
		"state/informer.NodePoolController", "state/informer.PodController", "state/informer.PricingController",
		"static/deprovisioning.Controller", "static/provisioning.Controller",
		"status.Controller[v1.NodeClaim]", "status.Controller[v1.NodePool]",
		"status.GenericObjectController[core/v1.Node]", "status.GenericObjectController[autoscaling/v1beta1.CapacityBuffer]",
	}
}

// nameOfController returns the name of a controller's type with the path of its package,
// without what all have in common.
func nameOfController(c controller.Controller) string {
	t := reflect.TypeOf(c)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return strings.NewReplacer("sigs.k8s.io/karpenter/pkg/controllers/", "", "sigs.k8s.io/karpenter/pkg/apis/", "", "github.com/awslabs/operatorpkg/", "", "k8s.io/api/", "", "*", "").
		Replace(t.PkgPath() + "." + t.Name())
}

// Replace returns upstream's controllers with ours in the place of those that plan. It
// keeps upstream's Provisioner as an object: ours, disruption and static pools create
// NodeClaims with it.
func Replace(upstream []controller.Controller, with func(*provisioning.Provisioner) *Provisioner) ([]controller.Controller, error) {
	var p *Provisioner
	for _, c := range upstream {
		if creator, ok := c.(*provisioning.Provisioner); ok {
			p = with(creator)
		}
	}
	if p == nil {
		return nil, fmt.Errorf("%w: there is no provisioner", ErrUnknown)
	}
	out := []controller.Controller{p, &podTrigger{p}, &nodeTrigger{p}}
	for _, c := range upstream {
		switch name := nameOfController(c); {
		case slices.Contains(replaced(), name):
		case slices.Contains(kept(), name):
			out = append(out, c)
		default:
			return nil, fmt.Errorf("%w: %s", ErrUnknown, name)
		}
	}
	return out, nil
}
