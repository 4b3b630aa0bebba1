package solver_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/internal/problemtest"
	"github.com/stowage/stowage/catalog"
)

// ksHeld adds a reservation of n launches to the type, in zone 1 and next to
// free.
func ksHeld(t *catalog.InstanceType, id string, n int) *catalog.InstanceType {
	t.Offerings = append(t.Offerings, catalog.Offering{Zone: "test-zone-1", CapacityType: catalog.Reserved, ReservationID: id, Limit: n,
		Price: ksPrice(t.Capacity) / 100_000})
	return t
}

func ksMedium() *catalog.InstanceType {
	return ksType("medium-instance-type", "cpu", "3", "memory", "3Gi")
}

func ksSmall() *catalog.InstanceType {
	return ksType("small-instance-type", "cpu", "2", "memory", "2Gi")
}

// TestKarpenterReservations: Karpenter does not say which offering a node will
// be, so one that could be either of two reserves both; it places the rest in
// further rounds. A launch of ours names its offering, so one plan places all.
func TestKarpenterReservations(t *testing.T) {
	small := "small-instance-type"
	cloud := func(more ...ksChange) binpack.Problem {
		return ksProblem(append([]ksChange{ksCatalog(ksType("large-instance-type", "cpu", "6", "memory", "6Gi"),
			ksHeld(ksMedium(), "r-medium", 1), ksHeld(ksSmall(), "r-small", 1))}, more...)...)
	}
	lonely := func(rules ...corev1.NodeSelectorRequirement) *corev1.Pod {
		return ksApp("test", problemtest.Pod(nil, problemtest.Affinity(append(rules, problemtest.Requirement(ksName, "In", small))...), ksRepels(corev1.LabelHostname, "test")))
	}
	inPool := func(name string) corev1.NodeSelectorRequirement { return problemtest.Requirement(ksPool, "In", name) }
	own := func(p binpack.Pool, id string) binpack.Pool {
		p.Catalog = catalog.Catalog{ksHeld(ksSmall(), id, 1)}
		return p
	}
	split := "the launch names its offering, so what one round leaves to the next is placed at once"
	pools := ksPools(ksPoolOf("np-1"), ksPoolOf("np-2"))
	each := ksPods(lonely(inPool("np-1")), lonely(inPool("np-2")))
	beside := ksApp("test", problemtest.Pod(nil, problemtest.Affinity(inPool("np-1"), problemtest.Requirement(ksName, "In", small), problemtest.Requirement(ksMarket, "In", "reserved"),
		problemtest.Requirement(ksZone, "In", "test-zone-1")), ksFollows(ksZone, "test")))
	rather := lonely()
	ksPrefers(1, inPool("np-1"))(&rather.Spec)
	ksRun(t, []ksRow{
		{"two reservations for three pods", cloud(ksCopies(3, problemtest.Pod(problemtest.List("cpu", "1800m")))),
			ksDiffers(ksPlaced(1), ksAll(ksLaunches(3), ksReserved(2)), split)},
		{"one reservation for two pools", cloud(pools, each),
			ksDiffers(ksPlaced(1), ksAll(ksLaunches(2), ksReserved(1), ksEveryOn(ksName, small)), split)},
		{"a reservation for each pool", cloud(ksPools(ksPoolOf("np-1"), own(ksPoolOf("np-2"), "r-distinct")), each),
			ksAll(ksLaunches(2), ksReserved(2), ksEveryOn(ksMarket, "reserved"))},
		{"two reservations of one type", cloud(ksCatalog(ksHeld(ksHeld(ksSmall(), "r-small", 1), "r-small-2", 2)), ksCopies(4, lonely())),
			ksDiffers(ksPlaced(2), ksAll(ksLaunches(4), ksReserved(3)), split)},
		{"weight before a reservation elsewhere", cloud(ksPools(ksWeighted(ksPoolOf("np-1"), 100),
			ksWeighted(own(ksPoolOf("np-2"), "r-fallback"), 50)), ksCopies(2, lonely())),
			ksDiffers(ksPlaced(1), ksAll(ksLaunches(2), ksReserved(1), ksEveryOn(ksPool, "np-1")), split)},
		{"preference before a reservation elsewhere", cloud(ksPools(ksPoolOf("np-1"), own(ksPoolOf("np-2"), "r-distinct")), ksCopies(2, rather)),
			ksDiffers(ksPlaced(1), ksAll(ksLaunches(2), ksReserved(1), ksEveryOn(ksPool, "np-1")), split)},
		{"two pods on a reserved node", cloud(pools, ksCopies(2, beside)), ksAll(ksLaunches(1), ksReserved(1), ksOn(0, ksName, small))},
	})
}

// TestKarpenterOverrides: offerings with other resources than their type.
func TestKarpenterOverrides(t *testing.T) {
	capable := func(unavailable bool) *catalog.InstanceType {
		t := ksType("override-capable", "memory", "8Gi")
		for _, o := range t.Offerings {
			o.ReservationID, o.Unavailable = "slots", unavailable
			o.Allocatable = problemtest.List("test.com/slots", "4", "memory", "7158Mi")
			t.Offerings = append(t.Offerings, o)
		}
		return t
	}
	asks := ksPods(problemtest.Pod(problemtest.List("test.com/slots", "1")))
	ksRun(t, []ksRow{
		{"a resource that only they have", ksProblem(ksCatalog(capable(false), ksType("normal", "memory", "8Gi")), asks),
			ksAll(ksLaunches(1), ksOn(0, ksName, "override-capable"))},
		{"but they are not to be had", ksProblem(ksCatalog(capable(true)), asks), ksStays(binpack.NoAvailableOffering, 0)},
	})
}

// TestKarpenterWeights: the heavier pool first, whatever it costs.
func TestKarpenterWeights(t *testing.T) {
	pools := ksPools(ksPoolOf("light"), ksWeighted(ksPoolOf("middle"), 20), ksWeighted(ksPoolOf("heavy"), 100))
	ksRun(t, []ksRow{
		{"the heaviest pool takes all", ksProblem(pools, ksCopies(3, problemtest.Pod(nil))), ksEveryOn(ksPool, "heavy")},
		{"a pod that selects a lighter one", ksProblem(pools, ksPods(problemtest.Pod(nil, ksSelect(ksPool, "light")))), ksOn(0, ksPool, "light")},
		{"what the heaviest pool's limit leaves", ksProblem(pools, func(p *binpack.Problem) { p.Pools[2].Limits = problemtest.List("nodes", "0") },
			ksPods(problemtest.Pod(nil))), ksOn(0, ksPool, "middle")},
	})
}

// TestKarpenterPriorities: Karpenter does not look at priorities; kube-scheduler
// binds pods of higher priority first, so what a limit leaves is the others.
func TestKarpenterPriorities(t *testing.T) {
	high := int32(1000)
	urgent := problemtest.Pod(problemtest.List("cpu", "1.5"), func(s *corev1.PodSpec) { s.Priority = &high })
	ksRun(t, []ksRow{
		{"a limit for one of two", ksProblem(ksEdit(func(p *binpack.Pool) { p.Limits = problemtest.List("cpu", "2") }), ksPods(problemtest.Pod(problemtest.List("cpu", "1.5")), urgent)),
			ksAll(ksStays(binpack.PoolLimit, 0), ksOn(1, ksName, "small-instance-type"))},
	})
}
