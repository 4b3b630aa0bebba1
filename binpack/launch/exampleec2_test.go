package launch_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/catalog"
)

// What a Launcher makes of an error of EC2: the code in it, as an error of the SDK or as
// the text of an Auto Scaling activity.
func ExampleEC2CodeOf() {
	err := errors.New("operation error EC2: RunInstances, api error InsufficientInstanceCapacity: We currently do not have sufficient capacity")
	fmt.Println(launch.EC2CodeOf(err))
	fmt.Println(launch.EC2CodeIn("Could not launch Spot Instances. Max spot instance count exceeded"))
	// Output:
	// InsufficientInstanceCapacity
	// MaxSpotInstanceCountExceeded
}

// All codes that are known, as for a runbook: these are about a subnet.
func ExampleEC2Codes() {
	for _, c := range launch.EC2Codes() {
		if c.Scope == launch.ScopeSubnet {
			fmt.Println(c.Code, c.Action)
		}
	}
	// Output:
	// InvalidSubnetID.NotFound mark
	// InvalidSubnetID.Malformed mark
	// InvalidSubnet mark
	// InsufficientFreeAddressesInSubnet mark
	// InsufficientCidrBlocks mark
}

// Whoever launches without a Runner marks by himself what fails. A quota that is used up
// closes all types that count towards it.
func ExampleFailure_Patterns() {
	memory := &launch.UnavailableOfferings{}
	asked := catalog.Key{InstanceType: "m5.large", Zone: "a", CapacityType: catalog.OnDemand}
	failure := launch.Failure{Offering: asked, Code: "VcpuLimitExceeded"}
	verdict, _ := launch.EC2(failure.Code)
	for _, pattern := range failure.Patterns(verdict, launch.EC2QuotaGroup(asked)) {
		memory.Mark(pattern)
	}
	c5 := catalog.Key{InstanceType: "c5.large", Zone: "b", CapacityType: catalog.OnDemand}
	g5 := catalog.Key{InstanceType: "g5.xlarge", Zone: "b", CapacityType: catalog.OnDemand}
	fmt.Println(launch.EC2QuotaGroup(c5), memory.Available(c5))
	fmt.Println(launch.EC2QuotaGroup(g5), memory.Available(g5) == binpack.Unlimited)
	// Output:
	// On-Demand Standard 0
	// On-Demand G and VT true
}

// The life of a mark: a pause, a probe, an answer.
func ExampleUnavailableOfferings_Allow() {
	now := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	memory := &launch.UnavailableOfferings{First: 2 * launch.DefaultFirst, Most: launch.DefaultMost, Clock: func() time.Time { return now }}
	k := catalog.Key{InstanceType: "m5.large", Zone: "a", CapacityType: catalog.Spot}
	memory.Mark(launch.Pattern{Offering: k})
	fmt.Println("10 nodes now:", memory.Allow(k, 10), "next at", memory.Until(k).Format(time.TimeOnly))
	now = memory.Until(k)
	fmt.Println("10 nodes then:", memory.Allow(k, 10))
	memory.Succeed(k) // the probe was launched
	fmt.Println("10 more:", memory.Allow(k, 10))
	// Output:
	// 10 nodes now: 0 next at 03:06:00
	// 10 nodes then: 1
	// 10 more: 10
}

// A zonal shift that ends before its time. Pauses that callers state end after MaxPause
// at the latest.
func ExampleUnavailableOfferings_Clear() {
	memory := &launch.UnavailableOfferings{}
	shift := launch.Pattern{Offering: catalog.Key{Zone: "a"}}
	k := catalog.Key{InstanceType: "m5.large", Zone: "a", CapacityType: catalog.OnDemand}
	memory.Pause(shift, launch.MaxPause)
	fmt.Println(memory.Available(k), "of", k.InstanceType, "as the shift matches it:", shift.Matches(k, ""))
	memory.Clear(shift)
	fmt.Println(memory.Available(k) == binpack.Unlimited)
	// Output:
	// 0 of m5.large as the shift matches it: true
	// true
}
