package gen

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// An Instance is a problem of plain bin packing: bins are nodes, their sizes
// instance types; items are pods that ask for cpu, and memory where there are two
// dimensions. There are no rules, limits or daemons, and a node holds any number
// of pods.
type Instance struct {
	Problem binpack.Problem
	Best    binpack.Plan // of least cost, by construction; without launches where that is not known
}

// Known reports whether the least cost is known: Best.Cost.
func (in *Instance) Known() bool { return len(in.Best.Launches) > 0 }

// An amount is what an item asks for, or a bin holds: cores, and GiB of memory.
type amount struct{ cpu, memory int64 }

func (s amount) plus(o amount) amount  { return amount{s.cpu + o.cpu, s.memory + o.memory} }
func (s amount) minus(o amount) amount { return amount{s.cpu - o.cpu, s.memory - o.memory} }

func (s amount) list() corev1.ResourceList {
	l := corev1.ResourceList{corev1.ResourceCPU: *resource.NewQuantity(s.cpu, resource.DecimalSI)}
	if s.memory > 0 {
		l[corev1.ResourceMemory] = *resource.NewQuantity(s.memory<<30, resource.BinarySI)
	}
	return l
}

// addBins adds a bin size, as many as are wanted, at a price per bin.
func (in *Instance) addBins(capacity amount, price catalog.Price) *catalog.InstanceType {
	t := &catalog.InstanceType{
		Name:      fmt.Sprintf("bin-%d", len(in.Problem.Catalog)),
		Capacity:  capacity.list(),
		Offerings: []catalog.Offering{{Zone: "zone-a", CapacityType: catalog.OnDemand, Price: price}},
	}
	in.Problem.Catalog = append(in.Problem.Catalog, t)
	return t
}

// addItem adds a pod.
func (in *Instance) addItem(s amount) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: fmt.Sprintf("item-%d", len(in.Problem.Pods))}}
	pod.Spec.Containers = []corev1.Container{{Name: "main", Resources: corev1.ResourceRequirements{Requests: s.list()}}}
	in.Problem.Pods = append(in.Problem.Pods, pod)
	return pod
}

// pack adds items that the best plan has together in one bin.
func (in *Instance) pack(bin *catalog.InstanceType, items ...amount) {
	o := bin.Offerings[0]
	l := binpack.Launch{
		Offering: catalog.Key{InstanceType: bin.Name, Zone: o.Zone, CapacityType: o.CapacityType},
		Price:    o.Price,
	}
	for _, item := range items {
		l.Pods = append(l.Pods, binpack.Placement{Pod: in.addItem(item), Count: 1})
	}
	in.Best.Launches = append(in.Best.Launches, l)
	in.Best.Cost += o.Price
}
