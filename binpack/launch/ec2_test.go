package launch_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stowage/stowage/binpack"
	"github.com/stowage/stowage/binpack/launch"
	"github.com/stowage/stowage/catalog"
)

func TestQuotaGroups(t *testing.T) {
	for name, want := range map[string]string{
		"m5.large": "Standard", "c7gn.medium": "Standard", "a1.large": "Standard", "d3en.xlarge": "Standard", "h1.2xlarge": "Standard",
		"i4i.large": "Standard", "im4gn.large": "Standard", "is4gen.medium": "Standard", "r8g.large": "Standard", "t3.nano": "Standard", "z1d.large": "Standard",
		"f2.6xlarge": "F", "g5.xlarge": "G and VT", "gr6.4xlarge": "G and VT", "g5g.xlarge": "G and VT", "vt1.3xlarge": "G and VT",
		"p4d.24xlarge": "P", "x2idn.16xlarge": "X", "inf2.xlarge": "Inf", "trn1.2xlarge": "Trn", "dl1.24xlarge": "DL", "hpc7g.4xlarge": "HPC",
		"u-6tb1.112xlarge": "High Memory", "u7i-12tb.224xlarge": "High Memory", "mac2.metal": "mac2", "": "",
	} {
		require.Equal(t, "On-Demand "+want, launch.EC2QuotaGroup(od(name, "a")), name)
		require.Equal(t, "Spot "+want, launch.EC2QuotaGroup(spot(name, "a")), name)
	}
	require.Equal(t, "On-Demand P", launch.EC2QuotaGroup(od("p5.48xlarge", "a")))
	require.Equal(t, "Spot P5", launch.EC2QuotaGroup(spot("p5en.48xlarge", "a")))
}

// TestEveryCode shows, for each code of the table, what it closes and what stays
// open.
func TestEveryCode(t *testing.T) {
	asked := catalog.Key{InstanceType: "m5.large", Zone: "a", CapacityType: catalog.Spot, ReservationID: "cr-1"}
	others := map[launch.Scope]catalog.Key{ // what a failure of the scope closes besides
		launch.ScopeQuotaGroup:   spot("c5.large", "b"),
		launch.ScopeSubnet:       od("g5.xlarge", "a"),
		launch.ScopeZone:         od("g5.xlarge", "a"),
		launch.ScopeReservation:  {InstanceType: "g5.xlarge", Zone: "b", CapacityType: catalog.Reserved, ReservationID: "cr-1"},
		launch.ScopeCapacityType: spot("g5.xlarge", "b"),
	}
	seen := map[string]bool{}
	for _, c := range launch.EC2Codes() {
		t.Run(c.Code, func(t *testing.T) {
			require.False(t, seen[strings.ToLower(c.Code)], "stated twice")
			seen[strings.ToLower(c.Code)] = true
			source, err := url.Parse(c.Source)
			require.NoError(t, err)
			require.Equal(t, "https", source.Scheme)
			for _, spelling := range []string{c.Code, "Client." + c.Code, "Server." + c.Code, strings.ToUpper(c.Code), " " + c.Code} {
				v, known := launch.EC2(spelling)
				require.True(t, known)
				require.Equal(t, c.Verdict, v)
			}
			require.Equal(t, c.Code, launch.EC2CodeIn("An error occurred ("+c.Code+") when calling the RunInstances operation: no."))

			u := &launch.UnavailableOfferings{Clock: newClock().now}
			for _, p := range (launch.Failure{Offering: asked, Code: c.Code}).Patterns(c.Verdict, launch.EC2QuotaGroup(asked)) {
				u.Mark(p)
			}
			require.Equal(t, c.Action != launch.Retry, u.Available(asked) == 0, "the offering that was asked for")
			for scope, k := range others {
				closed := c.Scope == scope || c.Scope == launch.ScopeSubnet && scope == launch.ScopeZone || c.Scope == launch.ScopeZone && scope == launch.ScopeSubnet ||
					c.Scope == launch.ScopeCapacityType && k.CapacityType == asked.CapacityType
				require.Equal(t, closed, u.Available(k) == 0, "%s: %+v", scope, k)
			}
			require.Equal(t, binpack.Unlimited, u.Available(od("g5.xlarge", "c")))
		})
	}
	require.Greater(t, len(seen), 150)
}

