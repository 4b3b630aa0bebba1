package problemtest

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog/ec2"
	"github.com/stowage/stowage/pricing"
	prices "github.com/stowage/stowage/pricing/ec2"
)

// Workshop is the scene of the EKS workshop's page on automatic provisioning:
// pods of 1Gi, and a pool that may launch four types on demand.
func Workshop(replicas int) binpack.Problem {
	types, err := ec2.Options{Region: "us-west-2", Types: []string{"c5.large", "m5.large", "r5.large", "m5.xlarge"}}.Catalog()
	if err != nil {
		panic(err)
	}
	onDemand, err := prices.OnDemand("us-west-2")
	if err != nil {
		panic(err)
	}
	priced, _ := pricing.Apply(types, onDemand)
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "inflate"},
		Spec: corev1.PodSpec{
			NodeSelector: map[string]string{"type": "karpenter"},
			Containers: []corev1.Container{{Resources: corev1.ResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("1Gi")},
			}}},
		},
	}
	return binpack.Problem{
		Workloads: []binpack.Workload{{Pod: pod, Replicas: replicas}},
		Pools:     []binpack.Pool{{Name: "default", Labels: map[string]string{"type": "karpenter"}}},
		Catalog:   priced,
	}
}
