package main

import (
	_ "embed"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/yaml"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
	ec2catalog "github.com/stowage/stowage/catalog/ec2"
	"github.com/stowage/stowage/pricing"
	ec2pricing "github.com/stowage/stowage/pricing/ec2"
)

const region = "us-west-2"

//go:embed inflate.yaml
var manifest []byte

// deployment returns the workshop's deployment.
func deployment() (*appsv1.Deployment, error) {
	var d appsv1.Deployment
	if err := yaml.UnmarshalStrict(manifest, &d); err != nil {
		return nil, fmt.Errorf("inflate.yaml: %w", err)
	}
	return &d, nil
}

// workload returns the pods that a deployment asks for.
func workload(d *appsv1.Deployment) binpack.Workload {
	pod := &corev1.Pod{ObjectMeta: d.Spec.Template.ObjectMeta, Spec: d.Spec.Template.Spec}
	pod.Name, pod.Namespace = d.Name, d.Namespace
	return binpack.Workload{Pod: pod, Replicas: int(*d.Spec.Replicas)}
}

// instanceTypes are the types that the workshop's pool allows.
func instanceTypes() []string {
	return []string{"c5.large", "m5.large", "r5.large", "m5.xlarge"}
}

// pool returns the workshop's node pool.
func pool() binpack.Pool {
	in := func(key string, values ...string) corev1.NodeSelectorRequirement {
		return corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOpIn, Values: values}
	}
	return binpack.Pool{
		Name: "default",
		Labels: map[string]string{
			"type":                  "karpenter",
			"karpenter.sh/nodepool": "default", // Karpenter labels each node with its pool
		},
		Requirements: []corev1.NodeSelectorRequirement{
			in("karpenter.sh/capacity-type", string(catalog.OnDemand)),
			in(corev1.LabelArchStable, "amd64"),
			in(corev1.LabelOSStable, "linux"),
			in(corev1.LabelInstanceTypeStable, instanceTypes()...),
		},
		Limits: corev1.ResourceList{
			corev1.ResourceCPU:    resource.MustParse("1000"),
			corev1.ResourceMemory: resource.MustParse("1000Gi"),
		},
	}
}

// market returns the workshop's instance types at list prices, in the three
// zones of the region, without those that are taken away.
func market(without []string) (catalog.Catalog, error) {
	types, err := ec2catalog.Options{
		Region: region, Types: instanceTypes(),
		Node: ec2catalog.Node{MaxVolumes: ec2catalog.NoVolumeLimit}, // the page shows what a node reports, and that is not there
	}.Catalog()
	if err != nil {
		return nil, err
	}
	for _, name := range without {
		if !slices.Contains(instanceTypes(), name) {
			return nil, fmt.Errorf("-without: %q is none of the pool's types %v", name, instanceTypes())
		}
	}
	types = slices.DeleteFunc(types, func(t *catalog.InstanceType) bool { return slices.Contains(without, t.Name) })
	list, err := ec2pricing.OnDemand(region)
	if err != nil {
		return nil, err
	}
	return pricing.Apply(types, list)
}
