package conformance

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	core "k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install" // defaults and conversions of core/v1
	"k8s.io/kubernetes/pkg/registry/core/pod"
)

// Create returns the pod as the API server would store it, or why it would not
// take it. What Stowage reads from a manifest, the scheduler reads from there:
// defaults are filled in, and the keys of matchLabelKeys are in the selectors.
func Create(ctx context.Context, manifest *corev1.Pod) (*corev1.Pod, error) {
	scheme := legacyscheme.Scheme
	stated := manifest.DeepCopy()
	if stated.Namespace == "" {
		stated.Namespace = corev1.NamespaceDefault
	}
	scheme.Default(stated)
	var internal core.Pod
	if err := scheme.Convert(stated, &internal, nil); err != nil {
		return nil, err
	}
	pod.Strategy.PrepareForCreate(ctx, &internal)
	if faults := pod.Strategy.Validate(ctx, &internal); len(faults) > 0 {
		return nil, faults.ToAggregate()
	}
	created := &corev1.Pod{}
	if err := scheme.Convert(&internal, created, nil); err != nil {
		return nil, err
	}
	return created, nil
}
