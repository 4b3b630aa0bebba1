package gen

import (
	"fmt"
	"math/rand/v2"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// Mix returns a problem with the given numbers of pods and shapes, each shape a Workload,
// on the 24 types of Families. The same seed gives the same problem.
func Mix(seed uint64, pods, shapes int) binpack.Problem {
	random := rand.New(rand.NewPCG(seed, 0))
	p := binpack.Problem{Catalog: Families()}
	for i := range shapes {
		count := pods / shapes
		if i < pods%shapes {
			count++
		}
		millicores := int64(50 * (1 + random.IntN(1+random.IntN(80))))
		mebibytes := millicores * int64(512+random.IntN(7*1024)) / 1000
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: fmt.Sprintf("shape-%d", i)}}
		pod.Spec.Containers = []corev1.Container{{Name: "main", Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{
			corev1.ResourceCPU:    *resource.NewMilliQuantity(millicores, resource.DecimalSI),
			corev1.ResourceMemory: *resource.NewQuantity(mebibytes<<20, resource.BinarySI),
		}}}}
		p.Workloads = append(p.Workloads, binpack.Workload{Pod: pod, Replicas: count})
	}
	return p
}

// Families returns 24 types in three families like EC2's c5, m5 and r5: 2, 4
// or 8 GiB per vCPU in eight sizes, two zones, priced by their parts.
func Families() catalog.Catalog {
	var c catalog.Catalog
	for _, family := range []struct {
		name          string
		gibPerCPU     int64
		pricePerCPU   catalog.Price
		leastOverhead int64 // millicores
	}{
		{"c5", 2, catalog.USD * 425 / 10_000, 70},
		{"m5", 4, catalog.USD * 48 / 1_000, 70},
		{"r5", 8, catalog.USD * 63 / 1_000, 70},
	} {
		for _, cpus := range []int64{2, 4, 8, 16, 32, 48, 64, 96} {
			pods := min(29*cpus/2, 737)
			t := &catalog.InstanceType{
				Name: fmt.Sprintf("%s.%dcpu", family.name, cpus),
				Capacity: corev1.ResourceList{
					corev1.ResourceCPU:    *resource.NewQuantity(cpus, resource.DecimalSI),
					corev1.ResourceMemory: *resource.NewQuantity(cpus*family.gibPerCPU<<30, resource.BinarySI),
					corev1.ResourcePods:   *resource.NewQuantity(pods, resource.DecimalSI),
				},
				Overhead: corev1.ResourceList{
					corev1.ResourceCPU:    *resource.NewMilliQuantity(family.leastOverhead+5*cpus/2, resource.DecimalSI),
					corev1.ResourceMemory: *resource.NewQuantity((355+11*pods)<<20, resource.BinarySI),
				},
			}
			for _, zone := range []string{"zone-a", "zone-b"} {
				t.Offerings = append(t.Offerings, catalog.Offering{
					Zone: zone, CapacityType: catalog.OnDemand, Price: catalog.Price(cpus) * family.pricePerCPU,
				})
			}
			c = append(c, t)
		}
	}
	return c
}
