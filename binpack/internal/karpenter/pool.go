package karpenter

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	v1 "sigs.k8s.io/karpenter/pkg/apis/v1"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/scheduling"
	"sigs.k8s.io/karpenter/pkg/test"
	"sigs.k8s.io/karpenter/pkg/utils/nodepool"
	"sigs.k8s.io/karpenter/pkg/utils/resources"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/catalog"
)

// reservationLabel holds the reservation that a node draws on.
const reservationLabel = "stowage/reservation"

// A pool is a pool of the problem with all that decides what it may launch.
type pool struct {
	binpack.Pool
	id      string          // NodePool's name: never empty
	catalog catalog.Catalog // with the problem's Availability written in
	open    []openKey
}

func newPools(p binpack.Problem) []pool {
	pools := p.Pools
	if pools == nil {
		pools = []binpack.Pool{{}}
	}
	out := make([]pool, len(pools))
	carried := map[string]bool{}
	for i, t := range pools {
		from := t.Catalog
		if from == nil {
			from = p.Catalog
		}
		out[i] = pool{Pool: t, id: cmp.Or(t.Name, "default"), catalog: available(from, p.Availability)}
		for _, it := range out[i].catalog {
			for key := range it.Labels {
				carried[canonical(key)] = true
			}
		}
	}
	for i := range out {
		out[i].open = openKeys(out[i], carried)
	}
	return out
}

// available returns c with the answers of a in its offerings.
func available(c catalog.Catalog, a binpack.Availability) catalog.Catalog {
	if a == nil {
		return c
	}
	out := make(catalog.Catalog, len(c))
	for i, it := range c {
		t := *it
		t.Offerings = slices.Clone(it.Offerings)
		for j := range t.Offerings {
			o := &t.Offerings[j]
			switch n := a.Available(t.Key(j)); {
			case n <= 0:
				o.Unavailable = true
			case n < binpack.Unlimited && (o.Limit == 0 || n < o.Limit):
				o.Limit = n
			}
		}
		out[i] = &t
	}
	return out
}

// learnLabels tells Karpenter of the keys that types carry or pools want from
// types: of such a key a type states which values it has, or that it has none.
// The function returned makes Karpenter forget them.
func learnLabels(pools []pool) (forget func()) {
	keys := []string{reservationLabel}
	for _, t := range pools {
		for _, it := range t.catalog {
			keys = slices.AppendSeq(keys, maps.Keys(it.Labels))
		}
		for _, req := range t.Requirements {
			keys = append(keys, req.Key)
		}
	}
	keys = slices.DeleteFunc(keys, v1.WellKnownLabels.Has)
	before := cloudprovider.ReservationIDLabel
	v1.WellKnownLabels.Insert(keys...)
	cloudprovider.ReservationIDLabel = reservationLabel
	return func() {
		v1.WellKnownLabels.Delete(keys...)
		cloudprovider.ReservationIDLabel = before
	}
}

// nodePools returns the pools and, by pool, the types as Karpenter knows them.
func (r *run) nodePools() ([]*v1.NodePool, map[string][]*cloudprovider.InstanceType, error) {
	var nodePools []*v1.NodePool
	instanceTypes := map[string][]*cloudprovider.InstanceType{}
	for _, t := range r.pools {
		nodePools = append(nodePools, t.nodePool(r.problem.Existing))
		types := []*cloudprovider.InstanceType{}
		for _, it := range t.catalog {
			kt, err := t.instanceType(it, r.launched)
			if err != nil {
				return nil, nil, err
			}
			types = append(types, kt)
		}
		instanceTypes[t.id] = types
	}
	nodepool.OrderByWeight(nodePools)
	return nodePools, instanceTypes, nil
}

func (t pool) nodePool(existing []binpack.ExistingNode) *v1.NodePool {
	np := test.NodePool(v1.NodePool{ObjectMeta: metav1.ObjectMeta{Name: t.id}})
	np.Spec.Weight = &t.Weight
	np.Spec.Template.Labels = map[string]string{launchedLabel: "true"}
	maps.Copy(np.Spec.Template.Labels, t.Labels)
	np.Spec.Template.Spec.Taints = t.Taints
	np.Spec.Template.Spec.StartupTaints = t.StartupTaints
	np.Spec.Template.Spec.Requirements = t.requirements()
	np.Spec.Limits = v1.Limits(t.Limits.DeepCopy())
	// Karpenter counts the nodes that the pool has; Limits is what may be added.
	if limit, ok := np.Spec.Limits[resources.Node]; ok {
		for _, e := range existing {
			if e.Node.Labels[v1.NodePoolLabelKey] == t.id {
				limit.Add(resource.MustParse("1"))
			}
		}
		np.Spec.Limits[resources.Node] = limit
	}
	return np
}

