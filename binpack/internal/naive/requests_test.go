package naive

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

func TestRequests(t *testing.T) {
	for name, test := range map[string]struct {
		spec string
		want corev1.ResourceList
	}{
		"containers add up": {`
containers:
- resources: {requests: {cpu: 1, memory: 1Gi}}
- resources: {requests: {cpu: 500m}}`, amounts("cpu", "1500m", "memory", "1Gi")},
		"a limit is a request": {`
containers:
- resources: {limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 200m}}`, amounts("cpu", "200m", "memory", "1Gi")},
		"an init container that needs more": {`
initContainers:
- resources: {limits: {cpu: 2}}
containers:
- resources: {requests: {cpu: 1, memory: 1Gi}}`, amounts("cpu", "2", "memory", "1Gi")},
		"a sidecar runs on": {`
initContainers:
- {restartPolicy: Always, resources: {requests: {cpu: 300m}}}
- resources: {requests: {cpu: 1}}
containers:
- resources: {requests: {cpu: 1}}`, amounts("cpu", "1300m")},
		"overhead": {`
overhead: {cpu: 250m}
containers:
- resources: {requests: {cpu: 1}}`, amounts("cpu", "1250m")},
		"pod-level requests": {`
resources: {requests: {cpu: 3}}
containers:
- resources: {requests: {cpu: 1, memory: 1Gi}}`, amounts("cpu", "3", "memory", "1Gi")},
		"a pod-level limit where containers ask for nothing": {`
resources: {limits: {cpu: 3, memory: 4Gi}}
containers:
- resources: {requests: {cpu: 1}}`, amounts("cpu", "1", "memory", "4Gi")},
		"a pod-level limit of huge pages": {`
resources: {limits: {hugepages-2Mi: 8Mi}}
containers:
- resources: {limits: {hugepages-2Mi: 4Mi}}`, amounts("hugepages-2Mi", "8Mi")},
		"nothing": {`containers: [{}]`, amounts()},
	} {
		t.Run(name, func(t *testing.T) {
			pod := &corev1.Pod{}
			require.NoError(t, yaml.UnmarshalStrict([]byte(test.spec), &pod.Spec))
			before := pod.DeepCopy()
			want := AmountsOf(test.want)
			want.Add(Amounts{corev1.ResourcePods: one()})
			require.Equal(t, want, Requests(pod))
			require.Equal(t, before, pod, "the pod is not modified")
		})
	}
}
