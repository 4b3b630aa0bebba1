package main

import (
	"bytes"
	_ "embed" // the catalog
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/handover"
	"github.com/stowage/stowage/binpack/launch/launchtest"
	"github.com/stowage/stowage/catalog"
	"github.com/stowage/stowage/catalog/catalogfile"
)

//go:embed catalog.yaml
var catalogYAML []byte

const (
	rounds    = 10
	period    = time.Minute // from one round to the next
	spotCores = 240
)

// amounts makes a list of cores and memory.
func amounts(cpu, memory string) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu), corev1.ResourceMemory: resource.MustParse(memory)}
}

func pod(name, cpu, memory string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: corev1.NamespaceDefault, Name: name},
		Spec: corev1.PodSpec{
			SchedulerName: corev1.DefaultSchedulerName,
			Containers:    []corev1.Container{{Name: "main", Resources: corev1.ResourceRequirements{Requests: amounts(cpu, memory)}}},
		},
	}
}

const poolLabel = "halcyon.example/pool"

// batch returns a pod for the pool batch.
func batch(name, cpu, memory string) *corev1.Pod {
	p := pod(name, cpu, memory)
	p.Spec.NodeSelector = map[string]string{poolLabel: "batch"}
	p.Spec.Tolerations = []corev1.Toleration{{Key: poolLabel, Value: "batch"}}
	return p
}

// problem returns what may be launched.
func problem() (binpack.Problem, error) {
	file, err := catalogfile.Read(bytes.NewReader(catalogYAML))
	if err != nil {
		return binpack.Problem{}, err
	}
	daemon := pod("agent", "100m", "128Mi")
	daemon.Spec.Tolerations = []corev1.Toleration{{Operator: corev1.TolerationOpExists}}
	in := func(key string, values ...string) corev1.NodeSelectorRequirement {
		return corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOpIn, Values: values}
	}
	return binpack.Problem{
		Catalog:    file.Catalog,
		DaemonPods: []*corev1.Pod{daemon},
		Pools: []binpack.Pool{
			{Name: "general", Labels: map[string]string{poolLabel: "general"}, StartupTaints: []corev1.Taint{handover.Taint()}},
			{
				Name: "batch", Labels: map[string]string{poolLabel: "batch"}, StartupTaints: []corev1.Taint{handover.Taint()},
				Taints:       []corev1.Taint{{Key: poolLabel, Value: "batch", Effect: corev1.TaintEffectNoSchedule}},
				Requirements: []corev1.NodeSelectorRequirement{in(corev1.LabelInstanceTypeStable, "even-8")},
				Limits:       corev1.ResourceList{"nodes": resource.MustParse("2")},
				Used:         corev1.ResourceList{"nodes": resource.MustParse("0")}, // stated: the loop raises it, and events are in the user's numbers
			},
		},
		Quotas: []binpack.Quota{{
			Name: "Spot cores", Left: corev1.ResourceList{corev1.ResourceCPU: *resource.NewQuantity(spotCores, resource.DecimalSI)},
			Requirements: []corev1.NodeSelectorRequirement{in("halcyon.example/market", "surplus")},
		}},
	}, nil
}

// newHalcyon returns a cloud that has little of what is cheapest.
func newHalcyon() *halcyon {
	return &halcyon{spotCores: spotCores, boot: 150 * time.Second, market: launchtest.Market{Offerings: []launchtest.MarketEntry{
		{InstanceType: "lean-8", Zone: "north-1", Left: 1, Error: "CAPACITY_EXHAUSTED"},
		{InstanceType: "even-8", Zone: "north-2", CapacityType: catalog.Spot, Left: 2, Error: "CAPACITY_EXHAUSTED"},
		{InstanceType: "wide-4", CapacityType: catalog.Spot, Left: 0, Error: "QUOTA_EXCEEDED"}, // nobody was told of it
	}}}
}

// arrive creates the pods of a round.
func (c *cluster) arrive(round int) {
	if round > rounds-4 { // what comes later would still be without a node at the end
		return
	}
	c.create(24+4*(round%3), pod("web", "500m", "900Mi"))
	c.create(10+3*(round%2), pod("api", "1200m", "2Gi"))
	c.create(6, pod("cache", "400m", "5Gi"))
	switch round {
	case 2:
		c.create(8, batch("train", "2200m", "8Gi"))
	case 4:
		c.create(1, pod("monolith", "64", "256Gi"))
	}
}