// requirements returns t's requirements with MinValues among them.
func (t pool) requirements() []v1.NodeSelectorRequirementWithMinValues {
	var out []v1.NodeSelectorRequirementWithMinValues
	for _, req := range t.Requirements {
		out = append(out, v1.NodeSelectorRequirementWithMinValues{Key: req.Key, Operator: req.Operator, Values: req.Values})
	}
	for _, key := range slices.Sorted(maps.Keys(t.MinValues)) {
		least := t.MinValues[key]
		out = append(out, v1.NodeSelectorRequirementWithMinValues{Key: key, Operator: corev1.NodeSelectorOpExists, MinValues: &least})
	}
	return out
}

// instanceType returns it as t offers it. Its offerings keep their order, so
// that an index means the same offering on both sides.
func (t pool) instanceType(it *catalog.InstanceType, launched map[catalog.Key]int) (*cloudprovider.InstanceType, error) {
	capacity, overhead := amounts(it)
	out := &cloudprovider.InstanceType{Name: it.Name, Requirements: t.typeRequirements(it), Capacity: capacity,
		Overhead: &cloudprovider.InstanceTypeOverhead{KubeReserved: overhead}}
	for i := range it.Offerings {
		out.Offerings = append(out.Offerings, offering(it.Key(i), &it.Offerings[i], launched[it.Key(i)]))
	}
	for name, want := range it.Allocatable() {
		if got := out.Allocatable()[name]; got.Cmp(want) != 0 {
			return nil, fmt.Errorf("type %s: karpenter takes allocatable %s for %s, not %s", it.Name, name, got.String(), want.String())
		}
	}
	return out, nil
}

// typeRequirements says which labels a node of the type has, for every key that
// Karpenter knows but those that it or the pool fills in itself.
func (t pool) typeRequirements(it *catalog.InstanceType) scheduling.Requirements {
	var zones, capacityTypes []string
	for _, o := range it.Offerings {
		if !o.Unavailable {
			zones, capacityTypes = append(zones, o.Zone), append(capacityTypes, string(o.CapacityType))
		}
	}
	reqs := scheduling.NewRequirements(
		scheduling.NewRequirement(corev1.LabelInstanceTypeStable, corev1.NodeSelectorOpIn, it.Name),
		scheduling.NewRequirement(corev1.LabelTopologyZone, corev1.NodeSelectorOpIn, zones...),
		scheduling.NewRequirement(v1.CapacityTypeLabelKey, corev1.NodeSelectorOpIn, capacityTypes...))
	for key := range v1.WellKnownLabels {
		_, pools := t.Labels[key]
		if pools || reqs.Has(key) || key == v1.NodePoolLabelKey || key == reservationLabel || t.leavesOpen(key) {
			continue
		}
		if value, ok := it.Labels[key]; ok {
			reqs.Add(scheduling.NewRequirement(key, corev1.NodeSelectorOpIn, value))
		} else {
			reqs.Add(scheduling.NewRequirement(key, corev1.NodeSelectorOpDoesNotExist))
		}
	}
	return reqs
}

// offering returns o after launched launches of it.
func offering(key catalog.Key, o *catalog.Offering, launched int) *cloudprovider.Offering {
	out := &cloudprovider.Offering{Available: !o.Unavailable, Price: o.Price.USD(),
		Requirements: scheduling.NewLabelRequirements(map[string]string{
			corev1.LabelTopologyZone: o.Zone, v1.CapacityTypeLabelKey: string(o.CapacityType)})}
	if o.CapacityType == catalog.Reserved {
		reservation := cmp.Or(o.ReservationID, key.InstanceType+"."+key.Zone)
		out.Requirements.Add(scheduling.NewRequirement(reservationLabel, corev1.NodeSelectorOpIn, reservation))
		out.ReservationCapacity = max(cmp.Or(o.Limit, 1<<30)-launched, 0)
		out.Available = out.Available && out.ReservationCapacity > 0
	}
	return out
}

// amounts returns the capacity of a type, and the overhead that leaves exactly
// its allocatable. A type without a pod limit gets one that is never reached.
// One unit of "nodes" makes a limit on nodes hold within a batch: of its own,
// Karpenter only compares that limit with zero.
func amounts(it *catalog.InstanceType) (capacity, overhead corev1.ResourceList) {
	capacity = withPods(it.Capacity)
	overhead = resources.Subtract(capacity, withPods(it.Allocatable()))
	// Karpenter takes huge pages off the memory.
	memory := overhead[corev1.ResourceMemory]
	for name, q := range capacity {
		if strings.HasPrefix(string(name), corev1.ResourceHugePagesPrefix) {
			memory.Sub(q)
			overhead[corev1.ResourceMemory] = memory
		}
	}
	capacity[resources.Node] = resource.MustParse("1")
	return capacity, overhead
}

// withPods returns a copy of r that states how many pods there may be.
func withPods(r corev1.ResourceList) corev1.ResourceList {
	out := corev1.ResourceList{corev1.ResourcePods: resource.MustParse("1000000")}
	maps.Copy(out, r.DeepCopy())
	return out
}
