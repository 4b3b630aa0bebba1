package provision

import (
	"context"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	controllerruntime "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/utils/pod"
)

const (
	again      = 10 * time.Second // a pod or node that is still there starts another batch, as upstream
	reconciles = 10
)

// A podTrigger starts a batch for each pod that waits.
type podTrigger struct{ provisioner *Provisioner }

// Reconcile triggers for p as long as it waits.
func (t *podTrigger) Reconcile(_ context.Context, p *corev1.Pod) (reconcile.Result, error) {
	if !pod.IsProvisionable(p) {
		return reconcile.Result{}, nil
	}
	t.provisioner.batcher.Trigger(p.UID)
	t.provisioner.cluster.AckPods(p)
	return reconcile.Result{RequeueAfter: again}, nil
}

// Register makes it a controller of m.
func (t *podTrigger) Register(_ context.Context, m manager.Manager) error {
	return controllerruntime.NewControllerManagedBy(m).Named("provisioner.trigger.pod").For(&corev1.Pod{}).
		WithOptions(controller.Options{MaxConcurrentReconciles: reconciles}).Complete(reconcile.AsReconciler(m.GetClient(), t))
}

// A nodeTrigger starts a batch for each node that is going away.
type nodeTrigger struct{ provisioner *Provisioner }

// Reconcile triggers for n as long as it has the taint of disruption.
func (t *nodeTrigger) Reconcile(_ context.Context, n *corev1.Node) (reconcile.Result, error) {
	if !slices.ContainsFunc(n.Spec.Taints, func(taint corev1.Taint) bool { return taint.MatchTaint(&v1.DisruptedNoScheduleTaint) }) {
		return reconcile.Result{}, nil
	}
	t.provisioner.batcher.Trigger(n.UID)
	return reconcile.Result{RequeueAfter: again}, nil
}

// Register makes it a controller of m.
func (t *nodeTrigger) Register(_ context.Context, m manager.Manager) error {
	return controllerruntime.NewControllerManagedBy(m).Named("provisioner.trigger.node").For(&corev1.Node{}).
		WithOptions(controller.Options{MaxConcurrentReconciles: reconciles}).Complete(reconcile.AsReconciler(m.GetClient(), t))
}