func TestVerdictsThatMatter(t *testing.T) {
	for code, want := range map[string][2]string{
		"InsufficientInstanceCapacity":                      {"offering", "mark"},
		"UnfulfillableCapacity":                             {"offering", "mark"},
		"SpotMaxPriceTooLow":                                {"offering", "mark"},
		"Unsupported":                                       {"offering", "mark"},
		"InvalidFleetConfiguration":                         {"offering", "mark"},
		"VcpuLimitExceeded":                                 {"quotaGroup", "mark"},
		"MaxSpotInstanceCountExceeded":                      {"quotaGroup", "mark"},
		"InsufficientFreeAddressesInSubnet":                 {"subnet", "mark"},
		"InsufficientVolumeCapacity":                        {"zone", "mark"},
		"ReservationCapacityExceeded":                       {"reservation", "mark"},
		"AuthFailure.ServiceLinkedRoleCreationNotPermitted": {"capacityType", "mark"},
		"MaxFleetCountExceeded":                             {"account", "stop"},
		"UnauthorizedOperation":                             {"account", "stop"},
		"InvalidAMIID.NotFound":                             {"template", "stop"},
		"RequestLimitExceeded":                              {"call", "retry"},
		"InternalError":                                     {"call", "retry"},
	} {
		v, known := launch.EC2(code)
		require.True(t, known, code)
		require.Equal(t, want, [2]string{string(v.Scope), string(v.Action)}, code)
	}
	_, known := launch.EC2("SomethingNew")
	require.False(t, known)
}

func TestScopeThatTheLauncherKnows(t *testing.T) {
	f := launch.Failure{Offering: spot("m5.large", "a"), Code: "SomethingNew", Scope: launch.ScopeCapacityType}
	require.Equal(t, []launch.Pattern{only(f.Offering), only(catalog.Key{CapacityType: catalog.Spot})}, f.Patterns(launch.Verdict{}, "group"))
	f.Scope, f.Subnet = launch.ScopeSubnet, "subnet-1"
	require.Equal(t, []launch.Pattern{only(f.Offering), {Offering: catalog.Key{Zone: "a"}, Subnet: "subnet-1"}}, f.Patterns(launch.Verdict{}, "group"))
	f.Scope = ""
	require.Equal(t, []launch.Pattern{only(f.Offering)}, f.Patterns(launch.Verdict{}, "group"), "of an unknown code, the offering")
}

type apiError struct{ code string }

func (e apiError) Error() string     { return "api error " + e.code + ": no" }
func (e apiError) ErrorCode() string { return e.code }

func TestCodeOfErrorsAndTexts(t *testing.T) {
	require.Equal(t, "Throttling", launch.EC2CodeOf(fmt.Errorf("create: %w", apiError{"Throttling"})))
	require.Equal(t, "Unsupported", launch.EC2CodeOf(errors.New("api error Unsupported: no")))
	require.Empty(t, launch.EC2CodeOf(errors.New("dial tcp: timeout")))
	require.Empty(t, launch.EC2CodeOf(nil))
	for text, want := range map[string]string{
		"Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have sufficient p4d.24xlarge capacity. Launching EC2 instance failed.": "InsufficientInstanceCapacity",
		"We currently do not have sufficient m5.large capacity in the Availability Zone you requested (us-east-1a).":                                                     "InsufficientInstanceCapacity",
		"Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration.":                                         "UnfulfillableCapacity",
		"Your requested instance type (p3.2xlarge) is not supported in your requested Availability Zone (eu-central-1c).":                                                "Unsupported",
		"You have requested more vCPU capacity than your current vCPU limit of 5 allows.":                                                                                "VcpuLimitExceeded",
		"Max spot instance count exceeded.": "MaxSpotInstanceCountExceeded",
		"Your Spot request price of 0.001 is lower than the minimum required Spot request fulfillment price of 0.0374.": "SpotMaxPriceTooLow",
		"InvalidCapacityReservationState.PendingActivation":                                                             "InvalidCapacityReservationState.PendingActivation",
		"UnsupportedOperation: no, InternalError: no":                                                                   "UnsupportedOperation",
		"InsufficientInstanceCapacityOrSo":                                                                              "",
		"all is well":                                                                                                   "",
	} {
		require.Equal(t, want, launch.EC2CodeIn(text), text)
	}
}

// FuzzCode holds for whatever a cloud may answer: unless the code says to ask
// again, the offering is closed, and something else stays open unless the code
// speaks of all there is.
func FuzzCode(f *testing.F) {
	for _, c := range launch.EC2Codes() {
		f.Add(c.Code, "subnet-1", "")
	}
	f.Add("", "", "zone")
	f.Fuzz(func(t *testing.T, code, subnet, scope string) {
		asked := spot("m5.large", "a")
		v, _ := launch.EC2(code)
		u := &launch.UnavailableOfferings{Clock: newClock().now}
		for _, p := range (launch.Failure{Offering: asked, Code: code, Subnet: subnet, Scope: launch.Scope(scope)}).Patterns(v, launch.EC2QuotaGroup(asked)) {
			u.Mark(p)
		}
		require.Equal(t, v.Action != launch.Retry, u.Available(asked) == 0)
		require.Equal(t, binpack.Unlimited, u.Available(od("g5.xlarge", "b")))
		launch.EC2CodeIn(code)
	})
}
